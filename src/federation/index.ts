export {
  type AtSites,
  type AtSitesOptions,
  atSites,
  type FromSite,
  type Named,
  type SiteFailure,
  type SiteTime,
} from './at-sites.js'
export type { CreateAtSitesOptions, NewAtSite } from './create.js'
export {
  type FailedSite,
  Federation,
  type FederationOptions,
  type FederationSettings,
  type Site,
  type SiteEntities,
  type SiteEntity,
} from './federation.js'

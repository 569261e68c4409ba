/** The persona that follows the specifications: OCCI 1.2, and 1.1 for older clients. */
import type { Category } from '../../model/index.js'
import { infrastructureCategories } from '../../model/index.js'
import { failureMixins, withDegraded } from '../catalog/failures.js'
import { imageMixins, sandboxImages, sandboxSizes, sizeMixins } from '../catalog/templates.js'
import type { Behaviour } from '../operations/behaviour.js'
import { seedNetworks } from '../state/seed.js'
import type { MediaSupport, Persona } from './persona.js'

export const sandboxVersion = '0.1'

export const standardBehaviour: Behaviour = {
  basePath: '',
  atCreate: { immutable: 'refuse', unknown: 'refuse', required: 'check' },
  atUpdate: { immutable: 'refuse', unknown: 'refuse' },
  clientIds: 'honour',
  identifier: (segment) => (isUuid(segment) ? `urn:uuid:${segment}` : segment),
  mixinNotApplicableStatus: 400,
  templates: 'replace',
  actionNotApplicableStatus: 409,
  putWithLinks: 'ignore',
  paging: 'on',
  queryFilter: 'related',
  dissociateAll: 'detach',
  refusedOperations: new Map(),
}

export const textMedia = [
  { type: 'text/plain', rendering: 'text/plain' },
  { type: 'text/occi', rendering: 'text/occi' },
  { type: 'text/uri-list', rendering: 'text/uri-list' },
] as const

export const standardMedia: MediaSupport = {
  produces: [
    ...textMedia,
    { type: 'application/occi+json', rendering: 'json' },
    { type: 'application/json', rendering: 'json' },
    { type: 'text/occi+plain', rendering: 'text/plain' },
  ],
  consumes: [
    ...textMedia,
    { type: 'text/occi+plain', rendering: 'text/plain' },
    { type: 'application/occi+json', rendering: 'json' },
    { type: 'application/json', rendering: 'json' },
  ],
  matching: 'q-values',
  unsupportedStatus: 406,
}

/** The categories of OCCI and of the sandbox. Abstract kinds also have a location, because jOCCI fails without one. */
export function standardCategories(version: '1.1' | '1.2'): readonly Category[] {
  const categories = [
    ...infrastructureCategories(version).map(withDegraded),
    ...imageMixins(sandboxImages),
    ...sizeMixins(sandboxSizes),
    ...failureMixins(version),
  ]
  return categories.map((category) =>
    category.class === 'kind' && category.location === undefined
      ? { ...category, location: `/${category.term}/` }
      : category,
  )
}

export const standard: Persona = {
  name: 'occi-1.2',
  title: 'OCCI 1.2 as specified (GFD.221 to GFD.229)',
  behaviour: { ...standardBehaviour, remembersDeleted: true, acceptsUnknownParents: true },
  versions: ['1.2', '1.1'],
  serverHeaders: [['Server', `occi-sandbox/${sandboxVersion} OCCI/1.2 OCCI/1.1`]],
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: standardCategories('1.2'),
  seed: seedNetworks('/network/'),
  media: standardMedia,
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

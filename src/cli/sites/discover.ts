/** Searches the models of several sites for a noun or verb that only a model defines. */
import type { Setting } from '../../config/types.js'
import { atSites } from '../../federation/index.js'
import type { CommandContext } from '../context.js'
import { siteTimeoutOf } from '../runtime/network.js'
import { createQueue, openAtSite, sitesInSetting } from './open.js'
import type { SitesRequest } from './run.js'

/**
 * Calls `find` at all sites and returns the first result to arrive; undefined if no site has one. Throws the first
 * error if no site answered.
 */
export async function discoverAtSites<T>(
  {
    siteSetting,
    openAt,
    onOpened,
  }: Pick<SitesRequest, 'openAt' | 'onOpened'> & { readonly siteSetting: Setting },
  parent: CommandContext,
  find: (context: CommandContext) => Promise<T | undefined>,
): Promise<T | undefined> {
  const queue = createQueue()
  const sites = await sitesInSetting(parent, siteSetting)
  const results = atSites(
    sites,
    async function* (site, time) {
      const { context } = await openAtSite(site, { parent, siteSetting, time, queue, openAt })
      onOpened(context)
      yield await find(context)
    },
    { order: 'arrival', siteTimeout: siteTimeoutOf(parent.settings), signal: parent.signal },
  )
  for await (const { item } of results) if (item !== undefined) return item
  const [first] = results.failures
  if (first !== undefined && results.failures.length === sites.length) throw first.error
  return undefined
}

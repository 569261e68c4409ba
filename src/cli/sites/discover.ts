/** Asks several sites for a noun or verb that only a model defines, until one of them has it. */
import type { Setting } from '../../config/types.js'
import { atSites } from '../../federation/index.js'
import type { CommandContext } from '../context.js'
import { siteTimeoutOf } from '../runtime/network.js'
import { createQueue, openAtSite, sitesNamed } from './open.js'
import type { SitesRequest } from './run.js'

/** Undefined where every site that answered has none. Throws the first error where no site answered. */
export async function discoverAtSites<T>(
  { named, openAt, opened }: Pick<SitesRequest, 'openAt' | 'opened'> & { readonly named: Setting },
  parent: CommandContext,
  find: (context: CommandContext) => Promise<T | undefined>,
): Promise<T | undefined> {
  const turns = createQueue()
  const sites = await sitesNamed(parent, named)
  const found = atSites(
    sites,
    async function* (site, time) {
      const { context } = await openAtSite(site, { parent: parent, by: named, time, queue: turns, openAt })
      opened(context)
      yield await find(context)
    },
    { order: 'arrival', siteTimeout: siteTimeoutOf(parent.settings), signal: parent.signal },
  )
  for await (const { item } of found) if (item !== undefined) return item
  const [first] = found.failures
  if (first !== undefined && found.failures.length === sites.length) throw first.error
  return undefined
}

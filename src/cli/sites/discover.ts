/** Asks several sites for a noun or verb that only a model defines, until one of them has it. */
import type { Setting } from '../../config/types.js'
import { atSites } from '../../federation/index.js'
import type { CommandContext } from '../context.js'
import { siteTimeoutOf } from '../runtime/network.js'
import { createTurns, openSite, sitesNamed } from './open.js'
import type { SitesRequest } from './run.js'

/** Undefined where every site that answered has none. Throws the first error where no site answered. */
export async function discoverAtSites<T>(
  { named, openAt, opened }: Pick<SitesRequest, 'openAt' | 'opened'> & { readonly named: Setting },
  whole: CommandContext,
  learn: (context: CommandContext) => Promise<T | undefined>,
): Promise<T | undefined> {
  const turns = createTurns()
  const sites = await sitesNamed(whole, named)
  const found = atSites(
    sites,
    async function* (site, time) {
      const { context } = await openSite(site, { whole, by: named, time, turns, openAt })
      opened(context)
      yield await learn(context)
    },
    { order: 'arrival', siteTimeout: siteTimeoutOf(whole.settings), signal: whole.signal },
  )
  for await (const { item } of found) if (item !== undefined) return item
  const [first] = found.failures
  if (first !== undefined && found.failures.length === sites.length) throw first.error
  return undefined
}

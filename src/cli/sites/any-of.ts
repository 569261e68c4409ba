/** Runs a command at the first of several sites that accepts it. */
import type { Setting } from '../../config/types.js'
import type { CommandContext, Connector } from '../context.js'
import type { Output } from '../output/types.js'
import type { Runtime } from '../runtime.js'
import { contextColumn, withSite } from './merge.js'
import { createQueue, openAtSite, sitesInSetting } from './open.js'
import type { SitesRequest } from './run.js'

interface FirstRequest extends Pick<SitesRequest, 'command' | 'isLocal' | 'openAt' | 'onOpened'> {
  readonly siteSetting: Setting
}

/**
 * Lets the command choose the site (`anyOf` of its declaration). A preview shows the requests to the first site only.
 * Throws ConfigError, and the errors of the command.
 */
export async function runAtFirst(
  { command, isLocal, siteSetting, openAt, onOpened }: FirstRequest,
  parent: CommandContext,
): Promise<{ readonly output: Output | undefined }> {
  const sites = await sitesInSetting(parent, siteSetting)
  const queue = createQueue()
  const time = { signal: parent.signal, pauseTimeout: <T>(work: () => Promise<T>) => work() }
  const [first] = sites
  if (parent.preview !== undefined && first !== undefined) {
    const { runtime } = parent
    const context = await openAt(first.name, runtime as Runtime & Connector, {
      siteSetting,
      flags: {},
    })
    onOpened(context)
    const { preview = parent.preview } = context
    const { previewCommand } = await import('../preview/run.js')
    await previewCommand(command, context, { preview, local: isLocal })
    return { output: undefined }
  }
  const candidates = sites.map((site) => {
    let opening: Promise<CommandContext> | undefined
    const open = async () => {
      const { context } = await openAtSite(site, { parent, siteSetting, time, queue, openAt })
      onOpened(context)
      return context
    }
    return {
      name: site.name,
      open: () => {
        opening ??= open()
        return opening
      },
    }
  })
  const output = await command.anyOf?.run(parent, candidates)
  if (output === undefined) return { output }
  const records = []
  for await (const record of output.records) records.push(withSite(record, record.site ?? '', output.columns))
  return { output: { ...output, columns: [contextColumn, ...output.columns], records } }
}

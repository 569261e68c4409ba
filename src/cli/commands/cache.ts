/** `occi cache`: clears what is cached about providers. */
import { openCaches } from '../../config/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'

const clear: CommandDeclaration = {
  path: ['cache', 'clear'],
  summary: 'Forget cached models and tokens, the names for completion, and the code cache',
  description: 'Nothing is lost: the next command requests the model and logs in again.',
  arguments: [],
  options: [],
  examples: [
    { title: 'After the provider has changed what it offers', command: 'occi cache clear' },
    { title: 'For one command only', command: 'occi mixin list --no-cache' },
  ],
  contextless: true,
  run: async (context) => {
    const { cache } = context.runtime.folders
    const removed = await openCaches(cache, () => new Date(context.clock.now())).clear()
    context.inform(`Forgot ${removed} ${removed === 1 ? 'entry' : 'entries'} in ${cache}.`)
    return {
      shape: 'one',
      records: [{ data: { folder: cache, removed } }],
      columns: [
        { key: 'folder', heading: 'FOLDER', value: 'folder' },
        { key: 'removed', heading: 'REMOVED', value: 'removed' },
      ],
    }
  },
}

export const cache: CommandGroup = {
  name: 'cache',
  summary: 'Cached models and tokens of providers',
  commands: [clear],
}

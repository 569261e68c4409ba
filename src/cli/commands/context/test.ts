/** `occi context test`: logs in with a context and reads the provider's model. */
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import { allDefinitions } from '../../options/definitions.js'
import type { Column } from '../../output/types.js'
import { contextArgument, withClientOf } from './context-settings.js'

export const test: CommandDeclaration = {
  path: ['context', 'test'],
  summary: "Log in with a context and read the provider's model",
  description:
    'The model is read again, even if it is cached. If something fails, the exit status is that of any other command: 4 for the login, 10 for the network.',
  arguments: [contextArgument],
  options: [],
  examples: [
    { title: 'Test the one in use', command: 'occi context test' },
    { title: 'Test in a script', command: 'occi context test cesnet -q >/dev/null || exit 1' },
  ],
  contextless: true,
  atSites: (context) => (context.word('NAME') === undefined ? 'reads' : undefined),
  run: async (context) => {
    const { current } = await context.runtime.contexts(await allDefinitions()).read()
    const name =
      context.word('NAME') ?? context.settings.context ?? context.options.text('context') ?? current
    if (name === undefined) {
      throw new UsageError('No context is in use', { hint: 'Name one: occi context test NAME' })
    }
    return withClientOf(context, { context: name }, async (client, { settings }) => {
      const startedAt = performance.now()
      const model = await client.model({ signal: context.signal, refresh: true })
      const milliseconds = Math.round(performance.now() - startedAt)
      const provider = await client.provider()
      const data = {
        name,
        endpoint: settings.get('endpoint') ?? provider.queryUrl,
        auth: settings.get('auth') ?? 'auto',
        provider: provider.title,
        server: provider.server ?? null,
        versions: provider.versions,
        reads: provider.read,
        writes: provider.write,
        kinds: model.kinds.length,
        mixins: model.mixins.length,
        actions: model.actions.length,
        milliseconds,
      }
      context.inform(`"${name}" works.`)
      return { shape: 'one', records: [{ data }], columns, each: 'row' }
    })
  },
}

const columns: readonly Column[] = [
  { key: 'name', heading: 'NAME', value: 'name', style: 'name' },
  { key: 'endpoint', heading: 'ENDPOINT', value: 'endpoint' },
  { key: 'auth', heading: 'AUTH', value: 'auth' },
  { key: 'provider', heading: 'PROVIDER', value: 'provider' },
  { key: 'server', heading: 'SERVER', value: 'server' },
  { key: 'versions', heading: 'OCCI', value: 'versions' },
  { key: 'reads', heading: 'READS', value: 'reads' },
  { key: 'writes', heading: 'WRITES', value: 'writes' },
  { key: 'kinds', heading: 'KINDS', value: 'kinds' },
  { key: 'mixins', heading: 'MIXINS', value: 'mixins' },
  { key: 'actions', heading: 'ACTIONS', value: 'actions' },
  { key: 'milliseconds', heading: 'MILLISECONDS', value: 'milliseconds' },
]

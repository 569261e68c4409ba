/** `occi wait`: waits for entities of any kind. */
import type { CommandDeclaration } from '../command.js'
import { nameArgument } from './base/targets.js'
import { conditionOptions, wait } from './base/wait.js'

export const waitForAny: CommandDeclaration = {
  path: ['wait'],
  summary: 'Wait until things of any kind are ready, gone, or as you say',
  description:
    'Ends at once with exit status 12 when the state is "error", and with 9 after the timeout; the message says what the last state was. A name that does not exist yet is waited for with --for exists; one that is gone already is gone.',
  arguments: [nameArgument(undefined, 'anything')],
  options: conditionOptions('', 'ready for use: online for volumes, active for all else'),
  examples: [
    { title: 'Until both can be used', command: 'occi wait web data' },
    { title: 'Until one can log in', command: 'occi wait web --for port=22 --timeout 5m' },
    { title: 'Until it is gone', command: 'occi wait web --for deleted' },
  ],
  atSites: 'waits',
  run: (context) =>
    wait(context, {
      kind: undefined,
      one: 'Resource',
      many: 'resources',
      ready: (term) => (term === 'storage' ? 'online' : 'active'),
    }),
}

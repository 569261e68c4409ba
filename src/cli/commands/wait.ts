/** `occi wait`: waits for entities of any kind. */
import type { CommandDeclaration } from '../command.js'
import { nameArgument } from './base/targets.js'
import { conditionOptions, wait } from './base/wait.js'

export const waitForAny: CommandDeclaration = {
  path: ['wait'],
  summary: 'Wait until resources of any kind meet a condition',
  description:
    'The exit status is 12 as soon as the state is "error", and 9 if the condition does not hold within --timeout; the message names the last state. --for exists waits for a name that does not exist yet; --for deleted succeeds at once for such a name.',
  arguments: [nameArgument(undefined, 'resource or link')],
  options: conditionOptions('', 'ready for use: online for volumes, active for all else'),
  examples: [
    { title: 'Wait until both are ready', command: 'occi wait web data' },
    { title: 'Wait until ssh can connect', command: 'occi wait web --for port=22 --timeout 5m' },
    { title: 'Wait until it no longer exists', command: 'occi wait web --for deleted' },
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

/** `occi stack`: resources in a file, brought about and taken away as a whole. */
import type { CommandGroup } from '../../command.js'
import { applyStack } from './apply.js'
import { destroyStack } from './destroy.js'
import { initStack } from './init.js'
import { planStack, validateStack } from './plan.js'
import { forgetResource, importResource } from './records.js'
import { stackOutput, stackStatus } from './status.js'

export const stack: CommandGroup = {
  name: 'stack',
  summary: 'Machines, volumes, networks and links in one file: plan, apply, destroy',
  description:
    'A stack file names what is to be there. apply creates what is missing, changes what differs and deletes what the file has no more; it is safe to repeat and to interrupt. What belongs to the stack is kept in a state file beside it. "occi help stacks" describes the file.',
  commands: [
    initStack,
    validateStack,
    planStack,
    applyStack,
    stackStatus,
    stackOutput,
    destroyStack,
    importResource,
    forgetResource,
  ],
}

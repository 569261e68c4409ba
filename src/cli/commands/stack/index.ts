/** `occi stack`: resources that a file describes, and that are created and deleted together. */
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
    'A stack file describes resources. apply creates missing ones, changes those that differ and deletes those that were removed from the file; it can be repeated and interrupted safely. A state file beside the stack file lists the resources of the stack. "occi help stacks" describes the file.',
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

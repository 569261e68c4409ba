/** `occi stack destroy`: deletes the resources of a stack. */
import { alternatives } from '../../../basics/nearest.js'
import { UsageError } from '../../../errors/errors.js'
import { suggest } from '../../../model/index.js'
import { destruction, resourceOf, stepsOf, withState } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { waitTimeoutOption } from '../base/wait-options.js'
import { resultOf } from './apply.js'
import { applyPlan, confirmPlan, refusePreview } from './apply-plan.js'
import { fileOption, lockOption, stateOption, variableOptions, withStack } from './open.js'

export const destroyStack: CommandDeclaration = {
  path: ['stack', 'destroy'],
  summary: 'Delete all resources that the stack has created',
  description:
    'Resources are deleted in reverse order, each when those that depend on it no longer exist. Resources that no longer exist count as deleted. Those with "existing: true" in the file are not deleted.',
  arguments: [],
  options: [
    fileOption,
    stateOption,
    ...variableOptions,
    {
      name: 'keep',
      value: 'RESOURCE',
      description: 'keep this resource and those that it needs; they remain in the state',
      repeatable: true,
      env: 'none',
    },
    lockOption,
    waitTimeoutOption,
  ],
  examples: [
    { title: 'Destroy after confirmation', command: 'occi stack destroy' },
    { title: 'Destroy in CI', command: 'occi stack destroy -f stack.yaml --yes' },
    { title: 'Keep the volume', command: 'occi stack destroy --keep data' },
  ],
  run: destroyCommand,
}

async function destroyCommand(context: CommandContext): Promise<Output | undefined> {
  refusePreview(context, 'destroy')
  return withStack(context, { variables: 'optional' }, ({ stack, environment, stateFile, lockTimeout }) =>
    withState(stateFile, stack.name, lockTimeout, async (store) => {
      const keptNames = context.options.all('keep')
      const recorded = [...store.records.keys()].flatMap((address) => [address, resourceOf(address)])
      const names = new Set([...recorded, ...stack.resources.keys()])
      const unknown = keptNames.find((name) => !names.has(name))
      if (unknown !== undefined) {
        const similar = suggest(unknown, names)
        throw new UsageError(`--keep: the stack has no resource "${unknown}"`, {
          at: '--keep',
          hint:
            similar.length === 0
              ? '"occi stack status" lists them.'
              : `Did you mean ${alternatives(similar)}?`,
        })
      }
      const stackPlan = destruction(store.records, new Set(keptNames))
      if (stepsOf(stackPlan).length === 0) {
        context.inform(
          `The state of "${stack.name}" contains no ${keptNames.length === 0 ? '' : 'other '}resources.`,
        )
        return resultOf(context, new Map())
      }
      await confirmPlan(context, stackPlan, 'Destroy')
      await context.progress.stop()
      const lastEvents = await applyPlan(context, stackPlan, { environment, store })
      const deletedCount = [...lastEvents.values()].filter(({ event }) => event === 'done').length
      context.inform(`${deletedCount} of ${lastEvents.size} deleted.`)
      return resultOf(context, lastEvents)
    }),
  )
}

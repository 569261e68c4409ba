/** `occi stack destroy`. */
import { alternatives } from '../../../basics/nearest.js'
import { UsageError } from '../../../errors/errors.js'
import { suggest } from '../../../model/index.js'
import { destruction, resourceOf, stepsOf, withState } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { waitTimeoutOption } from '../base/wait-options.js'
import { resultOf } from './apply.js'
import { carryOut, confirmPlan, refusePreview } from './carry-out.js'
import { fileOption, lockOption, stateOption, variableOptions, withStack } from './open.js'

export const destroyStack: CommandDeclaration = {
  path: ['stack', 'destroy'],
  summary: 'Delete everything that the stack has created',
  description:
    'Backwards, and until it is gone. What is gone already counts as deleted. What the file calls existing stays.',
  arguments: [],
  options: [
    fileOption,
    stateOption,
    ...variableOptions,
    {
      name: 'keep',
      value: 'RESOURCE',
      description: 'spare this resource and what it needs; it stays in the state',
      repeatable: true,
      env: 'none',
    },
    lockOption,
    waitTimeoutOption,
  ],
  examples: [
    { title: 'After a question', command: 'occi stack destroy' },
    { title: 'In CI', command: 'occi stack destroy -f stack.yaml --yes' },
    { title: 'Without the volume', command: 'occi stack destroy --keep data' },
  ],
  run: destroyCommand,
}

async function destroyCommand(context: CommandContext): Promise<Output | undefined> {
  refusePreview(context, 'destroy')
  return withStack(context, { values: 'not needed' }, ({ stack, world, stateFile, patience }) =>
    withState(stateFile, stack.name, patience, async (store) => {
      const keep = context.options.all('keep')
      const known = new Set([...store.records.keys()].flatMap((address) => [address, resourceOf(address)]))
      const unknown = keep.find((name) => !known.has(name) && !stack.resources.has(name))
      if (unknown !== undefined) {
        const near = suggest(unknown, [...known, ...stack.resources.keys()])
        throw new UsageError(`--keep: the stack has no resource "${unknown}"`, {
          at: '--keep',
          hint: near.length === 0 ? '"occi stack status" lists them.' : `Did you mean ${alternatives(near)}?`,
        })
      }
      const planned = destruction(store.records, new Set(keep))
      if (stepsOf(planned).length === 0) {
        context.inform(`The state has nothing ${keep.length === 0 ? 'of' : 'else of'} "${stack.name}".`)
        return resultOf(context, new Map())
      }
      await confirmPlan(context, planned, 'Destroy')
      await context.progress.stop()
      const ended = await carryOut(context, planned, { environment: world, store })
      const done = [...ended.values()].filter(({ event }) => event === 'done').length
      context.inform(`${done} of ${ended.size} deleted.`)
      return resultOf(context, ended)
    }),
  )
}

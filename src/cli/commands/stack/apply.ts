/** `occi stack apply`. */
import { observe, plan, stepsOf, withState } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { noValidateOption } from '../../options/validation.js'
import type { Output } from '../../output/types.js'
import { waitTimeoutOption } from '../base/wait-options.js'
import { carryOut, confirmAdoption, confirmPlan, type Ended, refusePreview } from './carry-out.js'
import {
  fileOption,
  lockOption,
  replacedIn,
  replaceOption,
  stateOption,
  variableOptions,
  withStack,
} from './open.js'

export const applyStack: CommandDeclaration = {
  path: ['stack', 'apply'],
  summary: 'Create, change and delete until everything is as the file says',
  description:
    'Shows the plan and asks; anywhere but on a terminal --yes is needed. It may be interrupted and repeated: what was begun is looked up, and nothing is created twice. When something fails, what does not need it is finished, and the exit status is 8; when the outcome of a request is unknown, nothing more is begun, and it is 11.',
  arguments: [],
  options: [
    fileOption,
    stateOption,
    ...variableOptions,
    {
      name: 'adopt',
      description: 'take what has the kind and title of a resource as ours, when the state does not have it',
      env: 'none',
    },
    replaceOption,
    noValidateOption,
    lockOption,
    waitTimeoutOption,
  ],
  examples: [
    { title: 'After a question', command: 'occi stack apply' },
    { title: 'In CI', command: 'occi stack apply -f stack.yaml --yes' },
    {
      title: 'On a fresh runner, without the state of the last run',
      command: 'occi stack apply --adopt --yes',
    },
  ],
  run: applyCommand,
}

async function applyCommand(context: CommandContext): Promise<Output | undefined> {
  refusePreview(context, 'apply')
  return withStack(context, { values: 'needed' }, ({ stack, world, stateFile, patience }) =>
    withState(stateFile, stack.name, patience, async (store) => {
      context.progress.show('Looking for existing resources')
      const observed = await observe(stack, store.records, world)
      const planned = plan(observed.desired, observed.actual, { replace: replacedIn(context, stack) })
      await confirmAdoption(context, planned)
      const todo = stepsOf(planned).length
      if (todo === 0) {
        context.inform('Nothing is to be done: everything is as the file says.')
        return resultOf(context, new Map())
      }
      await confirmPlan(context, planned, 'Apply')
      await context.progress.stop()
      const ended = await carryOut(context, planned, { stack, observed, environment: world, store })
      const done = [...ended.values()].filter(({ event }) => event === 'done').length
      context.inform(
        `${done} of ${ended.size} done.${stack.outputs.size > 0 ? '\nNext: occi stack output' : ''}`,
      )
      return resultOf(context, ended)
    }),
  )
}

/** One record for each resource that something was done for. Nothing on a terminal, where it was told already. */
export function resultOf(context: CommandContext, ended: Ended): Output | undefined {
  const { streams, settings } = context
  if (settings.get('output') === undefined && streams.out.terminal) return undefined
  return {
    shape: 'list',
    records: [...ended.values()].map(({ address, event, do: what, entry, url, state, error }) => ({
      name: address,
      ...(url === undefined ? {} : { url }),
      data: {
        resource: address,
        kind: entry.word,
        action: what,
        result: event,
        state: state ?? null,
        url: url ?? entry.url ?? null,
        error: error?.message ?? null,
      },
    })),
    columns: ['resource', 'kind', 'action', 'result', 'state', 'url'].map((key) => ({
      key,
      heading: key.toUpperCase(),
      value: key,
    })),
  }
}

/** `occi stack apply`: creates, changes and deletes resources, so that the cloud is as the file describes it. */
import { observe, plan, stepsOf, withState } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { noValidateOption } from '../../options/validation.js'
import type { Output } from '../../output/types.js'
import { waitTimeoutOption } from '../base/wait-options.js'
import { applyPlan, confirmAdoption, confirmPlan, type LastEvents, refusePreview } from './apply-plan.js'
import {
  fileOption,
  lockOption,
  replaceOption,
  resourcesToReplace,
  stackCommand,
  stateOption,
  variableOptions,
  withStack,
} from './open.js'

export const applyStack: CommandDeclaration = {
  path: ['stack', 'apply'],
  summary: 'Create, change and delete resources as the file describes',
  description:
    'Shows the plan and asks for confirmation; without a terminal --yes is required. It can be interrupted and repeated: unfinished steps are looked up, and nothing is created twice. If a step fails, the steps that do not depend on it are completed, and the exit status is 8. If the outcome of a request is unknown, no further step is started, and the exit status is 11.',
  arguments: [],
  options: [
    fileOption,
    stateOption,
    ...variableOptions,
    {
      name: 'adopt',
      description: 'add existing resources with the kind and title of a resource in the file to the stack',
      env: 'none',
    },
    replaceOption,
    noValidateOption,
    lockOption,
    waitTimeoutOption,
  ],
  examples: [
    { title: 'Apply after confirmation', command: 'occi stack apply' },
    { title: 'Apply in CI', command: 'occi stack apply -f stack.yaml --yes' },
    {
      title: 'Apply without the state file of the last run',
      command: 'occi stack apply --adopt --yes',
    },
  ],
  run: applyCommand,
}

async function applyCommand(context: CommandContext): Promise<Output | undefined> {
  refusePreview(context, 'apply')
  return withStack(context, { variables: 'required' }, ({ stack, environment, stateFile, lockTimeout }) =>
    withState(stateFile, stack.name, lockTimeout, async (store) => {
      context.progress.show('Looking for existing resources')
      const observed = await observe(stack, store.records, environment)
      const stackPlan = plan(observed.desired, observed.actual, {
        replace: resourcesToReplace(context, stack),
      })
      await confirmAdoption(context, stackPlan)
      if (stepsOf(stackPlan).length === 0) {
        context.inform('There is nothing to change: everything is as the file describes.')
        return resultOf(context, new Map())
      }
      await confirmPlan(context, stackPlan, 'Apply')
      await context.progress.stop()
      const lastEvents = await applyPlan(context, stackPlan, { stack, observed, environment, store })
      const doneCount = [...lastEvents.values()].filter(({ event }) => event === 'done').length
      const canShowOutputs = doneCount === lastEvents.size && stack.outputs.size > 0
      context.inform(
        `${doneCount} of ${lastEvents.size} done.${canShowOutputs ? `\nNext: ${stackCommand(context, 'output')}` : ''}`,
      )
      return resultOf(context, lastEvents)
    }),
  )
}

/** One record for each resource that had a step. Undefined on a terminal, where the steps were shown already. */
export function resultOf(context: CommandContext, lastEvents: LastEvents): Output | undefined {
  const { streams, settings } = context
  if (settings.get('output') === undefined && streams.out.terminal) return undefined
  return {
    shape: 'list',
    records: [...lastEvents.values()].map(({ address, event, do: action, entry, url, state, error }) => ({
      name: address,
      ...(url === undefined ? {} : { url }),
      data: {
        resource: address,
        kind: entry.word,
        action,
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

/** `occi stack validate` checks a stack file, and `occi stack plan` shows what apply would change. */
import { hasChanges, plan } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import { noValidateOption } from '../../options/validation.js'
import {
  fileOption,
  replaceOption,
  resourcesToReplace,
  stackCommand,
  stateOption,
  variableOptions,
  withObservedStack,
  withStack,
} from './open.js'
import { countsOf, planOutput } from './show.js'

export const validateStack: CommandDeclaration = {
  path: ['stack', 'validate'],
  summary: 'Check a stack file without sending requests',
  description:
    'Problems are reported with line and column. Values that depend on the provider, such as images, are checked by plan.',
  arguments: [],
  options: [fileOption, ...variableOptions],
  examples: [
    { title: 'Check stack.yaml in this folder', command: 'occi stack validate' },
    { title: 'Check a file with a variable', command: 'occi stack validate -f shop.yaml --var size=large' },
  ],
  run: async (context) => {
    const { file, name, resources, outputs } = await withStack(
      context,
      { variables: 'required' },
      async ({ stack }) => stack,
    )
    context.inform(
      `${file} is a valid stack file of ${resources.size} ${resources.size === 1 ? 'resource' : 'resources'}.`,
    )
    if (context.settings.get('output') === undefined) return undefined
    const data = { name, resources: [...resources.keys()], outputs: [...outputs.keys()] }
    return {
      shape: 'one',
      records: [{ name, data }],
      columns: Object.keys(data).map((key) => ({ key, heading: key.toUpperCase(), value: key })),
    }
  },
}

export const planStack: CommandDeclaration = {
  path: ['stack', 'plan'],
  summary: 'Show what apply would do',
  description:
    'Signs: + create, ~ change, ± replace, - delete, = add to the stack unchanged. If the provider does not allow a change, the resource is replaced, and the reason is shown. Values that the provider does not show are not compared.',
  arguments: [],
  options: [
    fileOption,
    stateOption,
    ...variableOptions,
    replaceOption,
    noValidateOption,
    { name: 'exit-code', description: 'exit with status 12 if something would change', env: 'none' },
  ],
  examples: [
    { title: 'Show what would change', command: 'occi stack plan' },
    {
      title: 'Test in a script whether something would change',
      command: 'occi stack plan --exit-code -q >/dev/null',
    },
    { title: 'Print the plan as JSON', command: 'occi stack plan -o json' },
  ],
  run: async (context) => {
    const stackPlan = await withObservedStack(
      context,
      { variables: 'required' },
      (stack, { desired, actual }) => plan(desired, actual, { replace: resourcesToReplace(context, stack) }),
    )
    const wouldChange = hasChanges(stackPlan)
    context.inform(
      wouldChange
        ? `${countsOf(stackPlan)}.\nNext: ${stackCommand(context, 'apply')}`
        : 'Nothing would change.',
    )
    if (wouldChange && context.options.isSet('exit-code')) context.endWithStatus(12)
    return planOutput(stackPlan)
  },
}

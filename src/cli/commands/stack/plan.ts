/** `occi stack validate` and `occi stack plan`. */
import { hasChanges, plan } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import { noValidateOption } from '../../options/validation.js'
import {
  fileOption,
  replacedIn,
  replaceOption,
  stateOption,
  variableOptions,
  withObservedStack,
  withStack,
} from './open.js'
import { countsOf, planOutput } from './show.js'

export const validateStack: CommandDeclaration = {
  path: ['stack', 'validate'],
  summary: 'Check a stack file without asking a provider',
  description:
    'Each problem is told with line and column. What only the provider knows, such as its images, is checked by plan.',
  arguments: [],
  options: [fileOption, ...variableOptions],
  examples: [
    { title: 'The file of this folder', command: 'occi stack validate' },
    { title: 'Another one, with a variable', command: 'occi stack validate -f shop.yaml --var size=large' },
  ],
  run: async (context) => {
    const { file, name, resources, outputs } = await withStack(
      context,
      { values: 'needed' },
      async ({ stack }) => stack,
    )
    context.inform(`${file} is a valid stack file of ${resources.size} resources.`)
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
    'Signs: + create, ~ change, ± replace, - delete. A change that the provider does not allow is a replacement, with the reason. What a provider does not show is not compared.',
  arguments: [],
  options: [
    fileOption,
    stateOption,
    ...variableOptions,
    replaceOption,
    noValidateOption,
    { name: 'exit-code', description: 'end with exit status 12 when something would change', env: 'none' },
  ],
  examples: [
    { title: 'What would change', command: 'occi stack plan' },
    {
      title: 'In a script: is everything as it is to be?',
      command: 'occi stack plan --exit-code -q >/dev/null',
    },
    { title: 'As JSON', command: 'occi stack plan -o json' },
  ],
  run: async (context) => {
    const planned = await withObservedStack(context, { values: 'needed' }, (stack, { desired, actual }) =>
      plan(desired, actual, { replace: replacedIn(context, stack) }),
    )
    const changes = hasChanges(planned)
    context.inform(changes ? `${countsOf(planned)}.\nNext: occi stack apply` : 'Nothing would change.')
    if (changes && context.options.isSet('exit-code')) context.endWithStatus(12)
    return planOutput(planned)
  },
}

/** `occi stack init`: a commented file to begin with. */

import { existsSync } from 'node:fs'
import { alternatives } from '../../../basics/nearest.js'
import { UsageError } from '../../../errors/errors.js'
import { writeAtomically } from '../../../files/index.js'
import { suggest } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'

/** Readable by all, as a file of a repository. */
const fileMode = 0o644

interface Answers {
  readonly name: string
  readonly image: string
  readonly size: string
  readonly count: string
  readonly volume: string
}

const defaults: Answers = { name: 'shop', image: 'debian-12', size: 'small', count: '1', volume: '' }

/** What each template answers to the questions. */
const templates: Readonly<Record<string, Partial<Answers>>> = {
  machine: {},
  'machine-with-volume': { volume: '10' },
  cluster: { count: '3', volume: '10' },
}

export const initStack: CommandDeclaration = {
  path: ['stack', 'init'],
  summary: 'Write a stack file to begin with',
  description:
    'On a terminal it asks a few questions; elsewhere --template chooses. A file that is there stays as it is.',
  arguments: [],
  options: [
    {
      name: 'file',
      short: 'f',
      value: 'FILE',
      description: 'the file to write',
      default: 'stack.yaml',
      completion: { of: 'file' },
      env: 'none',
    },
    {
      name: 'template',
      value: 'NAME',
      description: `without questions: ${Object.keys(templates).join(', ')}`,
      completion: { of: 'words', words: Object.keys(templates) },
      env: 'none',
    },
    {
      name: 'name',
      value: 'NAME',
      description: 'the name of the stack',
      default: defaults.name,
      env: 'none',
    },
  ],
  examples: [
    { title: 'With questions', command: 'occi stack init' },
    {
      title: 'A machine with a volume, without questions',
      command: 'occi stack init --template machine-with-volume',
    },
  ],
  run: async (context) => {
    const file = context.options.text('file') ?? 'stack.yaml'
    const path = context.runtime.resolvePath(file)
    if (existsSync(path)) {
      throw new UsageError(`${file} is there already`, {
        hint: 'Name another one with -f FILE.',
        at: '--file',
      })
    }
    const answers = await answersOf(context)
    if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(answers.name)) {
      throw new UsageError(`"${answers.name}" cannot be the name of a stack`, {
        hint: 'Use letters, digits, - and _.',
        at: '--name',
      })
    }
    await writeAtomically(path, fileOf(answers), fileMode)
    context.inform(`Wrote ${file}.\nNext: occi stack plan${file === 'stack.yaml' ? '' : ` -f ${file}`}`)
    return undefined
  },
}

async function answersOf(context: CommandContext): Promise<Answers> {
  const { options, prompts, streams } = context
  const word = options.text('template')
  const named = options.text('name')
  const name = named === undefined ? {} : { name: named }
  if (word !== undefined) {
    const found = Object.hasOwn(templates, word) ? templates[word] : undefined
    if (found !== undefined) return { ...defaults, ...found, ...name }
    const near = suggest(word, Object.keys(templates))
    throw new UsageError(`There is no template "${word}"`, {
      at: '--template',
      hint:
        near.length > 0
          ? `Did you mean ${alternatives(near)}?`
          : `Templates: ${Object.keys(templates).join(', ')}.`,
    })
  }
  const otherwise = `Choose a file without questions: --template ${alternatives(Object.keys(templates))}.`
  if (!streams.interactive)
    throw new UsageError('Nobody can be asked here what the stack is to have', {
      hint: otherwise,
      at: '--template',
    })
  const ask = (message: string, initial: string) => prompts.text({ message, alternative: otherwise }, initial)
  return {
    name: named ?? (await ask('Name of the stack', defaults.name)),
    image: await ask('Image of the machines ("occi mixin list --of os_tpl" lists them)', defaults.image),
    size: await ask('Size of the machines ("occi mixin list --of resource_tpl" lists them)', defaults.size),
    count: await ask('How many machines', defaults.count),
    volume: await ask('A volume for each, in GiB; empty for none', ''),
  }
}

function fileOf({ name, image, size, count, volume }: Answers): string {
  const several = /^[1-9]\d{0,3}$/.test(count) && count !== '1'
  const hasVolume = volume.trim() !== ''
  const quoted = (text: string) => JSON.stringify(text)
  const lines = [
    '# A stack of occi: "occi stack plan" shows what apply would do, "occi stack apply" does it.',
    '# The keys of a resource are the options of "occi KIND create".',
    `name: ${name}`,
    '# context: NAME            # where; --context wins',
    'resources:',
    '  # What exists already is looked up, and never changed or deleted:',
    '  # private: { kind: network, existing: true }',
    ...(hasVolume
      ? [
          '  data:',
          '    kind: storage',
          `    size: ${quoted(volume.trim())}          # GiB`,
          ...(several ? [`    count: ${count}               # data-1, data-2, …`] : []),
        ]
      : []),
    '  web:',
    '    kind: compute',
    ...(several ? [`    count: ${count}               # web-1, web-2, …`] : []),
    `    os: ${quoted(image)}`,
    `    size: ${quoted(size)}`,
    '    # ssh-key: ~/.ssh/id_ed25519.pub',
    `    # user-data: cloud-init.yaml      # \${…} is filled in there, too`,
    '    # networks: [private]',
    ...(hasVolume ? ['    storage: [{ name: data, mountpoint: /dev/vdb }]'] : []),
    '    # state: active                   # or inactive: apply starts and stops',
    'outputs:',
    `  url: \${web${several ? '[0]' : ''}.url}`,
    `  # address: \${web${several ? '[0]' : ''}.ip}`,
    '',
  ]
  return lines.join('\n')
}

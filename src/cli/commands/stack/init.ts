/** `occi stack init`: writes a commented stack file as a starting point. */

import { existsSync } from 'node:fs'
import { alternatives } from '../../../basics/nearest.js'
import { omitUndefined } from '../../../basics/objects.js'
import { shellWord } from '../../../basics/shell-word.js'
import { UsageError } from '../../../errors/errors.js'
import { writeAtomically } from '../../../files/index.js'
import { suggest } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'

/** Readable by all users, since a stack file belongs in a repository. */
const fileMode = 0o644

/** The largest `count` that a stack file may have. */
const maxCount = 1000

/** The texts that the user enters, or those of a template. */
interface Answers {
  readonly name: string
  readonly image: string
  readonly size: string
  readonly count: string
  readonly volume: string
}

const defaults: Answers = { name: 'shop', image: 'debian-12', size: 'small', count: '1', volume: '' }

/** The answers of each template that differ from the defaults. */
const templates: Readonly<Record<string, Partial<Answers>>> = {
  machine: {},
  'machine-with-volume': { volume: '10' },
  cluster: { count: '3', volume: '10' },
}

export const initStack: CommandDeclaration = {
  path: ['stack', 'init'],
  summary: 'Write a stack file as a starting point',
  description:
    'Asks a few questions on a terminal, unless --template is used. An existing file is not changed.',
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
      description: `use a template instead of asking questions: ${Object.keys(templates).join(', ')}`,
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
    { title: 'Answer questions', command: 'occi stack init' },
    {
      title: 'Use a template',
      command: 'occi stack init --template machine-with-volume',
    },
  ],
  run: async (context) => {
    const file = context.options.text('file') ?? 'stack.yaml'
    const path = context.runtime.resolvePath(file)
    if (existsSync(path)) {
      throw new UsageError(`${file} exists already`, {
        hint: 'Choose another file with -f FILE.',
        at: '--file',
      })
    }
    const answers = await answersOf(context)
    if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(answers.name)) {
      throw new UsageError(`"${answers.name}" cannot be the name of a stack`, {
        hint: 'Use at most 63 letters, digits, ".", "-" and "_", beginning with a letter or digit.',
        at: '--name',
      })
    }
    if (
      !(/^\d{1,4}$/.test(answers.count) && Number(answers.count) >= 1 && Number(answers.count) <= maxCount)
    ) {
      throw new UsageError(`"${answers.count}" cannot be the number of machines`, {
        hint: `Use a whole number from 1 to ${maxCount}.`,
      })
    }
    await writeAtomically(path, stackFileText(answers), fileMode)
    context.inform(
      `Wrote ${file}.\nNext: occi stack plan${file === 'stack.yaml' ? '' : ` -f ${shellWord(file)}`}`,
    )
    return undefined
  },
}

async function answersOf(context: CommandContext): Promise<Answers> {
  const { options, prompts, streams } = context
  const templateName = options.text('template')
  const stackName = options.text('name')
  if (templateName !== undefined) {
    const template = Object.hasOwn(templates, templateName) ? templates[templateName] : undefined
    if (template !== undefined) return { ...defaults, ...template, ...omitUndefined({ name: stackName }) }
    const similar = suggest(templateName, Object.keys(templates))
    throw new UsageError(`There is no template "${templateName}"`, {
      at: '--template',
      hint:
        similar.length > 0
          ? `Did you mean ${alternatives(similar)}?`
          : `Templates: ${Object.keys(templates).join(', ')}.`,
    })
  }
  const withoutPrompt = `Use --template ${alternatives(Object.keys(templates))}.`
  if (!streams.interactive)
    throw new UsageError('--template is required, since input is not interactive', {
      hint: withoutPrompt,
      at: '--template',
    })
  const ask = (message: string, defaultAnswer: string) =>
    prompts.text({ message, withoutPrompt }, defaultAnswer)
  return {
    name: stackName ?? (await ask('Name of the stack', defaults.name)),
    image: await ask('Image of the machines ("occi mixin list --of os_tpl" lists them)', defaults.image),
    size: await ask('Size of the machines ("occi mixin list --of resource_tpl" lists them)', defaults.size),
    count: (await ask('How many machines', defaults.count)).trim(),
    volume: await ask('Size of a volume for each machine in GiB; empty for none', ''),
  }
}

/** Whether YAML reads the word as a text, and not as a number, a boolean or null. */
function isPlainText(word: string): boolean {
  return /^[A-Za-z]/.test(word) && !/^(true|false|null)$/i.test(word)
}

function stackFileText({ name, image, size, count, volume }: Answers): string {
  const isCounted = Number(count) > 1
  const hasVolume = volume.trim() !== ''
  const quoted = (text: string) => JSON.stringify(text)
  const lines = [
    '# A stack of occi: "occi stack plan" shows what would change, "occi stack apply" changes it.',
    '# The keys of a resource are the options of "occi KIND create".',
    `name: ${isPlainText(name) ? name : quoted(name)}`,
    '# context: NAME            # the provider; --context takes precedence',
    'resources:',
    '  # An existing resource is looked up, and never changed or deleted:',
    '  # private: { kind: network, existing: true }',
    ...(hasVolume
      ? [
          '  data:',
          '    kind: storage',
          `    size: ${quoted(volume.trim())}          # GiB`,
          ...(isCounted ? [`    count: ${count}               # data-1, data-2, …`] : []),
        ]
      : []),
    '  web:',
    '    kind: compute',
    ...(isCounted ? [`    count: ${count}               # web-1, web-2, …`] : []),
    `    os: ${quoted(image)}`,
    `    size: ${quoted(size)}`,
    '    # ssh-key: ~/.ssh/id_ed25519.pub',
    `    # user-data: cloud-init.yaml      # \${…} is replaced in this file, too`,
    '    # networks: [private]',
    ...(hasVolume ? ['    storage: [{ name: data, mountpoint: /dev/vdb }]'] : []),
    '    # state: active                   # or inactive: apply starts or stops the machine',
    'outputs:',
    `  url: \${web${isCounted ? '[0]' : ''}.url}`,
    `  # address: \${web${isCounted ? '[0]' : ''}.ip}`,
    '',
  ]
  return lines.join('\n')
}

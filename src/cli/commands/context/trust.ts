/** `occi context trust` and `untrust`: the settings files of working folders that the user trusts. */
import { join } from 'node:path'
import { shellWord } from '../../../basics/shell-word.js'
import { PROJECT_FILE } from '../../../config/index.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { purposes, unreadableReason } from '../../../files/index.js'
import type { ArgumentDeclaration, CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'

const pathArgument: ArgumentDeclaration = {
  name: 'PATH',
  description: 'a folder, or one of its files; default: the working folder',
  required: false,
  completion: { of: 'folder' },
}

const columns: readonly Column[] = [
  { key: 'file', heading: 'FILE', value: 'file', style: 'name' },
  { key: 'state', heading: 'STATE', value: 'state' },
]

export const trust: CommandDeclaration = {
  path: ['context', 'trust'],
  summary: 'Trust the settings files of a working folder until they change',
  description:
    'Files that are not trusted (.occi.yaml, clouds.yaml, secure.yaml) may set an endpoint and defaults, but may not name files or commands that provide secrets, set certificates or disable checks; and none of your secrets is sent to an address that they name. Read the files, then trust them: until their content changes, their settings are used like your own options. For a single command use --trust-project, in CI OCCI_TRUST_PROJECT=1.',
  arguments: [pathArgument],
  options: [
    {
      name: 'list',
      description: 'list the trusted files, and whether they have changed since',
      env: 'none',
    },
  ],
  examples: [
    { title: 'Trust the files of the working folder', command: 'occi context trust .' },
    { title: 'List the trusted files', command: 'occi context trust --list' },
  ],
  contextless: true,
  run: async (context) => {
    if (context.options.isSet('list')) return trustedOutput(context)
    const files = await filesIn(context)
    for (const [file, text] of files) await context.runtime.trustedFiles.trust(file, text)
    const path = context.word('PATH')
    const undoCommand = `occi context untrust${path === undefined ? '' : ` ${shellWord(path)}`}`
    context.inform(`The files are trusted until they change. To undo this: ${undoCommand}`)
    return output([...files.keys()].map((file) => ({ file, state: 'trusted' })))
  },
}

export const untrust: CommandDeclaration = {
  path: ['context', 'untrust'],
  summary: 'Stop trusting the settings files of a working folder',
  arguments: [pathArgument],
  options: [],
  examples: [
    { title: 'Stop trusting the files of the working folder', command: 'occi context untrust .' },
    {
      title: 'Stop trusting one file, which need not exist',
      command: 'occi context untrust ~/src/demo/.occi.yaml',
    },
  ],
  contextless: true,
  run: async (context) => {
    const { runtime } = context
    const path = runtime.resolvePath(context.word('PATH') ?? '.')
    const project = runtime.projectFile(path)
    const untrusted = await runtime.trustedFiles.untrust([
      path,
      ...(project === undefined ? [] : [project]),
      ...cloudFiles(path),
    ])
    if (untrusted.length === 0) {
      throw new NotFoundError(`No file of ${path} is trusted`, {
        hint: '"occi context trust --list" lists the trusted files.',
        at: 'PATH',
      })
    }
    return output(untrusted.map((file) => ({ file, state: 'not trusted' })))
  },
}

async function trustedOutput({ runtime }: Surroundings): Promise<Output> {
  const records: { file: string; state: string }[] = []
  for (const { file } of runtime.trustedFiles.list()) {
    const text = await readText(runtime, file).catch(() => undefined)
    if (text === undefined) records.push({ file, state: 'gone' })
    else records.push({ file, state: runtime.trustedFiles.isTrusted(file, text) ? 'trusted' : 'changed' })
  }
  return output(records)
}

/**
 * The files to trust, with their content. Throws NotFoundError if there are none, and UsageError for an unreadable one.
 */
async function filesIn(context: Invocation & Surroundings): Promise<ReadonlyMap<string, string>> {
  const { runtime } = context
  const path = runtime.resolvePath(context.word('PATH') ?? '.')
  const pathText = await readText(runtime, path)
  if (pathText !== undefined) return new Map([[path, pathText]])
  const textByFile = new Map<string, string>()
  const project = runtime.projectFile(path)
  for (const file of [...(project === undefined ? [] : [project]), ...cloudFiles(path)]) {
    const text = await readText(runtime, file)
    if (text !== undefined) textByFile.set(file, text)
  }
  if (textByFile.size > 0) return textByFile
  throw new NotFoundError(`There are no settings files in ${path}`, {
    at: 'PATH',
    hint: `A clouds, secure or clouds-public file (.yaml, .yml, .json) in the folder, or a ${PROJECT_FILE} in it or in a folder above it, can be trusted.`,
  })
}

/** The text of a file; undefined if it does not exist or is a folder. */
async function readText({ readFile }: CommandContext['runtime'], file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, purposes.settings)).toString('utf8')
  } catch (cause) {
    const { code, kind } = cause as { readonly code?: unknown; readonly kind?: unknown }
    if (absentCodes.has(code) || kind === 'not-a-file') return undefined
    throw new UsageError(`${file} cannot be read: ${unreadableReason(cause)}`, { at: 'PATH', cause })
  }
}

const absentCodes: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

/** The paths of the files that openstacksdk reads in a folder. */
function cloudFiles(folder: string): readonly string[] {
  return ['clouds', 'secure', 'clouds-public'].flatMap((base) =>
    ['yaml', 'yml', 'json'].map((type) => join(folder, `${base}.${type}`)),
  )
}

function output(records: readonly { readonly file: string; readonly state: string }[]): Output {
  return {
    shape: 'list',
    records: records.map((data): OutputRecord => ({ data, name: data.file, id: data.file })),
    columns,
    empty: 'No files are trusted.',
  }
}

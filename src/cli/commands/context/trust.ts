/** `occi context trust`: marks files of a working folder as trusted. */
import { join } from 'node:path'
import { PROJECT_FILE } from '../../../config/index.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { purposes, whyUnreadable } from '../../../files/index.js'
import type { ArgumentDeclaration, CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'

const where: ArgumentDeclaration = {
  name: 'PATH',
  description: 'a folder, or one file of it; the working folder when left out',
  required: false,
  completion: { of: 'folder' },
}

const columns: readonly Column[] = [
  { key: 'file', heading: 'FILE', value: 'file', style: 'name' },
  { key: 'state', heading: 'STATE', value: 'state' },
]

export const trust: CommandDeclaration = {
  path: ['context', 'trust'],
  summary: 'Believe the settings files of a working folder, as they are now',
  description:
    'A folder that came from somebody else may name an endpoint and defaults in .occi.yaml or clouds.yaml, and nothing more: no files to read secrets from, no commands, no certificates, no check to switch off; and no secret of yours goes to an address that it names. Look at the files, then say that you believe them: until their content changes they count like options of yours. For one command there is --trust-project, in CI OCCI_TRUST_PROJECT=1.',
  arguments: [where],
  options: [
    {
      name: 'list',
      description: 'show what is believed, and whether it has changed since',
      env: 'none',
    },
  ],
  examples: [
    { title: 'The files of the working folder', command: 'occi context trust .' },
    { title: 'What is believed by now', command: 'occi context trust --list' },
  ],
  contextless: true,
  run: async (context) => {
    if (context.options.isSet('list')) return listed(context)
    const files = await filesIn(context)
    for (const [file, text] of files) await context.runtime.trustedFiles.trust(file, text)
    context.inform('Trusted until a file changes. To take it back: occi context untrust')
    return output([...files.keys()].map((file) => ({ file, state: 'trusted' })))
  },
}

export const untrust: CommandDeclaration = {
  path: ['context', 'untrust'],
  summary: 'Believe the settings files of a working folder no longer',
  arguments: [where],
  options: [],
  examples: [
    { title: 'The files of the working folder', command: 'occi context untrust .' },
    { title: 'One file, which may be gone', command: 'occi context untrust ~/src/demo/.occi.yaml' },
  ],
  contextless: true,
  run: async (context) => {
    const { runtime } = context
    const path = runtime.resolvePath(context.word('PATH') ?? '.')
    const project = runtime.projectFile(path)
    const gone = await runtime.trustedFiles.distrust([
      path,
      ...(project === undefined ? [] : [project]),
      ...candidates(path),
    ])
    if (gone.length === 0) throw new NotFoundError(`Nothing of ${path} was trusted`, { at: 'PATH' })
    return output(gone.map((file) => ({ file, state: 'not trusted' })))
  },
}

async function listed({ runtime }: Surroundings): Promise<Output> {
  const records: { file: string; state: string }[] = []
  for (const { file } of runtime.trustedFiles.list()) {
    const text = await textOf(runtime, file).catch(() => undefined)
    const state =
      text === undefined ? 'gone' : runtime.trustedFiles.isTrusted(file, text) ? 'trusted' : 'changed'
    records.push({ file, state })
  }
  return output(records)
}

/**
 * The files with their content. Throws NotFoundError without any, and UsageError for one that cannot be read.
 */
async function filesIn(context: Invocation & Surroundings): Promise<ReadonlyMap<string, string>> {
  const { runtime } = context
  const path = runtime.resolvePath(context.word('PATH') ?? '.')
  const itself = await textOf(runtime, path)
  if (itself !== undefined) return new Map([[path, itself]])
  const found = new Map<string, string>()
  const project = runtime.projectFile(path)
  for (const file of [...(project === undefined ? [] : [project]), ...candidates(path)]) {
    const text = await textOf(runtime, file)
    if (text !== undefined) found.set(file, text)
  }
  if (found.size > 0) return found
  throw new NotFoundError(`There is nothing to trust in ${path}`, {
    at: 'PATH',
    hint: `It has no clouds.yaml or secure.yaml, and neither it nor a folder above it has ${PROJECT_FILE}.`,
  })
}

/** The text of a file; undefined if it does not exist or is a folder. */
async function textOf({ readFile }: CommandContext['runtime'], file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, purposes.settings)).toString('utf8')
  } catch (cause) {
    const { code, kind } = cause as { readonly code?: unknown; readonly kind?: unknown }
    if (absent.has(code) || kind === 'not-a-file') return undefined
    throw new UsageError(`${file} cannot be read: ${whyUnreadable(cause)}`, { at: 'PATH', cause })
  }
}

const absent: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

/** The files that openstacksdk reads in a folder. */
function candidates(folder: string): readonly string[] {
  return ['clouds', 'secure', 'clouds-public'].flatMap((base) =>
    ['yaml', 'yml', 'json'].map((type) => join(folder, `${base}.${type}`)),
  )
}

function output(records: readonly { readonly file: string; readonly state: string }[]): Output {
  return {
    shape: 'list',
    records: records.map((data): OutputRecord => ({ data, name: data.file, id: data.file })),
    columns,
    empty: 'Nothing is trusted.',
  }
}

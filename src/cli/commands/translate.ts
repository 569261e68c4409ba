/** `occi translate`: translates command lines and scripts of rOCCI-cli. */
import { UsageError } from '../../errors/errors.js'
import { type FilesBelow, filesBelow, purposes, whyUnreadable } from '../../files/index.js'
import type { CommandDeclaration, Entry } from '../command.js'
import type { CommandContext, Dialogue, Surroundings } from '../context.js'
import { sanitize } from '../output/index.js'
import type { Occurrence } from '../rocci/script.js'

/** `entries`: the commands, at whose names command lines in the new form are known. */
export const translate = (entries: readonly Entry[]): CommandDeclaration => ({
  path: ['translate'],
  summary: 'Show what a command line of rOCCI-cli is in the new form',
  description:
    "rOCCI-cli's own form keeps working: `occi --endpoint … --action … --resource …`. This prints the same in the grammar of `occi NOUN VERB`, ready to be typed; what needs a look is said on standard error, in a script (-f) in comments. Variables, substitutions, pipes and redirections stay as they are.",
  arguments: [
    {
      name: 'COMMAND',
      description: 'the command line, in quotes; after `--` the leading `occi` may be left out',
      required: false,
    },
  ],
  options: [
    {
      name: 'file',
      short: 'f',
      value: 'FILE',
      description: 'translate a script; "-" reads standard input',
      env: 'none',
      completion: { of: 'file' },
    },
    {
      name: 'scan',
      value: 'FOLDER',
      description: 'list the calls in the old form in all files below it, and change nothing',
      env: 'none',
      completion: { of: 'folder' },
    },
  ],
  examples: [
    {
      title: 'A list',
      command: "occi translate 'occi --endpoint https://cloud:11443 --action list --resource compute'",
    },
    {
      title: 'A machine',
      command:
        "occi translate 'occi -e https://cloud:11443 -a create -r compute -M os_tpl#debian -M resource_tpl#small -t occi.core.title=web'",
    },
    { title: 'A script', command: 'occi translate -f old.sh > new.sh' },
    { title: 'Where old calls are', command: 'occi translate --scan ~/scripts' },
  ],
  run: async (context) => {
    await run(context, new Set(entries.map(({ name }) => name)))
    return undefined
  },
})

async function run(context: CommandContext, commands: ReadonlySet<string>): Promise<void> {
  const file = context.options.text('file')
  const folder = context.options.text('scan')
  const line = context.word('COMMAND')
  if ([file, folder, line].filter((given) => given !== undefined).length !== 1) {
    throw new UsageError('Give a command line, --file or --scan', {
      hint: "occi translate 'occi --action list --resource compute'",
    })
  }
  if (folder !== undefined) return scan(context, folder, commands)
  if (file !== undefined) return translateFile(context, file, commands)
  return translateLine(context, line ?? '', commands)
}

async function translateLine(context: Dialogue, line: string, commands: ReadonlySet<string>): Promise<void> {
  const named = /(^|[\s/(`])occi(\s|$)/.test(line) ? line : `occi ${line}`
  const { text, occurrences } = await translated(named, commands, false)
  if (occurrences.length === 0) {
    throw new UsageError('There is no command line of rOCCI-cli in it', {
      hint: 'It has --action, --dump-model or --examples. Quote the whole command line.',
    })
  }
  const refused = occurrences.find(({ translation }) => translation.command === undefined)
  if (refused !== undefined) {
    throw new UsageError(`This has no translation: ${refused.translation.notes.join('; ')}`, {
      hint: 'Quote the whole command line.',
    })
  }
  await context.streams.out.write(`${text}\n`)
  for (const { translation } of occurrences) for (const note of translation.notes) await context.warn(note)
}

async function translateFile(
  context: Dialogue & Surroundings,
  file: string,
  commands: ReadonlySet<string>,
): Promise<void> {
  let bytes: Buffer
  if (file === '-') bytes = await context.stdin('--file -', purposes.message)
  else {
    try {
      bytes = await context.runtime.readFile(file, purposes.imported)
    } catch (cause) {
      throw new UsageError(`--file: ${file} cannot be read: ${whyUnreadable(cause)}`, { at: '--file', cause })
    }
  }
  const { text } = await translated(bytes.toString('utf8'), commands, true)
  await context.streams.out.write(text)
}

/** Prints `file:line: call → translation`, one line for each call. */
async function scan(
  context: Dialogue & Surroundings,
  folder: string,
  commands: ReadonlySet<string>,
): Promise<void> {
  let below: FilesBelow
  try {
    below = await filesBelow(folder)
  } catch (cause) {
    throw new UsageError(`--scan: ${folder} cannot be read: ${whyUnreadable(cause)}`, { at: '--scan', cause })
  }
  for (const name of below.unreadable) await context.warn(`${sanitize(name)} is left out: it cannot be read`)
  if (below.truncated)
    await context.warn(`${sanitize(folder)} has more files than are looked at: name a folder in it`)
  for (const name of below.files) {
    let bytes: Buffer
    try {
      bytes = await context.runtime.readFile(name, purposes.imported)
    } catch (cause) {
      await context.warn(`${sanitize(name)} is left out: ${whyUnreadable(cause)}`)
      continue
    }
    // Skips binary files.
    if (bytes.subarray(0, 8000).includes(0) || !bytes.includes('occi')) continue
    const text = bytes.toString('utf8')
    const { callsInPrograms } = await import('../rocci/script.js')
    const { occurrences } = await translated(text, commands, false)
    const inShell = program.test(name)
      ? occurrences.filter(({ translation }) => translation.command !== undefined)
      : occurrences
    const others = program.test(name) ? callsInPrograms(text, inShell) : []
    const all = [...inShell, ...others].sort((a, b) => a.line - b.line)
    for (const each of all) await context.streams.out.write(found(name, each))
  }
}

/** File names of programs in languages other than shell. */
const program = /\.(c|cc|cpp|cs|go|groovy|java|js|kt|lua|php|pl|pm|py|rb|rs|scala|tcl|ts)$/

function found(name: string, { line, written, translation }: Occurrence): string {
  const becomes = translation.command ?? `(stays: ${translation.notes.join('; ')})`
  const notes = translation.command === undefined ? [] : translation.notes
  const rows = [`${name}:${line}: ${written}`, `  → ${becomes}`, ...notes.map((note) => `  note: ${note}`)]
  return rows.map((row) => `${sanitize(row)}\n`).join('')
}

async function translated(text: string, commands: ReadonlySet<string>, comments: boolean) {
  const { translateScript } = await import('../rocci/script.js')
  return translateScript(text, commands, { comments })
}

/** `occi translate`: translates command lines and scripts of rOCCI-cli. */
import { UsageError } from '../../errors/errors.js'
import { type FilesBelow, filesBelow, purposes, whyUnreadable } from '../../files/index.js'
import type { CommandDeclaration, Entry } from '../command.js'
import type { CommandContext, Dialogue, Surroundings } from '../context.js'
import { sanitize } from '../output/index.js'
import type { Occurrence } from '../rocci/script.js'

/** `entries`: the commands. A command line that begins with the name of one is already in the new form. */
export const translate = (entries: readonly Entry[]): CommandDeclaration => ({
  path: ['translate'],
  summary: 'Show what a command line of rOCCI-cli is in the new form',
  description:
    'The command lines of rOCCI-cli keep working: `occi --endpoint … --action … --resource …`. This prints the equivalent in the form `occi NOUN VERB`, ready to be typed; notes go to standard error, in a script (-f) to comments. Variables, substitutions, pipes and redirections are left unchanged.',
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
      description: 'list the calls in the old form in all files of this folder, without changing them',
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
    { title: 'Find calls in the old form', command: 'occi translate --scan ~/scripts' },
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
  if ([file, folder, line].filter((value) => value !== undefined).length !== 1) {
    throw new UsageError('Give a command line, --file or --scan', {
      hint: "occi translate 'occi --action list --resource compute'",
    })
  }
  if (folder !== undefined) return scan(context, folder, commands)
  if (file !== undefined) return translateFile(context, file, commands)
  return translateLine(context, line ?? '', commands)
}

/** Translates one command line, with or without the word `occi`. Throws UsageError. */
async function translateLine(context: Dialogue, line: string, commands: ReadonlySet<string>): Promise<void> {
  const commandLine = /(^|[\s/(`])occi(\s|$)/.test(line) ? line : `occi ${line}`
  const { text, occurrences } = await translateText(commandLine, commands, false)
  if (occurrences.length === 0) {
    throw new UsageError('This contains no command line of rOCCI-cli', {
      hint: 'Such a command line has --action, --dump-model or --examples. Quote it as a whole.',
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
  const { text } = await translateText(bytes.toString('utf8'), commands, true)
  await context.streams.out.write(text)
}

/** Prints `file:line: call → translation`, one line for each call. */
async function scan(
  context: Dialogue & Surroundings,
  folder: string,
  commands: ReadonlySet<string>,
): Promise<void> {
  let found: FilesBelow
  try {
    found = await filesBelow(folder)
  } catch (cause) {
    throw new UsageError(`--scan: ${folder} cannot be read: ${whyUnreadable(cause)}`, { at: '--scan', cause })
  }
  for (const name of found.unreadable) await context.warn(`${sanitize(name)} is skipped: it cannot be read`)
  if (found.truncated)
    await context.warn(`${sanitize(folder)} has too many files, so some are skipped: name a folder in it`)
  for (const name of found.files) {
    let bytes: Buffer
    try {
      bytes = await context.runtime.readFile(name, purposes.imported)
    } catch (cause) {
      await context.warn(`${sanitize(name)} is skipped: ${whyUnreadable(cause)}`)
      continue
    }
    // Skips binary files.
    if (bytes.subarray(0, 8000).includes(0) || !bytes.includes('occi')) continue
    const text = bytes.toString('utf8')
    const { callsInPrograms } = await import('../rocci/script.js')
    const { occurrences } = await translateText(text, commands, false)
    const isProgram = programFileName.test(name)
    const shellCalls = isProgram
      ? occurrences.filter(({ translation }) => translation.command !== undefined)
      : occurrences
    const otherCalls = isProgram ? callsInPrograms(text, shellCalls) : []
    const calls = [...shellCalls, ...otherCalls].sort((a, b) => a.line - b.line)
    for (const call of calls) await context.streams.out.write(callText(name, call))
  }
}

/** File names of programs in languages other than shell. */
const programFileName = /\.(c|cc|cpp|cs|go|groovy|java|js|kt|lua|php|pl|pm|py|rb|rs|scala|tcl|ts)$/

function callText(name: string, { line, written, translation }: Occurrence): string {
  const result = translation.command ?? `(stays: ${translation.notes.join('; ')})`
  const notes = translation.command === undefined ? [] : translation.notes
  const rows = [`${name}:${line}: ${written}`, `  → ${result}`, ...notes.map((note) => `  note: ${note}`)]
  return rows.map((row) => `${sanitize(row)}\n`).join('')
}

async function translateText(text: string, commands: ReadonlySet<string>, comments: boolean) {
  const { translateScript } = await import('../rocci/script.js')
  return translateScript(text, commands, { comments })
}

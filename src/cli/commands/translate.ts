/** `occi translate`: translates command lines and scripts of rOCCI-cli. */
import { UsageError } from '../../errors/errors.js'
import { type FileList, listFiles, purposes, unreadableReason } from '../../files/index.js'
import type { CommandDeclaration, CommandEntry } from '../command.js'
import type { CommandContext, Dialogue, Surroundings } from '../context.js'
import { sanitize } from '../output/index.js'
import type { Occurrence } from '../rocci/script.js'

/** A command line that begins with the name of one of the commands (`entries`) is already in the new form. */
export const translate = (entries: readonly CommandEntry[]): CommandDeclaration => ({
  path: ['translate'],
  summary: 'Show what a command line of rOCCI-cli is in the new form',
  description:
    'The command lines of rOCCI-cli keep working: `occi --endpoint … --action … --resource …`. This prints the equivalent in the form `occi NOUN VERB`. Notes are printed on standard error; in a script (-f) they become comments. Variables, substitutions, pipes and redirections are left unchanged.',
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
  const { text, occurrences } = await translateText(commandLine, commands)
  if (occurrences.length === 0) {
    throw new UsageError('This contains no command line of rOCCI-cli', {
      hint: 'Such a command line has --action, --dump-model or --examples. Quote it as a whole.',
    })
  }
  const untranslated = occurrences.find(({ translation }) => translation.command === undefined)
  if (untranslated !== undefined) {
    throw new UsageError(`This has no translation: ${untranslated.translation.notes.join('; ')}`, {
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
      throw new UsageError(`--file: ${file} cannot be read: ${unreadableReason(cause)}`, {
        at: '--file',
        cause,
      })
    }
  }
  const { text } = await translateText(bytes.toString('utf8'), commands, { comments: true })
  await context.streams.out.write(text)
}

/** Prints each call as `file:line: call`, with its translation and notes below it. */
async function scan(
  context: Dialogue & Surroundings,
  folder: string,
  commands: ReadonlySet<string>,
): Promise<void> {
  let listing: FileList
  try {
    listing = await listFiles(folder)
  } catch (cause) {
    throw new UsageError(`--scan: ${folder} cannot be read: ${unreadableReason(cause)}`, {
      at: '--scan',
      cause,
    })
  }
  for (const file of listing.unreadable) await context.warn(`${sanitize(file)} is skipped: it cannot be read`)
  if (listing.truncated)
    await context.warn(`${sanitize(folder)} has too many files, so some are skipped: name a folder in it`)
  for (const file of listing.files) {
    let bytes: Buffer
    try {
      bytes = await context.runtime.readFile(file, purposes.imported)
    } catch (cause) {
      await context.warn(`${sanitize(file)} is skipped: ${unreadableReason(cause)}`)
      continue
    }
    // A file with a NUL among its first 8,000 bytes is binary, by the rule of git.
    if (bytes.subarray(0, 8000).includes(0) || !bytes.includes('occi')) continue
    const text = bytes.toString('utf8')
    const { callsInPrograms } = await import('../rocci/script.js')
    const { occurrences } = await translateText(text, commands)
    const isProgram = programFileName.test(file)
    const shellCalls = isProgram
      ? occurrences.filter(({ translation }) => translation.command !== undefined)
      : occurrences
    const otherCalls = isProgram ? callsInPrograms(text, shellCalls) : []
    const calls = [...shellCalls, ...otherCalls].sort((a, b) => a.line - b.line)
    for (const call of calls) await context.streams.out.write(callText(file, call))
  }
}

/** File names of programs in languages other than shell. */
const programFileName = /\.(c|cc|cpp|cs|go|groovy|java|js|kt|lua|php|pl|pm|py|rb|rs|scala|tcl|ts)$/

function callText(file: string, { line, written, translation }: Occurrence): string {
  const result = translation.command ?? `(stays: ${translation.notes.join('; ')})`
  const notes = translation.command === undefined ? [] : translation.notes
  const rows = [`${file}:${line}: ${written}`, `  → ${result}`, ...notes.map((note) => `  note: ${note}`)]
  return rows.map((row) => `${sanitize(row)}\n`).join('')
}

async function translateText(
  text: string,
  commands: ReadonlySet<string>,
  options: { readonly comments: boolean } = { comments: false },
) {
  const { translateScript } = await import('../rocci/script.js')
  return translateScript(text, commands, options)
}

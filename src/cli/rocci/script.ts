/** Translates the calls of rOCCI-cli in a shell script and leaves the rest unchanged. */
import { isRocciForm } from './recognise.js'
import { Shell, type ShellCommand } from './shell.js'
import { type Translation, translate } from './translate.js'

export interface Occurrence {
  /** The line number, from 1. */
  readonly line: number
  /** The call as the script contains it, on one line. */
  readonly written: string
  readonly translation: Translation
}

interface TranslatedScript {
  readonly text: string
  readonly occurrences: readonly Occurrence[]
}

interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * Translates a script. `commands` are the command words of the regular form. With `comments`, comments are added
 * above calls that behave differently or could not be translated.
 */
export function translateScript(
  text: string,
  commands: ReadonlySet<string>,
  { comments }: { readonly comments: boolean },
): TranslatedScript {
  const occurrences: Occurrence[] = []
  const edits: Edit[] = []
  const record = (at: number, written: string, translation: Translation): void => {
    occurrences.push({ line: lineOf(text, at), written, translation })
    if (comments && translation.notes.length > 0) edits.push(commentAbove(text, at, translation))
  }
  const shell = new Shell(text, (body, at) => {
    const translated = translateScript(body, commands, { comments: false })
    for (const { line, written, translation } of translated.occurrences)
      record(at + startOfLine(body, line), written, translation)
    return translated.text
  })
  for (const command of shell.commands) {
    const start = indexOfOcci(command)
    const argv = command.words.slice((start ?? 0) + 1).map((word) => word.text)
    if (start === undefined || !isRocciForm(argv, commands)) {
      edits.push(...rewriteWords(command, shell, text))
      const note = untranslatable(command, shell, commands)
      if (note !== undefined) {
        const written = text.slice(command.from, command.to).replace(/\\\r?\n\s*/g, ' ')
        record(command.from, written, { command: undefined, notes: [note] })
      }
      continue
    }
    const from = command.words[start]?.from ?? command.from
    const translation = translate(argv, shell)
    record(from, text.slice(from, command.to).replace(/\\\r?\n\s*/g, ' '), translation)
    if (translation.command === undefined) continue
    const redirections = command.redirections.map((each) => ` ${each}`).join('')
    edits.push({ from, to: command.to, text: `${translation.command}${redirections}` })
  }
  return { text: withEdits(text, edits), occurrences: occurrences.sort((a, b) => a.line - b.line) }
}

/** The index of the word `occi` in a call, which may follow assignments and programs that run a command. */
function indexOfOcci({ words }: ShellCommand): number | undefined {
  const firstWord = words.findIndex(({ text }) => !/^[A-Za-z_]\w*=/.test(text))
  const isRunner = commandRunners.has(baseName(words[firstWord]?.text ?? ''))
  const index = isRunner ? words.findIndex(({ text }) => baseName(text) === 'occi') : firstWord
  return baseName(words[index]?.text ?? '') === 'occi' ? index : undefined
}

/** Programs that run their remaining words as a command on this machine. */
const commandRunners: ReadonlySet<string> = new Set([
  ...['sudo', 'env', 'timeout', 'nice', 'ionice', 'xargs', 'time', 'nohup', 'command', 'exec', 'stdbuf'],
  'setsid',
])

function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1)
}

/**
 * Why a command that runs rOCCI-cli indirectly (from a variable, a string, another program) cannot be translated;
 * undefined for other commands.
 */
function untranslatable(
  { words }: ShellCommand,
  shell: Shell,
  commands: ReadonlySet<string>,
): string | undefined {
  const texts = words.map(({ text }) => text)
  const [program = ''] = texts
  if (
    shell.isDynamic(program) &&
    !program.includes('=') &&
    rocciCall.test(` ${withoutExpansions(texts.slice(1))}`)
  ) {
    if (!isRocciForm(texts.slice(1), commands)) return undefined
    return `${shell.write(program).replaceAll('"', '')} is known only at run time; these are options of rOCCI-cli`
  }
  if (/^(echo|printf)$/.test(program)) return undefined
  const occiIndex = texts.findIndex((text, index) => index > 0 && baseName(text) === 'occi')
  if (occiIndex > 0 && isRocciForm(texts.slice(occiIndex + 1), commands))
    return `${program} runs a call of rOCCI-cli and has its own quoting rules`
  // A call in a string: `CMD="$BASE --action list"`, an alias, `bash -c '…'`.
  const inString = texts.some((text) => /\s/.test(text) && rocciCall.test(withoutExpansions([text])))
  return inString ? 'a call of rOCCI-cli is assembled in a string' : undefined
}

/** Matches `--action list` and `-a list`, also as items of a list in a program: `'--action', 'list'`. */
const rocciCall =
  /[\s"'](--action|-a)["']?[\s,=]+["']?(list|describe|create|delete|trigger|link|unlink|discover|update|\?)(?![\w-])/

/** Finds lines in programs of other languages that build a call of rOCCI-cli, except comments. */
export function callsInPrograms(text: string, occurrences: readonly Occurrence[]): readonly Occurrence[] {
  const translatedLines = new Set<number>()
  for (const { line, written: source } of occurrences)
    for (let offset = 0; offset <= source.split('\n').length; offset++) translatedLines.add(line + offset)
  return text.split('\n').flatMap((source, index) => {
    const line = index + 1
    if (translatedLines.has(line) || /^\s*(#|\/\/|\*|\/\*)/.test(source)) return []
    if (source.length > longestLine || !rocciCall.test(source.replace(/\$\{?\w+\}?/g, '?'))) return []
    return [{ line, written: source.trim(), translation: { command: undefined, notes: [inProgram] } }]
  })
}

/** Characters. Longer lines are data or minified code. */
const longestLine = 2000
const inProgram = 'a program assembles this call; rOCCI-cli options keep working'

/** Joins words and replaces the shell's expansions by question marks. */
function withoutExpansions(texts: readonly string[]): string {
  return texts.join(' ').replace(/[\ue000-\uf8ff]/gu, '?')
}

/** Translates calls in command substitutions (`$(occi …)`) of other commands. */
function rewriteWords(command: ShellCommand, shell: Shell, text: string): readonly Edit[] {
  return command.words.flatMap(({ text: word, from, to }) => {
    const written = text.slice(from, to)
    if (!/(\$\(|`)[\s\S]*occi/.test(written)) return []
    const assignment = /^[A-Za-z_]\w*=/.exec(word)?.[0] ?? ''
    return [{ from, to, text: `${assignment}${shell.write(word.slice(assignment.length))}` }]
  })
}

function commentAbove(text: string, at: number, { command, notes }: Translation): Edit {
  let start = text.lastIndexOf('\n', at - 1) + 1
  // If the command has several lines, the comment belongs before the first one.
  while (start > 0 && /\\\r?\n$/.test(text.slice(0, start))) start = text.lastIndexOf('\n', start - 2) + 1
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? ''
  const prefix = command === undefined ? 'occi translate could not translate this: ' : 'occi translate: '
  return { from: start, to: start, text: notes.map((note) => `${indent}# ${prefix}${note}\n`).join('') }
}

function withEdits(text: string, edits: readonly Edit[]): string {
  let result = ''
  let position = 0
  for (const { from, to, text: replacement } of [...edits].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < position) continue
    result += text.slice(position, from) + replacement
    position = to
  }
  return result + text.slice(position)
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}

function startOfLine(text: string, line: number): number {
  let start = 0
  for (let current = 1; current < line; current++) start = text.indexOf('\n', start) + 1
  return start
}

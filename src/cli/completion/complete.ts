/**
 * `occi __complete QUESTION [DETAIL] -- WORDS`: prints one value per line, followed by a tab and its
 * description.
 */
import { createOnce } from '../../basics/create-once.js'
import { contextsNamed, groupsIn, readContexts } from '../../config/index.js'
import type { Setting, Settings } from '../../config/types.js'
import { termOf } from '../../model/index.js'
import { asSetting, globalOptions } from '../options/global.js'
import { asSettings } from '../options/values.js'
import { sanitize } from '../output/sanitize.js'
import { optionsIn } from '../parse/words.js'
import { completionMemory, type SeenEntity } from '../runtime/completion-memory.js'
import { memoryKey } from '../runtime/memory-key.js'
import type { Runtime } from '../runtime.js'
import { answer, type Candidate, type CompletionSources } from './answer.js'
import { hasTerminal, listWords, requestList } from './request.js'

/** The part of Runtime that completion needs. Its bundle, complete.cjs, contains no more (see main.ts). */
type CompletionRuntime = Pick<Runtime, 'folders' | 'settings' | 'environment' | 'command'> & {
  readonly write: (text: string) => Promise<void>
}

/** Milliseconds. A later answer is useless, because the user has continued typing. */
const maxAnswerTime = 300

/** Milliseconds if a request is sent, which the setting completion-requests allows. */
const maxRequestTime = 3500

/**
 * Completion serves bash, zsh and fish. The configuration is therefore read by the rules of POSIX systems, which
 * check the owner of the file.
 */
const platform = 'linux'

/**
 * Prints the candidates and returns the exit status. Never rejects, and never writes to standard error, since the text
 * would appear inside the command line.
 */
export async function complete(argv: readonly string[], runtime: CompletionRuntime): Promise<number> {
  const separator = argv.indexOf('--')
  const question = separator < 0 ? argv : argv.slice(0, separator)
  const words = separator < 0 ? [] : argv.slice(separator + 1)
  try {
    const { expired, extend } = answerDeadline()
    const candidates = await Promise.race([answer(question, sourcesOf(words, runtime, extend)), expired])
    await runtime.write(candidates.map(candidateLine).join(''))
  } catch {
    // Errors result in an empty answer.
  }
  return 0
}

/** The sources for the words of a command line. Calls `onRequest` before a request is sent to the provider. */
function sourcesOf(
  words: readonly string[],
  runtime: CompletionRuntime,
  onRequest: () => void,
): CompletionSources {
  const settings = createOnce(() => settingsOf(words, runtime))
  const memory = createOnce(async () =>
    completionMemory(runtime.folders.cache, memoryKey(await settings(), runtime.environment)),
  )
  const categories = createOnce(async () => (await memory()).categories())
  const contexts = async () => {
    const snapshot = await readContexts({
      folder: runtime.folders.config,
      platform,
      // Names are not secret, so a file that others can read is accepted.
      isSecret: () => false,
    })
    return snapshot.contexts
  }
  return {
    aliases: async () => (await settings()).aliases,
    categories,
    seen: async (kind) => {
      const entities = ofKind(await (await memory()).seen(), kind)
      if (entities.length > 0 || kind === undefined || !(await settings()).isOn('completion-requests'))
        return entities
      if (!hasTerminal()) return entities
      onRequest()
      await requestList(runtime.command, listWords(termOf(kind), flagsIn(words)))
      return ofKind(await (await memory()).seen(), kind)
    },
    seenAt: async (context, kind) => {
      const key = memoryKey(await settingsOf(words, runtime, context), runtime.environment)
      return ofKind(await completionMemory(runtime.folders.cache, key).seen(), kind)
    },
    namedContexts: async () => {
      const { contextList } = await settings()
      if (contextList === undefined) return []
      return contextsNamed(contextList, { file: '', current: undefined, contexts: await contexts() }).map(
        ({ name }) => name,
      )
    },
    contexts: async () => (await contexts()).map(({ name }) => name),
    groups: async () => groupsIn(await contexts()),
    precedingWords: wordsBefore(words),
    typed: (words.at(-1) ?? '').replace(/^--[^=]*=/, ''),
    commands: async () => {
      const { commandEntries } = await import('../commands/index.js')
      return commandEntries.map(({ name, summary }) => ({ value: name, description: summary }))
    },
  }
}

/** The settings of the command line that is being typed, with its context or with `context`. */
function settingsOf(
  words: readonly string[],
  runtime: CompletionRuntime,
  context?: string,
): Promise<Settings> {
  const flags = flagsIn(words)
  const namedContext = { context: 'named', name: context ?? '', namedBy: contextInName } as const
  const choice = context === undefined ? undefined : namedContext
  return runtime.settings({ definitions: globalOptions.map(asSetting), flags, choice })
}

/** The global options among the words, as settings. */
function flagsIn(words: readonly string[]): Readonly<Record<string, string>> {
  const options = new Map<string, string[]>()
  for (const { option, value } of optionsIn(words, globalOptions)) {
    const text = value ?? (option.value === undefined ? 'true' : undefined)
    if (text !== undefined) options.set(option.name, [...(options.get(option.name) ?? []), text])
  }
  return asSettings(options)
}

/** The words after the program's name and before the one that is typed, without options and their values. */
function wordsBefore(words: readonly string[]): readonly string[] {
  const values = new Set<number>()
  for (const { index, next } of optionsIn(words, globalOptions)) if (next > index + 1) values.add(index + 1)
  return words.slice(1, -1).filter((word, position) => !values.has(position + 1) && !word.startsWith('-'))
}

/** The setting that names the context of NAME@CONTEXT. Its origin is the command line, as for --context. */
const contextInName: Setting = { value: '', origin: 'flag', source: 'NAME@CONTEXT' }

function ofKind(entities: readonly SeenEntity[], kind: string | undefined): readonly SeenEntity[] {
  return kind === undefined ? entities : entities.filter((entity) => termOf(entity.kind) === termOf(kind))
}

/** The candidate as the shell reads it; empty for a value that cannot be completed. */
function candidateLine({ value, description }: Candidate): string {
  const sanitized = sanitize(value)
  // Omits values that cannot be typed or that look like options; the entity's id is a candidate, too.
  if (sanitized !== value || value === '' || value.startsWith('-')) return ''
  return description === undefined ? `${value}\n` : `${value}\t${sanitize(description)}\n`
}

/** `expired` resolves to no candidates after maxAnswerTime. `extend` restarts it with maxRequestTime. */
function answerDeadline(): { readonly expired: Promise<readonly Candidate[]>; readonly extend: () => void } {
  let resolve: (candidates: readonly Candidate[]) => void = () => {}
  const expired = new Promise<readonly Candidate[]>((resolveExpired) => {
    resolve = resolveExpired
  })
  const start = (milliseconds: number) => setTimeout(() => resolve([]), milliseconds).unref()
  let timer = start(maxAnswerTime)
  return {
    expired,
    extend: () => {
      clearTimeout(timer)
      timer = start(maxRequestTime)
    },
  }
}

/**
 * `occi __complete QUESTION [DETAIL] -- WORDS`: prints one value per line, with its description after a tab.
 */
import { contextsNamed, groupsIn, readContexts } from '../../config/index.js'
import type { Setting, Settings } from '../../config/types.js'
import { termOf } from '../../model/index.js'
import { asSetting, globalOptions } from '../options/global.js'
import { sanitize } from '../output/sanitize.js'
import { optionsIn } from '../parse/words.js'
import { completionMemory, type SeenEntity } from '../runtime/completion-memory.js'
import { memoryKey } from '../runtime/memory-key.js'
import type { Runtime } from '../runtime.js'
import { answer, type Candidate, type CompletionSources } from './answer.js'

/** The part of Runtime that completion needs; completion.cjs contains no more (see main.ts here). */
type CompletionRuntime = Pick<Runtime, 'folders' | 'settings' | 'environment'> & {
  readonly write: (text: string) => Promise<void>
}

/** Milliseconds after which the answer is too late, because the user has gone on typing. */
const patience = 300

/** Never rejects and never writes to standard error, where text would appear inside the command line. */
export async function complete(argv: readonly string[], runtime: CompletionRuntime): Promise<number> {
  const cut = argv.indexOf('--')
  const question = cut < 0 ? argv : argv.slice(0, cut)
  const words = cut < 0 ? [] : argv.slice(cut + 1)
  try {
    const found = await Promise.race([answer(question, sourcesOf(words, runtime)), tooLate()])
    await runtime.write(found.map(line).join(''))
  } catch {
    // An error yields an empty answer.
  }
  return 0
}

function sourcesOf(words: readonly string[], runtime: CompletionRuntime): CompletionSources {
  const memory = async () =>
    completionMemory(runtime.folders.cache, memoryKey(await settingsOf(words, runtime), runtime.environment))
  const contexts = async () => {
    const found = await readContexts({
      folder: runtime.folders.config,
      platform: 'linux',
      // Names are not secret, so a file that others can read is accepted.
      isSecret: () => false,
    })
    return found.contexts
  }
  return {
    aliases: async () => (await settingsOf(words, runtime)).aliases,
    categories: async () => (await memory()).categories(),
    seen: async (kind) => ofKind(await (await memory()).seen(), kind),
    seenAt: async (context, kind) => {
      const settings = await settingsOf(words, runtime, context)
      const memory = completionMemory(runtime.folders.cache, memoryKey(settings, runtime.environment))
      return ofKind(await memory.seen(), kind)
    },
    several: async () => {
      const { several } = await settingsOf(words, runtime)
      if (several === undefined) return []
      return contextsNamed(several, { file: '', current: undefined, contexts: await contexts() }).map(
        ({ name }) => name,
      )
    },
    contexts: async () => (await contexts()).map(({ name }) => name),
    groups: async () => groupsIn(await contexts()),
    typed: (words.at(-1) ?? '').replace(/^--[^=]*=/, ''),
    commands: async () => {
      const { commandEntries } = await import('../commands/index.js')
      return commandEntries.map(({ name, summary }) => ({ value: name, says: summary }))
    },
  }
}

/** The settings of the command line that is being typed, of environment, project and context. */
function settingsOf(
  words: readonly string[],
  runtime: CompletionRuntime,
  context?: string,
): Promise<Settings> {
  const flags: Record<string, string> = {}
  for (const { option, value } of optionsIn(words, globalOptions)) {
    if (value !== undefined) flags[option.name] = value
    else if (option.value === undefined) flags[option.name] = 'true'
  }
  const choice = context === undefined ? undefined : ({ context: 'named', name: context, by: named } as const)
  return runtime.settings({ definitions: globalOptions.map(asSetting), flags, choice })
}

/** A name with an @ names its context as an option does. */
const named: Setting = { value: '', origin: 'flag', source: 'NAME@CONTEXT' }

function ofKind(things: readonly SeenEntity[], kind: string | undefined): readonly SeenEntity[] {
  return kind === undefined ? things : things.filter((thing) => termOf(thing.kind) === termOf(kind))
}

function line({ value, says }: Candidate): string {
  const shown = sanitize(value)
  // Values that cannot be typed, or that would be taken for an option, are not offered; the id is offered as
  // well.
  if (shown !== value || value === '' || value.startsWith('-')) return ''
  return says === undefined ? `${value}\n` : `${value}\t${sanitize(says)}\n`
}

function tooLate(): Promise<readonly Candidate[]> {
  return new Promise((resolve) => {
    setTimeout(resolve, patience, []).unref()
  })
}

/** `occi __complete QUESTION [DETAIL] -- WORDS`: a value a line, with what it is after a tab. */
import { readContexts } from '../../config/index.js'
import { termOf } from '../../model/index.js'
import { asSetting, globalOptions } from '../options/global.js'
import { sanitize } from '../output/sanitize.js'
import { lookupIn, scan } from '../parse/scan.js'
import { memoryKey } from '../runtime/memory-key.js'
import type { Runtime } from '../runtime/runtime.js'
import { answer, type Candidate, type CompletionSources } from './answer.js'
import { completionMemory } from './memory.js'

/** What of the machine is needed to answer: completion.cjs brings no more (main.ts here). */
export type CompletionRuntime = Pick<Runtime, 'folders' | 'settings' | 'environment'> & {
  readonly write: (text: string) => Promise<void>
}

/** Milliseconds after which a person has typed on. */
const patience = 300

/** Never rejects, never writes to standard error: it would land in the middle of a command line. */
export async function complete(argv: readonly string[], runtime: CompletionRuntime): Promise<number> {
  const cut = argv.indexOf('--')
  const question = cut < 0 ? argv : argv.slice(0, cut)
  const words = cut < 0 ? [] : argv.slice(cut + 1)
  try {
    const found = await Promise.race([answer(question, sourcesOf(words, runtime)), tooLate()])
    await runtime.write(found.map(line).join(''))
  } catch {
    // No answer is an answer, too.
  }
  return 0
}

function sourcesOf(words: readonly string[], runtime: CompletionRuntime): CompletionSources {
  const memory = async () => completionMemory(runtime.folders.cache, await endpointOf(words, runtime))
  return {
    categories: async () => (await memory()).categories(),
    seen: async (kind) => {
      const all = await (await memory()).seen()
      return kind === undefined ? all : all.filter((thing) => termOf(thing.kind) === termOf(kind))
    },
    contexts: async () => {
      const { contexts } = await readContexts({
        folder: runtime.folders.config,
        platform: 'linux',
        // Names are not secret, so a file that others may read is no reason to refuse.
        isSecret: () => false,
      })
      return contexts.map(({ name }) => name)
    },
    commands: async () => {
      const { commandEntries } = await import('../commands/index.js')
      return commandEntries.map(({ name, summary }) => ({ value: name, says: summary }))
    },
  }
}

/** Of the command line that is being typed, else of environment, project and context. */
async function endpointOf(words: readonly string[], runtime: CompletionRuntime): Promise<string> {
  const flags: Record<string, string> = {}
  for (const token of scan(words, lookupIn(globalOptions))) {
    if (token.type === 'option' && token.option !== undefined && token.value !== undefined) {
      flags[token.option.name] = token.value
    }
  }
  const settings = await runtime.settings({ definitions: globalOptions.map(asSetting), flags })
  return memoryKey(settings, runtime.environment)
}

function line({ value, says }: Candidate): string {
  const shown = sanitize(value)
  // What cannot be typed as it is cannot be offered, nor what would be taken for an option: the id is there, too.
  if (shown !== value || value === '' || value.startsWith('-')) return ''
  return says === undefined ? `${value}\n` : `${value}\t${sanitize(says)}\n`
}

function tooLate(): Promise<readonly Candidate[]> {
  return new Promise((resolve) => {
    setTimeout(resolve, patience, []).unref()
  })
}

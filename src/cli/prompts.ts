/** Prompts. The only module that loads @clack/prompts, and only on a terminal. */
import { omitUndefined } from '../basics/objects.js'
import { CancelledError, UsageError } from '../errors/errors.js'
import { sanitize } from './output/sanitize.js'
import type { Streams } from './streams.js'

interface Question {
  readonly message: string
  /** How to answer without a prompt, as a sentence: "Pass --yes to confirm." */
  readonly alternative: string
}

interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/**
 * All methods throw UsageError (with `alternative` as its hint) without a terminal, and CancelledError after
 * Ctrl-C or Escape.
 */
export interface Prompts {
  /** Resolves if the user answers yes. The default is no, which throws CancelledError. */
  confirm(question: Question): Promise<void>
  /** For destructive changes: the user must type `expected`; anything else throws CancelledError. */
  confirmTyped(question: Question, expected: string): Promise<void>
  select<T>(question: Question, choices: readonly Choice<T>[]): Promise<T>
  /** Like `select`, for long lists: typing filters them. */
  search<T>(question: Question, choices: readonly Choice<T>[]): Promise<T>
  text(question: Question, initial?: string): Promise<string>
  /** Shows neither the typed characters nor how many there are. */
  password(question: Question): Promise<string>
}

export function createPrompts(streams: Streams): Prompts {
  const load = async (question: Question) => {
    if (!streams.interactive) {
      throw new UsageError(`Input is required, but the session is not interactive: ${question.message}`, {
        hint: question.alternative,
      })
    }
    const terminal = { input: streams.inStream, output: streams.errStream, withGuide: false }
    return { clack: await import('@clack/prompts'), terminal: terminal, message: sanitize(question.message) }
  }
  return {
    async confirm(question) {
      const { clack, terminal, message } = await load(question)
      const yes = orCancel(await clack.confirm({ ...terminal, message, initialValue: false }))
      if (!yes) throw cancelled()
    },
    async confirmTyped(question, expected) {
      const { clack, terminal, message } = await load(question)
      const typed = orCancel(
        await clack.text({ ...terminal, message: `${message}\nType ${sanitize(expected)} to confirm:` }),
      )
      if (typed?.trim() !== expected) throw cancelled()
    },
    async select<T>(question: Question, choices: readonly Choice<T>[]): Promise<T> {
      const { clack, terminal, message } = await load(question)
      return choiceAt(
        choices,
        await clack.select({ ...terminal, message, options: labels(choices), maxItems: 12 }),
      )
    },
    async search<T>(question: Question, choices: readonly Choice<T>[]): Promise<T> {
      const { clack, terminal, message } = await load(question)
      return choiceAt(
        choices,
        await clack.autocomplete({ ...terminal, message, options: labels(choices), maxItems: 12 }),
      )
    },
    async text(question, initial) {
      const { clack, terminal, message } = await load(question)
      return (
        orCancel(
          await clack.text({
            ...terminal,
            message,
            ...omitUndefined({ initialValue: initial }),
          }),
        ) ?? ''
      )
    },
    async password(question) {
      const { clack, terminal, message } = await load(question)
      return orCancel(await clack.password({ ...terminal, message, mask: '' })) ?? ''
    },
  }
}

/** The choices with their index as value, because clack restricts the types of values. */
function labels(choices: readonly Choice<unknown>[]) {
  return choices.map(({ label, hint }, value) => ({
    value,
    label: sanitize(label),
    ...omitUndefined({ hint: hint === undefined ? undefined : sanitize(hint) }),
  }))
}

function choiceAt<T>(choices: readonly Choice<T>[], index: number | symbol): T {
  const choice = choices[orCancel(index)]
  if (choice === undefined) throw cancelled()
  return choice.value
}

/** Throws CancelledError for the symbol that clack returns when the prompt was cancelled. */
function orCancel<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw cancelled()
  return answer as Exclude<T, symbol>
}

function cancelled(): CancelledError {
  return new CancelledError('Cancelled')
}

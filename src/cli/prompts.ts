/** Prompts. The only module that loads @clack/prompts, and only on a terminal. */
import { omitUndefined } from '../basics/objects.js'
import { CancelledError, UsageError } from '../errors/errors.js'
import { sanitize } from './output/sanitize.js'
import type { Streams } from './streams.js'

interface Question {
  readonly message: string
  /** The option that scripts use instead, as a sentence: "Pass --yes to confirm." */
  readonly otherwise: string
}

interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/**
 * All throw UsageError (with `otherwise` as hint) without a terminal, and CancelledError after Ctrl-C or
 * Escape.
 */
export interface Prompts {
  /** Resolves if the answer is yes; No (the default) is a CancelledError. */
  confirm(question: Question): Promise<void>
  /** For severe changes: the user must type `expected`; anything else is a CancelledError. */
  confirmTyped(question: Question, expected: string): Promise<void>
  select<T>(question: Question, choices: readonly Choice<T>[]): Promise<T>
  /** Like `select`, for long lists: typing narrows them. */
  search<T>(question: Question, choices: readonly Choice<T>[]): Promise<T>
  text(question: Question, initial?: string): Promise<string>
  /** Does not show the typed characters, not even their number. */
  password(question: Question): Promise<string>
}

export function createPrompts(streams: Streams): Prompts {
  const load = async (question: Question) => {
    if (!streams.interactive) {
      throw new UsageError(`Input is required, but the session is not interactive: ${question.message}`, {
        hint: question.otherwise,
      })
    }
    const place = { input: streams.inStream, output: streams.errStream, withGuide: false }
    return { clack: await import('@clack/prompts'), place, message: sanitize(question.message) }
  }
  return {
    async confirm(question) {
      const { clack, place, message } = await load(question)
      const yes = answered(await clack.confirm({ ...place, message, initialValue: false }))
      if (!yes) throw cancelled()
    },
    async confirmTyped(question, expected) {
      const { clack, place, message } = await load(question)
      const typed = answered(
        await clack.text({ ...place, message: `${message}\nType ${sanitize(expected)} to confirm:` }),
      )
      if (typed?.trim() !== expected) throw cancelled()
    },
    async select<T>(question: Question, choices: readonly Choice<T>[]): Promise<T> {
      const { clack, place, message } = await load(question)
      return chosen(
        choices,
        await clack.select({ ...place, message, options: labels(choices), maxItems: 12 }),
      )
    },
    async search<T>(question: Question, choices: readonly Choice<T>[]): Promise<T> {
      const { clack, place, message } = await load(question)
      return chosen(
        choices,
        await clack.autocomplete({ ...place, message, options: labels(choices), maxItems: 12 }),
      )
    },
    async text(question, initial) {
      const { clack, place, message } = await load(question)
      return (
        answered(
          await clack.text({
            ...place,
            message,
            ...omitUndefined({ initialValue: initial }),
          }),
        ) ?? ''
      )
    },
    async password(question) {
      const { clack, place, message } = await load(question)
      return answered(await clack.password({ ...place, message, mask: '' })) ?? ''
    },
  }
}

/** Choices by index, because clack restricts the types of option values. */
function labels(choices: readonly Choice<unknown>[]) {
  return choices.map(({ label, hint }, value) => ({
    value,
    label: sanitize(label),
    ...omitUndefined({ hint: hint === undefined ? undefined : sanitize(hint) }),
  }))
}

function chosen<T>(choices: readonly Choice<T>[], index: number | symbol): T {
  const choice = choices[answered(index)]
  if (choice === undefined) throw cancelled()
  return choice.value
}

/** clack returns a symbol when the prompt was cancelled. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw cancelled()
  return answer as Exclude<T, symbol>
}

function cancelled(): CancelledError {
  return new CancelledError('Cancelled')
}

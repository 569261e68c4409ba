/** Questions to a person. The only module that loads @clack/prompts, and only when one can answer. */
import { CancelledError, UsageError } from '../errors/errors.js'
import { sanitize } from './output/sanitize.js'
import type { Streams } from './streams.js'

export interface Question {
  readonly message: string
  /** What a script passes in place of an answer, as a sentence: "Pass --yes to confirm." */
  readonly otherwise: string
}

export interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/**
 * All throw UsageError (with `otherwise` as hint) when nobody can be asked, and CancelledError when the
 * question is answered by Ctrl-C or Escape.
 */
export interface Prompts {
  /** Resolves on yes; No (the default answer) is a CancelledError. */
  confirm(question: Question): Promise<void>
  /** The severe form: the user types `expected`; anything else is a CancelledError. */
  confirmTyped(question: Question, expected: string): Promise<void>
  select<T>(question: Question, choices: readonly Choice<T>[]): Promise<T>
  text(question: Question, initial?: string): Promise<string>
  /** Nothing of what is typed is shown, not even its length. */
  password(question: Question): Promise<string>
}

export function createPrompts(streams: Streams): Prompts {
  const load = async (question: Question) => {
    if (!streams.interactive) {
      throw new UsageError(`An answer is needed, and nobody can be asked here: ${question.message}`, {
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
      // By index: clack's options are typed by what they hold, and ours may hold anything.
      const options = choices.map((choice, value) => ({
        value,
        label: sanitize(choice.label),
        ...(choice.hint === undefined ? {} : { hint: sanitize(choice.hint) }),
      }))
      const index = answered(await clack.select({ ...place, message, options, maxItems: 12 }))
      const choice = choices[index]
      if (choice === undefined) throw cancelled()
      return choice.value
    },
    async text(question, initial) {
      const { clack, place, message } = await load(question)
      return (
        answered(
          await clack.text({
            ...place,
            message,
            ...(initial === undefined ? {} : { initialValue: initial }),
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

/** clack answers with a symbol when the user gave up. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw cancelled()
  return answer as Exclude<T, symbol>
}

function cancelled(): CancelledError {
  return new CancelledError('Cancelled')
}

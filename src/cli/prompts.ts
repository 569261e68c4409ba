/** Prompts the user. The only module that loads @clack/prompts, and only on a terminal. */
import { omitUndefined } from '../basics/objects.js'
import { CancelledError, UsageError } from '../errors/errors.js'
import { sanitize } from './output/sanitize.js'
import type { Streams } from './streams.js'

interface Question {
  readonly message: string
  /** How to answer without a prompt, as a sentence: "Use --yes to confirm." */
  readonly withoutPrompt: string
}

interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/**
 * Prompts on the terminal. If there is none, all methods throw UsageError with `withoutPrompt` as its hint. After
 * Ctrl-C, Ctrl-D or Escape they throw CancelledError.
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
  /** Asks for a secret without showing the typed characters or their number. */
  password(question: Question): Promise<string>
}

type Clack = typeof import('@clack/prompts')

/** The options that all prompts of clack accept. */
interface PromptOptions {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly withGuide: false
  readonly message: string
  readonly signal: AbortSignal
}

export function createPrompts(streams: Streams): Prompts {
  const ask = async <T>(
    question: Question,
    prompt: (clack: Clack, options: PromptOptions) => Promise<T | symbol>,
  ): Promise<T> => {
    if (!streams.interactive) {
      throw new UsageError(`Input is required, but the session is not interactive: ${question.message}`, {
        hint: question.withoutPrompt,
      })
    }
    const clack = await import('@clack/prompts')
    const input = streams.inStream
    const endOfInput = new AbortController()
    // At Ctrl-D Node closes the input, but clack would go on waiting for an answer.
    const onKey = (_: unknown, key: { readonly ctrl?: boolean; readonly name?: string } | undefined) => {
      if (key?.ctrl === true && key.name === 'd') endOfInput.abort()
    }
    input.on('keypress', onKey)
    try {
      const answer = await prompt(clack, {
        input,
        output: streams.errStream,
        withGuide: false,
        message: sanitize(question.message),
        signal: endOfInput.signal,
      })
      // clack returns a symbol when the prompt was cancelled.
      if (typeof answer === 'symbol') throw cancelled()
      return answer
    } finally {
      input.off('keypress', onKey)
    }
  }
  return {
    async confirm(question) {
      const yes = await ask(question, (clack, options) => clack.confirm({ ...options, initialValue: false }))
      if (!yes) throw cancelled()
    },
    async confirmTyped(question, expected) {
      const typed = await ask<string | undefined>(question, (clack, options) =>
        clack.text({ ...options, message: `${options.message}\nType ${sanitize(expected)} to confirm:` }),
      )
      if (typed?.trim() !== expected) throw cancelled()
    },
    async select<T>(question: Question, choices: readonly Choice<T>[]): Promise<T> {
      const index = await ask<number>(question, (clack, options) =>
        clack.select({ ...options, options: clackChoices(choices), maxItems: 12 }),
      )
      return choiceAt(choices, index)
    },
    async search<T>(question: Question, choices: readonly Choice<T>[]): Promise<T> {
      const index = await ask<number>(question, (clack, options) =>
        clack.autocomplete({ ...options, options: clackChoices(choices), maxItems: 12 }),
      )
      return choiceAt(choices, index)
    },
    async text(question, initial) {
      const text = await ask<string | undefined>(question, (clack, options) =>
        clack.text({ ...options, ...omitUndefined({ initialValue: initial }) }),
      )
      return text ?? ''
    },
    async password(question) {
      const password = await ask<string | undefined>(question, (clack, options) =>
        clack.password({ ...options, mask: '' }),
      )
      return password ?? ''
    },
  }
}

/** The choices with their index as value, because clack restricts the types of values. */
function clackChoices(choices: readonly Choice<unknown>[]) {
  return choices.map(({ label, hint }, value) => ({
    value,
    label: sanitize(label),
    ...omitUndefined({ hint: hint === undefined ? undefined : sanitize(hint) }),
  }))
}

function choiceAt<T>(choices: readonly Choice<T>[], index: number): T {
  const choice = choices[index]
  if (choice === undefined) throw cancelled()
  return choice.value
}

function cancelled(): CancelledError {
  return new CancelledError('Cancelled')
}

/** Combines the confirmations of all sites into one question. It is shown when each site has asked or ended. */
import type { Prompts } from '../prompts.js'

type ConfirmPrompts = Pick<Prompts, 'confirm' | 'confirmTyped'>
type Question = Parameters<Prompts['confirm']>[0]

interface PendingQuestion {
  readonly question: Question
  /** The text that the user must type; undefined for a yes/no question. */
  readonly expected: string | undefined
  readonly answer: (error?: unknown) => void
}

interface SharedQuestion {
  /** The prompts for a site. They resolve when the user has confirmed for all sites. */
  promptsFor(site: string): ConfirmPrompts
  /** Called when a site has ended and will not ask any more. */
  finish(site: string): void
}

/** Ends the work at all sites, because the user declined or cannot be asked. `cause` is the error of the command. */
export class NotConfirmed extends Error {
  constructor(cause: unknown) {
    super('The change was not confirmed', { cause })
  }
}

export function createSharedQuestion(sites: readonly string[], prompts: ConfirmPrompts): SharedQuestion {
  const running = new Set(sites)
  const pending = new Map<string, PendingQuestion>()
  const askIfAllReady = () => {
    if (pending.size === 0 || [...running].some((site) => !pending.has(site))) return
    const questions = sites.flatMap((site) => {
      const question = pending.get(site)
      return question === undefined ? [] : [{ site, ...question }]
    })
    pending.clear()
    askAll(questions, prompts).then(
      () => questions.forEach(({ answer }) => void answer()),
      (error: unknown) => questions.forEach(({ answer }) => void answer(new NotConfirmed(error))),
    )
  }
  const ask = (site: string, question: Question, expected?: string) =>
    new Promise<void>((resolve, reject) => {
      pending.set(site, {
        question,
        expected,
        answer: (error) => (error === undefined ? resolve() : reject(error)),
      })
      askIfAllReady()
    })
  return {
    promptsFor: (site) => ({
      confirm: (question) => ask(site, question),
      confirmTyped: (question, expected) => ask(site, question, expected),
    }),
    finish(site) {
      running.delete(site)
      askIfAllReady()
    },
  }
}

/**
 * Asks one question for all sites. If each site expects a number, the user types their sum; otherwise the text that
 * the first site expects.
 */
function askAll(
  questions: readonly (Pick<PendingQuestion, 'question' | 'expected'> & { readonly site: string })[],
  prompts: ConfirmPrompts,
): Promise<void> {
  const message = questions.map(({ site, question }) => `${site}: ${question.message}`).join('\n')
  const question = { message, withoutPrompt: questions[0]?.question.withoutPrompt ?? '' }
  const expectedTexts = questions.flatMap(({ expected }) => expected ?? [])
  const [firstExpected] = expectedTexts
  if (firstExpected === undefined) return prompts.confirm(question)
  if (!expectedTexts.every((text) => /^\d+$/.test(text))) return prompts.confirmTyped(question, firstExpected)
  const sum = expectedTexts.reduce((total, text) => total + Number(text), 0)
  return prompts.confirmTyped(question, String(sum))
}

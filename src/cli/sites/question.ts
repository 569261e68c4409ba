/** One question for all sites: asked when each of them has asked its own or has ended. */
import type { Prompts } from '../prompts.js'

type ConfirmPrompts = Pick<Prompts, 'confirm' | 'confirmTyped'>
type Question = Parameters<Prompts['confirm']>[0]

interface PendingQuestion {
  readonly question: Question
  /** What is to be typed. */
  readonly expected: string | undefined
  readonly answer: (error?: unknown) => void
}

interface SharedQuestion {
  /** The questions of a site; they resolve when the user has confirmed for all. */
  at(site: string): ConfirmPrompts
  /** The site will ask nothing more. */
  finish(site: string): void
}

/** Ends the work at all sites: the user declined, or cannot be asked. `cause` is what ends the command. */
export class NotConfirmed extends Error {
  constructor(cause: unknown) {
    super('The change was not confirmed', { cause })
  }
}

export function createQuestion(sites: readonly string[], prompts: ConfirmPrompts): SharedQuestion {
  const open = new Set(sites)
  const asked = new Map<string, PendingQuestion>()
  const check = () => {
    if (asked.size === 0 || [...open].some((site) => !asked.has(site))) return
    const now = sites.flatMap((site) => {
      const one = asked.get(site)
      return one === undefined ? [] : [{ site, ...one }]
    })
    asked.clear()
    askAll(now, prompts).then(
      () => now.forEach(({ answer }) => void answer()),
      (error: unknown) => now.forEach(({ answer }) => void answer(new NotConfirmed(error))),
    )
  }
  const ask = (site: string, question: Question, expected?: string) =>
    new Promise<void>((resolve, reject) => {
      asked.set(site, {
        question,
        expected,
        answer: (error) => (error === undefined ? resolve() : reject(error)),
      })
      check()
    })
  return {
    at: (site) => ({
      confirm: (question) => ask(site, question),
      confirmTyped: (question, expected) => ask(site, question, expected),
    }),
    finish(site) {
      open.delete(site)
      check()
    },
  }
}

/** What is to be typed is the sum of the numbers, or else what the first site asks for. */
function askAll(
  asked: readonly (Pick<PendingQuestion, 'question' | 'expected'> & { readonly site: string })[],
  prompts: ConfirmPrompts,
): Promise<void> {
  const message = asked.map(({ site, question }) => `${site}: ${question.message}`).join('\n')
  const question = { message, alternative: asked[0]?.question.alternative ?? '' }
  const words = asked.flatMap(({ expected }) => expected ?? [])
  if (words.length === 0) return prompts.confirm(question)
  const numbers = words.every((word) => /^\d+$/.test(word))
  const expected = numbers ? String(words.reduce((sum, word) => sum + Number(word), 0)) : words[0]
  return prompts.confirmTyped(question, expected ?? '')
}

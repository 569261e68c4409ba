/** What a command says came of it, held against what is. */
import { isDeepStrictEqual } from 'node:util'
import type { Result } from '../../cli/support/harness.js'
import { countOf, type Verb } from './verbs.js'

export type Verdict = 'done' | 'not done' | 'unknown, said so' | 'wrong'
export const verdicts: readonly Verdict[] = ['done', 'not done', 'unknown, said so', 'wrong']

export interface Fine {
  /** What the undisturbed command prints, and the clouds before and after it. */
  readonly out: string
  readonly before: string
  readonly after: string
}

export interface Judgement {
  readonly verdict: Verdict
  /** Of a wrong one. */
  readonly why?: string
}

interface Said {
  readonly code: string
  readonly message: string
  readonly facts?: Readonly<Record<string, unknown>>
  readonly errors?: readonly Said[]
}

export function judge(verb: Verb, fine: Fine, result: Result, now: string): Judgement {
  const wrong = (why: string): Judgement => ({ verdict: 'wrong', why })
  const changed = now !== fine.before
  if (verb.reads === true && changed) return wrong('a reading command changed something')
  if (countOf(now) > Math.max(countOf(fine.before), countOf(fine.after)))
    return wrong('made more than was asked for')
  if (/\n\s+at .+:\d+:\d+/.test(result.err)) return wrong('a stack trace')
  if (result.status === 0) {
    if (now !== fine.after)
      return wrong(changed ? 'says done, and did something else' : 'says done, and it is not')
    if (verb.reads === true && !samePrinted(verb, result.out, fine.out))
      return wrong('printed something else')
    return { verdict: 'done' }
  }
  const said = verb.rocci === true ? inWords(result) : errorIn(result.err)
  if (said === undefined) return wrong('no error object')
  if (said.code === 'unexpected') return wrong('a bug in occi')
  if (said.code === 'outcome-unknown') return { verdict: 'unknown, said so' }
  if (said.code === 'partial') {
    return verb.reads === true ? partlyRead(verb, said, result.out, fine) : partly(said, fine, now)
  }
  // What was made is printed even when it cannot be read again.
  if (saysDone(said) || result.out.includes('"url"')) {
    return now === fine.after ? { verdict: 'done' } : wrong('says done in its error, and it is not')
  }
  return changed ? wrong('says not done, and something is') : { verdict: 'not done' }
}

function samePrinted({ essence = (out) => out }: Verb, one: string, other: string): boolean {
  return isDeepStrictEqual(essence(one), essence(other))
}

/** Some of several: honest where what it names as failed is not done, or unknown. */
function partly(said: Said, fine: Fine, now: string): Judgement {
  const failed = said.errors ?? []
  if (failed.some(({ code }) => code === 'outcome-unknown')) return { verdict: 'unknown, said so' }
  if (now !== fine.after) return failed.some(saysNotDone) ? { verdict: 'not done' } : nothingFailed
  return failed.every(saysDone) ? { verdict: 'done' } : nothingFailed
}

/** An answer of which a part cannot be read: honest where that part is named and the rest is what is there. */
function partlyRead({ essence = JSON.parse }: Verb, said: Said, out: string, fine: Fine): Judgement {
  if ((said.errors ?? []).length === 0) return nothingFailed
  const [read, whole] = [out, fine.out].map((text) => (text.trim() === '' ? [] : essence(text)))
  const extra = Array.isArray(read)
    ? read.filter((one) => !(Array.isArray(whole) && whole.some((other) => isDeepStrictEqual(one, other))))
    : []
  return extra.length === 0
    ? { verdict: 'not done' }
    : { verdict: 'wrong', why: `printed ${JSON.stringify(extra)}` }
}

const nothingFailed: Judgement = { verdict: 'wrong', why: 'what it says of the parts is not so' }

function saysNotDone(said: Said): boolean {
  return !saysDone(said)
}

function saysDone({ facts }: Said): boolean {
  return ['created', 'changed', 'deleted', 'done'].some((name) => facts?.[name] !== undefined)
}

/** What a person reads in it. */
function inWords({ out, err }: Result): Said {
  const unknown =
    /is unknown|may still (be created|be deleted|be removed|change)|a \w+ titled .* exists: |but not with the requested values/.test(
      err,
    )
  const done =
    /is there|(still|volume) exists|(https?:\S+|titled .*) exists|was created|was accepted|has the requested values/.test(
      err,
    ) || out.includes('http')
  return {
    code: unknown ? 'outcome-unknown' : 'other',
    message: err,
    ...(done ? { facts: { done: true } } : {}),
  }
}

function errorIn(text: string): Said | undefined {
  const line = text.split('\n').find((each) => each.startsWith('{"error":'))
  return line === undefined ? undefined : (JSON.parse(line) as { readonly error: Said }).error
}

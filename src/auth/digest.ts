/**
 * RFC 7616, with RFC 2069's form for servers that offer no qop. All requests share one nonce until the server
 * refuses a nonce. From then on each concurrent request has its own, because the server may accept a nonce only
 * once, or only with counts in order.
 */

import { headerValue } from '../basics/http.js'
import { plainText } from '../basics/words.js'
import { AuthError } from '../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse } from '../transport/index.js'
import { userAndPassword, userOptions } from './basic.js'
import { type Challenge, parseChallenges, parseParameters } from './challenges.js'
import {
  type Algorithm,
  algorithmOf,
  type DigestInput,
  digestHeader,
  digestProof,
  type Qop,
} from './digest-header.js'
import { httpFacts } from './server-message.js'
import type { AuthOption, AuthPlugin, Credentials, Platform } from './types.js'

const digestOptions: readonly AuthOption[] = [
  ...userOptions,
  {
    name: 'digest-qop',
    value: 'QOP',
    sensitivity: 'harmless',
    description: 'auth (default) or auth-int, where the server offers both',
  },
]

export const digest: AuthPlugin = {
  name: 'digest',
  description:
    'user name and a hash of the password (RFC 7616); an answer with a wrong proof of the server is not used',
  options: digestOptions,
  async authenticate(context) {
    const { username, password } = await userAndPassword(context, 'digest')
    const wanted = context.option('digest-qop') ?? 'auth'
    if (wanted !== 'auth' && wanted !== 'auth-int') {
      throw new AuthError(`"${plainText(wanted)}" is not a quality of protection`, {
        hint: 'Use `digest-qop` auth or `digest-qop` auth-int.',
      })
    }
    return digestCredentials({
      username,
      password,
      qop: wanted,
      random: context.machine.random,
      ...(context.challenge === undefined ? {} : { challenge: context.challenge }),
    })
  },
}

interface DigestSettings {
  readonly username: string
  readonly password: string
  /** Preferred where both are offered. */
  readonly qop?: Qop
  readonly random: Platform['random']
  /** A 401 answer that the caller already has; it saves the first round trip. */
  readonly challenge?: HttpResponse
}

/** A nonce with what the challenge says beside it. */
interface Nonce {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  readonly algorithm: Algorithm
  readonly qop: Qop | undefined
  readonly userhash: boolean
  readonly utf8: boolean
  readonly cnonce: string
  /** Whether at most one request at a time uses it. */
  readonly own: boolean
  /** Requests signed with it so far. */
  count: number
}

/** What is known of one request. */
interface Use {
  /** How often it was sent. */
  readonly sent: number
  /** Absent if no nonce was available: the request was sent without one to get one. */
  readonly signed?: { readonly nonce: Nonce; readonly input: DigestInput }
  /** The nonce of the last 401. */
  readonly next?: Nonce
}

/** How often one request is sent at most. More than three are needed only if nonces expire before requests arrive. */
const mostSent = 5

/**
 * Throws AuthError when the server offers only unknown algorithms. Authentication-Info is used: `nextnonce` signs
 * the next request, and `rspauth` must prove that the server knows the password. RFC 7616 §3.5 does not say what a
 * client does about a wrong `rspauth`; here the request fails with AuthError, because another party may have
 * answered.
 */
export function digestCredentials(settings: DigestSettings): Credentials {
  const { username, password } = settings
  const uses = new WeakMap<HttpRequest, Use>()
  const first = settings.challenge === undefined ? undefined : offered(settings, settings.challenge)?.nonce
  /** Available nonces, the newest last. */
  let free: Nonce[] = first === undefined ? [] : [first]
  /** For the description. */
  let last: Nonce | undefined = first
  /** Whether concurrent requests must not share a nonce. */
  let oneEach = false
  /** Whether the server accepted a request, so that the password is right. */
  let accepted = false

  function refused(request: HttpRequest, response: Answer): boolean {
    const { sent, signed } = uses.get(request) ?? { sent: 1 }
    const offer = offered(settings, response)
    if (offer === undefined || sent >= mostSent) return false
    const old = signed?.nonce
    if (old !== undefined) {
      // Some servers omit `stale` when other requests used the nonce meanwhile (Apache's AuthDigestNcCheck).
      const usedUp = accepted && sent === 1 && old.nonce !== offer.nonce.nonce
      if (!offer.stale && !usedUp && old.realm === offer.nonce.realm) return false
      if (!oneEach) free = []
      oneEach = true
    }
    last = { ...offer.nonce, own: oneEach }
    if (!oneEach) free = [last]
    // Apache keeps one nonce and one count for each opaque value. A request that shared it is sent without
    // credentials to get its own.
    const shared = old !== undefined && !old.own && isText(old.opaque) && old.opaque === last.opaque
    uses.set(request, shared ? { sent } : { sent, next: last })
    return true
  }

  function accept(request: HttpRequest, response: Answer): void {
    const { signed } = uses.get(request) ?? {}
    if (signed === undefined) return
    const info = parseParameters(headerValue(response.headers, 'authentication-info') ?? '')
    checkProof(request, response, signed.input, info.get('rspauth'))
    accepted = true
    const { nonce } = signed
    const next = info.get('nextnonce')
    // With -sess the key contains the first nonce (RFC 7616 §3.4.2), but WEBrick takes the current one. Keeping the
    // nonce works with both.
    const newer = isText(next) && !nonce.algorithm.session ? { ...nonce, nonce: next, count: 0 } : undefined
    if (oneEach && nonce.own) free.push(newer ?? nonce)
    else if (newer !== undefined && !oneEach) free = [newer]
  }

  return {
    identity: `digest:${username}`,
    async sign(request: HttpRequest) {
      const { sent, next } = uses.get(request) ?? { sent: 0 }
      const nonce = next ?? (oneEach ? free.pop() : free.at(-1))
      uses.set(request, { sent: sent + 1 })
      if (nonce === undefined) return []
      nonce.count += 1
      const { pathname, search } = new URL(request.url)
      const input: DigestInput = {
        ...nonce,
        username,
        password,
        method: request.method,
        // With the query: Apache answers 400 without it.
        uri: `${pathname}${search}`,
        body: request.body,
      }
      uses.set(request, { sent: sent + 1, signed: { nonce, input } })
      return [['Authorization', digestHeader(input)]]
    },
    answered(request, response) {
      if (response.status === 401) return refused(request, response)
      accept(request, response)
      return false
    },
    describe: () => ({
      method: 'digest',
      subject: username,
      ...(last === undefined
        ? {}
        : { details: { realm: plainText(last.realm), algorithm: last.algorithm.name } }),
    }),
  }
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

type Answer = Pick<HttpResponse, 'status' | 'headers' | 'url'>

function checkProof(request: HttpRequest, response: Answer, input: DigestInput, proof: string | undefined) {
  const expected = digestProof(input)
  if (proof === undefined || expected === undefined || proof.toLowerCase() === expected) return
  throw new AuthError(
    `The answer to ${request.method} ${bareUrl(request.url)} does not prove that the server knows the password of ${plainText(input.username)}`,
    {
      hint: 'The rspauth value is wrong: another party may have answered, so the answer is not used. A change may have been made. `auth` basic over https works without this proof.',
      http: httpFacts(request),
      facts: { method: 'digest', status: response.status, sent: 'maybe' },
    },
  )
}

/** The first Digest challenge whose algorithm and qop are known: the server lists them by preference (RFC 7616 §3.7). */
function offered(
  settings: DigestSettings,
  response: Answer,
): { readonly nonce: Nonce; readonly stale: boolean } | undefined {
  const challenges = parseChallenges(response.headers).filter(({ scheme }) => scheme === 'digest')
  for (const challenge of challenges) {
    const nonce = nonceOf(settings, challenge)
    if (nonce !== undefined) {
      return { nonce, stale: challenge.parameters.get('stale')?.toLowerCase() === 'true' }
    }
  }
  if (challenges.length === 0) return undefined
  const names = challenges.map(({ parameters }) => plainText(parameters.get('algorithm') ?? 'no algorithm'))
  throw new AuthError(`The server's digest cannot be done here: ${names.join(', ').slice(0, 200)}`, {
    hint: 'Known are MD5, SHA-256 and SHA-512-256, also with -sess; qop auth and auth-int.',
  })
}

function nonceOf(settings: DigestSettings, { parameters }: Challenge): Nonce | undefined {
  const algorithm = algorithmOf(parameters.get('algorithm'))
  const realm = parameters.get('realm')
  const nonce = parameters.get('nonce')
  const qop = qopOf(parameters.get('qop'), settings.qop ?? 'auth')
  if (algorithm === undefined || realm === undefined || nonce === undefined || qop === 'unknown')
    return undefined
  return {
    realm,
    nonce,
    opaque: parameters.get('opaque'),
    algorithm,
    qop,
    userhash: parameters.get('userhash')?.toLowerCase() === 'true',
    utf8: parameters.get('charset')?.toLowerCase() === 'utf-8',
    cnonce: Buffer.from(settings.random(24)).toString('base64'),
    own: false,
    count: 0,
  }
}

function qopOf(offer: string | undefined, wish: Qop): Qop | undefined | 'unknown' {
  if (offer === undefined) return undefined
  const names = offer.split(',').map((name) => name.trim().toLowerCase())
  if (names.includes(wish)) return wish
  return (['auth', 'auth-int'] as const).find((name) => names.includes(name)) ?? 'unknown'
}

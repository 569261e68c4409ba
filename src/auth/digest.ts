/**
 * HTTP Digest (RFC 7616), with RFC 2069's form for servers without qop. All requests share one nonce until the server
 * refuses one. From then on each concurrent request has its own, because the server may accept a nonce only once, or
 * only with ascending counts.
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
    'user name and a hash of the password (RFC 7616); an answer with a wrong rspauth value is rejected',
  options: digestOptions,
  async authenticate(context) {
    const { username, password } = await userAndPassword(context, 'digest')
    const qop = context.option('digest-qop') ?? 'auth'
    if (qop !== 'auth' && qop !== 'auth-int') {
      throw new AuthError(`"${plainText(qop)}" is not a quality of protection`, {
        hint: 'Use `digest-qop` auth or `digest-qop` auth-int.',
      })
    }
    return digestCredentials({
      username,
      password,
      qop,
      random: context.machine.random,
      ...(context.challenge === undefined ? {} : { challenge: context.challenge }),
    })
  },
}

interface DigestSettings {
  readonly username: string
  readonly password: string
  /** The quality of protection that is used if the server offers both. */
  readonly qop?: Qop
  readonly random: Platform['random']
  /** A 401 response that the caller already has, which saves the first round trip. */
  readonly challenge?: HttpResponse
}

/** A nonce with the other parameters of its challenge. */
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
  readonly exclusive: boolean
  /** Requests signed with this nonce so far. */
  count: number
}

/** The state of one request. */
interface RequestState {
  /** The number of times that the request was sent. */
  readonly sent: number
  /** Absent if no nonce was available, so that the request was sent without credentials to get one. */
  readonly signed?: { readonly nonce: Nonce; readonly input: DigestInput }
  /** The nonce of the last 401. */
  readonly next?: Nonce
}

/** The limit for sending one request. More than three are needed only if nonces expire before requests arrive. */
const maxSends = 5

/**
 * Credentials for HTTP Digest. Throws AuthError if the server offers only unknown algorithms. Authentication-Info is
 * used: `nextnonce` for the next request, and `rspauth` to verify that the server knows the password. RFC 7616 §3.5
 * does not say what to do about a wrong `rspauth`; here the request fails with AuthError, because another party may
 * have answered.
 */
export function digestCredentials(settings: DigestSettings): Credentials {
  const { username, password } = settings
  const requests = new WeakMap<HttpRequest, RequestState>()
  const firstNonce =
    settings.challenge === undefined ? undefined : digestOffer(settings, settings.challenge)?.nonce
  /** Available nonces, the newest last. */
  let available: Nonce[] = firstNonce === undefined ? [] : [firstNonce]
  /** The last nonce, for the description. */
  let lastNonce: Nonce | undefined = firstNonce
  /** Whether concurrent requests must not share a nonce. */
  let exclusiveNonces = false
  /** Whether the server accepted a request, so that the password is right. */
  let accepted = false

  function refused(request: HttpRequest, response: Answer): boolean {
    const { sent, signed } = requests.get(request) ?? { sent: 1 }
    const offer = digestOffer(settings, response)
    if (offer === undefined || sent >= maxSends) return false
    const old = signed?.nonce
    if (old !== undefined) {
      // Some servers omit `stale` when other requests used the nonce meanwhile (Apache's AuthDigestNcCheck).
      const usedUp = accepted && sent === 1 && old.nonce !== offer.nonce.nonce
      if (!offer.stale && !usedUp && old.realm === offer.nonce.realm) return false
      if (!exclusiveNonces) available = []
      exclusiveNonces = true
    }
    lastNonce = { ...offer.nonce, exclusive: exclusiveNonces }
    if (!exclusiveNonces) available = [lastNonce]
    // Apache keeps one nonce and one count for each opaque value. A request that shared it is sent without
    // credentials to get its own.
    const shared =
      old !== undefined && !old.exclusive && isText(old.opaque) && old.opaque === lastNonce.opaque
    requests.set(request, shared ? { sent } : { sent, next: lastNonce })
    return true
  }

  function accept(request: HttpRequest, response: Answer): void {
    const { signed } = requests.get(request) ?? {}
    if (signed === undefined) return
    const info = parseParameters(headerValue(response.headers, 'authentication-info') ?? '')
    checkProof(request, response, signed.input, info.get('rspauth'))
    accepted = true
    const { nonce } = signed
    const next = info.get('nextnonce')
    // With -sess the key contains the first nonce (RFC 7616 §3.4.2), but WEBrick takes the current one. Keeping the
    // nonce works with both.
    const newer = isText(next) && !nonce.algorithm.session ? { ...nonce, nonce: next, count: 0 } : undefined
    if (exclusiveNonces && nonce.exclusive) available.push(newer ?? nonce)
    else if (newer !== undefined && !exclusiveNonces) available = [newer]
  }

  return {
    identity: `digest:${username}`,
    async sign(request: HttpRequest) {
      const { sent, next } = requests.get(request) ?? { sent: 0 }
      const nonce = next ?? (exclusiveNonces ? available.pop() : available.at(-1))
      requests.set(request, { sent: sent + 1 })
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
      requests.set(request, { sent: sent + 1, signed: { nonce, input } })
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
      ...(lastNonce === undefined
        ? {}
        : { details: { realm: plainText(lastNonce.realm), algorithm: lastNonce.algorithm.name } }),
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
function digestOffer(
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
  throw new AuthError(`The server offers no supported Digest algorithm: ${names.join(', ').slice(0, 200)}`, {
    hint: 'Supported are MD5, SHA-256 and SHA-512-256, also with -sess, and qop auth and auth-int.',
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
    exclusive: false,
    count: 0,
  }
}

function qopOf(offer: string | undefined, preferred: Qop): Qop | undefined | 'unknown' {
  if (offer === undefined) return undefined
  const names = offer.split(',').map((name) => name.trim().toLowerCase())
  if (names.includes(preferred)) return preferred
  return (['auth', 'auth-int'] as const).find((name) => names.includes(name)) ?? 'unknown'
}

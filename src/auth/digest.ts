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
  expectedRspauth,
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
    description: 'quality of protection if the server offers both: auth (default) or auth-int',
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
  /** The number of requests signed with this nonce so far. */
  count: number
}

/** The state of one request. */
interface RequestState {
  /** The number of times that the request was sent. */
  readonly sendCount: number
  /** Absent if no nonce was available: then the request was sent without credentials, to get one. */
  readonly signature?: { readonly nonce: Nonce; readonly input: DigestInput }
  /** The nonce of the last 401, with which the request is sent again. */
  readonly nextNonce?: Nonce
}

/** How many times one request is sent at most. More than three are needed only if nonces expire in transit. */
const maxSends = 5

/**
 * Returns credentials for HTTP Digest. Throws AuthError if the server offers only unknown algorithms.
 * Authentication-Info is used: `nextnonce` for the next request, and `rspauth` to verify that the server knows the
 * password. RFC 7616 §3.5 does not say what to do about a wrong `rspauth`; here the request fails with AuthError,
 * because another party may have answered.
 */
export function digestCredentials(settings: DigestSettings): Credentials {
  const { username, password } = settings
  const requests = new WeakMap<HttpRequest, RequestState>()
  const firstNonce =
    settings.challenge === undefined ? undefined : digestOffer(settings, settings.challenge)?.nonce
  /** Available nonces, the newest last. */
  let availableNonces: Nonce[] = firstNonce === undefined ? [] : [firstNonce]
  /** The last nonce, for the description. */
  let lastNonce: Nonce | undefined = firstNonce
  /** Whether concurrent requests must not share a nonce. */
  let exclusiveNonces = false
  /** Whether the server has accepted a request, which proves the password. */
  let passwordAccepted = false

  /** Chooses the nonce for sending a refused request again. Returns false if it must not be sent again. */
  function takeChallenge(request: HttpRequest, response: Answer): boolean {
    const { sendCount, signature } = requests.get(request) ?? { sendCount: 1 }
    const offer = digestOffer(settings, response)
    if (offer === undefined || sendCount >= maxSends) return false
    const usedNonce = signature?.nonce
    if (usedNonce !== undefined) {
      // Some servers omit `stale` when other requests have used the nonce since (Apache's AuthDigestNcCheck).
      const wasUsedUp = passwordAccepted && sendCount === 1 && usedNonce.nonce !== offer.nonce.nonce
      if (!offer.stale && !wasUsedUp && usedNonce.realm === offer.nonce.realm) return false
      if (!exclusiveNonces) availableNonces = []
      exclusiveNonces = true
    }
    lastNonce = { ...offer.nonce, exclusive: exclusiveNonces }
    if (!exclusiveNonces) availableNonces = [lastNonce]
    // Apache keeps one nonce and one count for each opaque value. A request that shared it is sent without
    // credentials to get its own.
    const wasShared =
      usedNonce !== undefined &&
      !usedNonce.exclusive &&
      isText(usedNonce.opaque) &&
      usedNonce.opaque === lastNonce.opaque
    requests.set(request, wasShared ? { sendCount } : { sendCount, nextNonce: lastNonce })
    return true
  }

  /** Verifies the answer to an accepted request, and makes its nonce or the next one available. */
  function verifyAnswer(request: HttpRequest, response: Answer): void {
    const signature = requests.get(request)?.signature
    if (signature === undefined) return
    const info = parseParameters(headerValue(response.headers, 'authentication-info') ?? '')
    checkRspauth(request, response, signature.input, info.get('rspauth'))
    passwordAccepted = true
    const { nonce } = signature
    const nextValue = info.get('nextnonce')
    // With -sess the key contains the first nonce (RFC 7616 §3.4.2), but WEBrick takes the current one. Keeping the
    // nonce works with both.
    const newerNonce =
      isText(nextValue) && !nonce.algorithm.session ? { ...nonce, nonce: nextValue, count: 0 } : undefined
    if (exclusiveNonces && nonce.exclusive) availableNonces.push(newerNonce ?? nonce)
    else if (newerNonce !== undefined && !exclusiveNonces) availableNonces = [newerNonce]
  }

  return {
    identity: `digest:${username}`,
    async sign(request: HttpRequest) {
      const { sendCount, nextNonce } = requests.get(request) ?? { sendCount: 0 }
      const nonce = nextNonce ?? (exclusiveNonces ? availableNonces.pop() : availableNonces.at(-1))
      requests.set(request, { sendCount: sendCount + 1 })
      if (nonce === undefined) return []
      nonce.count += 1
      const { pathname, search } = new URL(request.url)
      const input: DigestInput = {
        ...nonce,
        username,
        password,
        method: request.method,
        // Apache answers 400 without the query.
        uri: `${pathname}${search}`,
        body: request.body,
      }
      requests.set(request, { sendCount: sendCount + 1, signature: { nonce, input } })
      return [['Authorization', digestHeader(input)]]
    },
    answered(request, response) {
      if (response.status === 401) return takeChallenge(request, response)
      verifyAnswer(request, response)
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

function checkRspauth(
  request: HttpRequest,
  response: Answer,
  input: DigestInput,
  rspauth: string | undefined,
) {
  const expected = expectedRspauth(input)
  if (rspauth === undefined || expected === undefined || rspauth.toLowerCase() === expected) return
  throw new AuthError(
    `The answer to ${request.method} ${bareUrl(request.url)} does not prove that the server knows the password of ${plainText(input.username)}`,
    {
      hint: 'The rspauth value is wrong: another party may have answered, so the answer is not used. A change may have been made. `auth` basic over https works without this proof.',
      http: httpFacts(request),
      facts: { method: 'digest', status: response.status, sent: 'maybe' },
    },
  )
}

/**
 * Returns the nonce of the first Digest challenge with a supported algorithm and qop, because the server lists its
 * challenges by preference (RFC 7616 §3.7).
 */
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

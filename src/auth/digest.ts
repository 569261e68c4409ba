/** RFC 7616, with RFC 2069's form for servers that offer no qop. The state is one challenge and its counter. */
import { AuthError } from '../errors/errors.js'
import type { HttpRequest, HttpResponse } from '../transport/index.js'
import { userAndPassword } from './basic.js'
import { type Challenge, parseChallenges } from './challenges.js'
import { type Algorithm, algorithmOf, digestHeader, type Qop } from './digest-header.js'
import { digestOptions } from './digest-options.js'
import { plain } from './server-message.js'
import type { AuthPlugin, Credentials, Machine } from './types.js'

export const digest: AuthPlugin = {
  name: 'digest',
  description: 'user name and a hash of the password (RFC 7616)',
  options: digestOptions,
  async authenticate(context) {
    const { username, password } = await userAndPassword(context, 'digest')
    const wish = context.option('digest-qop') ?? 'auth'
    if (wish !== 'auth' && wish !== 'auth-int') {
      throw new AuthError(`"${plain(wish)}" is not a quality of protection`, {
        hint: 'Use --digest-qop auth or --digest-qop auth-int.',
      })
    }
    return digestCredentials({
      username,
      password,
      qop: wish,
      random: context.machine.random,
      ...(context.challenge === undefined ? {} : { challenge: context.challenge }),
    })
  },
}

export interface DigestSettings {
  readonly username: string
  readonly password: string
  /** Preferred where both are offered. */
  readonly qop?: Qop
  readonly random: Machine['random']
  /** A 401 answer that the caller already has; it saves the first round trip. */
  readonly challenge?: HttpResponse
}

interface Session {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  readonly algorithm: Algorithm
  readonly qop: Qop | undefined
  readonly userhash: boolean
  readonly utf8: boolean
  readonly cnonce: string
  /** Requests signed with this nonce so far. */
  count: number
}

/** Throws AuthError when the server offers only algorithms that are not known here. */
export function digestCredentials(settings: DigestSettings): Credentials {
  const { username, password } = settings
  let session = settings.challenge === undefined ? undefined : offered(settings, settings.challenge)?.session
  return {
    identity: `digest:${username}`,
    // The first 401 provides the nonce, which may be stale by the time the body is sent again.
    renewals: 2,
    async sign(request: HttpRequest) {
      if (session === undefined) return []
      session.count += 1
      const { pathname, search } = new URL(request.url)
      const value = digestHeader({
        ...session,
        username,
        password,
        method: request.method,
        // With the query: Apache answers 400 without it.
        uri: `${pathname}${search}`,
        body: request.body,
      })
      return [['Authorization', value]]
    },
    async renew(response, attempt) {
      const offer = offered(settings, response)
      if (offer === undefined) return false
      const old = session
      // A nonce that was good for several requests is likelier to be forgotten than the password to be wrong.
      const renewed =
        old === undefined ||
        offer.stale ||
        old.realm !== offer.session.realm ||
        (attempt === 1 && old.count > 1 && old.nonce !== offer.session.nonce)
      if (renewed) session = offer.session
      return renewed
    },
    describe: () => ({
      method: 'digest',
      subject: username,
      ...(session === undefined
        ? {}
        : { details: { realm: plain(session.realm), algorithm: session.algorithm.name } }),
    }),
  }
}

/** The first Digest challenge whose algorithm and qop are known: the server lists them by preference (RFC 7616 §3.7). */
function offered(
  settings: DigestSettings,
  response: HttpResponse,
): { readonly session: Session; readonly stale: boolean } | undefined {
  const challenges = parseChallenges(response.headers).filter(({ scheme }) => scheme === 'digest')
  for (const challenge of challenges) {
    const session = sessionOf(settings, challenge)
    if (session !== undefined) {
      return { session, stale: challenge.parameters.get('stale')?.toLowerCase() === 'true' }
    }
  }
  if (challenges.length === 0) return undefined
  const names = challenges.map(({ parameters }) => plain(parameters.get('algorithm') ?? 'no algorithm'))
  throw new AuthError(`The server's digest cannot be done here: ${names.join(', ').slice(0, 200)}`, {
    hint: 'Known are MD5, SHA-256 and SHA-512-256, also with -sess; qop auth and auth-int.',
  })
}

function sessionOf(settings: DigestSettings, { parameters }: Challenge): Session | undefined {
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
    count: 0,
  }
}

function qopOf(offer: string | undefined, wish: Qop): Qop | undefined | 'unknown' {
  if (offer === undefined) return undefined
  const names = offer.split(',').map((name) => name.trim().toLowerCase())
  if (names.includes(wish)) return wish
  return (['auth', 'auth-int'] as const).find((name) => names.includes(name)) ?? 'unknown'
}

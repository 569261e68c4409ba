/** `--auth auto`: the method follows from what the server asks for and what the user has at hand. */
import { AuthError, NetworkError } from '../errors/errors.js'
import type { HeaderPair, HttpRequest, HttpResponse } from '../transport/index.js'
import { type Choice, chooseMethod, isAtHand } from './choice.js'
import { guardOptions, mayReceiveSecret } from './guard.js'
import { loadAuthPlugin } from './registry.js'
import type { AuthContext, AuthPlugin, Credentials } from './types.js'
import { unauthorized } from './unauthorized.js'
import { bareUrl, plain } from './words.js'

export const auto: AuthPlugin = {
  name: 'auto',
  description: 'by what the server asks for and what is at hand (default)',
  options: guardOptions,
  async authenticate(context) {
    const { endpoint } = context
    if (endpoint === undefined) {
      if (context.option('auth-url') === undefined) {
        throw new AuthError('There is no endpoint to log in to', { hint: 'Give --endpoint, or --auth-url.' })
      }
      return authenticateWith(context, { method: 'keystone', why: 'only Keystone is known' })
    }
    return negotiated(context, endpoint)
  },
}

/** How long the method that worked at an endpoint is remembered, in milliseconds. */
const memory = 30 * 24 * 3600 * 1000
/** The same for an endpoint that asked for nothing. */
const openMemory = 3600 * 1000

async function negotiated(context: AuthContext, endpoint: URL): Promise<Credentials> {
  const key = `auto ${endpoint.href} ${(await isAtHand(context)).summary}`
  const remembered = context.challenge === undefined ? fromMemory(await context.cache.get(key)) : undefined
  if (remembered !== undefined) {
    try {
      context.trail(`${remembered.method}: worked here before`)
      return switching(context, key, await authenticateWith(context, remembered))
    } catch (error) {
      await context.cache.delete(key)
      throw error
    }
  }
  // A certificate must be there when the connection is made; everything else can wait for the first 401.
  const canWait = endpoint.protocol === 'http:' || !(await isAtHand(context)).certificate
  if (context.negotiate === 'at-first-refusal' && context.challenge === undefined && canWait) {
    return switching(context, key, undefined)
  }
  const request = { method: 'GET', url: queryUrl(endpoint), headers: [['Accept', 'text/plain']] } as const
  const refusal = context.challenge ?? (await probe(context, request))
  if (refusal === undefined) {
    // Else each command would look first; one that is refused after all still finds its method.
    const open: Choice = { method: 'none', why: 'anybody may look' }
    await context.cache.set(key, JSON.stringify(open), new Date(context.now().getTime() + openMemory))
    return switching(context, key, undefined)
  }
  const choice = await chooseMethod(context, refusal)
  if (choice === undefined) throw unauthorized(request, refusal)
  const credentials = await authenticateWith(context, choice, refusal)
  await keep(context, key, choice)
  return switching(context, key, credentials)
}

async function keep(context: AuthContext, key: string, choice: Choice): Promise<void> {
  await context.cache.set(key, JSON.stringify(choice), new Date(context.now().getTime() + memory))
}

/** The refusal, or undefined when the endpoint lets anybody look (or is in no state to tell). */
async function probe(context: AuthContext, request: HttpRequest): Promise<HttpResponse | undefined> {
  const { missingCertificate } = await import('./x509/refusals.js')
  let response: HttpResponse
  try {
    // Without a certificate: a server for which it is optional would refuse a proxy that Keystone takes.
    response = await context.transport().send(request)
  } catch (error) {
    const refusal = missingCertificate(request, error)
    // A failed handshake may mean much else; without a certificate to try, the error itself says more.
    const sure = error instanceof NetworkError && error.facts?.['alert'] !== 'handshake_failure'
    if (refusal === undefined || !(sure || (await isAtHand(context)).certificate)) throw error
    context.trail(`GET ${bareUrl(request.url)}: the TLS handshake asks for a certificate`)
    return refusal
  }
  const asked = response.headers.filter(([name]) => name.toLowerCase() === 'www-authenticate')
  context.trail(
    `GET ${bareUrl(request.url)} answered ${response.status} ${plain(response.reason)}${asked
      .map(([name, value]) => `; ${name}: ${plain(value).slice(0, 300)}`)
      .join('')}`,
  )
  if (response.status === 401) return response
  return missingCertificate(request, response)
}

/** The query interface (GFD.221 §3.3.2): GET, since several servers fail on HEAD. */
function queryUrl(endpoint: URL): string {
  const base = endpoint.href.endsWith('/') ? endpoint.href : `${endpoint.href}/`
  return new URL('-/', base).href
}

async function authenticateWith(
  context: AuthContext,
  choice: Choice,
  challenge?: HttpResponse,
): Promise<Credentials> {
  context.trail(`using ${choice.method}: ${choice.why}`)
  if (choice.secretGoesTo !== undefined) {
    await mayReceiveSecret(context, new URL(choice.secretGoesTo), 'your password')
  }
  const plugin = await loadAuthPlugin(choice.method)
  const overrides = choice.options ?? {}
  return plugin.authenticate({
    ...context,
    option: (name) => (Object.hasOwn(overrides, name) ? overrides[name] : context.option(name)),
    ...(challenge === undefined ? {} : { challenge }),
  })
}

/**
 * Credentials that may still change their mind: an endpoint that lets anybody read asks for a method at the
 * first write, and a proxy's Digest may stand before the provider's Keystone (two 401s in turn).
 */
function switching(context: AuthContext, key: string, first: Credentials | undefined): Credentials {
  const active: Credentials[] = first === undefined ? [] : [first]
  const methods = new Set(active.map((credentials) => credentials.describe().method))
  const last = () => active.at(-1)
  return {
    get identity() {
      return active.length === 0 ? 'anonymous' : active.map(({ identity }) => identity).join('+')
    },
    get secretHeaders() {
      return active.flatMap(({ secretHeaders }) => secretHeaders ?? [])
    },
    ...(first?.tls === undefined ? {} : { tls: first.tls }),
    ...(first?.expires === undefined ? {} : { expires: first.expires }),
    ...(first?.endpoint === undefined ? {} : { endpoint: first.endpoint }),
    renewals: 3,
    async sign(request) {
      const headers: HeaderPair[] = []
      for (const credentials of active) headers.push(...(await credentials.sign(request)))
      return headers
    },
    async refused(request, error) {
      for (const credentials of active) {
        const refusal = await credentials.refused?.(request, error)
        if (refusal !== undefined) return refusal
      }
      if (active.length > 0) return undefined
      const { missingCertificate } = await import('./x509/refusals.js')
      const refusal = missingCertificate(request, error)
      // A failed handshake may mean much else; the alert that asks for a certificate means one thing.
      const sure = error instanceof NetworkError && error.facts?.['alert'] !== 'handshake_failure'
      return refusal !== undefined && sure ? unauthorized(request, refusal) : undefined
    },
    async renew(response, attempt) {
      for (const credentials of active) {
        // A second try with the same method only where the method asks for it (digest's stale nonce).
        if (credentials.renew === undefined || attempt > (credentials.renewals ?? 1)) continue
        if (await credentials.renew(response, attempt)) return true
      }
      const choice = await chooseMethod(context, response)
      if (choice === undefined || methods.has(choice.method)) return false
      methods.add(choice.method)
      active.push(await authenticateWith(context, choice, response))
      if (active.length === 1) await keep(context, key, choice)
      return true
    },
    token: async () => last()?.token?.(),
    forget: async () => {
      for (const credentials of active) await credentials.forget?.()
    },
    describe: () => last()?.describe() ?? { method: 'none' },
  }
}

function fromMemory(text: string | undefined): Choice | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('method' in value)) return undefined
    const { method, options } = value as { method: unknown; options?: unknown }
    if (typeof method !== 'string') return undefined
    return {
      method,
      why: 'remembered',
      ...(isStrings(options) ? { options } : {}),
    }
  } catch {
    return undefined
  }
}

function isStrings(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((member) => typeof member === 'string')
  )
}

/** `--auth auto`: chooses the method by the server's challenge and the available credentials. */
import type { HeaderPair } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { plainText } from '../basics/words.js'
import { AuthError, NetworkError } from '../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse } from '../transport/index.js'
import { parseChallenges } from './challenges.js'
import { availableCredentials, type Choice, choiceByCredentials, chooseMethod } from './choice.js'
import { autoOptions, requireConsent } from './guard.js'
import { rememberedMethodPrefix } from './platform.js'
import type { AuthContext, AuthPlugin, Credentials } from './types.js'
import { unauthorized } from './unauthorized.js'

/** Loads a plugin by name. The registry passes this function, because this file cannot import the registry that lists it. */
type LoadMethod = (name: string) => Promise<AuthPlugin>

/** The context of any method, and a function to load the other methods. */
interface AutoContext extends AuthContext {
  readonly load: LoadMethod
}

export const auto = (load: LoadMethod): AuthPlugin => ({
  name: 'auto',
  description: "chosen by the server's challenge and the available credentials (default)",
  options: autoOptions,
  async authenticate(loginContext) {
    const context: AutoContext = { ...loginContext, load }
    const { endpoint } = context
    if (endpoint === undefined) {
      if (context.option('auth-url') === undefined) {
        throw new AuthError('There is no endpoint to log in to', { hint: 'Give `endpoint`, or `auth-url`.' })
      }
      return authenticateWith(context, {
        method: 'keystone',
        reason: 'there is no endpoint, only the URL of Keystone',
      })
    }
    return negotiated(context, endpoint)
  },
})

/** Milliseconds for which the method that worked at an endpoint is remembered. */
const methodLifetime = 30 * 24 * 3600 * 1000
/** Milliseconds for which an endpoint that asked for nothing is remembered. */
const openEndpointLifetime = 3600 * 1000

async function negotiated(context: AutoContext, endpoint: URL): Promise<Credentials> {
  // Over http, a certificate can only be used for a Keystone that the server names.
  const searchDefaults = endpoint.protocol === 'https:' || context.challenge !== undefined
  const available = await availableCredentials(context, { searchDefaults })
  const key = `${rememberedMethodPrefix}${endpoint.href} ${available.summary}`
  const remembered =
    context.challenge === undefined ? parseRemembered(await context.cache.get(key)) : undefined
  if (remembered !== undefined && remembered.method !== 'none') {
    try {
      context.log(`${remembered.method}: worked here before`)
      return switchingCredentials(context, key, { login: await logIn(context, remembered) })
    } catch (error) {
      await context.cache.delete(key)
      throw error
    }
  }
  const userLogin = context.challenge === undefined ? await givenLogin(context, 'before-asking') : undefined
  if (userLogin === undefined && remembered !== undefined) return switchingCredentials(context, key, {})
  if (context.negotiate === 'at-first-refusal' && context.challenge === undefined) {
    // A certificate is part of the TLS handshake, and credentials from the user must be used: both need a request
    // that confirms the choice.
    const needsProbe =
      available.user ||
      available.token ||
      available.oidc ||
      (available.certificate && endpoint.protocol === 'https:')
    if (userLogin !== undefined || !needsProbe) {
      return switchingCredentials(
        context,
        key,
        userLogin === undefined ? {} : { login: userLogin, provisional: true },
      )
    }
  }
  const request = { method: 'GET', url: queryUrl(endpoint), headers: [['Accept', 'text/plain']] } as const
  const refusal = context.challenge ?? (await probe(context, request, userLogin?.credentials))
  if (refusal === undefined) {
    const login = userLogin ?? (await givenLogin(context, 'server-is-open'))
    if (login !== undefined) {
      await remember(context, key, login.choice)
      return switchingCredentials(context, key, { login, provisional: true })
    }
    // Without this cache entry each command would probe first. If a request is refused later, a method is chosen then.
    const open: Choice = { method: 'none', reason: 'the endpoint accepts anonymous requests' }
    await context.cache.set(
      key,
      JSON.stringify(open),
      new Date(context.now().getTime() + openEndpointLifetime),
    )
    return switchingCredentials(context, key, {})
  }
  const choice = (await chooseMethod(context, refusal)) ?? (await choiceAfterUserName(context, refusal))
  if (choice === undefined || (userLogin !== undefined && isSameChoice(choice, userLogin.choice))) {
    throw unauthorized(request, refusal, userLogin?.credentials)
  }
  const login = await logIn(context, choice, refusal)
  await remember(context, key, choice)
  return switchingCredentials(context, key, { login })
}

/** Chooses a method after asking for the user name, if that is all that is missing. */
async function choiceAfterUserName(context: AutoContext, refusal: HttpResponse): Promise<Choice | undefined> {
  const schemes = parseChallenges(refusal.headers).map(({ scheme }) => scheme)
  if (!schemes.some((scheme) => userNameSchemes.has(scheme))) return undefined
  const name = await context.ask('username', 'User name')
  return name === undefined ? undefined : chooseMethod(context, refusal)
}

const userNameSchemes: ReadonlySet<string> = new Set(['basic', 'digest', 'keystone', 'snf-auth'])

interface ChosenLogin {
  readonly choice: Choice
  readonly credentials: Credentials
}

/** Logs in with the user's credentials before the server has named a method; undefined if they are missing or lack the password. */
async function givenLogin(
  context: AutoContext,
  when: Parameters<typeof choiceByCredentials>[1],
): Promise<ChosenLogin | undefined> {
  const choice = await choiceByCredentials(context, when)
  if (choice === undefined) return undefined
  try {
    return await logIn(context, choice)
  } catch (error) {
    if (error instanceof AuthError && error.facts?.['missing'] === 'password') return undefined
    throw error
  }
}

async function logIn(context: AutoContext, choice: Choice, challenge?: HttpResponse): Promise<ChosenLogin> {
  return { choice, credentials: await authenticateWith(context, choice, challenge) }
}

/** Whether method and token header are the same. */
function isSameChoice(one: Choice, other: Choice): boolean {
  const header = ({ options }: Choice) => (options?.['token-header'] ?? 'X-Auth-Token').toLowerCase()
  return one.method === other.method && header(one) === header(other)
}

async function remember(context: AuthContext, key: string, choice: Choice): Promise<void> {
  await context.cache.set(key, JSON.stringify(choice), new Date(context.now().getTime() + methodLifetime))
}

/**
 * Sends a request without a login to learn what the server asks for. Returns its refusal; undefined if the endpoint
 * accepts the request, or fails for another reason.
 */
async function probe(
  context: AuthContext,
  request: HttpRequest,
  credentials: Credentials | undefined,
): Promise<HttpResponse | undefined> {
  const { certificateRequired, missingCertificate } = await import('./x509/refusals.js')
  let response: HttpResponse
  try {
    // A certificate found in a default location is not sent, because a server with optional certificates would
    // refuse a proxy certificate that Keystone accepts.
    const signing = (await credentials?.sign(request)) ?? []
    response = await context
      .transport(credentials?.tls)
      .send({ ...request, headers: [...request.headers, ...signing] })
  } catch (error) {
    const explained = await credentials?.refused?.(request, error)
    if (explained !== undefined) throw explained
    const refusal = missingCertificate(request, error)
    // A failed handshake has many possible causes. Without a certificate to try, the original error is more helpful.
    const isCertain = error instanceof NetworkError && error.facts?.['alert'] !== 'handshake_failure'
    if (refusal === undefined) throw error
    if (!isCertain && !(await availableCredentials(context, { searchDefaults: true })).certificate)
      throw error
    context.log(`GET ${bareUrl(request.url)}: the TLS handshake asks for a certificate`)
    return refusal
  }
  const challenges = response.headers.filter(([name]) => name.toLowerCase() === 'www-authenticate')
  context.log(
    `GET ${bareUrl(request.url)} answered ${response.status} ${plainText(response.reason)}${challenges
      .map(([name, value]) => `; ${name}: ${plainText(value).slice(0, 300)}`)
      .join('')}`,
  )
  if (response.status === 401) return response
  // A server with optional certificates does not ask for one in a challenge.
  const mayNeedCertificate =
    response.status === 403 && credentials === undefined && request.url.startsWith('https:')
  if (mayNeedCertificate && (await availableCredentials(context, { searchDefaults: true })).certificate)
    return certificateRequired(request)
  return missingCertificate(request, response)
}

/** The URL of the query interface (GFD.221 §3.3.2). */
function queryUrl(endpoint: URL): string {
  const base = endpoint.href.endsWith('/') ? endpoint.href : `${endpoint.href}/`
  return new URL('-/', base).href
}

async function authenticateWith(
  context: AutoContext,
  choice: Choice,
  challenge?: HttpResponse,
): Promise<Credentials> {
  context.log(`using ${choice.method}: ${choice.reason}`)
  if (choice.secretGoesTo !== undefined) {
    await requireConsent(context, new URL(choice.secretGoesTo), 'your password')
  }
  const plugin = await context.load(choice.method)
  const overrides = choice.options ?? {}
  return plugin.authenticate({
    ...context,
    option: (name) => (Object.hasOwn(overrides, name) ? overrides[name] : context.option(name)),
    ...omitUndefined({ challenge }),
  })
}

/**
 * Credentials that can change their method: an endpoint that allows anonymous reads asks for a login at the
 * first write, and an HTTP proxy may ask for Digest before the provider asks for Keystone (two 401s in a row).
 */
function switchingCredentials(
  context: AutoContext,
  key: string,
  /** `provisional`: the server has not named the method of this login, so a method that it names later replaces it. */
  { login, provisional = false }: { readonly login?: ChosenLogin; readonly provisional?: boolean },
): Credentials {
  let logins: readonly ChosenLogin[] = login === undefined ? [] : [login]
  let isProvisional = provisional
  const first = login?.credentials
  const last = () => logins.at(-1)?.credentials
  return {
    get identity() {
      return logins.length === 0
        ? 'anonymous'
        : logins.map(({ credentials }) => credentials.identity).join('+')
    },
    get secretHeaders() {
      return logins.flatMap(({ credentials }) => credentials.secretHeaders ?? [])
    },
    ...omitUndefined({
      tls: first?.tls,
      certificate: first?.certificate,
      expires: first?.expires,
      endpoint: first?.endpoint,
      noEndpoint: first?.noEndpoint,
    }),
    renewals: 3,
    async sign(request) {
      const headers: HeaderPair[] = []
      for (const { credentials } of logins) headers.push(...(await credentials.sign(request)))
      return headers
    },
    async refused(request, error) {
      for (const { credentials } of logins) {
        const refusal = await credentials.refused?.(request, error)
        if (refusal !== undefined) return refusal
      }
      if (logins.length > 0) return undefined
      const { missingCertificate } = await import('./x509/refusals.js')
      const refusal = missingCertificate(request, error)
      // A failed handshake has many possible causes; this alert always means that a certificate is required.
      const isCertain = error instanceof NetworkError && error.facts?.['alert'] !== 'handshake_failure'
      return refusal !== undefined && isCertain ? unauthorized(request, refusal) : undefined
    },
    answered(request, response) {
      let repeat = false
      for (const { credentials } of logins)
        repeat = credentials.answered?.(request, response) === true || repeat
      return repeat
    },
    async renew(response, attempt) {
      for (const { credentials } of logins) {
        // The same method is tried again only if it asks for that.
        if (credentials.renew === undefined || attempt > (credentials.renewals ?? 1)) continue
        if (await credentials.renew(response, attempt)) return true
      }
      const choice = (await chooseMethod(context, response)) ?? (await choiceAfterUserName(context, response))
      if (choice === undefined || logins.some((known) => isSameChoice(known.choice, choice))) return false
      const next = await logIn(context, choice, response)
      logins = isProvisional ? [next] : [...logins, next]
      isProvisional = false
      if (logins.length === 1) await remember(context, key, choice)
      return true
    },
    token: async () => last()?.token?.(),
    forget: async () => {
      for (const { credentials } of logins) await credentials.forget?.()
    },
    describe: () => last()?.describe() ?? { method: 'none' },
  }
}

function parseRemembered(text: string | undefined): Choice | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('method' in value)) return undefined
    const { method, options } = value as { method: unknown; options?: unknown }
    if (typeof method !== 'string') return undefined
    return {
      method,
      reason: 'remembered',
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

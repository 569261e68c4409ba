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

/** Loads a plugin by name. The registry passes this function: importing it here would be a circle. */
type LoadMethod = (name: string) => Promise<AuthPlugin>

/** The context of a login, and a function that loads the other methods. */
interface AutoContext extends AuthContext {
  readonly load: LoadMethod
}

/** The method `auto`. */
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
    return negotiate(context, endpoint)
  },
})

/** How long the method that worked at an endpoint is remembered, in milliseconds. */
const methodLifetime = 30 * 24 * 3600 * 1000
/** How long it is remembered that an endpoint accepts anonymous requests, in milliseconds. */
const openEndpointLifetime = 3600 * 1000

/**
 * Determines the method for an endpoint: the remembered one, or the one that the user's credentials
 * determine, or the one that the answer to a probe names. Throws AuthError if the server asks for credentials that are
 * not available.
 */
async function negotiate(context: AutoContext, endpoint: URL): Promise<Credentials> {
  // Over http, a certificate can only be used for a Keystone server that the endpoint names.
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
  const userLogin =
    context.challenge === undefined ? await loginByCredentials(context, 'before-asking') : undefined
  if (userLogin === undefined && remembered !== undefined) return switchingCredentials(context, key, {})
  if (context.negotiate === 'at-first-refusal' && context.challenge === undefined) {
    // Credentials that determine no method need a probe: a server that accepts anonymous requests may never send a
    // 401, and a client certificate is part of the TLS handshake.
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
    const login = userLogin ?? (await loginByCredentials(context, 'server-is-open'))
    if (login !== undefined) {
      await remember(context, key, login.choice)
      return switchingCredentials(context, key, { login, provisional: true })
    }
    // Without this cache entry each command would send a probe. If a request is refused later, a method is chosen then.
    const openEndpoint: Choice = { method: 'none', reason: 'the endpoint accepts anonymous requests' }
    await context.cache.set(
      key,
      JSON.stringify(openEndpoint),
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

/** Asks for the user name if the server names a method that needs one, and chooses again. */
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

/**
 * Logs in with the user's credentials before the server has named a method. Undefined if they determine no method or
 * the password is missing.
 */
async function loginByCredentials(
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

/** Whether two choices have the same method and token header. */
function isSameChoice(first: Choice, second: Choice): boolean {
  const tokenHeader = ({ options }: Choice) => (options?.['token-header'] ?? 'X-Auth-Token').toLowerCase()
  return first.method === second.method && tokenHeader(first) === tokenHeader(second)
}

async function remember(context: AuthContext, key: string, choice: Choice): Promise<void> {
  await context.cache.set(key, JSON.stringify(choice), new Date(context.now().getTime() + methodLifetime))
}

/**
 * Sends a request, with the user's credentials if any, to learn what the server asks for. Returns its refusal;
 * undefined if the server accepts the request or fails for another reason.
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
    const credentialHeaders = (await credentials?.sign(request)) ?? []
    response = await context
      .transport(credentials?.tls)
      .send({ ...request, headers: [...request.headers, ...credentialHeaders] })
  } catch (error) {
    const explanation = await credentials?.refused?.(request, error)
    if (explanation !== undefined) throw explanation
    const refusal = missingCertificate(request, error)
    if (refusal === undefined) throw error
    // Without a certificate to try, the original error of an ambiguous alert is more helpful.
    if (!isUnambiguousAlert(error) && !(await hasCertificate(context))) throw error
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
  if (mayNeedCertificate && (await hasCertificate(context))) return certificateRequired(request)
  return missingCertificate(request, response)
}

async function hasCertificate(context: AuthContext): Promise<boolean> {
  return (await availableCredentials(context, { searchDefaults: true })).certificate
}

/** Whether a TLS alert always means a missing certificate. `handshake_failure` has many possible causes. */
function isUnambiguousAlert(error: unknown): boolean {
  return error instanceof NetworkError && error.facts?.['alert'] !== 'handshake_failure'
}

/** Returns the URL of the query interface (GFD.221 §3.3.2). */
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
    await requireConsent(context, new URL(choice.secretGoesTo), 'your password', 'endpoint')
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
 * Returns credentials that can change their method: an endpoint that allows anonymous reads asks for a login at the
 * first write, and an HTTP proxy may ask for Digest before the provider asks for Keystone (two 401s in a row).
 */
function switchingCredentials(
  context: AutoContext,
  key: string,
  /** `provisional` means that the server has not named the method of this login: a method that it names replaces it. */
  { login, provisional = false }: { readonly login?: ChosenLogin; readonly provisional?: boolean },
): Credentials {
  let logins: readonly ChosenLogin[] = login === undefined ? [] : [login]
  let isProvisional = provisional
  const firstCredentials = login?.credentials
  const lastCredentials = () => logins.at(-1)?.credentials
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
      tls: firstCredentials?.tls,
      certificate: firstCredentials?.certificate,
      expires: firstCredentials?.expires,
      endpoint: firstCredentials?.endpoint,
      noEndpoint: firstCredentials?.noEndpoint,
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
      return refusal !== undefined && isUnambiguousAlert(error) ? unauthorized(request, refusal) : undefined
    },
    answered(request, response) {
      let mustRepeat = false
      for (const { credentials } of logins)
        mustRepeat = credentials.answered?.(request, response) === true || mustRepeat
      return mustRepeat
    },
    async renew(response, attempt) {
      for (const { credentials } of logins) {
        // A method is tried again only as often as it allows.
        if (credentials.renew === undefined || attempt > (credentials.renewals ?? 1)) continue
        if (await credentials.renew(response, attempt)) return true
      }
      const choice = (await chooseMethod(context, response)) ?? (await choiceAfterUserName(context, response))
      if (choice === undefined || logins.some((login) => isSameChoice(login.choice, choice))) return false
      const newLogin = await logIn(context, choice, response)
      logins = isProvisional ? [newLogin] : [...logins, newLogin]
      isProvisional = false
      if (logins.length === 1) await remember(context, key, choice)
      return true
    },
    token: async () => lastCredentials()?.token?.(),
    forget: async () => {
      for (const { credentials } of logins) await credentials.forget?.()
    },
    describe: () => lastCredentials()?.describe() ?? { method: 'none' },
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

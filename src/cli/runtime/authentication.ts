/** Gives authentication plugins access to settings and prompts. */

import {
  type AuthCache,
  type AuthContext,
  type AuthOption,
  type AuthSetup,
  allAuthOptions,
  authContext,
  type Credentials,
  loadAuthPlugin,
  nodePlatform,
  rememberedMethodPrefix,
} from '../../auth/index.js'
import { omitUndefined } from '../../basics/objects.js'
import type { Settings } from '../../config/types.js'
import { AuthError, UsageError } from '../../errors/errors.js'
import { purposes } from '../../files/index.js'
import { environmentName } from '../../settings/names.js'
import { type Address, serverOf } from '../../settings/trust.js'
import { redactUrl, type TlsMaterial, type Transport, wrapTransport } from '../../transport/index.js'
import type { ConnectionContext, LoginOptions } from '../context.js'
import { asSetting, globalOptions } from '../options/global.js'
import { secretOptions } from '../options/secrets.js'
import { sanitize } from '../output/sanitize.js'
import { commandFolder, configuredSecret, passwordFromStdin } from './secrets.js'

export interface LoginRequest extends LoginOptions {
  readonly endpoint: string | undefined
  readonly transport: (tls?: TlsMaterial) => Transport
  readonly cache: AuthCache
  readonly log: (step: string) => void
  /** See AuthContext. */
  readonly negotiate: 'now' | 'at-first-refusal'
}

/** Logs in with the method that the settings select. Throws AuthError. */
export async function logIn(context: ConnectionContext, login: LoginRequest): Promise<Credentials> {
  const { settings, runtime } = context
  const setting = settings.setting('auth')
  const { importModule: importer } = runtime
  // Code in the working folder runs only if the user selected it for this command or trusts the folder.
  const trustsWorkingFolder =
    setting?.origin === 'flag' || setting?.trusted === true || settings.isOn('trust-project')
  const folders = runtime.pluginFolders.filter(
    (folder) => trustsWorkingFolder || folder === runtime.folders.config,
  )
  const sources = { folders, ...omitUndefined({ importer }) }
  const plugin = await loadAuthPlugin(setting?.value ?? 'auto', sources)
  return plugin.authenticate(await authContextOf(context, login, plugin.options))
}

/**
 * Restricts the cache to the server and to the settings that may be used there: a token that was obtained with
 * a password is found only where that password may be sent.
 */
function scopedCache(
  { cache, endpoint }: Pick<LoginRequest, 'cache' | 'endpoint'>,
  { withheld, untrustedAddresses }: Pick<Settings, 'withheld' | 'untrustedAddresses'>,
): AuthCache {
  const scope = JSON.stringify([
    endpoint === undefined ? 'catalogue' : serverOf(endpoint),
    [...new Set(withheld.map(({ name, origin }) => `${origin} ${name}`))].sort(),
    untrustedAddresses.map(({ value }) => value),
  ])
  return {
    get: (key) => cache.get(`${scope} ${key}`),
    set: (key, value, expires) => cache.set(`${scope} ${key}`, value, expires),
    delete: (key) => cache.delete(`${scope} ${key}`),
    withLock: (key, work) => cache.withLock?.(`${scope} ${key}`, work) ?? work(),
  }
}

/** The cache and the transport of an authentication method. Exported for its test. */
export function cacheAndTransport(
  login: Pick<LoginRequest, 'cache' | 'transport' | 'endpoint' | 'purpose'>,
  settings: Pick<Settings, 'withheld' | 'untrustedAddresses'>,
): Pick<AuthSetup, 'cache' | 'transport'> {
  const cache = scopedCache(login, settings)
  const { transport } = login
  return login.purpose === 'forget' ? onlyWithCachedCredentials(cache, transport) : { cache, transport }
}

/**
 * Rejects requests until the cache has returned credentials: when logging out, a request can only revoke cached
 * credentials.
 */
function onlyWithCachedCredentials(
  cache: AuthCache,
  transport: LoginRequest['transport'],
): Pick<AuthSetup, 'cache' | 'transport'> {
  let hasCredentials = false
  return {
    cache: {
      ...cache,
      async get(key) {
        const value = await cache.get(key)
        if (value !== undefined && !key.startsWith(rememberedMethodPrefix)) hasCredentials = true
        return value
      },
    },
    transport: (tls) =>
      wrapTransport(transport(tls), async (request, send) => {
        if (!hasCredentials)
          throw new AuthError('No login is stored on this computer', { facts: { missing: 'login' } })
        return send(request)
      }),
  }
}

function addressSources(addresses: readonly Address[]): string {
  return addresses.map(({ value, source }) => `${redactUrl(value)}, named by ${source}`).join('; ')
}

/** Returns a function that runs a renewal without interruption by Ctrl-C, and warns about the delay. */
function uninterrupted({ runtime, signal, warn }: ConnectionContext): AuthContext['finish'] {
  return async (work) => {
    const warnUser = () =>
      void warn('the login is being renewed, which may work only once; Ctrl-C again ends without waiting')
    signal.addEventListener('abort', warnUser, { once: true })
    try {
      return await runtime.uninterrupted(work)
    } finally {
      signal.removeEventListener('abort', warnUser)
    }
  }
}

function warnOnce({ warn }: ConnectionContext): AuthContext['warn'] {
  const warnings = new Set<string>()
  return (message) => {
    if (warnings.has(message)) return
    warnings.add(message)
    void warn(message)
  }
}

/**
 * What an authentication plugin may use. `pluginOptions` are declared by a third-party plugin, and read from the same
 * sources as built-in options.
 */
async function authContextOf(
  context: ConnectionContext,
  login: LoginRequest,
  pluginOptions: readonly AuthOption[] = [],
): Promise<AuthContext> {
  const { runtime, streams, prompts } = context
  // A logout must not prompt.
  const interactive = streams.interactive && login.purpose !== 'forget'
  const builtIn = [...[...globalOptions, ...secretOptions].map(asSetting), ...(await allAuthOptions())]
  const builtInNames = new Set(builtIn.map(({ name }) => name))
  const secretNames = new Set(
    [...builtIn, ...pluginOptions].flatMap(({ name, sensitivity }) =>
      sensitivity === 'secret' ? [name] : [],
    ),
  )
  const settings = await context.settingsFor([
    ...builtIn,
    ...pluginOptions.filter(({ name }) => !builtInNames.has(name)),
  ])
  const untrusted = settings.untrustedAddresses
  const platform = nodePlatform(
    runtime.childEnvironment,
    commandFolder(runtime, settings.setting('token-command')),
  )
  const common = authContext({
    ...omitUndefined({ endpoint: login.endpoint }),
    ...cacheAndTransport(login, settings),
    log: login.log,
    warn: warnOnce(context),
    finish: uninterrupted(context),
    // Certificates and agents in the user's default locations are not used for an untrusted address.
    ...(untrusted.length === 0 ? { env: runtime.environment } : {}),
    machine: untrusted.length === 0 ? platform : { ...platform, home: undefined, uid: undefined },
    now: () => new Date(runtime.clock.now()),
    readFile: runtime.readFile,
  })
  const answers = new Map<string, string>()
  if (settings.isOn('token-stdin')) answers.set('token', await tokenFromStdin(context))
  const secretOf: AuthContext['secret'] = async (name, prompt) => {
    const entered = login.secrets?.[name]
    if (entered !== undefined) return entered
    if (name === 'token' && answers.has(name)) return answers.get(name)
    if (name === 'password' && settings.isOn('password-stdin')) return passwordFromStdin(context)
    const configured = await configuredSecret(context, settings, name)
    if (configured !== undefined) return configured
    if (name === 'password') await warnAboutUserName(context, settings)
    if (!interactive) return undefined
    await context.progress.stop()
    return prompts.password({
      message: untrusted.length === 0 ? prompt : `${prompt} (for ${addressSources(untrusted)})`,
      withoutPrompt: `Set ${environmentName(name)}.`,
    })
  }
  return {
    ...common,
    negotiate: login.negotiate,
    ...((login.confirm ?? interactive)
      ? { show: (message: string) => void context.progress.note(message) }
      : {}),
    ...omitUndefined({ purpose: login.purpose }),
    option(name) {
      // No secret is sent to an address from an untrusted folder without consent, as to an address that a server names.
      if (name === 'auth-url-named-by' && untrusted.some((address) => address.name === 'auth-url')) {
        return 'server'
      }
      const value = settings.get(name) || answers.get(name) || login.secrets?.[name]
      if (secretNames.has(name)) runtime.redactor?.add(value)
      return value
    },
    async ask(name, message) {
      if (!interactive) return undefined
      await context.progress.stop()
      const answer = (await prompts.text({ message, withoutPrompt: `Use --${name}.` })).trim()
      if (answer === '') return undefined
      answers.set(name, answer)
      return answer
    },
    async secret(name, prompt) {
      const secret = await secretOf(name, prompt)
      runtime.redactor?.add(secret)
      return secret
    },
    async choose(question, choices) {
      const names = choices.map(({ label }) => label).join(', ')
      if (!interactive) {
        throw new AuthError(question, {
          hint: `One of: ${names}.`,
          facts: { choices: choices.map(({ value }) => value) },
        })
      }
      await context.progress.stop()
      return prompts.select({ message: question, withoutPrompt: `One of: ${names}.` }, choices)
    },
  }
}

/** Warns if the user name of a context is used at another endpoint, where it may belong to another person. */
async function warnAboutUserName({ warn }: ConnectionContext, settings: Settings): Promise<void> {
  const user = settings.setting('username')
  const endpoint = settings.setting('endpoint')
  if (user?.origin !== 'context' || endpoint === undefined || endpoint.origin === 'context') return
  await warn(
    sanitize(
      `the user name "${user.value}" comes from the context "${settings.context}", but the endpoint from ${endpoint.source}; use --username or --context to log in as another user`,
    ),
  )
}

/** Throws UsageError if standard input is empty. */
async function tokenFromStdin(context: ConnectionContext): Promise<string> {
  const token = (await context.stdin('--token-stdin', purposes.secret)).toString('utf8').trim()
  if (token !== '') {
    context.runtime.redactor?.add(token)
    return token
  }
  throw new UsageError('Standard input contains no token', {
    hint: 'Pipe the token: openstack token issue -f value -c id | occi … --token-stdin',
    at: '--token-stdin',
  })
}

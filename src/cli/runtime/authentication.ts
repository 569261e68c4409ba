/** Settings and a person, as authentication plugins ask for them. */
import {
  type AuthCache,
  type AuthContext,
  type AuthOption,
  allAuthOptions,
  authContext,
  type Credentials,
  loadAuthPlugin,
} from '../../auth/index.js'
import { AuthError, ConfigError } from '../../errors/errors.js'
import { purposes } from '../../files/index.js'
import type { TlsMaterial, Transport } from '../../transport/index.js'
import { environmentName } from '../command.js'
import type { CommandContext } from '../context.js'
import { asSetting, globalOptions } from '../options/global.js'
import { secretOptions } from '../options/secrets.js'
import { givenSecret } from './secrets.js'

export interface Login {
  readonly endpoint: string | undefined
  readonly transport: (tls?: TlsMaterial) => Transport
  readonly cache: AuthCache
  readonly trail: (step: string) => void
  /** See AuthContext. */
  readonly negotiate: 'now' | 'at-first-refusal'
}

/** Throws AuthError. */
export async function logIn(context: CommandContext, login: Login): Promise<Credentials> {
  const setting = context.settings.setting('auth')
  if (setting?.origin === 'project' && setting.value.startsWith('npm:')) {
    throw new ConfigError(
      `${setting.source} names a plugin, which would run code that came with a checkout`,
      {
        hint: `If you trust it: --auth ${setting.value}, or OCCI_AUTH.`,
        at: 'auth',
      },
    )
  }
  const { pluginFolders: folders, importModule: importer } = context.runtime
  const sources = { folders, ...(importer === undefined ? {} : { importer }) }
  const plugin = await loadAuthPlugin(setting?.value ?? 'auto', sources)
  return plugin.authenticate(await authContextOf(context, login, plugin.options))
}

/** `more`: options that a third-party plugin declares; they come by OCCI_… and contexts like ours. */
export async function authContextOf(
  context: CommandContext,
  login: Login,
  more: readonly AuthOption[] = [],
): Promise<AuthContext> {
  const { runtime, streams, prompts } = context
  const known = [...[...globalOptions, ...secretOptions].map(asSetting), ...(await allAuthOptions())]
  const names = new Set(known.map(({ name }) => name))
  const secretNames = new Set(
    [...known, ...more].flatMap(({ name, secret }) => (secret === true ? [name] : [])),
  )
  const settings = await context.settingsFor([...known, ...more.filter(({ name }) => !names.has(name))])
  const base = authContext({
    ...(login.endpoint === undefined ? {} : { endpoint: login.endpoint }),
    transport: login.transport,
    cache: login.cache,
    trail: login.trail,
    env: runtime.environment,
    now: () => new Date(runtime.clock.now()),
    readFile: runtime.readFile,
  })
  let fromStdin: string | undefined
  const secretOf: AuthContext['secret'] = async (name, prompt) => {
    if (name === 'password' && context.options.on('password-stdin')) {
      fromStdin ??= (await context.stdin('--password-stdin', purposes.secret))
        .toString('utf8')
        .replace(/\r?\n$/, '')
      return fromStdin
    }
    const found = await givenSecret(context, settings, name)
    if (found !== undefined) return found
    if (!streams.interactive) return undefined
    await context.progress.stop()
    return prompts.password({ message: prompt, otherwise: `Set ${environmentName(name)}.` })
  }
  return {
    ...base,
    negotiate: login.negotiate,
    ...(streams.interactive ? { show: (message: string) => void context.progress.note(message) } : {}),
    option(name) {
      // What a checkout names is looked at like what a server names: no secret goes there unasked.
      if (name === 'auth-url-named-by' && settings.setting('auth-url')?.origin === 'project') return 'server'
      const value = settings.get(name)
      if (secretNames.has(name)) runtime.kept?.add(value)
      return value
    },
    async secret(name, prompt) {
      const secret = await secretOf(name, prompt)
      runtime.kept?.add(secret)
      return secret
    },
    async choose(question, choices) {
      const names = choices.map(({ label }) => label).join(', ')
      if (!streams.interactive) {
        throw new AuthError(question, {
          hint: `One of: ${names}.`,
          facts: { choices: choices.map(({ value }) => value) },
        })
      }
      await context.progress.stop()
      return prompts.select({ message: question, otherwise: `One of: ${names}.` }, choices)
    },
  }
}

/** Settings and a person, as authentication plugins ask for them. */
import {
  type AuthCache,
  type AuthContext,
  allAuthOptions,
  authContext,
  type Credentials,
  loadAuthPlugin,
} from '../../auth/index.js'
import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial, Transport } from '../../transport/index.js'
import { environmentName } from '../command.js'
import type { CommandContext } from '../context.js'
import { asSetting, globalOptions } from '../options/global.js'

export interface Login {
  readonly endpoint: string | undefined
  readonly transport: (tls?: TlsMaterial) => Transport
  readonly cache: AuthCache
  readonly trail: (step: string) => void
}

/** Throws AuthError. */
export async function logIn(context: CommandContext, login: Login): Promise<Credentials> {
  const method = context.settings.get('auth') ?? 'auto'
  const plugin = await loadAuthPlugin(method, { folders: context.runtime.pluginFolders })
  return plugin.authenticate(await authContextOf(context, login))
}

export async function authContextOf(context: CommandContext, login: Login): Promise<AuthContext> {
  const { runtime, streams, prompts } = context
  const settings = await context.settingsFor([...globalOptions.map(asSetting), ...(await allAuthOptions())])
  const base = authContext({
    ...(login.endpoint === undefined ? {} : { endpoint: login.endpoint }),
    transport: login.transport,
    cache: login.cache,
    trail: login.trail,
    env: runtime.environment,
    now: () => new Date(runtime.clock.now()),
    readFile: runtime.readFile,
  })
  const warned = new Set<string>()
  let fromStdin: string | undefined
  return {
    ...base,
    option: (name) => settings.get(name),
    async secret(name, prompt) {
      if (name === 'password' && context.options.on('password-stdin')) {
        fromStdin ??= (await context.stdin('--password-stdin')).toString('utf8').replace(/\r?\n$/, '')
        return fromStdin
      }
      const found = settings.setting(name)
      if (found?.origin === 'flag' && !warned.has(name)) {
        warned.add(name)
        await context.warn(
          `--${name} on the command line can be read by other users; ${environmentName(name)} or a prompt cannot`,
        )
      }
      if (found !== undefined) return found.value
      if (!streams.interactive) return undefined
      await context.progress.stop()
      return prompts.password({ message: prompt, otherwise: `Set ${environmentName(name)}.` })
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

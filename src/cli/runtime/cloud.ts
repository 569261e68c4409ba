/** `--os-cloud`: a cloud of clouds.yaml as settings, below everything that the user says elsewhere. */
import type { Setting, Settings } from '../../config/types.js'
import { isOn } from '../../settings/switch.js'
import type { CommandContext } from '../context.js'

/** The same context when no cloud is named. Throws ConfigError as optionsFromClouds does. */
export async function withCloud(
  context: CommandContext,
  trail: (step: string) => void,
): Promise<CommandContext> {
  const name = context.settings.get('os-cloud') || context.runtime.environment('OS_CLOUD')
  if (name === undefined || name === '') return context
  const { nodeMachine, optionsFromClouds } = await import('../../auth/index.js')
  const { environment: env, readFile } = context.runtime
  const { home } = nodeMachine()
  const found = await optionsFromClouds({ env, readFile, home, cwd: '.' }, name)
  if (found === undefined) return context
  const source = `${found.files.join(', ')} (cloud ${name})`
  trail(`cloud ${name} of ${found.files.join(', ')}`)
  if (found.ignored.length > 0) trail(`not understood there: ${found.ignored.join(', ')}`)
  const options = Object.fromEntries(
    Object.entries(found.options).map(([key, value]) => [
      key,
      files.has(key) ? fromHome(value, home) : value,
    ]),
  )
  const over = (settings: Settings) => overlaid(settings, options, source)
  return {
    ...context,
    settings: over(context.settings),
    settingsFor: async (definitions) => over(await context.settingsFor(definitions)),
  }
}

/** openstacksdk takes `~` for the home folder in these. */
const files: ReadonlySet<string> = new Set(['ca-file', 'user-cert', 'user-key'])

function fromHome(path: string, home: string | undefined): string {
  return home !== undefined && path.startsWith('~/') ? `${home}${path.slice(1)}` : path
}

function overlaid(settings: Settings, options: Readonly<Record<string, string>>, source: string): Settings {
  const setting = (name: string): Setting | undefined => {
    const own = settings.setting(name)
    if (own !== undefined && own.origin !== 'default') return own
    const value = Object.hasOwn(options, name) ? options[name] : undefined
    return value === undefined ? own : { value, origin: 'file', source }
  }
  const on = (name: string) => isOn(setting(name)?.value, setting(name)?.source ?? name)
  return { ...settings, setting, get: (name) => setting(name)?.value, on }
}

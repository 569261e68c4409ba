/** Runs a plugin: for `occi NAME`, the program `occi-NAME` on the PATH. */
import { UsageError } from '../errors/errors.js'
import { environmentName } from '../settings/names.js'
import { asSetting } from './options/global.js'
import { type PluginCall, withCredentials } from './parse/command-line.js'
import { holdsSecret } from './runtime/child-environment.js'
import type { Runtime } from './runtime.js'

/** Returns the exit status of the program. Throws UsageError for options that cannot be used before its name. */
export async function runPlugin(call: PluginCall, runtime: Runtime): Promise<number> {
  const commandLine = call.options.commandLine()
  const passSecrets = commandLine.has(withCredentials.name)
  for (const [name, values] of commandLine) {
    const option = call.globals.find((each) => each.name === name)
    if (option === undefined) continue
    const secret = option.sensitivity === 'secret' || holdsSecret(environmentName(name))
    if (option.env === 'none' || (secret && !passSecrets)) {
      throw new UsageError(`--${name} cannot be used before the name of a plugin`, {
        hint: secret
          ? `occi-${call.name} gets secrets only with --with-credentials before its name.`
          : `Put it after "${call.name}" if it belongs to occi-${call.name}.`,
        at: `--${name}`,
      })
    }
    if (name === 'header' && values.length > 1) {
      throw new UsageError('--header can be given only once before the name of a plugin', {
        hint: `occi-${call.name} gets it as OCCI_HEADER, which holds one header.`,
        at: '--header',
      })
    }
  }
  const { [withCredentials.name]: _, ...flags } = call.options.asSettings()
  const settings = await runtime.settings({ definitions: call.globals.map(asSetting), flags })
  const endpoint = settings.setting('endpoint')
  const extraEnvironment: Record<string, string> = {}
  if (settings.context !== undefined && settings.contextList === undefined)
    extraEnvironment['OCCI_CONTEXT'] = settings.context
  // An endpoint of the working folder is not exported: the plugin would trust OCCI_ENDPOINT, and send it secrets.
  if (endpoint?.origin === 'context') extraEnvironment['OCCI_ENDPOINT'] = endpoint.value
  for (const [name, value] of Object.entries(flags)) extraEnvironment[environmentName(name)] = value
  extraEnvironment['OCCI_BIN'] = runtime.command.at(-1) ?? 'occi'
  const plugins = await runtime.plugins()
  return plugins.run(call.file, call.words, { passSecrets, extraEnvironment })
}

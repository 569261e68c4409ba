/** Connects with the settings of other contexts, for commands that use several. */
import type { Client } from '../../../client/index.js'
import type { ContextChoice } from '../../../config/types.js'
import type { CommandContext } from '../../context.js'
import { asSetting, globalOptions } from '../../options/global.js'

type ContextOrEndpoint = { readonly context: string } | { readonly endpoint: string }

/**
 * Connects to a provider and runs `work` with its client and with the command's context for that provider. The settings
 * of a named context take precedence over those of the environment and the project file, from which only the secrets
 * that the context lacks are used. Throws ConfigError, and the errors of connect.
 */
export async function withClientOf<T>(
  context: CommandContext,
  provider: ContextOrEndpoint,
  work: (client: Client, providerContext: CommandContext) => Promise<T>,
): Promise<T> {
  const providerContext = await contextFor(context, provider)
  const connection = await context.connect(providerContext)
  try {
    return await work(connection.client, providerContext)
  } finally {
    await connection.close()
  }
}

/** The command's context with the settings for another provider. Its client() still uses the command's own settings. */
export async function contextFor(
  context: CommandContext,
  provider: ContextOrEndpoint,
): Promise<CommandContext> {
  return 'context' in provider
    ? withSettings(context, {}, { context: 'named', name: provider.context })
    : withSettings(context, { endpoint: provider.endpoint })
}

/** The command's context as if the user had also given these options. */
export async function withSettings(
  context: CommandContext,
  options: Readonly<Record<string, string>>,
  choice?: ContextChoice,
): Promise<CommandContext> {
  const flags = { ...context.options.asSettings(), ...options }
  const settingsFor: CommandContext['settingsFor'] = (definitions) =>
    context.runtime.settings({ definitions, flags, choice })
  return {
    ...context,
    settings: await settingsFor(globalOptions.map(asSetting)),
    settingsFor,
  }
}

export const contextArgument = {
  name: 'NAME',
  description: 'name of a context; default: the one in use',
  required: false,
  completion: { of: 'context' },
} as const

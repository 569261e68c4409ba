/** Connects by another context, for commands that use several. */
import type { Client } from '../../../client/index.js'
import type { ContextChoice } from '../../../config/types.js'
import type { CommandContext } from '../../context.js'
import { asSetting, globalOptions } from '../../options/global.js'

type ContextOrEndpoint = { readonly context: string } | { readonly endpoint: string }

/**
 * Connects by the settings of a context, which take precedence over environment and project file. Secrets
 * that the context lacks still come from there. Throws ConfigError, and the errors of connect.
 */
export async function withClientOf<T>(
  context: CommandContext,
  place: ContextOrEndpoint,
  work: (client: Client, there: CommandContext) => Promise<T>,
): Promise<T> {
  const there = await contextFor(context, place)
  const connection = await context.connect(there)
  try {
    return await work(connection.client, there)
  } finally {
    await connection.close()
  }
}

/** The context of a command with the settings of another place. It connects by `connect` and `login`. */
export async function contextFor(context: CommandContext, place: ContextOrEndpoint): Promise<CommandContext> {
  return 'context' in place
    ? withSettings(context, {}, { context: 'named', name: place.context })
    : withSettings(context, { endpoint: place.endpoint })
}

/** The context of a command as if the user had given these settings as options, too. */
export async function withSettings(
  context: CommandContext,
  more: Readonly<Record<string, string>>,
  choice?: ContextChoice,
): Promise<CommandContext> {
  const flags = { ...context.options.asSettings(), ...more }
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
  description: 'name of a context; the one in use when left out',
  required: false,
  completion: { of: 'context' },
} as const

/** Reads the settings to store in a context from the command line. */

import { indexDefinitions } from '../../../config/index.js'
import { UsageError } from '../../../errors/errors.js'
import { environmentName } from '../../../settings/names.js'
import type { CommandContext } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import { endpointOf } from '../../runtime/endpoint.js'
import { passwordFromStdin } from '../../runtime/secrets.js'
import { parseBytes } from '../../values/amount.js'
import { parseConcurrency } from '../../values/concurrency.js'
import { parseDuration } from '../../values/duration.js'

/**
 * Checks of values, so that an invalid one is not stored and does not fail each later command. They throw UsageError.
 */
const checks: Readonly<Record<string, (text: string, at: string) => unknown>> = {
  timeout: parseDuration,
  'connect-timeout': parseDuration,
  'site-timeout': parseDuration,
  deadline: parseDuration,
  'max-response': parseBytes,
  concurrency: parseConcurrency,
}

/**
 * The settings on the command line, except those in `excluded`. Environment variables are not included. With
 * --password-stdin, reads the password from standard input. Throws UsageError.
 */
export async function settingsInOptions(
  context: CommandContext,
  excluded: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const definitions = indexDefinitions(await allDefinitions())
  const settings = new Map<string, string>()
  for (const [name, values] of context.options.commandLine()) {
    const definition = definitions.get(name)
    const value = values.at(-1)
    if (excluded.includes(name) || name === 'context' || definition === undefined || value === undefined)
      continue
    if (name === 'header') {
      throw new UsageError('--header cannot be stored in a context: headers often contain secrets', {
        hint: `Use it with each command, or set ${environmentName(name)}.`,
        at: '--header',
      })
    }
    if (definition.transient === true) continue
    checks[name]?.(value, `--${name}`)
    // An absolute path names the same file in every working folder.
    settings.set(name, definition.path === true ? context.runtime.resolvePath(value) : value)
    if (definition.sensitivity === 'secret') {
      await context.warn(
        `--${name}: other users can read the command line while the command runs; the stored value is readable by you only`,
      )
    }
  }
  if (settings.has('endpoint')) endpointOf(context.settings)
  if (context.options.isSet('password-stdin')) {
    const password = await passwordFromStdin(context)
    if (password === '') {
      throw new UsageError('Standard input contains no password', {
        hint: 'Pipe the password: printf %s "$SECRET" | occi context … --password-stdin',
        at: '--password-stdin',
      })
    }
    settings.set('password', password)
  }
  return Object.fromEntries(settings)
}

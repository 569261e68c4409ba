/** Reads the settings of a context from options. */

import { indexDefinitions } from '../../../config/index.js'
import { UsageError } from '../../../errors/errors.js'
import { environmentName } from '../../../settings/names.js'
import type { CommandContext } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import { endpointOf } from '../../runtime/endpoint.js'
import { passwordFromStdin } from '../../runtime/secrets.js'

/**
 * Reads the settings that the command line gives, without those in `excluded`; environment variables are not kept.
 * A password may come by --password-stdin. Throws UsageError.
 */
export async function settingsGiven(
  context: CommandContext,
  excluded: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const definitions = indexDefinitions(await allDefinitions())
  const given = new Map<string, string>()
  for (const [name, values] of context.options.commandLine()) {
    const definition = definitions.get(name)
    const value = values.at(-1)
    if (excluded.includes(name) || name === 'context' || definition === undefined || value === undefined)
      continue
    if (name === 'header') {
      throw new UsageError('--header is not kept in contexts: headers often carry secrets', {
        hint: `Give it with the command, or set ${environmentName(name)}.`,
        at: '--header',
      })
    }
    if (definition.transient === true) continue
    // Absolute, so that it is the same file from every folder.
    given.set(name, definition.path === true ? context.runtime.resolvePath(value) : value)
    if (definition.sensitivity === 'secret') {
      await context.warn(
        `--${name} on the command line can be read by other users while it runs; it is kept, readable by you only`,
      )
    }
  }
  if (given.has('endpoint')) endpointOf(context.settings)
  if (context.options.isSet('password-stdin')) {
    const password = await passwordFromStdin(context)
    if (password === '') {
      throw new UsageError('There is no password on standard input', { at: '--password-stdin' })
    }
    given.set('password', password)
  }
  return Object.fromEntries(given)
}

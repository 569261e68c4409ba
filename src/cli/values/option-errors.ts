/** Adds the option's name to errors. */
import { omitUndefined } from '../../basics/objects.js'
import {
  AmbiguousError,
  type ErrorDetails,
  NotFoundError,
  OcciError,
  ValidationError,
} from '../../errors/errors.js'

/** Runs `work`, which looks up a name that an option contains, and adds the option to errors about that name. */
export async function nameOptionOnError<T>(option: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withOption(error, option)
  }
}

function withOption(error: unknown, option: string): unknown {
  // An unknown or ambiguous category in an option is invalid input.
  if (error instanceof OcciError && error.basedOn === 'model')
    return new ValidationError(...errorArguments(error, option))
  if (error instanceof NotFoundError) return new NotFoundError(...errorArguments(error, option))
  if (error instanceof AmbiguousError) return new AmbiguousError(...errorArguments(error, option))
  if (error instanceof ValidationError) return new ValidationError(...errorArguments(error, option))
  return error
}

/** The constructor arguments for a copy of an error that names the option. */
export function errorArguments(error: OcciError, option: string, hint = error.hint): [string, ErrorDetails] {
  return [
    error.message.includes(option) ? error.message : `${option}: ${error.message}`,
    {
      at: option,
      cause: error,
      ...omitUndefined({ hint, http: error.http, facts: error.facts }),
    },
  ]
}

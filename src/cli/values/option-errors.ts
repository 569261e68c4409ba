/** Adds the option's name to errors. */
import { omitUndefined } from '../../basics/objects.js'
import {
  AmbiguousError,
  type ErrorDetails,
  NotFoundError,
  OcciError,
  ValidationError,
} from '../../errors/errors.js'

/**
 * Runs `work` and names the option in its errors: a name given with an option may match no entity, or several.
 */
export async function nameOptionOnError<T>(option: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withOption(error, option)
  }
}

function withOption(error: unknown, option: string): unknown {
  // A category in an option that the model does not have, or has several times, is invalid input.
  if (error instanceof OcciError && error.basedOn === 'model')
    return new ValidationError(...errorArguments(error, option))
  if (error instanceof NotFoundError) return new NotFoundError(...errorArguments(error, option))
  if (error instanceof AmbiguousError) return new AmbiguousError(...errorArguments(error, option))
  if (error instanceof ValidationError) return new ValidationError(...errorArguments(error, option))
  return error
}

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

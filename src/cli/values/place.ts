/** Says at which option an error arose. */
import {
  AmbiguousError,
  type ErrorDetails,
  NotFoundError,
  OcciError,
  ValidationError,
} from '../../errors/errors.js'

/** What the names in an option stand for may be missing or several: the error then names the option. */
export async function at<T>(option: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw located(error, option)
  }
}

function located(error: unknown, option: string): unknown {
  // An option that names a category which the model does not have, or has several times, is wrong input.
  if (error instanceof OcciError && error.restsOn === 'model')
    return new ValidationError(...told(error, option))
  if (error instanceof NotFoundError) return new NotFoundError(...told(error, option))
  if (error instanceof AmbiguousError) return new AmbiguousError(...told(error, option))
  if (error instanceof ValidationError) return new ValidationError(...told(error, option))
  return error
}

export function told(error: OcciError, option: string, hint = error.hint): [string, ErrorDetails] {
  return [
    error.message.includes(option) ? error.message : `${option}: ${error.message}`,
    {
      at: option,
      cause: error,
      ...(hint === undefined ? {} : { hint }),
      ...(error.http === undefined ? {} : { http: error.http }),
      ...(error.facts === undefined ? {} : { facts: error.facts }),
    },
  ]
}

/** Adds the names of options to validation errors, which name only attributes. */

import { omitUndefined } from '../../../basics/objects.js'
import { shellWord } from '../../../basics/shell-word.js'
import { ValidationError } from '../../../errors/errors.js'
import type { Invocation } from '../../context.js'
import type { Noun } from './noun.js'

/** Runs `work`. Its validation errors then name the option that sets the attribute instead of the attribute. */
export async function nameOptionsInErrors<T>(
  noun: Noun,
  { options }: Invocation,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    const problems = problemsOf(error).map((problem) =>
      withOption(noun, problem, (name) => options.text(name) !== undefined),
    )
    const [first] = problems
    if (first === undefined) throw error
    const { facts } = error
    if (problems.length === 1) {
      const { message, hint, at } = first
      throw new ValidationError(message, { cause: error, at, ...omitUndefined({ hint, facts }) })
    }
    const message = [`${problems.length} values are invalid`, ...problems.map(onOneLine)].join('\n')
    throw new ValidationError(message, { cause: error, ...omitUndefined({ facts }) })
  }
}

/** One entry of `facts.problems`. `at` is the name of an attribute, or the identifier of a kind or mixin. */
interface Problem {
  readonly at: string
  readonly message: string
  readonly hint?: string
}

function problemsOf({ facts }: ValidationError): readonly Problem[] {
  const problems = facts?.['problems']
  return Array.isArray(problems) ? (problems as readonly Problem[]) : []
}

/** The problem with the option that sets the attribute. `isGiven` tells whether an option is on the command line. */
function withOption(
  { attributeOptions, name: noun }: Noun,
  { at, message, hint }: Problem,
  isGiven: (option: string) => boolean,
): Problem {
  const option = attributeOptions.find(({ attribute }) => attribute === at)?.option
  // The hint for a missing value is "Give it a value: NAME=…".
  const isMissing = hint?.includes('=…') === true
  if (option !== undefined && (isMissing || isGiven(option.name))) {
    const { name, value = 'VALUE', description } = option
    const useOption = `Use --${name} ${value}: ${description}.`
    return {
      at: `--${name}`,
      message: `--${name}: ${message}`,
      hint: hint === undefined || isMissing ? useOption : hint,
    }
  }
  // Identifiers of mixins and kinds contain "#"; the others are names of attributes.
  if (at.includes('#')) return { at, message, ...omitUndefined({ hint }) }
  return {
    at: '--attribute',
    message: `--attribute: ${message}`,
    hint: isMissing
      ? `Use --attribute ${shellWord(at)}=VALUE; "occi explain ${noun}" describes the values.`
      : (hint ?? `"occi explain ${noun}" describes the values.`),
  }
}

function onOneLine({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} (${hint})`
}

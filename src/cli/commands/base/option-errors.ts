/** Names the options of a command in errors that know only attributes. */

import { omitUndefined } from '../../../basics/objects.js'
import { shellWord } from '../../../basics/shell-word.js'
import { ValidationError } from '../../../errors/errors.js'
import type { Invocation } from '../../context.js'
import type { Noun } from './noun.js'

/** Names the option, and the values that it accepts, in errors of validation. */
export async function nameOptionsInErrors<T>(
  noun: Noun,
  { options }: Invocation,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const problems = error instanceof ValidationError ? problemsOf(error) : []
    const [first, ...more] = problems.map((problem) =>
      withOption(noun, problem, (name) => options.text(name) !== undefined),
    )
    if (!(error instanceof ValidationError) || first === undefined) throw error
    throw new ValidationError(
      more.length === 0
        ? first.message
        : [`${problems.length} things are wrong`, ...[first, ...more].map(onOneLine)].join('\n'),
      {
        cause: error,
        ...(more.length > 0 || first.hint === undefined ? {} : { hint: first.hint }),
        ...(more.length > 0 ? {} : { at: first.at }),
        ...omitUndefined({ facts: error.facts }),
      },
    )
  }
}

interface Problem {
  readonly at: string
  readonly message: string
  readonly hint?: string
}

function problemsOf({ facts }: ValidationError): readonly Problem[] {
  const problems = facts?.['problems']
  return Array.isArray(problems) ? (problems as readonly Problem[]) : []
}

function withOption(
  { attributeOptions, name: noun }: Noun,
  { at, message, hint }: Problem,
  given: (option: string) => boolean,
): Problem {
  const found = attributeOptions.find(({ attribute }) => attribute === at)
  const missing = hint?.includes('=…') === true
  if (found !== undefined && (missing || given(found.option.name))) {
    const { name, value = 'VALUE', description } = found.option
    const useOption = `Give --${name} ${value}: ${description}.`
    return {
      at: `--${name}`,
      message: `--${name}: ${message}`,
      hint: hint === undefined || missing ? useOption : hint,
    }
  }
  // Identifiers of mixins and kinds contain "#"; the others are names of attributes.
  if (at.includes('#')) return { at, message, ...omitUndefined({ hint }) }
  return {
    at: '--attribute',
    message: `--attribute: ${message}`,
    hint: missing
      ? `"occi explain ${noun}" tells what it takes; give it by --attribute ${shellWord(at)}=VALUE.`
      : (hint ?? `"occi explain ${noun}" shows what it takes.`),
  }
}

function onOneLine({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} (${hint})`
}

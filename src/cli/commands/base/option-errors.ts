/** Adds the names of options to validation errors, which name only attributes. */

import { omitUndefined } from '../../../basics/objects.js'
import { shellWord } from '../../../basics/shell-word.js'
import { ValidationError } from '../../../errors/errors.js'
import type { Invocation } from '../../context.js'
import type { Noun } from './noun.js'

/** Runs `work`. In its validation errors, replaces the attribute by the option that sets it, with its description. */
export async function nameOptionsInErrors<T>(
  noun: Noun,
  { options }: Invocation,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const problems = error instanceof ValidationError ? problemsOf(error) : []
    const named = problems.map((problem) =>
      withOption(noun, problem, (name) => options.text(name) !== undefined),
    )
    const [first] = named
    if (!(error instanceof ValidationError) || first === undefined) throw error
    const { facts } = error
    if (named.length === 1) {
      const { message, hint, at } = first
      throw new ValidationError(message, { cause: error, at, ...omitUndefined({ hint, facts }) })
    }
    const message = [`${named.length} values are invalid`, ...named.map(onOneLine)].join('\n')
    throw new ValidationError(message, { cause: error, ...omitUndefined({ facts }) })
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
  isGiven: (option: string) => boolean,
): Problem {
  const found = attributeOptions.find(({ attribute }) => attribute === at)
  const isMissing = hint?.includes('=…') === true
  if (found !== undefined && (isMissing || isGiven(found.option.name))) {
    const { name, value = 'VALUE', description } = found.option
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

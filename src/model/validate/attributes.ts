/** Checks of attribute names and values against their definitions. */
import { alternatives } from '../../basics/nearest.js'
import type { AttributeDefinition, AttributeDefinitions, AttributeValue } from '../attribute.js'
import { suggest } from '../suggest.js'

import type { Problem } from './problem.js'
import type { Matches } from './regex.js'
import { allowedStrings, mismatch, shortened } from './schema.js'
import { describeValue, NOUNS, typeOf } from './type.js'

/** The problem for an unknown attribute, with similar known names. */
export function unknownAttribute(name: string, known: Iterable<string>, owner: string): Problem {
  const suggestions = suggest(name, known)
  return {
    at: name,
    message: `${owner} has no attribute ${name}.`,
    ...(suggestions.length > 0 && { hint: `Did you mean ${alternatives(suggestions)}?`, suggestions }),
  }
}

/** Checks type, allowed values and pattern. A definition without a type accepts any value. */
export function valueProblems(
  definition: AttributeDefinition,
  value: AttributeValue,
  matches: Matches,
): readonly Problem[] {
  const { name, type, pattern } = definition
  if (type !== undefined && typeOf(value) !== type && !isErocciEnum(definition, value)) {
    const message = `${name} must be ${NOUNS[type]}, not ${describeValue(name, value)}.`
    return [{ at: name, message }]
  }
  if (pattern === undefined) return []
  if (pattern.form === 'regex') {
    if (typeof value !== 'string' || matches(pattern.source, value) !== false) return []
    return [{ at: name, message: `${name} must match ${shortened(pattern.source)}.` }]
  }
  const requirement = mismatch(pattern.schema, value, matches)
  if (requirement === undefined) return []
  const suggestions = typeof value === 'string' ? suggest(value, allowedStrings(pattern.schema)) : []
  return [
    {
      at: name,
      message: `${name} ${requirement}, not ${describeValue(name, value)}.`,
      ...(suggestions.length > 0 && { hint: `Did you mean ${alternatives(suggestions)}?`, suggestions }),
    },
  ]
}

/** Required attributes that are missing: mutable, without a default, and not given. */
export function missingAttributes(
  definitions: AttributeDefinitions,
  isGiven: (name: string) => boolean,
  owner: string,
): readonly Problem[] {
  const problems: Problem[] = []
  for (const { name, required, mutable, default: fallback, description } of definitions.values()) {
    // An immutable required attribute is supplied by the server.
    if (!required || !mutable || fallback !== undefined || isGiven(name)) continue
    problems.push({
      at: name,
      message: `${owner} needs ${name}${description === undefined ? '' : ` (${shortened(description)})`}.`,
      hint: `Give it a value: ${name}=…`,
    })
  }
  return problems
}

/** erocci renders an enumeration as type "array" (erlang-occi, occi_renderer_json.erl). */
function isErocciEnum({ type, pattern }: AttributeDefinition, value: AttributeValue): boolean {
  return type === 'array' && typeof value === 'string' && (pattern === undefined || pattern.form === 'schema')
}

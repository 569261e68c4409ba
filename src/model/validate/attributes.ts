/** Checks the names and values of attributes against their definitions. */
import { alternatives } from '../../basics/nearest.js'
import type { AttributeDefinition, AttributeDefinitions, AttributeValue } from '../attribute.js'
import { suggest } from '../suggest.js'
import type { Problem } from './problem.js'
import type { RegexMatcher } from './regex.js'
import { allowedStrings, brokenRequirement, shortened } from './schema.js'
import { describeValue, TYPE_NOUNS, typeOf } from './type.js'

/** Returns the problem of an attribute that `owner` does not have, with similar names that it has. */
export function unknownAttributeProblem(name: string, knownNames: Iterable<string>, owner: string): Problem {
  const suggestions = suggest(name, knownNames)
  return {
    at: name,
    message: `${owner} has no attribute ${name}.`,
    ...(suggestions.length > 0 && { hint: `Did you mean ${alternatives(suggestions)}?`, suggestions }),
  }
}

/** Returns the problems of a value: with its type or its pattern. A definition without a type accepts any type. */
export function valueProblems(
  definition: AttributeDefinition,
  value: AttributeValue,
  matchesRegex: RegexMatcher,
): readonly Problem[] {
  const { name, type, pattern } = definition
  if (type !== undefined && typeOf(value) !== type && !isErocciEnumeration(definition, value)) {
    const message = `${name} must be ${TYPE_NOUNS[type]}, not ${describeValue(name, value)}.`
    return [{ at: name, message }]
  }
  if (pattern === undefined) return []
  if (pattern.form === 'regex') {
    if (typeof value !== 'string' || matchesRegex(pattern.source, value) !== false) return []
    return [{ at: name, message: `${name} must match ${shortened(pattern.source)}.` }]
  }
  const requirement = brokenRequirement(pattern.schema, value, matchesRegex)
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

/** Returns a problem for each required attribute that is not given and has no default. */
export function missingAttributeProblems(
  definitions: AttributeDefinitions,
  isGiven: (name: string) => boolean,
  owner: string,
): readonly Problem[] {
  const problems: Problem[] = []
  for (const { name, required, mutable, default: defaultValue, description } of definitions.values()) {
    // The server supplies an immutable attribute.
    if (!required || !mutable || defaultValue !== undefined || isGiven(name)) continue
    problems.push({
      at: name,
      message: `${owner} needs ${name}${description === undefined ? '' : ` (${shortened(description)})`}.`,
      hint: `Give it a value: ${name}=…`,
    })
  }
  return problems
}

/** Whether a definition is that of an enumeration of strings, which erocci renders as the type `array` (E22). */
function isErocciEnumeration({ type, pattern }: AttributeDefinition, value: AttributeValue): boolean {
  return type === 'array' && typeof value === 'string' && (pattern === undefined || pattern.form === 'schema')
}

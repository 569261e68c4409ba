/**
 * Matches values with a provider's regular expressions. re2js does so in linear time, since it does not backtrack. It
 * is loaded only here, and only if a definition has an expression.
 */
import type { AttributeDefinition } from '../attribute.js'

/**
 * Whether text matches an expression. Undefined if it cannot be determined: the expression has a look-ahead, or it or
 * the text is too long.
 */
export type RegexMatcher = (source: string, text: string) => boolean | undefined

/** Returns a matcher for the expressions in the definitions. */
export async function loadMatcher(definitions: Iterable<AttributeDefinition>): Promise<RegexMatcher> {
  for (const definition of definitions) if (hasRegex(definition)) return await re2Matcher()
  return noMatcher
}

const noMatcher: RegexMatcher = () => undefined

/** In characters. */
const MAX_SOURCE_LENGTH = 4096
const MAX_TEXT_LENGTH = 1_048_576

async function re2Matcher(): Promise<RegexMatcher> {
  const { RE2JS } = await import('re2js')
  const compiled = new Map<string, ReturnType<typeof RE2JS.compile> | undefined>()
  const compile = (source: string) => {
    if (compiled.has(source)) return compiled.get(source)
    let expression: ReturnType<typeof RE2JS.compile> | undefined
    try {
      expression = RE2JS.compile(source)
    } catch {
      // re2js does not support look-ahead. The provider checks the value then.
    }
    compiled.set(source, expression)
    return expression
  }
  return (source, text) => {
    if (source.length > MAX_SOURCE_LENGTH || text.length > MAX_TEXT_LENGTH) return undefined
    return compile(source)?.matcher(text).find()
  }
}

/** Whether a definition has a regular expression, for the value or for the items of a list. */
function hasRegex({ pattern }: AttributeDefinition): boolean {
  if (pattern === undefined) return false
  if (pattern.form === 'regex') return true
  const { schema } = pattern
  const { items } = schema
  const inItems = typeof items === 'object' && !Array.isArray(items) && 'pattern' in items
  return schema.pattern !== undefined || inItems
}

/**
 * Matches regular expressions from a provider in linear time, with re2js, which does not backtrack. re2js is loaded
 * only here, and only if a definition has an expression.
 */
import type { AttributeDefinition } from '../attribute.js'

/** Whether text matches; undefined when re2js cannot evaluate the expression (look-ahead, too long). */
export type Matches = (source: string, text: string) => boolean | undefined

export async function loadMatcher(definitions: Iterable<AttributeDefinition>): Promise<Matches> {
  for (const definition of definitions) if (hasRegex(definition)) return await linearMatcher()
  return noMatcher
}

const noMatcher: Matches = () => undefined

const MAX_SOURCE_LENGTH = 4096
const MAX_TEXT_LENGTH = 1_048_576

async function linearMatcher(): Promise<Matches> {
  const { RE2JS } = await import('re2js')
  const compiled = new Map<string, ReturnType<typeof RE2JS.compile> | undefined>()
  const compile = (source: string) => {
    if (compiled.has(source)) return compiled.get(source)
    let expression: ReturnType<typeof RE2JS.compile> | undefined
    try {
      expression = RE2JS.compile(source)
    } catch {
      // re2js does not support look-ahead; the provider will check the value.
    }
    compiled.set(source, expression)
    return expression
  }
  return (source, text) => {
    if (source.length > MAX_SOURCE_LENGTH || text.length > MAX_TEXT_LENGTH) return undefined
    return compile(source)?.matcher(text).find()
  }
}

function hasRegex({ pattern }: AttributeDefinition): boolean {
  if (pattern === undefined) return false
  if (pattern.form === 'regex') return true
  const { schema } = pattern
  const { items } = schema
  const inItems = typeof items === 'object' && !Array.isArray(items) && 'pattern' in items
  return schema.pattern !== undefined || inItems
}

/** Texts with `${resource.attribute}`, `${env.NAME}` and `${var.NAME}`. `$${` stands for `${`. */
import { UsageError } from '../errors/errors.js'
import type { YamlPosition } from '../files/index.js'

/** The content of `${…}`. */
export type Expression =
  | { readonly from: 'env' | 'var'; readonly name: string }
  | {
      readonly from: 'resource'
      readonly resource: string
      /** Counted from 0; absent for a resource without `count`. */
      readonly index?: number
      readonly attribute: string
    }

/** A text with its expressions. */
export interface Template {
  /** The text as written in the file. */
  readonly source: string
  readonly parts: readonly (string | Expression)[]
  readonly place: YamlPosition
}

/** The content of a `${…}` that is not an expression. */
interface InvalidExpression {
  readonly text: string
}

/**
 * Splits a text at its expressions. In a stack file (`origin` is `file`), each `${` begins an expression. In a
 * `document`, a file that a stack file names, a name without a dot is not an expression, since scripts have their own
 * variables.
 */
export function parseTemplate(
  source: string,
  place: YamlPosition,
  origin: 'file' | 'document' = 'file',
): Template | InvalidExpression {
  const parts: (string | Expression)[] = []
  let literal = ''
  let position = 0
  for (;;) {
    const openIndex = source.indexOf('${', position)
    if (openIndex < 0) break
    if (source[openIndex - 1] === '$' && openIndex > position) {
      literal += `${source.slice(position, openIndex - 1)}\${`
      position = openIndex + 2
      continue
    }
    const closeIndex = source.indexOf('}', openIndex)
    const content = closeIndex < 0 ? source.slice(openIndex + 2) : source.slice(openIndex + 2, closeIndex)
    const expression = closeIndex < 0 ? undefined : parseExpression(content.trim())
    if (
      expression === undefined &&
      (origin === 'file' || (closeIndex >= 0 && looksLikeExpression(content)))
    ) {
      return { text: content.slice(0, 80) }
    }
    if (expression === undefined) {
      literal += source.slice(position, openIndex + 2)
      position = openIndex + 2
      continue
    }
    literal += source.slice(position, openIndex)
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push(expression)
    position = closeIndex + 1
  }
  literal += source.slice(position)
  if (literal !== '' || parts.length === 0) parts.push(literal)
  return { source, parts, place }
}

export function isInvalidExpression(parsed: Template | InvalidExpression): parsed is InvalidExpression {
  return !('parts' in parsed)
}

/**
 * Whether the content has the form `word.word`, which is not valid in a shell and is probably meant as an expression.
 */
function looksLikeExpression(content: string): boolean {
  return /^\s*[A-Za-z][\w-]*(\[\d*\])?\.[\w.-]*\s*$/.test(content)
}

function parseExpression(content: string): Expression | undefined {
  const match = /^([A-Za-z][\w-]{0,99})(?:\[(\d{1,6})\])?\.([A-Za-z_][\w.-]{0,199})$/.exec(content)
  if (match === null) return undefined
  const [, source = '', index, name = ''] = match
  if (source === 'env' || source === 'var') return index === undefined ? { from: source, name } : undefined
  return {
    from: 'resource',
    resource: source,
    attribute: name,
    ...(index === undefined ? {} : { index: Number(index) }),
  }
}

/** The expressions of a template that name resources. */
export function resourcesIn({ parts }: Template): readonly Extract<Expression, { from: 'resource' }>[] {
  return parts.flatMap((part) => (typeof part === 'object' && part.from === 'resource' ? [part] : []))
}

/** The values of expressions. */
export interface Values {
  readonly environment: (name: string) => string | undefined
  readonly variables: ReadonlyMap<string, string>
  /**
   * The value of an attribute of a resource; undefined while it is not known. Throws NotFoundError for an unknown
   * attribute.
   */
  readonly attribute: (expression: Extract<Expression, { from: 'resource' }>) => string | undefined
}

/** Fills in the expressions. Returns undefined while a value is not known. Throws UsageError for a missing variable. */
export function fill({ parts }: Template, values: Values): string | undefined {
  let text = ''
  for (const part of parts) {
    const value = typeof part === 'string' ? part : expressionValue(part, values)
    if (value === undefined) return undefined
    text += value
  }
  return text
}

function expressionValue(expression: Expression, values: Values): string | undefined {
  if (expression.from === 'resource') return values.attribute(expression)
  const problem = missingValue(expression, values)
  if (problem !== undefined) throw new UsageError(problem.message, { hint: problem.hint, at: problem.at })
  const { name } = expression
  return expression.from === 'env' ? values.environment(name) : values.variables.get(name)
}

/** The parts of an error for a variable without a value; undefined if it has a value. */
export function missingValue(
  expression: Expression,
  { environment, variables }: Pick<Values, 'environment' | 'variables'>,
): { readonly message: string; readonly hint: string; readonly at: string } | undefined {
  if (expression.from === 'resource') return undefined
  const { from, name } = expression
  const at = `\${${from}.${name}}`
  if (from === 'var') {
    if (variables.has(name)) return undefined
    return { at, message: `The variable "${name}" has no value`, hint: `Set it: --var ${name}=VALUE` }
  }
  // The variables that occi reads may contain secrets.
  if (/^OCCI_/i.test(name)) {
    return { at, message: `${at} is a setting of occi and is not passed on`, hint: 'Use another variable.' }
  }
  if (environment(name) !== undefined) return undefined
  return { at, message: `The environment variable ${name} is not set`, hint: `Set it: export ${name}=VALUE` }
}

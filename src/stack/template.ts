/** Texts with `${resource.attribute}`, `${env.NAME}` and `${var.NAME}`. `$${` stands for `${`. */
import { UsageError } from '../errors/errors.js'
import type { YamlPlace } from '../files/index.js'

/** What stands between `${` and `}`. */
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
  /** As it is written. */
  readonly source: string
  readonly parts: readonly (string | Expression)[]
  readonly place: YamlPlace
}

/** An expression that is none. */
interface WrongExpression {
  /** What stands between the brackets. */
  readonly text: string
}

/**
 * Cuts a text at its expressions. In `file`, the text of a stack file, each `${` begins one. In `document`, a file
 * that a stack file names, words without a dot are left as they are: scripts have variables of their own.
 */
export function parseTemplate(
  source: string,
  place: YamlPlace,
  text: 'file' | 'document' = 'file',
): Template | WrongExpression {
  const parts: (string | Expression)[] = []
  let literal = ''
  let at = 0
  for (;;) {
    const open = source.indexOf('${', at)
    if (open < 0) break
    if (source[open - 1] === '$' && open > at) {
      literal += `${source.slice(at, open - 1)}\${`
      at = open + 2
      continue
    }
    const close = source.indexOf('}', open)
    const inner = close < 0 ? source.slice(open + 2) : source.slice(open + 2, close)
    const expression = close < 0 ? undefined : parseExpression(inner.trim())
    if (expression === undefined && (text === 'file' || (close >= 0 && looksMeant(inner)))) {
      return { text: inner.slice(0, 80) }
    }
    if (expression === undefined) {
      literal += source.slice(at, open + 2)
      at = open + 2
      continue
    }
    literal += source.slice(at, open)
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push(expression)
    at = close + 1
  }
  literal += source.slice(at)
  if (literal !== '' || parts.length === 0) parts.push(literal)
  return { source, parts, place }
}

export function isWrong(parsed: Template | WrongExpression): parsed is WrongExpression {
  return !('parts' in parsed)
}

/** `word.word`, which no shell has. */
function looksMeant(inner: string): boolean {
  return /^\s*[A-Za-z][\w-]*(\[\d*\])?\.[\w.-]*\s*$/.test(inner)
}

function parseExpression(inner: string): Expression | undefined {
  const match = /^([A-Za-z][\w-]{0,99})(?:\[(\d{1,6})\])?\.([A-Za-z_][\w.-]{0,199})$/.exec(inner)
  if (match === null) return undefined
  const [, first = '', index, rest = ''] = match
  if (first === 'env' || first === 'var') return index === undefined ? { from: first, name: rest } : undefined
  return {
    from: 'resource',
    resource: first,
    attribute: rest,
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
  /** Undefined while it is not known. Throws for what does not exist. */
  readonly attribute: (expression: Extract<Expression, { from: 'resource' }>) => string | undefined
}

/** The text, or undefined while a value is not known. Throws UsageError for a variable that is missing. */
export function fill({ parts }: Template, values: Values): string | undefined {
  let text = ''
  for (const part of parts) {
    const value = typeof part === 'string' ? part : filled(part, values)
    if (value === undefined) return undefined
    text += value
  }
  return text
}

function filled(expression: Expression, values: Values): string | undefined {
  if (expression.from === 'resource') return values.attribute(expression)
  const missing = missingValue(expression, values)
  if (missing !== undefined) throw new UsageError(missing.message, { hint: missing.hint, at: missing.at })
  const { name } = expression
  return expression.from === 'env' ? values.environment(name) : values.variables.get(name)
}

/** Why a variable has no value; undefined where it has one. */
export function missingValue(
  expression: Expression,
  { environment, variables }: Pick<Values, 'environment' | 'variables'>,
): { readonly message: string; readonly hint: string; readonly at: string } | undefined {
  if (expression.from === 'resource') return undefined
  const { from, name } = expression
  const at = `\${${from}.${name}}`
  if (from === 'var') {
    if (variables.has(name)) return undefined
    return { at, message: `The variable "${name}" has no value`, hint: `Give it: --var ${name}=VALUE` }
  }
  // The variables of occi itself hold logins.
  if (/^OCCI_/i.test(name)) {
    return { at, message: `${at} is a setting of occi and is not passed on`, hint: 'Use another variable.' }
  }
  if (environment(name) !== undefined) return undefined
  return { at, message: `The environment has no ${name}`, hint: `Set it: export ${name}=VALUE` }
}

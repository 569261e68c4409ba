/** `attributes="a b{immutable} c{required immutable}"` of a category (GFD.229 §4). */
import type { AttributeDefinition, AttributeDefinitions } from '../../model/index.js'
import { isAlnumCode, isAttributeName11, isAttributeName12, isBlank, OPEN_BRACE } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { afterName, type Cursor } from './cursor.js'
import { words } from './list.js'

export function definitionList(cursor: Cursor, text: string, at: number): AttributeDefinitions {
  const { definitionLists } = cursor.cache
  const cached = definitionLists.get(text)
  if (cached !== undefined) return cached
  const countBefore = cursor.diagnostics.count
  const found = new Map<string, AttributeDefinition>()
  let i = 0
  for (;;) {
    while (i < text.length && isBlank(text.charCodeAt(i))) i++
    if (i >= text.length) break
    const nameEnd = afterName(text, i, text.length, text.length)
    const end = endOfDefinition(cursor, text, nameEnd, at)
    const name = text.slice(i, nameEnd)
    // The common case is a name without properties.
    const result =
      end === nameEnd && isOrdinary(cursor, name)
        ? { name, mutable: true, required: false }
        : definition(cursor, text.slice(i, end), at)
    i = end
    if (result !== undefined) found.set(result.name, result)
    if (found.size > cursor.diagnostics.limits.elements)
      cursor.fail('E_LIMIT', 'A category has too many attributes', at)
  }
  // Lists with deviations are not cached, so that the place of each deviation is reported.
  return cursor.diagnostics.count === countBefore ? definitionLists.add(text, found) : found
}

function isOrdinary({ diagnostics }: Cursor, name: string): boolean {
  return (
    !diagnostics.strict && name.length <= diagnostics.limits.nameLength && isAlnumCode(name.charCodeAt(0))
  )
}

function endOfDefinition(cursor: Cursor, text: string, from: number, at: number): number {
  let i = from
  while (i < text.length && !isBlank(text.charCodeAt(i))) {
    if (text.charCodeAt(i) === OPEN_BRACE) {
      i = text.indexOf('}', i)
      if (i < 0)
        cursor.fail(
          'E_PARAM',
          `The properties of ${quotedExcerpt(text.slice(from))} are not closed by "}"`,
          at,
        )
    }
    i++
  }
  return i
}

function definition(cursor: Cursor, word: string, at: number): AttributeDefinition | undefined {
  const { strict, version, limits } = cursor.diagnostics
  const brace = word.indexOf('{')
  const name = brace < 0 ? word : word.slice(0, brace)
  if (name.length > limits.nameLength) cursor.fail('E_LIMIT', 'An attribute name is too long', at)
  if (!(strict && version === '1.1' ? isAttributeName11(name) : isAttributeName12(name))) {
    cursor.tolerate(
      'bad-attribute-name',
      'E_ATTR_NAME',
      `${quotedExcerpt(name)} is not an attribute name`,
      at,
    )
    return undefined
  }
  const properties = brace < 0 ? none : propertiesOf(cursor, word.slice(brace), at)
  return { name, mutable: !properties.immutable, required: properties.required }
}

interface Properties {
  readonly immutable: boolean
  readonly required: boolean
}

const none: Properties = { immutable: false, required: false }

/** `{immutable required}`; accords writes `{required}{immutable}`. */
function propertiesOf(cursor: Cursor, text: string, at: number): Properties {
  let required = false
  let immutable = false
  let groups = 0
  let i = 0
  while (i < text.length) {
    const close = text.indexOf('}', i)
    if (text.charCodeAt(i) !== OPEN_BRACE || close < 0) {
      cursor.tolerate('text-after-properties', 'E_PARAM', `${quotedExcerpt(text)} continues after "}"`, at)
      break
    }
    if (++groups === 2) {
      cursor.tolerate(
        'several-property-groups',
        'E_PARAM',
        'The properties of an attribute are in several braces',
        at,
      )
    }
    for (const property of words(text.slice(i + 1, close))) {
      if (property === 'required') required = true
      else if (property === 'immutable') immutable = true
      else
        cursor.tolerate(
          'unknown-property',
          'E_PARAM',
          `${quotedExcerpt(property)} is not a property of an attribute`,
          at,
        )
    }
    i = close + 1
  }
  return { immutable, required }
}

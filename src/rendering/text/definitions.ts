/** Reads the attribute definitions of a category: `attributes="a b{immutable} c{required immutable}"` (GFD.229 §4). */
import type { AttributeDefinition, AttributeDefinitions } from '../../model/index.js'
import { isAttributeName11, isAttributeName12, isBlank, isLetterOrDigit, OPEN_BRACE } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { afterBlanks, afterName, type Cursor } from './cursor.js'
import { splitAtBlanks } from './list.js'

/** Reads a blank-separated list that begins at `textStart`. A definition with a malformed name is left out. */
export function readDefinitions(cursor: Cursor, text: string, textStart: number): AttributeDefinitions {
  const { definitionLists } = cursor.cache
  const cached = definitionLists.get(text)
  if (cached !== undefined) return cached
  const countBefore = cursor.diagnostics.count
  const definitions = new Map<string, AttributeDefinition>()
  let start = 0
  for (;;) {
    start = afterBlanks(text, start, text.length)
    if (start >= text.length) break
    const nameEnd = afterName(text, start, text.length, text.length)
    const end = endOfDefinition(cursor, text, nameEnd, textStart)
    const name = text.slice(start, nameEnd)
    // A name without properties, the common case, needs no further parsing.
    const definition =
      end === nameEnd && isPlainName(cursor, name)
        ? { name, mutable: true, required: false }
        : readDefinition(cursor, text.slice(start, end), textStart)
    start = end
    if (definition !== undefined) definitions.set(definition.name, definition)
    if (definitions.size > cursor.diagnostics.limits.elements)
      cursor.fail('E_LIMIT', 'A category has too many attributes', textStart)
  }
  // Lists with deviations are not cached, so that each deviation is recorded with its own place.
  return cursor.diagnostics.count === countBefore ? definitionLists.add(text, definitions) : definitions
}

/** Whether a name that consists of name characters is valid outside strict mode, which has further rules. */
function isPlainName({ diagnostics }: Cursor, name: string): boolean {
  return (
    !diagnostics.strict && name.length <= diagnostics.limits.nameLength && isLetterOrDigit(name.charCodeAt(0))
  )
}

/** Returns the index of the next blank outside braces, or the length of the text. */
function endOfDefinition(cursor: Cursor, text: string, from: number, textStart: number): number {
  let i = from
  while (i < text.length && !isBlank(text.charCodeAt(i))) {
    if (text.charCodeAt(i) === OPEN_BRACE) {
      i = text.indexOf('}', i)
      if (i < 0)
        cursor.fail(
          'E_PARAM',
          `The properties of ${quotedExcerpt(text.slice(from))} are not closed by "}"`,
          textStart,
        )
    }
    i++
  }
  return i
}

function readDefinition(cursor: Cursor, text: string, textStart: number): AttributeDefinition | undefined {
  const { strict, version, limits } = cursor.diagnostics
  const brace = text.indexOf('{')
  const name = brace < 0 ? text : text.slice(0, brace)
  if (name.length > limits.nameLength) cursor.fail('E_LIMIT', 'An attribute name is too long', textStart)
  if (!(strict && version === '1.1' ? isAttributeName11(name) : isAttributeName12(name))) {
    cursor.tolerate(
      'bad-attribute-name',
      'E_ATTR_NAME',
      `${quotedExcerpt(name)} is not an attribute name`,
      textStart,
    )
    return undefined
  }
  const properties = brace < 0 ? noProperties : readProperties(cursor, text.slice(brace), textStart)
  return { name, mutable: !properties.immutable, required: properties.required }
}

interface Properties {
  readonly immutable: boolean
  readonly required: boolean
}

const noProperties: Properties = { immutable: false, required: false }

/** Reads `{immutable required}`. The ACCORDS platform writes `{required}{immutable}`. */
function readProperties(cursor: Cursor, text: string, textStart: number): Properties {
  let required = false
  let immutable = false
  let groupCount = 0
  let groupStart = 0
  while (groupStart < text.length) {
    const close = text.indexOf('}', groupStart)
    if (text.charCodeAt(groupStart) !== OPEN_BRACE || close < 0) {
      cursor.tolerate(
        'text-after-properties',
        'E_PARAM',
        `${quotedExcerpt(text)} continues after "}"`,
        textStart,
      )
      break
    }
    if (++groupCount === 2) {
      cursor.tolerate(
        'several-property-groups',
        'E_PARAM',
        'The properties of an attribute are in several braces',
        textStart,
      )
    }
    for (const property of splitAtBlanks(text.slice(groupStart + 1, close))) {
      if (property === 'required') required = true
      else if (property === 'immutable') immutable = true
      else
        cursor.tolerate(
          'unknown-property',
          'E_PARAM',
          `${quotedExcerpt(property)} is not a property of an attribute`,
          textStart,
        )
    }
    groupStart = close + 1
  }
  return { immutable, required }
}

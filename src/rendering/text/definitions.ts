/** `attributes="a b{immutable} c{required immutable}"` of a category (GFD.229 §4). */
import { isAttributeName11, isAttributeName12, isBlank } from '../characters.js'
import { excerpt } from '../error.js'
import { type Cursor, remember } from './cursor.js'
import type { RawDefinition } from './generic.js'
import { words } from './list.js'

export function definitionList(cursor: Cursor, text: string, at: number): readonly RawDefinition[] {
  const known = cursor.memory.definitions.get(text)
  if (known !== undefined) return known
  const before = cursor.diagnostics.deviations.length
  const found: RawDefinition[] = []
  let i = 0
  while (i < text.length) {
    while (i < text.length && isBlank(text.charCodeAt(i))) i++
    const from = i
    while (i < text.length && !isBlank(text.charCodeAt(i)) && text.charCodeAt(i) !== 123) i++
    const name = text.slice(from, i)
    const groups: string[] = []
    while (text.charCodeAt(i) === 123) {
      const close = text.indexOf('}', i)
      if (close < 0) cursor.fail('E_PARAM', `The properties of ${excerpt(name)} are not closed by "}"`, at)
      groups.push(text.slice(i + 1, close))
      i = close + 1
    }
    if (name !== '' || groups.length > 0) definition(cursor, name, groups, at, found)
    if (found.length > cursor.diagnostics.limits.elements)
      cursor.fail('E_LIMIT', 'A category has too many attributes', at)
  }
  // What deviates is read each time, so that each place is reported.
  return cursor.diagnostics.deviations.length === before
    ? remember(cursor.memory.definitions, text, found)
    : found
}

function definition(
  cursor: Cursor,
  name: string,
  groups: readonly string[],
  at: number,
  into: RawDefinition[],
): void {
  const { strict, version, limits } = cursor.diagnostics
  const legal = strict && version === '1.1' ? isAttributeName11(name) : isAttributeName12(name)
  if (name.length > limits.nameLength) cursor.fail('E_LIMIT', 'An attribute name is too long', at)
  if (!legal) {
    cursor.tolerate('bad-attribute-name', 'E_ATTR_NAME', `${excerpt(name)} is not an attribute name`, at)
    return
  }
  if (groups.length > 1) {
    cursor.tolerate(
      'several-property-groups',
      'E_PARAM',
      `The properties of ${name} are in several braces`,
      at,
    )
  }
  let required = false
  let immutable = false
  for (const group of groups) {
    for (const property of words(group)) {
      if (property === 'required') required = true
      else if (property === 'immutable') immutable = true
      else
        cursor.tolerate(
          'unknown-property',
          'E_PARAM',
          `${excerpt(property)} is not a property of an attribute`,
          at,
        )
    }
  }
  into.push({ name, required, immutable })
}

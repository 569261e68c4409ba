/** Reads kinds, mixins and actions, and references to them. */
import { omitUndefined } from '../../basics/objects.js'
import { type Category, type CategoryClass, parseIdentifier, type TypeId, typeId } from '../../model/index.js'
import { isAbstract } from '../parse-result.js'
import { readDefinitions } from './definitions.js'
import { type JsonNode, JsonObject } from './parse.js'
import type { JsonReader } from './reader.js'

/**
 * Reads a category; undefined if it has no identifier. `listedClass` is the class of the list that contains it. Without
 * one, as in pyssf's array (Q42) and in MartServer's filter, the class is guessed.
 */
export function readCategory(
  reader: JsonReader,
  object: JsonObject,
  listedClass?: CategoryClass,
): Category | undefined {
  const term = reader.string(object, 'term')
  const scheme = reader.string(object, 'scheme')
  if (term === undefined || scheme === undefined || term === '' || scheme === '') {
    reader.tolerateIncomplete(
      'incomplete-category',
      'E_SCHEME',
      'A category has no term or no scheme',
      object,
    )
    return undefined
  }
  const id = typeId(scheme, term)
  const related = reader.strings(object, 'related') as TypeId[]
  const categoryClass = listedClass ?? guessClass(object, id, scheme, related)
  const common = {
    scheme,
    term,
    id,
    ...omitUndefined({ title: reader.string(object, 'title') }),
    attributes: readDefinitions(reader, object.members.get('attributes')),
  }
  if (categoryClass === 'action') return { class: categoryClass, ...common }
  const entityTypeMembers = {
    actions: readTypeIds(reader, object, 'actions'),
    ...omitUndefined({ location: reader.string(object, 'location') }),
  }
  if (categoryClass === 'kind') {
    const parent = (reader.string(object, 'parent') as TypeId | undefined) ?? related[0]
    return { class: categoryClass, ...common, ...omitUndefined({ parent }), ...entityTypeMembers }
  }
  const depends = readTypeIds(reader, object, 'depends')
  return {
    class: categoryClass,
    ...common,
    depends: depends.length > 0 ? depends : related,
    applies: readTypeIds(reader, object, 'applies'),
    ...entityTypeMembers,
  }
}

/** Reads a type identifier: a string, or a whole category (pyssf, Q42). */
export function readTypeId(reader: JsonReader, node: JsonNode | undefined): TypeId | undefined {
  if (typeof node === 'string') {
    if (parseIdentifier(node) === undefined) {
      reader.tolerate(
        'odd-type-identifier',
        'E_SCHEME',
        `"${node.slice(0, 60)}" is not a type identifier`,
        undefined,
      )
    }
    return node as TypeId
  }
  if (!(node instanceof JsonObject)) return undefined
  const term = reader.string(node, 'term')
  const scheme = reader.string(node, 'scheme')
  return term === undefined || scheme === undefined ? undefined : typeId(scheme, term)
}

/** Reads a member that is a list of type identifiers, or a single one. */
export function readTypeIds(reader: JsonReader, object: JsonObject, name: string): TypeId[] {
  const node = object.members.get(name)
  if (typeof node === 'string') return reader.strings(object, name) as TypeId[]
  const ids: TypeId[] = []
  for (const item of reader.items(object, name)) {
    const id = readTypeId(reader, item)
    if (id === undefined)
      reader.tolerateIncomplete(
        'wrong-type',
        'E_TYPE',
        `The member ${name} contains no type identifier`,
        object,
      )
    else ids.push(id)
  }
  return ids
}

function guessClass(
  object: JsonObject,
  id: string,
  scheme: string,
  related: readonly string[],
): CategoryClass {
  if (scheme.endsWith('/action#')) return 'action'
  const hasMember = (name: string) => object.members.has(name)
  if (hasMember('parent') || isAbstract(id) || related.some(isAbstract)) return 'kind'
  if (['depends', 'applies', 'location', 'actions'].some(hasMember)) return 'mixin'
  return 'action'
}

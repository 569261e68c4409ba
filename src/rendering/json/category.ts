/** Reads kinds, mixins and actions, whose class may have to be guessed. */
import { omitUndefined } from '../../basics/objects.js'
import { type Category, type CategoryClass, parseIdentifier, type TypeId, typeId } from '../../model/index.js'
import { isAbstract } from '../parse-result.js'
import { readDefinitions } from './definitions.js'
import { type JsonNode, JsonObject } from './parse.js'
import type { JsonReader } from './reader.js'

/**
 * `listedClass` is the class of the list that contains the object. It is absent in pyssf's array and in
 * MartServer's filter (Q42).
 */
export function readCategory(
  reader: JsonReader,
  object: JsonObject,
  listedClass?: CategoryClass,
): Category | undefined {
  const term = reader.string(object, 'term')
  const scheme = reader.string(object, 'scheme')
  if (term === undefined || scheme === undefined || term === '' || scheme === '') {
    reader.tolerateLoss('incomplete-category', 'E_SCHEME', 'A category has no term or no scheme', object)
    return undefined
  }
  const id = typeId(scheme, term)
  const related = reader.strings(object, 'related') as TypeId[]
  const kind = listedClass ?? guessClass(object, id, scheme, related)
  const base = {
    scheme,
    term,
    id,
    ...omitUndefined({ title: reader.string(object, 'title') }),
    attributes: readDefinitions(reader, object.members.get('attributes')),
  }
  if (kind === 'action') return { class: kind, ...base }
  const rest = {
    actions: typeIds(reader, object, 'actions'),
    ...omitUndefined({ location: reader.string(object, 'location') }),
  }
  if (kind === 'kind') {
    const parent = (reader.string(object, 'parent') as TypeId | undefined) ?? related[0]
    return { class: kind, ...base, ...omitUndefined({ parent }), ...rest }
  }
  const depends = typeIds(reader, object, 'depends')
  return {
    class: kind,
    ...base,
    depends: depends.length > 0 ? depends : related,
    applies: typeIds(reader, object, 'applies'),
    ...rest,
  }
}

/** A type identifier: a string, or a whole category (pyssf). */
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

export function typeIds(reader: JsonReader, object: JsonObject, name: string): TypeId[] {
  const node = object.members.get(name)
  if (typeof node === 'string') return reader.strings(object, name) as TypeId[]
  const found: TypeId[] = []
  for (const item of reader.items(object, name)) {
    const id = readTypeId(reader, item)
    if (id === undefined)
      reader.tolerateLoss('wrong-type', 'E_TYPE', `The member ${name} contains no type identifier`, object)
    else found.push(id)
  }
  return found
}

function guessClass(
  object: JsonObject,
  id: string,
  scheme: string,
  related: readonly string[],
): CategoryClass {
  if (scheme.endsWith('/action#')) return 'action'
  const has = (name: string) => object.members.has(name)
  if (has('parent') || isAbstract(id) || related.some(isAbstract)) return 'kind'
  if (has('depends') || has('applies') || has('location') || has('actions')) return 'mixin'
  return 'action'
}

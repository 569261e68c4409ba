/** The fields of a message: lines of a body or header pairs, which have the same grammar. */

export type FieldName = 'category' | 'link' | 'attribute' | 'location' | 'message'

/**
 * Field names in bodies and headers; other spellings are looked up in lower case. X-OCCI-Category and X-OCCI-Link:
 * rOCCI-server 2.0; `interface` (the query interface in text/occi) and `message`: MartServer.
 */
const names = new Map<string, FieldName>([
  ['Category', 'category'],
  ['X-OCCI-Attribute', 'attribute'],
  ['X-OCCI-Location', 'location'],
  ['Link', 'link'],
  ['category', 'category'],
  ['x-occi-category', 'category'],
  ['interface', 'category'],
  ['link', 'link'],
  ['x-occi-link', 'link'],
  ['x-occi-attribute', 'attribute'],
  ['x-occi-location', 'location'],
  ['x-occi-error', 'message'],
  ['message', 'message'],
])

export function fieldNamed(name: string): FieldName | undefined {
  return names.get(name) ?? names.get(name.toLowerCase())
}

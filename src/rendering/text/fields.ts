/** The names of the fields of a text message. Lines of a body and headers have the same names and grammar. */

/** The fields by their meaning, since servers spell their names differently. */
export type FieldName = 'category' | 'link' | 'attribute' | 'location' | 'message'

/**
 * The spellings of GFD.229, for a look-up without lower-casing, and all names in lower case. rOCCI-server 2.0 writes
 * X-OCCI-Category and X-OCCI-Link; MartServer writes `message`, and `interface` for the query interface in text/occi.
 */
const fieldNames = new Map<string, FieldName>([
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

/** Returns the field that a header or the name before a colon denotes; undefined if it is not a field of OCCI. */
export function occiField(name: string): FieldName | undefined {
  return fieldNames.get(name) ?? fieldNames.get(name.toLowerCase())
}

/** Attributes of entities, and their definitions in categories (GFD.221 §4.4). */

/** The value of an attribute. An integer beyond 2^53 is a bigint. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

/** Attribute values by name (`occi.compute.cores`). A Map is safe for any name that a provider may send. */
export type Attributes = ReadonlyMap<string, AttributeValue>

/** The types of attribute values (GFD.226 §5.3). */
export type AttributeType = 'string' | 'number' | 'boolean' | 'array' | 'object'

/** What a value must match: a regular expression (rOCCI's JSON of OCCI 1.1) or a JSON Schema (GFD.226). */
export type AttributePattern =
  | { readonly form: 'regex'; readonly source: string }
  | { readonly form: 'schema'; readonly schema: { readonly [key: string]: AttributeValue } }

/** How a kind, mixin or action defines one attribute. */
export interface AttributeDefinition {
  readonly name: string
  /** Absent in text renderings, which have no types. Then any value is accepted. */
  readonly type?: AttributeType
  /** Set if the provider's type is `float`, so that whole numbers are written with a fraction. */
  readonly float?: true
  /**
   * Whether a client may set the attribute. An absent property means true in text renderings and in rOCCI's JSON of
   * OCCI 1.1, and false in GFD.226. The readers of the renderings apply these defaults.
   */
  readonly mutable: boolean
  readonly required: boolean
  readonly default?: AttributeValue
  readonly pattern?: AttributePattern
  readonly description?: string
}

/** Definitions by the name of the attribute. */
export type AttributeDefinitions = ReadonlyMap<string, AttributeDefinition>

/** Copies the attributes in an object literal or a Map to a new Map. Undefined values are left out. */
export function attributesFrom(
  source: Attributes | Readonly<Record<string, AttributeValue | undefined>> | undefined,
): Attributes {
  if (source === undefined) return new Map()
  const entries = source instanceof Map ? source.entries() : Object.entries(source)
  const attributes = new Map<string, AttributeValue>()
  for (const [name, value] of entries) if (value !== undefined) attributes.set(name, value)
  return attributes
}

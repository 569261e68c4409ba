/** Attributes as flat dotted names in a Map, and their definitions in a category (GFD.221 §4.4). */

export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

/** Flat name to value. A Map, because `a.__proto__.b` is a legal OCCI 1.2 attribute name. */
export type Attributes = ReadonlyMap<string, AttributeValue>

/** Types of values (GFD.226). */
export type AttributeType = 'string' | 'number' | 'boolean' | 'array' | 'object'

/** A regular expression in rOCCI's 1.1 JSON, a JSON Schema object in GFD.226. */
export type AttributePattern =
  | { readonly form: 'regex'; readonly source: string }
  | { readonly form: 'schema'; readonly schema: { readonly [key: string]: AttributeValue } }

/** How a kind, mixin or action defines one attribute. */
export interface AttributeDefinition {
  readonly name: string
  /** Absent if the rendering cannot carry types (all text renderings); then any value is accepted. */
  readonly type?: AttributeType
  /** Set when the provider gave the type as `float`: whole numbers are then written with a fraction. */
  readonly float?: true
  /**
   * Whether a client may set the attribute. Text renderings say `{immutable}` explicitly; if the property is
   * absent, GFD.226 means false and rOCCI's 1.1 JSON means true. Readers apply these defaults.
   */
  readonly mutable: boolean
  readonly required: boolean
  readonly default?: AttributeValue
  readonly pattern?: AttributePattern
  readonly description?: string
}

/** Definitions by the name of the attribute. */
export type AttributeDefinitions = ReadonlyMap<string, AttributeDefinition>

/** Types that all renderings share: the message, and what is found in it. */
import type { HeaderPair } from '../basics/http.js'
import type { ActionInvocation, Attributes, Category, Entity, TypeId } from '../model/index.js'

/**
 * Raw header pairs and a decoded body. It is not a Headers object, which joins values by commas that may also
 * be inside quotes.
 */
export interface Message {
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

/** A deviation from the specification that was tolerated in a message. */
export interface Deviation {
  /** Short stable name, e.g. `unescaped-quote`, `missing-class`, `categories-run-together`. */
  readonly code: string
  readonly message: string
  /** Where: header name or `body`, with 1-based line and column when known. */
  readonly place: Place
  /** A part of the message could not be read and is missing from what was found. */
  readonly lost?: true
}

/** Where in a message: a header or the body, with line and column from 1. */
export interface Place {
  readonly part: string
  readonly line?: number
  readonly column?: number
}

/** What the reader expects, since text renderings do not tell a model from an entity. */
export type Expectation = 'model' | 'entity' | 'collection' | 'action' | 'any'

export interface ParseOptions {
  /** Default `any`: one kind with attributes or links is an entity, else categories. */
  readonly expect?: Expectation
  /** Conformance mode: each deviation is a ParseError. Default false. */
  readonly strict?: boolean
  /**
   * Whether an unreadable part is left out with a deviation marked `lost`. Default false: it is a
   * ParseError. True is right for responses; a server must not carry out half a request.
   */
  readonly recover?: boolean
  /** Grammar of terms and attribute names in strict mode. Default '1.2'. */
  readonly version?: '1.1' | '1.2'
  readonly limits?: Partial<ParseLimits>
}

export interface ParseLimits {
  /** Characters of the body, or of all headers together. */
  readonly size: number
  readonly lineLength: number
  readonly elements: number
  readonly nameLength: number
  readonly jsonDepth: number
}

export interface Parsed {
  readonly categories: readonly Category[]
  readonly entities: readonly Entity[]
  readonly locations: readonly string[]
  readonly action?: ActionInvocation
  /** Identifiers named without a definition (JSON category selection, filters). */
  readonly references: readonly TypeId[]
  /** Attributes that belong to no entity (a filter, a partial update without a kind). */
  readonly attributes: Attributes
  /** The error object or X-OCCI-Error of the provider. */
  readonly error?: { readonly code?: string; readonly message: string }
  readonly deviations: readonly Deviation[]
}

/** What renderings can print. */
export type Printable =
  | { readonly what: 'model'; readonly categories: readonly Category[] }
  | { readonly what: 'entity'; readonly entity: Entity }
  | { readonly what: 'collection'; readonly entities: readonly Entity[] }
  | { readonly what: 'locations'; readonly locations: readonly string[] }
  | { readonly what: 'action'; readonly invocation: ActionInvocation }
  /** A partial update with the changes only. `kind` is given where the server requires it. */
  | {
      readonly what: 'update'
      readonly kind?: TypeId
      readonly mixins: readonly TypeId[]
      readonly attributes: Attributes
      readonly title?: string
      readonly summary?: string
    }
  /** Identifiers of categories (filters, DELETE of a mixin), without definitions. */
  | {
      readonly what: 'references'
      readonly categories: readonly { readonly id: TypeId; readonly class?: 'kind' | 'mixin' | 'action' }[]
      readonly attributes: Attributes
    }

export interface PrintOptions {
  /**
   * Looks up categories, for the class of an identifier and the type of a number. Optional; needed for exact
   * text output.
   */
  readonly describe?: (id: TypeId) => Category | undefined
  /** One header or line per value (default), or one comma-separated list. */
  readonly lists?: 'repeated' | 'joined'
  /** text/occi leaves the body of a request empty (default) and writes `OK` into that of a response. */
  readonly direction?: 'request' | 'response'
}

export interface Rendering {
  /** The name under which it is registered (renderings.ts). */
  readonly name: string
  /** The first one is sent; the others are aliases for reading. */
  readonly mediaTypes: readonly string[]
  /** The part of a message that carries the data. */
  readonly carrier: 'body' | 'headers'
  /** How an entity is written: attributes with JSON types, attributes as text, or its location only. */
  readonly entities: 'typed' | 'text' | 'locations'
  /** What a collection consists of. */
  readonly collections: 'entities' | 'locations'
  /**
   * How a response is recognised. Servers declare wrong types for the renderings of the standard, which are
   * recognised by their shape.
   */
  readonly recognisedBy: 'shape' | 'type'
  /** Throws ParseError. */
  parse(message: Message, options?: ParseOptions): Parsed
  /** Headers (without Content-Type) and body. Throws ParseError with code E_RENDER or E_ATTR_NAME or E_CONFLICT. */
  print(what: Printable, options?: PrintOptions): Message
  /** An error in the form that most servers use; the OCCI specifications define none. */
  printError(status: number, message: string): Message
}

export type ParseErrorCode =
  | 'E_LINE'
  | 'E_CTRL'
  | 'E_QUOTE'
  | 'E_TERM'
  | 'E_SCHEME'
  | 'E_CLASS'
  | 'E_PARAM'
  | 'E_ATTR_NAME'
  | 'E_ATTR_VALUE'
  | 'E_DUP_ATTR'
  | 'E_DUP_KIND'
  | 'E_LINK'
  | 'E_LOCATION'
  | 'E_LIMIT'
  | 'E_CONFLICT'
  | 'E_JSON'
  | 'E_TYPE'
  | 'E_RENDER'

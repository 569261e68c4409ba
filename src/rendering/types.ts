/** Types that all renderings share: messages, parse results, and the Rendering interface. */
import type { HeaderPair } from '../basics/http.js'
import type { ActionInvocation, Attributes, Category, Entity, TypeId } from '../model/index.js'

/**
 * Raw header pairs and a decoded body. The headers are not a Headers object, which would join values with commas,
 * although values may contain commas in quotes.
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
  /** Set if a part of the message could not be read and is missing from the result. */
  readonly lost?: true
}

/** A position in a message: a header name or `body`, with line and column, counted from 1. */
export interface Place {
  readonly part: string
  readonly line?: number
  readonly column?: number
}

/** What a message is expected to contain, since text renderings do not distinguish a model from an entity. */
export type Expectation = 'model' | 'entity' | 'collection' | 'action' | 'any'

export interface ParseOptions {
  /** Default `any`: one kind with attributes or links is an entity, else categories. */
  readonly expect?: Expectation
  /** Conformance mode: each deviation is a ParseError. Default false. */
  readonly strict?: boolean
  /**
   * Whether an unreadable part is skipped and recorded as a deviation marked `lost`, instead of causing a
   * ParseError. Default false. Use true for responses; a server must not carry out half a request.
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
  /** Identifiers of categories without a definition (JSON lists of references, filters). */
  readonly references: readonly TypeId[]
  /** Attributes that belong to no entity (a filter, a partial update without a kind). */
  readonly attributes: Attributes
  /** The error object or X-OCCI-Error of the provider. */
  readonly error?: { readonly code?: string; readonly message: string }
  readonly deviations: readonly Deviation[]
}

/** The kinds of content that renderings can print. */
export type Printable =
  | { readonly what: 'model'; readonly categories: readonly Category[] }
  | { readonly what: 'entity'; readonly entity: Entity }
  | { readonly what: 'collection'; readonly entities: readonly Entity[] }
  | { readonly what: 'locations'; readonly locations: readonly string[] }
  | { readonly what: 'action'; readonly invocation: ActionInvocation }
  /** A partial update that contains the changes only. `kind` is present if the server requires it. */
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
  /** text/occi prints an empty body for a request (the default) and `OK` for a response. */
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
  /** The members of a collection: whole entities, or their locations. */
  readonly collections: 'entities' | 'locations'
  /**
   * How a response is recognised: by its content (`shape`), because servers declare wrong types for the standard
   * renderings, or by its media type.
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

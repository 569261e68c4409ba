/** Types that all renderings share: messages, parse results, and the Rendering interface. */
import type { HeaderPair } from '../basics/http.js'
import type { ActionInvocation, Attributes, Category, Entity, TypeId } from '../model/index.js'

/**
 * The headers and the decoded body of a request or response. The headers are pairs instead of a Headers object, which
 * would join values with commas although values may contain commas in quotes.
 */
export interface Message {
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

/** A deviation from the specification that was tolerated in a message. */
export interface Deviation {
  /** A short name that does not change, e.g. `unescaped-quote` or `missing-class`. */
  readonly code: string
  readonly message: string
  readonly place: Place
  /** Set if a part of the message could not be read and is missing from the result. */
  readonly lost?: true
}

/** A position in a message: a header name or `body`, with line and column (counted from 1) if they are known. */
export interface Place {
  readonly part: string
  readonly line?: number
  readonly column?: number
}

/** What a message is expected to contain, since text renderings do not distinguish a model from an entity. */
export type Expectation = 'model' | 'entity' | 'collection' | 'action' | 'any'

/** How a message is read. */
export interface ParseOptions {
  /**
   * Default `any`: a message with a kind and attributes or links is an entity, any other lists categories or locations.
   */
  readonly expect?: Expectation
  /** Whether each deviation is a ParseError, to check conformance. Default false. */
  readonly strict?: boolean
  /**
   * Whether an unreadable part is skipped and recorded as a deviation marked `lost`, instead of causing a
   * ParseError. Default false. Use true for responses only: a server must not carry out a part of a request.
   */
  readonly recover?: boolean
  /** The OCCI version whose grammar of terms and attribute names strict mode checks. Default 1.2. */
  readonly version?: '1.1' | '1.2'
  readonly limits?: Partial<ParseLimits>
}

/** Limits of what is read. Exceeding one is a ParseError with the code E_LIMIT. */
export interface ParseLimits {
  /** Of the body, or of all headers together, in characters. */
  readonly size: number
  /** Of a line of a body, in characters. */
  readonly lineLength: number
  /** The number of elements of one comma-separated list, JSON array or JSON object. */
  readonly elements: number
  /** Of a term or attribute name, in characters. */
  readonly nameLength: number
  /** The number of JSON objects and arrays inside each other. */
  readonly jsonDepth: number
}

/** The content of a message. */
export interface Parsed {
  readonly categories: readonly Category[]
  readonly entities: readonly Entity[]
  readonly locations: readonly string[]
  readonly action?: ActionInvocation
  /** Identifiers of categories that are named without a definition (in JSON lists of references, and filters). */
  readonly references: readonly TypeId[]
  /** Attributes that belong to no entity (of a filter, or a partial update without a kind). */
  readonly attributes: Attributes
  /** The error that the provider sent as a JSON object or as X-OCCI-Error. */
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
  /** A partial update: only what changes, and the kind if the server requires it. */
  | {
      readonly what: 'update'
      readonly kind?: TypeId
      readonly mixins: readonly TypeId[]
      readonly attributes: Attributes
      readonly title?: string
      readonly summary?: string
    }
  /** Identifiers of categories without definitions, for filters and for the DELETE of a mixin. */
  | {
      readonly what: 'references'
      readonly categories: readonly { readonly id: TypeId; readonly class?: 'kind' | 'mixin' | 'action' }[]
      readonly attributes: Attributes
    }

/** How a message is printed. */
export interface PrintOptions {
  /** Looks up a category, for its class and for the types of numbers. Without it, both may be missing in the output. */
  readonly describe?: (id: TypeId) => Category | undefined
  /** In text renderings: one header or line for each value (the default), or one with a comma-separated list. */
  readonly lists?: 'repeated' | 'joined'
  /** text/occi prints an empty body for a request (the default) and `OK` for a response. */
  readonly direction?: 'request' | 'response'
}

/** A wire form of OCCI, and what it can express. */
export interface Rendering {
  /** The name under which it is registered (renderings.ts). */
  readonly name: string
  /** The first one is sent; the others are accepted in responses. */
  readonly mediaTypes: readonly string[]
  /** The part of a message that carries the data. */
  readonly carrier: 'body' | 'headers'
  /** How an entity is written: with typed attribute values, with attributes as text, or as its location only. */
  readonly entities: 'typed' | 'text' | 'locations'
  /** The members of a collection: whole entities, or their locations. */
  readonly collections: 'entities' | 'locations'
  /**
   * How a response in this rendering is recognised: by its content, because servers declare wrong media types for the
   * standard renderings, or by its media type.
   */
  readonly recognisedBy: 'content' | 'media-type'
  /** Reads a message. Throws ParseError. */
  parse(message: Message, options?: ParseOptions): Parsed
  /** Prints headers (without Content-Type) and body. Throws ParseError E_RENDER, E_ATTR_NAME or E_CONFLICT. */
  print(printable: Printable, options?: PrintOptions): Message
  /** Prints an error in the form that most servers use, since the OCCI specifications define none. */
  printError(status: number, message: string): Message
}

/** The rule that a message or value breaks. */
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

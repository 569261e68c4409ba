/** What all renderings share: the message they read and write, and what is found in it. */
import type { ActionInvocation, Attributes, Category, Entity, TypeId } from '../model/index.js'

export type HeaderPair = readonly [name: string, value: string]

/** Raw pairs and a decoded body. Never a joined Headers object: a comma inside quotes must survive. */
export interface Message {
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

/** A tolerance that was needed to read a message. */
export interface Deviation {
  /** Short stable name, e.g. `unescaped-quote`, `missing-class`, `categories-run-together`. */
  readonly code: string
  readonly message: string
  /** Where: header name or `body`, with 1-based line and column when known. */
  readonly place: Place
  /** A part of the message could not be read and is missing from what was found. */
  readonly lost?: true
}

export interface Place {
  readonly part: string
  readonly line?: number
  readonly column?: number
}

/** What the reader expects; text renderings cannot tell a model from an entity by themselves. */
export type Expectation = 'model' | 'entity' | 'collection' | 'action' | 'any'

export interface ParseOptions {
  /** Default `any`: one kind with attributes or links is an entity, else categories. */
  readonly expect?: Expectation
  /** Conformance mode: each tolerance becomes a ParseError. Default false. */
  readonly strict?: boolean
  /**
   * Whether a part that cannot be read costs that part alone, with a deviation that is marked `lost`. Default
   * false: it is a ParseError. Right for answers; a server must not carry out half a request.
   */
  readonly recover?: boolean
  /** Grammar of terms and attribute names in strict mode. Default '1.2'. */
  readonly version?: '1.1' | '1.2'
  readonly limits?: Partial<ParseLimits>
}

export interface ParseLimits {
  /** Characters of body or of all headers together. */
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
  /** The error object or X-OCCI-Error of the provider, in its words. */
  readonly error?: { readonly code?: string; readonly message: string }
  readonly deviations: readonly Deviation[]
}

/** What can be printed. */
export type Printable =
  | { readonly what: 'model'; readonly categories: readonly Category[] }
  | { readonly what: 'entity'; readonly entity: Entity }
  | { readonly what: 'collection'; readonly entities: readonly Entity[] }
  | { readonly what: 'locations'; readonly locations: readonly string[] }
  | { readonly what: 'action'; readonly invocation: ActionInvocation }
  /** A partial update: only what changes. `kind` is named where the server wants it. */
  | {
      readonly what: 'update'
      readonly kind?: TypeId
      readonly mixins: readonly TypeId[]
      readonly attributes: Attributes
      readonly title?: string
      readonly summary?: string
    }
  /** Categories by name only (filters, DELETE of a mixin), without their definitions. */
  | {
      readonly what: 'references'
      readonly categories: readonly { readonly id: TypeId; readonly class?: 'kind' | 'mixin' | 'action' }[]
      readonly attributes: Attributes
    }

export interface PrintOptions {
  /** Which class an identifier is, and whether a number is a float: needed for exact text output. Optional. */
  readonly describe?: (id: TypeId) => Category | undefined
  /** One header or line per value (default), or one comma-separated list. */
  readonly lists?: 'repeated' | 'joined'
  /** text/occi leaves the body of a request empty (default) and writes `OK` into that of a response. */
  readonly direction?: 'request' | 'response'
}

export interface Rendering {
  /** `text/plain`, `text/occi`, `text/uri-list`, `json`, `json-1.1`. */
  readonly name: RenderingName
  /** First is the one to send; the rest are aliases understood on reading. */
  readonly mediaTypes: readonly string[]
  /** Throws ParseError. */
  parse(message: Message, options?: ParseOptions): Parsed
  /** Headers (without Content-Type) and body. Throws ParseError with code E_RENDER or E_ATTR_NAME or E_CONFLICT. */
  print(what: Printable, options?: PrintOptions): Message
}

export type RenderingName = 'text/plain' | 'text/occi' | 'text/uri-list' | 'json' | 'json-1.1'

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

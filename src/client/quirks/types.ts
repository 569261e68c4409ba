/** Types of provider profiles: what the client does differently for each server software, as data. */
import type { AttributeValue } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'

/**
 * One server software: how it is recognised, and what the client does differently for it. Each profile lists all its
 * quirks, even if another server has them too, because their sources differ and each server changes independently.
 */
export interface ProviderProfile {
  /** Name for `--provider`. */
  readonly name: string
  /** The name of the software, for people. */
  readonly title: string
  /** The signs by which the server is recognised; one suffices. Profiles are checked in the order of the registry. */
  readonly signs: readonly Sign[]
  /** The rendering of the query interface that is most complete and correct. */
  readonly model: RenderingName
  /** Rendering in which entities are read. */
  readonly read: RenderingName
  /** Rendering in which entities, updates and actions are written. */
  readonly write: RenderingName
  /** Whether a collection in the rendering `read` consists of whole entities with their locations. */
  readonly collections: 'entities' | 'locations'
  readonly quirks: readonly Quirk[]
}

/**
 * A sign by which a provider is recognised. `server`, `header`: a response header. `scheme`: the start of a category's
 * scheme. `location`: a part of a category's location. `term`, `title`: those of a category. `all`: several signs that
 * must all be present.
 */
export type Sign =
  | { readonly by: 'server'; readonly pattern: RegExp }
  | { readonly by: 'header'; readonly name: string; readonly pattern?: RegExp }
  | { readonly by: 'scheme'; readonly text: string }
  | { readonly by: 'location'; readonly text: string }
  | { readonly by: 'term'; readonly pattern: RegExp }
  | { readonly by: 'title'; readonly pattern: RegExp }
  | { readonly by: 'all'; readonly signs: readonly Sign[] }

/** One known behaviour of a server. */
export interface Quirk {
  readonly name: string
  /** What the server does and what the client does about it, in one sentence for `occi model -v`. */
  readonly why: string
  /**
   * Numbers of the entries in README.md beside this file, e.g. `Q7`, `E13`, `ooi-15`; or a section of a specification.
   */
  readonly source: string
  /** Absent if the client does the same at all providers. */
  readonly effect?: Partial<Effects>
}

/** The choices of the client that depend on the provider. The defaults (standardEffects) follow the standard. */
export interface Effects {
  /** Unit of occi.compute.memory. */
  readonly memoryUnit: 'GiB' | 'MiB'
  /** Who chooses the id of an entity that is created in text. If the client does, it sends an occi.core.id. */
  readonly createId: 'server' | 'client'
  /**
   * Whether the provider is known to keep ids that clients choose, so that a second creation with the same id replaces
   * the first.
   */
  readonly chosenIds: 'kept' | 'unknown'
  /**
   * How JSON carries id, title, summary and the ends of a link: as members only, or as attributes as well.
   */
  readonly jsonCore: 'members' | 'members-and-attributes'
  /** Whether the provider reads entities in rOCCI's JSON of OCCI 1.1, or misinterprets them. */
  readonly rocciJson: 'read' | 'misread'
  /** Where the provider reads requests from. If it ignores bodies, text/occi is sent instead of text/plain. */
  readonly requests: 'bodies' | 'headers'
  /**
   * How the links of a new resource are sent: inside it, inside it with every member filled in, or one by one after it.
   */
  readonly inlineLinks: 'inline' | 'complete' | 'separate'
  /**
   * Paths of targets that the provider refuses in inline links; they are linked after the resource. A path that ends in
   * a slash matches anywhere in the location, any other at its end.
   */
  readonly linkedAfterwards: readonly string[]
  /** Matches the message of a refusal (400, 409) after which the resource is created without its links, then linked. */
  readonly refusedInline: RegExp | undefined
  /** Whether filters in request headers are understood, or at most those with one attribute. */
  readonly filters: 'headers' | 'one-attribute' | 'none'
  /** How a mixin is attached: by POST to its collection, or by POST of its Category to each entity. */
  readonly membership: 'collection' | 'entity'
  /**
   * Whether the provider requires the attributes that its model declares required.
   */
  readonly requiredAttributes: 'enforced' | 'ignored'
  /** The rendering for the definition of a mixin and its response. Default: the rendering of all writes. */
  readonly definitionRendering: RenderingName | undefined
  /** Whether DELETE of a kind's collection is tried before its members are deleted one by one. */
  readonly collectionDelete: 'tried' | 'fails'
  /** Whether detaching a mixin works, or destroys the entities that have it. */
  readonly dissociate: 'works' | 'destroys'
  /** How a partial update is sent: by POST, by PUT, by POST with mixins only, or by POST with one mixin only. */
  readonly update: 'post' | 'put' | 'mixins' | 'one-mixin'
  /**
   * How an update attaches mixins: in the update itself, or through their collections. In the latter case the client
   * also detaches the templates that they replace.
   */
  readonly mixinUpdates: 'in-update' | 'by-collection'
  /** The hint after a refused update: what the provider can change. */
  readonly updateHint: string | undefined
  /** Hints after a refused deletion of a link, by term of the link's kind: what to do instead. */
  readonly unlinkHints: Readonly<Record<string, string>>
  /** The characters that titles may have. With others, the provider cannot list the kind. */
  readonly titleCharacters: 'any' | 'ascii'
  /**
   * Messages about attributes that the provider changes in a new entity without showing it, by name of the attribute.
   */
  readonly createNotes: Readonly<Record<string, string>>
  /** Where entities with an id that the client chooses are put: below the kind's location, or below `/<term>/`. */
  readonly chosenPath: 'location' | 'term'
  /** The rendering in which locations are listed. */
  readonly listing: RenderingName
  /** The size of pages that the provider sends without being asked. */
  readonly pageSize: number | undefined
  /** The meaning of the type array in the provider's model: arrays, or enumerations. */
  readonly arrayTypes: 'arrays' | 'enums'
  /** Default parameters of actions, by term of the action. */
  readonly actionDefaults: Readonly<Record<string, Readonly<Record<string, AttributeValue>>>>
  /** Attributes that the client adds to entities that lack them. */
  readonly attributeDefaults: readonly AttributeDefault[]
  /** How to name a key pair that is imported with a public key, if the user gives no name. */
  readonly keyPairName: 'none' | 'fingerprint'
  /**
   * Names under which the provider reads attributes, by their standard or advertised names. The client's model contains
   * the names that are read, so that validation checks what is sent.
   */
  readonly attributeNames: Readonly<Record<string, string>>
  /** Attributes whose fraction the provider drops. */
  readonly wholeNumbers: readonly string[]
  /** Where names of entities are stored, by term of the kind. Other kinds store occi.core.title. */
  readonly nameStorage: Readonly<Record<string, NameStorage>>
  /** Peculiarities of the states at this provider, by term of the kind. */
  readonly states: Readonly<Record<string, KindStates>>
  /** Whether the response to an update shows the current entity. If it is stale, the entity is read again. */
  readonly updateAnswer: 'current' | 'stale'
}

/** Where the provider stores names of entities: in an attribute, in the form of a host name; or nowhere. */
export type NameStorage = { readonly attribute: string; readonly form: 'hostname' } | 'nowhere'

/** Peculiarities of the states of a kind. */
export interface KindStates {
  /**
   * An attribute that is more precise than the state attribute, and the state of the standard for each of its values.
   */
  readonly preciseState?: { readonly attribute: string; readonly values: Readonly<Record<string, string>> }
  /**
   * States that the provider never shows. Instead it shows `state` and offers the action `offers`.
   */
  readonly shownAs?: Readonly<Record<string, { readonly state: string; readonly offers: string }>>
  /** States that last until an action is triggered, with the term of that action. */
  readonly lasting?: Readonly<Record<string, string>>
  /**
   * Whether the provider may only store descriptions: an entity without a state never gets one, and actions succeed
   * without changing the state.
   */
  readonly storesOnly?: true
}

/** An attribute that the client adds to entities of a kind: with a fixed value, or with that of another attribute. */
interface AttributeDefault {
  /** Term of the kind. */
  readonly kind: string
  readonly name: string
  /** The attribute whose value is taken, if the entity has it. */
  readonly from?: string
  readonly value?: AttributeValue
}

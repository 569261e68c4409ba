/** Knowledge about the server software of a provider, as data. */
import type { AttributeValue } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'

/**
 * What the client does differently for one server. Each profile lists all its quirks, even those that another server
 * has too: their sources differ, and each server changes independently.
 */
export interface ProviderProfile {
  /** Name for `--provider`. */
  readonly name: string
  readonly title: string
  /** Any one of them suffices. Profiles are checked in the order of the registry. */
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

/** A sign by which a provider is recognised. */
export type Sign =
  | { readonly by: 'server'; readonly pattern: RegExp }
  | { readonly by: 'header'; readonly name: string; readonly pattern?: RegExp }
  | { readonly by: 'scheme'; readonly text: string }
  | { readonly by: 'location'; readonly text: string }
  | { readonly by: 'term'; readonly pattern: RegExp }
  | { readonly by: 'title'; readonly pattern: RegExp }
  | { readonly by: 'all'; readonly signs: readonly Sign[] }

export interface Quirk {
  readonly name: string
  /** One sentence for `occi model -v`. */
  readonly why: string
  /** Numbers of the entries in README.md beside this file, e.g. `Q7`, `E13`, `ooi-15`; or a section of a specification. */
  readonly source: string
  readonly effect?: Partial<Effects>
}

/** What the client does differently. The defaults follow the standard. */
export interface Effects {
  /** Unit of occi.compute.memory. */
  readonly memoryUnit: 'GiB' | 'MiB'
  /** Whether the client sends an occi.core.id when it creates in text. */
  readonly createId: 'server' | 'client'
  /**
   * Whether the provider keeps ids that clients choose: a second creation with the same id then replaces the
   * first.
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
  /** How inline links are sent: as given, with every member filled in, or one by one after the resource. */
  readonly inlineLinks: 'inline' | 'complete' | 'separate'
  /** Path suffixes or prefixes of targets that are refused inline: they are linked after the resource. */
  readonly linkedAfterwards: readonly string[]
  /** Words of a refusal (400, 409) after which a resource is created without its links, and then linked. */
  readonly refusedInline: RegExp | undefined
  /** Whether filters in request headers are understood; `one` attribute at most. */
  readonly filters: 'headers' | 'one-attribute' | 'none'
  /** How a mixin is attached: by POST to its collection, or by its Category in a request to each entity. */
  readonly membership: 'collection' | 'entity'
  /**
   * Whether the provider requires attributes that its model declares required. MartServer accepts requests without them.
   */
  readonly requiredAttributes: 'enforced' | 'ignored'
  /** Rendering in which user-defined mixins are sent and answered. Default: the rendering of all writes. */
  readonly definitionRendering: RenderingName | undefined
  /** Whether DELETE of a kind's collection is tried before its members are deleted one by one. */
  readonly collectionDelete: 'tried' | 'fails'
  /** Whether a mixin can be detached without destroying entities. */
  readonly dissociate: 'works' | 'destroys'
  /** Partial update: by POST, by PUT (ooi's resize), by POST with mixins alone, or with one mixin alone. */
  readonly update: 'post' | 'put' | 'mixins' | 'one-mixin'
  /**
   * How an update attaches mixins: in the update itself, or through their collections, where templates that
   * they replace are detached.
   */
  readonly mixinUpdates: 'in-update' | 'by-collection'
  /** What can be changed, as a hint after a refusal. */
  readonly updateHint: string | undefined
  /** Hints about what to do instead if links of a kind cannot be deleted, by term of the kind. */
  readonly unlinkHints: Readonly<Record<string, string>>
  /** Characters that titles may have; others break the listing of the kind. */
  readonly titleCharacters: 'any' | 'ascii'
  /** How the provider changes attributes of a new entity without showing it: messages by name of the attribute. */
  readonly createNotes: Readonly<Record<string, string>>
  /** Path of a client-chosen id: below the kind's location, or below `/<term>/`. */
  readonly chosenPath: 'location' | 'term'
  /** Rendering in which locations are listed. */
  readonly listing: RenderingName
  /** Page size when the provider pages by itself. */
  readonly pageSize: number | undefined
  /** The meaning of attributes of type array: erocci declares enumerations as arrays. */
  readonly arrayTypes: 'arrays' | 'enums'
  /** Default parameters of actions, by term of the action. */
  readonly actionDefaults: Readonly<Record<string, Readonly<Record<string, AttributeValue>>>>
  /** Attributes that are sent with a default value. */
  readonly attributeDefaults: readonly AttributeDefault[]
  /** How to name a key pair that is imported with a public key, if the user gives no name. */
  readonly keyPairName: 'none' | 'fingerprint'
  /**
   * Names under which the provider reads attributes, by the standard or advertised name. The client's model
   * uses the names that are read, so that validation checks what is sent.
   */
  readonly attributeNames: Readonly<Record<string, string>>
  /** Attributes whose fraction the provider drops. */
  readonly wholeNumbers: readonly string[]
  /** Where names of entities are stored, by term of the kind. Other kinds store occi.core.title. */
  readonly nameStorage: Readonly<Record<string, NameStorage>>
  /** The meaning of states at this provider, by term of the kind. */
  readonly states: Readonly<Record<string, KindStates>>
  /** Whether the response to an update shows the current entity, or it must be read again. */
  readonly updateAnswer: 'current' | 'stale'
}

/** Names are stored in an attribute, in the form of a host name, or not at all. */
export type NameStorage = { readonly attribute: string; readonly form: 'hostname' } | 'nowhere'

export interface KindStates {
  /** An attribute that is more precise than the state attribute, and the standard's state for each value. */
  readonly preciseState?: { readonly attribute: string; readonly values: Readonly<Record<string, string>> }
  /** States that are never shown: another state stands for them while an action is offered. */
  readonly shownAs?: Readonly<Record<string, { readonly state: string; readonly offers: string }>>
  /** States that last until an action is triggered, with the term of that action. */
  readonly lasting?: Readonly<Record<string, string>>
  /**
   * The provider may only store descriptions: an entity without a state never gets one, and actions succeed without a
   * change of state.
   */
  readonly storesOnly?: true
}

interface AttributeDefault {
  /** Term of the kind. */
  readonly kind: string
  readonly name: string
  /** The attribute from which the value is taken, if present. */
  readonly from?: string
  readonly value?: AttributeValue
}

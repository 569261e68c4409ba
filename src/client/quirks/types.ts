/** What is known of one provider's server software, as data. */
import type { AttributeValue } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'

export interface ProviderProfile {
  /** Name for `--provider`. */
  readonly name: string
  readonly title: string
  /** Any one of them is enough; profiles are tried in the order of the registry. */
  readonly signs: readonly Sign[]
  /** Rendering of the query interface that carries most, rightly. */
  readonly model: RenderingName
  /** Rendering in which entities are read. */
  readonly read: RenderingName
  /** Rendering in which entities, updates and actions are written. */
  readonly write: RenderingName
  /** Whether a collection read in `read` comes as whole entities that can be told apart. */
  readonly collections: 'entities' | 'locations'
  readonly quirks: readonly Quirk[]
}

/** How a provider gives itself away. */
export type Sign =
  | { readonly by: 'server'; readonly pattern: RegExp }
  | { readonly by: 'header'; readonly name: string; readonly pattern?: RegExp }
  | { readonly by: 'scheme'; readonly text: string }
  | { readonly by: 'location'; readonly text: string }
  | { readonly by: 'term'; readonly pattern: RegExp }
  | { readonly by: 'all'; readonly signs: readonly Sign[] }

export interface Quirk {
  readonly name: string
  /** One sentence for `occi model -v`. */
  readonly why: string
  /** Numbers of the entries in README.md beside this file, e.g. `Q7`, `E13`, `ooi-15`; or a section of a specification. */
  readonly source: string
  readonly effect?: Partial<Effects>
}

/** What the client does differently. Each has a default that is the standard's way. */
export interface Effects {
  /** Unit of occi.compute.memory. */
  readonly memoryUnit: 'GiB' | 'MiB'
  /** Whether text renderings are created with an occi.core.id of ours. */
  readonly createId: 'server' | 'client'
  /** Whether an id that the client chooses is the identity: a second creation under it replaces the first. */
  readonly chosenIds: 'kept' | 'unknown'
  /** Where JSON has id, title, summary and the ends of a link: as members only, or as attributes, too. */
  readonly jsonCore: 'members' | 'members-and-attributes'
  /** Where requests are read: text/plain goes into the headers where bodies are not. */
  readonly requests: 'bodies' | 'headers'
  /** Inline links: as they are, with every part filled in, or created one by one after the resource. */
  readonly inlineLinks: 'inline' | 'complete' | 'separate'
  /** Ends or parts of paths whose targets are refused inline: linked one by one after the resource. */
  readonly linkedAfterwards: readonly string[]
  /** Whether filters in request headers are understood; `one` attribute at most. */
  readonly filters: 'headers' | 'one-attribute' | 'none'
  /** How members are put under a mixin: POST to its collection, or its Category to each entity. */
  readonly membership: 'collection' | 'entity'
  /** Whether an attribute that the model calls required really is: MartServer takes requests without. */
  readonly required: 'meant' | 'ignored'
  /** Rendering in which a user's mixin is defined. Default: that of all writes. */
  readonly definitions: RenderingName | undefined
  /** Whether DELETE of a kind's collection is tried before its members are deleted one by one. */
  readonly collectionDelete: 'tried' | 'fails'
  /** Whether members can be taken off a mixin without harm. */
  readonly dissociate: 'works' | 'destroys'
  /** Partial update: by POST, by PUT (ooi's resize), by POST with mixins alone, or with one mixin alone. */
  readonly update: 'post' | 'put' | 'mixins' | 'one-mixin'
  /** What can be changed, for whoever is refused with 400. */
  readonly updateHint: string | undefined
  /** Path of a client-chosen id: below the kind's location, or below `/<term>/`. */
  readonly chosenPath: 'location' | 'term'
  /** Rendering in which locations are listed. */
  readonly listing: RenderingName
  /** Members of one page when the provider pages unasked. */
  readonly pageSize: number | undefined
  /** What an attribute of type array is: erocci declares enumerations so. */
  readonly arrayTypes: 'arrays' | 'enums'
  /** Parameters that an action needs, by term of the action. */
  readonly actionDefaults: Readonly<Record<string, Readonly<Record<string, AttributeValue>>>>
  /** Attributes that are sent although nobody gave them. */
  readonly attributeDefaults: readonly AttributeDefault[]
  /** Name of a key pair that is imported with a public key, where the user gave none. */
  readonly keyPairName: 'none' | 'fingerprint'
  /**
   * Names under which attributes are really read, by the standard or advertised name. The model that the
   * client holds has them under the names that are read, so that what is sent is checked against these.
   */
  readonly attributeNames: Readonly<Record<string, string>>
  /** Attributes of which the provider keeps the whole part only. */
  readonly wholeNumbers: readonly string[]
  /** Where names of entities are kept, by term of the kind. A kind that is not listed keeps occi.core.title. */
  readonly names: Readonly<Record<string, NameKeeping>>
  /** What the states of a kind mean here, by term of the kind. */
  readonly states: Readonly<Record<string, KindStates>>
  /** Whether the entity in the answer to an update is as it is now, or must be read again. */
  readonly updateAnswer: 'current' | 'stale'
}

/** An attribute that holds the name, in the form of a host name; or nowhere. */
export type NameKeeping = { readonly attribute: string; readonly form: 'hostname' } | 'nowhere'

export interface KindStates {
  /** An attribute that says more than the state attribute, and the state of the standard that each value means. */
  readonly told?: { readonly attribute: string; readonly values: Readonly<Record<string, string>> }
  /** States that are never shown: another one stands for them, while this action is offered. */
  readonly shownAs?: Readonly<Record<string, { readonly state: string; readonly offers: string }>>
  /** States that last until an action is triggered, with the term of that action. */
  readonly lasting?: Readonly<Record<string, string>>
}

export interface AttributeDefault {
  /** Term of the kind. */
  readonly kind: string
  readonly name: string
  /** The attribute whose value is taken, when it is there. */
  readonly from?: string
  readonly value?: AttributeValue
}

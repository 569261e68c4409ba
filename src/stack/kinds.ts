/**
 * What may be said of a resource of a kind, and how it becomes an entity. The command line gives both from the
 * declarations of `occi KIND create`; a program may give its own.
 */
import type { Client, NewEntity, NewLink } from '../client/index.js'

/** What may be said of the resources of all kinds. */
export interface Kinds {
  /** By the word after `kind:`: `compute`, or any term or identifier. `isLink` where the resource has a target. */
  declaration(word: string, isLink: boolean): KindDeclaration
  /** Words to suggest. The provider may have more kinds. */
  readonly known: readonly string[]
}

/** What may be said of the resources of one kind. */
export interface KindDeclaration {
  /** What the model finds the kind by: an identifier or term; undefined for a link whose ends tell its kind. */
  readonly kind: string | undefined
  readonly isLink: boolean
  readonly keys: readonly KeyDeclaration[]
  /** The state in which it can be used. */
  readonly ready: string
  /** The actions that lead to a state, by that state: `inactive` by `stop`. */
  readonly actions: ReadonlyMap<string, string>
  /** The entity that the keys say, without links. Throws UsageError and ValidationError that name the key. */
  entity(keys: KeyValues, from: Drafting): Promise<NewEntity>
  /** Of a link: from its source, by the URL of its target. */
  link(keys: KeyValues, target: string, from: Drafting): Promise<NewLink>
}

/** Texts by the name of the key. */
export type KeyValues = ReadonlyMap<string, readonly string[]>

/** What the keys of a resource become an entity with. */
export interface Drafting {
  readonly client: Client
  readonly title: string
  /** Fills in `${…}` in the text of a file that is sent to the provider. */
  fill(text: string): string
}

/** A key of a resource. */
export interface KeyDeclaration {
  readonly name: string
  readonly description: string
  /** `list` may be a single text, too; `mapping` is given as `NAME: value`. */
  readonly form: 'text' | 'list' | 'mapping'
  readonly choices?: readonly string[]
  /** The text names a file, in which `${…}` is filled in, too. */
  readonly document?: true
  /** The texts name resources to which a link leads: the link's kind, and what an entry may say besides. */
  readonly leadsTo?: { readonly kind: string | undefined; readonly detail?: string }
}

/**
 * The keys of a resource in a stack file, and how it becomes an entity. The command line derives both from the
 * declarations of `occi KIND create`; a program may pass its own.
 */
import type { Client, NewEntity, NewLink } from '../client/index.js'

/** The declarations of all kinds. */
export interface Kinds {
  /**
   * The declaration for the value of `kind:`: `compute`, or any term or identifier. `isLink`: the resource has a source
   * or a target.
   */
  declaration(word: string, isLink: boolean): KindDeclaration
  /** Kinds to suggest. The provider may have others. */
  readonly known: readonly string[]
}

/** The declaration of one kind. */
export interface KindDeclaration {
  /** The identifier or term of the kind; undefined for a link whose kind follows from its ends. */
  readonly kind: string | undefined
  readonly isLink: boolean
  readonly keys: readonly KeyDeclaration[]
  /** The state in which the entity is ready. */
  readonly ready: string
  /** The action that leads to each state: `stop` for `inactive`. */
  readonly actions: ReadonlyMap<string, string>
  /** Builds the entity from the keys, without links. Throws UsageError and ValidationError that name the key. */
  entity(keys: KeyValues, drafting: Drafting): Promise<NewEntity>
  /** Builds a link from the keys. `target` is the URL of its target. */
  link(keys: KeyValues, target: string, drafting: Drafting): Promise<NewLink>
}

/** The texts of the keys, by name. */
export type KeyValues = ReadonlyMap<string, readonly string[]>

/** The context in which keys become an entity. */
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
  /** A `list` may also be a single text. A `mapping` is written as `NAME: value`. */
  readonly form: 'text' | 'list' | 'mapping'
  readonly choices?: readonly string[]
  /** Whether the text names a file, in which `${…}` is filled in as well. */
  readonly document?: true
  /** If the texts name targets of links: the kind of the links, and the meaning of a detail after the name. */
  readonly linksTo?: { readonly kind: string | undefined; readonly detail?: string }
}

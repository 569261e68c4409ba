/** The content of a stack file. */
import type { YamlPosition } from '../files/index.js'
import type { KindDeclaration } from './kinds.js'
import type { Template } from './template.js'

/** A stack file that was read and checked. */
export interface Stack {
  /** The name of the file in messages. */
  readonly file: string
  readonly name: string
  /** The default context of the resources. */
  readonly site?: string
  /** In the order of the file. */
  readonly resources: ReadonlyMap<string, StackResource>
  readonly outputs: ReadonlyMap<string, Template>
}

/** One resource of the file; with `count`, several copies of it. */
export interface StackResource {
  readonly name: string
  /** The word after `kind:`. */
  readonly word: string
  readonly declaration: KindDeclaration
  /** Whether it is only looked up, and never changed or deleted. */
  readonly existing: boolean
  /** The number of copies; undefined without `count`, so that the title has no number. */
  readonly count: number | undefined
  readonly site: string | undefined
  /** The state that apply establishes. */
  readonly state: string | undefined
  /** The values of its keys. */
  readonly values: ReadonlyMap<string, readonly Template[]>
  /** The contents of the files that it names, in which `${…}` is filled in. */
  readonly documents: readonly Template[]
  /** Links that are created together with it. */
  readonly links: readonly Reference[]
  /** The source and target of a link; undefined for other resources. */
  readonly ends: { readonly source: Reference; readonly target: Reference } | undefined
  readonly place: YamlPosition
  /** The positions of its keys. */
  readonly places: ReadonlyMap<string, YamlPosition>
}

/** A reference to a resource of the stack. */
export interface Reference {
  /** The key that contains the reference: `network`. */
  readonly key: string
  readonly resource: string
  /** The copy of the referenced resource, counted from 0 (`web[0]`); undefined for all copies. */
  readonly index?: number
  /** The only copy of the resource with the key that gets the link, counted from 1 as in titles (`on: 1`). */
  readonly on?: number
  /** An additional value of the entry, such as the mount point. */
  readonly detail?: Template
  readonly place: YamlPosition
}

/** The address of a resource: `web`, or `web[0]` for a copy. */
export function addressOf(resource: string, index: number | undefined): string {
  return index === undefined ? resource : `${resource}[${index}]`
}

/** All addresses of a resource. */
export function addressesOf({ name, count }: Pick<StackResource, 'name' | 'count'>): readonly string[] {
  return count === undefined ? [name] : Array.from({ length: count }, (_, index) => addressOf(name, index))
}

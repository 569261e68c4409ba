/** A stack file that was read and checked. */
import type { YamlPlace } from '../files/index.js'
import type { KindDeclaration } from './kinds.js'
import type { Template } from './template.js'

/** A stack file that was read. */
export interface Stack {
  /** How messages name the file. */
  readonly file: string
  readonly name: string
  /** The context of resources that name none. */
  readonly site?: string
  /** In the order of the file. */
  readonly resources: ReadonlyMap<string, StackResource>
  readonly outputs: ReadonlyMap<string, Template>
}

/** One resource of the file; with a count it stands for several. */
export interface StackResource {
  readonly name: string
  /** The word after `kind:`. */
  readonly word: string
  readonly declaration: KindDeclaration
  /** Looked up, never changed or deleted. */
  readonly existing: boolean
  /** Undefined without `count`: the only one, whose title has no number. */
  readonly count: number | undefined
  readonly site: string | undefined
  /** The state that apply brings it to. */
  readonly state: string | undefined
  /** What `create` is given, by the names of its options. */
  readonly values: ReadonlyMap<string, readonly Template[]>
  /** The texts of files that it names, in which `${…}` is filled in. */
  readonly documents: readonly Template[]
  /** Links that are made with it. */
  readonly links: readonly Reference[]
  /** Of a link. */
  readonly ends: { readonly source: Reference; readonly target: Reference } | undefined
  readonly place: YamlPlace
  readonly places: ReadonlyMap<string, YamlPlace>
}

/** A resource of the stack that another one names. */
export interface Reference {
  /** The key that names it: `network`. */
  readonly key: string
  readonly resource: string
  /** Counted from 0. */
  readonly index?: number
  /** The machine, counted from 1, that alone has the link (`on: 1`). */
  readonly on?: number
  /** What the entry says besides: the mount point. */
  readonly detail?: Template
  readonly place: YamlPlace
}

/** `web`, or `web[0]` of several. */
export function addressOf(resource: string, index: number | undefined): string {
  return index === undefined ? resource : `${resource}[${index}]`
}

/** All addresses of a resource. */
export function addressesOf({ name, count }: Pick<StackResource, 'name' | 'count'>): readonly string[] {
  return count === undefined ? [name] : Array.from({ length: count }, (_, index) => addressOf(name, index))
}

/** rOCCI's view of what it prints: attributes in the server's order, numbers as the server wrote them. */
import type { AttributeDefinition } from '../../model/index.js'

/** A number keeps its digits: Ruby prints a float `1.0` as `1.0`. */
export type RocciScalar = string | boolean | { readonly number: string } | { readonly json: unknown }

export interface RocciEntity {
  readonly kind: string
  readonly mixins: readonly string[]
  readonly actions: readonly string[]
  /** `occi.core.*` included. */
  readonly attributes: readonly (readonly [name: string, value: RocciScalar])[]
  /** Path, as `>> location:` shows it. */
  readonly location: string
  /** Undefined for a link itself. */
  readonly links?: readonly RocciLink[]
  readonly link?: RocciLinkEnds
}

export interface RocciLinkEnds {
  readonly rel: string
  readonly source?: string
  readonly target?: string
}

export interface RocciLink extends RocciEntity {
  readonly link: RocciLinkEnds
}

export interface RocciCategory {
  readonly class: 'kind' | 'mixin' | 'action'
  readonly id: string
  readonly scheme: string
  readonly term: string
  readonly title: string
  readonly location?: string
  readonly parent?: string
  readonly related: readonly string[]
  readonly actions: readonly string[]
  readonly attributes: readonly AttributeDefinition[]
}

export type RocciRecord =
  | { readonly what: 'entity'; readonly entity: RocciEntity }
  | { readonly what: 'category'; readonly category: RocciCategory }

/** `a.b.c` to nested objects, in order of first appearance: rOCCI's JSON. A Map, so that `__proto__` is a name. */
export type Nested = Map<string, Nested | RocciScalar>

export function nest(attributes: RocciEntity['attributes']): Nested {
  const root: Nested = new Map()
  for (const [name, value] of attributes) {
    const steps = name.split('.')
    const last = steps.pop() ?? name
    let at = root
    for (const step of steps) {
      const next = at.get(step)
      if (next instanceof Map) {
        at = next
      } else {
        // A leaf in the way (`occi.compute.state` before `occi.compute.state.message`) is replaced, as in rOCCI.
        const made: Nested = new Map()
        at.set(step, made)
        at = made
      }
    }
    at.set(last, value)
  }
  return root
}

/** The records that rOCCI prints: attributes in the server's order, and numbers as the server wrote them. */
import type { AttributeDefinition } from '../../model/index.js'

/** The value of an attribute. A number keeps its digits, since Ruby prints a float `1.0` as `1.0`. */
export type RocciScalar = string | boolean | { readonly number: string } | { readonly json: unknown }

export interface RocciMixin {
  readonly id: string
  readonly term: string
  /** The title in the entity's rendering rather than the model. */
  readonly title?: string
  readonly location?: string
}

export interface RocciEntity {
  readonly kind: string
  readonly mixins: readonly RocciMixin[]
  readonly actions: readonly string[]
  /** Includes `occi.core.*`. */
  readonly attributes: readonly (readonly [name: string, value: RocciScalar])[]
  /** The path, as `>> location:` shows it. */
  readonly location: string
  /** The links of a resource; undefined for a link. */
  readonly links?: readonly RocciLink[]
  /** The ends of a link; undefined for a resource. */
  readonly link?: RocciLinkEnds
}

interface RocciLinkEnds {
  /** The kind of the target. */
  readonly rel?: string
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
  readonly title?: string
  readonly location?: string
  readonly parent?: string
  readonly related: readonly string[]
  readonly actions: readonly string[]
  readonly attributes: readonly AttributeDefinition[]
}

export type RocciRecord =
  | { readonly type: 'entity'; readonly entity: RocciEntity }
  | { readonly type: 'category'; readonly category: RocciCategory }

/** Nested objects of `a.b.c`, as in rOCCI's JSON. A Map, in which `__proto__` is an ordinary key. */
type Nested = Map<string, Nested | RocciScalar | undefined>

/** An attribute. Without a value it only reserves the position for a later value. */
export type PositionedAttribute = readonly [name: string, value: RocciScalar | undefined]

/** Nests names by their prefixes, in order of first appearance. */
export function nest(attributes: readonly PositionedAttribute[]): Nested {
  const root: Nested = new Map()
  for (const [name, value] of attributes) {
    const prefixes = name.split('.')
    const last = prefixes.pop() ?? name
    let target = root
    for (const prefix of prefixes) {
      const next = target.get(prefix)
      if (next instanceof Map) {
        target = next
      } else {
        // A leaf that is also a prefix (`occi.compute.state` before `occi.compute.state.message`) is
        // replaced, as in rOCCI.
        const created: Nested = new Map()
        target.set(prefix, created)
        target = created
      }
    }
    target.set(last, value)
  }
  return root
}

/** Sorts attributes in rOCCI's order: all of `occi.core`, then all of `occi.compute`, and so on. */
export function inRocciOrder(attributes: readonly PositionedAttribute[]): RocciEntity['attributes'] {
  const ordered: [string, RocciScalar][] = []
  const collect = (nested: Nested, prefix: string) => {
    for (const [name, value] of nested) {
      if (value instanceof Map) collect(value, `${prefix}${name}.`)
      else if (value !== undefined) ordered.push([`${prefix}${name}`, value])
    }
  }
  collect(nest(attributes), '')
  return ordered
}

/** A number as Ruby prints it: `1.50` becomes 1.5, `1e16` is unchanged. */
export function rocciNumber(text: string): RocciScalar {
  if (/^\d+$/.test(text)) return { number: BigInt(text).toString() }
  return { number: /^\d+\.\d+$/.test(text) ? rubyFloat(Number(text)) : text }
}

function rubyFloat(value: number): string {
  const isPlain = value === 0 || (value >= 1e-4 && value < 1e16)
  if (isPlain) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [significand = '', exponent = ''] = value.toExponential().split('e')
  const digits = significand.includes('.') ? significand : `${significand}.0`
  const sign = exponent.startsWith('-') ? '-' : '+'
  return `${digits}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`
}

/**
 * Escapes text as in the text rendering, since rOCCI printed values without unescaping them. Backslashes of
 * `\\xC3`, which rOCCI-server writes for bytes outside ASCII, are kept.
 */
export function wireForm(text: string): string {
  return text.replace(/"|\\(?!x[0-9A-F]{2})/g, '\\$&')
}

/** Expands the resources of a stack with `count` to their copies. */
import { resourcesIn, type Template } from './template.js'
import { addressesOf, addressOf, type Reference, type Stack, type StackResource } from './types.js'

/** One copy of a resource, or a resource without `count`. */
export interface Instance {
  readonly resource: StackResource
  /** The number of the copy, counted from 0; undefined without `count`. */
  readonly index: number | undefined
  readonly address: string
  /** The title of the entity: `web`, or `web-1` for the copy with the address `web[0]`. */
  readonly title: string
  readonly links: readonly { readonly to: string; readonly key: string; readonly detail?: Template }[]
  readonly ends?: { readonly source: string; readonly target: string }
  /** Addresses of the instances that must exist before this one. */
  readonly needs: readonly string[]
}

/** All instances of all resources. A link between resources with `count` has an instance for each pair of copies. */
export function instancesOf(stack: Stack): readonly Instance[] {
  return [...stack.resources.values()].flatMap((resource) => copiesOf(stack, resource))
}

function copiesOf(stack: Stack, resource: StackResource): readonly Instance[] {
  const { ends } = resource
  if (ends === undefined) {
    return addressesOf(resource).map((_, index) =>
      instanceOf(stack, resource, resource.count === undefined ? undefined : index),
    )
  }
  const sources = targetsOf(stack, ends.source)
  const targets = targetsOf(stack, ends.target)
  const size = Math.max(sources.length, targets.length, resource.count ?? 1)
  const hasIndex = size > 1 || resource.count !== undefined
  return Array.from({ length: size }, (_, index) => {
    const source = sources[sources.length === 1 ? 0 : index] ?? ''
    const target = targets[targets.length === 1 ? 0 : index] ?? ''
    const instance = instanceOf(stack, resource, hasIndex ? index : undefined)
    const needs = [...new Set([...instance.needs, source, target])]
    return { ...instance, ends: { source, target }, needs }
  })
}

function instanceOf(stack: Stack, resource: StackResource, index: number | undefined): Instance {
  const { name, links } = resource
  const instanceLinks = links
    // `on` counts copies from 1, `index` from 0.
    .filter(({ on }) => on === undefined || index === undefined || on === index + 1)
    .flatMap((reference) => {
      const targets = targetsOf(stack, reference)
      // A resource without `count` is linked to all targets. A copy is linked to the target with the same index,
      // or to the only target.
      const linksAll = resource.count === undefined || targets.length === 1
      const instanceTargets = linksAll ? targets : [targets[index ?? 0] ?? '']
      const { key, detail } = reference
      return instanceTargets.map((to) => ({ to, key, ...(detail === undefined ? {} : { detail }) }))
    })
  const expressions = templatesOf(resource).flatMap(resourcesIn)
  return {
    resource,
    index,
    address: addressOf(name, index),
    // Titles count from 1, addresses from 0.
    title: index === undefined ? name : `${name}-${index + 1}`,
    links: instanceLinks,
    needs: [
      ...new Set([
        ...instanceLinks.map(({ to }) => to),
        ...expressions.map((expression) => addressOf(expression.resource, expression.index)),
      ]),
    ],
  }
}

/** All texts of a resource that may contain expressions. */
export function templatesOf({ values, documents, links }: StackResource): readonly Template[] {
  return [...[...values.values()].flat(), ...documents, ...links.flatMap(({ detail }) => detail ?? [])]
}

/** The addresses to which a reference refers: one copy, or all copies of a resource. */
export function targetsOf(stack: Stack, { resource, index }: Reference): readonly string[] {
  if (index !== undefined) return [addressOf(resource, index)]
  const target = stack.resources.get(resource)
  return target === undefined ? [resource] : addressesOf(target)
}

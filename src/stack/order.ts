/** Dependencies between resources: references to copies, cycles, and the expansion of `count`. */
import { didYouMean, type StackProblem } from './problem.js'
import { resourcesIn, type Template } from './template.js'
import { addressesOf, addressOf, type Reference, type Stack, type StackResource } from './types.js'

/** Checks that referenced resources and copies exist, and that there is no cycle. */
export function checkOrder(stack: Stack): readonly StackProblem[] {
  const problems: StackProblem[] = []
  const names = [...stack.resources.keys()]
  const check = (template: Template) => {
    for (const { resource, index } of resourcesIn(template)) {
      const found = stack.resources.get(resource)
      const { place } = template
      if (found === undefined) {
        const message = `there is no resource "${resource}" in this stack`
        problems.push({ place, message, hint: didYouMean(resource, names, 'Resources') })
        continue
      }
      const problem = copyProblem(found, index)
      if (problem !== undefined) problems.push({ place, ...problem })
    }
  }
  for (const resource of stack.resources.values()) {
    for (const template of templatesOf(resource)) check(template)
    for (const reference of referencesOf(resource)) {
      const found = stack.resources.get(reference.resource)
      if (found === undefined) continue
      const { place, index } = reference
      const problem =
        index === undefined ? countProblem(resource, found, reference) : copyProblem(found, index)
      if (problem !== undefined) problems.push({ place, ...problem })
    }
  }
  for (const { name, ends, place } of stack.resources.values()) {
    const sizes =
      ends === undefined ? [] : [ends.source, ends.target].map((end) => targetsOf(stack, end).length)
    const differing = new Set(sizes.filter((size) => size > 1))
    if (differing.size > 1) {
      const message = `${name} links ${sizes.join(' with ')} resources, which cannot be paired`
      problems.push({ place, message, hint: 'Name one of them, or make the counts equal.' })
    }
  }
  for (const template of stack.outputs.values()) check(template)
  const cycle = problems.length === 0 ? findCycle(stack) : undefined
  if (cycle !== undefined) {
    const [first = ''] = cycle
    problems.push({
      place: stack.resources.get(first)?.place ?? { line: 1, column: 1 },
      message: `these resources depend on each other: ${cycle.join(' → ')}`,
      hint: 'Remove one of these references.',
    })
  }
  return problems
}

function copyProblem({ name, count }: StackResource, index: number | undefined) {
  if (count === undefined) {
    return index === undefined
      ? undefined
      : { message: `${name} has no count: write ${name} without [${index}]` }
  }
  if (index === undefined) {
    return { message: `${name} has count ${count}, and no copy is chosen`, hint: `For example ${name}[0].` }
  }
  return index < count
    ? undefined
    : { message: `${name} has only the copies ${name}[0] to ${name}[${count - 1}]` }
}

/** Copies of two resources are matched one to one, so their counts must be equal. */
function countProblem(from: StackResource, to: StackResource, { on }: Reference) {
  if (to.count === undefined || on !== undefined) return undefined
  const { count } = from
  if (count === undefined || count === to.count) return undefined
  return {
    message: `${from.name} has count ${count} and ${to.name} has ${to.count}, so they cannot be paired`,
    hint: `Name one, ${to.name}[0], or make the counts equal.`,
  }
}

function templatesOf({ values, documents, links }: StackResource): readonly Template[] {
  return [...[...values.values()].flat(), ...documents, ...links.flatMap(({ detail }) => detail ?? [])]
}

function referencesOf({ links, ends }: StackResource): readonly Reference[] {
  return ends === undefined ? links : [...links, ends.source, ends.target]
}

/** The names of the resources that a resource depends on. */
function needsOf(resource: StackResource): readonly string[] {
  const named = templatesOf(resource).flatMap((template) => resourcesIn(template).map((one) => one.resource))
  return [...new Set([...named, ...referencesOf(resource).map((one) => one.resource)])]
}

/** A cycle of dependencies, with the first resource repeated at the end; undefined if there is none. */
function findCycle({ resources }: Stack): readonly string[] | undefined {
  const done = new Set<string>()
  const open: string[] = []
  const visit = (name: string): readonly string[] | undefined => {
    const at = open.indexOf(name)
    if (at >= 0) return [...open.slice(at), name]
    if (done.has(name)) return undefined
    open.push(name)
    const resource = resources.get(name)
    for (const next of resource === undefined ? [] : needsOf(resource)) {
      const cycle = visit(next)
      if (cycle !== undefined) return cycle
    }
    open.pop()
    done.add(name)
    return undefined
  }
  for (const name of resources.keys()) {
    const cycle = visit(name)
    if (cycle !== undefined) return cycle
  }
  return undefined
}

/** One copy of a resource. */
export interface Instance {
  readonly resource: StackResource
  /** Undefined without `count`. */
  readonly index: number | undefined
  readonly address: string
  readonly title: string
  readonly links: readonly { readonly to: string; readonly key: string; readonly detail?: Template }[]
  readonly ends?: { readonly source: string; readonly target: string }
  /** Addresses of the instances that must exist before. */
  readonly needs: readonly string[]
}

/** All copies of all resources. A link between resources with a count is expanded, too. */
export function instancesOf(stack: Stack): readonly Instance[] {
  return [...stack.resources.values()].flatMap((resource) => copiesOf(stack, resource))
}

function copiesOf(stack: Stack, resource: StackResource): readonly Instance[] {
  const { ends } = resource
  if (ends === undefined) {
    const addresses = addressesOf(resource)
    return addresses.map((_, at) =>
      instanceOf(stack, resource, resource.count === undefined ? undefined : at),
    )
  }
  const sources = targetsOf(stack, ends.source)
  const targets = targetsOf(stack, ends.target)
  const size = Math.max(sources.length, targets.length, resource.count ?? 1)
  const hasIndex = size > 1 || resource.count !== undefined
  return Array.from({ length: size }, (_, at) => {
    const source = sources[sources.length === 1 ? 0 : at] ?? ''
    const target = targets[targets.length === 1 ? 0 : at] ?? ''
    const one = instanceOf(stack, resource, hasIndex ? at : undefined)
    return { ...one, ends: { source, target }, needs: [...new Set([...one.needs, source, target])] }
  })
}

function instanceOf(stack: Stack, resource: StackResource, index: number | undefined): Instance {
  const { name, links } = resource
  const ownLinks = links
    .filter(({ on }) => on === undefined || index === undefined || on === index + 1)
    .flatMap((reference) => {
      const all = targetsOf(stack, reference)
      const chosen = resource.count === undefined || all.length === 1 ? all : [all[index ?? 0] ?? '']
      const { key, detail } = reference
      return chosen.map((to) => ({ to, key, ...(detail === undefined ? {} : { detail }) }))
    })
  const expressions = templatesOf(resource).flatMap(resourcesIn)
  return {
    resource,
    index,
    address: addressOf(name, index),
    title: index === undefined ? name : `${name}-${index + 1}`,
    links: ownLinks,
    needs: [
      ...new Set([
        ...ownLinks.map(({ to }) => to),
        ...expressions.map((one) => addressOf(one.resource, one.index)),
      ]),
    ],
  }
}

/** The addresses that a reference refers to. */
function targetsOf(stack: Stack, { resource, index }: Reference): readonly string[] {
  if (index !== undefined) return [addressOf(resource, index)]
  const found = stack.resources.get(resource)
  return found === undefined ? [resource] : addressesOf(found)
}

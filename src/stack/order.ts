/** References between resources: checks them, and expands resources with `count` to their copies. */
import { didYouMean, type StackProblem } from './problem.js'
import { resourcesIn, type Template } from './template.js'
import { addressesOf, addressOf, type Reference, type Stack, type StackResource } from './types.js'

/** Returns problems with references: missing resources and copies, counts that do not match, and cycles. */
export function checkReferences(stack: Stack): readonly StackProblem[] {
  const resources = [...stack.resources.values()]
  const templates = [...resources.flatMap((resource) => templatesOf(resource)), ...stack.outputs.values()]
  const problems = [
    ...templates.flatMap((template) => templateProblems(stack, template)),
    ...resources.flatMap((resource) => referenceProblems(stack, resource)),
    ...resources.flatMap((resource) => pairProblems(stack, resource)),
  ]
  return problems.length > 0 ? problems : cycleProblems(stack)
}

/** Expressions that name a missing resource or copy. */
function templateProblems({ resources }: Stack, template: Template): readonly StackProblem[] {
  const { place } = template
  return resourcesIn(template).flatMap(({ resource, index }) => {
    const referenced = resources.get(resource)
    if (referenced === undefined) {
      const message = `there is no resource "${resource}" in this stack`
      return [{ place, message, hint: didYouMean(resource, [...resources.keys()], 'Resources') }]
    }
    const problem = copyProblem(referenced, index)
    return problem === undefined ? [] : [{ place, ...problem }]
  })
}

/** References to missing copies, and to resources with another count. */
function referenceProblems({ resources }: Stack, resource: StackResource): readonly StackProblem[] {
  return referencesOf(resource).flatMap((reference) => {
    const referenced = resources.get(reference.resource)
    if (referenced === undefined) return []
    const { place, index } = reference
    const problem =
      index === undefined ? countProblem(resource, referenced, reference) : copyProblem(referenced, index)
    return problem === undefined ? [] : [{ place, ...problem }]
  })
}

/** A link whose source and target have different counts. */
function pairProblems(stack: Stack, { name, ends, place }: StackResource): readonly StackProblem[] {
  if (ends === undefined) return []
  const counts = [ends.source, ends.target].map((end) => targetsOf(stack, end).length)
  if (new Set(counts.filter((count) => count > 1)).size <= 1) return []
  const message = `${name} links ${counts.join(' with ')} resources, which cannot be paired`
  return [{ place, message, hint: 'Name one of them, or make the counts equal.' }]
}

function cycleProblems(stack: Stack): readonly StackProblem[] {
  const cycle = findCycle(stack)
  if (cycle === undefined) return []
  const [first = ''] = cycle
  const place = stack.resources.get(first)?.place ?? { line: 1, column: 1 }
  const message = `these resources depend on each other: ${cycle.join(' → ')}`
  return [{ place, message, hint: 'Remove one of these references.' }]
}

/** The problem of a reference to one copy of a resource; undefined if that copy exists. */
function copyProblem(
  { name, count }: StackResource,
  index: number | undefined,
): Omit<StackProblem, 'place'> | undefined {
  if (count === undefined) {
    if (index === undefined) return undefined
    return { message: `${name} has no count: write ${name} without [${index}]` }
  }
  if (index === undefined) {
    return {
      message: `${name} has count ${count}, and no copy is chosen`,
      hint: `Name a copy, for example ${name}[0].`,
    }
  }
  if (index < count) return undefined
  return { message: `${name} has only the copies ${name}[0] to ${name}[${count - 1}]` }
}

/** The problem of two resources whose copies cannot be linked one to one, since their counts differ. */
function countProblem(
  { name, count }: StackResource,
  target: StackResource,
  { on }: Reference,
): Omit<StackProblem, 'place'> | undefined {
  if (target.count === undefined || on !== undefined) return undefined
  if (count === undefined || count === target.count) return undefined
  return {
    message: `${name} has count ${count} and ${target.name} has ${target.count}, so they cannot be paired`,
    hint: `Name one, ${target.name}[0], or make the counts equal.`,
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
  const expressions = templatesOf(resource).flatMap(resourcesIn)
  const names = [...expressions, ...referencesOf(resource)].map((each) => each.resource)
  return [...new Set(names)]
}

/** A cycle of dependencies, with the first resource repeated at the end; undefined if there is none. */
function findCycle({ resources }: Stack): readonly string[] | undefined {
  const visited = new Set<string>()
  const path: string[] = []
  const visit = (name: string): readonly string[] | undefined => {
    const index = path.indexOf(name)
    if (index >= 0) return [...path.slice(index), name]
    if (visited.has(name)) return undefined
    path.push(name)
    const resource = resources.get(name)
    for (const dependency of resource === undefined ? [] : needsOf(resource)) {
      const cycle = visit(dependency)
      if (cycle !== undefined) return cycle
    }
    path.pop()
    visited.add(name)
    return undefined
  }
  for (const name of resources.keys()) {
    const cycle = visit(name)
    if (cycle !== undefined) return cycle
  }
  return undefined
}

/** One copy of a resource, or a resource without `count`. */
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
    .filter(({ on }) => on === undefined || index === undefined || on === index + 1)
    .flatMap((reference) => {
      const targets = targetsOf(stack, reference)
      // A copy is linked to the target with the same index, unless there is only one target.
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

/** The addresses to which a reference refers: one copy, or all copies of a resource. */
function targetsOf(stack: Stack, { resource, index }: Reference): readonly string[] {
  if (index !== undefined) return [addressOf(resource, index)]
  const target = stack.resources.get(resource)
  return target === undefined ? [resource] : addressesOf(target)
}

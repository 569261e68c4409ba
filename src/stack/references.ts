/** Checks the references between the resources of a stack. */
import { targetsOf, templatesOf } from './instances.js'
import { didYouMean, type StackProblem } from './problem.js'
import { resourcesIn, type Template } from './template.js'
import type { Reference, Stack, StackResource } from './types.js'

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

/** A link whose source and target have different counts, or whose own count is another. */
function pairProblems(stack: Stack, { name, count, ends, place }: StackResource): readonly StackProblem[] {
  if (ends === undefined) return []
  const sourceCount = targetsOf(stack, ends.source).length
  const targetCount = targetsOf(stack, ends.target).length
  if (sourceCount !== targetCount && sourceCount > 1 && targetCount > 1) {
    const message = `${name} links ${sourceCount} resources to ${targetCount}, which cannot be paired`
    return [{ place, message, hint: 'Name one of them, or make the counts equal.' }]
  }
  const linkCount = Math.max(sourceCount, targetCount)
  if (count === undefined || linkCount === 1 || count === linkCount) return []
  const message = `${name} has count ${count}, but its source and target need ${linkCount} links`
  return [{ place, message, hint: `Write count: ${linkCount}, or leave it out.` }]
}

function cycleProblems(stack: Stack): readonly StackProblem[] {
  const cycle = findCycle(stack)
  if (cycle === undefined) return []
  const [first = ''] = cycle
  const place = stack.resources.get(first)?.place ?? { line: 1, column: 1 }
  const message = `these resources depend on each other: ${cycle.join(' → ')}`
  return [{ place, message, hint: 'Remove one of the references between them.' }]
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
  const copies = count === 1 ? `copy ${name}[0]` : `copies ${name}[0] to ${name}[${count - 1}]`
  return { message: `${name} has only the ${copies}` }
}

/**
 * The problem of two resources whose copies cannot be linked one to one, since their counts differ. If the reference
 * has `on`, only the copy with that number (counted from 1) is linked, so only it needs a partner.
 */
function countProblem(
  { name, count }: StackResource,
  target: StackResource,
  { on }: Reference,
): Omit<StackProblem, 'place'> | undefined {
  if (target.count === undefined || count === undefined || count === target.count) return undefined
  const hint = `Name one, ${target.name}[0], or make the counts equal.`
  if (on !== undefined) {
    if (target.count === 1 || on <= target.count) return undefined
    return { message: `${target.name} has count ${target.count}, and no copy number ${on} to link`, hint }
  }
  return {
    message: `${name} has count ${count} and ${target.name} has ${target.count}, so they cannot be paired`,
    hint,
  }
}

function referencesOf({ links, ends }: StackResource): readonly Reference[] {
  return ends === undefined ? links : [...links, ends.source, ends.target]
}

/** The names of the resources that a resource depends on. */
function dependenciesOf(resource: StackResource): readonly string[] {
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
    for (const dependency of resource === undefined ? [] : dependenciesOf(resource)) {
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

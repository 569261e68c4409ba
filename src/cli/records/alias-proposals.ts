/** Proposes aliases for what two providers offer under different names, so that one command works at both. */
import type { AliasFamily } from '../../config/types.js'
import { type Mixin, type Model, readableName } from '../../model/index.js'
import { templateOf } from '../values/alias.js'

interface AliasProposal {
  readonly family: AliasFamily
  /** The name at the first provider. */
  readonly alias: string
  /** The name at the second one. */
  readonly target: string
}

/** An image, size or network, which may have several names. */
export interface NamedOffer {
  /** The name that users know. */
  readonly name: string
  /** All names that commands accept, the shortest first. */
  readonly names: readonly string[]
  /** The cores and memory of a size, if the provider states them. */
  readonly capacity?: string | undefined
}

/**
 * Proposes a match for each name of the first provider that the second one does not know. Rules are tried in
 * this order: the same name except for case, punctuation and insignificant words; a size with the same cores
 * and memory; a name that contains all the words. A rule must match exactly one offer. A size with different
 * cores or memory is never proposed.
 */
export function proposeAliases(
  family: AliasFamily,
  before: readonly NamedOffer[],
  after: readonly NamedOffer[],
  knows: (name: string) => boolean = (name) => after.some(({ names }) => names.includes(name)),
): readonly AliasProposal[] {
  return before.flatMap((offer) => {
    if (knows(offer.name)) return []
    const found = uniqueMatch(after, offer)
    const target = found?.names[0]
    return target === undefined ? [] : [{ family, alias: offer.name, target }]
  })
}

/** The only offer that the first applicable rule matches. */
function uniqueMatch(after: readonly NamedOffer[], wanted: NamedOffer): NamedOffer | undefined {
  const words = wanted.names.map(wordsOf).filter((each) => each.length > 0)
  const candidates = after.filter(
    ({ capacity }) => capacity === undefined || wanted.capacity === undefined || capacity === wanted.capacity,
  )
  const rules: readonly ((candidate: NamedOffer) => boolean)[] = [
    ({ names }) => names.map(wordsOf).some((found) => words.some((sought) => found.join() === sought.join())),
    ({ capacity }) => capacity !== undefined && capacity === wanted.capacity,
    ({ names }) =>
      names
        .map(wordsOf)
        .some((found) => words.some((sought) => sought.every((word) => found.includes(word)))),
  ]
  for (const rule of rules) {
    const [only, ...more] = candidates.filter(rule)
    if (only !== undefined) return more.length === 0 ? only : undefined
  }
  return undefined
}

/** The significant words: `uuid_ubuntu_2404` and `Ubuntu 24.04 LTS` both give `ubuntu` and `2404`. */
function wordsOf(name: string): readonly string[] {
  const parts =
    name
      .slice(0, maxNameLength)
      .toLowerCase()
      .match(/\p{L}+|\p{N}+/gu) ?? []
  const words: string[] = []
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1]
    const numbers = /^\p{N}/u.test(part) && before !== undefined && /^\p{N}/u.test(before)
    if (numbers) words.push(`${words.pop() ?? ''}${part}`)
    else words.push(part)
  }
  return words.filter((word) => !insignificantWords.has(word))
}

const maxNameLength = 200

/** Words that do not help to identify an offer. */
const insignificantWords: ReadonlySet<string> = new Set([
  ...['uuid', 'image', 'img', 'os', 'tpl', 'template', 'flavor', 'flavour', 'size', 'mem'],
  ...['net', 'network', 'cloud', 'server', 'lts', 'the', 'amd', '64', 'x', '8664'],
])

/** Proposes aliases for images or sizes. */
export function proposeTemplates(
  family: 'os' | 'size',
  before: Model,
  after: Model,
): readonly AliasProposal[] {
  const dependsOn = templateOf[family]
  const offeredBy = (model: Model) => model.templates(dependsOn).map(family === 'os' ? imageOffer : sizeOffer)
  const knows = (name: string) => after.find(name, { class: 'mixin', dependsOn }).length > 0
  return proposeAliases(family, offeredBy(before), offeredBy(after), knows)
}

function imageOffer(mixin: Mixin): NamedOffer {
  return { name: readableName(mixin), names: namesOf(mixin) }
}

function sizeOffer(mixin: Mixin): NamedOffer {
  const [cores, memory] = ['occi.compute.cores', 'occi.compute.memory'].map((name) =>
    Number(mixin.attributes.get(name)?.default ?? Number.NaN),
  )
  const isComplete = [cores, memory].every((value) => value !== undefined && Number.isFinite(value))
  return { ...imageOffer(mixin), ...(isComplete && { capacity: `${cores} cores, ${memory}` }) }
}

function namesOf({ term, title }: Mixin): readonly string[] {
  return [term, ...(title === undefined ? [] : [title])]
}

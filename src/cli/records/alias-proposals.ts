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
 * Proposes an alias for each name of the first provider that the second one does not know. These rules are tried in
 * order:
 * 1. the same name except for case, punctuation and insignificant words;
 * 2. a size with the same cores and memory;
 * 3. a name that contains all significant words.
 *
 * A rule must match exactly one offer. A size with different cores or memory is never proposed.
 */
export function proposeAliases(
  family: AliasFamily,
  firstOffers: readonly NamedOffer[],
  secondOffers: readonly NamedOffer[],
  knows: (name: string) => boolean = (name) => secondOffers.some(({ names }) => names.includes(name)),
): readonly AliasProposal[] {
  return firstOffers.flatMap((offer) => {
    if (knows(offer.name)) return []
    const target = uniqueMatch(offer, secondOffers)?.names[0]
    return target === undefined ? [] : [{ family, alias: offer.name, target }]
  })
}

/** The only match of the first rule that matches at all; undefined if that rule matches several offers. */
function uniqueMatch(offer: NamedOffer, others: readonly NamedOffer[]): NamedOffer | undefined {
  const wordLists = offer.names.map(wordsOf).filter((words) => words.length > 0)
  const hasNameThat = (
    { names }: NamedOffer,
    matches: (candidateWords: readonly string[], words: readonly string[]) => boolean,
  ) => names.map(wordsOf).some((candidateWords) => wordLists.some((words) => matches(candidateWords, words)))
  const rules: readonly ((candidate: NamedOffer) => boolean)[] = [
    (candidate) => hasNameThat(candidate, (candidateWords, words) => candidateWords.join() === words.join()),
    ({ capacity }) => capacity !== undefined && capacity === offer.capacity,
    (candidate) =>
      hasNameThat(candidate, (candidateWords, words) => words.every((word) => candidateWords.includes(word))),
  ]
  const candidates = others.filter(
    ({ capacity }) => capacity === undefined || offer.capacity === undefined || capacity === offer.capacity,
  )
  for (const rule of rules) {
    const [match, ...moreMatches] = candidates.filter(rule)
    if (match !== undefined) return moreMatches.length === 0 ? match : undefined
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
    const previousPart = parts[index - 1] ?? ''
    // The numbers of a version are one word.
    if (/^\p{N}/u.test(part) && /^\p{N}/u.test(previousPart)) words.push(`${words.pop() ?? ''}${part}`)
    else words.push(part)
  }
  return words.filter((word) => !insignificantWords.has(word))
}

/** The characters of a name that are compared. */
const maxNameLength = 200

/** Words that do not help to identify an offer. */
const insignificantWords: ReadonlySet<string> = new Set([
  ...['uuid', 'image', 'img', 'os', 'tpl', 'template', 'flavor', 'flavour', 'size', 'mem'],
  ...['net', 'network', 'cloud', 'server', 'lts', 'the', 'amd', '64', 'x', '8664'],
])

/** Proposes aliases for images or sizes. */
export function proposeTemplates(
  family: 'os' | 'size',
  firstModel: Model,
  secondModel: Model,
): readonly AliasProposal[] {
  const dependsOn = templateOf[family]
  const offeredBy = (model: Model) => model.templates(dependsOn).map(family === 'os' ? imageOffer : sizeOffer)
  const knows = (name: string) => secondModel.find(name, { class: 'mixin', dependsOn }).length > 0
  return proposeAliases(family, offeredBy(firstModel), offeredBy(secondModel), knows)
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

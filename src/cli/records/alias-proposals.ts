/** Finds what two providers offer under different names: where an alias lets one command fit both. */
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

/** What is offered under one or several names. */
export interface Offered {
  /** The name that people use. */
  readonly name: string
  /** What commands find it by, the shortest first. */
  readonly names: readonly string[]
  /** Of a size: its cores and memory, where the provider says them. */
  readonly measure?: string | undefined
}

/**
 * For each name of the first provider that the second one does not know: the only thing there that has the same
 * name but for case, punctuation and words that say nothing; or the only size of the same cores and memory;
 * or else the only one whose name has all its words. A size of other cores or memory is never proposed.
 */
export function proposeAliases(
  family: AliasFamily,
  before: readonly Offered[],
  after: readonly Offered[],
  knows: (name: string) => boolean = (name) => after.some(({ names }) => names.includes(name)),
): readonly AliasProposal[] {
  return before.flatMap((wanted) => {
    if (knows(wanted.name)) return []
    const found = onlyOne(after, wanted)
    const target = found?.names[0]
    return target === undefined ? [] : [{ family, alias: wanted.name, target }]
  })
}

function onlyOne(after: readonly Offered[], wanted: Offered): Offered | undefined {
  const words = wanted.names.map(wordsOf).filter((each) => each.length > 0)
  const { measure: wantedMeasure } = wanted
  const likely = after.filter(
    ({ measure }) => measure === undefined || wantedMeasure === undefined || measure === wantedMeasure,
  )
  const fits: readonly ((other: Offered) => boolean)[] = [
    ({ names }) => names.map(wordsOf).some((one) => words.some((other) => one.join() === other.join())),
    ({ measure }) => measure !== undefined && measure === wantedMeasure,
    ({ names }) =>
      names.map(wordsOf).some((one) => words.some((other) => other.every((word) => one.includes(word)))),
  ]
  for (const fit of fits) {
    const [only, ...more] = likely.filter(fit)
    if (only !== undefined) return more.length === 0 ? only : undefined
  }
  return undefined
}

/** `uuid_ubuntu_2404` and `Ubuntu 24.04 LTS` are both ubuntu and 2404. */
function wordsOf(name: string): readonly string[] {
  const parts =
    name
      .slice(0, longest)
      .toLowerCase()
      .match(/\p{L}+|\p{N}+/gu) ?? []
  const words: string[] = []
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1]
    const numbers = /^\p{N}/u.test(part) && before !== undefined && /^\p{N}/u.test(before)
    if (numbers) words.push(`${words.pop() ?? ''}${part}`)
    else words.push(part)
  }
  return words.filter((word) => !empty.has(word))
}

const longest = 200

/** Words that say nothing about what is offered. */
const empty: ReadonlySet<string> = new Set([
  ...['uuid', 'image', 'img', 'os', 'tpl', 'template', 'flavor', 'flavour', 'size', 'mem'],
  ...['net', 'network', 'cloud', 'server', 'lts', 'the', 'amd', '64', 'x', '8664'],
])

/** Aliases for images or sizes. */
export function proposeTemplates(
  family: 'os' | 'size',
  before: Model,
  after: Model,
): readonly AliasProposal[] {
  const dependsOn = templateOf[family]
  const offeredBy = (model: Model) => model.templates(dependsOn).map(family === 'os' ? image : size)
  const knows = (name: string) => after.find(name, { class: 'mixin', dependsOn }).length > 0
  return proposeAliases(family, offeredBy(before), offeredBy(after), knows)
}

function image(mixin: Mixin): Offered {
  return { name: readableName(mixin), names: namesOf(mixin) }
}

function size(mixin: Mixin): Offered {
  const [cores, memory] = ['occi.compute.cores', 'occi.compute.memory'].map((name) =>
    Number(mixin.attributes.get(name)?.default ?? Number.NaN),
  )
  const said = [cores, memory].every((value) => value !== undefined && Number.isFinite(value))
  return { ...image(mixin), ...(said && { measure: `${cores} cores, ${memory}` }) }
}

function namesOf({ term, title }: Mixin): readonly string[] {
  return [term, ...(title === undefined ? [] : [title])]
}

/** `--where CONDITION`: selects entities by their values instead of by name. */
import type { Client } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import { type Entity, termOf } from '../../../model/index.js'
import type { CommandContext, Dialogue, Invocation, Surroundings } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { displayName, entityRecord, lastSegment } from '../../records/entity.js'
import { matcher } from '../../records/where-filter.js'
import { parseComparison } from '../../values/comparison.js'
import { readableItems } from './readable.js'

/** An entity that a command works on. */
export interface Target {
  /** The name that the user typed, or with --where a name that identifies the entity. */
  readonly name: string
  readonly location: string
  readonly entity?: Entity
}

export function whereOption(kind: string, many: string): OptionDeclaration {
  return {
    name: 'where',
    value: 'CONDITION',
    description: `${many} that match: state=inactive, name=old*, ${examples[termOf(kind)] ?? 'title!=x'}; may be repeated, and all conditions must hold`,
    repeatable: true,
    completion: { of: 'condition', kind },
    env: 'none',
  }
}

/** Examples of conditions, by the term of the kind. */
const examples: Readonly<Record<string, string>> = {
  compute: 'cores>=4, size!=small',
  network: 'vlan=5',
  storage: 'size>=10G',
}

/** Whether --where was given to a command that has it. */
export function hasWhere({ options }: Invocation): boolean {
  return options.has('where') && options.all('where').length > 0
}

/** The filter of --where. Throws UsageError for a malformed condition or an attribute that the kind does not have. */
export async function whereFilter(
  context: Invocation & Surroundings,
  client: Client,
  kind: string,
): Promise<(entity: Entity) => boolean> {
  const comparisons = context.options.all('where').map(parseComparison)
  const model = await client.model({ signal: context.signal })
  const modelKind = model.kind(kind) ?? model.resolve(termOf(kind), { class: 'kind' })
  return matcher(comparisons, modelKind, model)
}

/** The matching entities, sorted by name. An entity whose title is not unique is named by its id. */
export async function selectTargets(
  context: CommandContext,
  client: Client,
  kind: string,
): Promise<Target[]> {
  const matches = await whereFilter(context, client, kind)
  const selected: { location: string; entity: Entity; title: string }[] = []
  for await (const entity of readableItems(context, client.list(kind, { signal: context.signal }))) {
    const { location } = entity
    if (location !== undefined && matches(entity))
      selected.push({ location, entity, title: displayName(entityRecord(entity)) })
  }
  const countByTitle = new Map<string, number>()
  for (const { title } of selected) countByTitle.set(title, (countByTitle.get(title) ?? 0) + 1)
  return selected
    .map(({ location, entity, title }) => ({
      name: countByTitle.get(title) === 1 ? title : (lastSegment(location) ?? location),
      location,
      entity,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
}

/** Throws UsageError if --all is used together with --where or names. */
export function requireOnlyAll(context: Invocation): void {
  if (hasWhere(context)) throwWhereConflict('--all')
  if (context.words('NAME').length > 0) {
    throw new UsageError('--all and names cannot be used together', {
      hint: 'Use only one of them.',
      at: '--all',
    })
  }
}

/** Throws UsageError: --where cannot be used together with `other`. */
export function throwWhereConflict(other: string): never {
  throw new UsageError(`--where and ${other} cannot be used together`, {
    hint: 'Use only one of them.',
    at: '--where',
  })
}

/** Reports that nothing matches. This is not an error, so that a script can be run again. */
export async function reportNoMatch(context: Invocation & Dialogue, many: string): Promise<void> {
  if (context.options.isSet('quiet')) return
  await context.progress.note(`None of the ${many} matches ${context.options.all('where').join(' and ')}.`)
}

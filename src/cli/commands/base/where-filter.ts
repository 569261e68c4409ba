/** `--where CONDITION`: selects entities by attributes instead of names. */
import type { Client } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import { type Entity, termOf } from '../../../model/index.js'
import type { CommandContext, Dialogue, Invocation, Surroundings } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { displayName, entityRecord, lastSegment } from '../../records/entity.js'
import { matcher } from '../../records/where-filter.js'
import { parseComparison } from '../../values/comparison.js'
import { untilUnreadable } from './readable.js'

export interface Target {
  /** As the user wrote it; of --where, as it is shown. */
  readonly name: string
  readonly location: string
  readonly entity?: Entity
}

export function whereOption(kind: string, many: string): OptionDeclaration {
  return {
    name: 'where',
    value: 'CONDITION',
    description: `those ${many} that fit: state=inactive, name=old*, ${examples[termOf(kind)] ?? 'title!=x'}; all of several must hold`,
    repeatable: true,
    completion: { of: 'condition', kind },
    env: 'none',
  }
}

const examples: Readonly<Record<string, string>> = {
  compute: 'cores>=4, size!=small',
  network: 'vlan=5',
  storage: 'size>=10G',
}

/** Whether --where was given to a command that has it. */
export function hasWhere({ options }: Invocation): boolean {
  return options.has('where') && options.all('where').length > 0
}

/** Throws UsageError for a malformed condition or an attribute that the kind does not have. */
export async function whereFilter(
  context: Invocation & Surroundings,
  client: Client,
  kind: string,
): Promise<(entity: Entity) => boolean> {
  const comparisons = context.options.all('where').map(parseComparison)
  const model = await client.model({ signal: context.signal })
  const found = model.kind(kind) ?? model.resolve(termOf(kind), { class: 'kind' })
  return matcher(comparisons, found, model)
}

/** The names of matching entities, in order and without duplicates. */
export async function selectTargets(
  context: CommandContext,
  client: Client,
  kind: string,
): Promise<Target[]> {
  const fits = await whereFilter(context, client, kind)
  const found: { location: string; entity: Entity; title: string }[] = []
  for await (const entity of untilUnreadable(context, client.list(kind, { signal: context.signal }))) {
    const { location } = entity
    if (location !== undefined && fits(entity))
      found.push({ location, entity, title: displayName(entityRecord(entity)) })
  }
  const times = new Map<string, number>()
  for (const { title } of found) times.set(title, (times.get(title) ?? 0) + 1)
  return found
    .map(({ location, entity, title }) => ({
      name: times.get(title) === 1 ? title : (lastSegment(location) ?? location),
      location,
      entity,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
}

/** Throws UsageError: --where cannot be used together with names or --all. */
/** Throws UsageError for `--all` beside conditions or names. */
export function checkAllAlone(context: Invocation): void {
  if (hasWhere(context)) refuseTogether('--all')
  if (context.words('NAME').length > 0) {
    throw new UsageError('--all and names cannot be used together', {
      hint: 'Leave out one of them.',
      at: '--all',
    })
  }
}

export function refuseTogether(what: string): never {
  throw new UsageError(`--where and ${what} cannot be used together`, {
    hint: 'Leave out one of them.',
    at: '--where',
  })
}

/** Reports that nothing matches. It is not an error, so that scripts can run twice. */
export async function reportNoMatch(context: Invocation & Dialogue, many: string): Promise<void> {
  if (context.options.isSet('quiet')) return
  await context.progress.note(`None of the ${many} matches ${context.options.all('where').join(' and ')}.`)
}

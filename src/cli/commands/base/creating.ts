/** Runs `occi NOUN create`, for any kind. Parts of it serve --any-of, too. */

import { shellWord } from '../../../basics/shell-word.js'
import type { Created, NewEntity } from '../../../client/index.js'
import { PartialError, UsageError } from '../../../errors/errors.js'
import type { CommandContext, Dialogue, Invocation } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'
import { describeColumns, ipsColumn, nameColumn, stateColumn } from '../../records/columns.js'
import { displayName } from '../../records/entity.js'
import { type AfterCreate, finishCreate } from './after-create.js'
import { withAnswers } from './answers.js'
import { forEach } from './bulk.js'
import { checkColumns, hasOutputOptions, needsData } from './change-output.js'
import { article } from './describe.js'
import { readNewEntity } from './draft.js'
import { type ExistingOrNew, existing } from './if-not-exists.js'
import type { Draft, FollowUp, Noun } from './noun.js'
import { nameOptionsInErrors } from './option-errors.js'
import { withRollback } from './rollback.js'
import { inState, wantedState } from './wait-options.js'

/** `own` are the options that say what is created; without any of them a terminal is asked. */
export async function create(
  noun: Noun,
  given: CommandContext,
  own: readonly OptionDeclaration[],
): Promise<Output> {
  const context = given.words('NAME').length > 0 ? given : await withAnswers(given, own, noun.ask)
  requireInput(noun, context)
  const state = wantedState(context, noun.ready, noun.kind)
  await checkColumns(context, [...noun.columns, ...describeColumns([])])
  const client = await context.client()
  const { draft, entity } = await readNewEntity(noun, context, client)
  const count = countOf(context)
  const after: AfterCreate = { state, reads: needsData(context) }
  if (count > 1) return createMany(noun, context, draft, { entity, count, after })
  context.progress.show(`Creating ${entity.title ?? article(noun.one)}`)
  const { record, made, said } = await createOne(noun, context, draft, entity, after, async (location) => {
    // A terminal gets the location only if the command is interrupted; a log shows when the entity existed.
    if (state === undefined || context.streams.progress !== 'lines') return
    await context.progress.note(`Created ${location}`)
  })
  if (made) context.inform(`Created ${noun.one} ${displayName(record)}${inState(record.entity)}.`)
  for (const line of said) context.inform(line)
  context.inform(`Next: ${nextStep(noun, context, record)}`)
  return {
    shape: 'one',
    records: [record],
    columns: createdColumns(context, record),
    pipeFormat: 'id',
    terminalFormat: 'table',
  }
}

/** By the title, as people know it, where there is one. */
function nextStep(noun: Noun, context: Invocation, record: OutputRecord): string {
  const name = shellWord(displayName(record))
  const state = record.data['state']
  const isReal = context.settings.get('endpoint')?.startsWith('sandbox:') !== true
  if (state !== undefined && state !== null && state !== noun.ready) return `occi ${noun.name} wait ${name}`
  if (noun.name === 'compute' && isReal && hasAddress(record)) return `occi ssh ${name}`
  return `occi ${noun.name} describe ${name}`
}

function hasAddress({ data }: OutputRecord): boolean {
  return Array.isArray(data['ips']) && data['ips'].length > 0
}

/**
 * Creates several entities that differ in the number in their title. Each failure is listed (exit status 8).
 */
async function createMany(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  wanted: { readonly entity: NewEntity; readonly count: number; readonly after: AfterCreate },
): Promise<Output> {
  const { entity, after } = wanted
  if (entity.id !== undefined) {
    throw new UsageError('--count and --id cannot be used together', {
      hint: 'Leave out one of them.',
      at: '--count',
    })
  }
  const names = Array.from({ length: wanted.count }, (_, at) => `${entity.title ?? noun.name}-${at + 1}`)
  let count = 0
  const lines: string[] = []
  const records = await forEach(context, names, `Creating ${noun.many}`, async (title) => {
    const one = entity.title === undefined ? entity : { ...entity, title }
    const { record, made, said } = await createOne(noun, context, draft, one, after)
    if (made) count += 1
    lines.push(...said)
    return record
  })
  context.inform(`Created ${count} ${count === 1 ? noun.one : noun.many}.`)
  for (const line of lines) context.inform(line)
  return {
    shape: 'list',
    records,
    columns: noun.columns,
    pipeFormat: 'id',
    terminalFormat: 'table',
  }
}

export async function createOne(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  wanted: NewEntity,
  after: AfterCreate,
  /** Called with each location before waiting. */
  tell?: (location: string) => Promise<void>,
): Promise<{
  readonly record: OutputRecord
  readonly made: boolean
  /** What the steps after the creation say, to be said after it. */
  readonly said: readonly string[]
}> {
  const said: string[] = []
  const inSteps: CommandContext = { ...context, inform: (text) => void said.push(text) }
  const { existing: there, entity }: ExistingOrNew = context.options.isSet('if-not-exists')
    ? await existing(noun, context, draft, wanted)
    : { entity: wanted }
  if (there?.location !== undefined) {
    const { location } = there
    const found: Created = { location, entity: { ...there, location }, deviations: [] }
    const more = await followUp(draft, inSteps, { location, title: entity.title, made: false })
    const record = await finishCreate(noun, context, draft, found, {
      ...after,
      title: entity.title,
      made: false,
    })
    return { record: withMembers(record, more), made: false, said }
  }
  const created = await nameOptionsInErrors(noun, context, () =>
    withRollback(noun, context, draft.client, () => draft.client.create(entity, { signal: context.signal })),
  )
  context.noteCreated(created.location, `occi ${noun.name} delete`)
  if (tell !== undefined) await tell(created.location)
  const { title } = entity
  const more = await followUpOrRollBack(noun, inSteps, draft, { location: created.location, title })
  // The response to the creation does not show what the steps changed.
  const { entity: _, ...withoutEntity } = created
  const current = draft.followUps.length === 0 ? created : withoutEntity
  const record = await finishCreate(noun, context, draft, current, { ...after, title, made: true })
  return { record: withMembers(record, more), made: true, said }
}

/** Runs the steps after a creation. If one fails, the entity is deleted again (see withRollback). */
async function followUpOrRollBack(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  made: { readonly location: string; readonly title: string | undefined },
): Promise<Members> {
  if (draft.followUps.length === 0) return {}
  try {
    return await withRollback(noun, context, draft.client, () =>
      followUp(draft, context, { ...made, made: true }),
    )
  } catch (error) {
    if (error instanceof PartialError && error.facts?.['rolledBack'] !== undefined) {
      context.noteDeleted(made.location)
    }
    throw error
  }
}

type Members = Readonly<Record<string, unknown>>

async function followUp(
  { followUps }: Draft,
  context: CommandContext,
  entity: Parameters<FollowUp>[1],
): Promise<Members> {
  let members: Members = {}
  for (const step of followUps) members = { ...members, ...(await step(context, entity)) }
  return members
}

function withMembers(record: OutputRecord, members: Members): OutputRecord {
  return Object.keys(members).length === 0 ? record : { ...record, data: { ...record.data, ...members } }
}

/** A terminal without -o shows what is needed next; `describe` shows the rest. */
export function createdColumns(context: Invocation & Dialogue, record: OutputRecord): readonly Column[] {
  const isBrief =
    context.settings.get('output') === undefined && context.streams.out.terminal && !hasOutputOptions(context)
  return isBrief ? [nameColumn, stateColumn, ipsColumn] : describeColumns([record])
}

/** Refuses a bare `occi compute create`, for which some providers would create a machine of their choice. */
export function requireInput(
  { name, one, createExamples: [first] }: Noun,
  { options, words }: Invocation,
): void {
  if (words('NAME').length > 0 || options.commandLine().size > 0) return
  throw new UsageError(`Nothing says which ${one} is to be created`, {
    hint: `${first === undefined ? '' : `For example: ${first.command}. `}See: occi ${name} create --help`,
  })
}

export function countOf({ options }: Pick<Invocation, 'options'>): number {
  const text = options.text('count') ?? '1'
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`--count: "${text}" is not a number of things`, {
      hint: 'Give a whole number from 1.',
      at: '--count',
    })
  }
  return Number(text)
}

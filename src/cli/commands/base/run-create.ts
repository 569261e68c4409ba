/** Runs `occi NOUN create`, for any kind. any-of.ts uses parts of it. */

import { shellWord } from '../../../basics/shell-word.js'
import type { Created, NewEntity } from '../../../client/index.js'
import { PartialError, UsageError } from '../../../errors/errors.js'
import type { CommandContext, Dialogue, Invocation } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'
import { describeColumns, ipsColumn, nameColumn, stateColumn } from '../../records/columns.js'
import { displayName } from '../../records/entity.js'
import { type FinishOptions, finishCreate } from './after-create.js'
import { withAnswers } from './answers.js'
import { runForEach } from './bulk.js'
import { checkColumns, hasOutputOptions, needsData } from './change-output.js'
import { withArticle } from './describe.js'
import { readNewEntity } from './draft.js'
import { type ExistingOrNew, findExisting } from './if-not-exists.js'
import type { Draft, FollowUp, Noun } from './noun.js'
import { nameOptionsInErrors } from './option-errors.js'
import { withRollback } from './rollback.js'
import { inState, requestedStateOf } from './wait-options.js'

/**
 * Creates the entities. On a terminal, asks for the input if the command line has neither a name nor any of
 * `inputOptions`.
 */
export async function create(
  noun: Noun,
  initialContext: CommandContext,
  inputOptions: readonly OptionDeclaration[],
): Promise<Output> {
  const context =
    initialContext.words('NAME').length > 0
      ? initialContext
      : await withAnswers(initialContext, inputOptions, noun.ask)
  requireInput(noun, context)
  const state = requestedStateOf(context, noun.ready, noun.kind)
  await checkColumns(context, [...noun.columns, ...describeColumns([])])
  const client = await context.client()
  const { draft, entity } = await readNewEntity(noun, context, client)
  const count = countOf(context)
  const finishOptions: FinishOptions = { state, needsEntity: needsData(context) }
  if (count > 1) return createMany(noun, context, draft, { entity, count, finishOptions })
  context.progress.show(`Creating ${entity.title ?? withArticle(noun.one)}`)
  const { record, isNew, messages } = await createOne(
    noun,
    context,
    draft,
    entity,
    finishOptions,
    async (location) => {
      // A log shows the location before the wait; a terminal shows it only if the command is interrupted.
      if (state === undefined || context.streams.progress !== 'lines') return
      await context.progress.note(`Created ${location}`)
    },
  )
  if (isNew) context.inform(`Created ${noun.one} ${displayName(record)}${inState(record.entity)}.`)
  for (const message of messages) context.inform(message)
  context.inform(`Next: ${nextStep(noun, context, record)}`)
  return {
    shape: 'one',
    records: [record],
    columns: createdColumns(context, record),
    pipeFormat: 'id',
    terminalFormat: 'table',
  }
}

/** A command that uses the new entity, by its title if it has one. */
function nextStep(noun: Noun, context: Invocation, record: OutputRecord): string {
  const name = shellWord(displayName(record))
  const state = record.data['state']
  const isRealCloud = context.settings.get('endpoint')?.startsWith('sandbox:') !== true
  if (state !== undefined && state !== null && state !== noun.ready) return `occi ${noun.name} wait ${name}`
  if (noun.name === 'compute' && isRealCloud && hasAddress(record)) return `occi ssh ${name}`
  return `occi ${noun.name} describe ${name}`
}

function hasAddress({ data }: OutputRecord): boolean {
  return Array.isArray(data['ips']) && data['ips'].length > 0
}

/** Creates several entities whose titles differ in a number. Failures are collected (exit status 8). */
async function createMany(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  {
    entity,
    count,
    finishOptions,
  }: { readonly entity: NewEntity; readonly count: number; readonly finishOptions: FinishOptions },
): Promise<Output> {
  if (entity.id !== undefined) {
    throw new UsageError('--count and --id cannot be used together', {
      hint: 'Use only one of them.',
      at: '--count',
    })
  }
  const names = Array.from({ length: count }, (_, index) => `${entity.title ?? noun.name}-${index + 1}`)
  let createdCount = 0
  const allMessages: string[] = []
  const records = await runForEach(context, names, `Creating ${noun.many}`, async (title) => {
    const numberedEntity = entity.title === undefined ? entity : { ...entity, title }
    const { record, isNew, messages } = await createOne(noun, context, draft, numberedEntity, finishOptions)
    if (isNew) createdCount += 1
    allMessages.push(...messages)
    return record
  })
  context.inform(`Created ${createdCount} ${createdCount === 1 ? noun.one : noun.many}.`)
  for (const message of allMessages) context.inform(message)
  return {
    shape: 'list',
    records,
    columns: noun.columns,
    pipeFormat: 'id',
    terminalFormat: 'table',
  }
}

/** Creates one entity, or with --if-not-exists finds it, and runs the steps after the creation. */
export async function createOne(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  requestedEntity: NewEntity,
  finishOptions: FinishOptions,
  /** Called with the location before waiting. */
  onCreated?: (location: string) => Promise<void>,
): Promise<{
  readonly record: OutputRecord
  /** False if the entity existed before. */
  readonly isNew: boolean
  /** The messages of the steps after the creation, which are printed after the message about the creation. */
  readonly messages: readonly string[]
}> {
  const messages: string[] = []
  const stepContext: CommandContext = { ...context, inform: (text) => void messages.push(text) }
  const { existing, entity }: ExistingOrNew = context.options.isSet('if-not-exists')
    ? await findExisting(noun, context, draft, requestedEntity)
    : { entity: requestedEntity }
  const { title } = entity
  if (existing?.location !== undefined) {
    const { location } = existing
    const existingResult: Created = { location, entity: { ...existing, location }, deviations: [] }
    const members = await runFollowUps(draft, stepContext, { location, title, isNew: false })
    const record = await finishCreate(noun, context, draft, existingResult, {
      ...finishOptions,
      title,
      isNew: false,
    })
    return { record: withMembers(record, members), isNew: false, messages }
  }
  const created = await nameOptionsInErrors(noun, context, () =>
    withRollback(noun, context, draft.client, () => draft.client.create(entity, { signal: context.signal })),
  )
  context.noteCreated(created.location, `occi ${noun.name} delete`)
  await onCreated?.(created.location)
  const members = await followUpOrRollBack(noun, stepContext, draft, { location: created.location, title })
  // The response to the creation does not show what the steps changed, so its entity is not used after them.
  const { entity: _, ...withoutEntity } = created
  const result = draft.followUps.length === 0 ? created : withoutEntity
  const record = await finishCreate(noun, context, draft, result, { ...finishOptions, title, isNew: true })
  return { record: withMembers(record, members), isNew: true, messages }
}

/** Runs the steps after a creation. If one fails, the entity is deleted again (see withRollback). */
async function followUpOrRollBack(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  entity: { readonly location: string; readonly title: string | undefined },
): Promise<Members> {
  if (draft.followUps.length === 0) return {}
  try {
    return await withRollback(noun, context, draft.client, () =>
      runFollowUps(draft, context, { ...entity, isNew: true }),
    )
  } catch (error) {
    if (error instanceof PartialError && error.facts?.['rolledBack'] !== undefined) {
      context.noteDeleted(entity.location)
    }
    throw error
  }
}

/** Additional members of a record. */
type Members = Readonly<Record<string, unknown>>

async function runFollowUps(
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

/** The columns of a new entity: a few on a terminal without -o, otherwise those of `describe`. */
export function createdColumns(context: Invocation & Dialogue, record: OutputRecord): readonly Column[] {
  const isBrief =
    context.settings.get('output') === undefined && context.streams.out.terminal && !hasOutputOptions(context)
  return isBrief ? [nameColumn, stateColumn, ipsColumn] : describeColumns([record])
}

/** Throws UsageError if there is neither a name nor an option, since some providers would create a default machine. */
export function requireInput({ name, createExamples: [first] }: Noun, { options, words }: Invocation): void {
  if (words('NAME').length > 0 || options.commandLine().size > 0) return
  throw new UsageError(`"occi ${name} create" requires a name or an option`, {
    hint: `${first === undefined ? '' : `For example: ${first.command}. `}See: occi ${name} create --help`,
  })
}

/** The value of --count. Throws UsageError. */
export function countOf({ options }: Pick<Invocation, 'options'>): number {
  const text = options.text('count') ?? '1'
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`--count cannot be "${text}"`, {
      hint: 'Use a whole number from 1 to 999999.',
      at: '--count',
    })
  }
  return Number(text)
}

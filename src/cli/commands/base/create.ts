/** `occi NOUN create`, for any kind. */

import type { Created, NewEntity } from '../../../client/index.js'
import { OcciError, UsageError, withFacts } from '../../../errors/errors.js'
import { shellWord } from '../../../errors/shell-word.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { displayName, entityRecord, locationRecord } from '../../records/entity.js'
import { forEach } from './bulk.js'
import { checkColumns, wantsData } from './change-output.js'
import { article } from './describe.js'
import { draftAttributes, draftOptions, draftTexts, nameOptionsInErrors, readDraft } from './draft.js'
import { type Existing, existing, ifNotExistsOption } from './if-not-exists.js'
import type { Draft, Noun } from './noun.js'
import { keepOption, orRolledBack } from './rollback.js'
import { inState, waitFor, waitOptions, wantedState } from './wait-options.js'

export function createCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'create'],
    summary: `Create ${article(noun.one)}`,
    description: `Everything is checked against the provider's model before anything is sent. Without -o a pipe gets one line, the short name of what was created, which all commands accept.`,
    arguments: [{ name: 'NAME', description: 'its title; the same as --title', required: false }],
    options: [
      ...draftOptions(noun, noun.createParts, { title: 'a name for people', summary: 'what it is for' }),
      {
        name: 'id',
        value: 'ID|PATH',
        description: 'where it is to be: an id or a path of your choice, where the provider takes one',
        env: 'none',
      },
      {
        name: 'count',
        value: 'N',
        description: 'create so many, alike; titles are numbered: web-1, web-2',
        default: '1',
        env: 'none',
      },
      ifNotExistsOption,
      keepOption,
      ...waitOptions(noun.kind, noun.ready),
    ],
    examples: noun.createExamples,
    run: (context) => create(noun, context),
  }
}

async function create(noun: Noun, context: CommandContext): Promise<Output> {
  refuseNothing(noun, context)
  const state = wantedState(context, noun.ready)
  await checkColumns(context, [...noun.columns, ...describeColumns([])])
  const client = await context.client()
  const draft = await readDraft(noun, context, client, noun.createParts)
  const entity = newEntity(draft, context)
  const count = countOf(context)
  const after: After = { state, reads: wantsData(context) }
  if (count > 1) return createMany(noun, context, draft, { entity, count, after })
  context.progress.show(`Creating ${entity.title ?? article(noun.one)}`)
  const { record, made } = await createOne(noun, context, draft, entity, after, async (location) => {
    if (state === undefined || context.streams.progress === 'none') return
    await context.progress.note(`Created ${location}`)
  })
  const reference = shellWord(record.name ?? record.url ?? '')
  if (made) context.say(`Created ${noun.one} ${displayName(record)}${inState(record.entity)}.`)
  context.say(`Next: occi ${noun.name} describe ${reference}`)
  return {
    shape: 'one',
    records: [record],
    columns: describeColumns([record]),
    pipeFormat: 'name',
    terminalFormat: 'table',
  }
}

/** What to do after the creation, for each of the entities. */
interface After {
  /** The state to wait for. */
  readonly state: string | undefined
  /** Whether the output needs a description. */
  readonly reads: boolean
}

async function createOne(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  wanted: NewEntity,
  after: After,
  /** Called with each location before waiting. */
  tell?: (location: string) => Promise<void>,
): Promise<{ readonly record: OutputRecord; readonly made: boolean }> {
  const { there, entity }: Existing = context.options.isSet('if-not-exists')
    ? await existing(noun, context, draft, wanted)
    : { entity: wanted }
  if (there?.location !== undefined) {
    const found: Created = { location: there.location, entity: there, deviations: [] }
    return {
      record: await afterwards(noun, context, draft, found, { ...after, title: entity.title, made: false }),
      made: false,
    }
  }
  const created = await nameOptionsInErrors(noun, context, () =>
    orRolledBack(noun, context, draft.client, () => draft.client.create(entity, { signal: context.signal })),
  )
  context.made(created.location, `occi ${noun.name} delete`)
  if (tell !== undefined) await tell(created.location)
  return {
    record: await afterwards(noun, context, draft, created, { ...after, title: entity.title, made: true }),
    made: true,
  }
}

/**
 * Creates several entities that differ in the number in their title. Each failure is listed (exit status 8).
 */
async function createMany(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  wanted: { readonly entity: NewEntity; readonly count: number; readonly after: After },
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
  const records = await forEach(context, names, `Creating ${noun.many}`, async (title) => {
    const one = entity.title === undefined ? entity : { ...entity, title }
    const { record, made } = await createOne(noun, context, draft, one, after)
    if (made) count += 1
    return record
  })
  context.say(`Created ${count} ${count === 1 ? noun.one : noun.many}.`)
  return {
    shape: 'list',
    records,
    columns: noun.columns,
    pipeFormat: 'name',
    terminalFormat: 'table',
  }
}

/** Refuses a bare `occi compute create`, for which some providers would create a machine of their choice. */
function refuseNothing(
  { name, one, createExamples: [first] }: Noun,
  { options, words }: CommandContext,
): void {
  if (words('NAME').length > 0 || options.commandLine().size > 0) return
  throw new UsageError(`Nothing says which ${one} is to be created`, {
    hint: `${first === undefined ? '' : `For example: ${first.command}. `}See: occi ${name} create --help`,
  })
}

function countOf(context: CommandContext): number {
  const text = context.options.text('count') ?? '1'
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`--count: "${text}" is not a number of things`, {
      hint: 'Give a whole number from 1.',
      at: '--count',
    })
  }
  return Number(text)
}

function newEntity(draft: Draft, context: CommandContext): NewEntity {
  const word = context.word('NAME')
  const option = context.options.text('title')
  if (word !== undefined && option !== undefined && word !== option) {
    throw new UsageError(`Two titles: "${word}" and --title "${option}"`, {
      hint: 'Give one of them.',
      at: '--title',
    })
  }
  const id = idOf(context, draft)
  return {
    kind: draft.kind,
    mixins: draft.mixins,
    attributes: draftAttributes(draft),
    ...draftTexts(context),
    ...(word === undefined ? {} : { title: word }),
    ...(id === undefined ? {} : { id }),
    ...(draft.links.length === 0 ? {} : { links: draft.links }),
  }
}

/** The chosen id, or a path or URL where the provider accepts one. */
function idOf({ options }: CommandContext, { client }: Draft): string | undefined {
  const id = options.text('id')
  if (id !== undefined && URL.canParse(id) && new URL(id).origin !== new URL(client.endpoint).origin) {
    throw new UsageError(`--id cannot be "${id}": that is another server than ${client.endpoint}`, {
      hint: 'Name the other provider with --endpoint.',
      at: '--id',
    })
  }
  if (id === undefined || id.startsWith('/') || /^https?:\/\//i.test(id)) {
    if (id === undefined || !id.endsWith('/')) return id
  } else if (/^[^/?#\s]+$/.test(id) && id !== '.' && id !== '..') return id
  throw new UsageError(`--id cannot be "${id}"`, {
    hint: 'Give an id without slashes, web-1, or the whole path: /compute/web-1.',
    at: '--id',
  })
}

/**
 * Waits and reads as requested. The entity is printed even when the wait fails, so that the caller can find
 * and delete it.
 */
async function afterwards(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  created: Created,
  { title, state, reads, made }: After & { readonly title: string | undefined; readonly made: boolean },
): Promise<OutputRecord> {
  const { client } = draft
  const { location } = created
  const bare = locationRecord(location, {
    ...(title === undefined ? {} : { name: title, title }),
    kind: draft.kind.id,
    kindTerm: draft.kind.term,
  })
  try {
    if (state !== undefined) {
      const waited = await waitFor(context, client, location, title ?? noun.one, { for: 'state', state })
      if (waited !== undefined) return entityRecord(waited)
    }
    if (created.entity !== undefined && state === undefined) return entityRecord(created.entity)
    return reads ? entityRecord(await client.describe(location, { signal: context.signal })) : bare
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    context.fail(made ? withCreatedLocation(error, location) : error)
    return created.entity === undefined ? bare : entityRecord(created.entity)
  }
}

/** Adds the location to an error after the creation, so that the entity is not created again. */
export function withCreatedLocation(error: OcciError, location: string): OcciError {
  const waited = error.code === 'timeout' || error.code === 'wait-failed' || error.code === 'cancelled'
  const message = waited ? error.message : `${location} was created, but cannot be read: ${error.message}`
  return withFacts(error, { created: location }, message)
}

/** `occi NOUN create`, for any kind. */

import type { Created, NewEntity } from '../../../client/index.js'
import { knowing, OcciError, UsageError, ValidationError } from '../../../errors/errors.js'
import { type Kind, type Model, type TypeId, termOf } from '../../../model/index.js'
import type { CommandDeclaration, OptionDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { callIt, entityRecord, locationRecord } from '../../records/entity.js'
import { parseGibibytes } from '../../values/amount.js'
import { parseAssignment, toAttributes } from '../../values/assignment.js'
import { told } from '../../values/place.js'
import { mixinNamed } from '../create/mixin.js'
import type { AttributeOption, Draft, Noun } from '../noun.js'
import { forEach } from './bulk.js'
import { shellWord, wantsData } from './changed.js'
import { article } from './describe.js'
import { inState, waitFor, waitOptions, wantedState } from './wait-options.js'

export function createCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'create'],
    summary: `Create ${article(noun.one)}`,
    description: `Everything is checked against the provider's model before anything is sent. Without -o a pipe gets one line, the short name of what was created, which all commands accept.`,
    arguments: [{ name: 'NAME', description: 'its title; the same as --title', required: false }],
    options: [
      ...noun.createParts.flatMap((part) => part.options),
      ...noun.attributeOptions.map(({ option }) => option),
      { name: 'title', value: 'TITLE', description: 'a name for people', env: 'none' },
      { name: 'summary', value: 'TEXT', description: 'what it is for', env: 'none' },
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
      mixinOption,
      attributeOption(noun.kind),
      ...waitOptions(noun.kind, noun.ready),
    ],
    examples: noun.createExamples,
    run: (context) => create(noun, context),
  }
}

export const mixinOption: OptionDeclaration = {
  name: 'mixin',
  value: 'MIXIN',
  description: 'a further mixin, by term, title or identifier',
  repeatable: true,
  completion: { of: 'mixin' },
  env: 'none',
}

export function attributeOption(kind: string): OptionDeclaration {
  return {
    name: 'attribute',
    value: 'NAME=VALUE',
    description: 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value',
    repeatable: true,
    completion: { of: 'attribute', kind },
    env: 'none',
  }
}

async function create(noun: Noun, context: CommandContext): Promise<Output> {
  const state = wantedState(context, noun.ready)
  const client = await context.client()
  const model = await client.model({ signal: context.signal })
  const draft = await draftOf(noun, context, { client, model, kind: kindOf(noun, model) })
  const entity = newEntity(draft, context)
  const count = countOf(context)
  if (count > 1) return createMany(noun, context, draft, { entity, count, state })
  context.progress.show(`Creating ${entity.title ?? article(noun.one)}`)
  const record = await createOne(noun, context, draft, entity, state)
  const reference = shellWord(record.name ?? record.url ?? '')
  context.say(`Created ${noun.one} ${callIt(record)}${inState(record.entity)}.`)
  context.say(`Next: occi ${noun.name} describe ${reference}`)
  return {
    shape: 'one',
    records: [record],
    columns: describeColumns([record]),
    pipeFormat: 'name',
    terminalFormat: 'table',
  }
}

async function createOne(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  entity: NewEntity,
  state: string | undefined,
): Promise<OutputRecord> {
  const created = await pointing(noun.attributeOptions, () =>
    draft.client.create(entity, { signal: context.signal }),
  )
  context.made(created.location, `occi ${noun.name} delete`)
  return afterwards(noun, context, draft, created, { title: entity.title, state })
}

/** Alike but for the number in the title; some may fail, and each failure is listed (exit status 8). */
async function createMany(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  wanted: { readonly entity: NewEntity; readonly count: number; readonly state: string | undefined },
): Promise<Output> {
  const { entity, count, state } = wanted
  if (entity.id !== undefined) {
    throw new UsageError('--count and --id exclude each other', {
      hint: 'Leave out one of them.',
      at: '--count',
    })
  }
  const names = Array.from({ length: count }, (_, at) => `${entity.title ?? noun.name}-${at + 1}`)
  const records = await forEach(context, names, `Creating ${noun.many}`, (title) =>
    createOne(noun, context, draft, entity.title === undefined ? entity : { ...entity, title }, state),
  )
  context.say(`Created ${records.length} ${noun.many}.`)
  return {
    shape: 'list',
    records,
    columns: noun.columns,
    pipeFormat: 'name',
    terminalFormat: 'table',
  }
}

function countOf(context: CommandContext): number {
  const text = context.options.text('count') ?? '1'
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`--count: "${text}" is no number of things`, {
      hint: 'Give a whole number from 1.',
      at: '--count',
    })
  }
  return Number(text)
}

export function kindOf(noun: Noun, model: Model): Kind {
  return model.kind(noun.kind) ?? model.resolve(termOf(noun.kind), { class: 'kind' })
}

async function draftOf(
  noun: Noun,
  context: CommandContext,
  base: Pick<Draft, 'client' | 'model' | 'kind'>,
): Promise<Draft> {
  const draft: Draft = { ...base, mixins: [], assignments: [], attributes: new Map(), links: [] }
  for (const part of noun.createParts) await part.apply(context, draft)
  for (const word of context.options.all('mixin')) {
    draft.mixins.push((await mixinNamed(draft.model, word, '--mixin')).id)
  }
  applyAttributeOptions(noun.attributeOptions, context, draft)
  for (const text of context.options.all('attribute')) draft.assignments.push(parseAssignment(text))
  return draft
}

export function applyAttributeOptions(
  options: readonly AttributeOption[],
  context: CommandContext,
  draft: Pick<Draft, 'attributes' | 'assignments'>,
): void {
  for (const { option, attribute, unit } of options) {
    const text = context.options.text(option.name)
    if (text === undefined) continue
    if (unit === 'GiB') draft.attributes.set(attribute, parseGibibytes(text, `--${option.name}`))
    else draft.assignments.push({ name: attribute, text })
  }
}

/** Where the model refuses an attribute that an option sets, the option is named. */
export async function pointing<T>(options: readonly AttributeOption[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const attribute = error instanceof ValidationError ? error.at : undefined
    const found = options.find((each) => each.attribute === attribute)
    if (!(error instanceof ValidationError) || found === undefined) throw error
    const { name, value = 'VALUE' } = found.option
    throw new ValidationError(
      ...told(error, `--${name}`, `Give --${name} ${value}: ${found.option.description}.`),
    )
  }
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
  const title = option ?? word
  const summary = context.options.text('summary')
  const id = context.options.text('id')
  const definitions = draft.model.attributesOf(draft.kind.id, draft.mixins as TypeId[])
  const attributes = new Map([...draft.attributes, ...toAttributes(draft.assignments, definitions)])
  return {
    kind: draft.kind,
    mixins: draft.mixins,
    attributes,
    ...(title === undefined ? {} : { title }),
    ...(summary === undefined ? {} : { summary }),
    ...(id === undefined ? {} : { id }),
    ...(draft.links.length === 0 ? {} : { links: draft.links }),
  }
}

/**
 * Waits and reads as far as was asked for. What was created is printed even when the wait fails: whoever
 * called must be able to find and delete it.
 */
async function afterwards(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  created: Created,
  { title, state }: { readonly title: string | undefined; readonly state: string | undefined },
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
      if (context.streams.progress !== 'none') await context.progress.note(`Created ${location}`)
      const waited = await waitFor(context, client, location, title ?? noun.one, { for: 'state', state })
      if (waited !== undefined) return entityRecord(waited)
    }
    if (created.entity !== undefined && state === undefined) return entityRecord(created.entity)
    return wantsData(context)
      ? entityRecord(await client.describe(location, { signal: context.signal }))
      : bare
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    context.fail(madeAllTheSame(error, location))
    return created.entity === undefined ? bare : entityRecord(created.entity)
  }
}

/** What came after the creation failed: whoever reads the error must not create it again. */
export function madeAllTheSame(error: OcciError, location: string): OcciError {
  const waited = error.code === 'timeout' || error.code === 'wait-failed' || error.code === 'cancelled'
  const message = waited ? error.message : `${location} was created, but cannot be read: ${error.message}`
  return knowing(error, { created: location }, message)
}

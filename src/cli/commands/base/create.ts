/** `occi NOUN create`, for any kind. */

import { shellWord } from '../../../basics/shell-word.js'
import type { NewEntity } from '../../../client/index.js'
import type { Setting } from '../../../config/types.js'
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { displayName } from '../../records/entity.js'
import type { After } from './after-create.js'
import { forEach } from './bulk.js'
import { checkColumns, wantsData } from './change-output.js'
import { countOf, createdColumns, createOne, refuseNothing } from './create-one.js'
import { article } from './describe.js'
import { draftOptions, readNewEntity } from './draft.js'
import { ifNotExistsOption } from './if-not-exists.js'
import type { Draft, Noun } from './noun.js'
import { keepOption } from './rollback.js'
import { inState, waitOptions, wantedState } from './wait-options.js'

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
        description: 'number of identical resources to create; titles are numbered: web-1, web-2',
        default: '1',
        env: 'none',
      },
      {
        name: 'any-of',
        value: 'CONTEXTS',
        description: `try these contexts in order, and create it at the first that accepts: cesnet,ifca or @GROUP`,
        repeatable: true,
        conflicts: ['id', 'if-not-exists', 'keep-on-failure'],
        group: sitesGroup,
        completion: { of: 'context' },
        env: 'none',
      },
      {
        name: 'spread',
        description: 'with --count, share them out over the contexts instead of filling the first',
        conflicts: ['id', 'if-not-exists', 'keep-on-failure'],
        group: sitesGroup,
        env: 'none',
      },
      ifNotExistsOption,
      keepOption,
      ...waitOptions(noun.kind, noun.ready),
    ],
    examples: noun.createExamples,
    anyOf: {
      sites: sitesToTry,
      run: async (context, sites) => (await import('./any-of.js')).createAnyOf(noun, context, sites),
    },
    run: (context) => create(noun, context),
  }
}

const sitesGroup = 'Several sites'

/** Throws UsageError. */
function sitesToTry({ options, settings }: Invocation): Setting | undefined {
  const named = options.all('any-of')
  const spread = options.isSet('spread')
  const { several } = settings
  if (spread && countOf({ options }) < 2) {
    throw new UsageError('--spread shares out what --count makes', {
      hint: 'Give --count N with a number above 1.',
      at: '--spread',
    })
  }
  if (named.length === 0) {
    if (spread && several !== undefined) return several
    if (!spread && several === undefined) return undefined
    throw new UsageError(
      spread
        ? '--spread: over which contexts?'
        : `At which of the contexts? ${several?.source} names several`,
      {
        hint: 'Name them with --any-of cesnet,ifca: the first that accepts takes it, and with --count N --spread they take turns.',
        at: spread ? '--spread' : '--context',
      },
    )
  }
  for (const other of ['context', 'all-contexts', 'endpoint']) {
    if (!options.commandLine().has(other)) continue
    throw new UsageError(`--any-of and --${other} cannot be used together`, {
      hint: 'Leave out one of them.',
      at: '--any-of',
    })
  }
  return { value: named.join(','), origin: 'flag', source: '--any-of' }
}

async function create(noun: Noun, context: CommandContext): Promise<Output> {
  refuseNothing(noun, context)
  const state = wantedState(context, noun.ready, noun.kind)
  await checkColumns(context, [...noun.columns, ...describeColumns([])])
  const client = await context.client()
  const { draft, entity } = await readNewEntity(noun, context, client)
  const count = countOf(context)
  const after: After = { state, reads: wantsData(context) }
  if (count > 1) return createMany(noun, context, draft, { entity, count, after })
  context.progress.show(`Creating ${entity.title ?? article(noun.one)}`)
  const { record, made } = await createOne(noun, context, draft, entity, after, async (location) => {
    if (state === undefined || context.streams.progress === 'none') return
    await context.progress.note(`Created ${location}`)
  })
  if (made) context.inform(`Created ${noun.one} ${displayName(record)}${inState(record.entity)}.`)
  context.inform(`Next: ${nextStep(noun, context, record)}`)
  return {
    shape: 'one',
    records: [record],
    columns: createdColumns(context, record),
    pipeFormat: 'name',
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
  context.inform(`Created ${count} ${count === 1 ? noun.one : noun.many}.`)
  return {
    shape: 'list',
    records,
    columns: noun.columns,
    pipeFormat: 'name',
    terminalFormat: 'table',
  }
}

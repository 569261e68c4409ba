/** `occi NOUN create --any-of CONTEXTS`: at the first site that accepts. */

import { shellWord } from '../../../basics/shell-word.js'
import type { NewEntity } from '../../../client/index.js'
import type { Setting } from '../../../config/types.js'
import { isBasedOnModel, type OcciError, SitesError, UsageError, withFacts } from '../../../errors/errors.js'
import { firstThatAccepts, siteOrders, verdictFor } from '../../../federation/any-of.js'
import type { TriedSite } from '../../command.js'
import type { CommandContext, Invocation } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { displayName } from '../../records/entity.js'
import { forEach } from './bulk.js'
import { checkColumns, needsData } from './change-output.js'
import { countOf, createdColumns, createOne, requireInput } from './creating.js'
import { article } from './describe.js'
import { readNewEntity } from './draft.js'
import type { Draft, Noun } from './noun.js'
import { inState, wantedState } from './wait-options.js'

/** A site with what the options mean there. */
interface PreparedSite {
  readonly context: CommandContext
  readonly draft: Draft
  readonly entity: NewEntity
}

/** The records have the name of their site. Throws as firstThatAccepts. */
export async function createAnyOf(
  noun: Noun,
  whole: CommandContext,
  sites: readonly TriedSite[],
): Promise<Output> {
  requireInput(noun, whole)
  const count = countOf(whole)
  const after = { state: wantedState(whole, noun.ready, noun.kind), reads: needsData(whole) }
  const site = { key: 'context', heading: 'CONTEXT', value: 'context' }
  await checkColumns(whole, [site, ...noun.columns, ...describeColumns([])])
  const known = new Map<string, Promise<PreparedSite>>()
  const prepare = (one: TriedSite): Promise<PreparedSite> => {
    const before = known.get(one.name)
    if (before !== undefined) return before
    const now = prepareAt(noun, one)
    known.set(one.name, now)
    // A site that could not be asked is asked again for the next thing.
    now.catch(() => known.delete(one.name))
    return now
  }
  const title = whole.word('NAME') ?? whole.options.text('title')
  const create = async (name: string | undefined, inOrder: readonly TriedSite[]) => {
    const refusals: string[] = []
    try {
      const { site: found, result } = await firstThatAccepts(inOrder, {
        attempt: async (one, made) => {
          whole.progress.show(`Creating ${name ?? article(noun.one)} at ${one.name}`)
          const { context, draft, entity } = await prepare(one)
          let failure: OcciError | undefined
          const fail = (error: OcciError) => {
            failure = error
          }
          const wanted = name === undefined ? entity : { ...entity, title: name }
          const { record, said } = await createOne(
            noun,
            { ...context, fail },
            draft,
            wanted,
            after,
            async (location) => made(location),
          )
          if (failure !== undefined && verdictFor(failure, true) === 'remove') throw failure
          return { record, said, failure }
        },
        remove: async (one, location) => {
          const { context, draft } = await prepare(one)
          await draft.client.delete(location)
          context.noteDeleted(location)
        },
        onRefusal: ({ site: { name: refusing }, error }) =>
          void refusals.push(`${refusing}: ${error.message}`),
      })
      const { record, said, failure } = result
      for (const line of said) whole.inform(line)
      if (failure !== undefined)
        whole.fail(withFacts(failure, { context: found.name }, `${found.name}: ${failure.message}`))
      // Its title is how people address it: web@ifca. -o id prints the short id.
      return { ...record, name: displayName(record), site: found.name }
    } catch (error) {
      // It lists them itself.
      if (error instanceof SitesError) refusals.length = 0
      throw error
    } finally {
      for (const line of refusals) await whole.warn(line)
    }
  }
  const [first = []] = siteOrders(sites, 1, false)
  if (count === 1) {
    const record = await create(title, first)
    whole.inform(`Created ${noun.one} ${displayName(record)} at ${record.site}${inState(record.entity)}.`)
    whole.inform(`Next: occi ${noun.name} describe ${shellWord(`${displayName(record)}@${record.site}`)}`)
    return output([record], 'one', createdColumns(whole, record))
  }
  const orders = siteOrders(sites, count, whole.options.isSet('spread'))
  const names = orders.map((_, at) => `${title ?? noun.name}-${at + 1}`)
  const records = await forEach(whole, names, `Creating ${noun.many}`, (name) =>
    create(title === undefined ? undefined : name, orders[names.indexOf(name)] ?? first),
  )
  whole.inform(`Created ${records.length} ${records.length === 1 ? noun.one : noun.many}.`)
  return output(records, 'list', noun.columns)
}

function output(records: readonly OutputRecord[], shape: 'one' | 'list', columns: Output['columns']): Output {
  return { shape, records, columns, pipeFormat: 'id', terminalFormat: 'table' }
}

async function prepareAt(noun: Noun, site: TriedSite): Promise<PreparedSite> {
  const context = await site.open()
  const client = await context.client()
  try {
    return { context, ...(await readNewEntity(noun, context, client)) }
  } catch (error) {
    // What a remembered model refuses is looked up in a fresh one.
    if (!isBasedOnModel(error) || !(await client.recheck({ signal: context.signal }))) throw error
    return { context, ...(await readNewEntity(noun, context, client)) }
  }
}

/** Throws UsageError. */
export function sitesToTry({ options, settings }: Invocation): Setting | undefined {
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

/** `occi NOUN create --any-of CONTEXTS`: creates each entity at the first site that accepts it. */

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
import type { AfterCreate } from './after-create.js'
import { forEach } from './bulk.js'
import { checkColumns, needsData } from './change-output.js'
import { countOf, createdColumns, createOne, requireInput } from './creating.js'
import { article } from './describe.js'
import { readNewEntity } from './draft.js'
import type { Draft, Noun } from './noun.js'
import { inState, wantedState } from './wait-options.js'

/** A site, and the entity that the options describe there: images and sizes depend on the site's model. */
interface PreparedSite {
  readonly context: CommandContext
  readonly draft: Draft
  readonly entity: NewEntity
}

/** `parent` is the context of the whole command. The records name their sites. Throws like firstThatAccepts. */
export async function createAnyOf(
  noun: Noun,
  parent: CommandContext,
  sites: readonly TriedSite[],
): Promise<Output> {
  requireInput(noun, parent)
  const count = countOf(parent)
  const after = { state: wantedState(parent, noun.ready, noun.kind), reads: needsData(parent) }
  const siteColumn = { key: 'context', heading: 'CONTEXT', value: 'context' }
  await checkColumns(parent, [siteColumn, ...noun.columns, ...describeColumns([])])
  const create = creator(noun, parent, after)
  const title = parent.word('NAME') ?? parent.options.text('title')
  const [first = []] = siteOrders(sites, 1, false)
  if (count === 1) {
    const record = await create(title, first)
    parent.inform(`Created ${noun.one} ${displayName(record)} at ${record.site}${inState(record.entity)}.`)
    parent.inform(`Next: occi ${noun.name} describe ${shellWord(`${displayName(record)}@${record.site}`)}`)
    return output([record], 'one', createdColumns(parent, record))
  }
  const orders = siteOrders(sites, count, parent.options.isSet('spread'))
  const names = orders.map((_, index) => `${title ?? noun.name}-${index + 1}`)
  const records = await forEach(parent, names, `Creating ${noun.many}`, (name) =>
    create(title === undefined ? undefined : name, orders[names.indexOf(name)] ?? first),
  )
  parent.inform(`Created ${records.length} ${records.length === 1 ? noun.one : noun.many}.`)
  return output(records, 'list', noun.columns)
}

/** Returns a function that creates one entity, with the title if there is one, at the first of `sites` that accepts. */
function creator(noun: Noun, parent: CommandContext, after: AfterCreate) {
  const prepare = preparedOnce(noun)
  return async (title: string | undefined, sites: readonly TriedSite[]) => {
    const refusals: string[] = []
    try {
      const { site, result } = await firstThatAccepts(sites, {
        attempt: async (tried, onCreated) => {
          parent.progress.show(`Creating ${title ?? article(noun.one)} at ${tried.name}`)
          const { context, draft, entity } = await prepare(tried)
          let failure: OcciError | undefined
          const fail = (error: OcciError) => {
            failure = error
          }
          const { record, messages } = await createOne(
            noun,
            { ...context, fail },
            draft,
            title === undefined ? entity : { ...entity, title },
            after,
            async (location) => onCreated(location),
          )
          if (failure !== undefined && verdictFor(failure, true) === 'remove') throw failure
          return { record, messages, failure }
        },
        remove: async (tried, location) => {
          const { context, draft } = await prepare(tried)
          await draft.client.delete(location)
          context.noteDeleted(location)
        },
        onRefusal: ({ site: { name }, error }) => void refusals.push(`${name}: ${error.message}`),
      })
      const { record, messages, failure } = result
      for (const message of messages) parent.inform(message)
      if (failure !== undefined)
        parent.fail(withFacts(failure, { context: site.name }, `${site.name}: ${failure.message}`))
      // Tables show the title, by which users address the entity (web@ifca); -o id prints the short id.
      return { ...record, name: displayName(record), site: site.name }
    } catch (error) {
      // A SitesError lists the refusals itself.
      if (error instanceof SitesError) refusals.length = 0
      throw error
    } finally {
      for (const refusal of refusals) await parent.warn(refusal)
    }
  }
}

/** Opens each site and reads the options there once. A site that failed is tried again for the next entity. */
function preparedOnce(noun: Noun): (site: TriedSite) => Promise<PreparedSite> {
  const known = new Map<string, Promise<PreparedSite>>()
  return (site) => {
    const cached = known.get(site.name)
    if (cached !== undefined) return cached
    const preparing = prepareAt(noun, site)
    known.set(site.name, preparing)
    preparing.catch(() => known.delete(site.name))
    return preparing
  }
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
    // The cached model may be outdated, so the options are read again with a fresh one.
    if (!isBasedOnModel(error) || !(await client.recheck({ signal: context.signal }))) throw error
    return { context, ...(await readNewEntity(noun, context, client)) }
  }
}

/** The setting that names the sites to try; undefined for a creation at one site. Throws UsageError. */
export function sitesToTry({ command, options, settings }: Invocation): Setting | undefined {
  const named = options.all('any-of')
  const spread = options.isSet('spread')
  const { contextList } = settings
  if (spread && countOf({ options }) < 2) {
    throw new UsageError('--spread requires --count with a number above 1', {
      hint: 'Use --count N, or omit --spread.',
      at: '--spread',
    })
  }
  if (named.length === 0) {
    if (spread && contextList !== undefined) return contextList
    if (!spread && contextList === undefined) return undefined
    throw new UsageError(
      spread
        ? '--spread requires several contexts'
        : `"occi ${command}" creates at one site, but ${contextList?.source} names several`,
      {
        hint: 'Use --any-of cesnet,ifca to create at the first site that accepts; with --count N --spread, the sites take turns.',
        at: spread ? '--spread' : '--context',
      },
    )
  }
  for (const other of ['context', 'all-contexts', 'endpoint']) {
    if (!options.commandLine().has(other)) continue
    throw new UsageError(`--any-of and --${other} cannot be used together`, {
      hint: 'Use only one of them.',
      at: '--any-of',
    })
  }
  return { value: named.join(','), origin: 'flag', source: '--any-of' }
}

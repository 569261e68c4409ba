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
import type { FinishOptions } from './after-create.js'
import { runForEach } from './bulk.js'
import { checkColumns, needsData } from './change-output.js'
import { withArticle } from './describe.js'
import { readNewEntity } from './draft.js'
import type { Draft, Noun } from './noun.js'
import { countOf, createdColumns, createOne, requireInput } from './run-create.js'
import { inState, requestedStateOf } from './wait-options.js'

/** A site, and the entity that the options describe there: images and sizes depend on the site's model. */
interface PreparedSite {
  readonly context: CommandContext
  readonly draft: Draft
  readonly entity: NewEntity
}

/**
 * Creates the entities, and returns their records with the names of their sites. `parent` is the context of the whole
 * command. Throws the errors of firstThatAccepts.
 */
export async function createAnyOf(
  noun: Noun,
  parent: CommandContext,
  sites: readonly TriedSite[],
): Promise<Output> {
  requireInput(noun, parent)
  const count = countOf(parent)
  const finishOptions = {
    state: requestedStateOf(parent, noun.ready, noun.kind),
    needsEntity: needsData(parent),
  }
  const siteColumn = { key: 'context', heading: 'CONTEXT', value: 'context' }
  await checkColumns(parent, [siteColumn, ...noun.columns, ...describeColumns([])])
  const create = siteCreator(noun, parent, finishOptions)
  const title = parent.word('NAME') ?? parent.options.text('title')
  const [firstOrder = []] = siteOrders(sites, 1, false)
  if (count === 1) {
    const record = await create(title, firstOrder)
    parent.inform(`Created ${noun.one} ${displayName(record)} at ${record.site}${inState(record.entity)}.`)
    parent.inform(`Next: occi ${noun.name} describe ${shellWord(`${displayName(record)}@${record.site}`)}`)
    return outputOf([record], 'one', createdColumns(parent, record))
  }
  const orders = siteOrders(sites, count, parent.options.isSet('spread'))
  const names = orders.map((_, index) => `${title ?? noun.name}-${index + 1}`)
  const records = await runForEach(parent, names, `Creating ${noun.many}`, (name) =>
    create(title === undefined ? undefined : name, orders[names.indexOf(name)] ?? firstOrder),
  )
  parent.inform(`Created ${records.length} ${records.length === 1 ? noun.one : noun.many}.`)
  return outputOf(records, 'list', noun.columns)
}

/** Returns a function that creates one entity at the first of `sites` that accepts it. */
function siteCreator(noun: Noun, parent: CommandContext, finishOptions: FinishOptions) {
  const prepare = cachedPreparation(noun)
  return async (title: string | undefined, sites: readonly TriedSite[]) => {
    const refusals: string[] = []
    try {
      const { site, result } = await firstThatAccepts(sites, {
        attempt: async (candidate, onCreated) => {
          parent.progress.show(`Creating ${title ?? withArticle(noun.one)} at ${candidate.name}`)
          const { context, draft, entity } = await prepare(candidate)
          let failure: OcciError | undefined
          const fail = (error: OcciError) => {
            failure = error
          }
          const { record, messages } = await createOne(
            noun,
            { ...context, fail },
            draft,
            title === undefined ? entity : { ...entity, title },
            finishOptions,
            async (location) => onCreated(location),
          )
          if (failure !== undefined && verdictFor(failure, true) === 'remove') throw failure
          return { record, messages, failure }
        },
        remove: async (candidate, location) => {
          const { context, draft } = await prepare(candidate)
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

/** Returns a function that calls `prepareAt` once for each site, and again if the last call failed. */
function cachedPreparation(noun: Noun): (site: TriedSite) => Promise<PreparedSite> {
  const preparations = new Map<string, Promise<PreparedSite>>()
  return (site) => {
    const cached = preparations.get(site.name)
    if (cached !== undefined) return cached
    const preparing = prepareAt(noun, site)
    preparations.set(site.name, preparing)
    preparing.catch(() => preparations.delete(site.name))
    return preparing
  }
}

function outputOf(
  records: readonly OutputRecord[],
  shape: 'one' | 'list',
  columns: Output['columns'],
): Output {
  return { shape, records, columns, pipeFormat: 'id', terminalFormat: 'table' }
}

/** Opens the site and reads the options of the new entity with the site's model. */
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
  const anyOfValues = options.all('any-of')
  const isSpread = options.isSet('spread')
  const { contextList } = settings
  if (isSpread && countOf({ options }) < 2) {
    throw new UsageError('--spread requires --count with a number above 1', {
      hint: 'Use --count N, or omit --spread.',
      at: '--spread',
    })
  }
  if (anyOfValues.length === 0) {
    if (isSpread && contextList !== undefined) return contextList
    if (!isSpread && contextList === undefined) return undefined
    throw new UsageError(
      isSpread
        ? '--spread requires several contexts'
        : `"occi ${command}" creates at one site, but ${contextList?.source} names several`,
      {
        hint: 'Use --any-of cesnet,ifca to create at the first site that accepts; with --count N --spread, the sites take turns.',
        at: isSpread ? '--spread' : '--context',
      },
    )
  }
  for (const conflicting of ['context', 'all-contexts', 'endpoint']) {
    if (!options.commandLine().has(conflicting)) continue
    throw new UsageError(`--any-of and --${conflicting} cannot be used together`, {
      hint: 'Use only one of them.',
      at: '--any-of',
    })
  }
  return { value: anyOfValues.join(','), origin: 'flag', source: '--any-of' }
}

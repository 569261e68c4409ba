/** Runs a command at several sites at the same time, and merges the outputs. */
import type { Setting } from '../../config/types.js'
import {
  type AtSites,
  atSites,
  type FromSite,
  type SiteFailure,
  type SiteTime,
} from '../../federation/index.js'
import type { CommandDeclaration, AtSites as SitesMode } from '../command.js'
import { loadOrWatch } from '../commands/base/watch.js'
import type { CommandContext, Connector } from '../context.js'
import type { OpenContext } from '../open-context.js'
import { sanitize } from '../output/index.js'
import { formatNamed } from '../output/registry.js'
import type { Column, Output, OutputRecord } from '../output/types.js'
import { runWithFreshModel } from '../recheck.js'
import { siteTimeoutOf } from '../runtime/network.js'
import type { Runtime } from '../runtime.js'
import { commandFailure } from '../unreadable.js'
import { sitesError } from './failures.js'
import { contextColumn, mergedOutput, outputOfSite, showsRecords, withSite } from './merge.js'
import type { Placement } from './names.js'
import {
  createQueue,
  type NamedSite,
  type OpenAt,
  openAtSite,
  type SiteWords,
  sitesInSetting,
} from './open.js'
import { nameAsSetting, placementOf } from './placement.js'
import { createSharedQuestion, NotConfirmed } from './question.js'

export interface SitesRequest {
  readonly command: CommandDeclaration
  /** The setting that names several sites; undefined if only names can contain sites (`web@cesnet`). */
  readonly siteSetting: Setting | undefined
  readonly mode: SitesMode
  /** Whether the command sends no requests itself, so that there is nothing to preview. */
  readonly isLocal: boolean
  readonly openAt: OpenAt
  /** Receives each context that was opened, to close it when the command has ended. */
  readonly onOpened: (context: OpenContext) => void
}

/** A part of the result of a command at one site: its output, then each record of that output, or text. */
type Piece =
  | { readonly output: Output }
  | { readonly record: OutputRecord; readonly columns: readonly Column[] }
  | { readonly text: string }

/** A site, and the values of the command's arguments for this site. */
interface SiteWithWords extends NamedSite {
  readonly words?: SiteWords | undefined
}

/**
 * Runs the command at the sites that the user named. Returns undefined if neither a setting nor a name contains a
 * site: the command must then run as usual. Throws ConfigError, UsageError, the errors of placementOf, and SitesError
 * if no site answered.
 */
export async function runAtSites(
  request: SitesRequest,
  parent: CommandContext,
): Promise<{ readonly output: Output | undefined } | undefined> {
  const { siteSetting } = request
  const placement = await placementOf(request, parent)
  if (placement === undefined) {
    if (siteSetting === undefined) return undefined
    return { output: await runAtSeveral(request, parent, await sitesInSetting(parent, siteSetting)) }
  }
  const sites = [...placement.wordsBySite].map(([name, words]): SiteWithWords => ({ name, words }))
  const [onlySite] = sites
  const readsNamesFromStdin = request.command.arguments.some(({ name }) => parent.words(name).includes('-'))
  const hasSingleName = placement.nameCount === 1 && !readsNamesFromStdin
  if (onlySite !== undefined && hasSingleName && placement.failures.length === 0)
    return { output: await runAtOne(request, parent, onlySite) }
  return { output: await runAtSeveral(request, parent, sites, placement.failures) }
}

async function runAtSeveral(
  request: SitesRequest,
  parent: CommandContext,
  sites: readonly SiteWithWords[],
  lookupFailures: Placement['failures'] = [],
): Promise<Output | undefined> {
  const { mode } = request
  // A write is never given up: its outcome would be uncertain.
  const siteTimeout = mode === 'reads' ? siteTimeoutOf(parent.settings) : Number.POSITIVE_INFINITY
  const connectedContexts: ConnectedContexts = new Map()
  const run = (context: CommandContext) =>
    runAtEach(request, context, { sites, siteTimeout, connectedContexts })
  const watches = parent.options.has('watch') && parent.options.text('watch') !== undefined
  if (!watches || parent.preview !== undefined) {
    try {
      return await mergePieces(parent, run(parent), { sites, lookupFailures, writes: mode === 'writes' })
    } catch (error) {
      // NotConfirmed ended the work at all sites. The user sees the error that the command throws at one site.
      throw error instanceof NotConfirmed ? error.cause : error
    }
  }
  const lastResults: LastResults = new Map()
  return loadOrWatch(parent, (quiet) => mergeRepetition(run(quiet), { sites, lookupFailures, lastResults }))
}

/** Runs the command at one site, as --context does, and adds the name of the site to its records. */
async function runAtOne(
  { command, siteSetting, isLocal, openAt, onOpened }: SitesRequest,
  parent: CommandContext,
  { name, words }: SiteWithWords,
): Promise<Output | undefined> {
  const { runtime, preview } = parent
  const context = await openAt(name, runtime as Runtime & Connector, {
    siteSetting: siteSetting ?? nameAsSetting,
    words,
    flags: {},
  })
  onOpened(context)
  if (preview !== undefined && context.preview !== undefined) {
    await (await import('../preview/run.js')).previewCommand(command, context, {
      preview: context.preview,
      local: isLocal,
    })
    return undefined
  }
  const output = await runWithFreshModel(command, context)
  for (const message of context.messages) parent.inform(message)
  const failure = await commandFailure(context)
  if (failure !== undefined) parent.fail(failure)
  if (context.status !== undefined) parent.endWithStatus(context.status)
  return output === undefined ? undefined : outputOfSite(output, name)
}

/** The contexts of sites that have answered. Their connections are reused when --watch repeats the command. */
type ConnectedContexts = Map<string, OpenContext>

interface EachSiteOptions {
  readonly sites: readonly SiteWithWords[]
  readonly siteTimeout: number | undefined
  readonly connectedContexts: ConnectedContexts
}

/** Runs the command at all sites at the same time, and yields the pieces of their results. */
function runAtEach(
  { command, siteSetting, mode, isLocal, openAt, onOpened }: SitesRequest,
  parent: CommandContext,
  { sites, siteTimeout, connectedContexts }: EachSiteOptions,
): AtSites<SiteWithWords, Piece> {
  const queue = createQueue()
  const names = sites.map(({ name }) => name)
  const question = mode === 'writes' ? createSharedQuestion(names, parent.prompts) : undefined
  const abortController = new AbortController()
  async function* piecesOf(site: SiteWithWords, time: SiteTime): AsyncGenerator<Piece> {
    let output: Output | undefined
    const earlierContext = connectedContexts.get(site.name)
    const { context, writtenText } = await openAtSite(site, {
      parent,
      siteSetting: siteSetting ?? nameAsSetting,
      time,
      queue,
      openAt,
      words: site.words,
      confirmPrompts: question?.promptsFor(site.name),
      earlierContext,
      onWatch: (watchedOutput) => {
        // With --watch, a command hands its output to onWatch and returns nothing.
        output = watchedOutput
      },
    })
    // If the output is abandoned early, other sites may still be working. Closing any context therefore stops them all.
    if (earlierContext === undefined) onOpened(withCloseHook(context, () => abortController.abort()))
    const { preview } = context
    if (preview === undefined) output = (await runWithFreshModel(command, context)) ?? output
    else
      await (await import('../preview/run.js')).previewCommand(command, context, { preview, local: isLocal })
    if (output !== undefined) {
      yield { output }
      for await (const record of output.records) yield { record, columns: output.columns }
    }
    const text = writtenText()
    if (text !== '') yield { text }
    for (const message of context.messages) parent.inform(message)
    if (earlierContext === undefined) connectedContexts.set(site.name, context)
    const failure = await commandFailure(context)
    if (failure !== undefined) throw failure
  }
  return atSites(
    sites,
    async function* (site, time): AsyncGenerator<Piece> {
      try {
        yield* piecesOf(site, time)
      } finally {
        question?.finish(site.name)
      }
    },
    {
      order: printsOnArrival(parent) ? 'arrival' : 'named',
      siteTimeout,
      signal: AbortSignal.any([parent.signal, abortController.signal]),
      onWaiting: (waiting) => {
        if (waiting.length > 0) parent.progress.show('Waiting for', waiting.join(', '))
        else void parent.progress.stop()
      },
    },
  )
}

/** The same context, except that `close` first calls `onClose`. */
function withCloseHook(context: OpenContext, onClose: () => void): OpenContext {
  const close = async () => {
    onClose()
    await context.close()
  }
  return Object.create(context, { close: { value: close } }) as OpenContext
}

/** Whether records are printed as they arrive, instead of in the order of the sites. */
function printsOnArrival({ settings }: CommandContext): boolean {
  return formatNamed(settings.get('output') ?? '')?.name === 'jsonl'
}

interface MergeOptions {
  readonly sites: readonly NamedSite[]
  /** The failures of sites where the look-up of names failed, so that the command does not run there. */
  readonly lookupFailures: Placement['failures']
  /** Whether the command changes something. */
  readonly writes: boolean
}

/** Merges the results of all sites into one output, and reports the failures when all sites have ended. */
async function mergePieces(
  parent: CommandContext,
  results: AtSites<NamedSite, Piece>,
  { sites, lookupFailures, writes }: MergeOptions,
): Promise<Output | undefined> {
  const reportFailures = (hasResults: boolean) => {
    const { failures } = results
    const error = sitesError([...lookupErrors(lookupFailures), ...failures], {
      siteCount: lookupFailures.length + sites.length,
      anyAnswered: hasResults || failures.length < sites.length,
    })
    if (error?.code === 'partial') parent.fail(error)
    else if (error !== undefined) throw error
  }
  const iterator = results[Symbol.asyncIterator]()
  const firstResult = await iterator.next()
  if (firstResult.done === true) {
    reportFailures(false)
    return undefined
  }
  const pieces = startingWith(firstResult.value, iterator, () => reportFailures(true))
  if ('text' in firstResult.value.item) return textOutput(parent, pieces)
  const { output } = firstResult.value.item as { readonly output: Output }
  // Except for jsonl, records are not streamed on a terminal, which shows progress until all sites have answered. They
  // are not streamed for changes, since a prompt may appear before the last record, nor for tables that show each
  // record key by key, since their keys come from the outputs of all sites.
  if (!writes && !showsRecords(output) && (printsOnArrival(parent) || !parent.streams.out.terminal)) {
    return mergedOutput([output], recordsIn(pieces))
  }
  const outputs: Output[] = []
  const records: OutputRecord[] = []
  for await (const record of recordsIn(pieces, (siteOutput) => outputs.push(siteOutput))) records.push(record)
  return mergedOutput(outputs, records)
}

function lookupErrors(lookupFailures: Placement['failures']): readonly SiteFailure[] {
  return lookupFailures.map(({ site: name, error }) => ({ site: { name }, error }))
}

/** Yields the first piece, which was already read, then the remaining pieces. Calls `onEnd` at the end. */
async function* startingWith(
  first: FromSite<NamedSite, Piece>,
  remaining: AsyncIterator<FromSite<NamedSite, Piece>>,
  onEnd: () => void,
): AsyncGenerator<FromSite<NamedSite, Piece>> {
  try {
    yield first
    for (let next = await remaining.next(); next.done !== true; next = await remaining.next())
      yield next.value
    onEnd()
  } finally {
    await remaining.return?.()
  }
}

async function* recordsIn(
  pieces: AsyncIterable<FromSite<NamedSite, Piece>>,
  onOutput: (output: Output) => void = () => {},
): AsyncGenerator<OutputRecord> {
  for await (const { site, item } of pieces) {
    if ('output' in item) onOutput(item.output)
    else if ('record' in item) yield withSite(item.record, site.name, item.columns)
  }
}

/**
 * Prints the text that the command wrote at each site, below the site's name, in the style of `head`. If the user chose
 * a format or a query, returns the texts as records instead.
 */
async function textOutput(
  parent: CommandContext,
  pieces: AsyncIterable<FromSite<NamedSite, Piece>>,
): Promise<Output | undefined> {
  if (parent.settings.get('output') !== undefined || parent.options.text('query') !== undefined) {
    return { shape: 'list', records: textRecords(pieces), columns: textColumns }
  }
  const { out } = parent.streams
  let separator = ''
  for await (const { site, item } of pieces) {
    if (!('text' in item)) continue
    await parent.progress.stop()
    const lineEnd = item.text.endsWith('\n') ? '' : '\n'
    await out.write(`${separator}==> ${sanitize(site.name)} <==\n${item.text}${lineEnd}`)
    separator = '\n'
  }
  return undefined
}

async function* textRecords(pieces: AsyncIterable<FromSite<NamedSite, Piece>>): AsyncGenerator<OutputRecord> {
  for await (const { site, item } of pieces) {
    if ('text' in item) yield withSite({ data: { text: item.text } }, site.name, [])
  }
}

const textColumns: readonly Column[] = [contextColumn, { key: 'text', heading: 'TEXT', value: 'text' }]

/** The last result of each site. */
type LastResults = Map<string, { readonly output: Output; readonly records: readonly OutputRecord[] }>

/**
 * Merges the results of one repetition of --watch. If a site failed, its last result is used, and the output has a
 * warning, which also names the sites where the look-up of names failed. Throws if all sites failed.
 */
async function mergeRepetition(
  results: AtSites<NamedSite, Piece>,
  {
    sites,
    lookupFailures,
    lastResults,
  }: Pick<MergeOptions, 'sites' | 'lookupFailures'> & { readonly lastResults: LastResults },
): Promise<Output> {
  const currentResults = new Map<string, { readonly output: Output; readonly records: OutputRecord[] }>()
  for await (const { site, item } of results) {
    if ('output' in item) currentResults.set(site.name, { output: item.output, records: [] })
    else if ('record' in item) {
      currentResults.get(site.name)?.records.push(withSite(item.record, site.name, item.columns))
    }
  }
  const { failures } = results
  const allFailures = [...lookupErrors(lookupFailures), ...failures]
  const failed = new Set(failures.map(({ site }) => site.name))
  const [first] = failures
  if (first !== undefined && failed.size === sites.length) {
    // After the first round, loadOrWatch keeps the last output and shows the message of this error.
    if (lastResults.size > 0) throw first.error
    throw sitesError(allFailures, {
      siteCount: lookupFailures.length + sites.length,
      anyAnswered: false,
    })
  }
  for (const [name, result] of currentResults)
    if (!failed.has(name) || !lastResults.has(name)) lastResults.set(name, result)
  const siteResults = sites.flatMap(({ name }) => lastResults.get(name) ?? [])
  const warning = allFailures.map(({ site, error }) => `${site.name}: ${error.message}`).join('; ')
  return mergedOutput(
    siteResults.map(({ output }) => output),
    siteResults.flatMap(({ records }) => records),
    warning === '' ? {} : { warning },
  )
}

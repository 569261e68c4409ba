/** Runs a command at several sites at the same time, and merges the outputs. */
import type { Setting } from '../../config/types.js'
import { type AtSites, atSites, type FromSite, type SiteTime } from '../../federation/index.js'
import type { CommandDeclaration, AtSites as SitesMode } from '../command.js'
import { watched } from '../commands/base/watch.js'
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
import { createQueue, type NamedSite, type OpenAt, openAtSite, type SiteWords, sitesNamed } from './open.js'
import { placementOf, siteInName } from './placement.js'
import { createSharedQuestion, NotConfirmed } from './question.js'

export interface SitesRequest {
  readonly command: CommandDeclaration
  /** The setting that names several sites; undefined if sites can only be part of names (`web@cesnet`). */
  readonly named: Setting | undefined
  readonly mode: SitesMode
  /** Whether the command sends no requests itself, so that there is nothing to preview. */
  readonly local: boolean
  readonly openAt: OpenAt
  /** Called with each context that was opened, to close it when the command has ended. */
  readonly opened: (context: OpenContext) => void
}

/** A part of the result of a command at one site: the output, followed by its records, or text. */
type Piece =
  | { readonly output: Output }
  | { readonly record: OutputRecord; readonly of: Output }
  | { readonly text: string }

/** A site, and the words of the arguments there. */
interface SiteWithWords extends NamedSite {
  readonly words?: SiteWords | undefined
}

/**
 * Returns undefined if the user named no site, neither by a setting nor in a name, so that the command must run as
 * usual. Throws ConfigError, UsageError, the errors of locateNames, and SitesError if no site answered.
 */
export async function runAtSites(
  request: SitesRequest,
  parent: CommandContext,
): Promise<{ readonly output: Output | undefined } | undefined> {
  const { named } = request
  const placement = await placementOf(request, parent)
  if (placement === undefined) {
    if (named === undefined) return undefined
    return { output: await runAtSeveral(request, parent, await sitesNamed(parent, named)) }
  }
  const sites = [...placement.wordsBySite].map(([name, words]): SiteWithWords => ({ name, words }))
  const [only] = sites
  const readsNames = request.command.arguments.some(({ name }) => parent.words(name).includes('-'))
  if (only !== undefined && placement.count === 1 && !readsNames && placement.failures.length === 0)
    return { output: await runAtOne(request, parent, only) }
  return { output: await runAtSeveral(request, parent, sites, placement.failures) }
}

async function runAtSeveral(
  request: SitesRequest,
  parent: CommandContext,
  sites: readonly SiteWithWords[],
  lookupFailures: Placement['failures'] = [],
): Promise<Output | undefined> {
  const { mode } = request
  const siteTimeout = mode === 'reads' ? siteTimeoutOf(parent.settings) : Number.POSITIVE_INFINITY
  const connected: Connected = new Map()
  const run = (context: CommandContext) => runAtEach(request, context, { sites, siteTimeout, connected })
  const watches = parent.options.has('watch') && parent.options.text('watch') !== undefined
  if (!watches || parent.preview !== undefined) {
    try {
      return await mergePieces(parent, run(parent), { sites, lookupFailures, writes: mode === 'writes' })
    } catch (error) {
      throw error instanceof NotConfirmed ? error.cause : error
    }
  }
  const lastResults: LastResults = new Map()
  return watched(parent, (quiet) => poll(run(quiet), sites, lastResults))
}

/** Runs the command at one site, like --context does, but with the name of the site in its records. */
async function runAtOne(
  { command, named, local, openAt, opened }: SitesRequest,
  parent: CommandContext,
  { name, words }: SiteWithWords,
): Promise<Output | undefined> {
  const { runtime, preview } = parent
  const by = named ?? siteInName
  const context = await openAt(name, runtime as Runtime & Connector, { by, words, flags: {} })
  opened(context)
  if (preview !== undefined && context.preview !== undefined) {
    await (await import('../preview/run.js')).previewCommand(command, context, {
      preview: context.preview,
      local,
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
type Connected = Map<string, OpenContext>

interface EachSiteOptions {
  readonly sites: readonly SiteWithWords[]
  readonly siteTimeout: number | undefined
  readonly connected: Connected
}

function runAtEach(
  { command, named, mode, local, openAt, opened }: SitesRequest,
  parent: CommandContext,
  { sites, siteTimeout, connected }: EachSiteOptions,
): AtSites<SiteWithWords, Piece> {
  const queue = createQueue()
  const names = sites.map(({ name }) => name)
  const question = mode === 'writes' ? createSharedQuestion(names, parent.prompts) : undefined
  const stop = new AbortController()
  async function* piecesOf(site: SiteWithWords, time: SiteTime): AsyncGenerator<Piece> {
    let output: Output | undefined
    const before = connected.get(site.name)
    const { context, written } = await openAtSite(site, {
      parent,
      by: named ?? siteInName,
      time,
      queue,
      openAt,
      words: site.words,
      confirmPrompts: question?.promptsFor(site.name),
      before,
      onWatch: (watchedOutput) => {
        output = watchedOutput
      },
    })
    // Closing the context also ends the other sites, if their results are not read to the end.
    if (before === undefined) opened(withCloseHook(context, () => stop.abort()))
    const { preview } = context
    if (preview === undefined) output = (await runWithFreshModel(command, context)) ?? output
    else await (await import('../preview/run.js')).previewCommand(command, context, { preview, local })
    if (output !== undefined) {
      yield { output }
      for await (const record of output.records) yield { record, of: output }
    }
    const text = written()
    if (text !== '') yield { text }
    for (const message of context.messages) parent.inform(message)
    if (before === undefined) connected.set(site.name, context)
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
      signal: AbortSignal.any([parent.signal, stop.signal]),
      onWaiting: (waiting) => {
        if (waiting.length > 0) parent.progress.show('Waiting for', waiting.join(', '))
        else void parent.progress.stop()
      },
    },
  )
}

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

type Pieces = AsyncIterator<FromSite<NamedSite, Piece>>

async function mergePieces(
  parent: CommandContext,
  results: AtSites<NamedSite, Piece>,
  {
    sites,
    lookupFailures,
    writes,
  }: {
    readonly sites: readonly NamedSite[]
    readonly lookupFailures: Placement['failures']
    readonly writes: boolean
  },
): Promise<Output | undefined> {
  const reportFailures = (hasResults: boolean) => {
    const earlier = lookupFailures.map(({ site: name, error }) => ({ site: { name }, error }))
    const { failures } = results
    const anyAnswered = hasResults || failures.length < sites.length
    const error = sitesError([...earlier, ...failures], earlier.length + sites.length, anyAnswered)
    if (error?.code === 'partial') parent.fail(error)
    else if (error !== undefined) throw error
  }
  const iterator = results[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) {
    reportFailures(false)
    return undefined
  }
  const pieces = resumed(first.value, iterator, () => reportFailures(true))
  if ('text' in first.value.item) return textsOf(parent, pieces)
  const { output } = first.value.item as { readonly output: Output }
  // Records are streamed, except on a terminal, where progress is shown in their place until all sites have answered,
  // and for changes, since a prompt may appear before the last of them.
  if (!writes && !showsRecords(output) && (printsOnArrival(parent) || !parent.streams.out.terminal)) {
    return mergedOutput([output], recordsIn(pieces))
  }
  const outputs: Output[] = []
  const records: OutputRecord[] = []
  for await (const record of recordsIn(pieces, (each) => outputs.push(each))) records.push(record)
  return mergedOutput(outputs, records)
}

/** Yields the first piece, which was already read, and the remaining ones; then calls `onEnd`. */
async function* resumed(
  first: FromSite<NamedSite, Piece>,
  remaining: Pieces,
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
    else if ('record' in item) yield withSite(item.record, site.name, item.of.columns)
  }
}

/** Prints the text that the command wrote at each site below the site's name, in the style of `head`. */
async function textsOf(
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
 * warning. Throws if all sites failed.
 */
async function poll(
  results: AtSites<NamedSite, Piece>,
  sites: readonly NamedSite[],
  lastResults: LastResults,
): Promise<Output> {
  const current = new Map<string, { readonly output: Output; readonly records: OutputRecord[] }>()
  for await (const { site, item } of results) {
    if ('output' in item) current.set(site.name, { output: item.output, records: [] })
    else if ('record' in item) {
      current.get(site.name)?.records.push(withSite(item.record, site.name, item.of.columns))
    }
  }
  const { failures } = results
  const failed = new Set(failures.map(({ site }) => site.name))
  const [first] = failures
  if (first !== undefined && failed.size === sites.length) {
    // After the first repetition, watchOutput keeps the last output and shows the error.
    throw lastResults.size === 0 ? sitesError(failures, sites.length, false) : first.error
  }
  for (const [name, result] of current)
    if (!failed.has(name) || !lastResults.has(name)) lastResults.set(name, result)
  const shown = sites.flatMap(({ name }) => lastResults.get(name) ?? [])
  const warning = failures.map(({ site, error }) => `${site.name}: ${error.message}`).join('; ')
  return mergedOutput(
    shown.map(({ output }) => output),
    shown.flatMap(({ records }) => records),
    warning === '' ? {} : { warning },
  )
}

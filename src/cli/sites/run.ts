/** Runs a command that reads at several sites at the same time, and puts together what comes. */
import type { Setting } from '../../config/types.js'
import { type AtSites, atSites, type FromSite, type SiteTime } from '../../federation/index.js'
import type { CommandDeclaration, AtSites as Manner } from '../command.js'
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
import { createQuestion, NotConfirmed } from './question.js'

export interface SitesRequest {
  readonly command: CommandDeclaration
  /** The words that name several sites; undefined where only names of things may say where they are. */
  readonly named: Setting | undefined
  readonly manner: Manner
  /** Whether the command sends nothing to a provider by itself, so that there is nothing to preview. */
  readonly local: boolean
  readonly openAt: OpenAt
  /** Takes each context that was opened, to close it when the command has ended. */
  readonly opened: (context: OpenContext) => void
}

/** What a command gives at one site, in this order: an output and its records, or text. */
type Piece =
  | { readonly output: Output }
  | { readonly record: OutputRecord; readonly of: Output }
  | { readonly text: string }

/** A site at which the command runs, with the words that it has there. */
interface SiteWithWords extends NamedSite {
  readonly words?: SiteWords | undefined
}

/**
 * Undefined where the command does not run at sites after all: no name says where its thing is. Throws
 * ConfigError, UsageError, and what placeNames throws; SitesError where no site answered.
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
  const places = [...placement.at].map(([name, words]): SiteWithWords => ({ name, words }))
  const [only] = places
  const piped = request.command.arguments.some(({ name }) => parent.words(name).includes('-'))
  if (only !== undefined && placement.count === 1 && !piped && placement.failures.length === 0)
    return { output: await runAtOne(request, parent, only) }
  return { output: await runAtSeveral(request, parent, places, placement.failures) }
}

async function runAtSeveral(
  request: SitesRequest,
  parent: CommandContext,
  sites: readonly SiteWithWords[],
  silent: Placement['failures'] = [],
): Promise<Output | undefined> {
  const bounded = request.manner === 'reads'
  const siteTimeout = bounded ? siteTimeoutOf(parent.settings) : Number.POSITIVE_INFINITY
  const connected: Connected = new Map()
  const ask = (context: CommandContext) => runAtEach(request, context, { sites, siteTimeout, connected })
  const watches = parent.options.has('watch') && parent.options.text('watch') !== undefined
  if (!watches || parent.preview !== undefined) {
    try {
      return await mergePieces(parent, ask(parent), { sites, silent, writes: request.manner === 'writes' })
    } catch (error) {
      throw error instanceof NotConfirmed ? error.cause : error
    }
  }
  const seen: LastOutputs = new Map()
  return watched(parent, (quiet) => poll(ask(quiet), sites, seen))
}

/** The command at one site, as with --context there, but that its records say so. */
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
  for (const said of context.messages) parent.inform(said)
  const failure = await commandFailure(context)
  if (failure !== undefined) parent.fail(failure)
  if (context.status !== undefined) parent.endWithStatus(context.status)
  return output === undefined ? undefined : outputOfSite(output, name)
}

/** The sites that have answered, whose connections are used when they are asked again. */
type Connected = Map<string, OpenContext>

interface EachSiteOptions {
  readonly sites: readonly SiteWithWords[]
  readonly siteTimeout: number | undefined
  readonly connected: Connected
}

function runAtEach(
  { command, named, manner, local, openAt, opened }: SitesRequest,
  parent: CommandContext,
  { sites, siteTimeout, connected }: EachSiteOptions,
): AtSites<SiteWithWords, Piece> {
  const queue = createQueue()
  const names = sites.map(({ name }) => name)
  const question = manner === 'writes' ? createQuestion(names, parent.prompts) : undefined
  const stop = new AbortController()
  async function* piecesOf(site: SiteWithWords, time: SiteTime): AsyncGenerator<Piece> {
    let output: Output | undefined
    const onWatch = (seen: Output) => {
      output = seen
    }
    const before = connected.get(site.name)
    const common = { before, parent, by: named ?? siteInName, time, queue, openAt, onWatch }
    const own = { words: site.words, confirming: question?.at(site.name) }
    const { context, written } = await openAtSite(site, { ...common, ...own })
    // Closed when the command ends, also where nobody reads on to the end.
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
    for (const said of context.messages) parent.inform(said)
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
      onWaiting: (names) => {
        if (names.length > 0) parent.progress.show('Waiting for', names.join(', '))
        else void parent.progress.stop()
      },
    },
  )
}

function withCloseHook(context: OpenContext, more: () => void): OpenContext {
  const close = async () => {
    more()
    await context.close()
  }
  return Object.create(context, { close: { value: close } }) as OpenContext
}

function printsOnArrival({ settings }: CommandContext): boolean {
  return formatNamed(settings.get('output') ?? '')?.name === 'jsonl'
}

type Pieces = AsyncIterator<FromSite<NamedSite, Piece>>

async function mergePieces(
  parent: CommandContext,
  found: AtSites<NamedSite, Piece>,
  {
    sites,
    silent,
    writes,
  }: {
    readonly sites: readonly NamedSite[]
    readonly silent: Placement['failures']
    readonly writes: boolean
  },
): Promise<Output | undefined> {
  const end = (came: boolean) => {
    const before = silent.map(({ site: name, error }) => ({ site: { name }, error }))
    const answered = came || found.failures.length < sites.length
    const error = sitesError([...before, ...found.failures], before.length + sites.length, answered)
    if (error?.code === 'partial') parent.fail(error)
    else if (error !== undefined) throw error
  }
  const pieces = found[Symbol.asyncIterator]()
  const first = await pieces.next()
  if (first.done === true) {
    end(false)
    return undefined
  }
  const all = startingWith(first.value, pieces, () => end(true))
  if ('text' in first.value.item) return textsOf(parent, all)
  const { output } = first.value.item as { readonly output: Output }
  // On a terminal the names of the sites that are waited for stand where the rows will be. What is changed is
  // printed when all is done, since a question may come in between.
  if (!writes && !showsRecords(output) && (printsOnArrival(parent) || !parent.streams.out.terminal)) {
    return mergedOutput([output], recordsIn(all))
  }
  const outputs: Output[] = []
  const records: OutputRecord[] = []
  for await (const record of recordsIn(all, (each) => outputs.push(each))) records.push(record)
  return mergedOutput(outputs, records)
}

/** The pieces, begun with the first; `end` is called after the last. */
async function* startingWith(
  first: FromSite<NamedSite, Piece>,
  rest: Pieces,
  end: () => void,
): AsyncGenerator<FromSite<NamedSite, Piece>> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
    end()
  } finally {
    await rest.return?.()
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

/** What commands write by themselves: below the name of the site, as `head` shows several files. */
async function textsOf(
  parent: CommandContext,
  pieces: AsyncIterable<FromSite<NamedSite, Piece>>,
): Promise<Output | undefined> {
  if (parent.settings.get('output') !== undefined || parent.options.text('query') !== undefined) {
    return { shape: 'list', records: textRecords(pieces), columns: textColumns }
  }
  const { out } = parent.streams
  let before = ''
  for await (const { site, item } of pieces) {
    if (!('text' in item)) continue
    await parent.progress.stop()
    const end = item.text.endsWith('\n') ? '' : '\n'
    await out.write(`${before}==> ${sanitize(site.name)} <==\n${item.text}${end}`)
    before = '\n'
  }
  return undefined
}

async function* textRecords(pieces: AsyncIterable<FromSite<NamedSite, Piece>>): AsyncGenerator<OutputRecord> {
  for await (const { site, item } of pieces) {
    if ('text' in item) yield withSite({ data: { text: item.text } }, site.name, [])
  }
}

const textColumns: readonly Column[] = [contextColumn, { key: 'text', heading: 'TEXT', value: 'text' }]

/** What each site showed when it answered last. */
type LastOutputs = Map<string, { readonly output: Output; readonly records: readonly OutputRecord[] }>

/** Of a site that does not answer now, what was seen last stays. Throws where none answers. */
async function poll(
  found: AtSites<NamedSite, Piece>,
  sites: readonly NamedSite[],
  seen: LastOutputs,
): Promise<Output> {
  const now = new Map<string, { readonly output: Output; readonly records: OutputRecord[] }>()
  for await (const { site, item } of found) {
    if ('output' in item) now.set(site.name, { output: item.output, records: [] })
    else if ('record' in item) {
      now.get(site.name)?.records.push(withSite(item.record, site.name, item.of.columns))
    }
  }
  const failed = new Set(found.failures.map(({ site }) => site.name))
  const [first] = found.failures
  if (first !== undefined && failed.size === sites.length) {
    // A later failure may pass: what was seen stays (see watchOutput).
    throw seen.size === 0 ? sitesError(found.failures, sites.length, false) : first.error
  }
  for (const [name, look] of now) if (!failed.has(name) || !seen.has(name)) seen.set(name, look)
  const looks = sites.flatMap(({ name }) => seen.get(name) ?? [])
  const warning = found.failures.map(({ site, error }) => `${site.name}: ${error.message}`).join('; ')
  return mergedOutput(
    looks.map(({ output }) => output),
    looks.flatMap(({ records }) => records),
    warning === '' ? {} : { warning },
  )
}

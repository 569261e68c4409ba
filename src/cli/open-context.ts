/** Opens the CommandContext of one run of a command. */

import type { Settings } from '../config/types.js'
import { type OcciError, UsageError } from '../errors/errors.js'
import { type PipeTimeouts, UnreadableFileError } from '../files/index.js'
import type { CommandContext, Connection, Connector, UnreadablePart } from './context.js'
import { warningLine } from './errors/report.js'
import type { OptionValues, ParsedWords } from './options/values.js'
import { printsErrorsAsJson } from './output/registry.js'
import { sanitizeLines } from './output/sanitize.js'
import type { Output, OutputOptions } from './output/types.js'
import { createPreview, type Preview } from './preview.js'
import type { Progress } from './progress.js'
import type { Observer, Runtime } from './runtime.js'
import type { Streams } from './streams.js'
import { parseDuration } from './values/duration.js'

export interface CreatedEntity {
  readonly url: string
  /** `occi compute delete` */
  readonly deleteCommand: string
}

export interface OpenContext extends CommandContext {
  /** Messages that are printed after the output. */
  readonly messages: readonly string[]
  readonly failure: OcciError | undefined
  readonly unreadable: readonly UnreadablePart[]
  readonly outputSource: 'entities' | 'model' | undefined
  /** The exit status of the program that the command ran, such as ssh. */
  readonly status: number | undefined
  readonly created: readonly CreatedEntity[]
  close(): Promise<void>
}

interface OpenRequest {
  readonly command: string
  readonly runtime: Runtime & Connector
  readonly parsed: ParsedWords
  readonly settings: Settings
  readonly settingsFor: CommandContext['settingsFor']
  readonly streams: Streams
  /** Creates the observer of exchanges; `note` prints a line without disturbing the progress display. */
  readonly observer?: (note: (line: string) => void) => Observer
  readonly site?: SiteRun | undefined
}

/** The run of a command at one of several sites. */
export interface SiteRun {
  /** The name of its context, which prefixes every message. */
  readonly name: string
  /** The context of the whole command; all sites share its standard input and progress display. */
  readonly parent: CommandContext
  /** With --watch: receives the output of one poll, because all sites are polled together. */
  readonly onWatch: (output: Output) => void
}

/** Opens a context. It uses the connection of `previous`, an earlier context of the same command line. */
export function openContext(
  { command, runtime, parsed, settings, settingsFor, streams, observer, site }: OpenRequest,
  previous?: CommandContext,
): OpenContext {
  const messages: string[] = []
  const created: CreatedEntity[] = []
  let failure: OcciError | undefined
  let outputSource: OpenContext['outputSource']
  const unreadable: UnreadablePart[] = []
  let programStatus: number | undefined
  let connection: Promise<Connection> | undefined
  let stdinReader: string | undefined
  let stdin: Promise<Buffer> | undefined
  const withSiteName = (text: string) => (site === undefined ? text : `${site.name}: ${text}`)
  const progress = site === undefined ? runtime.progress(streams) : siteProgress(site, withSiteName)
  const prompts = runtime.prompts(streams)
  const context: OpenContext = {
    command,
    words: (argument) => parsed.arguments.get(argument) ?? [],
    word: (argument) => parsed.arguments.get(argument)?.[0],
    options: parsed.options,
    settings,
    settingsFor,
    streams,
    runtime,
    clock: runtime.clock,
    signal: runtime.signal,
    prompts,
    progress,
    observer: observer?.((line) => void progress.note(line)),
    preview: previous === undefined ? previewFor(parsed) : previous.preview,
    async client() {
      if (previous !== undefined) return previous.client()
      connection ??= runtime.connect(context)
      return (await connection).client
    },
    login: (log, options, at = context) => runtime.login(at, log, options),
    connect: (at) => runtime.connect(at),
    async stdin(reader, purpose) {
      if (site !== undefined) return site.parent.stdin(reader, purpose)
      // A command that runs again with a fresh model (recheck.ts) uses the input of its first run.
      if (stdin !== undefined && stdinReader === reader) return stdin
      if (stdinReader !== undefined) {
        throw new UsageError(`${stdinReader} and ${reader} cannot both read standard input`, {
          hint: 'Use a file for one of them.',
          at: reader,
        })
      }
      stdinReader = reader
      if (streams.stdinTerminal)
        await streams.err.write(`Reading ${reader} from the terminal; end with Ctrl-D.\n`)
      try {
        stdin = streams.readStdin(purpose, stdinTimeouts(settings, streams.stdinTerminal))
        return await stdin
      } catch (cause) {
        if (!(cause instanceof UnreadableFileError)) throw cause
        throw new UsageError(`${reader}: standard input cannot be read: ${cause.reason}`, {
          at: reader,
          cause,
        })
      }
    },
    async print(output) {
      await progress.stop()
      await runtime.print(
        output,
        outputOptions(parsed.options, settings),
        withoutAnimation(streams, progress),
      )
    },
    async checkNames(columns, sample) {
      const { checkNames } = await import('./output/index.js')
      checkNames(outputOptions(parsed.options, settings), columns, sample)
    },
    async watch(load, interval) {
      if (site !== undefined) return site.onWatch(await load())
      const { watchOutput } = await import('./output/index.js')
      const { clock, signal } = runtime
      await watchOutput(load, outputOptions(parsed.options, settings), streams, { clock, signal, interval })
      // Ctrl-C ends the loop and is reported as in other commands.
      signal.throwIfAborted()
    },
    // Messages often quote names from the provider, so they are sanitized.
    inform: (text) => {
      messages.push(sanitizeLines(withSiteName(text)))
    },
    noteCreated: (url, remove) => {
      created.push({ url, deleteCommand: site === undefined ? remove : `${remove} --context ${site.name}` })
    },
    warn: (text) =>
      site === undefined
        ? progress.note(warningLine(text, { json: printsErrorsAsJson(settings.get('output')) }))
        : site.parent.warn(withSiteName(text)),
    noteDeleted: (url) => {
      const index = created.findIndex((entity) => entity.url === url)
      if (index >= 0) created.splice(index, 1)
    },
    fail: (error) => {
      failure = error
    },
    reportUnreadable: (part) => {
      if (previous !== undefined) previous.reportUnreadable(part)
      unreadable.push(part)
    },
    declareOutputSource: (of) => {
      outputSource = of
    },
    unreadable,
    get outputSource() {
      return outputSource
    },
    endWithStatus: (code) => {
      programStatus = code
    },
    get status() {
      return programStatus
    },
    get messages() {
      return messages
    },
    created,
    get failure() {
      return failure
    },
    async close() {
      await progress.stop()
      if (connection === undefined) return
      const openConnection = await connection.catch(() => undefined)
      await openConnection?.close()
    },
  }
  return context
}

/** The progress of one site. Forwards only notes and waiting, since the command shows the progress of all sites. */
function siteProgress({ parent }: SiteRun, withSiteName: (text: string) => string): Progress {
  return {
    show: () => {},
    count: () => {},
    awaiting: (text) => parent.progress.awaiting(text),
    note: (text) => parent.progress.note(withSiteName(text)),
    stop: async () => {},
  }
}

/** Streams that erase the animation before each write, since it may run while more records are arriving. */
function withoutAnimation(streams: Streams, progress: Progress): Streams {
  if (streams.progress !== 'spinner') return streams
  const write = async (text: string) => {
    await progress.stop()
    await streams.out.write(text)
  }
  return Object.create(streams, { out: { value: Object.create(streams.out, { write: { value: write } }) } })
}

/** Milliseconds. No command whose output is piped into this one is expected to run longer. */
const pipeTimeout = 3_600_000

/** Input from a terminal has no time limit unless --deadline sets one. */
function stdinTimeouts(settings: Settings, terminal: boolean): PipeTimeouts {
  const deadline = settings.get('deadline')
  const limit = deadline === undefined ? undefined : parseDuration(deadline, '--deadline')
  const total = limit || (terminal ? Number.POSITIVE_INFINITY : pipeTimeout)
  return { idle: Number.POSITIVE_INFINITY, total }
}

export function outputOptions(options: OptionValues, settings: Settings): OutputOptions {
  return {
    format: settings.get('output'),
    columns: options
      .text('columns')
      ?.split(',')
      .map((key) => key.trim()),
    sort: options.text('sort'),
    header: settings.isOn('no-header') ? false : undefined,
    query: options.text('query'),
    template: options.text('template'),
    formulas: csvFormulasOf(settings.get('csv-formulas')),
  }
}

function csvFormulasOf(text: string | undefined): OutputOptions['formulas'] {
  return text === 'keep' || text === 'defuse' ? text : undefined
}

function previewFor({ options }: ParsedWords): Preview | undefined {
  const isSet = (name: string) => options.has(name) && options.isSet(name)
  if (isSet('curl')) return createPreview('curl')
  return isSet('dry-run') ? createPreview('http') : undefined
}

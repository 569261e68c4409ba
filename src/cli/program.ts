/** Runs a command line: parses it, runs the command, prints its output, and reports errors. */

import { shellWord } from '../basics/shell-word.js'
import type { ContextChoice, SettingDefinition, Settings } from '../config/types.js'
import { OcciError, OutcomeUnknownError } from '../errors/errors.js'
import { switchWord } from '../settings/switch.js'
import type { AtSites, CommandDeclaration, CommandEntry, CommandGroup } from './command.js'
import type { CommandContext, Connector } from './context.js'
import { exitInterrupted } from './errors/exit-codes.js'
import { reportError, warningLine } from './errors/report.js'
import {
  type CreatedEntity,
  type OpenContext,
  openContext,
  outputOptions,
  type SiteRun,
} from './open-context.js'
import type { SettingOption } from './options/declaration.js'
import { asSetting } from './options/global.js'
import type { OptionValues, ParsedWords } from './options/values.js'
import { checkOptions, createPaint, errorsAsJson, sanitize, wrapLines } from './output/index.js'
import type { Output } from './output/types.js'
import { CommandLine, type CommandRequest } from './parse/command-line.js'
import { discoverNoun, discoverVerb } from './parse/discover.js'
import { runWithFreshModel } from './recheck.js'
import type { Runtime } from './runtime.js'
import type { SitesRequest } from './sites/run.js'
import type { StreamPreferences } from './streams.js'
import { commandFailure } from './unreadable.js'

/** Runs a command line and returns the exit status. Prints errors to the runtime's standard error; never rejects. */
export async function run(
  argv: readonly string[],
  runtime: Runtime & Connector,
  entries: readonly CommandEntry[],
): Promise<number> {
  const openContexts: OpenContext[] = []
  const line = new CommandLine({
    entries,
    environment: runtime.environment,
    plugin: async (name) => (await runtime.plugins()).find(name),
    discover: async (words, { options, globals }) => {
      const parsed = { arguments: new Map(), options }
      const path = [words.noun, words.verb ?? '']
      const context = await createContext(runtime, parsed, globals, { path })
      openContexts.push(context)
      const discoverIn = (at: CommandContext) =>
        words.verb === undefined ? discoverNoun(words.noun, at) : discoverVerb(words, at)
      const { contextList } = context.settings
      if (contextList === undefined) return discoverIn(context)
      const { discoverAtSites } = await import('./sites/discover.js')
      const request = { siteSetting: contextList, ...sitesOf({ path, parsed, globals }, openContexts) }
      return discoverAtSites<CommandGroup | CommandDeclaration>(request, context, discoverIn)
    },
  })
  let settings: Settings | undefined
  try {
    const request = await line.read(argv)
    return await execute(request, line, runtime, entries, openContexts, (commandSettings) => {
      settings = commandSettings
    })
  } catch (error) {
    await Promise.all(openContexts.map((context) => context.progress.stop()))
    const interrupted = interruption(runtime.signal)
    const format = settings === undefined ? line.options.text('output') : settings.get('output')
    const created = openContexts.flatMap((context) => context.created)
    if (interrupted === undefined) {
      const status = await printError(error, runtime, line.options, format)
      // An OcciError names the entities that it leaves behind; a failed output says nothing about them.
      const lost = status !== 0 && !(error instanceof OcciError)
      if (lost) await toStandardError(createdText(created, 'not printed', format), runtime, line.options)
      return status
    }
    await toStandardError(createdText(created, 'interrupted', format), runtime, line.options)
    if (error instanceof OutcomeUnknownError) await printError(error, runtime, line.options, format)
    return interrupted
  } finally {
    await Promise.all(openContexts.map((context) => context.close().catch(() => {})))
  }
}

async function execute(
  request: CommandRequest,
  line: CommandLine,
  runtime: Runtime & Connector,
  entries: readonly CommandEntry[],
  openContexts: OpenContext[],
  onSettings: (settings: Settings) => void,
): Promise<number> {
  if (request.action === 'version') {
    await runtime.streams({}).out.write(`${runtime.version}\n`)
    return 0
  }
  if (request.action === 'help') {
    const streams = runtime.streams(preferencesOf(line.options))
    const { helpText } = await import('./help/index.js')
    const paint = await createPaint(streams.out.color)
    const page = { paint, width: streams.out.width, plugins: async () => (await runtime.plugins()).names() }
    await streams.out.write(await helpText(request.page, page, entries))
    return 0
  }
  if (request.action === 'plugin') {
    const { runPlugin } = await import('./plugin.js')
    return runPlugin(request, runtime)
  }
  const { command, globals, parsed } = request
  const choice = command.contextless === true ? ({ context: 'none' } as const) : undefined
  const context = await createContext(runtime, parsed, globals, {
    previous: openContexts.at(-1),
    choice,
    path: command.path,
  })
  openContexts.push(context)
  onSettings(context.settings)
  await runCommand(command, context, entries, sitesOf({ path: command.path, parsed, globals }, openContexts))
  const failure = await commandFailure(context)
  if (failure !== undefined) throw failure
  return context.status ?? 0
}

interface CommandWords {
  readonly path: readonly string[]
  readonly parsed: ParsedWords
  readonly globals: readonly SettingOption[]
}

/** The functions that open contexts of the same command line at other sites; run() closes all contexts. */
function sitesOf(
  { path, parsed, globals }: CommandWords,
  openContexts: OpenContext[],
): Pick<SitesRequest, 'openAt' | 'onOpened'> {
  return {
    openAt: (name, runtime, { siteSetting, flags, words, earlierContext: previous, siteRun: site }) => {
      const choice = { context: 'named', name, namedBy: siteSetting } as const
      const siteWords =
        words === undefined ? parsed : { ...parsed, arguments: new Map([...parsed.arguments, ...words]) }
      return createContext(runtime, siteWords, globals, { previous, choice, path, site, flags })
    },
    onOpened: (context) => void openContexts.push(context),
  }
}

async function runCommand(
  command: CommandDeclaration,
  context: OpenContext,
  entries: readonly CommandEntry[],
  sites: Pick<SitesRequest, 'openAt' | 'onOpened'>,
): Promise<void> {
  const { options, streams, preview, settings } = context
  // Output options are checked before anything is created, since invalid ones would prevent printing the result.
  await checkOptions(outputOptions(options, settings), command.formats)
  const local = entries.find(({ name }) => name === command.path[0])?.local === true
  if (local && options.commandLine().has('record')) {
    await context.warn('--record: this command sends nothing to a provider, so there is nothing to record')
  }
  const sitesToTry = await command.anyOf?.sites(context)
  const mode = sitesToTry === undefined ? await siteModeOf(command, context) : undefined
  let sitesResult: { readonly output: Output | undefined } | undefined
  if (sitesToTry !== undefined) {
    const { runAtFirst } = await import('./sites/any-of.js')
    sitesResult = await runAtFirst({ ...sites, command, isLocal: local, siteSetting: sitesToTry }, context)
  } else if (mode !== undefined) {
    const { runAtSites } = await import('./sites/run.js')
    sitesResult = await runAtSites(
      { ...sites, command, isLocal: local, mode, siteSetting: settings.contextList },
      context,
    )
  }
  if (sitesResult === undefined && preview !== undefined) {
    const { previewCommand } = await import('./preview/run.js')
    return previewCommand(command, context, { preview, local })
  }
  const output =
    sitesResult !== undefined
      ? sitesResult.output
      : await runWithFreshModel(command, context).catch(async (error: unknown) => {
          if (mode === undefined) throw error
          throw await (await import('./sites/placement.js')).explainUnknownContext(error, command, context)
        })
  await context.progress.stop()
  if (output !== undefined) await context.print(output)
  if (context.messages.length > 0 && streams.err.terminal && !options.isSet('quiet')) {
    for (const text of context.messages) await streams.err.write(`${wrapLines(text, streams.err.width)}\n`)
  }
}

/** How the command runs at several sites; undefined if it runs only at the current site. */
async function siteModeOf(
  { atSites, arguments: declared }: CommandDeclaration,
  context: CommandContext,
): Promise<AtSites | undefined> {
  const mode = typeof atSites === 'function' ? atSites(context) : atSites
  if (mode === undefined || context.settings.contextList !== undefined) return mode
  if (context.options.commandLine().has('endpoint')) return undefined
  for (const { name, variadic, completion } of declared) {
    if (completion?.of !== 'entity') continue
    let names = context.words(name)
    if (variadic === true && names.includes('-')) {
      const { readNames } = await import('./commands/base/targets.js')
      names = await readNames(context, name)
    }
    // A name like web@cesnet, or a URL, which may belong to the endpoint of another context.
    if (names.some((each) => /@|:\/\//.test(each))) return mode
  }
  return undefined
}

interface ContextOptions {
  readonly previous?: CommandContext | undefined
  readonly choice?: ContextChoice | undefined
  /** The words that name the command. */
  readonly path: readonly string[]
  readonly site?: SiteRun | undefined
  /** Settings that override those of the command line. */
  readonly flags?: Readonly<Record<string, string>> | undefined
}

async function createContext(
  runtime: Runtime & Connector,
  parsed: ParsedWords,
  globals: readonly SettingOption[],
  { previous, choice, path, site, flags: overrides = {} }: ContextOptions,
): Promise<OpenContext> {
  const flags = { ...parsed.options.asSettings(), ...overrides }
  const settingsFor = (definitions: readonly SettingDefinition[]) =>
    runtime.settings({ definitions, flags, choice })
  const settings = await settingsFor(globals.map(asSetting))
  const streams = runtime.streams(preferencesOf(parsed.options))
  const command = path.join(' ').trim()
  return openContext({ command, runtime, parsed, settings, settingsFor, streams, site }, previous)
}

function preferencesOf(options: OptionValues): StreamPreferences {
  const color = options.isSet('no-color') ? 'never' : options.text('color')
  return {
    color: color === 'always' || color === 'never' ? color : 'auto',
    input: options.isSet('no-input') ? 'never' : 'auto',
    progress: options.isSet('quiet') ? 'never' : 'auto',
  }
}

/** Like preferencesOf, but does not throw for the invalid value of a switch, which may be the error to report. */
function preferencesForError(options: OptionValues): StreamPreferences {
  try {
    return preferencesOf(options)
  } catch {
    return {}
  }
}

/** Lists the entities that were created although the command did not finish, with commands that delete them. */
function createdText(
  created: readonly CreatedEntity[],
  reason: 'interrupted' | 'not printed',
  format: string | undefined,
): string {
  if (errorsAsJson(format)) {
    return created
      .map(({ url, deleteCommand: remove }) => {
        const members = { url, remove: `${remove} ${shellWord(sanitize(url))}` }
        return `${warningLine(`${reason}; it exists already: ${url}`, { json: true, members })}\n`
      })
      .join('')
  }
  const lines = created.map(({ url }) => `occi: ${reason}; it exists already: ${sanitize(url)}`)
  for (const command of new Set(created.map(({ deleteCommand }) => deleteCommand))) {
    const urls = created
      .filter(({ deleteCommand }) => deleteCommand === command)
      .map(({ url }) => shellWord(sanitize(url)))
    lines.push(`  To remove: ${command} ${urls.join(' ')}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** The exit status of the signal (Ctrl-C …) that aborted the command; undefined if none did. */
function interruption(signal: AbortSignal): number | undefined {
  if (!signal.aborted) return undefined
  // main.ts passes the status as the reason of the abort.
  return typeof signal.reason === 'number' ? signal.reason : exitInterrupted
}

async function printError(
  error: unknown,
  runtime: Runtime & Connector,
  options: OptionValues,
  format: string | undefined,
): Promise<number> {
  const report = reportError(error, {
    json: errorsAsJson(format),
    terminal: await errorTerminal(runtime, options),
    // An invalid value counts as true: details are shown, and the error being reported is not replaced by another.
    debug: switchWord(runtime.environment('OCCI_DEBUG') ?? '') ?? true,
    saveDetails: runtime.saveCrash,
  })
  await toStandardError(report.text, runtime, options)
  return report.exit
}

/** The colours and the width for errors; undefined if standard error is not a terminal. */
async function errorTerminal(runtime: Runtime, options: OptionValues) {
  const { err } = runtime.streams(preferencesForError(options))
  const { width } = err
  return width === undefined && !err.color
    ? undefined
    : { paint: await createPaint(err.color), width: width ?? Number.POSITIVE_INFINITY }
}

async function toStandardError(
  text: string,
  runtime: Runtime & Connector,
  options: OptionValues,
): Promise<void> {
  if (text === '') return
  try {
    await runtime.streams(preferencesForError(options)).err.write(text)
  } catch {
    // Standard error is closed or full; the exit status still reports the failure.
  }
}

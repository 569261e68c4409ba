/** Runs a command line: finds the command, parses, runs, prints, and reports errors. */

import { shellWord } from '../basics/shell-word.js'
import type { ContextChoice, SettingDefinition, Settings } from '../config/types.js'
import { OcciError, OutcomeUnknownError } from '../errors/errors.js'
import { switchWord } from '../settings/switch.js'
import type { AtSites, CommandDeclaration, CommandGroup, Entry } from './command.js'
import type { CommandContext, Connector } from './context.js'
import { exitInterrupted } from './errors/exit-codes.js'
import { reportError, warningLine } from './errors/report.js'
import { failureOf } from './losses.js'
import {
  type AmongSites,
  type Existing,
  type OpenContext,
  openContext,
  outputOptions,
} from './open-context.js'
import type { SettingOption } from './options/declaration.js'
import { asSetting } from './options/global.js'
import type { OptionValues, ParsedWords } from './options/values.js'
import { checkOptions, createPaint, errorsAsJson, sanitize, wrapLines } from './output/index.js'
import { CommandLine, type Located } from './parse/command-line.js'
import { learnNoun, learnVerb } from './parse/learn.js'
import { runChecked } from './recheck.js'
import type { Runtime } from './runtime.js'
import type { SitesRequest } from './sites/run.js'
import type { StreamPreferences } from './streams.js'

/** Never rejects. Returns the exit status and prints errors to the runtime's standard error. */
export async function run(
  argv: readonly string[],
  runtime: Runtime & Connector,
  entries: readonly Entry[],
): Promise<number> {
  const open: OpenContext[] = []
  const line = new CommandLine({
    entries,
    environment: runtime.environment,
    plugin: async (name) => (await runtime.plugins()).find(name),
    learn: async (words, { options, globals }) => {
      const parsed = { arguments: new Map(), options }
      const path = [words.noun, words.verb ?? '']
      const context = await contextOf(runtime, parsed, globals, { words: path })
      open.push(context)
      const learn = (there: CommandContext) =>
        words.verb === undefined ? learnNoun(words.noun, there) : learnVerb(words, there)
      const { several } = context.settings
      if (several === undefined) return learn(context)
      const { learnAtSites } = await import('./sites/learn.js')
      const there = { named: several, ...sitesOf({ path, parsed, globals }, open) }
      return learnAtSites<CommandGroup | CommandDeclaration>(there, context, learn)
    },
  })
  let settings: Settings | undefined
  try {
    const located = await line.read(argv)
    return await carryOut(located, line, runtime, entries, open, (known) => {
      settings = known
    })
  } catch (error) {
    await Promise.all(open.map((context) => context.progress.stop()))
    const interrupted = interruption(runtime.signal)
    const format = settings === undefined ? line.options.text('output') : settings.get('output')
    const existing = open.flatMap((context) => context.existing)
    if (interrupted === undefined) {
      const status = await tell(error, runtime, line.options, format)
      // An OcciError names the entities that it leaves behind; a failed output says nothing about them.
      const lost = status !== 0 && !(error instanceof OcciError)
      if (lost) await toStandardError(existingText(existing, 'not printed', format), runtime, line.options)
      return status
    }
    await toStandardError(existingText(existing, 'interrupted', format), runtime, line.options)
    if (error instanceof OutcomeUnknownError) await tell(error, runtime, line.options, format)
    return interrupted
  } finally {
    await Promise.all(open.map((context) => context.close().catch(() => {})))
  }
}

async function carryOut(
  located: Located,
  line: CommandLine,
  runtime: Runtime & Connector,
  entries: readonly Entry[],
  open: OpenContext[],
  onSettings: (settings: Settings) => void,
): Promise<number> {
  if (located.do === 'version') {
    await runtime.streams({}).out.write(`${runtime.version}\n`)
    return 0
  }
  if (located.do === 'help') {
    const streams = runtime.streams(preferencesOf(line.options))
    const { helpText } = await import('./help/index.js')
    const paint = await createPaint(streams.out.color)
    const page = { paint, width: streams.out.width, plugins: async () => (await runtime.plugins()).names() }
    await streams.out.write(await helpText(located.of, page, entries))
    return 0
  }
  if (located.do === 'plugin') {
    const { runPlugin } = await import('./plugin.js')
    return runPlugin(located, runtime)
  }
  const { command, globals, parsed } = located
  const choice = command.contextless === true ? ({ context: 'none' } as const) : undefined
  const context = await contextOf(runtime, parsed, globals, {
    before: open.at(-1),
    choice,
    words: command.path,
  })
  open.push(context)
  onSettings(context.settings)
  await runCommand(command, context, entries, sitesOf({ path: command.path, parsed, globals }, open))
  const failure = await failureOf(context)
  if (failure !== undefined) throw failure
  return context.status ?? 0
}

interface Words {
  readonly path: readonly string[]
  readonly parsed: ParsedWords
  readonly globals: readonly SettingOption[]
}

/** How the same words run at several sites; what is opened is closed with the rest. */
function sitesOf(
  { path, parsed, globals }: Words,
  open: OpenContext[],
): Pick<SitesRequest, 'openAt' | 'opened'> {
  return {
    openAt: (name, runtime, { by, flags, words, before, among: site }) => {
      const choice = { context: 'named', name, by } as const
      const own =
        words === undefined ? parsed : { ...parsed, arguments: new Map([...parsed.arguments, ...words]) }
      return contextOf(runtime, own, globals, { before, choice, words: path, site, flags })
    },
    opened: (context) => void open.push(context),
  }
}

async function runCommand(
  command: CommandDeclaration,
  context: OpenContext,
  entries: readonly Entry[],
  sites: Pick<SitesRequest, 'openAt' | 'opened'>,
): Promise<void> {
  const { options, streams, preview, settings } = context
  // Output options are checked before something is created, in case the output cannot be printed.
  await checkOptions(outputOptions(options, settings), command.formats)
  const local = entries.find(({ name }) => name === command.path[0])?.local === true
  if (local && options.commandLine().has('record')) {
    await context.warn('--record: this command sends nothing to a provider, so there is nothing to record')
  }
  const tried = await command.anyOf?.sites(context)
  const manner = tried === undefined ? await mannerAtSites(command, context) : undefined
  const there = { ...sites, command, local }
  const elsewhere =
    tried !== undefined
      ? await (await import('./sites/any-of.js')).runAtFirst({ ...there, named: tried }, context)
      : manner !== undefined
        ? await (await import('./sites/run.js')).runAtSites(
            { ...there, manner, named: settings.several },
            context,
          )
        : undefined
  if (elsewhere === undefined && preview !== undefined) {
    const { previewCommand } = await import('./preview/run.js')
    return previewCommand(command, context, { preview, local })
  }
  const output =
    elsewhere !== undefined
      ? elsewhere.output
      : await runChecked(command, context).catch(async (error: unknown) => {
          if (manner === undefined) throw error
          throw await (await import('./sites/placement.js')).aboutContext(error, command, context)
        })
  await context.progress.stop()
  if (output !== undefined) await context.print(output)
  if (context.said.length > 0 && streams.err.terminal && !options.isSet('quiet')) {
    for (const text of context.said) await streams.err.write(`${wrapLines(text, streams.err.width)}\n`)
  }
}

/** Undefined where the command runs at the one site that is in force. */
async function mannerAtSites(
  { atSites, arguments: declared }: CommandDeclaration,
  context: CommandContext,
): Promise<AtSites | undefined> {
  const manner = typeof atSites === 'function' ? atSites(context) : atSites
  if (manner === undefined || context.settings.several !== undefined) return manner
  if (context.options.commandLine().has('endpoint')) return undefined
  for (const { name, variadic, completion } of declared) {
    if (completion?.of !== 'entity') continue
    const given = context.words(name)
    const piped = variadic === true && given.includes('-')
    const words = piped ? await (await import('./commands/base/targets.js')).readNames(context, name) : given
    // web@cesnet, or a URL, which may be below the endpoint of another context.
    if (words.some((word) => /@|:\/\//.test(word))) return manner
  }
  return undefined
}

interface ContextOptions {
  readonly before?: CommandContext | undefined
  readonly choice?: ContextChoice | undefined
  /** The words that name the command. */
  readonly words: readonly string[]
  readonly site?: AmongSites | undefined
  /** Settings that take the place of those on the command line. */
  readonly flags?: Readonly<Record<string, string>> | undefined
}

async function contextOf(
  runtime: Runtime & Connector,
  parsed: ParsedWords,
  globals: readonly SettingOption[],
  { before, choice, words, site, flags: replaced = {} }: ContextOptions,
): Promise<OpenContext> {
  const flags = { ...parsed.options.asSettings(), ...replaced }
  const settingsFor = (definitions: readonly SettingDefinition[]) =>
    runtime.settings({ definitions, flags, choice })
  const settings = await settingsFor(globals.map(asSetting))
  const streams = runtime.streams(preferencesOf(parsed.options))
  const command = words.join(' ').trim()
  return openContext({ command, runtime, parsed, settings, settingsFor, streams, site }, before)
}

function preferencesOf(options: OptionValues): StreamPreferences {
  const color = options.isSet('no-color') ? 'never' : options.text('color')
  return {
    color: color === 'always' || color === 'never' ? color : 'auto',
    input: options.isSet('no-input') ? 'never' : 'auto',
    progress: options.isSet('quiet') ? 'never' : 'auto',
  }
}

/** An invalid word for a switch may be the error that is being reported. */
function preferencesForError(options: OptionValues): StreamPreferences {
  try {
    return preferencesOf(options)
  } catch {
    return {}
  }
}

/** The entities that exist although the command did not finish, and how to go on. */
function existingText(
  existing: readonly Existing[],
  why: 'interrupted' | 'not printed',
  format: string | undefined,
): string {
  if (errorsAsJson(format)) {
    return existing
      .map(({ url, remove }) => {
        const more = { url, remove: `${remove} ${shellWord(sanitize(url))}` }
        return `${warningLine(`${why}; it exists already: ${url}`, { json: true, more })}\n`
      })
      .join('')
  }
  const lines = existing.map(({ url }) => `occi: ${why}; it exists already: ${sanitize(url)}`)
  for (const verb of new Set(existing.map(({ remove }) => remove))) {
    const urls = existing.filter(({ remove }) => remove === verb).map(({ url }) => shellWord(sanitize(url)))
    lines.push(`  To remove: ${verb} ${urls.join(' ')}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** The exit status of a signal; the abort's reason is its number. */
function interruption(signal: AbortSignal): number | undefined {
  return signal.aborted ? (typeof signal.reason === 'number' ? signal.reason : exitInterrupted) : undefined
}

async function tell(
  error: unknown,
  runtime: Runtime & Connector,
  early: OptionValues,
  format: string | undefined,
): Promise<number> {
  const report = reportError(error, {
    json: errorsAsJson(format),
    terminal: await terminalOf(runtime, early),
    // An invalid word counts as true: more is shown, and the error at hand is not hidden by another.
    debug: switchWord(runtime.environment('OCCI_DEBUG') ?? '') ?? true,
    saved: runtime.saveCrash,
  })
  await toStandardError(report.text, runtime, early)
  return report.exit
}

async function terminalOf(runtime: Runtime, early: OptionValues) {
  const { err } = runtime.streams(preferencesForError(early))
  const { width } = err
  return width === undefined && !err.color
    ? undefined
    : { paint: await createPaint(err.color), width: width ?? Number.POSITIVE_INFINITY }
}

async function toStandardError(
  text: string,
  runtime: Runtime & Connector,
  early: OptionValues,
): Promise<void> {
  if (text === '') return
  try {
    await runtime.streams(preferencesForError(early)).err.write(text)
  } catch {
    // Standard error is closed or full; the exit status still reports the failure.
  }
}

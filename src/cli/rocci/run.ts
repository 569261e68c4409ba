/**
 * Runs command lines of rOCCI-cli. Standard output and exit status (0 or 1) are those of rOCCI-cli, except that usage
 * errors are printed on standard error and a signal has its own status. Other messages on standard error have the
 * format of Ruby's logger.
 */

import { allAuthOptions } from '../../auth/index.js'
import { shellWord } from '../../basics/shell-word.js'
import type { Settings } from '../../config/types.js'
import { OcciError } from '../../errors/errors.js'
import { errorCode, isMissing, purposes, unreadableReason } from '../../files/index.js'
import type { Connector } from '../context.js'
import { cliHint, cliText } from '../errors/cli-text.js'
import { exitInterrupted } from '../errors/exit-codes.js'
import { type OpenContext, openContext } from '../open-context.js'
import { asSetting, globalOptions } from '../options/global.js'
import { OptionValues } from '../options/values.js'
import { sanitize, sanitizeLines } from '../output/sanitize.js'
import type { Runtime } from '../runtime.js'
import type { Streams } from '../streams.js'
import { checkFiles, checkRequired, checkValue } from './checks.js'
import { connectionSettings } from './connection.js'
import { OptionError, type ParsedOptions, parseOptions } from './optparse.js'
import { parseContext } from './values.js'

/** Runs a command line of rOCCI-cli and returns the exit status. */
export async function runRocciForm(argv: readonly string[], runtime: Runtime & Connector): Promise<number> {
  const streams = runtime.streams({ color: 'never', input: 'auto', progress: 'never' })
  let parsed: ParsedOptions
  try {
    parsed = parseOptions(argv, checkValue)
    if (parsed.informational !== undefined) {
      await printInformation(parsed, runtime, streams)
      return 0
    }
    await checkFiles(parsed, (path) => exists(path, runtime))
    checkRequired(parsed)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    const { usageText } = await import('./usage.js')
    // rOCCI-cli wrote usage errors to standard output.
    await streams.err.write(`${sanitizeLines(capitalized(error.message))}\n${usageText()}`)
    return 1
  }
  return runAction(parsed, argv, runtime, streams)
}

/** Handles --help, --version and --examples. */
async function printInformation(
  { informational, values }: ParsedOptions,
  runtime: Runtime & Connector,
  { out }: Streams,
): Promise<void> {
  const { usageText, examplesText } = await import('./usage.js')
  if (informational === 'help') return out.write(usageText())
  if (informational === 'examples') return out.write(examplesText)
  // With --debug, rOCCI-cli printed the versions of its three components.
  const parts = values.has('debug') ? ['CLI:  ', 'API:  ', 'Core: '] : ['']
  return out.write(parts.map((part) => `${part}${runtime.version}\n`).join(''))
}

function unreadableMessage(path: string, cause: unknown): string {
  const missing = errorCode(cause) === 'ENOENT'
  if (missing) return `File does not exist! ${JSON.stringify(path)}`
  return `File cannot be read: ${unreadableReason(cause)}! ${JSON.stringify(path)}`
}

/** Whether the path exists. A FIFO is not opened, since its content can be read only once. */
async function exists(path: string, runtime: Runtime & Connector): Promise<boolean> {
  if ((await runtime.fileMode(path)) !== undefined) return true
  try {
    await runtime.readFile(path, purposes.authorities)
    return true
  } catch (error) {
    return !isMissing(error)
  }
}

async function runAction(
  parsed: ParsedOptions,
  argv: readonly string[],
  runtime: Runtime & Connector,
  streams: Streams,
): Promise<number> {
  let context: OpenContext | undefined
  const log = (severity: Severity, message: string) =>
    (parsed.values.get('log-to') === 'stdout' ? streams.out : streams.err).write(
      logLine(severity, sanitize(message), new Date(runtime.clock.now()), runtime.pid),
    )
  try {
    context = await createContext(parsed, runtime, streams)
    const { actions } = await import('./actions.js')
    const action =
      actions[parsed.values.has('dump-model') ? 'dump-model' : (parsed.values.get('action') ?? '')]
    if (action === undefined) throw new OptionError('Missing required arguments: action')
    const variables = await parseContext(parsed.lists.get('context') ?? [], async (path) => {
      try {
        return await runtime.readFile(path, purposes.userData)
      } catch (cause) {
        throw new OptionError(unreadableMessage(path, cause), { cause })
      }
    })
    const client = await context.client()
    const text = await action(
      { client, parsed, variables, signal: runtime.signal, announce: (line) => streams.out.write(line) },
      await client.model(),
    )
    await streams.out.write(streams.out.terminal ? sanitizeLines(text) : text)
    await printHint(argv, streams)
    return 0
  } catch (error) {
    if (runtime.signal.aborted) return exitInterrupted
    if (error instanceof OptionError) await log('fatal', capitalized(error.message))
    else if (error instanceof OcciError) await log('fatal', errorText(error))
    else
      await log(
        'fatal',
        `An error occurred! Message: ${error instanceof Error ? error.message : String(error)}`,
      )
    return 1
  } finally {
    await context?.close().catch(() => {})
  }
}

async function createContext(
  parsed: ParsedOptions,
  runtime: Runtime & Connector,
  streams: Streams,
): Promise<OpenContext> {
  const flags = connectionSettings(parsed, runtime.environment)
  const settingsFor: OpenContext['settingsFor'] = async (definitions) =>
    withoutWarnings(await runtime.settings({ definitions, flags }))
  const definitions = [...globalOptions.map(asSetting), ...(await allAuthOptions())]
  const optionValues = new Map(Object.entries(flags).map(([name, value]) => [name, [value]]))
  if (parsed.values.has('debug')) optionValues.set('verbose', ['true'])
  const { dumpObserver } = await import('./dump.js')
  const options = new OptionValues(globalOptions, optionValues, runtime.environment)
  return openContext({
    command: `rocci ${parsed.values.get('action') ?? ''}`.trim(),
    runtime,
    parsed: { arguments: new Map(), options },
    settings: await settingsFor(definitions),
    settingsFor,
    streams,
    ...(parsed.values.has('debug') ? { observer: dumpObserver } : {}),
  })
}

/**
 * Settings without the warning about secrets in the command line, since old scripts pass them and some
 * treat any output on standard error as a failure.
 */
function withoutWarnings(settings: Settings): Settings {
  return {
    context: settings.context,
    contextList: settings.contextList,
    get withheld() {
      return settings.withheld
    },
    get untrustedAddresses() {
      return settings.untrustedAddresses
    },
    aliases: settings.aliases,
    withCloud: (cloud) => withoutWarnings(settings.withCloud(cloud)),
    get: (name) => settings.get(name),
    isOn: (name) => settings.isOn(name),
    explain: () => settings.explain(),
    setting: (name) => {
      const setting = settings.setting(name)
      return setting?.origin === 'flag' ? { ...setting, origin: 'default' } : setting
    },
  }
}

/** Prints the equivalent command of the regular form, if the user works on a terminal. */
async function printHint(argv: readonly string[], streams: Streams): Promise<void> {
  if (!streams.out.terminal || !streams.interactive) return
  const { translate } = await import('./translate.js')
  const { command } = translate(argv, { isDynamic: () => false, write: shellWord })
  if (command !== undefined) await streams.err.write(`In occi's own form: ${command}\n`)
}

function errorText(error: OcciError): string {
  const message = `An error occurred! Message: ${cliText(error.message)}`
  return [message, responseText(error), cliHint(error)].filter((text) => text !== undefined).join(' ')
}

/** The status line and the server's message; undefined if there was no response. */
function responseText({ http }: OcciError): string | undefined {
  if (http?.status === undefined) return undefined
  const statusLine = `HTTP Response status: [${http.status}] ${http.reason ?? ''}`
  return http.serverMessage === undefined
    ? statusLine
    : `${statusLine} : ${JSON.stringify(http.serverMessage)}`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

type Severity = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** A line of Ruby's logger, which some scripts search on standard error: `F, [time #pid] FATAL -- : [rOCCI-cli] …`. */
function logLine(severity: Severity, message: string, now: Date, pid: number): string {
  const name = severity.toUpperCase()
  const time = now.toISOString().replace('Z', '').padEnd(26, '0')
  return `${name.charAt(0)}, [${time} #${pid}] ${name.padStart(5)} -- : [rOCCI-cli] ${message}\n`
}

/**
 * Runs rOCCI-cli's flat form. Standard output and exit status (0 or 1) are those of rOCCI-cli, and messages
 * on standard error have the form of Ruby's logger.
 */

import { allAuthOptions } from '../../auth/index.js'
import { shellWord } from '../../basics/shell-word.js'
import type { Settings } from '../../config/types.js'
import { OcciError } from '../../errors/errors.js'
import { errorCode, isMissing, purposes, whyUnreadable } from '../../files/index.js'
import type { Connector } from '../context.js'
import { exitInterrupted } from '../errors/exit-codes.js'
import { cliHint, cliWords } from '../errors/words.js'
import { type OpenContext, openContext } from '../open-context.js'
import { asSetting, globalOptions } from '../options/global.js'
import { OptionValues } from '../options/values.js'
import { sanitize, sanitizeLines } from '../output/sanitize.js'
import type { Runtime } from '../runtime.js'
import type { Streams } from '../streams.js'
import { checkFiles, checkRequired, checkValue } from './checks.js'
import { connectionSettings } from './connection.js'
import { OptionFault, type Parsed, parseOptions } from './optparse.js'
import { parseContext } from './values.js'

/** Returns the exit status. */
export async function runRocciForm(argv: readonly string[], runtime: Runtime & Connector): Promise<number> {
  const streams = runtime.streams({ color: 'never', input: 'auto', progress: 'never' })
  let parsed: Parsed
  try {
    parsed = parseOptions(argv, checkValue)
    if (parsed.asked !== undefined) {
      await aside(parsed, runtime, streams)
      return 0
    }
    await checkFiles(parsed, (path) => exists(path, runtime))
    checkRequired(parsed)
  } catch (error) {
    if (!(error instanceof OptionFault)) throw error
    const { usageText } = await import('./usage.js')
    // rOCCI wrote this to standard output, where it was lost in pipes.
    await streams.err.write(`${sanitizeLines(capital(error.message))}\n${usageText()}`)
    return 1
  }
  return carryOut(parsed, argv, runtime, streams)
}

/** Handles --help, --version and --examples. */
async function aside(
  { asked, values }: Parsed,
  runtime: Runtime & Connector,
  { out }: Streams,
): Promise<void> {
  const { usageText, examplesText } = await import('./usage.js')
  if (asked === 'help') return out.write(usageText())
  if (asked === 'examples') return out.write(examplesText)
  // With --debug, rOCCI-cli listed the versions of its three parts.
  const parts = values.has('debug') ? ['CLI:  ', 'API:  ', 'Core: '] : ['']
  return out.write(parts.map((part) => `${part}${runtime.version}\n`).join(''))
}

function unreadable(path: string, cause: unknown): string {
  const missing = errorCode(cause) === 'ENOENT'
  if (missing) return `File does not exist! ${JSON.stringify(path)}`
  return `File cannot be read: ${whyUnreadable(cause)}! ${JSON.stringify(path)}`
}

/** Does not read a FIFO, whose content can be read only once. */
async function exists(path: string, runtime: Runtime & Connector): Promise<boolean> {
  if ((await runtime.fileMode(path)) !== undefined) return true
  try {
    await runtime.readFile(path, purposes.authorities)
    return true
  } catch (error) {
    return !isMissing(error)
  }
}

async function carryOut(
  parsed: Parsed,
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
    context = await contextFor(parsed, runtime, streams)
    const { actions } = await import('./actions.js')
    const doing =
      actions[parsed.values.has('dump-model') ? 'dump-model' : (parsed.values.get('action') ?? '')]
    if (doing === undefined) throw new OptionFault('Missing required arguments: action')
    const variables = await parseContext(parsed.lists.get('context') ?? [], async (path) => {
      try {
        return await runtime.readFile(path, purposes.userData)
      } catch (cause) {
        throw new OptionFault(unreadable(path, cause), { cause })
      }
    })
    const client = await context.client()
    const text = await doing(
      { client, parsed, variables, signal: runtime.signal, announce: (line) => streams.out.write(line) },
      await client.model(),
    )
    await streams.out.write(streams.out.terminal ? sanitizeLines(text) : text)
    await hint(argv, streams)
    return 0
  } catch (error) {
    if (runtime.signal.aborted) return exitInterrupted
    if (error instanceof OptionFault) await log('fatal', capital(error.message))
    else if (error instanceof OcciError) await log('fatal', wordsOf(error))
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

async function contextFor(
  parsed: Parsed,
  runtime: Runtime & Connector,
  streams: Streams,
): Promise<OpenContext> {
  const flags = connectionSettings(parsed, runtime.environment)
  const settingsFor: OpenContext['settingsFor'] = async (definitions) =>
    withoutWarnings(await runtime.settings({ definitions, flags }))
  const definitions = [...globalOptions.map(asSetting), ...(await allAuthOptions())]
  const given = new Map(Object.entries(flags).map(([name, value]) => [name, [value]]))
  if (parsed.values.has('debug')) given.set('verbose', ['true'])
  const { dumpObserver } = await import('./dump.js')
  const options = new OptionValues(globalOptions, given, runtime.environment)
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
    several: settings.several,
    get withheld() {
      return settings.withheld
    },
    get untrustedAddresses() {
      return settings.untrustedAddresses
    },
    aliases: settings.aliases,
    withCloud: (cloud) => withoutWarnings(settings.withCloud(cloud)),
    get: (name) => settings.get(name),
    on: (name) => settings.on(name),
    explain: () => settings.explain(),
    setting: (name) => {
      const found = settings.setting(name)
      return found?.origin === 'flag' ? { ...found, origin: 'default' } : found
    },
  }
}

/** Shown only if both streams are terminals. */
async function hint(argv: readonly string[], streams: Streams): Promise<void> {
  if (!streams.out.terminal || !streams.interactive) return
  const { translate } = await import('./translate.js')
  const { command } = translate(argv, { isDynamic: () => false, write: shellWord })
  if (command !== undefined) await streams.err.write(`In occi's own form: ${command}\n`)
}

function wordsOf(error: OcciError): string {
  const words = cliHint(error)
  const hint = words === undefined ? '' : ` ${words}`
  const { http } = error
  const answer =
    http?.status === undefined
      ? ''
      : ` HTTP Response status: [${http.status}] ${http.reason ?? ''}${http.serverMessage === undefined ? '' : ` : ${JSON.stringify(http.serverMessage)}`}`
  return `An error occurred! Message: ${cliWords(error.message)}${answer}${hint}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

type Severity = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** A line of Ruby's logger, which some scripts search on standard error: `F, [time #pid] FATAL -- : [rOCCI-cli] …`. */
function logLine(severity: Severity, message: string, now: Date, pid: number): string {
  const name = severity.toUpperCase()
  const time = now.toISOString().replace('Z', '').padEnd(26, '0')
  return `${name.charAt(0)}, [${time} #${pid}] ${name.padStart(5)} -- : [rOCCI-cli] ${message}\n`
}

/** Turns errors into messages and exit statuses. The only module that does so. */

import { omitUndefined } from '../../basics/objects.js'
import { shellWord } from '../../basics/shell-word.js'
import { OcciError, PartialError, SitesError } from '../../errors/errors.js'
import { sanitize, sanitizeJson, sanitizeLines } from '../output/sanitize.js'
import type { Paint } from '../output/theme.js'
import { wrapLines } from '../output/width.js'
import { cliHint, cliInputName, cliText } from './cli-text.js'
import { exitCodes, exitOther } from './exit-codes.js'

interface Report {
  readonly exit: number
  /** The text for standard error; empty if nothing should be printed. */
  readonly text: string
}

interface ReportOptions {
  readonly json: boolean
  /** OCCI_DEBUG: prints stack traces and causes. */
  readonly debug: boolean
  /** Colours and the width of the terminal that shows the error; undefined in a pipe. */
  readonly terminal?: { readonly paint: Paint; readonly width: number } | undefined
  /** Writes the details of an unexpected error to a file and returns its path; undefined if that failed. */
  readonly saveDetails?: (details: string) => string | undefined
}

export function reportError(error: unknown, options: ReportOptions): Report {
  if (error instanceof OcciError) {
    const exit = exitCodes[error.code]
    const text = options.json
      ? `${sanitizeJson(JSON.stringify({ error: errorObject(error) }, bigintAsString))}\n`
      : forTerminal(errorText(error, options), options)
    return { exit, text }
  }
  const system = systemError(error)
  // Whatever reads the output has ended (`occi … | head -1`).
  if (system?.code === 'EPIPE') return { exit: 0, text: '' }
  return unexpectedErrorReport(error, system, options)
}

/** A warning as one line for standard error: as text, or as a JSON object with the member `warning`. */
export function warningLine(
  message: string,
  { json, members = {} }: { readonly json: boolean; readonly members?: Readonly<Record<string, unknown>> },
): string {
  if (json) return sanitizeJson(JSON.stringify({ warning: { message, ...members } }))
  return sanitizeLines(`occi: ${message}`)
}

/** The error object that -o json prints on standard error. */
function errorObject(error: OcciError): Readonly<Record<string, unknown>> {
  return {
    code: error.code,
    exit: exitCodes[error.code],
    message: cliText(error.message),
    ...omitUndefined({
      hint: cliHint(error),
      at: cliInputName(error.at),
      http: error.http,
      facts: error.facts,
    }),
    ...(error instanceof PartialError
      ? {
          errors: error.errors.map(({ target, error: partError }) => ({ target, ...errorObject(partError) })),
        }
      : {}),
    ...(error instanceof SitesError
      ? {
          errors: error.errors.map(({ site, target, error: partError }) => ({
            context: site,
            target: target ?? site,
            ...errorObject(partError),
          })),
        }
      : {}),
  }
}

function bigintAsString(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/**
 * Formats messages for a terminal: wraps long lines and, with colours, begins each with a red `error:` instead of
 * `occi:`.
 */
function forTerminal(text: string, { terminal, debug }: ReportOptions): string {
  if (terminal === undefined) return text
  const { paint, width } = terminal
  const label = paint('error', 'error:')
  const wrapped = debug ? text : wrapLines(text, width)
  return label === 'error:' ? wrapped : wrapped.replace(/^occi:/gm, label)
}

/** The text of an error: the message, the HTTP exchange, and at the end, where readers notice it, the hint. */
function errorText(error: OcciError, options: ReportOptions): string {
  if (error instanceof SitesError) return sitesErrorText(error, options)
  const [firstLine = '', ...moreLines] = messageWithOption(error).split('\n')
  const lines = [`occi: ${sanitize(firstLine)}`, ...moreLines.map((line) => `  ${sanitize(line)}`)]
  if (error instanceof PartialError) {
    for (const { target, error: partError } of error.errors) {
      lines.push(
        `  ${sanitize(target)}: ${sanitize(cliText(partError.message))}${hintInParentheses(partError)}`,
      )
    }
  }
  lines.push(...exchangeLines(error))
  lines.push(...candidateLines(error))
  const hint = cliHint(error)
  if (hint !== undefined) lines.push(`  ${sanitize(hint)}`)
  lines.push(...checkCommandLines(error), ...noValidateLines(error))
  if (options.debug) lines.push(stackOf(error))
  return `${lines.join('\n')}\n`
}

/** A line for each failure. After `occi:` it names the context, for which scripts can search. */
function sitesErrorText({ errors }: SitesError, { debug }: ReportOptions): string {
  return errors
    .map(({ site, target, error }) => {
      const source = [site, target].filter((part) => part !== undefined).map(sanitize)
      const line = `occi: ${source.join(': ')}: ${sanitize(cliText(error.message))}${hintInParentheses(error)}\n`
      return debug ? `${line}${stackOf(error)}\n` : line
    })
    .join('')
}

/** The message, with the option's name in front unless the message contains it. */
function messageWithOption(error: OcciError): string {
  const message = cliText(error.message)
  const inputName = cliInputName(error.at)
  return inputName?.startsWith('--') === true && !message.includes(inputName)
    ? `${inputName}: ${message}`
    : message
}

function hintInParentheses(error: OcciError): string {
  const hint = cliHint(error)
  return hint === undefined ? '' : ` (${sanitize(hint)})`
}

function exchangeLines({ http, message }: OcciError): readonly string[] {
  if (http === undefined) return []
  const lines: string[] = []
  const serverMessage = http.serverMessage
  // Many messages already quote the server.
  if (serverMessage !== undefined && serverMessage !== '' && !message.includes(serverMessage)) {
    lines.push(`  The server says: ${sanitize(serverMessage)}`)
  }
  const id = http.requestId === undefined ? '' : `, request id ${http.requestId}`
  if (messageContainsRequest(message, http))
    return [...lines, `  ${sanitize(`at ${originOf(http.url)}${id}`)}`]
  const status = http.status === undefined ? '' : ` answered ${http.status} ${http.reason ?? ''}`.trimEnd()
  lines.push(`  ${sanitize(`${http.method} ${http.url}${status}${id}`)}`)
  return lines
}

/** Whether the message already contains method, path and status. */
function messageContainsRequest(
  message: string,
  { method, url, status }: NonNullable<OcciError['http']>,
): boolean {
  if (status === undefined || !URL.canParse(url)) return false
  const { pathname, search } = new URL(url)
  return message.includes(`${method} ${pathname}${search}`) && message.includes(String(status))
}

function originOf(url: string): string {
  return new URL(url).origin
}

/** The number of candidates that an error about an ambiguous name shows. */
const maxCandidates = 10

function candidateLines(error: OcciError): readonly string[] {
  const candidates = error.code === 'ambiguous' ? error.facts?.['candidates'] : undefined
  if (!Array.isArray(candidates)) return []
  const lines = candidates
    .slice(0, maxCandidates)
    .map((candidate) => `    ${sanitize(candidateText(candidate))}`)
  return candidates.length > maxCandidates
    ? [...lines, `    … and ${candidates.length - maxCandidates} more`]
    : lines
}

/** Suggests the command that shows whether a write with an unknown outcome was carried out. */
function checkCommandLines(error: OcciError): readonly string[] {
  const location = error.code === 'outcome-unknown' ? error.facts?.['check'] : undefined
  if (typeof location !== 'string') return []
  return [
    `  Check with: occi ${location.endsWith('/') ? 'list-path' : 'api GET'} ${shellWord(sanitize(location))}`,
  ]
}

/**
 * Suggests --no-validate after a validation error, since the provider's model may be wrong. MartServer, for example,
 * declares attributes as required that it does not need.
 */
function noValidateLines({ code, facts }: OcciError): readonly string[] {
  if (code !== 'validation' || !Array.isArray(facts?.['problems'])) return []
  return ["  The provider's model requires this. To send the request anyway, add --no-validate."]
}

function candidateText(candidate: unknown): string {
  if (typeof candidate !== 'object' || candidate === null) return String(candidate)
  return Object.values(candidate)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join('  ')
}

interface SystemError {
  readonly code: string
  readonly syscall?: string
}

function systemError(error: unknown): SystemError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const syscall = 'syscall' in error && typeof error.syscall === 'string' ? { syscall: error.syscall } : {}
  return { code: error.code, ...syscall }
}

const systemMessages: Readonly<Record<string, string>> = {
  ENOSPC: 'The output could not be written: no space left on the device',
  EDQUOT: 'The output could not be written: the disk quota is exhausted',
  EFBIG: 'The output could not be written: the file would become too large',
  EMFILE: 'Too many open files',
}

/** The message for an error of the operating system; undefined if it may be a bug of this program. */
function systemMessageOf({ code, syscall }: SystemError): string | undefined {
  if (code !== 'EIO') return systemMessages[code]
  // Reading fails with EIO as well: from a broken disk, or from the terminal in a background job.
  return syscall === 'write'
    ? 'The output could not be written: input/output error'
    : `Input/output error${syscall === undefined ? '' : ` (${syscall})`}`
}

function unexpectedErrorReport(
  error: unknown,
  system: SystemError | undefined,
  options: ReportOptions,
): Report {
  const systemMessage = system === undefined ? undefined : systemMessageOf(system)
  const message = error instanceof Error ? error.message : String(error)
  const file =
    systemMessage === undefined && !options.debug ? options.saveDetails?.(stackOf(error)) : undefined
  const hint = systemMessage === undefined ? bugHint(file) : undefined
  if (options.json) {
    const body = {
      code: 'unexpected',
      exit: exitOther,
      message: systemMessage ?? message,
      ...omitUndefined({ hint }),
    }
    return { exit: exitOther, text: `${sanitizeJson(JSON.stringify({ error: body }))}\n` }
  }
  const lines = [`occi: ${sanitize(systemMessage ?? message)}`]
  if (hint !== undefined) lines.push(`  ${hint}`)
  if (options.debug) lines.push(stackOf(error))
  return { exit: exitOther, text: forTerminal(`${lines.join('\n')}\n`, options) }
}

/** `file` contains the details of the error, if they could be saved. */
function bugHint(file: string | undefined): string {
  return file === undefined
    ? 'This is a bug in occi. Run the command again with OCCI_DEBUG=1 to see where it happened.'
    : `This is a bug in occi. Please report it with the details in ${file}.`
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return sanitize(String(error))
  const stack = (error.stack ?? error.message).split('\n').map(sanitize).join('\n')
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`
}

import { Buffer, isUtf8 } from 'node:buffer'
import { type HeaderPair, headerValue } from '../basics/http.js'
import { isSecretHeader, secretSpans } from './redact.js'
import { targetOf } from './target.js'
import type { HttpRequest } from './types.js'

interface CurlSettings {
  /** Names of further headers with secret values. */
  readonly secretHeaders?: readonly string[]
  /** Further arguments for curl, without quotes: `['--cacert', '/path']`. */
  readonly extra?: readonly string[]
}

/**
 * Returns the request as a curl command for a POSIX shell. Shell variables replace the secrets: OCCI_TOKEN,
 * OCCI_PASSWORD, OCCI_COOKIE and OCCI_SECRET. Throws UsageError for an invalid URL.
 */
export function toCurl(request: HttpRequest, settings: CurlSettings = {}): string {
  const url = targetOf(request.url)
  url.username = ''
  url.password = ''
  const body = bodyOf(request.body)
  const sendsBody = body !== undefined || bodyExpected.has(request.method)
  const lines = [
    ...methodArgument(request.method, body !== undefined),
    ...request.headers.map((header) => headerArgument(header, settings.secretHeaders ?? [])),
    ...suppressedDefaults(request.headers, sendsBody),
    ...(settings.extra ?? []).map((text) => quoted([text])),
    ...(sendsBody ? [body?.argument ?? "--data-raw ''"] : []),
    quoted(partsOf(url.href)),
  ]
  return `${body?.source ?? ''}curl -sS -g ${lines.join(' \\\n  ')}`
}

const bodyExpected = new Set(['POST', 'PUT', 'PATCH'])

function methodArgument(method: string, hasBody: boolean): string[] {
  if (method === 'HEAD') return ['--head']
  return method === 'GET' && !hasBody ? [] : [`-X ${method}`]
}

function headerArgument([name, value]: HeaderPair, secretHeaders: readonly string[]): string {
  if (value === '') return `-H ${quoted([`${name};`])}`
  if (!isSecretHeader(name, secretHeaders)) return `-H ${quoted([`${name}: `, ...partsOf(value)])}`
  const [, scheme = ''] = /^(basic|bearer|digest) /i.exec(value.slice(0, 10)) ?? []
  const user = usernameIn(value)
  if (scheme.toLowerCase() === 'basic') return `-u ${loginArgument(user)}`
  if (scheme.toLowerCase() === 'digest') return `--digest -u ${loginArgument(user)}`
  return `-H ${quoted([`${name}: ${scheme === '' ? '' : `${scheme} `}`, { variable: variableForHeader(name) }])}`
}

/**
 * Returns the argument of `-u`. It contains the user name, which is not secret and may have been typed at a prompt
 * rather than set as a variable.
 */
function loginArgument(user: string | undefined): string {
  return user === undefined
    ? '"$OCCI_USERNAME:$OCCI_PASSWORD"'
    : quoted([...partsOf(`${user}:`), { variable: 'OCCI_PASSWORD' }])
}

function usernameIn(value: string): string | undefined {
  if (/^digest /i.test(value)) {
    const name = /[ ,]username="([^"\\]*)"/i.exec(value.slice(0, 2000))?.[1]
    return name === '' ? undefined : name
  }
  const decoded = Buffer.from(value.slice('basic '.length), 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  return colon > 0 ? decoded.slice(0, colon) : undefined
}

function variableForHeader(header: string): string {
  const name = header.toLowerCase()
  if (name.includes('cookie')) return 'OCCI_COOKIE'
  return name === 'authorization' || name.includes('token') ? 'OCCI_TOKEN' : 'OCCI_SECRET'
}

/** Returns arguments that remove headers which curl would add. */
function suppressedDefaults(headers: readonly HeaderPair[], sendsBody: boolean): string[] {
  const defaults = ['Accept', ...(sendsBody ? ['Content-Type'] : [])]
  return defaults.filter((name) => headerValue(headers, name) === undefined).map((name) => `-H '${name}:'`)
}

interface Body {
  /** The command that pipes the bytes into curl, with the pipe sign. */
  readonly source?: string
  readonly argument: string
}

function bodyOf(body: HttpRequest['body']): Body | undefined {
  if (body === undefined || body.length === 0) return undefined
  const bytes = Buffer.from(body as Uint8Array)
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1'
  const text = bytes.toString(encoding)
  const parts = partsOf(text)
  if (encoding === 'utf8' && isPrintable(text)) return { argument: `--data-raw ${quoted(parts)}` }
  return { source: `${printfCommand(parts, encoding)} | `, argument: '--data-binary @-' }
}

/**
 * Returns a printf command that writes the bytes with octal escapes, since shells do not accept every byte in an
 * argument, and control characters must not reach a terminal.
 */
function printfCommand(parts: readonly Part[], encoding: 'utf8' | 'latin1'): string {
  const format = parts.map((part) => (typeof part === 'string' ? '%b' : '%s')).join('')
  const words = parts.map((part) => {
    if (typeof part !== 'string') return `"$${part.variable}"`
    const octal = [...Buffer.from(part, encoding)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`)
    return `'${octal.join('')}'`
  })
  return `printf '${format}' ${words.join(' ')}`
}

function isPrintable(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if ((code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code < 0xa0)) return false
  }
  return true
}

/** Text, or a shell variable in place of a secret. */
type Part = string | { readonly variable: string }

function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let position = 0
  for (const { start, stop, name } of secretSpans(text)) {
    parts.push(text.slice(position, start), { variable: variableFor(name) })
    position = stop
  }
  parts.push(text.slice(position))
  return parts
}

function variableFor(name: string): string {
  if (/pass|pwd/i.test(name)) return 'OCCI_PASSWORD'
  return /token/i.test(name) ? 'OCCI_TOKEN' : 'OCCI_SECRET'
}

/** Puts text in single quotes and variables in double quotes. */
function quoted(parts: readonly Part[]): string {
  const inner = parts.map((part) =>
    typeof part === 'string' ? part.replaceAll("'", "'\\''") : `'"$${part.variable}"'`,
  )
  return `'${inner.join('')}'`
}

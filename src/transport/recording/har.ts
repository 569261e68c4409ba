/**
 * Reads and writes recordings as HAR 1.2. The order and repetition of headers are kept. Data for which HAR has no
 * member is in members that begin with an underscore. Files of other programs can be read as well. Secrets are masked
 * earlier, in record.ts.
 */

import type { HeaderPair } from '../../basics/http.js'
import { isRecord } from '../../basics/objects.js'
import { ProtocolError } from '../../errors/errors.js'

/** One attempt to send a request, and its result. */
export interface Exchange {
  /** Whether a login or the client sent it. */
  readonly by: 'client' | 'login'
  /** The time of the request, in milliseconds since the epoch. */
  readonly at: number
  /** Milliseconds from sending the request to the end of the response. */
  readonly took: number
  readonly request: RecordedRequest
  /** Absent if no response arrived. */
  readonly response?: RecordedResponse
  /** The error with which the transport rejected, possibly after a part of the body. */
  readonly error?: RecordedError
}

/** A request of a recording, with its secrets masked. */
export interface RecordedRequest {
  /** Any method, even one that HttpRequest does not allow. */
  readonly method: string
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body?: string
}

/** A response of a recording, with its secrets masked. */
export interface RecordedResponse {
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderPair[]
  readonly body: string
  readonly url: string
  readonly tolerated: readonly string[]
  /** Whether the recording has only the beginning of the body. */
  readonly truncated?: boolean
}

/** The members of an OcciError, as plain data. */
export interface RecordedError {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly at?: string
  readonly http?: Readonly<Record<string, unknown>>
  readonly facts?: Readonly<Record<string, unknown>>
}

/** The outcome of a call of a method of the credentials. */
export interface CredentialsOutcome {
  readonly call: 'sign' | 'renew' | 'refused'
  /** Which call of `sign` failed, counted from 1. */
  readonly after?: number
  /** The error with which `sign` or `renew` rejected, or that `refused` returned. */
  readonly error?: RecordedError
  /** The result of `renew`. */
  readonly renewed?: boolean
}

/** The data of a recording besides the exchanges. With it, a command can be replayed without a login. */
export interface RecordingFacts {
  readonly endpoint?: string
  /** The command line. */
  readonly command?: string
  /** The highest number of retries of a request. */
  readonly retries?: number
  /** Ids that the client generated, in order. */
  readonly ids?: readonly string[]
  readonly login?: {
    /** The result of the credentials' `describe()`, with `expires` as an ISO 8601 text. */
    readonly description?: Readonly<Record<string, unknown>>
    /**
     * The file of the client certificate. `source` is the option or variable that named it, or the path of the file.
     */
    readonly certificate?: { readonly file: string; readonly source: string }
    readonly renewals?: number
    readonly failed?: RecordedError
    readonly outcomes?: readonly CredentialsOutcome[]
  }
}

/** The content of a HAR file. */
export interface Recording {
  readonly exchanges: readonly Exchange[]
  readonly facts: RecordingFacts
}

/** Returns the text of a HAR file before its first entry. */
export function harHead(creator: { readonly name: string; readonly version: string }): string {
  return `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`
}

/** Returns the text of a HAR file after its last entry. */
export function harTail(facts: RecordingFacts): string {
  return `\n],"_occi":${JSON.stringify(facts)}}}\n`
}

/** Returns the text of a HAR file for the exchanges of recordTransport. */
export function harText(recording: Recording, creator = { name: 'occi', version: '' }): string {
  const { exchanges, facts } = recording
  return `${harHead(creator)}\n${exchanges.map(harEntry).join(',\n')}${harTail(facts)}`
}

/** Returns the text of one item of `entries`. */
export function harEntry({ by, at, took, request, response, error }: Exchange): string {
  const { method, url, headers, body } = request
  return JSON.stringify({
    startedDateTime: new Date(at).toISOString(),
    time: took,
    request: {
      method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: headers.map(([name, value]) => ({ name, value })),
      queryString: URL.canParse(url)
        ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value }))
        : [],
      ...(body === undefined ? {} : { postData: { mimeType: mediaTypeIn(headers), text: body } }),
      headersSize: -1,
      bodySize: body === undefined ? 0 : -1,
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.reason ?? '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: (response?.headers ?? []).map(([name, value]) => ({ name, value })),
      content: {
        size: response?.body.length ?? 0,
        mimeType: mediaTypeIn(response?.headers ?? []),
        text: response?.body ?? '',
        ...(response?.truncated === true
          ? { comment: 'The recording has only the beginning of the body.' }
          : {}),
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
      ...(response === undefined || response.url === url ? {} : { _url: response.url }),
      ...(response === undefined || response.tolerated.length === 0
        ? {}
        : { _tolerated: response.tolerated }),
      ...(response?.truncated === true ? { _cut: true } : {}),
    },
    cache: {},
    timings: { send: 0, wait: took, receive: 0 },
    _by: by,
    ...(error === undefined ? {} : { _error: error }),
  })
}

function mediaTypeIn(headers: readonly HeaderPair[]): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'x-unknown'
}

/**
 * Parses a HAR file. Throws ProtocolError for text that is not HAR; the message names the malformed entry. The file may
 * come from an attacker, so each member is checked.
 */
export function parseHar(text: string): Recording {
  const log = member(parseJson(text), 'log')
  const entries = member(log, 'entries')
  if (!Array.isArray(entries)) throw notHar('it has no member log.entries')
  return { exchanges: entries.map(parseExchange), facts: parseFacts(member(log, '_occi')) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    throw notHar('it is not JSON')
  }
}

function notHar(reason: string): ProtocolError {
  return new ProtocolError(`This is not a recording (HAR 1.2): ${reason}`, {
    hint: 'occi writes one with `recordTransport`; browsers export them as "HAR".',
  })
}

function parseExchange(entry: unknown, index: number): Exchange {
  const malformed = (what: string) => notHar(`entry ${index + 1} has ${what}`)
  const request = member(entry, 'request')
  const method = textOf(member(request, 'method'))
  const url = textOf(member(request, 'url'))
  if (method === undefined || !/^[A-Za-z-]{1,40}$/.test(method)) throw malformed('no method')
  if (url === undefined || !isHttp(url)) throw malformed('no http or https URL')
  const body = textOf(member(member(request, 'postData'), 'text'))
  const error = parseError(member(entry, '_error'))
  const response = parseResponse(member(entry, 'response'), url)
  if (response === 'malformed') throw malformed('a malformed response')
  const started = Date.parse(textOf(member(entry, 'startedDateTime')) ?? '')
  const took = member(entry, 'time')
  return {
    by: member(entry, '_by') === 'login' ? 'login' : 'client',
    at: Number.isFinite(started) ? started : 0,
    took: typeof took === 'number' && took > 0 && took < 1e9 ? took : 0,
    request: {
      method,
      url,
      headers: parseHeaders(member(request, 'headers')) ?? [],
      ...(body === undefined ? {} : { body }),
    },
    ...(response === undefined ? {} : { response }),
    ...(error === undefined ? {} : { error }),
  }
}

/** Parses a response; undefined for status 0, which means in HAR that no response arrived. */
function parseResponse(response: unknown, requestUrl: string): RecordedResponse | undefined | 'malformed' {
  const status = member(response, 'status')
  if (status === 0 || response === undefined) return undefined
  const headers = parseHeaders(member(response, 'headers'))
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 100 || status > 999) {
    return 'malformed'
  }
  if (headers === undefined) return 'malformed'
  const content = member(response, 'content')
  const text = textOf(member(content, 'text')) ?? ''
  const url = textOf(member(response, '_url'))
  const tolerated = member(response, '_tolerated')
  return {
    status,
    reason: textOf(member(response, 'statusText')) ?? '',
    headers,
    body: member(content, 'encoding') === 'base64' ? fromBase64(text) : text,
    url: url !== undefined && isHttp(url) ? url : requestUrl,
    tolerated: Array.isArray(tolerated) ? tolerated.filter((each) => typeof each === 'string') : [],
    ...(member(response, '_cut') === true ? { truncated: true } : {}),
  }
}

function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atobOrEmpty(text), (character) => character.charCodeAt(0)))
}

function atobOrEmpty(text: string): string {
  try {
    return atob(text)
  } catch {
    return ''
  }
}

/** Parses headers; undefined if one of them is not a pair of a name and a value without line ends. */
function parseHeaders(headers: unknown): readonly HeaderPair[] | undefined {
  if (!Array.isArray(headers)) return undefined
  const pairs: HeaderPair[] = []
  for (const header of headers) {
    const name = textOf(member(header, 'name'))
    const value = textOf(member(header, 'value'))
    if (name === undefined || value === undefined || /[\r\n\0]/.test(name + value)) return undefined
    // Programs that use HTTP/2 also list its pseudo-headers, such as `:method`.
    if (!name.startsWith(':')) pairs.push([name, value])
  }
  return pairs
}

function parseError(value: unknown): RecordedError | undefined {
  const code = textOf(member(value, 'code'))
  const message = textOf(member(value, 'message'))
  if (code === undefined || message === undefined) return undefined
  const hint = textOf(member(value, 'hint'))
  const at = textOf(member(value, 'at'))
  const http = objectOf(member(value, 'http'))
  const facts = objectOf(member(value, 'facts'))
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
    ...(http === undefined ? {} : { http }),
    ...(facts === undefined ? {} : { facts }),
  }
}

function parseFacts(value: unknown): RecordingFacts {
  const endpoint = textOf(member(value, 'endpoint'))
  const command = textOf(member(value, 'command'))
  const retries = member(value, 'retries')
  const ids = member(value, 'ids')
  const login = member(value, 'login')
  return {
    ...(endpoint === undefined || !isHttp(endpoint) ? {} : { endpoint }),
    ...(command === undefined ? {} : { command }),
    ...(typeof retries === 'number' && retries >= 0 && retries < 1000
      ? { retries: Math.floor(retries) }
      : {}),
    ...(Array.isArray(ids) ? { ids: ids.filter((id) => typeof id === 'string') } : {}),
    ...(login === undefined ? {} : { login: parseLogin(login) }),
  }
}

function parseLogin(value: unknown): NonNullable<RecordingFacts['login']> {
  // Version 0.2.0 wrote `as` for `description`, and `because` for `source`.
  const description = objectOf(member(value, 'description') ?? member(value, 'as'))
  const failed = parseError(member(value, 'failed'))
  const renewals = member(value, 'renewals')
  const certificate = member(value, 'certificate')
  const file = textOf(member(certificate, 'file'))
  const source = textOf(member(certificate, 'source') ?? member(certificate, 'because'))
  const outcomes = member(value, 'outcomes')
  return {
    ...(description === undefined ? {} : { description }),
    ...(failed === undefined ? {} : { failed }),
    ...(file === undefined || source === undefined ? {} : { certificate: { file, source } }),
    ...(typeof renewals === 'number' && renewals >= 0 && renewals <= 10 ? { renewals } : {}),
    ...(Array.isArray(outcomes) ? { outcomes: outcomes.flatMap(parseOutcome) } : {}),
  }
}

function parseOutcome(value: unknown): readonly CredentialsOutcome[] {
  const call = (['sign', 'renew', 'refused'] as const).find((name) => name === member(value, 'call'))
  const error = parseError(member(value, 'error'))
  if (call === undefined) return []
  const renewed = member(value, 'renewed')
  const after = member(value, 'after')
  return [
    {
      call,
      ...(typeof after === 'number' ? { after } : {}),
      ...(error === undefined ? {} : { error }),
      ...(typeof renewed === 'boolean' ? { renewed } : {}),
    },
  ]
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** Returns an own member of an object; undefined for anything else. */
function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

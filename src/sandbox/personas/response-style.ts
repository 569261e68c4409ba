/** How one server writes its responses, as a table, and the function that applies the table. */

import type { HeaderPair } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import type { Category, Entity } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'
import { reasonPhrase } from '../http/reasons.js'
import type { Outcome } from '../operations/context.js'
import type { SandboxResponse, WireDeviations } from '../types.js'
import type { ErrorOutcome, Exchange } from './persona.js'
import {
  categoryFields,
  entityFields,
  type Field,
  locationFields,
  type PrintContext,
  type TextStyle,
} from './text.js'

/** What the response to a successful request consists of. */
interface ResponseRule {
  readonly status: number
  readonly body: 'data' | 'locations' | 'OK' | 'empty'
  /**
   * The Location header, if any: the location of the entity or, for an action on one entity, the target of the request
   * with its query (E17).
   */
  readonly location?: 'entity' | 'target'
}

type WriteOutcome = Exclude<Outcome['what'], 'list' | 'nodes' | 'model' | 'entity'>

/**
 * How one server writes its responses. A persona inherits values from another one only if the servers share code.
 * Otherwise it repeats equal values, because they come from the recordings of different servers.
 */
export interface ResponseStyle {
  readonly textStyle: TextStyle
  readonly basePath: string
  /** Texts before, between and after the lines of a body in text/plain. */
  readonly textPlain: {
    readonly beforeLines: string
    readonly betweenLines: string
    readonly afterLines: string
  }
  readonly textOcci: {
    /** One header for each value, or the separator of all values of a name in one header. */
    readonly severalValues: 'repeated' | ', ' | ','
    /** The body of a response whose message is in headers, usually `OK`. */
    readonly body: string
    /** Returns the server's name of a header. */
    readonly headerName: (standardName: Field[0]) => string
    /** Name of the header with the locations of a collection. */
    readonly collectionHeader: string
  }
  /** Returns the server's name of a line in text/plain. */
  readonly lineName: (standardName: Field[0]) => string
  /** Whether a URI list starts with a comment, and the texts between and after its lines. */
  readonly uriList: {
    readonly startsWithComment: boolean
    readonly betweenLines: string
    readonly afterLines: string
  }
  /** Responses to requests that change something, for all renderings or by rendering. */
  readonly writeResponses: Readonly<
    Record<WriteOutcome, ResponseRule | Readonly<Partial<Record<RenderingName | 'else', ResponseRule>>>>
  >
  /** Status of an empty listing. */
  readonly emptyList: 200 | 204
  /** Returns the Content-Type. At erocci, the negotiated media type may differ from the rendering of the body (E3). */
  readonly contentType: (rendering: RenderingName, negotiated?: string) => string
  /** Other headers of every response. */
  readonly headers: readonly HeaderPair[]
  /** Converts standard JSON to the form of this server. */
  readonly json?: (standard: unknown, exchange: Exchange) => unknown
  readonly errors: {
    /** Returns where the message of an error is. */
    readonly form: (rendering: RenderingName) => 'text-body' | 'header' | 'json' | 'empty'
    /** Returns the Content-Type of an error, or undefined for none. Default: as for other responses. */
    readonly type?: (
      error: ErrorOutcome,
      exchange: Pick<Exchange, 'rendering' | 'type'>,
    ) => string | undefined
    /** Converts the status and message of the standard response to those of this server. */
    readonly translate?: (
      error: ErrorOutcome,
      exchange: Exchange,
    ) => { status?: number; message: string; reason?: string }
    /** Returns the body in JSON. Default: `{ code, message }`. */
    readonly json?: (status: number, message: string) => unknown
    readonly wire?: WireDeviations
  }
  readonly wire?: WireDeviations
}

/** Returns the `rewriteResponse` of a persona with this style. */
export function respondInStyle(responseStyle: ResponseStyle): (exchange: Exchange) => SandboxResponse {
  return (exchange) =>
    exchange.outcome.what === 'error'
      ? errorResponse(responseStyle, exchange)
      : successResponse(responseStyle, exchange)
}

function successResponse(responseStyle: ResponseStyle, exchange: Exchange): SandboxResponse {
  const { outcome, rendering } = exchange
  if (outcome.what === 'error') return exchange.response
  const url = (path: string) =>
    path.startsWith('/') ? `${exchange.origin}${responseStyle.basePath}${path}` : path
  const printContext: PrintContext = { style: responseStyle.textStyle, describe: exchange.describe, url }
  const isRead =
    outcome.what === 'list' ||
    outcome.what === 'nodes' ||
    outcome.what === 'model' ||
    outcome.what === 'entity'
  const rule: ResponseRule = isRead
    ? readRule(responseStyle, exchange)
    : writeRule(responseStyle, outcome.what, rendering)
  const subject = subjectOf(outcome)
  const message =
    rule.body === 'empty'
      ? { headers: [], body: '' }
      : printMessage(responseStyle, exchange, rule, subject, printContext)
  const [path] = subject.paths
  const location = locationOf(rule, path, exchange)
  const locationHeaders: HeaderPair[] = location === undefined ? [] : [['Location', url(location)]]
  return {
    status: rule.status,
    reason: reasonPhrase(rule.status),
    headers: [
      ...locationHeaders,
      ...message.headers,
      ['Content-Type', responseStyle.contentType(rendering, exchange.type)],
      ...responseStyle.headers,
    ],
    body: rule.status === 204 ? '' : message.body,
    ...omitUndefined({ wire: responseStyle.wire }),
  }
}

function locationOf(
  { location }: ResponseRule,
  entityPath: string | undefined,
  { path, target }: Exchange,
): string | undefined {
  if (location !== 'target') return location === undefined ? undefined : entityPath
  return entityPath === path ? target : undefined
}

function writeRule(responseStyle: ResponseStyle, what: WriteOutcome, rendering: RenderingName): ResponseRule {
  const rule = responseStyle.writeResponses[what]
  if ('status' in rule) return rule
  return rule[rendering] ?? rule.else ?? { status: 200, body: 'OK' }
}

/** The rule for a request that changes nothing. An empty JSON collection has a body, so its status is 200. */
function readRule(responseStyle: ResponseStyle, { outcome, rendering }: Exchange): ResponseRule {
  const isEmpty = outcome.what === 'list' && outcome.records.length === 0 && !rendering.startsWith('json')
  return { status: isEmpty ? responseStyle.emptyList : 200, body: 'data' }
}

/** What an outcome is about. */
interface Subject {
  readonly paths: readonly string[]
  readonly entities: readonly Entity[]
  readonly categories: readonly Category[]
}

function subjectOf(outcome: Outcome): Subject {
  const nothing: Subject = { paths: [], entities: [], categories: [] }
  switch (outcome.what) {
    case 'model':
      return { ...nothing, paths: locationsOf(outcome.categories), categories: outcome.categories }
    case 'entity':
    case 'updated':
      return { ...nothing, paths: [outcome.path], entities: [outcome.entity] }
    case 'created':
      return { ...nothing, paths: outcome.paths, entities: outcome.entities }
    case 'list':
      return { ...nothing, paths: outcome.records.map((record) => record.path) }
    case 'nodes':
      return { ...nothing, paths: outcome.paths }
    case 'triggered': {
      const { template } = outcome
      const categories = template === undefined ? [] : [template]
      const location = template === undefined || template.class === 'action' ? undefined : template.location
      return {
        paths: location === undefined ? pathsOf(outcome.entities) : [location],
        entities: outcome.template === undefined ? outcome.entities : [],
        categories,
      }
    }
    case 'mixin-added':
      return { ...nothing, paths: locationsOf(outcome.mixins), categories: outcome.mixins }
    case 'membership':
      return { ...nothing, paths: pathsOf(outcome.entities) }
    case 'mixin-removed':
    case 'deleted':
      return nothing
  }
}

function locationsOf(categories: readonly Category[]): readonly string[] {
  return categories.flatMap((category) => (category.class === 'action' ? [] : (category.location ?? [])))
}

function pathsOf(entities: readonly Entity[]): readonly string[] {
  return entities.flatMap((entity) => entity.location ?? [])
}

interface PrintedMessage {
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

function printMessage(
  responseStyle: ResponseStyle,
  exchange: Exchange,
  rule: ResponseRule,
  subject: Subject,
  printContext: PrintContext,
): PrintedMessage {
  if (rule.body === 'OK') {
    const { body } = responseStyle.textOcci
    return { headers: [], body: body.startsWith('OK') ? body : 'OK' }
  }
  const fields = fieldsOf(rule, subject, printContext)
  switch (exchange.rendering) {
    case 'text/plain': {
      const lines = fields.map(([name, value]) => `${responseStyle.lineName(name)}: ${value}`)
      if (lines.length === 0) return { headers: [], body: '' }
      return {
        headers: [],
        body: `${responseStyle.textPlain.beforeLines}${lines.join(responseStyle.textPlain.betweenLines)}${responseStyle.textPlain.afterLines}`,
      }
    }
    case 'text/occi':
      return { headers: headersOf(responseStyle, fields), body: responseStyle.textOcci.body }
    case 'text/uri-list': {
      const comment = responseStyle.uriList.startsWithComment ? [`# uri:${exchange.path}`] : []
      const uris = [...comment, ...subject.paths.map(printContext.url)]
      return {
        headers: [],
        body:
          uris.length === 0
            ? ''
            : `${uris.join(responseStyle.uriList.betweenLines)}${responseStyle.uriList.afterLines}`,
      }
    }
    default:
      return { headers: [], body: jsonBody(responseStyle, exchange) }
  }
}

/** The fields of a text message: the categories or the only entity as data, or the locations. */
function fieldsOf(rule: ResponseRule, subject: Subject, printContext: PrintContext): readonly Field[] {
  const { categories, entities, paths } = subject
  const [entity, second] = entities
  if (rule.body === 'data' && categories.length > 0) return categoryFields(categories, printContext)
  if (rule.body === 'data' && entity !== undefined && second === undefined)
    return entityFields(entity, printContext)
  return locationFields(paths, printContext)
}

function jsonBody(responseStyle: ResponseStyle, exchange: Exchange): string {
  const { body } = exchange.response
  if (responseStyle.json === undefined || body === '') return body
  const standard: unknown = /^[[{]/.test(body) ? JSON.parse(body) : body
  const converted = responseStyle.json(standard, exchange)
  return typeof converted === 'string' ? converted : JSON.stringify(converted)
}

function headersOf(responseStyle: ResponseStyle, fields: readonly Field[]): readonly HeaderPair[] {
  const headers = fields.map(([name, value]): HeaderPair => {
    return [
      name === 'X-OCCI-Location'
        ? responseStyle.textOcci.collectionHeader
        : responseStyle.textOcci.headerName(name),
      // Control characters, such as line breaks, would end the header.
      value.replace(/[\x00-\x08\x0a-\x1f\x7f]+/g, ' '),
    ]
  })
  const { severalValues } = responseStyle.textOcci
  if (severalValues === 'repeated') return headers
  const valuesByName = new Map<string, string[]>()
  for (const [name, value] of headers) valuesByName.set(name, [...(valuesByName.get(name) ?? []), value])
  return [...valuesByName].map(([name, values]) => [name, values.join(severalValues)])
}

function errorResponse(responseStyle: ResponseStyle, exchange: Exchange): SandboxResponse {
  const { outcome, rendering } = exchange
  if (outcome.what !== 'error') return exchange.response
  const translated = responseStyle.errors.translate?.(outcome, exchange) ?? {
    message: outcome.message,
  }
  const status = translated.status ?? outcome.status
  const message = plainText(translated.message)
  const form = responseStyle.errors.form(rendering)
  const challenge = exchange.response.headers.filter(([name]) => name.toLowerCase() === 'www-authenticate')
  const defaultType =
    form === 'json' ? responseStyle.contentType(rendering) : responseStyle.contentType('text/plain')
  const type =
    responseStyle.errors.type === undefined
      ? defaultType
      : responseStyle.errors.type({ ...outcome, status }, exchange)
  return {
    status,
    reason: translated.reason ?? reasonPhrase(status),
    headers: [
      ...(form === 'header' ? [['X-OCCI-Error', message] as const] : []),
      ...(type === undefined ? [] : [['Content-Type', type] as const]),
      ...challenge,
      ...responseStyle.headers,
    ],
    body: errorBody(responseStyle, form, status, translated.message),
    ...omitUndefined({ wire: responseStyle.errors.wire }),
  }
}

function errorBody(
  { errors }: ResponseStyle,
  form: ReturnType<ResponseStyle['errors']['form']>,
  status: number,
  message: string,
): string {
  if (form === 'text-body') return message.split('\n').map(plainText).join('\n')
  if (form !== 'json') return ''
  const text = plainText(message)
  return JSON.stringify(errors.json?.(status, text) ?? { code: status, message: text })
}

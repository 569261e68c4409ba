/** The statuses, headers, bodies and errors of one server as a table, and the function that applies it. */

import type { HeaderPair } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import type { Category, Entity } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'
import { reasonPhrase } from '../http/reasons.js'
import type { Outcome } from '../operations/context.js'
import type { SandboxResponse, WireDeviations } from '../types.js'
import type { Exchange } from './persona.js'
import {
  categoryFields,
  entityFields,
  type Field,
  locationFields,
  type PrintContext,
  type TextStyle,
} from './text.js'

interface ResponseRule {
  readonly status: number
  readonly body: 'data' | 'locations' | 'OK' | 'empty'
  /**
   * The Location header, if any: the location of the entity, or the target of the request with its query, for an
   * action on one entity (E17).
   */
  readonly location?: 'entity' | 'target'
}

type WriteOutcome = Exclude<Outcome['what'], 'list' | 'nodes' | 'model' | 'entity'>

/**
 * How one server writes its responses. A persona inherits values from another one only if the servers share code.
 * Otherwise it repeats equal values, because each comes from the recordings of its own server.
 */
export interface ResponseStyle {
  readonly style: TextStyle
  readonly basePath: string
  readonly textPlain: { readonly before: string; readonly separator: string; readonly after: string }
  readonly textOcci: {
    /** One header per value, or all values of a name joined in one header. */
    readonly lists: 'repeated' | ', ' | ','
    /** The body of a response whose message is in headers, usually `OK`. */
    readonly body: string
    /** Names of the headers. */
    readonly name: (name: Field[0]) => string
    /** Name of the header with the locations of a collection. */
    readonly collection: string
  }
  readonly textPlainName: (name: Field[0]) => string
  readonly uris: { readonly comment: boolean; readonly separator: string; readonly after: string }
  /** Responses to requests that change something; by rendering, where renderings differ. */
  readonly writeResponses: Readonly<
    Record<WriteOutcome, ResponseRule | Readonly<Partial<Record<RenderingName | 'else', ResponseRule>>>>
  >
  readonly emptyList: 200 | 204
  /** The Content-Type, from the rendering of the body and the negotiated media type, which may differ (erocci). */
  readonly contentType: (rendering: RenderingName, negotiated?: string) => string
  /** Other headers of every response. */
  readonly headers: readonly HeaderPair[]
  /** Converts standard JSON to the form of this server. */
  readonly json?: (standard: unknown, answer: Exchange) => unknown
  readonly errors: {
    readonly form: (rendering: RenderingName) => 'text-body' | 'header' | 'json' | 'empty'
    /** Content-Type of an error; undefined for none. Default: as for other responses. */
    readonly type?: (error: {
      readonly rendering: RenderingName
      readonly status: number
      readonly message: string
      readonly negotiated: string | undefined
    }) => string | undefined
    /** The message and status that this server sends. */
    readonly translate?: (
      status: number,
      message: string,
      answer: Exchange,
    ) => { status?: number; message: string; reason?: string }
    /** The body in JSON. Default: `{ code, message }`. */
    readonly json?: (status: number, message: string) => unknown
    readonly wire?: WireDeviations
  }
  readonly wire?: WireDeviations
}

export function respondInStyle(responseStyle: ResponseStyle): (answer: Exchange) => SandboxResponse {
  return (answer) =>
    answer.outcome.what === 'error' ? fault(responseStyle, answer) : success(responseStyle, answer)
}

function success(responseStyle: ResponseStyle, answer: Exchange): SandboxResponse {
  const { outcome, rendering } = answer
  if (outcome.what === 'error') return answer.response
  const url = (path: string) =>
    path.startsWith('/') ? `${answer.origin}${responseStyle.basePath}${path}` : path
  const printing: PrintContext = { style: responseStyle.style, describe: answer.describe, url }
  const isRead =
    outcome.what === 'list' ||
    outcome.what === 'nodes' ||
    outcome.what === 'model' ||
    outcome.what === 'entity'
  const rule: ResponseRule = isRead
    ? readRule(responseStyle, answer)
    : ruleFor(responseStyle, outcome.what, rendering)
  const subject = subjectOf(outcome)
  const message =
    rule.body === 'empty'
      ? { headers: [], body: '' }
      : printMessage(responseStyle, answer, rule, subject, printing)
  const [path] = subject.paths
  const location = locationOf(rule, path, answer)
  const locationHeaders: HeaderPair[] = location === undefined ? [] : [['Location', url(location)]]
  return {
    status: rule.status,
    reason: reasonPhrase(rule.status),
    headers: [
      ...locationHeaders,
      ...message.headers,
      ['Content-Type', responseStyle.contentType(rendering, answer.type)],
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

function ruleFor(responseStyle: ResponseStyle, what: WriteOutcome, rendering: RenderingName): ResponseRule {
  const rule = responseStyle.writeResponses[what]
  if ('status' in rule) return rule
  return rule[rendering] ?? rule.else ?? { status: 200, body: 'OK' }
}

/** A JSON collection always has a body, even when it is empty. */
function readRule(responseStyle: ResponseStyle, { outcome, rendering }: Exchange): ResponseRule {
  const isEmpty = outcome.what === 'list' && outcome.records.length === 0 && !rendering.startsWith('json')
  return { status: isEmpty ? responseStyle.emptyList : 200, body: 'data' }
}

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
  answer: Exchange,
  rule: ResponseRule,
  subject: Subject,
  printing: PrintContext,
): PrintedMessage {
  if (rule.body === 'OK')
    return {
      headers: [],
      body: responseStyle.textOcci.body.startsWith('OK') ? responseStyle.textOcci.body : 'OK',
    }
  const [only, second] = subject.entities
  const fields =
    rule.body === 'data' && subject.categories.length > 0
      ? categoryFields(subject.categories, printing)
      : rule.body === 'data' && only !== undefined && second === undefined
        ? entityFields(only, printing)
        : locationFields(subject.paths, printing)
  switch (answer.rendering) {
    case 'text/plain': {
      const lines = fields.map(([name, value]) => `${responseStyle.textPlainName(name)}: ${value}`)
      if (lines.length === 0) return { headers: [], body: '' }
      return {
        headers: [],
        body: `${responseStyle.textPlain.before}${lines.join(responseStyle.textPlain.separator)}${responseStyle.textPlain.after}`,
      }
    }
    case 'text/occi':
      return { headers: headersOf(responseStyle, fields), body: responseStyle.textOcci.body }
    case 'text/uri-list': {
      const comment = responseStyle.uris.comment ? [`# uri:${answer.path}`] : []
      const uris = [...comment, ...subject.paths.map(printing.url)]
      return {
        headers: [],
        body:
          uris.length === 0 ? '' : `${uris.join(responseStyle.uris.separator)}${responseStyle.uris.after}`,
      }
    }
    default:
      return { headers: [], body: jsonBody(responseStyle, answer) }
  }
}

function jsonBody(responseStyle: ResponseStyle, answer: Exchange): string {
  const { body } = answer.response
  if (responseStyle.json === undefined || body === '') return body
  const standard: unknown = /^[[{]/.test(body) ? JSON.parse(body) : body
  const converted = responseStyle.json(standard, answer)
  return typeof converted === 'string' ? converted : JSON.stringify(converted)
}

function headersOf(responseStyle: ResponseStyle, fields: readonly Field[]): readonly HeaderPair[] {
  const named = fields.map(([name, value]): HeaderPair => {
    return [
      name === 'X-OCCI-Location' ? responseStyle.textOcci.collection : responseStyle.textOcci.name(name),
      // Control characters would end the header; blanks stay as they are.
      value.replace(/[\x00-\x08\x0a-\x1f\x7f]+/g, ' '),
    ]
  })
  const { lists } = responseStyle.textOcci
  if (lists === 'repeated') return named
  const joined = new Map<string, string[]>()
  for (const [name, value] of named) joined.set(name, [...(joined.get(name) ?? []), value])
  return [...joined].map(([name, values]) => [name, values.join(lists)])
}

function fault(responseStyle: ResponseStyle, answer: Exchange): SandboxResponse {
  const { outcome, rendering } = answer
  if (outcome.what !== 'error') return answer.response
  const translated = responseStyle.errors.translate?.(outcome.status, outcome.message, answer) ?? {
    message: outcome.message,
  }
  const status = translated.status ?? outcome.status
  const message = plainText(translated.message)
  const form = responseStyle.errors.form(rendering)
  const challenge = answer.response.headers.filter(([name]) => name.toLowerCase() === 'www-authenticate')
  const defaultType =
    form === 'json' ? responseStyle.contentType(rendering) : responseStyle.contentType('text/plain')
  const type =
    responseStyle.errors.type === undefined
      ? defaultType
      : responseStyle.errors.type({ rendering, status, message: outcome.message, negotiated: answer.type })
  return {
    status,
    reason: translated.reason ?? reasonPhrase(status),
    headers: [
      ...(form === 'header' ? [['X-OCCI-Error', message] as const] : []),
      ...(type === undefined ? [] : [['Content-Type', type] as const]),
      ...challenge,
      ...responseStyle.headers,
    ],
    body:
      form === 'text-body'
        ? translated.message.split('\n').map(plainText).join('\n')
        : form === 'json'
          ? JSON.stringify(responseStyle.errors.json?.(status, message) ?? { code: status, message })
          : '',
    ...omitUndefined({ wire: responseStyle.errors.wire }),
  }
}

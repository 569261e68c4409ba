/** The persona of rOCCI-server 2.0 with rOCCI-core 5: JSON of OCCI 1.2, and the text renderings of 1.1. */
import { omitUndefined } from '../../basics/objects.js'
import { rocciCore5 } from '../catalog/rocci-core-5.js'
import { seedNetworks } from '../state/seed.js'
import type { SandboxResponse } from '../types.js'
import type { ErrorOutcome, Exchange, Persona } from './persona.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { rocciStyle } from './rocci-server.js'
import { rocciServer2Rules } from './rules/rocci-server-2.js'
import { standardBehaviour, textMedia } from './standard.js'

const responseStyle: ResponseStyle = {
  textStyle: { ...rocciStyle, semicolon: '; ', escape: 'backslash', firstAttributeProperty: 'required' },
  basePath: '',
  textPlain: { beforeLines: '', betweenLines: '\n', afterLines: '' },
  textOcci: {
    severalValues: 'repeated',
    body: '',
    headerName: (standardName) => headerNames[standardName] ?? standardName,
    collectionHeader: 'Location',
  },
  lineName: (standardName) => standardName,
  uriList: { startsWithComment: false, betweenLines: '\n', afterLines: '' },
  writeResponses: {
    created: { status: 201, body: 'locations' },
    updated: { status: 200, body: 'data' },
    triggered: { status: 204, body: 'empty' },
    'mixin-added': { status: 501, body: 'empty' },
    'mixin-removed': { status: 501, body: 'empty' },
    membership: { status: 501, body: 'empty' },
    deleted: { status: 204, body: 'empty' },
  },
  emptyList: 204,
  contentType: (rendering) => `${rendering === 'json' ? 'application/json' : rendering}; charset=utf-8`,
  headers: [
    ['Vary', 'Accept, Origin'],
    ['Server', 'rOCCI-server OCCI/1.1 OCCI-CRTP/1.0 OCCI/1.2 OCCI-CRTP/1.1'],
    ['Cache-Control', 'max-age=0, private, must-revalidate'],
    ['X-Request-Id', '9546a612-99b3-4a59-accb-e1704d0a9e28'],
  ],
  json: (standard, exchange) => rocciJson(standard, exchange),
  errors: {
    form: (rendering) => errorForms[rendering] ?? 'text-body',
    translate: translateError,
    json: (status, message) => ({ status: statusSymbols.get(status) ?? status, error: message }),
  },
}

const headerNames: Readonly<Partial<Record<string, string>>> = {
  Category: 'X-OCCI-Category',
  Link: 'X-OCCI-Link',
}

const errorForms: Readonly<Partial<Record<string, 'header' | 'json'>>> = {
  'text/occi': 'header',
  json: 'json',
}

/** Rails' symbols of statuses. */
const statusSymbols: ReadonlyMap<number, string> = new Map([
  [400, 'bad_request'],
  [404, 'not_found'],
  [406, 'not_acceptable'],
  [409, 'conflict'],
  [501, 'not_implemented'],
])

function translateError(
  { status, message, code, subject }: ErrorOutcome,
  { method, path }: Exchange,
): { message: string } {
  if (status === 401) return { message: 'Not Authorized' }
  if (status === 404) {
    const isCollection = path.endsWith('/')
    return { message: `Requested ${isCollection ? 'entity type' : 'instance'} could not be found` }
  }
  if (code === 'unknown-category' || code === 'unknown-kind')
    return { message: `Unparsable content: Category "${subject}" not found in the model` }
  if (status === 406 && method === 'POST' && message !== '')
    return { message: 'Provided media format is not acceptable' }
  return { message }
}

/** Converts standard JSON: attributes include those of occi.core, and the response to a creation is a list of URLs. */
function rocciJson(standard: unknown, { outcome, origin }: Exchange): unknown {
  if (outcome.what === 'created') return outcome.paths.map((path) => `${origin}${path}`)
  return withCoreAttributes(standard)
}

type JsonObject = Record<string, unknown>

/** Adds the attributes of occi.core to each entity. */
function withCoreAttributes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCoreAttributes)
  if (value === null || typeof value !== 'object') return value
  const object = value as JsonObject
  if (typeof object['kind'] !== 'string' || object['id'] === undefined) {
    return Object.fromEntries(
      Object.entries(object).map(([name, member]) => [name, convertMember(name, member)]),
    )
  }
  const { location: _, source, target, links, attributes, ...rest } = object
  const locationOf = (end: unknown) => (end as { location?: unknown } | undefined)?.location
  const coreAttributes = {
    'occi.core.source': locationOf(source),
    'occi.core.target': locationOf(target),
    'occi.core.id': object['id'],
    'occi.core.title': object['title'],
    'occi.core.summary': object['summary'],
  }
  return {
    ...rest,
    attributes: { ...(attributes as JsonObject | undefined), ...omitUndefined(coreAttributes) },
    ...omitUndefined({ source, target }),
    ...(links === undefined ? {} : { links: withCoreAttributes(links) }),
  }
}

/** Converts the entities in a member of a collection. Other members are unchanged. */
function convertMember(name: string, member: unknown): unknown {
  return name === 'resources' || name === 'links' ? withCoreAttributes(member) : member
}

const notImplemented = { status: 501, message: 'Requested functionality is not implemented' }

export const rocciServer2: Persona = {
  name: 'rocci-server-2',
  title: 'rOCCI-server 2.0 (OpenNebula), OCCI 1.1 and 1.2',
  behaviour: {
    ...standardBehaviour,
    atCreate: { immutable: 'accept', unknown: 'refuse', required: 'check' },
    clientIds: 'ignore',
    identifier: (segment) => segment,
    actionNotApplicableStatus: 409,
    paging: 'ignored',
    queryFilter: 'exact',
    shownStates: new Map([['building', 'waiting']]),
    refusedOperations: new Map(
      (
        [
          'replace',
          'create-at',
          'add-mixin',
          'remove-mixin',
          'associate',
          'set-members',
          'dissociate',
        ] as const
      ).map((operation) => [operation, notImplemented]),
    ),
  },
  rules: rocciServer2Rules,
  versions: ['1.2', '1.1'],
  serverHeaders: responseStyle.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: rocciCore5,
  seed: seedNetworks('/network/'),
  media: {
    produces: [
      ...textMedia,
      { type: 'application/occi+json', rendering: 'json' },
      { type: 'application/json', rendering: 'json' },
    ],
    consumes: [
      { type: 'text/plain', rendering: 'text/plain' },
      { type: 'text/occi', rendering: 'text/occi' },
      { type: 'application/occi+json', rendering: 'json' },
      { type: 'application/json', rendering: 'json' },
    ],
    matching: 'q-values',
    unsupportedStatus: 406,
  },
  rewriteResponse,
  // Rails uses the first of several media types.
  rewriteRequest: (request) =>
    request.contentType === undefined
      ? request
      : { ...request, contentType: request.contentType.split(',')[0] ?? '' },
}

const respond = respondInStyle(responseStyle)

/** An empty collection is 204, also in JSON. Refusals by Rails or Rack have other media types than those by rOCCI. */
function rewriteResponse(exchange: Exchange): SandboxResponse {
  const { outcome } = exchange
  const response = respond(exchange)
  if (response.status === 204 || (outcome.what === 'list' && outcome.records.length === 0))
    return { ...withContentType(response, undefined), status: 204, reason: 'No Content', body: '' }
  const isFromRails = response.status === 406 && !response.body.includes('Provided media format')
  if (isFromRails && exchange.accept?.trim() !== '*/*')
    return { ...withContentType(response, 'text/html; charset=UTF-8'), body: '' }
  if (response.status === 401) return { ...withContentType(response, 'text/plain'), body: 'Not Authorized' }
  if (outcome.what === 'error' && exchange.rendering === 'text/occi')
    return withContentType(response, responseStyle.contentType('text/occi'))
  return response
}

function withContentType(response: SandboxResponse, type: string | undefined): SandboxResponse {
  const otherHeaders = response.headers.filter(([name]) => name !== 'Content-Type')
  const headers: SandboxResponse['headers'] =
    type === undefined ? otherHeaders : [['Content-Type', type], ...otherHeaders]
  return { ...response, headers }
}

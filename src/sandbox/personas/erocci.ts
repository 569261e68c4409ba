/** The persona of erocci with its Mnesia backend. */

import { isSafeMethod } from '../../basics/http.js'
import { isRecord } from '../../basics/objects.js'
import { seedNetworks } from '../state/seed.js'
import { erocciCategories } from './erocci-categories.js'
import type { HttpRequest, Persona } from './persona.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { erocciRules, isCrash, isMalformed } from './rules/erocci.js'
import { standardBehaviour, textMedia } from './standard.js'

const responseStyle: ResponseStyle = {
  textStyle: {
    semicolon: '; ',
    values: 'typed',
    escape: 'none',
    floats: 'six-digits',
    class: 'bare',
    entityCategories: 'named',
    definitions: 'whole',
    locations: 'absolute',
    firstAttributeProperty: 'required',
    links: 'absolute',
    linkPointsTo: 'target',
    linkRel: 'core-entity',
    // Joined without a separator (E11).
    linkCategorySeparator: '',
    actions: 'shown',
    inlineLinks: 'shown',
    inlineEnds: 'hidden',
  },
  basePath: '',
  textPlain: { beforeLines: '', betweenLines: '\n', afterLines: '\n\n' },
  textOcci: {
    severalValues: ', ',
    body: 'OK\n',
    headerName: (standardName) => standardName.toLowerCase(),
    collectionHeader: 'x-occi-location',
  },
  lineName: (standardName) => standardName.toLowerCase(),
  uriList: { startsWithComment: false, betweenLines: '\n', afterLines: '\n\n' },
  writeResponses: {
    created: { status: 200, body: 'data', location: 'entity' },
    updated: { status: 200, body: 'data', location: 'entity' },
    triggered: { status: 200, body: 'data', location: 'target' },
    // In JSON, a mixin is created but the response fails (E19).
    'mixin-added': {
      json: { status: 500, body: 'empty' },
      else: { status: 200, body: 'data', location: 'entity' },
    },
    'mixin-removed': { status: 204, body: 'empty' },
    membership: { status: 200, body: 'locations' },
    deleted: { status: 204, body: 'empty' },
  },
  emptyList: 200,
  contentType: (rendering, negotiated) => negotiated ?? rendering,
  headers: [
    ['server', 'erocci OCCI/1.2'],
    ['vary', 'accept'],
  ],
  json: (standard, exchange) => {
    const converted = exchange.outcome.what === 'model' ? modelInJson(standard) : standard
    return absoluteLocations(converted, exchange.origin)
  },
  errors: {
    // Only errors in text/plain have a message, except 404 (E20).
    form: (rendering) => (rendering === 'text/plain' ? 'text-body' : 'empty'),
    translate: ({ status, message, code }, { method }) => {
      // An entity cannot be read as a URI list (E21).
      if (code === 'entity-as-uri-list' || code === 'model-as-uri-list') return { status: 406, message: '' }
      if ([405, 406, 413, 415].includes(status) || isCrash(message)) return { message: '' }
      const convertedStatus = convertStatus(status, method)
      return { status: convertedStatus, message: convertedStatus === 404 ? '' : `error: ${message}` }
    },
    // Refusals that precede content negotiation have no Content-Type (cowboy_rest).
    type: (error, { type }) =>
      [405, 406, 413].includes(error.status) || isCrash(error.message) || isMalformed(error)
        ? undefined
        : type,
  },
}

export const erocci: Persona = {
  name: 'erocci',
  title: 'erocci, OCCI 1.2 in Erlang',
  behaviour: {
    ...standardBehaviour,
    // Known attributes are stored, at the path that the client chose (E6, E7, E27).
    atCreate: { immutable: 'accept', unknown: 'refuse', required: 'ignore' },
    atUpdate: { immutable: 'refuse', unknown: 'refuse' },
    identifier: () => '',
    addsNothing: true,
    linksShown: 'at-both-ends',
    kindFrom: 'collection',
    acceptsAnyLinkEnds: true,
    acceptsAnyAction: true,
    actionFrom: 'category',
    updates: 'attributes-only',
    templates: 'keep-both',
    queryAsUris: true,
    listsDescendants: false,
    putKeepsMembers: true,
    newEntitiesAt: '/',
    overwrites: true,
    links: 'permanent',
    actionNotApplicableStatus: 400,
    putWithLinks: 'ignore',
    queryFilter: 'exact',
    writesBeforeRefusing: true,
    userMixinsAt: '/categories/',
    refusedOperations: new Map([['root', { status: 404, message: '' }]]),
  },
  rules: erocciRules,
  rewriteRequest,
  versions: ['1.2', '1.1'],
  serverHeaders: responseStyle.headers,
  // Some builds answer 404 for /-/ (E1).
  queryPaths: ['/-/', '/-', '/.well-known/org/ogf/occi/-', '/.well-known/org/ogf/occi/-/'],
  categories: erocciCategories,
  seed: seedNetworks('/', 'stateless'),
  media: {
    produces: [
      { type: 'text/occi', rendering: 'text/occi' },
      { type: 'text/plain', rendering: 'text/plain' },
      { type: 'text/uri-list', rendering: 'text/uri-list' },
      { type: 'application/json', rendering: 'json' },
      { type: 'application/occi+json', rendering: 'json' },
    ],
    consumes: [
      ...textMedia,
      { type: 'application/json', rendering: 'json' },
      { type: 'application/occi+json', rendering: 'json' },
    ],
    matching: 'exact-or-default',
    unsupportedStatus: 415,
  },
  rewriteResponse: respondInStyle(responseStyle),
}

/** Converts a standard status: 404 is 400 except for GET and DELETE; 403 and 409 are 500 for DELETE, otherwise 400. */
function convertStatus(status: number, method: string): number {
  const isGetOrDelete = method === 'GET' || method === 'DELETE'
  if (status === 404) return isGetOrDelete ? 404 : 400
  if (status === 403 || status === 409) return method === 'DELETE' ? 500 : 400
  return status
}

/** Removes what erocci ignores: a slash at the end of the path, and the OCCI headers of a request that only reads. */
function rewriteRequest(request: HttpRequest): HttpRequest {
  const { method, path, headers, body } = request
  const occiHeader = /^(?:category|link|x-occi-)/i
  return {
    ...request,
    path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path,
    body: hasCollection(request) ? '{}' : body,
    headers: isSafeMethod(method) ? headers.filter(([name]) => !occiHeader.test(name)) : headers,
  }
}

/** Whether the body of a creation is a collection, which erocci treats as one empty entity (E30). */
function hasCollection({ path, body }: HttpRequest): boolean {
  if (!path.startsWith('/categories/') || !/^\s*\{/.test(body.slice(0, 100))) return false
  try {
    const json: unknown = JSON.parse(body)
    return isRecord(json) && Array.isArray(json['resources']) && json['resources'].every(isWithoutMixins)
  } catch {
    return false
  }
}

function isWithoutMixins(entity: unknown): boolean {
  return isRecord(entity) && !Array.isArray(entity['mixins'])
}

/** Makes locations absolute (E22). */
function absoluteLocations(value: unknown, origin: string): unknown {
  if (Array.isArray(value)) return value.map((item) => absoluteLocations(item, origin))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'location' && typeof member === 'string' && member.startsWith('/')
        ? `${origin}${member}`
        : absoluteLocations(member, origin),
    ]),
  )
}

/**
 * Converts the model to the JSON of erocci (E22): a missing title is Erlang's empty string, `[]`; the type of an
 * enumeration is array; and a pattern contains only the type.
 */
function modelInJson(standard: unknown): unknown {
  if (!isRecord(standard)) return standard
  return Object.fromEntries(
    Object.entries(standard).map(([list, categories]) => [
      list,
      Array.isArray(categories) ? categories.map((category) => categoryInJson(category)) : categories,
    ]),
  )
}

function categoryInJson(category: unknown): unknown {
  if (!isRecord(category)) return category
  const { attributes } = category
  const definitions = isRecord(attributes) ? Object.entries(attributes) : []
  const converted = definitions.map(([name, definition]) => [name, definitionInJson(definition)])
  return {
    title: [],
    ...category,
    ...(converted.length === 0 ? {} : { attributes: Object.fromEntries(converted) }),
  }
}

function definitionInJson(definition: unknown): unknown {
  if (!isRecord(definition)) return definition
  const { pattern } = definition
  const type = isRecord(pattern) && Array.isArray(pattern['enum']) ? 'array' : definition['type']
  return { ...definition, type, pattern: { $schema: 'http://json-schema.org/draft-04/schema#', type } }
}

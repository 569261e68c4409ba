/** The persona of OCCIware's MartServer 1.0. */
import { type Category, infrastructureCategories } from '../../model/index.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import { seedNetworks } from '../state/seed.js'
import type { SandboxResponse } from '../types.js'
import type { Exchange, Persona } from './persona.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { martserverRules } from './rules/martserver.js'
import { standardBehaviour, textMedia } from './standard.js'

const images: TemplateFamily<ImageSpec> = {
  scheme: 'http://occiware.org/occi/infrastructure/os_tpl#',
  location: '/',
  items: [{ term: 'ubuntu_xenial_64', title: 'Ubuntu 16.04' }],
}

const sizes: TemplateFamily<SizeSpec> = {
  scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#',
  location: '/',
  items: [
    { term: 'small', title: 'Small', cores: 1, memory: 1, disk: 10 },
    { term: 'medium', title: 'Medium', cores: 2, memory: 2, disk: 20 },
    { term: 'large', title: 'Large', cores: 4, memory: 4, disk: 40 },
  ],
}

const json = { type: 'application/json', rendering: 'json' } as const
const occiJson = { type: 'application/occi+json', rendering: 'json' } as const

const responseStyle: ResponseStyle = {
  textStyle: {
    semicolon: ';  ',
    values: 'all-quoted',
    escape: 'none',
    floats: 'plain',
    class: 'quoted',
    entityCategories: 'named',
    definitions: 'whole',
    locations: 'absolute',
    firstAttributeProperty: 'required',
    links: 'absolute',
    linkPointsTo: 'target',
    linkRel: 'target-kind',
    linkCategorySeparator: ' ',
    // Links and actions appear in JSON only (M5, M14).
    actions: 'hidden',
    inlineLinks: 'hidden',
  },
  basePath: '',
  textPlain: { beforeLines: '', betweenLines: '\r\n', afterLines: '\r\n\n' },
  textOcci: {
    severalValues: ', ',
    body: '',
    headerName: (standardName) => standardName,
    collectionHeader: 'X-OCCI-Location',
  },
  lineName: (standardName) => standardName,
  uriList: { startsWithComment: false, betweenLines: '\n', afterLines: '\n' },
  writeResponses: {
    created: {
      json: { status: 201, body: 'data' },
      else: { status: 201, body: 'locations' },
    },
    updated: { status: 200, body: 'data' },
    triggered: { status: 200, body: 'data' },
    'mixin-added': { status: 200, body: 'OK' },
    'mixin-removed': { status: 200, body: 'OK' },
    membership: { status: 200, body: 'OK' },
    deleted: { status: 200, body: 'OK' },
  },
  emptyList: 200,
  contentType: (rendering) => {
    if (rendering === 'json') return 'application/json'
    return rendering === 'text/plain' ? 'text/plain;charset=iso-8859-1' : rendering
  },
  headers: [
    ['Accept', 'text/occi;application/json;application/occi+json;text/plain;text/occi+plain;text/uri-list'],
    ['Server', 'OCCIWare MART Server v1.0 OCCI/1.2'],
  ],
  json: wrapModel,
  errors: {
    form: (rendering) => (rendering === 'json' ? 'json' : 'text-body'),
    translate: ({ status, message }) => ({ status: errorStatus(status), message }),
  },
}

/** Media types that cannot be negotiated are 400 (M2), and most errors other than 400 and 404 are 500. */
function errorStatus(standardStatus: number): number {
  if ([400, 401, 404, 405, 501].includes(standardStatus)) return standardStatus
  return standardStatus === 406 ? 400 : 500
}

const respond = respondInStyle(responseStyle)

export const martserver: Persona = {
  name: 'martserver',
  title: 'OCCIware MartServer, OCCI 1.2 in Java',
  behaviour: {
    ...standardBehaviour,
    atCreate: { immutable: 'accept', unknown: 'refuse', required: 'ignore' },
    actionNotApplicableStatus: 400,
    queryFilter: 'exact',
    // Detaching one member deletes all members (M7).
    dissociateAll: 'delete-all',
    dissociateNamed: 'delete-all',
    overwrites: true,
    titleUpdates: 'ignored',
    refusedOperations: new Map([
      ['associate', { status: 400, message: 'No content to post.' }],
      ['set-members', { status: 400, message: 'No content to put.' }],
      ['remove-mixin', { status: 400, message: 'Cannot remove the mixin' }],
    ]),
  },
  rules: martserverRules,
  versions: ['1.2', '1.1'],
  serverHeaders: responseStyle.headers,
  queryPaths: ['/-/', '/-', '/.well-known/org/ogf/occi/-/', '/.well-known/org/ogf/occi/-'],
  categories: [
    ...infrastructureCategories('1.2').map(withRequiredMac),
    ...imageMixins(images),
    ...sizeMixins(sizes),
  ],
  seed: seedNetworks('/network/'),
  media: {
    produces: [json, occiJson, ...textMedia],
    consumes: [json, occiJson, ...textMedia],
    matching: 'exact',
    unsupportedStatus: 400,
  },
  rewriteRequest: (request) => {
    // The lines of a body are joined, so that only the first one is understood (M1).
    if (request.contentType !== 'text/plain') return request
    return { ...request, body: request.body.trimStart().split('\n')[0] ?? '' }
  },
  rewriteResponse: (exchange) => adjustResponse(respond(exchange), exchange),
}

/** The MAC address is required by the model, but not by the server (M15). */
function withRequiredMac(category: Category): Category {
  const mac = category.attributes.get('occi.networkinterface.mac')
  if (mac === undefined) return category
  return {
    ...category,
    attributes: new Map([...category.attributes, [mac.name, { ...mac, required: true }]]),
  }
}

/** In JSON, the query interface is nested one level deeper than specified (M13). */
function wrapModel(standard: unknown, exchange: Exchange): unknown {
  if (exchange.outcome.what !== 'model' || typeof standard !== 'object' || standard === null) return standard
  return { model: [{ id: 'http://schemas.ogf.org/occi/core#', ...standard }] }
}

/** Applies deviations that a ResponseStyle cannot express. */
function adjustResponse(response: SandboxResponse, exchange: Exchange): SandboxResponse {
  const { outcome, rendering } = exchange
  if (outcome.what === 'error') {
    if (rendering === 'json') return { ...response, body: JSON.stringify({ message: outcome.message }) }
    const isNotAcceptable = outcome.status === 406
    return { ...response, body: isNotAcceptable ? '' : `message: ${response.body}` }
  }
  // In text/occi, the query interface is a single header named `interface` (M3).
  if (rendering === 'text/occi' && outcome.what === 'model') {
    const value = response.headers.flatMap(([name, text]) => (name === 'Category' ? [text] : [])).join(';  ')
    return {
      ...response,
      headers: [['interface', value], ...response.headers.filter(([name]) => name !== 'Category')],
    }
  }
  // URIs are in headers, and the body is empty (M4).
  if (rendering === 'text/uri-list' && response.body !== '') {
    const uris = response.body.trim().split('\n')
    return {
      ...response,
      headers: [...uris.map((uri) => ['X-OCCI-Location', uri] as const), ...response.headers],
      body: '',
    }
  }
  // There is no line break after the category of a mixin (M5).
  if (rendering === 'text/plain' && (outcome.what === 'entity' || outcome.what === 'updated')) {
    return { ...response, body: response.body.replaceAll('class="mixin"\r\n', 'class="mixin"') }
  }
  return response
}

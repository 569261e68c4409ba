/** The persona of pyssf 0.4 with its example service, and the parts that servers built on pyssf share. */
import { infrastructureCategories } from '../../model/index.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import { Fault } from '../fault.js'
import type { Behaviour } from '../operations/behaviour.js'
import { seedNetworks } from '../state/seed.js'
import { withLocations } from './locations.js'
import type { HttpRequest, MediaSupport, Persona } from './persona.js'
import { pyssfJson } from './pyssf-json.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { pyssfServiceRules } from './rules/pyssf.js'
import { standardBehaviour, textMedia } from './standard.js'
import type { TextStyle } from './text.js'

export const pyssfStyle: TextStyle = {
  semicolon: '; ',
  values: 'all-quoted',
  escape: 'none',
  floats: 'plain',
  class: 'quoted',
  entityCategories: 'defined',
  definitions: 'whole',
  locations: 'absolute',
  firstAttributeProperty: 'required',
  links: 'relative',
  linkPointsTo: 'target',
  linkRel: 'target-kind',
  linkCategorySeparator: ' ',
  actions: 'shown',
  inlineLinks: 'shown',
}

export const pyssfResponseStyle: ResponseStyle = {
  textStyle: pyssfStyle,
  basePath: '',
  textPlain: { beforeLines: '\n', betweenLines: '\n', afterLines: '' },
  textOcci: {
    severalValues: ', ',
    body: 'OK',
    headerName: (standardName) => standardName,
    collectionHeader: 'X-OCCI-Location',
  },
  lineName: (standardName) => standardName,
  uriList: { startsWithComment: true, betweenLines: '\n', afterLines: '' },
  writeResponses: {
    created: { status: 201, body: 'OK', location: 'entity' },
    updated: { status: 200, body: 'data' },
    triggered: { status: 200, body: 'data' },
    'mixin-added': { status: 200, body: 'data' },
    'mixin-removed': { status: 200, body: 'OK' },
    membership: { status: 200, body: 'OK' },
    deleted: { status: 200, body: 'OK' },
  },
  emptyList: 200,
  contentType: (rendering) => (rendering === 'json' ? 'application/occi+json' : rendering),
  headers: [['Server', 'pyssf OCCI/1.1']],
  json: pyssfJson,
  errors: {
    form: () => 'text-body',
    translate: ({ status, message, code, subject }, exchange) => {
      // A name in quotes is the message of a Python KeyError, which is sent unchanged.
      if (status === 404 && !/^'[\w.]+'$/.test(message))
        return { message: `Resource not found: '${exchange.path}'` }
      if (status === 405) return { message: 'Method not supported.' }
      if (code === 'entity-as-uri-list') return { status: 405, message: 'Method not supported.' }
      // The spelling of both messages is pyssf's.
      if (code === 'accept-not-supported' || code === 'content-type-not-supported') {
        return { message: `This service is unable to understand the  mime type: '${subject}'` }
      }
      if (code === 'action-not-applicable' || code === 'busy')
        return { message: 'This action is currently no applicable.' }
      return { message }
    },
    wire: { duplicateContentLength: true, http10: true },
  },
  wire: { http10: true },
}

export const pyssfBehaviour: Behaviour = {
  ...standardBehaviour,
  atCreate: { immutable: 'accept', unknown: 'keep', required: 'ignore' },
  atUpdate: { immutable: 'accept', unknown: 'keep' },
  identifier: (_, path) => path,
  actionNotApplicableStatus: 400,
  templates: 'keep-both',
  putWithLinks: 'refuse',
  paging: 'ignored',
  queryFilter: 'exact',
  // DELETE without X-OCCI-Location deletes all members (Q9).
  dissociateAll: 'delete-all',
  unknownPaths: 'empty',
  // The action in the query is ignored (Q50). Parameters are passed to the backend unchecked (occi/workflow.py).
  actionFrom: 'category',
  acceptsAnyParameters: true,
  hiddenNames: new Set(['occi.compute.ephemeral_storage.size']),
}

/**
 * Parameters of media types are not understood, and q is ignored (Q3, Q4). Responses can be JSON, requests cannot (Q6).
 */
export const pyssfMedia: MediaSupport = {
  produces: [...textMedia, { type: 'application/occi+json', rendering: 'json' }],
  consumes: textMedia,
  matching: 'first-known',
  unsupportedStatus: 406,
}

const images: TemplateFamily<ImageSpec> = {
  scheme: 'http://example.com/templates/os#',
  location: '/os_tpl/',
  items: [
    { term: 'debian-12', title: 'Debian 12' },
    { term: 'my_os', title: 'My OS' },
  ],
}

const sizes: TemplateFamily<SizeSpec> = {
  scheme: 'http://example.com/templates/resource#',
  location: '/resource_tpl/',
  items: [
    { term: 'small', title: 'Small flavour', cores: 1, memory: 1, disk: 10 },
    { term: 'large', title: 'Large flavour', cores: 4, memory: 8, disk: 40 },
  ],
}

/** The collections of links are below those of their targets (Q34). */
export const pyssfLocations: ReadonlyMap<string, string> = new Map([
  ['networkinterface', '/network/interface/'],
  ['ipnetworkinterface', '/network/interface/ip/'],
  ['storagelink', '/storage/link/'],
])

/** Refuses HEAD, OPTIONS, and requests in JSON (Q6). */
export function rewritePyssfRequest(request: HttpRequest): HttpRequest {
  if (request.method === 'HEAD' || request.method === 'OPTIONS') throw new Fault(405, 'Method not supported.')
  if (request.contentType === 'application/occi+json' && request.method !== 'GET') {
    throw new Fault(500, 'A server error occurred.  Please contact the administrator.')
  }
  return request
}

export const pyssf: Persona = {
  rules: pyssfServiceRules,
  name: 'pyssf',
  title: 'pyssf 0.4, OCCI 1.1 in Python',
  // New entities are inactive until an action starts them (misc/run_iaas_wsgi_service.py: create of each backend).
  behaviour: { ...pyssfBehaviour, noAutostart: true },
  versions: ['1.1'],
  serverHeaders: pyssfResponseStyle.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: [
    ...withLocations(infrastructureCategories('1.1'), pyssfLocations),
    ...imageMixins(images),
    ...sizeMixins(sizes),
  ],
  seed: seedNetworks('/network/'),
  media: pyssfMedia,
  rewriteRequest: rewritePyssfRequest,
  rewriteResponse: respondInStyle(pyssfResponseStyle),
}

/** The persona of ooi 1.x on OpenStack. */
import { isRecord } from '../../basics/objects.js'
import { COMPUTE, IP_NETWORK, NETWORK, NETWORK_INTERFACE, STORAGE, typeId } from '../../model/index.js'
import { defineMixin } from '../../model/infrastructure/define.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import type { Change } from '../state/record.js'
import { ooiCategories } from './ooi-categories.js'
import type { Exchange, Persona } from './persona.js'
import { pyssfStyle } from './pyssf.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { ooiRules } from './rules/ooi.js'
import { standardBehaviour, textMedia } from './standard.js'

const basePath = '/occi1.1'

export const ooiImages: TemplateFamily<ImageSpec> = {
  scheme: 'http://schemas.openstack.org/template/os#',
  location: '/os_tpl/',
  finalSlash: false,
  items: [
    { term: '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f01', title: 'cirros-0.6.2-x86_64-disk' },
    { term: '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f02', title: 'Debian 12' },
    // Quotes in titles are not escaped (ooi-13).
    { term: '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f03', title: 'EGI CentOS 7 [CentOS/7/"KVM"]' },
  ],
}

/** Memory is Nova's `ram`, in MiB (ooi-15). */
export const ooiSizes: TemplateFamily<SizeSpec> = {
  scheme: 'http://schemas.openstack.org/template/resource#',
  location: '/resource_tpl/',
  finalSlash: false,
  items: [
    { term: '1', title: 'Flavor: m1.tiny', cores: 1, memory: 512, disk: 1 },
    { term: '2', title: 'Flavor: m1.small', cores: 1, memory: 2048, disk: 20 },
    { term: '3', title: 'Flavor: m1.medium', cores: 2, memory: 4096, disk: 40 },
  ],
}

const pools = ['public', 'campus'].map((term) =>
  defineMixin({
    scheme: 'http://schemas.openstack.org/network/floatingippool#',
    term,
    title: term,
    location: `/floatingippool/${term}`,
    depends: [typeId('http://schemas.openstack.org/network#', 'floatingippool')],
    applies: [NETWORK_INTERFACE],
  }),
)

/** Contextualization mixins and attributes that are never shown (recording ooi: show-compute-context-links-plain). */
const hiddenNames: ReadonlySet<string> = new Set([
  'http://schemas.openstack.org/compute/instance#user_data',
  'http://schemas.openstack.org/instance/credentials#public_key',
  'http://schemas.ogf.org/occi/infrastructure/compute#user_data',
  'http://schemas.ogf.org/occi/infrastructure/credentials#ssh_key',
  'org.openstack.compute.user_data',
  'org.openstack.credentials.publickey.name',
  'org.openstack.credentials.publickey.data',
  'occi.compute.user_data',
  'occi.credentials.ssh_key',
  'occi.compute.architecture',
  'occi.compute.ephemeral_storage.size',
  // Not among the recorded attributes.
  'occi.compute.state.message',
  'occi.network.state.message',
  'occi.storage.state.message',
  'occi.networkinterface.gateway',
  'occi.storagelink.state',
])

export const ooiStyle: ResponseStyle = {
  textStyle: {
    ...pyssfStyle,
    entityCategories: 'named',
    definitions: 'without-attributes',
    locations: 'absolute',
    firstAttributeProperty: 'required',
    links: 'absolute',
    linkPointsTo: 'itself',
    linkCategorySeparator: undefined,
  },
  basePath,
  textPlain: { beforeLines: '', betweenLines: '\n', afterLines: '' },
  textOcci: {
    severalValues: 'repeated',
    body: '',
    headerName: eventletName,
    collectionHeader: 'X-Occi-Location',
  },
  lineName: (standardName) => standardName,
  uriList: { startsWithComment: false, betweenLines: '\n', afterLines: '' },
  writeResponses: {
    created: { json: { status: 200, body: 'data' }, else: { status: 200, body: 'locations' } },
    updated: { status: 200, body: 'data' },
    triggered: { status: 204, body: 'empty' },
    'mixin-added': { status: 200, body: 'empty' },
    'mixin-removed': { status: 200, body: 'data' },
    membership: { status: 200, body: 'empty' },
    deleted: { status: 204, body: 'empty' },
  },
  emptyList: 204,
  contentType: (rendering) => `${rendering === 'json' ? 'application/occi+json' : rendering}; charset=utf8`,
  headers: [['Server', 'ooi/1.2.0 OCCI/1.1 OCCI/1.2']],
  json: ooiJson,
  errors: {
    type: ({ status }, { rendering }) => {
      if (status === 401) return 'application/json'
      return rendering === 'json' ? 'application/occi+json' : `${rendering}; charset=UTF-8`
    },
    form: (rendering) => {
      if (rendering === 'json') return 'json'
      return rendering === 'text/occi' ? 'empty' : 'text-body'
    },
  },
}

const respond = respondInStyle(ooiStyle)

/** Responds to the action `save`, which creates an image: with its location in text, with the mixin in JSON. */
const respondToSave = respondInStyle({
  ...ooiStyle,
  writeResponses: {
    ...ooiStyle.writeResponses,
    triggered: { json: { status: 200, body: 'data' }, else: { status: 200, body: 'locations' } },
  },
})

function isSave({ outcome }: Exchange): boolean {
  return outcome.what === 'triggered' && outcome.template !== undefined
}

const refusal = (status: number, message: string) => ({ status, message })

/** The network to which machines are linked if the request names none. */
const defaultNetworkId = '3f9c1f62-6f0c-4f0e-8a2d-0a4b6d1e7fa1'

interface SeededNetwork {
  readonly id: string
  readonly title: string
  readonly address?: string
  readonly gateway?: string
}

function network(now: number, { id, title, address, gateway }: SeededNetwork): Change {
  return [
    'entity',
    {
      path: `/network/${id}`,
      type: 'resource',
      kind: NETWORK,
      mixins: [IP_NETWORK, typeId('http://schemas.openstack.org/infrastructure/network#', 'osnetwork')],
      id,
      title,
      attributes:
        address === undefined || gateway === undefined
          ? []
          : [
              ['occi.network.address', address],
              ['occi.network.gateway', gateway],
              ['org.openstack.network.ip_version', 4],
            ],
      timeline: [{ at: now, state: 'active' }],
      created: now,
    },
  ]
}

export const ooi: Persona = {
  name: 'ooi',
  title: 'ooi on OpenStack, OCCI 1.1 and 1.2',
  behaviour: {
    ...standardBehaviour,
    basePath,
    identifier: (segment) => segment,
    clientIds: 'ignore',
    // Required attributes are checked by the rules, because ooi reads other names than it advertises (ooi-26).
    atCreate: { immutable: 'accept', unknown: 'drop', required: 'ignore' },
    atUpdate: { immutable: 'drop', unknown: 'drop' },
    paging: 'ignored',
    actionNotApplicableStatus: 409,
    putIsPartial: true,
    listsDescendants: false,
    acceptsAnyParameters: true,
    externalNetwork: '/network/PUBLIC',
    defaultTitles: { compute: 'OCCI_VM', storage: 'OCCI Volume' },
    // nova derives some of these from the flavor and the name. ooi does not pass on the others.
    ignoredAttributes: [
      'occi.compute.architecture',
      'occi.compute.cores',
      'occi.compute.hostname',
      'occi.compute.memory',
      'occi.compute.share',
      'occi.networkinterface.mac',
      'occi.storagelink.mountpoint',
    ],
    hiddenNames,
    defaultNetwork: `/network/${defaultNetworkId}`,
    showsAllActions: true,
    refusedOperations: new Map([
      ['add-mixin', refusal(400, 'Invalid request')],
      ['associate', refusal(404, 'The resource could not be found.')],
      ['set-members', refusal(404, 'The resource could not be found.')],
      ['dissociate', refusal(404, 'The resource could not be found.')],
      ['update', refusal(400, 'Invalid action None provided.')],
      ['root', refusal(404, 'The resource could not be found.')],
      ['create-at', refusal(404, 'The resource could not be found.')],
    ]),
  },
  rules: ooiRules,
  versions: ['1.2', '1.1'],
  serverHeaders: ooiStyle.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: [...ooiCategories, ...imageMixins(ooiImages), ...sizeMixins(ooiSizes), ...pools],
  seed: (now) => [
    network(now, { id: 'PUBLIC', title: 'ext-net' }),
    network(now, { id: defaultNetworkId, title: 'private', address: '198.18.0.0/24', gateway: '198.18.0.1' }),
  ],
  media: {
    produces: [...textMedia, { type: 'application/occi+json', rendering: 'json' }],
    consumes: [
      { type: 'text/plain', rendering: 'text/plain' },
      { type: 'text/occi', rendering: 'text/occi' },
      { type: 'application/occi+json', rendering: 'json' },
    ],
    matching: 'q-values',
    unsupportedStatus: 406,
  },
  rewriteResponse: (exchange) => (isSave(exchange) ? respondToSave(exchange) : respond(exchange)),
}

/** Converts standard JSON to that of ooi: no locations, and created entities and links in `resources` (ooi-8). */
function ooiJson(standard: unknown, { outcome, origin }: Exchange): unknown {
  if (!isRecord(standard) || outcome.what === 'model' || outcome.what === 'triggered') return standard
  const convert = (entity: unknown) => withoutLocation(entity, origin)
  if (outcome.what === 'list') {
    const entities = [...itemsOf(standard, 'resources'), ...itemsOf(standard, 'links')]
    return entities.length === 0 ? {} : { resources: entities.map(convert).map(listItem) }
  }
  if (outcome.what !== 'created') return convert(standard)
  return { resources: [createdItem(convert(standard))] }
}

/** An entity in a listing: machines and volumes have only id, title and actions, networks also their state. */
function listItem(entity: unknown): unknown {
  if (!isRecord(entity)) return entity
  const { kind, id, title, actions, mixins, attributes } = entity
  switch (kind) {
    case COMPUTE:
    case STORAGE:
      return { kind, id, title, actions }
    case NETWORK: {
      const state = isRecord(attributes) ? attributes['occi.network.state'] : undefined
      return { kind, id, mixins, title, attributes: { 'occi.network.state': state }, actions }
    }
    default:
      return entity
  }
}

/** An entity in the response to its creation. For a machine, nova returns little more than the id. */
function createdItem(entity: unknown): unknown {
  return isRecord(entity) && entity['kind'] === COMPUTE ? listItem(entity) : entity
}

function itemsOf(object: JsonObject, name: string): readonly unknown[] {
  const value = object[name]
  return Array.isArray(value) ? value : []
}

/** An entity without its location. The ends of a link become URLs. */
function withoutLocation(entity: unknown, origin: string): unknown {
  if (!isRecord(entity)) return entity
  const { location: _location, links, source, target, ...rest } = entity
  return {
    ...rest,
    ...(Array.isArray(links) ? { links: links.map((link: unknown) => withoutLocation(link, origin)) } : {}),
    ...(source === undefined ? {} : { source: absoluteEnd(source, origin) }),
    ...(target === undefined ? {} : { target: absoluteEnd(target, origin) }),
  }
}

function absoluteEnd(end: unknown, origin: string): unknown {
  if (!isRecord(end)) return end
  const { location } = end
  return typeof location === 'string' && location.startsWith('/')
    ? { ...end, location: origin + location }
    : end
}

interface JsonObject {
  readonly [key: string]: unknown
}

/** A header's name as eventlet, the HTTP server, writes it. */
function eventletName(name: string): string {
  return name.replace('X-OCCI-Attribute', 'X-Occi-Attribute')
}

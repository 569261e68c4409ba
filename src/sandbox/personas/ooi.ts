/** ooi 1.x on OpenStack. */
import { isRecord } from '../../basics/objects.js'
import { IP_NETWORK, NETWORK, typeId } from '../../model/index.js'
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
    // Nothing is escaped (ooi-13).
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
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'networkinterface')],
  }),
)

/** Mixins for contextualization and attributes that are never shown (recording ooi: show-compute-context-links-plain). */
const hidden: ReadonlySet<string> = new Set([
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
  style: {
    ...pyssfStyle,
    entityCategories: 'named',
    definitions: 'without-attributes',
    locations: 'absolute',
    firstProperty: 'required',
    links: 'absolute',
    linkPointsTo: 'itself',
    linkCategorySeparator: undefined,
  },
  basePath,
  textPlain: { before: '', separator: '\n', after: '' },
  textOcci: { lists: 'repeated', body: '', name: eventlet, collection: 'X-Occi-Location' },
  textPlainName: (name) => name,
  uris: { comment: false, separator: '\n', after: '' },
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
  json: withoutLocations,
  errors: {
    type: ({ rendering, status }) => {
      if (status === 401) return 'application/json'
      return rendering === 'json' ? 'application/occi+json' : `${rendering}; charset=UTF-8`
    },
    form: (rendering) => (rendering === 'json' ? 'json' : rendering === 'text/occi' ? 'empty' : 'text-body'),
  },
}

const usualStyle = respondInStyle(ooiStyle)

/** The response to an action that creates an image contains it: its location in text, the mixin in JSON. */
const savedStyle = respondInStyle({
  ...ooiStyle,
  writeResponses: {
    ...ooiStyle.writeResponses,
    triggered: { json: { status: 200, body: 'data' }, else: { status: 200, body: 'locations' } },
  },
})

function returnsTemplate({ outcome }: Exchange): boolean {
  return outcome.what === 'triggered' && outcome.template !== undefined
}

const refused = (status: number, message: string) => ({ status, message })

/** Machines without another network are linked to this one. */
const ownNetwork = '3f9c1f62-6f0c-4f0e-8a2d-0a4b6d1e7fa1'

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
    // The rules check required attributes, because ooi advertises other names than those that it reads (ooi-26).
    atCreate: { immutable: 'accept', unknown: 'drop', required: 'ignore' },
    atUpdate: { immutable: 'drop', unknown: 'drop' },
    paging: 'ignored',
    actionNotApplicableStatus: 409,
    putIsPartial: true,
    listsDescendants: false,
    acceptsAnyParameters: true,
    externalNetwork: '/network/PUBLIC',
    defaultTitles: { compute: 'OCCI_VM', storage: 'OCCI Volume' },
    // nova takes some of these from the flavor and the name; ooi does not pass on the others.
    ignoredAttributes: [
      'occi.compute.architecture',
      'occi.compute.cores',
      'occi.compute.hostname',
      'occi.compute.memory',
      'occi.compute.share',
      'occi.networkinterface.mac',
      'occi.storagelink.mountpoint',
    ],
    hiddenNames: hidden,
    defaultNetwork: `/network/${ownNetwork}`,
    showsAllActions: true,
    refusedOperations: new Map([
      ['add-mixin', refused(400, 'Invalid request')],
      ['associate', refused(404, 'The resource could not be found.')],
      ['set-members', refused(404, 'The resource could not be found.')],
      ['dissociate', refused(404, 'The resource could not be found.')],
      ['update', refused(400, 'Invalid action None provided.')],
      ['root', refused(404, 'The resource could not be found.')],
      ['create-at', refused(404, 'The resource could not be found.')],
    ]),
  },
  rules: ooiRules,
  versions: ['1.2', '1.1'],
  serverHeaders: ooiStyle.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: [...ooiCategories, ...imageMixins(ooiImages), ...sizeMixins(ooiSizes), ...pools],
  seed: (now) => [
    network(now, { id: 'PUBLIC', title: 'ext-net' }),
    network(now, { id: ownNetwork, title: 'private', address: '198.18.0.0/24', gateway: '198.18.0.1' }),
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
  statusByOutcome: {},
  rewriteResponse: (answer) => (returnsTemplate(answer) ? savedStyle(answer) : usualStyle(answer)),
}

/**
 * JSON responses have no locations. Created entities, and links as well, are wrapped in `resources` (ooi-8).
 */
function withoutLocations(standard: unknown, { outcome, origin }: Exchange): unknown {
  if (!isRecord(standard) || outcome.what === 'model' || outcome.what === 'triggered') return standard
  const converted = (entity: unknown) => withoutLocation(entity, origin)
  if (outcome.what === 'list') {
    const all = [...members(standard, 'resources'), ...members(standard, 'links')]
    return all.length === 0 ? {} : { resources: all.map(converted).map(listed) }
  }
  if (outcome.what !== 'created') return converted(standard)
  return { resources: [created(converted(standard))] }
}

/** An entity in a listing: machines and volumes have only id, title and actions; networks also have their state. */
function listed(entity: unknown): unknown {
  if (!isRecord(entity)) return entity
  const { kind, id, title, actions, mixins, attributes } = entity
  switch (kind) {
    case 'http://schemas.ogf.org/occi/infrastructure#compute':
    case 'http://schemas.ogf.org/occi/infrastructure#storage':
      return { kind, id, title, actions }
    case NETWORK: {
      const state = isRecord(attributes) ? attributes['occi.network.state'] : undefined
      return { kind, id, mixins, title, attributes: { 'occi.network.state': state }, actions }
    }
    default:
      return entity
  }
}

/** A created entity: for a machine, nova returns little more than its id. */
function created(entity: unknown): unknown {
  const isMachine =
    isRecord(entity) && entity['kind'] === 'http://schemas.ogf.org/occi/infrastructure#compute'
  return isMachine ? listed(entity) : entity
}

function members(from: Members, name: string): readonly unknown[] {
  const value = from[name]
  return Array.isArray(value) ? value : []
}

/** An entity without its location. The ends of a link become URLs. */
function withoutLocation(entity: unknown, origin: string): unknown {
  if (!isRecord(entity)) return entity
  const { location: _location, links, source, target, ...rest } = entity
  return {
    ...rest,
    ...(Array.isArray(links) ? { links: links.map((link: unknown) => withoutLocation(link, origin)) } : {}),
    ...(source === undefined ? {} : { source: absolute(source, origin) }),
    ...(target === undefined ? {} : { target: absolute(target, origin) }),
  }
}

function absolute(end: unknown, origin: string): unknown {
  if (!isRecord(end)) return end
  const { location } = end
  return typeof location === 'string' && location.startsWith('/')
    ? { ...end, location: origin + location }
    : end
}

interface Members {
  readonly [key: string]: unknown
}

function eventlet(name: string): string {
  return name.replace('X-OCCI-Attribute', 'X-Occi-Attribute')
}

/** ooi 1.x on OpenStack. */
import { IP_NETWORK, infrastructureCategories, NETWORK } from '../../model/index.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import type { Persona } from './persona.js'
import { placed } from './placed.js'
import { pyssfStyle } from './pyssf.js'
import { standardBehaviour, textMedia } from './standard.js'
import { inVoice, type Voice } from './voice.js'

const basePath = '/occi1.1'

const images: TemplateFamily<ImageSpec> = {
  scheme: 'http://schemas.openstack.org/template/os#',
  location: '/os_tpl/',
  slash: 'none',
  items: [
    { term: '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f01', title: 'cirros-0.6.2-x86_64-disk' },
    { term: '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f02', title: 'Debian 12' },
    // Nothing is escaped (ooi-13).
    { term: '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f03', title: 'EGI CentOS 7 [CentOS/7/"KVM"]' },
  ],
}

/** Memory is Nova's `ram`, in MiB (ooi-15). */
const sizes: TemplateFamily<SizeSpec> = {
  scheme: 'http://schemas.openstack.org/template/resource#',
  location: '/resource_tpl/',
  slash: 'none',
  items: [
    { term: '1', title: 'Flavor: m1.tiny', cores: 1, memory: 512, disk: 1 },
    { term: '2', title: 'Flavor: m1.small', cores: 1, memory: 2048, disk: 20 },
    { term: '3', title: 'Flavor: m1.medium', cores: 2, memory: 4096, disk: 40 },
  ],
}

const voice: Voice = {
  style: {
    ...pyssfStyle,
    entityCategories: 'named',
    definitions: 'without-attributes',
    links: 'absolute',
    linkPointsTo: 'itself',
    linkCategories: undefined,
  },
  basePath,
  plain: { before: '', line: '\n', after: '' },
  occi: { lists: 'repeated', body: '', name: eventlet, collection: 'X-Occi-Location' },
  plainName: (name) => name,
  uris: { comment: false, line: '\n', after: '' },
  manners: {
    created: { json: { status: 200, body: 'data' }, else: { status: 200, body: 'locations' } },
    updated: { status: 200, body: 'data' },
    triggered: { status: 204, body: 'empty' },
    'mixin-added': { status: 200, body: 'empty' },
    'mixin-removed': { status: 200, body: 'data' },
    membership: { status: 200, body: 'empty' },
    deleted: { status: 204, body: 'empty' },
  },
  emptyList: 204,
  contentType: (rendering) => (rendering === 'json' ? 'application/occi+json' : `${rendering}; charset=utf8`),
  headers: [['Server', 'ooi/1.2.0 OCCI/1.1 OCCI/1.2']],
  json: withoutLocations,
  errors: {
    form: (rendering) => (rendering === 'json' ? 'code' : rendering === 'text/occi' ? 'nothing' : 'line'),
  },
}

const refused = (status: number, message: string) => ({ status, message })

export const ooi: Persona = {
  name: 'ooi',
  title: 'ooi on OpenStack, OCCI 1.1 and 1.2',
  behaviour: {
    ...standardBehaviour,
    basePath,
    identifier: (segment) => segment,
    chosenIds: 'ignore',
    atCreate: { immutable: 'drop', unknown: 'drop', required: 'check' },
    atUpdate: { immutable: 'drop', unknown: 'drop' },
    paging: 'ignored',
    needsImage: refused(400, "Expecting 'http://schemas.ogf.org/occi/infrastructure#os_tpl' mixin"),
    needsSize: refused(400, "Expecting 'http://schemas.ogf.org/occi/infrastructure#resource_tpl' mixin"),
    showsAllActions: true,
    refused: new Map([
      ['add-mixin', refused(400, 'Invalid request')],
      ['associate', refused(404, 'The resource could not be found.')],
      ['set-members', refused(404, 'The resource could not be found.')],
      ['dissociate', refused(404, 'The resource could not be found.')],
      ['update', refused(400, 'Invalid action None provided.')],
      ['root', refused(404, 'The resource could not be found.')],
      ['create-at', refused(404, 'The resource could not be found.')],
    ]),
  },
  versions: ['1.2', '1.1'],
  server: voice.headers,
  queryPaths: ['/-/'],
  categories: [
    ...placed(
      infrastructureCategories('1.1'),
      new Map([
        ['networkinterface', '/networklink/'],
        ['entity', '/entity/'],
      ]),
    ),
    ...imageMixins(images),
    ...sizeMixins(sizes),
  ],
  seed: (now) => [
    [
      'entity',
      {
        path: '/network/PUBLIC',
        type: 'resource',
        kind: NETWORK,
        mixins: [IP_NETWORK],
        id: 'PUBLIC',
        title: 'PUBLIC',
        attributes: [
          ['occi.network.address', '203.0.113.0/24'],
          ['occi.network.gateway', '203.0.113.1'],
          ['occi.network.allocation', 'dynamic'],
        ],
        timeline: [{ at: now, state: 'active' }],
        created: now,
      },
    ],
  ],
  media: {
    answers: [...textMedia, { type: 'application/occi+json', rendering: 'json' }],
    reads: [
      { type: 'text/plain', rendering: 'text/plain' },
      { type: 'text/occi', rendering: 'text/occi' },
      { type: 'application/occi+json', rendering: 'json' },
    ],
    matching: 'q-values',
    unreadable: 406,
  },
  statuses: {},
  deviate: inVoice(voice),
}

/** ooi 8: no JSON answer says where an entity is; a create is wrapped, links too under `resources`. */
function withoutLocations(
  standard: unknown,
  answer: { readonly outcome: { readonly what: string } },
): unknown {
  if (typeof standard !== 'object' || standard === null) return standard
  if (answer.outcome.what === 'model') return standard
  if (answer.outcome.what === 'list') {
    const all = [...members(standard, 'resources'), ...members(standard, 'links')]
    return all.length === 0 ? {} : { resources: all.map(bare) }
  }
  return answer.outcome.what === 'created' ? { resources: [bare(standard)] } : bare(standard)
}

function members(from: object, name: string): readonly unknown[] {
  const value: unknown = (from as { readonly [key: string]: unknown })[name]
  return Array.isArray(value) ? value : []
}

function bare(entity: unknown): unknown {
  if (typeof entity !== 'object' || entity === null) return entity
  const { location: _location, ...rest } = entity as { readonly [key: string]: unknown }
  return rest
}

function eventlet(name: string): string {
  return name.replace('X-OCCI-Attribute', 'X-Occi-Attribute')
}

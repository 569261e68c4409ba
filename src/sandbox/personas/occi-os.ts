/** The personas of occi-os on OpenStack: Essex, Grizzly and Havana. */
import {
  COMPUTE,
  IP_NETWORK,
  infrastructureCategories,
  type Mixin,
  NETWORK,
  type TypeId,
  typeId,
} from '../../model/index.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import type { Change } from '../state/record.js'
import { withLocations, withoutTerms } from './locations.js'
import type { Persona } from './persona.js'
import {
  pyssfBehaviour,
  pyssfLocations,
  pyssfMedia,
  pyssfResponseStyle,
  rewritePyssfRequest,
} from './pyssf.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { essexRules, havanaRules } from './rules/occi-os.js'

const images: TemplateFamily<ImageSpec> = {
  scheme: 'http://schemas.openstack.org/template/os#',
  location: '/',
  items: [
    'cirros-0.3.0-x86_64-blank',
    'SmartOS',
    // Essex had terms with blanks and brackets (Q39).
    'Ubuntu 12.04 LTS (amd64)',
  ].map((term) => ({ term, title: `This is an OS ${term} VM image` })),
}

const sizes: TemplateFamily<SizeSpec> = {
  scheme: 'http://schemas.openstack.org/template/resource#',
  location: '/',
  items: (
    [
      ['m1.tiny', 1, 0.5, 1],
      ['m1.small', 1, 2, 20],
      ['m1.medium', 2, 4, 40],
      ['m1.large', 4, 8, 80],
    ] as const
  ).map(([term, cores, memory, disk]) => ({
    term,
    title: `This is an openstack ${term} flavor.`,
    cores,
    memory,
    disk,
  })),
}

/** The style of pyssf, but the HTTP server eventlet changes the case of header names (Q13). */
const responseStyle: ResponseStyle = {
  ...pyssfResponseStyle,
  textOcci: { ...pyssfResponseStyle.textOcci, headerName: capitalized, collectionHeader: 'X-Occi-Location' },
  errors: { ...pyssfResponseStyle.errors, wire: { duplicateContentLength: true } },
  wire: {},
}

export const occiOs: Persona = {
  rules: essexRules,
  name: 'occi-os',
  title: 'occi-os on OpenStack Essex, OCCI 1.1',
  behaviour: {
    ...pyssfBehaviour,
    // The identifier of a resource is its UUID, that of a link its path. Clients cannot choose it (Q29, Q31).
    identifier: (segment, path) => (/^\/(network\/interface|storage\/link)\//.test(path) ? path : segment),
    clientIds: 'ignore',
    // A compute is built from nova's instance, which has a host name but no title (registry.py).
    untitledKinds: [COMPUTE],
    // int(float(size)), nova_glue/storage.py:49.
    truncatedAttributes: ['occi.storage.size'],
    // Later responses take the title from the volume, which an update does not change (backends/storage.py:95).
    titleUpdates: 'answered-only',
    atCreate: { immutable: 'drop', unknown: 'keep', required: 'check' },
    missingImage: { status: 400, message: 'Please provide a valid OS Template.' },
    // These come from templates only (Q53).
    refusedAtCreate: [
      'occi.compute.cores',
      'occi.compute.memory',
      'occi.compute.speed',
      'occi.compute.architecture',
    ],
    // A suspended machine is shown as inactive (Q36).
    shownStates: new Map([['suspended', 'inactive']]),
    defaultNetwork: '/network/DEFAULT_NETWORK',
  },
  versions: ['1.1'],
  serverHeaders: responseStyle.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: [
    ...withLocations(
      withoutTerms(infrastructureCategories('1.1'), ['entity', 'resource', 'link']),
      pyssfLocations,
    ),
    ...imageMixins(images),
    ...sizeMixins(sizes),
    ...contextualizationMixins(),
  ],
  seed: (now) => [
    [
      'entity',
      {
        path: '/network/DEFAULT_NETWORK',
        type: 'resource',
        kind: NETWORK,
        mixins: [IP_NETWORK],
        id: '/network/DEFAULT_NETWORK',
        title: 'Network DEFAULT_NETWORK',
        attributes: [
          ['occi.network.address', '198.18.0.0/24'],
          ['occi.network.gateway', '198.18.0.1'],
          ['occi.network.allocation', 'static'],
        ],
        timeline: [{ at: now, state: 'active' }],
        created: now,
      },
    ],
  ],
  media: pyssfMedia,
  rewriteRequest: rewritePyssfRequest,
  rewriteResponse: respondInStyle(responseStyle),
}

function capitalized(name: string): string {
  return name
    .split('-')
    .map((part) => `${part.slice(0, 1).toUpperCase()}${part.slice(1).toLowerCase()}`)
    .join('-')
}

/** The mixins for the SSH key and the user data of a machine. */
export function contextualizationMixins(): readonly Mixin[] {
  return [
    computeMixin('public_key', 'http://schemas.openstack.org/instance/credentials#', [
      'org.openstack.credentials.publickey.name',
      'org.openstack.credentials.publickey.data',
    ]),
    computeMixin('user_data', 'http://schemas.openstack.org/compute/instance#', [
      'org.openstack.compute.user_data',
    ]),
  ]
}

function computeMixin(term: string, scheme: string, names: readonly string[]): Mixin {
  const id: TypeId = typeId(scheme, term)
  return {
    class: 'mixin',
    scheme,
    term,
    id,
    attributes: new Map(
      names.map((name) => [name, { name, type: 'string', mutable: true, required: false }]),
    ),
    depends: [],
    applies: [COMPUTE],
    actions: [],
    location: `/${term}/`,
  }
}

/** Images of Havana: the term is the id, and the title contains the name (occi_os_api/wsgi.py:269). */
const havanaImages: TemplateFamily<ImageSpec> = {
  ...images,
  items: [
    ['6a4f4c2e-0b3b-4d9a-9f0e-0d9a3d1f7a01', 'cirros-0.3.0-x86_64-blank'],
    ['6a4f4c2e-0b3b-4d9a-9f0e-0d9a3d1f7a04', 'SmartOS'],
    ['6a4f4c2e-0b3b-4d9a-9f0e-0d9a3d1f7a05', 'Ubuntu 12.04 LTS (amd64)'],
  ].map(([term = '', name = '']) => ({ term, title: `Image: ${name}` })),
}

const havanaSizes: TemplateFamily<SizeSpec> = {
  ...sizes,
  items: sizes.items.map((size) => ({
    ...size,
    term: size.term.replace('.', '-'),
    title: `Flavor: ${size.term} `,
  })),
}

function network(name: string, address: string, gateway: string, now: number): Change {
  return [
    'entity',
    {
      path: `/network/${name}`,
      type: 'resource',
      kind: NETWORK,
      mixins: [IP_NETWORK],
      id: `/network/${name}`,
      // Networks have attributes of networkinterface (registry.py, _setup_network).
      attributes: [
        ['occi.network.vlan', name === 'public' ? 'external' : name],
        ['occi.network.label', 'default'],
        ['occi.networkinterface.address', address],
        ['occi.networkinterface.gateway', gateway],
        ['occi.networkinterface.allocation', 'static'],
      ],
      timeline: [{ at: now, state: 'active' }],
      created: now,
    },
  ]
}

export const occiOsHavana: Persona = {
  ...occiOs,
  name: 'occi-os-havana',
  title: 'occi-os on OpenStack Havana, OCCI 1.1',
  rules: havanaRules,
  behaviour: { ...occiOs.behaviour, defaultNetwork: '/network/admin' },
  categories: [
    ...occiOs.categories.filter(({ scheme }) => !scheme.startsWith('http://schemas.openstack.org/template/')),
    ...imageMixins(havanaImages),
    ...sizeMixins(havanaSizes),
    computeMixin('os_vms', 'http://schemas.openstack.org/compute/instance#', [
      'org.openstack.compute.console.vnc',
      'org.openstack.compute.state',
    ]),
    computeMixin('os_net_link', 'http://schemas.openstack.org/network/instance#', [
      'org.openstack.network.floating.pool',
    ]),
  ],
  seed: (now) => [
    network('public', '192.168.0.0/24', '192.168.0.1', now),
    network('admin', '198.18.0.0/24', '198.18.0.1', now),
  ],
}

/** Converts a name to a term (occi_os_api/wsgi.py, occify_terms). Since June 2013 the term of an image is its id. */
function termOfName(name: string): string {
  return name.trim().replaceAll(' ', '_').replaceAll('.', '-').toLowerCase()
}

export const occiOsGrizzly: Persona = {
  ...occiOsHavana,
  name: 'occi-os-grizzly',
  title: 'occi-os on OpenStack Grizzly, OCCI 1.1',
  categories: [
    ...occiOsHavana.categories.filter(
      ({ scheme }) => !scheme.startsWith('http://schemas.openstack.org/template/'),
    ),
    ...imageMixins({
      ...images,
      items: images.items.map(({ term, title }) => ({ term: termOfName(term), title })),
    }),
    ...sizeMixins({
      ...sizes,
      items: sizes.items.map((size) => ({ ...size, term: termOfName(size.term) })),
    }),
  ],
}

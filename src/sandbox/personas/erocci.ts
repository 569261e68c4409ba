/** erocci with its Mnesia backend. */
import { infrastructureCategories, typeId } from '../../model/index.js'
import {
  computeKind,
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import { seedNetworks } from '../state/seed.js'
import type { Persona } from './persona.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { erocciRules } from './rules/erocci.js'
import { standardBehaviour, textMedia } from './standard.js'

const images: TemplateFamily<ImageSpec> = {
  scheme: 'http://occi.example.org/occi/infrastructure/os_tpl#',
  location: '/categories/',
  slash: 'none',
  items: [{ term: 'debian6', title: 'Debian 6' }],
}

const sizes: TemplateFamily<SizeSpec> = {
  scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#',
  location: '/categories/',
  slash: 'none',
  items: [
    { term: 'small', title: 'Small', cores: 1, memory: 1, disk: 10 },
    { term: 'medium', title: 'Medium', cores: 2, memory: 2, disk: 20 },
    { term: 'large', title: 'Large', cores: 4, memory: 4, disk: 40 },
  ],
}

/** The mixins that Roboconf sends; their identifiers contain the term twice. */
const roboconf = (
  [
    ['http://occiware.org/occi/infrastructure/crtp/backend#', 'vmimage', ['imagename']],
    [
      'http://occiware.org/occi/infrastructure/crtp/backend#',
      'vmwarefolders',
      ['datacentername', 'datastorename', 'clustername', 'hostsystemname', 'inventorypath'],
    ],
    ['http://occiware.org/occi/infrastructure/crtp/backend#', 'credential', ['user', 'password']],
    ['http://occiware.org/occi/infrastructure/compute#', 'user_data', ['occi.compute.userdata']],
  ] as const
).flatMap(([scheme, term, names]) =>
  [scheme, `${scheme}${term}`].map((own) => ({
    class: 'mixin' as const,
    scheme: own,
    term,
    id: typeId(own, term),
    attributes: new Map(
      names.map((name) => [name, { name, type: 'string' as const, mutable: true, required: false }]),
    ),
    depends: [],
    applies: [computeKind],
    actions: [],
    location: `/categories/${term}`,
  })),
)

const responseStyle: ResponseStyle = {
  style: {
    semicolon: '; ',
    values: 'typed',
    escape: 'none',
    floats: 'six-digits',
    class: 'bare',
    entityCategories: 'named',
    definitions: 'whole',
    locations: 'absolute',
    firstProperty: 'required',
    links: 'absolute',
    linkPointsTo: 'target',
    linkRel: 'core-entity',
    // Joined without a separator (E11).
    linkCategories: '',
    actions: 'shown',
    inlineLinks: 'shown',
  },
  basePath: '',
  plain: { before: '', line: '\n', after: '\n\n' },
  occi: { lists: ', ', body: 'OK\n', name: (name) => name.toLowerCase(), collection: 'x-occi-location' },
  plainName: (name) => name.toLowerCase(),
  uris: { comment: false, line: '\n', after: '\n\n' },
  rules: {
    created: { status: 200, body: 'data', location: 'given' },
    updated: { status: 200, body: 'data' },
    triggered: { status: 200, body: 'data' },
    'mixin-added': { status: 200, body: 'data', location: 'given' },
    'mixin-removed': { status: 204, body: 'empty' },
    membership: { status: 200, body: 'locations' },
    deleted: { status: 204, body: 'empty' },
  },
  emptyList: 200,
  contentType: (rendering) => (rendering === 'json' ? 'application/json' : rendering),
  headers: [
    ['server', 'erocci OCCI/1.2'],
    ['vary', 'accept'],
  ],
  json: (standard, answer) => absoluteLocations(standard, answer.origin),
  errors: {
    // E20: messages in text/plain only, and none for 404.
    form: (rendering) => (rendering === 'text/plain' ? 'line' : 'nothing'),
    say: (status, message) => ({ message: status === 404 ? '' : `error: ${message}` }),
  },
}

export const erocci: Persona = {
  name: 'erocci',
  title: 'erocci, OCCI 1.2 in Erlang',
  behaviour: {
    ...standardBehaviour,
    // E6, E7: everything is kept, under the path that the client chose.
    atCreate: { immutable: 'accept', unknown: 'keep', required: 'ignore' },
    atUpdate: { immutable: 'refuse', unknown: 'keep' },
    identifier: (segment) => segment,
    newEntitiesAt: '/',
    overwrites: true,
    links: 'permanent',
    inapplicable: 400,
    putWithLinks: 'ignore',
    queryFilter: 'exact',
    writesBeforeRefusing: true,
    userMixinsAt: '/categories/',
    refused: new Map([
      ['root', { status: 404, message: '' }],
      ['delete-all', { status: 500, message: '{aborted,{bad_type,erocci_backend_mnesia}}' }],
    ]),
  },
  rules: erocciRules,
  versions: ['1.2', '1.1'],
  server: responseStyle.headers,
  // E1: the newer build answers 404 for /-/.
  queryPaths: ['/-/', '/-', '/.well-known/org/ogf/occi/-', '/.well-known/org/ogf/occi/-/'],
  categories: [
    ...infrastructureCategories('1.2').map((category) =>
      category.class === 'action' || category.location === undefined
        ? category
        : { ...category, location: `/categories/${category.term}` },
    ),
    ...imageMixins(images),
    ...sizeMixins(sizes),
    ...roboconf,
  ],
  seed: seedNetworks('/'),
  media: {
    answers: [
      { type: 'text/occi', rendering: 'text/occi' },
      { type: 'text/plain', rendering: 'text/plain' },
      { type: 'text/uri-list', rendering: 'text/uri-list' },
      { type: 'application/json', rendering: 'json' },
      { type: 'application/occi+json', rendering: 'json' },
    ],
    reads: [
      ...textMedia,
      { type: 'application/json', rendering: 'json' },
      { type: 'application/occi+json', rendering: 'json' },
    ],
    matching: 'exact-or-default',
    unreadable: 415,
  },
  statuses: {},
  deviate: respondInStyle(responseStyle),
}

/** E22: locations in JSON are absolute. */
function absoluteLocations(value: unknown, origin: string): unknown {
  if (Array.isArray(value)) return value.map((one) => absoluteLocations(one, origin))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'location' && typeof inner === 'string' && inner.startsWith('/')
        ? `${origin}${inner}`
        : absoluteLocations(inner, origin),
    ]),
  )
}

/** The persona of snf-occi of 2017 on Synnefo: ooi 0.3.2, with Cyclades in place of nova. */
import { headerValue } from '../../basics/http.js'
import { IP_NETWORK, NETWORK } from '../../model/index.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import { Fault } from '../fault.js'
import type { Change } from '../state/record.js'
import { ooi, ooiImages, ooiSizes, ooiStyle } from './ooi.js'
import { ooiCategories } from './ooi-categories.js'
import type { HttpRequest, Persona } from './persona.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { snfOcci2017Rules } from './rules/snf-occi-2017.js'
import { textMedia } from './standard.js'

const images: TemplateFamily<ImageSpec> = {
  ...ooiImages,
  items: [
    { term: '6f1f7205-cf4c-4b8c-ae77-7c419747bcbd', title: 'Debian Base' },
    { term: '9f5fa2aa-5f4f-4bc1-8a3b-0a2f4d3d1f0e', title: 'Ubuntu Server 14.04 LTS (x86_64)' },
    { term: 'b2d6c1de-2a3b-4a1b-9a66-d0ac15b0d0aa', title: 'CentOS 7' },
  ],
}

/** Memory is in MiB (Q36). */
const sizes: TemplateFamily<SizeSpec> = {
  ...ooiSizes,
  items: (
    [
      ['3', 'C1R1024D20drbd', 1, 1024, 20],
      ['13', 'C1R1024D20ext_archipelago', 1, 1024, 20],
      ['14', 'C2R2048D20ext_archipelago', 2, 2048, 20],
      ['15', 'C4R4096D40ext_archipelago', 4, 4096, 40],
    ] as const
  ).map(([term, name, cores, memory, disk]) => ({
    term,
    title: `Flavor: ${name}`,
    cores,
    memory,
    disk,
  })),
}

/** Categories of ooi 1.x that ooi 0.3.2 lacks. */
const laterIds: ReadonlySet<string> = new Set([
  'http://schemas.ogf.org/occi/infrastructure/compute/action#save',
  'http://schemas.ogf.org/occi/infrastructure#ipreservation',
  'http://schemas.openstack.org/network#floatingippool',
  'http://schemas.ogf.org/occi/infrastructure/compute#user_data',
  'http://schemas.ogf.org/occi/infrastructure/credentials#ssh_key',
])

const categories = ooiCategories
  .filter(({ id, term }) => !laterIds.has(id) && term !== 'neutron')
  .map((category) =>
    category.class === 'kind'
      ? { ...category, actions: category.actions.filter((id) => !laterIds.has(id)) }
      : category,
  )

const responseStyle: ResponseStyle = {
  ...ooiStyle,
  basePath: '',
  textOcci: {
    ...ooiStyle.textOcci,
    headerName: (standardName) => standardName,
    collectionHeader: 'X-OCCI-Location',
  },
  // Requests without a token are refused by soi/wsgi.py, before ooi.
  errors: {
    ...ooiStyle.errors,
    type: ({ status }, { rendering }) => (status === 401 ? 'text/html' : `${rendering}; charset=UTF-8`),
  },
  headers: [
    ['Server', 'PasteWSGIServer/0.5 Python/2.7.18'],
    ['server', 'ooi/0.3.2 OCCI/1.1'],
  ],
}

const respond = respondInStyle(responseStyle)

/** The deletion of a network is answered with 200 (recording snf-occi-2017-live: 190-delete-network-4401). */
const respondForNetwork = respondInStyle({
  ...responseStyle,
  writeResponses: { ...responseStyle.writeResponses, deleted: { status: 200, body: 'empty' } },
})

/** A network. Its id is the number that it has in Cyclades. */
const network = (id: string, title: string, address: string, gateway: string, now: number): Change => [
  'entity',
  {
    path: `/network/${id}`,
    type: 'resource',
    kind: NETWORK,
    mixins: [IP_NETWORK],
    id,
    title,
    attributes: [
      ['occi.network.address', address],
      ['occi.network.gateway', gateway],
    ],
    timeline: [{ at: now, state: 'active' }],
    created: now,
  },
]

const queryPaths = ['/-/', '/.well-known/org/ogf/occi/-/']
const { externalNetwork: _, putIsPartial: __, ...sharedBehaviour } = ooi.behaviour
const notFound = { status: 404, message: 'The resource could not be found.' }

export const snfOcci2017: Persona = {
  ...ooi,
  name: 'snf-occi-2017',
  title: 'snf-occi of 2017 on Synnefo (okeanos), OCCI 1.1',
  rules: snfOcci2017Rules,
  behaviour: {
    ...sharedBehaviour,
    basePath: '',
    newPathSegments: 'consecutive-numbers',
    actionNotApplicableStatus: 400,
    // int(float(size)), storage.py (snf_create_volume).
    truncatedAttributes: ['occi.storage.size'],
    // The device is unknown (Q66; synnefo/api/servers.py, volume_to_attachment).
    blankAttributes: ['occi.storagelink.deviceid'],
    defaultNetwork: '/network/2217',
    refusedOperations: new Map([
      ...sharedBehaviour.refusedOperations,
      [
        'add-mixin',
        {
          status: 400,
          message:
            'The server could not comply with the request since it is either malformed or otherwise incorrect.',
        },
      ],
      ['replace', notFound],
    ]),
  },
  versions: ['1.1'],
  queryPaths,
  serverHeaders: responseStyle.headers,
  categories: [...categories, ...imageMixins(images), ...sizeMixins(sizes)],
  seed: (now) => [
    network('2216', 'Public IPv4 network', '83.212.96.0/24', '83.212.96.1', now),
    network('2217', 'Public IPv6 network', '2001:648:2ffc:1222::/64', '2001:648:2ffc:1222::1', now),
  ],
  media: {
    produces: textMedia,
    consumes: [
      { type: 'text/plain', rendering: 'text/plain' },
      { type: 'text/occi', rendering: 'text/occi' },
    ],
    matching: 'q-values',
    unsupportedStatus: 406,
  },
  rewriteRequest,
  rewriteResponse: (exchange) =>
    exchange.path.startsWith('/network/') ? respondForNetwork(exchange) : respond(exchange),
}

/** Applies the routes of ooi 0.3.2 (ooi/wsgi/__init__.py), and refuses ids that Cyclades does not accept. */
function rewriteRequest(request: HttpRequest): HttpRequest {
  const { method, path, headers } = request
  const accept = headerValue(headers, 'accept') ?? ''
  if (/;\s*(?!q=)\S/i.test(accept)) throw new Fault(406, `Invalid Accept ${accept.slice(0, 200)}.`)
  if (queryPaths.includes(path)) {
    // The query interface cannot be read as a URI list. Every method but POST retrieves it.
    if (accept === 'text/uri-list') throw new Fault(500, 'Internal Server Error')
    return method === 'OPTIONS' || method === 'DELETE' ? { ...request, method: 'GET' } : request
  }
  if (['HEAD', 'OPTIONS', 'PATCH'].includes(method)) throw new Fault(notFound.status, notFound.message)
  if (/^\/compute\/\d*[^/\d]/.test(path) && method !== 'PUT')
    throw new Fault(400, 'BAD REQUEST badRequest (Invalid server ID.)\n')
  const network = /^\/network\/(\d*[^/\d][^/]*)$/.exec(path)?.[1]
  if (network !== undefined && method !== 'PUT')
    throw new Fault(400, `BAD REQUEST badRequest (Invalid network ID '${network.slice(0, 200)}')\n`)
  // The final slash of a collection may be missing.
  return /^\/(compute|storage|network|storagelink|networklink)$/.test(path)
    ? { ...request, path: `${path}/` }
    : request
}

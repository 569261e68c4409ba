/**
 * The personas of the first version of snf-occi on Synnefo (~okeanos), which is built on pyssf: of 2012 and of 2016.
 */
import { IP_NETWORK, infrastructureCategories, NETWORK, termOf } from '../../model/index.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import { Fault } from '../fault.js'
import { withLocations, withoutTerms } from './locations.js'
import { contextualizationMixins } from './occi-os.js'
import type { Persona, Rule } from './persona.js'
import {
  pyssfBehaviour,
  pyssfLocations,
  pyssfMedia,
  pyssfResponseStyle,
  rewritePyssfRequest,
} from './pyssf.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { pyssfRules } from './rules/pyssf.js'

/** The scheme of templates, which is that of the kinds (Q40). */
const scheme = 'http://schemas.ogf.org/occi/infrastructure#'

const images: TemplateFamily<ImageSpec> = {
  scheme,
  location: '/',
  items: ['Debian', 'CentOS', 'Ubuntu Server 14.04 LTS (x86_64)'].map((term) => ({ term, title: term })),
}

// Memory is in MiB (Q36).
const sizes: TemplateFamily<SizeSpec> = {
  scheme,
  location: '/',
  items: (
    [
      ['C1R1024D20', 1, 1024, 20],
      ['C2R2048D20', 2, 2048, 20],
      ['C4R4096D40', 4, 4096, 40],
    ] as const
  ).map(([term, cores, memory, disk]) => ({ term, title: term, cores, memory, disk })),
}

const responseStyle: ResponseStyle = {
  ...pyssfResponseStyle,
  errors: { ...pyssfResponseStyle.errors, wire: { http10: true } },
}

const coreTerms = ['entity', 'resource', 'link']
/** The kinds and actions of storage. */
const storageTerms = ['storage', 'storagelink', 'online', 'offline', 'backup', 'snapshot', 'resize']

const refusal = (status: number, message: string) => ({ status, message })

export const snfOcci: Persona = {
  rules: pyssfRules,
  name: 'snf-occi',
  title: 'snf-occi on Synnefo (okeanos), OCCI 1.1',
  behaviour: {
    ...pyssfBehaviour,
    newPathSegments: 'consecutive-numbers',
    clientIds: 'ignore',
    identifier: (segment) => segment,
    missingTitle: refusal(406, 'Missing details about compute instance'),
    missingImage: refusal(406, 'Missing details about compute instance'),
    missingSize: refusal(406, 'Missing details about compute instance'),
    refusedOperations: new Map([
      ['update', refusal(501, 'Update is currently no applicable')],
      ['replace', refusal(501, 'Replace is currently no applicable')],
    ]),
  },
  versions: ['1.1'],
  serverHeaders: responseStyle.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: [
    // The recorded query interface has only compute: no network, storage or links.
    ...withoutTerms(infrastructureCategories('1.1'), [
      ...coreTerms,
      ...storageTerms,
      'network',
      'networkinterface',
      'ipnetwork',
      'ipnetworkinterface',
      'up',
      'down',
    ]),
    ...imageMixins(images),
    ...sizeMixins(sizes),
  ],
  seed: () => [],
  media: pyssfMedia,
  rewriteRequest: (request) => {
    rewritePyssfRequest(request)
    // Only headers are read (Q7), and not even those of requests with the Content-Type text/plain (Q5).
    if (request.contentType === 'text/plain') return { ...request, body: '', headers: [] }
    if (request.query.get('action') === 'suspend')
      throw new Fault(501, 'This actions is currently no applicable')
    return { ...request, body: '' }
  },
  rewriteResponse: respondInStyle(responseStyle),
}

const images2016: TemplateFamily<ImageSpec> = {
  scheme: 'http://schemas.ogf.org/occi/os_tpl#',
  location: '/',
  items: ['debian', 'centos', 'ubuntu_server_14-04_lts__x86_64_'].map((term) => ({ term, title: 'IMAGE' })),
}

const sizes2016: TemplateFamily<SizeSpec> = {
  ...sizes,
  scheme: 'http://schemas.ogf.org/occi/resource_tpl#',
  items: sizes.items.map((size) => ({ ...size, term: size.term.toLowerCase(), title: 'FLAVOR' })),
}

const notSupported = (kind: string): Rule => ({
  operations: ['create', 'create-at'],
  when: ({ payload }) =>
    payload.drafts.some((draft) => draft.kind !== undefined && termOf(draft.kind) === kind),
  status: 501,
  message: 'Currently not supported.',
  source: `snf-occi-2016: create-${kind}`,
})

export const snfOcci2016: Persona = {
  ...snfOcci,
  name: 'snf-occi-2016',
  title: 'snf-occi of 2016 on Synnefo (okeanos), OCCI 1.1',
  rules: [
    notSupported('network'),
    notSupported('networkinterface'),
    {
      operations: ['delete-all'],
      when: ({ http }) => http.contentType === undefined,
      status: 406,
      message: "This service is unable to understand the  mime type: ''",
      source: 'snf-occi-2016: delete-collection-compute',
    },
    ...pyssfRules,
  ],
  categories: [
    ...withLocations(
      withoutTerms(infrastructureCategories('1.1'), [...coreTerms, ...storageTerms]),
      pyssfLocations,
    ),
    ...imageMixins(images2016),
    ...sizeMixins(sizes2016),
    ...contextualizationMixins(),
  ],
  seed: (now) => [
    [
      'entity',
      {
        path: '/network/1',
        type: 'resource',
        kind: NETWORK,
        mixins: [IP_NETWORK],
        id: '1',
        attributes: [
          ['occi.network.gateway', ''],
          ['occi.network.type', 'Public = True'],
        ],
        timeline: [{ at: now, state: 'active' }],
        created: now,
      },
    ],
  ],
  rewriteRequest: (request) => {
    rewritePyssfRequest(request)
    if (request.query.get('action') === 'suspend')
      throw new Fault(400, 'Action not applicable for VM with status ACTIVE')
    return request
  },
}

/**
 * Refusals of snf-occi of 2017 (folder soi of grnet/snf-occi, with ooi 0.3.2) and of Cyclades behind it. In `source`,
 * `recording: 060-…` is an exchange of the recording snf-occi-2017. Other recordings are named.
 */
import { headerValue, headerValues } from '../../../basics/http.js'
import { COMPUTE, NETWORK, NETWORK_INTERFACE, termOf } from '../../../model/index.js'
import { stateAt } from '../../lifecycle/timeline.js'
import { lastSegmentOf } from '../../operations/paths.js'
import type { Rule, RuleRequest } from '../persona.js'
import {
  createdDraft,
  hasMixin,
  inheritedRules,
  isBuilding,
  isKnown,
  linkEnd,
  linksTo,
  mixinsOtherThan,
  schemaMismatch,
  schemeOf,
  whenCreating,
} from './ooi.js'

const imageScheme = 'http://schemas.openstack.org/template/os#'
const sizeScheme = 'http://schemas.openstack.org/template/resource#'
const publicKey = 'http://schemas.openstack.org/instance/credentials#public_key'
const userData = 'http://schemas.openstack.org/compute/instance#user_data'
const keyName = 'org.openstack.credentials.publickey.name'
const serverError = 'The server has either erred or is incapable of performing the requested operation.'
const publicNetwork = '/network/2216'

const badRequest = (message: string) => `BAD REQUEST badRequest (${message})\n`
const isAscii = (text = '') => !/[^\x00-\x7f]/u.test(text)

function hasLinkTo(path: string, { links }: RuleRequest['payload']['drafts'][number]): boolean {
  return links.some(({ target }) => target?.location.includes(path) === true)
}

/** The action that the query names, written as in ooi. */
function queryAction({ http }: RuleRequest): string {
  return http.query.get('action') ?? 'None'
}

/** The states in Cyclades in which actions are applicable. */
const requiredStates: Readonly<Record<string, string>> = { start: 'STOPPED', stop: 'STARTED' }

/** Cyclades' message for an action that is not applicable now; false for an applicable one. */
function actionConflict(request: RuleRequest): boolean | string {
  const {
    record,
    context: { now },
  } = request
  const current = record?.kind === COMPUTE ? stateAt(record.timeline, now) : undefined
  const requiredState = requiredStates[queryAction(request)]
  if (current === undefined || requiredState === undefined) return false
  const state = current.state === 'active' ? 'STARTED' : 'STOPPED'
  if (state === requiredState) return false
  return `Cannot perform '${queryAction(request).toUpperCase()}' action while server is in '${state}' state.`
}

export const snfOcci2017Rules: readonly Rule[] = [
  {
    when: ({ http }) => {
      const agent = headerValue(http.headers, 'user-agent') ?? ''
      const version = /\bOCCI\/\d\.\d\b/.exec(agent)?.[0]
      return version === undefined || version === 'OCCI/1.1' ? false : version
    },
    status: 501,
    message: (version) => `${version} not supported`,
    source: 'ooi/wsgi/__init__.py (process_request)',
  },
  {
    ...inheritedRules.lineWithoutColon,
    source: 'ooi/wsgi/parsers.py (_convert_to_headers)',
  },
  {
    operations: ['trigger'],
    when: (request) => {
      const actions = request.context.catalog.actions(
        request.record?.kind ?? COMPUTE,
        request.record?.mixins ?? [],
      )
      return actions.some((id) => termOf(id) === queryAction(request)) ? false : queryAction(request)
    },
    status: 400,
    message: (name) => `Invalid action ${name} provided.`,
    source: 'recording: 082-post-action-fly',
  },
  {
    operations: ['create', 'trigger'],
    when: ({ http }) =>
      !http.contentType?.includes('json') &&
      headerValue(http.headers, 'category') === undefined &&
      !/^Category:/m.test(http.body),
    status: 400,
    message: 'No categories',
    source: 'recording: 060-post-compute',
  },
  // Storage
  {
    ...inheritedRules.storageKind,
    source: 'ooi/occi/validator.py (_validate_category)',
  },
  {
    ...inheritedRules.storageSize,
    source: 'recording: 067-post-storage',
  },
  {
    operations: ['create'],
    when: whenCreating('storage', ({ attributes }) =>
      Number.isNaN(Number(attributes.get('occi.storage.size'))),
    ),
    status: 500,
    message: serverError,
    source: 'recording: 068-post-storage; storage.py (snf_create_volume: int(float(size)))',
  },
  {
    operations: ['create'],
    when: whenCreating('storage', ({ attributes }) =>
      Number(attributes.get('occi.storage.size')) < 1 ? String(attributes.get('occi.storage.size')) : false,
    ),
    status: 400,
    message: (size) =>
      badRequest(
        `Volume 'size' needs to be a positive integer value. '${Math.trunc(Number(size))}' cannot be accepted.`,
      ),
    source: 'synnefo/volume/views.py (create_volume)',
  },
  // Machines
  {
    operations: ['create'],
    when: whenCreating('compute', (_, { http }) =>
      [...headerValues(http.headers, 'category'), http.body].some((text) =>
        /(^|[\s,])compute;(?![^,\n]{0,400}class=)/.test(text.slice(0, 20_000)),
      )
        ? `Expecting '${COMPUTE}', but found 'None'.`
        : false,
    ),
    status: 400,
    message: schemaMismatch,
    source: 'recording: 061-post-compute (a category without a class is ignored)',
  },
  {
    ...inheritedRules.computeKind,
    source: 'recording: 062-post-compute',
  },
  {
    ...inheritedRules.image,
    source: 'recording: 058-post-compute',
  },
  {
    ...inheritedRules.size,
    source: 'recording: 059-post-compute',
  },
  {
    operations: ['create'],
    when: whenCreating(
      'compute',
      mixinsOtherThan(
        (id) => [imageScheme, sizeScheme].includes(schemeOf(id)) || [publicKey, userData].includes(id),
      ),
    ),
    status: 400,
    message: schemaMismatch,
    source: 'recording: 065-post-compute',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ mixins }, request) =>
      mixins.some((id) => schemeOf(id) === sizeScheme && !isKnown(request, id)),
    ),
    status: 404,
    message: 'NOT FOUND itemNotFound (Flavor not found.)\n',
    source: 'recording: 063-post-compute',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ mixins }, request) => {
      const image = mixins.find((id) => schemeOf(id) === imageScheme && !isKnown(request, id))
      return image === undefined ? false : termOf(image)
    }),
    status: 404,
    message: (image) => `NOT FOUND itemNotFound (Image '${image}' not found)\n`,
    source: 'recording: 064-post-compute',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', (draft) => hasLinkTo('/storage/', draft)),
    status: 400,
    message: badRequest('Volume size is required'),
    source: 'recording: 124-post-compute',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', (draft) => hasLinkTo(publicNetwork, draft)),
    status: 409,
    message: `CONFLICT conflict (Cannot find an unused floating IP to connect server to network '${lastSegmentOf(publicNetwork)}'. Please create a floating IP.)\n`,
    source: 'recording: 125-post-compute',
  },
  {
    // Unlike the server, which has created the machine by then, the persona creates nothing.
    operations: ['create'],
    when: whenCreating('compute', (draft) => hasMixin(draft, publicKey) && !draft.attributes.has(keyName)),
    status: 500,
    message: serverError,
    source:
      'recording: 122-post-compute; ooi/api/compute.py (create: keypair_delete), which soi does not replace',
  },
  {
    // Unlike the server, which creates the entity and then fails to list its kind, the persona creates nothing.
    operations: ['create'],
    when: ({ payload }) => payload.drafts.some(({ title }) => !isAscii(title)),
    status: 500,
    message: serverError,
    source: 'recording: 126-post-compute; synnefo.py (_stringify_json_values)',
  },
  // Actions
  {
    operations: ['trigger'],
    when: ({ record }) => record?.kind === NETWORK,
    status: 501,
    message: 'Network actions are not implemented',
    source: 'recording snf-occi-2017-live: post-action-up',
  },
  {
    operations: ['trigger'],
    when: ({ record }) => record !== undefined && record.kind !== COMPUTE,
    status: 501,
    message: 'Action not implemented.',
    source: 'recording snf-occi-2017-live: post-action-online',
  },
  {
    operations: ['trigger'],
    when: (request) => {
      const [categoryId] = request.payload.categoryIds
      const actionId = request.payload.action?.action ?? categoryId
      if (actionId === undefined || termOf(actionId) === queryAction(request)) return false
      return `Expecting '${schemeOf(actionId)}${queryAction(request)}', but found '${actionId}'.`
    },
    status: 400,
    message: schemaMismatch,
    source: 'recording: 081-post-action-start',
  },
  {
    operations: ['trigger'],
    when: (request) => queryAction(request) === 'suspend',
    status: 501,
    message: 'Action suspend not supported',
    source: 'recording: 087-post-action-suspend',
  },
  {
    operations: ['trigger'],
    when: (request) =>
      isBuilding(request, request.record) && request.record !== undefined
        ? lastSegmentOf(request.record.path)
        : false,
    status: 409,
    message: (id) => `CONFLICT buildInProgress (Server '${id}' is being built.)\n`,
    source: 'synnefo/logic/commands.py (validate_server_action)',
  },
  {
    operations: ['trigger'],
    when: actionConflict,
    status: 400,
    message: badRequest,
    source: 'recording: 080-post-action-stop',
  },
  // Networks
  {
    ...inheritedRules.ipNetwork,
    source: 'recording: 069-post-network',
  },
  {
    ...inheritedRules.networkAttributes,
    source: 'recording: 070-post-network, 071-post-network',
  },
  {
    operations: ['create'],
    when: whenCreating('network', ({ attributes }) => {
      const cidr = String(attributes.get('occi.network.address'))
      return /^[0-9a-f.:]+\/\d{1,3}$/i.test(cidr) ? false : cidr.slice(0, 200)
    }),
    status: 400,
    message: (cidr) => badRequest(`Malformed CIDR '${cidr}'`),
    source: 'recording: 072-post-network',
  },
  {
    operations: ['delete'],
    when: ({ record }) => record?.path === publicNetwork,
    status: 403,
    message: 'FORBIDDEN forbidden (Cannot modify public network.)\n',
    source: 'recording: 099-delete-network-2216',
  },
  {
    operations: ['delete'],
    when: (request) => request.record?.kind === NETWORK && linksTo(request, request.record).length > 0,
    status: 409,
    message: 'CONFLICT conflict (Network is in use.)\n',
    source: 'recording: 098-delete-network-4402',
  },
  // Links
  {
    operations: ['create'],
    when: (request) => {
      const draft = createdDraft(request, 'storagelink')
      const target = linkEnd(request, 'storagelink', 'target')
      return draft !== undefined && target !== undefined && !target.path.startsWith('/storage/')
        ? 'storage'
        : false
    },
    status: 400,
    message: (kind) => `Expecting /${kind} resource`,
    source: 'recording: 094-post-storagelink',
  },
  {
    operations: ['create'],
    when: (request) => linksTo(request, linkEnd(request, 'storagelink', 'target')).length > 0,
    status: 400,
    message: badRequest("Cannot attach volume while volume is in 'IN_USE' status."),
    source: 'recording: 093-post-storagelink',
  },
  {
    operations: ['create'],
    when: (request) => {
      const machine = linkEnd(request, 'storagelink', 'source') ?? linkEnd(request, 'networklink', 'source')
      return machine !== undefined && isBuilding(request, machine) ? lastSegmentOf(machine.path) : false
    },
    status: 409,
    message: (id) => `CONFLICT buildInProgress (Server '${id}' is being built.)\n`,
    source: 'recording snf-occi-2017-live: 016-post-storagelink',
  },
  {
    operations: ['delete'],
    when: ({ record }) => record?.kind === NETWORK_INTERFACE,
    status: 500,
    message: serverError,
    source: 'recording: 100-delete-networklink-4202-4402-10-0-0; network_links.py (snf_delete_network_link)',
  },
]

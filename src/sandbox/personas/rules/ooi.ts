/** Refusals of ooi 1.2.0, and of nova 26 behind it. */
import { headerValue } from '../../../basics/http.js'
import { COMPUTE, IP_RESERVATION, NETWORK, type TypeId, termOf } from '../../../model/index.js'
import { stateAt } from '../../lifecycle/timeline.js'
import { lastSegmentOf } from '../../operations/paths.js'
import type { Draft } from '../../operations/payload.js'
import type { EntityRecord } from '../../state/record.js'
import type { Rule, RuleRequest } from '../persona.js'

const openstack = 'http://schemas.openstack.org/'
const occi = 'http://schemas.ogf.org/occi/infrastructure'
const imageScheme = `${openstack}template/os#`
const sizeScheme = `${openstack}template/resource#`
const poolScheme = `${openstack}network/floatingippool#`
const contextMixins = {
  osData: `${openstack}compute/instance#user_data`,
  osKey: `${openstack}instance/credentials#public_key`,
  occiData: `${occi}/compute#user_data`,
  occiKey: `${occi}/credentials#ssh_key`,
} as const
const keyName = 'org.openstack.credentials.publickey.name'

/** The draft of a request that creates an entity of this kind. */
export function createdDraft(request: RuleRequest, term: string): Draft | undefined {
  const { path } = request.http
  const [draft] = request.payload.drafts
  return path.replace(/\/$/, '').endsWith(`/${term}`) ? draft : undefined
}

/** Returns the `when` of a rule for requests that create an entity of a kind. */
export function whenCreating(
  term: string,
  condition: (draft: Draft, request: RuleRequest) => boolean | string,
): Rule['when'] {
  return (request) => {
    const draft = createdDraft(request, term)
    return draft === undefined ? false : condition(draft, request)
  }
}

export const schemeOf = (id: string) => id.slice(0, id.indexOf('#') + 1)
/** Whether a draft has the mixin of an identifier, or any mixin of a scheme. */
export const hasMixin = (draft: Draft, idOrScheme: string) =>
  draft.mixins.some((id) => schemeOf(id) === idOrScheme || id === idOrScheme)
const attributeOf = (draft: Draft, name: string) => draft.attributes.get(name)

/** Returns a condition that holds for another kind than the expected one. Its value is the server's message. */
const kindMismatch = (expected: string) => (draft: Draft) => {
  if (draft.kind === expected) return false
  return `Expecting '${expected}', but found '${draft.kind ?? 'None'}'.`
}

/** Returns a condition that holds for other mixins than the allowed ones. Its value is the server's message. */
export const mixinsOtherThan = (isAllowed: (id: string) => boolean) => (draft: Draft) => {
  const unexpected = draft.mixins.filter((id) => !isAllowed(id))
  return unexpected.length === 0
    ? false
    : `Expecting '', but found '[${unexpected.map((id) => `'${id}'`).join(', ')}]'.`
}

const isComputeMixin = (id: string) =>
  [imageScheme, sizeScheme].includes(schemeOf(id)) || (Object.values(contextMixins) as string[]).includes(id)

function userData(draft: Draft): unknown {
  if (hasMixin(draft, contextMixins.osData)) return attributeOf(draft, 'org.openstack.compute.user_data')
  return hasMixin(draft, contextMixins.occiData) ? attributeOf(draft, 'occi.compute.user_data') : undefined
}

function publicKey(draft: Draft): unknown {
  if (hasMixin(draft, contextMixins.osKey))
    return attributeOf(draft, 'org.openstack.credentials.publickey.data')
  return hasMixin(draft, contextMixins.occiKey) ? attributeOf(draft, 'occi.credentials.ssh_key') : undefined
}

/** Whether a value is an SSH key: `ssh-rsa AAAA… comment`, with Base64 as its second word. */
function isPublicKey(value: unknown): boolean {
  const [type, blob = ''] = String(value).trim().split(/\s+/)
  return type !== undefined && /^(ssh|ecdsa|sk)-/.test(type) && isBase64(blob)
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)
}

/** The entity at an end of the link that a request creates. */
export function linkEnd(
  request: RuleRequest,
  term: string,
  end: 'source' | 'target',
): EntityRecord | undefined {
  const draft = createdDraft(request, term)
  const reference = draft?.[end]
  if (reference === undefined) return undefined
  const path = reference.replace(/^https?:\/\/[^/]*/, '')
  const { basePath } = request.context.behaviour
  return request.context.cloud.entity(path.startsWith(basePath) ? path.slice(basePath.length) : path)
}

export function isBuilding({ context: { now } }: RuleRequest, record: EntityRecord | undefined): boolean {
  return record !== undefined && stateAt(record.timeline, now)?.message?.startsWith('waiting') === true
}

export function linksTo(
  { context: { cloud } }: RuleRequest,
  record: EntityRecord | undefined,
): readonly EntityRecord[] {
  return record === undefined ? [] : cloud.linksAt(record.path).filter(({ target }) => target === record.path)
}

/** nova's names of states that differ from those of OCCI. */
const novaStates: Readonly<Record<string, string>> = { inactive: 'stopped' }

/** nova's message for an action that is not applicable now; false for an applicable one. */
function actionConflict(request: RuleRequest): boolean | string {
  const { record, context } = request
  const action = request.http.query.get('action') ?? ''
  const current = record?.kind === COMPUTE ? stateAt(record.timeline, context.now) : undefined
  const states = applicableStates[action]
  if (record === undefined || current === undefined || states === undefined) return false
  const state = isBuilding(request, record) ? 'building' : (novaStates[current.state] ?? current.state)
  if (states.includes(state)) return false
  return `Cannot '${action === 'restart' ? 'reboot' : action}' instance ${lastSegmentOf(record.path)} while it is in vm_state ${state}`
}

/** States in nova in which actions are applicable. */
const applicableStates: Readonly<Record<string, readonly string[]>> = {
  start: ['stopped', 'suspended'],
  stop: ['active'],
  suspend: ['active'],
  restart: ['active', 'stopped'],
}

/** Highest number of machines: nova's default. */
const instanceQuota = 10

const validatorSource = 'ooi/occi/validator.py:60 (_validate_mandatory_mixins)'
export const schemaMismatch = (detail: string) => `Schema does not match. ${detail}`
const missingMixin = (type: string) => `Missing OCCI types: '${type}'.`

/** Rules that ooi shares with snf-occi of 2017, which is built on ooi. Each persona adds its own source. */
export const inheritedRules = {
  lineWithoutColon: {
    when: ({ http }) => textLines(http).some((line) => !line.includes(':')),
    status: 500,
    message: 'The server has either erred or is incapable of performing the requested operation.',
  },
  storageKind: {
    operations: ['create'],
    when: whenCreating('storage', kindMismatch(`${occi}#storage`)),
    status: 400,
    message: schemaMismatch,
  },
  computeKind: {
    operations: ['create'],
    when: whenCreating('compute', kindMismatch(COMPUTE)),
    status: 400,
    message: schemaMismatch,
  },
  image: {
    operations: ['create'],
    when: whenCreating('compute', (draft) => (hasMixin(draft, imageScheme) ? false : imageScheme)),
    status: 400,
    message: missingMixin,
  },
  size: {
    operations: ['create'],
    when: whenCreating('compute', (draft) => (hasMixin(draft, sizeScheme) ? false : sizeScheme)),
    status: 400,
    message: missingMixin,
  },
  ipNetwork: {
    operations: ['create'],
    when: whenCreating('network', (draft) =>
      hasMixin(draft, `${occi}/network#ipnetwork`) ? false : `${occi}/network#ipnetwork`,
    ),
    status: 400,
    message: missingMixin,
  },
  storageSize: {
    operations: ['create'],
    when: whenCreating('storage', ({ attributes }) => !attributes.has('occi.storage.size')),
    status: 400,
    message: 'Unacceptable parameters.',
  },
  networkAttributes: {
    operations: ['create'],
    when: whenCreating('network', ({ title, attributes }) => {
      if (title === undefined) return 'occi.core.title'
      return attributes.has('occi.network.address') ? false : 'occi.network.address'
    }),
    status: 400,
    message: (name) => `Expecting ${name} attribute`,
  },
} satisfies Readonly<Record<string, Omit<Rule, 'source'>>>

export const ooiRules: readonly Rule[] = [
  {
    when: ({ http }) => {
      const agent = headerValue(http.headers, 'user-agent') ?? ''
      const version = /\bOCCI\/\d\.\d\b/.exec(agent)?.[0]
      return version === undefined || ['OCCI/1.1', 'OCCI/1.2'].includes(version) ? false : version
    },
    status: 501,
    message: (version) => `${version} not supported`,
    source: 'ooi/wsgi/__init__.py:262 (process_request)',
  },
  // Parsing
  {
    ...inheritedRules.lineWithoutColon,
    source: 'ooi/wsgi/parsers.py:200 (_convert_to_headers), recording ooi: err-blank-line-in-body',
  },
  {
    operations: ['create', 'replace', 'trigger'],
    when: ({ http }) => {
      const lines = textLines(http)
      return lines.length > 0 && !lines.some((line) => line.startsWith('Category:'))
    },
    status: 400,
    message: 'No categories',
    source: 'ooi/wsgi/parsers.py:88 (parse_categories), recording ooi: err-lowercase-header-name',
  },
  {
    operations: ['list'],
    when: ({ http: { path }, context: { catalog } }) =>
      !catalog.categories.some((category) => category.class === 'kind' && category.location === path),
    status: 404,
    message: 'The resource could not be found.',
    source: 'ooi/wsgi/__init__.py:165 (_setup_resource_routes), recording ooi: mixin-location-root',
  },
  // Storage
  {
    ...inheritedRules.storageKind,
    source: 'ooi/occi/validator.py:26 (_validate_category)',
  },
  {
    ...inheritedRules.storageSize,
    source: 'recording ooi-nova: live-storage-no-size',
  },
  {
    operations: ['create'],
    when: whenCreating('storage', (draft, { http }) =>
      sizeError(sizeAsWritten(http) ?? String(attributeOf(draft, 'occi.storage.size'))),
    ),
    status: 400,
    message: (detail) => `Invalid input for field/attribute size. ${detail}`,
    source: 'nova/api/openstack/compute/schemas/volumes.py (create: parameter_types.volume_size)',
  },
  {
    operations: ['update', 'replace'],
    when: ({ record }) => record !== undefined && record.kind !== COMPUTE,
    status: 404,
    message: 'The resource could not be found.',
    source: 'ooi/wsgi/__init__.py:341; only ooi/api/compute.py has an update',
  },
  {
    operations: ['delete'],
    when: (request) =>
      request.record?.path.startsWith('/storage/') === true && linksTo(request, request.record).length > 0,
    status: 400,
    message:
      'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots or be disassociated from snapshots after volume transfer.',
    source: 'recording ooi: delete-storage-in-use-plain',
  },
  {
    operations: ['delete'],
    when: (request) =>
      request.record?.kind === NETWORK && linksTo(request, request.record).length > 0
        ? lastSegmentOf(request.record.path)
        : false,
    status: 409,
    message: (id) =>
      `Unable to complete operation on network ${id}. There are one or more ports still in use on the network.`,
    source: 'recording ooi: delete-network-in-use-plain',
  },
  // Machines
  {
    ...inheritedRules.computeKind,
    source: 'recording ooi: err-unknown-kind-plain',
  },
  {
    ...inheritedRules.image,
    source: validatorSource,
  },
  {
    ...inheritedRules.size,
    source: validatorSource,
  },
  {
    operations: ['create'],
    when: whenCreating('compute', mixinsOtherThan(isComputeMixin)),
    status: 400,
    message: schemaMismatch,
    source: 'ooi/occi/validator.py:97 (validate: unexpected)',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ links }) => {
      const reservationLink = links.find(({ target }) => target?.location.includes('/ipreservation/'))
      return reservationLink === undefined
        ? false
        : `Expecting '${occi}#storage, ${occi}#network', but found '${IP_RESERVATION}'.`
    }),
    status: 400,
    message: schemaMismatch,
    source: 'recording ooi-nova: live-compute-inline-reservation',
  },
  {
    operations: ['create'],
    when: whenCreating(
      'compute',
      (draft) =>
        (hasMixin(draft, contextMixins.osData) && hasMixin(draft, contextMixins.occiData)) ||
        (hasMixin(draft, contextMixins.osKey) && hasMixin(draft, contextMixins.occiKey)),
    ),
    status: 409,
    message: 'Conflicting OCCI Mixins used in request',
    source: 'ooi/api/compute.py:203 (create)',
  },
  {
    operations: ['create'],
    when: whenCreating(
      'compute',
      (draft) => publicKey(draft) !== undefined && !isPublicKey(publicKey(draft)),
    ),
    status: 400,
    message: 'Keypair data is invalid: failed to generate fingerprint',
    source: 'recording ooi-nova: live-compute-key-bad',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', (draft) => {
      const name = attributeOf(draft, keyName)
      return (
        hasMixin(draft, contextMixins.osKey) && name !== undefined && !/^[\w\- ]{1,255}$/.test(String(name))
      )
    }),
    status: 400,
    message:
      "An invalid 'name' value was provided. The name must be: Only expected characters: [_- 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ]",
    source: 'nova/api/openstack/compute/schemas/keypairs.py (create)',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', (draft, { context: { cloud } }) => {
      const name = hasMixin(draft, contextMixins.osKey) ? attributeOf(draft, keyName) : undefined
      if (name === undefined || publicKey(draft) === undefined) return false
      for (const { attributes } of cloud.entities()) {
        if (attributes.some(([key, value]) => key === keyName && value === name)) return String(name)
      }
      return false
    }),
    status: 409,
    message: (name) => `Key pair '${name}' already exists.`,
    source: 'recording ooi: err-duplicate-key-plain',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ title }) => title !== undefined && !/^\S(.*\S)?$/.test(title)),
    status: 400,
    message:
      "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.",
    source: 'nova/api/openstack/compute/schemas/servers.py (base_create: parameter_types.name)',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ title = '' }) => (title.length > 255 ? title : false)),
    status: 400,
    message: (title) => `Invalid input for field/attribute name. Value: ${title}. '${title}' is too long`,
    source: 'recording ooi-nova: live-compute-title-long',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', (draft) => {
      const data = userData(draft)
      if (data === undefined) return false
      return String(data).length > 65_535 || !isBase64(String(data)) ? String(data).slice(0, 200) : false
    }),
    status: 400,
    message: (data) =>
      `Invalid input for field/attribute user_data. Value: ${data}. '${data}' is not a 'base64'`,
    source: 'nova/api/openstack/compute/schemas/servers.py (base_create: user_data)',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ links }) =>
      links.some(({ target }) => target?.location.endsWith('/network/PUBLIC') === true),
    ),
    status: 400,
    message: 'Network PUBLIC could not be found.',
    source: 'ooi/api/compute.py:159 (_get_network_from_req), recording ooi-nova: live-compute-inline-public',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ mixins }, request) => {
      const image = mixins.find((id) => schemeOf(id) === imageScheme)
      return image !== undefined && !isKnown(request, image)
    }),
    status: 400,
    message: 'Can not find requested image',
    source: 'recording ooi: err-unknown-image-plain',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ mixins }, request) => {
      const size = mixins.find((id) => schemeOf(id) === sizeScheme)
      return size === undefined || isKnown(request, size) ? false : termOf(size)
    }),
    status: 400,
    message: (flavour) => `Flavor ${flavour} could not be found.`,
    source: 'recording ooi: err-unknown-flavor-plain',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', (_, { context: { cloud } }) => {
      let count = 0
      for (const { kind } of cloud.entities()) if (kind === COMPUTE) count += 1
      return count < instanceQuota ? false : String(count)
    }),
    status: 403,
    message: (count) =>
      `Quota exceeded for instances: Requested 1, but already used ${count} of ${instanceQuota} instances`,
    source: 'nova/conf/quota.py (instances), recording ooi-nova: live-quota',
  },
  {
    operations: ['create'],
    when: (request) => {
      const title = createdDraft(request, 'compute') === undefined ? undefined : jsonTitle(request.json)
      return title === undefined || typeof title === 'string' ? false : String(title)
    },
    status: 400,
    message: (title) =>
      `Invalid input for field/attribute name. Value: ${title}. ${title} is not of type 'string'`,
    source: 'recording ooi-nova: live-compute-title-number',
  },
  // Updates and actions
  {
    operations: ['replace'],
    when: ({ payload, json }) =>
      payload.rendering === 'json' && typeof json === 'object' && json !== null && !('kind' in json)
        ? sizeScheme
        : false,
    status: 400,
    message: missingMixin,
    source: 'ooi/wsgi/parsers.py:222 (JsonParser.parse_categories), recording ooi: resize-json',
  },
  {
    operations: ['replace'],
    when: ({ record, payload }) =>
      record?.kind === COMPUTE &&
      !payload.drafts.some((draft) => hasMixin(draft, sizeScheme)) &&
      !payload.categoryIds.some((id) => schemeOf(id) === sizeScheme)
        ? sizeScheme
        : false,
    status: 400,
    message: missingMixin,
    source: 'ooi/api/compute.py:252 (update)',
  },
  {
    operations: ['trigger'],
    when: ({ record, context, http }) =>
      record !== undefined &&
      record.kind !== COMPUTE &&
      context.catalog
        .actions(record.kind, record.mixins)
        .some((id) => termOf(id) === http.query.get('action')),
    status: 501,
    message: 'Network actions are not implemented',
    source: 'ooi/api/network.py:190, ooi/api/storage.py:95 (run_action)',
  },
  {
    operations: ['trigger'],
    when: actionConflict,
    status: 409,
    message: (detail) => detail,
    source: 'recording ooi: err-start-when-active-plain',
  },
  // Networks
  {
    ...inheritedRules.ipNetwork,
    source: 'ooi/api/network.py:124 (create)',
  },
  {
    ...inheritedRules.networkAttributes,
    source: 'ooi/api/network.py:132 (required)',
  },
  // Addresses
  {
    operations: ['create'],
    when: whenCreating('ipreservation', ({ mixins }, request) =>
      mixins.some((id) => schemeOf(id) === poolScheme && !isKnown(request, id)),
    ),
    status: 404,
    message: 'Floating IP pool not found.',
    source: 'recording ooi-nova: live-ipreservation-no-such-pool',
  },
  {
    operations: ['create'],
    when: (request) => {
      const draft = createdDraft(request, 'networklink') ?? createdDraft(request, 'ipreservation')
      if (draft === undefined) return false
      return mixinsOtherThan((id) => schemeOf(id) === poolScheme)(draft)
    },
    status: 400,
    message: schemaMismatch,
    source: 'ooi/api/network_link.py:120 (create), recording ooi-nova: live-floating-link-mixin',
  },
  {
    operations: ['create'],
    when: (request) => {
      if (!isBuilding(request, linkEnd(request, 'networklink', 'source'))) return false
      const target = linkEnd(request, 'networklink', 'target')
      return target?.kind === IP_RESERVATION || target?.path === '/network/PUBLIC'
    },
    status: 400,
    message: 'No nw_info cache associated with instance',
    source: 'nova/api/openstack/compute/floating_ips.py (_add_floating_ip)',
  },
  // Volumes of machines
  {
    operations: ['create'],
    when: whenCreating('storagelink', (draft) => {
      const device = attributeOf(draft, 'occi.storagelink.deviceid')
      if (device === undefined || /^\/dev\/x?[a-z]?d?[a-z]+[0-9]*$/.test(String(device))) return false
      return String(device)
    }),
    status: 400,
    message: (device) =>
      `Invalid input for field/attribute device. Value: ${device}. '${device}' does not match '(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$'`,
    source: 'nova/api/openstack/compute/schemas/volumes.py (create_volume_attachment: device)',
  },
  {
    operations: ['create'],
    when: (request) => {
      const volume = linkEnd(request, 'storagelink', 'target')
      const [link] = linksTo(request, volume)
      if (volume === undefined || link === undefined) return false
      return `volume ${lastSegmentOf(volume.path)} is already attached to instances: ${lastSegmentOf(link.source ?? '')}`
    },
    status: 400,
    message: (detail) => `Invalid volume: ${detail}`,
    source: 'recording ooi-nova: live-storagelink-again',
  },
  {
    operations: ['create'],
    when: (request) => {
      const machine = linkEnd(request, 'storagelink', 'source')
      return machine !== undefined && isBuilding(request, machine) ? lastSegmentOf(machine.path) : false
    },
    status: 409,
    message: (id) => `Cannot 'attach_volume' instance ${id} while it is in vm_state building`,
    source: 'recording ooi-nova: live-storagelink-building',
  },
]

export function isKnown({ context: { catalog } }: RuleRequest, id: TypeId): boolean {
  return catalog.mixin(id) !== undefined
}

/** The lines of a text/plain body. Other bodies have none. */
function textLines({ body, contentType = '' }: RuleRequest['http']): readonly string[] {
  const isText = contentType.split(';', 1)[0]?.trim() === 'text/plain'
  return !isText || body === '' ? [] : body.replace(/\r?\n$/, '').split(/\r?\n/)
}

function jsonTitle(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('attributes' in json)) return undefined
  const { attributes } = json
  if (typeof attributes !== 'object' || attributes === null) return undefined
  return (attributes as { readonly [key: string]: unknown })['occi.core.title']
}

/** The size as the client wrote it. nova refuses `10.0`, whose parsed value is 10. */
function sizeAsWritten({ body, headers }: RuleRequest['http']): string | undefined {
  const fields = headers.map(([, value]) => value)
  for (const text of [body, ...fields]) {
    const match = /occi\.storage\.size"?[ \t]*[=:][ \t]*"?([^\s,;"}]+)/.exec(text.slice(0, 100_000))
    if (match !== null) return match[1]
  }
  return undefined
}

/** nova's message for a size that is not an integer of at least 1; false for a valid one. */
function sizeError(size: string): boolean | string {
  if (!/^[0-9]+$/.test(size)) {
    const isNumber = /^-?[0-9.]+$/.test(size)
    return isNumber
      ? `Value: ${size}. ${size} is not of type 'integer', 'string'`
      : `Value: ${size}. '${size}' does not match '^[0-9]+$'`
  }
  return Number(size) < 1 ? `Value: ${size}. ${size} is less than the minimum of 1` : false
}

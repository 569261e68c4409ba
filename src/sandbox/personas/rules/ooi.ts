/** Refusals of ooi 1.2.0 and of nova 26 behind it. */
import { headerValue } from '../../../basics/http.js'
import { COMPUTE, IP_RESERVATION, NETWORK, type TypeId, termOf } from '../../../model/index.js'
import { stateAt } from '../../lifecycle/timeline.js'
import type { Draft } from '../../operations/payload.js'
import type { EntityRecord } from '../../state/record.js'
import type { Rule, RuleRequest } from '../persona.js'

const openstack = 'http://schemas.openstack.org/'
const occi = 'http://schemas.ogf.org/occi/infrastructure'
const images = `${openstack}template/os#`
const sizes = `${openstack}template/resource#`
const pools = `${openstack}network/floatingippool#`
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

export const whenCreating = (
  term: string,
  when: (draft: Draft, request: RuleRequest) => boolean | string,
): Rule['when'] => {
  return (request) => {
    const draft = createdDraft(request, term)
    return draft === undefined ? false : when(draft, request)
  }
}

export const scheme = (id: string) => id.slice(0, id.indexOf('#') + 1)
export const hasMixin = (draft: Draft, wanted: string) =>
  draft.mixins.some((id) => scheme(id) === wanted || id === wanted)
const attributeOf = (draft: Draft, name: string) => draft.attributes.get(name)

/** A message if the kind is missing or is not the kind of the collection. */
const otherKind = (wanted: string) => (draft: Draft) => {
  if (draft.kind === wanted) return false
  return `Expecting '${wanted}', but found '${draft.kind ?? 'None'}'.`
}

export const mixinsOtherThan = (allowed: (id: string) => boolean) => (draft: Draft) => {
  const found = draft.mixins.filter((id) => !allowed(id))
  return found.length === 0
    ? false
    : `Expecting '', but found '[${found.map((id) => `'${id}'`).join(', ')}]'.`
}

const ofCompute = (id: string) =>
  [images, sizes].includes(scheme(id)) || (Object.values(contextMixins) as string[]).includes(id)

function userData(draft: Draft): unknown {
  if (hasMixin(draft, contextMixins.osData)) return attributeOf(draft, 'org.openstack.compute.user_data')
  return hasMixin(draft, contextMixins.occiData) ? attributeOf(draft, 'occi.compute.user_data') : undefined
}

function publicKey(draft: Draft): unknown {
  if (hasMixin(draft, contextMixins.osKey))
    return attributeOf(draft, 'org.openstack.credentials.publickey.data')
  return hasMixin(draft, contextMixins.occiKey) ? attributeOf(draft, 'occi.credentials.ssh_key') : undefined
}

/** `ssh-rsa AAAA… comment`, the second word being Base64. */
function isPublicKey(value: unknown): boolean {
  const [type, blob = ''] = String(value).trim().split(/\s+/)
  return type !== undefined && /^(ssh|ecdsa|sk)-/.test(type) && isBase64(blob)
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)
}

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

export const segment = (path: string) => path.slice(path.lastIndexOf('/') + 1)

export function linksTo(
  { context: { cloud } }: RuleRequest,
  record: EntityRecord | undefined,
): readonly EntityRecord[] {
  return record === undefined ? [] : cloud.linksAt(record.path).filter(({ target }) => target === record.path)
}

const novaStates: Readonly<Record<string, string>> = { inactive: 'stopped' }

/** nova's message for an action that is not applicable now. */
function notApplicableNow(request: RuleRequest): boolean | string {
  const { record, context: at } = request
  const action = request.http.query.get('action') ?? ''
  const moment = record?.kind === COMPUTE ? stateAt(record.timeline, at.now) : undefined
  const from = allowedFrom[action]
  if (record === undefined || moment === undefined || from === undefined) return false
  const state = isBuilding(request, record) ? 'building' : (novaStates[moment.state] ?? moment.state)
  if (from.includes(state)) return false
  return `Cannot '${action === 'restart' ? 'reboot' : action}' instance ${segment(record.path)} while it is in vm_state ${state}`
}

const allowedFrom: Readonly<Record<string, readonly string[]>> = {
  start: ['stopped', 'suspended'],
  stop: ['active'],
  suspend: ['active'],
  restart: ['active', 'stopped'],
}

/** The default of nova. */
const instanceQuota = 10

const validator = 'ooi/occi/validator.py:60 (_validate_mandatory_mixins)'
export const mismatch = (what: string) => `Schema does not match. ${what}`
const missingMixin = (type: string) => `Missing OCCI types: '${type}'.`

/** Rules of ooi that also hold for snf-occi of 2017, which is built on it. Each persona adds its own source. */
export const inheritedRules = {
  lineWithoutColon: {
    when: ({ http }) => textLines(http).some((line) => !line.includes(':')),
    status: 500,
    message: 'The server has either erred or is incapable of performing the requested operation.',
  },
  storageKind: {
    operations: ['create'],
    when: whenCreating('storage', otherKind(`${occi}#storage`)),
    status: 400,
    message: mismatch,
  },
  computeKind: {
    operations: ['create'],
    when: whenCreating('compute', otherKind(COMPUTE)),
    status: 400,
    message: mismatch,
  },
  image: {
    operations: ['create'],
    when: whenCreating('compute', (draft) => (hasMixin(draft, images) ? false : images)),
    status: 400,
    message: missingMixin,
  },
  size: {
    operations: ['create'],
    when: whenCreating('compute', (draft) => (hasMixin(draft, sizes) ? false : sizes)),
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
      !catalog.categories.some((one) => one.class === 'kind' && one.location === path),
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
      sizeError(writtenSize(http) ?? String(attributeOf(draft, 'occi.storage.size'))),
    ),
    status: 400,
    message: (what) => `Invalid input for field/attribute size. ${what}`,
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
        ? segment(request.record.path)
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
    source: validator,
  },
  {
    ...inheritedRules.size,
    source: validator,
  },
  {
    operations: ['create'],
    when: whenCreating('compute', mixinsOtherThan(ofCompute)),
    status: 400,
    message: mismatch,
    source: 'ooi/occi/validator.py:97 (validate: unexpected)',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ links }) => {
      const found = links.find(({ target }) => target?.location.includes('/ipreservation/'))
      return found === undefined
        ? false
        : `Expecting '${occi}#storage, ${occi}#network', but found '${IP_RESERVATION}'.`
    }),
    status: 400,
    message: mismatch,
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
      const image = mixins.find((id) => scheme(id) === images)
      return image !== undefined && !isKnown(request, image)
    }),
    status: 400,
    message: 'Can not find requested image',
    source: 'recording ooi: err-unknown-image-plain',
  },
  {
    operations: ['create'],
    when: whenCreating('compute', ({ mixins }, request) => {
      const size = mixins.find((id) => scheme(id) === sizes)
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
        ? sizes
        : false,
    status: 400,
    message: missingMixin,
    source: 'ooi/wsgi/parsers.py:222 (JsonParser.parse_categories), recording ooi: resize-json',
  },
  {
    operations: ['replace'],
    when: ({ record, payload }) =>
      record?.kind === COMPUTE &&
      !payload.drafts.some((draft) => hasMixin(draft, sizes)) &&
      !payload.categoryIds.some((id) => scheme(id) === sizes)
        ? sizes
        : false,
    status: 400,
    message: missingMixin,
    source: 'ooi/api/compute.py:252 (update)',
  },
  {
    operations: ['trigger'],
    when: ({ record, context: at, http }) =>
      record !== undefined &&
      record.kind !== COMPUTE &&
      at.catalog.actions(record.kind, record.mixins).some((id) => termOf(id) === http.query.get('action')),
    status: 501,
    message: 'Network actions are not implemented',
    source: 'ooi/api/network.py:190, ooi/api/storage.py:95 (run_action)',
  },
  {
    operations: ['trigger'],
    when: notApplicableNow,
    status: 409,
    message: (what) => what,
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
      mixins.some((id) => scheme(id) === pools && !isKnown(request, id)),
    ),
    status: 404,
    message: 'Floating IP pool not found.',
    source: 'recording ooi-nova: live-ipreservation-no-such-pool',
  },
  {
    operations: ['create'],
    when: (request) =>
      ['networklink', 'ipreservation']
        .map((term) => createdDraft(request, term))
        .find((draft) => draft !== undefined) === undefined
        ? false
        : mixinsOtherThan((id) => scheme(id) === pools)(request.payload.drafts[0] as Draft),
    status: 400,
    message: mismatch,
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
      return `volume ${segment(volume.path)} is already attached to instances: ${segment(link.source ?? '')}`
    },
    status: 400,
    message: (what) => `Invalid volume: ${what}`,
    source: 'recording ooi-nova: live-storagelink-again',
  },
  {
    operations: ['create'],
    when: (request) => {
      const machine = linkEnd(request, 'storagelink', 'source')
      return machine !== undefined && isBuilding(request, machine) ? segment(machine.path) : false
    },
    status: 409,
    message: (id) => `Cannot 'attach_volume' instance ${id} while it is in vm_state building`,
    source: 'recording ooi-nova: live-storagelink-building',
  },
]

export function isKnown({ context: { catalog } }: RuleRequest, id: TypeId): boolean {
  return catalog.mixin(id) !== undefined
}

/** Lines of a text body; none for other renderings. */
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

/** The size as the client wrote it, because nova refuses `10.0`, which a parsed number does not show. */
function writtenSize({ body, headers }: RuleRequest['http']): string | undefined {
  const fields = headers.map(([, value]) => value)
  for (const text of [body, ...fields]) {
    const found = /occi\.storage\.size"?[ \t]*[=:][ \t]*"?([^\s,;"}]+)/.exec(text.slice(0, 100_000))
    if (found !== null) return found[1]
  }
  return undefined
}

/** nova's message for a size that is not an integer of at least 1; false for a valid one. */
function sizeError(written: string): boolean | string {
  if (!/^[0-9]+$/.test(written)) {
    const number = /^-?[0-9.]+$/.test(written)
    return number
      ? `Value: ${written}. ${written} is not of type 'integer', 'string'`
      : `Value: ${written}. '${written}' does not match '^[0-9]+$'`
  }
  return Number(written) < 1 ? `Value: ${written}. ${written} is less than the minimum of 1` : false
}

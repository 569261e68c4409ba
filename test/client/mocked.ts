/** A provider at http://cloud.test that a test states request by request with nock, and a client that talks to it. */
import { type ClientSettings, OcciClient } from '../../src/client/index.js'
import type { Deviation } from '../../src/rendering/index.js'
import { type Answer, dialogue, recordedTransport, replyOf } from '../support/nock.js'

export type Reply = Answer

const cloudUrl = 'http://cloud.test/'

interface Stated extends Partial<ClientSettings> {
  /** The Server header of the query interface. */
  readonly server?: string
}

/** The test states with `cloud` all that is sent. */
export function dialogueWith(settings: Partial<ClientSettings> = {}) {
  const cloud = dialogue(new URL(settings.endpoint ?? cloudUrl).origin)
  return { cloud, ...clientOf(settings) }
}

/** A provider that refuses JSON and has `model` in text; the test states with `cloud` what else is sent. */
export function textCloud({ server = 'test', ...settings }: Stated = {}, model = textModel()) {
  const { cloud, ...rest } = dialogueWith(settings)
  cloud.get('/-/').times(9).optionally().matchHeader('Accept', 'application/occi+json').reply(406, 'not this')
  cloud
    .get('/-/')
    .times(9)
    .optionally()
    .matchHeader('Accept', 'text/plain')
    .reply(200, model, { 'Content-Type': 'text/plain', Server: server })
  return { cloud, ...rest }
}

/** The same in JSON of OCCI 1.2. */
export function jsonCloud(
  { server = 'test OCCI/1.2', ...settings }: Stated = {},
  model: object = jsonModel(),
) {
  const { cloud, ...rest } = dialogueWith(settings)
  cloud
    .get('/-/')
    .times(9)
    .optionally()
    .matchHeader('Accept', 'application/occi+json')
    .reply(200, JSON.stringify(model), { 'Content-Type': 'application/occi+json', Server: server })
  return { cloud, ...rest }
}

/** What nock's `reply` takes for an answer in text. */
export const inText = (body: string, headers: Record<string, string | string[]> = {}) =>
  [200, body, { 'Content-Type': 'text/plain', ...headers }] as const

/** … and in JSON of OCCI 1.2. */
export const inJson = (value: unknown, status = 200) =>
  [status, JSON.stringify(value), { 'Content-Type': 'application/occi+json' }] as const

/** A list of locations, which arrives in small pieces: for one answer, because a stream is read once. */
export const inUriList = (...urls: readonly string[]) =>
  replyOf({ headers: [['Content-Type', 'text/uri-list']], body: urls.join('\n'), pieces: 7 })

/** Time passes when the client sleeps. */
function clientOf(settings: Partial<ClientSettings>) {
  const { endpoint = cloudUrl } = settings
  const transport = recordedTransport()
  const seen = transport.requests
  const deviations: Deviation[] = []
  let now = 0
  let count = 0
  const client = new OcciClient({
    endpoint,
    transport,
    clock: {
      now: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds
      },
    },
    uuid: () => {
      count += 1
      return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`
    },
    onDeviation: (deviation) => deviations.push(deviation),
    ...settings,
  })
  return { client, seen, deviations, lines: () => seen.map(({ method, path }) => `${method} ${path}`) }
}

const infra = 'http://schemas.ogf.org/occi/infrastructure#'

/** A model of compute, network, storage, their links, two images and two sizes, in text. */
export function textModel(
  base = '',
  links = { storagelink: '/storagelink/', networkinterface: '/networkinterface/' },
): string {
  const action = 'http://schemas.ogf.org/occi/infrastructure/compute/action#'
  const attributes =
    'occi.compute.cores occi.compute.memory occi.compute.hostname occi.compute.state{immutable}'
  return [
    `Category: compute; scheme="${infra}"; class="kind"; rel="http://schemas.ogf.org/occi/core#resource"; location="${base}/compute/"; attributes="${attributes}"; actions="${action}start ${action}stop ${action}restart"`,
    `Category: network; scheme="${infra}"; class="kind"; rel="http://schemas.ogf.org/occi/core#resource"; location="${base}/network/"; attributes="occi.network.vlan occi.network.state{immutable}"`,
    `Category: storage; scheme="${infra}"; class="kind"; rel="http://schemas.ogf.org/occi/core#resource"; location="${base}/storage/"; attributes="occi.storage.size occi.storage.state{immutable}"`,
    `Category: storagelink; scheme="${infra}"; class="kind"; rel="http://schemas.ogf.org/occi/core#link"; location="${base}${links.storagelink}"; attributes="occi.storagelink.deviceid occi.storagelink.mountpoint occi.storagelink.state{immutable}"`,
    `Category: networkinterface; scheme="${infra}"; class="kind"; rel="http://schemas.ogf.org/occi/core#link"; location="${base}${links.networkinterface}"; attributes="occi.networkinterface.interface{immutable} occi.networkinterface.mac occi.networkinterface.state{immutable}"`,
    `Category: start; scheme="${action}"; class="action"`,
    `Category: stop; scheme="${action}"; class="action"; attributes="method"`,
    `Category: restart; scheme="${action}"; class="action"; attributes="method"`,
    `Category: os_tpl; scheme="${infra}"; class="mixin"; location="${base}/os_tpl/"`,
    `Category: resource_tpl; scheme="${infra}"; class="mixin"; location="${base}/resource_tpl/"`,
    `Category: debian; scheme="http://example.com/os#"; class="mixin"; rel="${infra}os_tpl"; location="${base}/debian/"; title="Debian 12"`,
    `Category: small; scheme="http://example.com/size#"; class="mixin"; rel="${infra}resource_tpl"; location="${base}/small/"`,
    `Category: large; scheme="http://example.com/size#"; class="mixin"; rel="${infra}resource_tpl"; location="${base}/large/"`,
    `Category: tag; scheme="http://example.com/tags#"; class="mixin"; location="${base}/tag/"`,
  ].join('\n')
}

export function textReply(body: string, more: Partial<Reply> = {}): Reply {
  return { headers: [['Content-Type', 'text/plain']], body, ...more }
}

export function jsonReply(value: unknown, more: Partial<Reply> = {}): Reply {
  return { headers: [['Content-Type', 'application/occi+json']], body: JSON.stringify(value), ...more }
}

/** The same model as OCCI 1.2 JSON. */
export function jsonModel() {
  const action = 'http://schemas.ogf.org/occi/infrastructure/compute/action#'
  const settable = { mutable: true, required: false }
  return {
    kinds: [
      {
        term: 'compute',
        scheme: infra,
        parent: 'http://schemas.ogf.org/occi/core#resource',
        location: '/compute/',
        actions: [`${action}start`, `${action}stop`],
        attributes: {
          'occi.compute.cores': { ...settable, type: 'number' },
          'occi.compute.memory': { ...settable, type: 'number' },
          'occi.compute.hostname': { ...settable, type: 'string' },
          'occi.compute.architecture': { ...settable, type: 'array' },
          'occi.compute.state': { mutable: false, required: false, type: 'string' },
        },
      },
      {
        term: 'network',
        scheme: infra,
        parent: 'http://schemas.ogf.org/occi/core#resource',
        location: '/network/',
      },
      {
        term: 'storage',
        scheme: infra,
        parent: 'http://schemas.ogf.org/occi/core#resource',
        location: '/storage/',
        attributes: { 'occi.storage.size': { ...settable, type: 'number' } },
      },
      {
        term: 'storagelink',
        scheme: infra,
        parent: 'http://schemas.ogf.org/occi/core#link',
        location: '/storagelink/',
        attributes: { 'occi.storagelink.deviceid': { ...settable, type: 'string' } },
      },
      {
        term: 'networkinterface',
        scheme: infra,
        parent: 'http://schemas.ogf.org/occi/core#link',
        location: '/networkinterface/',
      },
    ],
    mixins: [
      { term: 'debian', scheme: 'http://example.com/os#', depends: [`${infra}os_tpl`], location: '/debian/' },
      {
        term: 'small',
        scheme: 'http://example.com/size#',
        depends: [`${infra}resource_tpl`],
        location: '/small/',
      },
      { term: 'tag', scheme: 'http://example.com/tags#', location: '/tag/' },
    ],
    actions: [
      { term: 'start', scheme: action },
      { term: 'stop', scheme: action, attributes: { method: { ...settable, type: 'string' } } },
    ],
  }
}

export const computeText = (
  attributes: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
) =>
  [
    `Category: compute; scheme="${infra}"; class="kind"`,
    ...Object.entries(attributes).map(([name, value]) => `X-OCCI-Attribute: ${name}=${value}`),
    ...more,
  ].join('\n')

export const computeJson = (more: object = {}) => ({ kind: `${infra}compute`, attributes: {}, ...more })
export const id = (term: string) => `${infra}${term}`

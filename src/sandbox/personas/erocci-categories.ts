/**
 * The categories of erocci's sample (priv/schemas/occi-infrastructure.xml at a4d466e), which defines neither `applies`
 * nor ranges of values, and what a site may add: another size, contextualization, and the mixins of Roboconf.
 */
import type { Action, AttributeDefinition, Category, Kind, Mixin, TypeId } from '../../model/index.js'
import { INFRASTRUCTURE_SCHEME, LINK, RESOURCE, typeId } from '../../model/index.js'

const core = 'http://schemas.ogf.org/occi/core#'
const infrastructure = INFRASTRUCTURE_SCHEME
const crtp = 'http://occiware.org/occi/infrastructure/crtp/backend#'

type Details = Partial<Omit<AttributeDefinition, 'name'>>

/** An attribute, by default an optional, mutable string. */
function attribute(name: string, details: Details = {}): AttributeDefinition {
  return { name, type: 'string', mutable: true, required: false, ...details }
}

const required: Details = { required: true }
const decimal: Details = { type: 'number' }
const immutable: Details = { mutable: false }
const integer: Details = { type: 'number', pattern: { form: 'schema', schema: { type: 'integer' } } }
const oneOf = (...values: readonly string[]): Details => ({
  pattern: { form: 'schema', schema: { enum: values } },
})
const stateAttribute = (name: string, ...values: readonly string[]) =>
  attribute(name, { ...required, ...immutable, ...oneOf(...values) })

interface CategoryDetails {
  readonly title?: string
  readonly attributes?: readonly AttributeDefinition[]
}

function commonMembers(scheme: string, term: string, { title, attributes = [] }: CategoryDetails) {
  return {
    scheme,
    term,
    id: typeId(scheme, term),
    ...(title === undefined ? {} : { title }),
    attributes: new Map(attributes.map((definition) => [definition.name, definition])),
  }
}

function kind(
  scheme: string,
  term: string,
  details: CategoryDetails & { readonly parent?: TypeId; readonly actions?: readonly Action[] },
): Kind {
  const { parent, actions = [] } = details
  return {
    class: 'kind',
    ...commonMembers(scheme, term, details),
    ...(parent === undefined ? {} : { parent }),
    actions: actions.map(({ id }) => id),
    location: `/categories/${term}`,
  }
}

function mixin(
  scheme: string,
  term: string,
  details: CategoryDetails & { readonly depends?: readonly TypeId[] },
): Mixin {
  return {
    class: 'mixin',
    ...commonMembers(scheme, term, details),
    depends: details.depends ?? [],
    applies: [],
    actions: [],
    location: `/categories/${term}`,
  }
}

function actions(
  scheme: string,
  titles: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, readonly AttributeDefinition[]>> = {},
): readonly Action[] {
  return Object.entries(titles).map(([term, title]) => ({
    class: 'action',
    ...commonMembers(scheme, term, { title, attributes: parameters[term] ?? [] }),
  }))
}

const methodParameter = [attribute('method')]
const computeActions = actions(
  'http://schemas.ogf.org/occi/infrastructure/compute/action#',
  {
    start: 'Start the system',
    stop: 'Stop the system (graceful, acpioff or poweroff)',
    restart: 'Restart the system (graceful, warm or cold)',
    suspend: 'Suspend the system (hibernate or in RAM)',
  },
  { stop: methodParameter, restart: methodParameter, suspend: methodParameter },
)
const storageActions = actions(
  'http://schemas.ogf.org/occi/infrastructure/storage/action#',
  {
    online: 'Set storage online',
    offline: 'Set storage offline',
    backup: 'Set storage as backup',
    snapshot: 'Take storage snapshot',
    resize: 'Resize storage',
  },
  { resize: [attribute('size', decimal)] },
)
// The scheme lacks `network/`, as in the sample.
const networkActions = actions('http://schemas.ogf.org/occi/infrastructure/action#', {
  up: 'Set network up',
  down: 'Set network down',
})

function size(term: string, title: string): Mixin {
  return mixin(infrastructure, term, {
    title,
    depends: [typeId(infrastructure, 'resource_tpl')],
    attributes: [
      attribute('occi.compute.architecture', immutable),
      attribute('occi.compute.cores', { ...integer, ...immutable }),
      attribute('occi.compute.speed', { ...decimal, ...immutable }),
      attribute('occi.compute.memory', { ...decimal, ...immutable }),
    ],
  })
}

/** The size that Roboconf requests. Its scheme is that of a draft of the template specification. */
const medium = mixin('http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#', 'medium', {
  title: 'Medium',
  depends: [typeId(infrastructure, 'resource_tpl')],
})

/** A mixin of Roboconf, with both identifiers that Roboconf uses. One of them contains the term twice. */
function roboconfMixins(scheme: string, term: string, names: readonly string[]): readonly Mixin[] {
  const attributes = names.map((name) => attribute(name))
  const schemeWithTerm = `${scheme}${term}`
  return [mixin(scheme, term, { attributes }), mixin(schemeWithTerm, term, { attributes })]
}

export const erocciCategories: readonly Category[] = [
  kind(core, 'entity', {
    title: 'Core Entity',
    attributes: [attribute('occi.core.id'), attribute('occi.core.title')],
  }),
  kind(core, 'resource', {
    title: 'Core Resource',
    parent: typeId(core, 'entity'),
    attributes: [attribute('occi.core.summary')],
  }),
  kind(core, 'link', {
    title: 'Core Link',
    parent: typeId(core, 'entity'),
    attributes: [
      attribute('occi.core.source', required),
      attribute('occi.core.source.kind'),
      attribute('occi.core.target', required),
      attribute('occi.core.target.kind'),
    ],
  }),
  kind(infrastructure, 'compute', {
    title: 'Compute Resource',
    parent: RESOURCE,
    actions: computeActions,
    attributes: [
      attribute('occi.compute.architecture', oneOf('x86', 'x64')),
      attribute('occi.compute.cores', integer),
      attribute('occi.compute.hostname'),
      attribute('occi.compute.speed', decimal),
      attribute('occi.compute.memory', decimal),
      {
        ...stateAttribute('occi.compute.state', 'active', 'inactive', 'suspended', 'error'),
        default: 'inactive',
      },
    ],
  }),
  kind(infrastructure, 'storage', {
    title: 'Storage Resource',
    parent: RESOURCE,
    actions: storageActions,
    attributes: [
      attribute('occi.storage.size', { ...decimal, ...required }),
      stateAttribute('occi.storage.state', 'online', 'offline', 'error'),
    ],
  }),
  kind(infrastructure, 'storagelink', {
    title: 'StorageLink Link',
    parent: LINK,
    attributes: [
      attribute('occi.storagelink.deviceid', required),
      attribute('occi.storagelink.mountpoint'),
      stateAttribute('occi.storagelink.state', 'active', 'inactive', 'error'),
    ],
  }),
  kind(infrastructure, 'network', {
    title: 'Network Resource',
    parent: RESOURCE,
    actions: networkActions,
    attributes: [
      attribute('occi.network.vlan', integer),
      attribute('occi.network.label'),
      stateAttribute('occi.network.state', 'active', 'inactive', 'error'),
    ],
  }),
  kind(infrastructure, 'networkinterface', {
    title: 'NetworkInterface Link',
    parent: LINK,
    attributes: [
      attribute('occi.networkinterface.interface', { ...required, ...immutable }),
      attribute('occi.networkinterface.mac', required),
      stateAttribute('occi.networkinterface.state', 'active', 'inactive', 'error'),
    ],
  }),
  mixin('http://schemas.ogf.org/occi/infrastructure/network#', 'ipnetwork', {
    title: 'IP Networking Mixin',
    attributes: [
      attribute('occi.network.address'),
      attribute('occi.network.gateway'),
      attribute('occi.network.allocation', { ...required, ...oneOf('dynamic', 'static') }),
    ],
  }),
  mixin('http://schemas.ogf.org/occi/infrastructure/networkinterface#', 'ipnetworkinterface', {
    title: 'IP Network Interface Mixin',
    attributes: [
      attribute('occi.networkinterface.address', required),
      attribute('occi.networkinterface.gateway'),
      attribute('occi.networkinterface.allocation', { ...required, ...oneOf('dynamic', 'static') }),
    ],
  }),
  mixin(infrastructure, 'os_tpl', { title: 'OS Template' }),
  mixin(infrastructure, 'resource_tpl', { title: 'Resource template' }),
  size('small', 'Small Instance - 1 core and 1 GB RAM'),
  size('large', 'Large Instance - 4 cores and 8 GB RAM'),
  mixin('http://occi.example.org/occi/infrastructure/os_tpl#', 'debian6', {
    depends: [typeId(infrastructure, 'os_tpl')],
  }),
  mixin('http://erocci.ow2.org/occi#', 'tag', { title: 'User mixin root mixin' }),
  mixin('http://schemas.ogf.org/occi/infrastructure/credentials#', 'ssh_key', {
    title: 'Credentials mixin',
    attributes: [attribute('occi.credentials.ssh.publickey', required)],
  }),
  mixin('http://schemas.ogf.org/occi/infrastructure/compute#', 'user_data', {
    title: 'Contextualization mixin',
    attributes: [attribute('occi.compute.userdata', required)],
  }),
  medium,
  ...roboconfMixins(crtp, 'vmimage', ['imagename']),
  ...roboconfMixins(crtp, 'vmwarefolders', [
    'datacentername',
    'datastorename',
    'clustername',
    'hostsystemname',
    'inventorypath',
  ]),
  ...roboconfMixins(crtp, 'credential', ['user', 'password']),
  ...roboconfMixins('http://occiware.org/occi/infrastructure/compute#', 'user_data', [
    'occi.compute.userdata',
  ]),
  ...computeActions,
  ...storageActions,
  ...networkActions,
]

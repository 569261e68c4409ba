/**
 * The categories of erocci's own sample (priv/schemas/occi-infrastructure.xml at a4d466e), which has neither
 * `applies` nor ranges of values. A site's additions follow in the same form: a further size, contextualization, and
 * the mixins of Roboconf.
 */
import type { Action, AttributeDefinition, Category, Kind, Mixin, TypeId } from '../../model/index.js'
import { INFRASTRUCTURE_SCHEME, LINK, RESOURCE, typeId } from '../../model/index.js'

const core = 'http://schemas.ogf.org/occi/core#'
const infrastructure = INFRASTRUCTURE_SCHEME
const crtp = 'http://occiware.org/occi/infrastructure/crtp/backend#'

type Details = Partial<Omit<AttributeDefinition, 'name'>>

/** An attribute. Without a type in the schema it is a string. */
function attribute(name: string, details: Details = {}): AttributeDefinition {
  return { name, type: 'string', mutable: true, required: false, ...details }
}

const required: Details = { required: true }
const decimal: Details = { type: 'number' }
const fixed: Details = { mutable: false }
const integer: Details = { type: 'number', pattern: { form: 'schema', schema: { type: 'integer' } } }
const oneOf = (...values: readonly string[]): Details => ({
  pattern: { form: 'schema', schema: { enum: values } },
})
const state = (name: string, ...values: readonly string[]) =>
  attribute(name, { ...required, ...fixed, ...oneOf(...values) })

interface Shape {
  readonly title?: string
  readonly attributes?: readonly AttributeDefinition[]
}

function identity(scheme: string, term: string, { title, attributes = [] }: Shape) {
  return {
    scheme,
    term,
    id: typeId(scheme, term),
    ...(title === undefined ? {} : { title }),
    attributes: new Map(attributes.map((one) => [one.name, one])),
  }
}

function kind(
  scheme: string,
  term: string,
  shape: Shape & { readonly parent?: TypeId; readonly actions?: readonly Action[] },
): Kind {
  const { parent, actions = [] } = shape
  return {
    class: 'kind',
    ...identity(scheme, term, shape),
    ...(parent === undefined ? {} : { parent }),
    actions: actions.map(({ id }) => id),
    location: `/categories/${term}`,
  }
}

function mixin(scheme: string, term: string, shape: Shape & { readonly depends?: readonly TypeId[] }): Mixin {
  return {
    class: 'mixin',
    ...identity(scheme, term, shape),
    depends: shape.depends ?? [],
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
    ...identity(scheme, term, { title, attributes: parameters[term] ?? [] }),
  }))
}

const method = [attribute('method')]
const computeActions = actions(
  'http://schemas.ogf.org/occi/infrastructure/compute/action#',
  {
    start: 'Start the system',
    stop: 'Stop the system (graceful, acpioff or poweroff)',
    restart: 'Restart the system (graceful, warm or cold)',
    suspend: 'Suspend the system (hibernate or in RAM)',
  },
  { stop: method, restart: method, suspend: method },
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
// Without `network/`, as the sample has it.
const networkActions = actions('http://schemas.ogf.org/occi/infrastructure/action#', {
  up: 'Set network up',
  down: 'Set network down',
})

function size(term: string, title: string): Mixin {
  return mixin(infrastructure, term, {
    title,
    depends: [typeId(infrastructure, 'resource_tpl')],
    attributes: [
      attribute('occi.compute.architecture', fixed),
      attribute('occi.compute.cores', { ...integer, ...fixed }),
      attribute('occi.compute.speed', { ...decimal, ...fixed }),
      attribute('occi.compute.memory', { ...decimal, ...fixed }),
    ],
  })
}

/** The size that Roboconf requests. Its scheme is from a draft of the specification of templates. */
const medium = mixin('http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#', 'medium', {
  title: 'Medium',
  depends: [typeId(infrastructure, 'resource_tpl')],
})

/** A mixin of Roboconf, under both identifiers that it uses: one contains the term twice. */
function roboconf(scheme: string, term: string, names: readonly string[]): readonly Mixin[] {
  const attributes = names.map((name) => attribute(name))
  return [scheme, `${scheme}${term}`].map((ownScheme) => mixin(ownScheme, term, { attributes }))
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
        ...state('occi.compute.state', 'active', 'inactive', 'suspended', 'error'),
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
      state('occi.storage.state', 'online', 'offline', 'error'),
    ],
  }),
  kind(infrastructure, 'storagelink', {
    title: 'StorageLink Link',
    parent: LINK,
    attributes: [
      attribute('occi.storagelink.deviceid', required),
      attribute('occi.storagelink.mountpoint'),
      state('occi.storagelink.state', 'active', 'inactive', 'error'),
    ],
  }),
  kind(infrastructure, 'network', {
    title: 'Network Resource',
    parent: RESOURCE,
    actions: networkActions,
    attributes: [
      attribute('occi.network.vlan', integer),
      attribute('occi.network.label'),
      state('occi.network.state', 'active', 'inactive', 'error'),
    ],
  }),
  kind(infrastructure, 'networkinterface', {
    title: 'NetworkInterface Link',
    parent: LINK,
    attributes: [
      attribute('occi.networkinterface.interface', { ...required, ...fixed }),
      attribute('occi.networkinterface.mac', required),
      state('occi.networkinterface.state', 'active', 'inactive', 'error'),
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
  ...roboconf(crtp, 'vmimage', ['imagename']),
  ...roboconf(crtp, 'vmwarefolders', [
    'datacentername',
    'datastorename',
    'clustername',
    'hostsystemname',
    'inventorypath',
  ]),
  ...roboconf(crtp, 'credential', ['user', 'password']),
  ...roboconf('http://occiware.org/occi/infrastructure/compute#', 'user_data', ['occi.compute.userdata']),
  ...computeActions,
  ...storageActions,
  ...networkActions,
]

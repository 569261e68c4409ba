/** The categories of rOCCI-core 5 (lib/occi/infrastructure*, warehouse), which rOCCI-server 2.0 serves. */
import { omitUndefined } from '../../basics/objects.js'
import type { AttributeDefinition, AttributeValue, Category, Kind, Mixin, TypeId } from '../../model/index.js'
import { typeId } from '../../model/index.js'

const core = 'http://schemas.ogf.org/occi/core#'
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'
const compute = typeId(infrastructure, 'compute')
const network = typeId(infrastructure, 'network')
const storage = typeId(infrastructure, 'storage')
const ipreservation = typeId(infrastructure, 'ipreservation')
const securitygroup = typeId(infrastructure, 'securitygroup')
const osTpl = typeId(infrastructure, 'os_tpl')
const resourceTpl = typeId(infrastructure, 'resource_tpl')

type Details = Partial<Omit<AttributeDefinition, 'name' | 'pattern'>> & { readonly pattern?: string }

/** An attribute, mutable and optional unless `details` says otherwise. */
function attribute(
  name: string,
  type: AttributeDefinition['type'] & string,
  { pattern, ...details }: Details = {},
): AttributeDefinition {
  return {
    name,
    type,
    mutable: true,
    required: false,
    ...details,
    // In the form in which Ruby prints a regular expression.
    ...(pattern === undefined ? {} : { pattern: { form: 'regex', source: `(?-mix:${pattern})` } }),
  }
}

const textAttribute = (name: string, details: Details = {}) =>
  attribute(name, 'string', { pattern: '^.+$', ...details })
const numberAttribute = (name: string, details: Details = {}) => attribute(name, 'number', details)
const immutable: Details = { mutable: false }
const fixed = (value: AttributeValue): Details => ({ mutable: false, required: true, default: value })

/** The state attribute and its message. */
function states(
  name: string,
  initial: string,
  ...otherStates: readonly string[]
): readonly AttributeDefinition[] {
  return [
    textAttribute(name, { ...fixed(initial), pattern: `^(${[...otherStates, initial].join('|')})$` }),
    textAttribute(`${name}.message`, { ...immutable, pattern: '^.*$' }),
  ]
}

const entityAttributes = [
  textAttribute('occi.core.id', {
    mutable: false,
    required: true,
    pattern: '^[[:alnum:]]([[:alnum:]]|-|_)*$',
  }),
  textAttribute('occi.core.title'),
]
const resourceAttributes = [textAttribute('occi.core.summary', { pattern: '^.*$' }), ...entityAttributes]
const linkAttributes = [
  attribute('occi.core.source', 'string', { required: true }),
  attribute('occi.core.target', 'string', { required: true }),
  ...entityAttributes,
]

function kind(
  scheme: string,
  term: string,
  title: string,
  details: {
    readonly parent?: TypeId
    readonly actions?: readonly string[]
    readonly attributes: readonly AttributeDefinition[]
  },
): Kind {
  return {
    class: 'kind',
    scheme,
    term,
    id: typeId(scheme, term),
    title,
    location: `/${term}/`,
    ...omitUndefined({ parent: details.parent }),
    actions: (details.actions ?? []).map((action) => typeId(actionScheme(term), action)),
    attributes: byName(details.attributes),
  }
}

const actionScheme = (term: string) => `http://schemas.ogf.org/occi/infrastructure/${term}/action#`
const byName = (definitions: readonly AttributeDefinition[]) =>
  new Map(definitions.map((definition) => [definition.name, definition]))

const resource = typeId(core, 'resource')
const link = typeId(core, 'link')
const entity = typeId(core, 'entity')

const networkAttributes = [
  numberAttribute('occi.network.vlan'),
  textAttribute('occi.network.label'),
  ...states('occi.network.state', 'inactive', 'active', 'error'),
]

const kinds: readonly Kind[] = [
  kind(core, 'entity', 'OCCI Core Entity', { attributes: entityAttributes }),
  kind(core, 'link', 'OCCI Core Link', { parent: entity, attributes: linkAttributes }),
  kind(core, 'resource', 'OCCI Core Resource', { parent: entity, attributes: resourceAttributes }),
  kind(infrastructure, 'compute', 'OCCI Infrastructure Compute', {
    parent: resource,
    actions: ['start', 'stop', 'restart', 'suspend', 'save'],
    attributes: [
      textAttribute('occi.compute.architecture', { pattern: '^(x86|x64)$', default: 'x64' }),
      numberAttribute('occi.compute.cores'),
      textAttribute('occi.compute.hostname'),
      numberAttribute('occi.compute.memory'),
      numberAttribute('occi.compute.speed'),
      ...states('occi.compute.state', 'inactive', 'active', 'error', 'waiting', 'suspended'),
      ...resourceAttributes,
    ],
  }),
  kind(infrastructure, 'network', 'OCCI Infrastructure Network', {
    parent: resource,
    actions: ['up', 'down'],
    attributes: [...networkAttributes, ...resourceAttributes],
  }),
  kind(infrastructure, 'networkinterface', 'OCCI Infrastructure NetworkInterface', {
    parent: link,
    actions: ['up', 'down'],
    attributes: [
      textAttribute('occi.networkinterface.interface', immutable),
      textAttribute('occi.networkinterface.mac', {
        ...immutable,
        pattern: '^([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2})$',
      }),
      ...states('occi.networkinterface.state', 'inactive', 'active', 'error'),
      ...linkAttributes,
    ],
  }),
  kind(infrastructure, 'storage', 'OCCI Infrastructure Storage', {
    parent: resource,
    actions: ['online', 'offline', 'backup', 'snapshot', 'resize'],
    attributes: [
      numberAttribute('occi.storage.size'),
      ...states('occi.storage.state', 'offline', 'online', 'backup', 'snapshot', 'resize', 'degraded'),
      ...resourceAttributes,
    ],
  }),
  kind(infrastructure, 'storagelink', 'OCCI Infrastructure StorageLink', {
    parent: link,
    actions: ['online', 'offline'],
    attributes: [
      textAttribute('occi.storagelink.deviceid', immutable),
      textAttribute('occi.storagelink.mountpoint', immutable),
      ...states('occi.storagelink.state', 'inactive', 'active', 'error', 'waiting'),
      ...linkAttributes,
    ],
  }),
  kind(infrastructure, 'ipreservation', 'OCCI Infrastructure IP Reservation', {
    parent: network,
    actions: ['up', 'down'],
    attributes: [
      attribute('occi.ipreservation.address', 'string'),
      attribute('occi.ipreservation.used', 'boolean', fixed(false)),
      ...states('occi.ipreservation.state', 'inactive', 'active', 'error'),
      ...networkAttributes,
      ...resourceAttributes,
    ],
  }),
  kind(infrastructure, 'securitygroup', 'OCCI Infrastructure Security Group', {
    parent: resource,
    attributes: [
      attribute('occi.securitygroup.rules', 'array', { required: true }),
      ...states('occi.securitygroup.state', 'inactive', 'active', 'error'),
      ...resourceAttributes,
    ],
  }),
  kind(infrastructure, 'securitygrouplink', 'OCCI Infrastructure Security Group link', {
    parent: link,
    attributes: [...states('occi.securitygrouplink.state', 'inactive', 'active', 'error'), ...linkAttributes],
  }),
]

function mixin(
  scheme: string,
  term: string,
  title: string,
  details: {
    readonly location?: string
    readonly depends?: readonly TypeId[]
    readonly applies?: readonly TypeId[]
    readonly attributes?: readonly AttributeDefinition[]
  } = {},
): Mixin {
  return {
    class: 'mixin',
    scheme,
    term,
    id: typeId(scheme, term),
    title,
    location: details.location ?? `/mixin/${term}/`,
    depends: details.depends ?? [],
    applies: details.applies ?? [],
    actions: [],
    attributes: byName(details.attributes ?? []),
  }
}

const ipAddress = (prefix: string) => [
  attribute(`${prefix}.address`, 'string'),
  textAttribute(`${prefix}.allocation`, { pattern: '^(dynamic|static)$', default: 'static' }),
  attribute(`${prefix}.gateway`, 'string'),
]

const fedcloudScheme = 'http://schemas.fedcloud.egi.eu/occi/infrastructure/'
const userDataTitle = 'OCCI contextualization data to be injected into a compute instance'
const publicKeyTitle = 'OCCI SSH public key to be injected into a compute instance'
const availabilityZone = typeId(infrastructure, 'availability_zone')
const region = typeId(infrastructure, 'region')
const floatingIpPool = typeId('http://schemas.openstack.org/network#', 'floatingippool')
const siteScheme = 'http://schemas.localhost/occi/infrastructure/'
/** The kinds to which zones and regions apply. */
const zonedKinds = [compute, storage, network, securitygroup, ipreservation]

const mixins: readonly Mixin[] = [
  mixin('http://schemas.ogf.org/occi/infrastructure/network#', 'ipnetwork', 'OCCI IP Network mixin', {
    applies: [network],
    attributes: ipAddress('occi.network'),
  }),
  mixin(
    'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
    'ipnetworkinterface',
    'OCCI IP NetworkInterface mixin',
    {
      applies: [typeId(infrastructure, 'networkinterface')],
      attributes: ipAddress('occi.networkinterface'),
    },
  ),
  mixin('http://schemas.openstack.org/compute/instance#', 'user_data', userDataTitle, {
    location: '/mixin/old_user_data',
    applies: [compute],
    attributes: [textAttribute('org.openstack.compute.user_data', immutable)],
  }),
  mixin('http://schemas.openstack.org/instance/credentials#', 'public_key', publicKeyTitle, {
    location: '/mixin/public_key',
    applies: [compute],
    attributes: [
      textAttribute('org.openstack.credentials.publickey.name', immutable),
      textAttribute('org.openstack.credentials.publickey.data', immutable),
    ],
  }),
  mixin('http://schemas.ogf.org/occi/infrastructure/credentials#', 'ssh_key', publicKeyTitle, {
    location: '/mixin/ssh_key',
    applies: [compute],
    attributes: [textAttribute('occi.credentials.ssh.publickey', immutable)],
  }),
  mixin('http://schemas.ogf.org/occi/infrastructure/compute#', 'user_data', userDataTitle, {
    location: '/mixin/user_data',
    applies: [compute],
    attributes: [textAttribute('occi.compute.userdata', immutable)],
  }),
  mixin(infrastructure, 'os_tpl', 'OS or Appliance template (parent mixin)'),
  mixin(
    infrastructure,
    'resource_tpl',
    'Resource template providing flavor/sizing information (parent mixin)',
  ),
  mixin(`${fedcloudScheme}compute#`, 'default_connectivity', 'OCCI Default Connectivity mixin', {
    applies: [compute],
    attributes: [
      textAttribute('eu.egi.fedcloud.compute.default_connectivity', {
        ...immutable,
        pattern: '^(public|private|nat)$',
      }),
    ],
  }),
  ...(
    [
      ['nat_net', 'NAT'],
      ['private_net', 'Private'],
      ['public_net', 'Public'],
    ] as const
  ).map(([term, name]) =>
    mixin(`${fedcloudScheme}network#`, term, `OCCI ${name} Network mixin`, { applies: [network] }),
  ),
  mixin(infrastructure, 'availability_zone', 'OCCI Availability Zone mixin'),
  mixin(infrastructure, 'region', 'OCCI Region mixin'),
  mixin('http://schemas.openstack.org/network#', 'floatingippool', 'OCCI Floatingippool mixin'),
  mixin(`${siteScheme}availability_zone#`, 'zone0', 'Availability zone - ZONE 0', {
    location: '/mixin/availability_zone/zone0',
    depends: [availabilityZone],
    applies: zonedKinds,
  }),
  mixin(`${siteScheme}network/floatingippool#`, 'pool0', 'Floating IP Pool - POOL 0', {
    location: '/mixin/floatingippool/pool0',
    depends: [floatingIpPool],
    applies: [ipreservation],
  }),
  mixin(`${siteScheme}region#`, 'reg0', 'Region - REG 0', {
    location: '/mixin/region/reg0',
    depends: [region],
    applies: zonedKinds,
  }),
  appliance(
    0,
    'This is an appliance',
    'Ubuntu 16.04 LTS',
    '2017.06.17',
    '2f55ff2a-abe3-52b3-ad56-aded22a63fae',
  ),
  appliance(
    1,
    'This is an appliance with Python 2.6',
    'Debian 9 with Python 2.6',
    '2017.06.13',
    'aded22a63fae-abe3-52b3-ad56-2f55ff2a',
  ),
  size('small', 'Small', 1, 1.7, 10, 1),
  size('large', 'Large', 4, 16, 80, 2),
]

function appliance(index: number, description: string, system: string, version: string, id: string): Mixin {
  const image = `https://appdb.egi.eu/store/vo/image/${id}`
  const values: readonly (readonly [string, string])[] = [
    ['id', id],
    ['description', description],
    ['operating_system', system],
    ['version', version],
    ['mpuri', `${image}:177/`],
    ['base_mpuri', `${image}/`],
    ['image_list.id', id],
  ]
  return mixin(`${siteScheme}os_tpl#`, `appl${index}`, `Appliance Template - Appliance ${index}`, {
    location: `/mixin/os_tpl/appl${index}`,
    depends: [osTpl],
    applies: [compute],
    attributes: values.map(([name, value]) =>
      attribute(`eu.egi.fedcloud.appliance.appdb.${name}`, 'string', fixed(value)),
    ),
  })
}

function size(term: string, title: string, cores: number, memory: number, disk: number, gpus: number): Mixin {
  return mixin(`${siteScheme}resource_tpl#`, term, `Resource Template - ${title}`, {
    location: `/mixin/resource_tpl/${term}`,
    depends: [resourceTpl],
    applies: [compute],
    attributes: [
      textAttribute('occi.compute.architecture', { ...fixed('x64'), pattern: '^(x86|x64)$' }),
      numberAttribute('occi.compute.cores', fixed(cores)),
      numberAttribute('occi.compute.memory', fixed(memory)),
      numberAttribute('occi.compute.speed', fixed(1)),
      numberAttribute('occi.compute.ephemeral_storage.size', fixed(disk)),
      numberAttribute('eu.egi.fedcloud.compute.gpu.count', fixed(gpus)),
      attribute('eu.egi.fedcloud.compute.gpu.vendor', 'string', fixed('10de')),
      attribute('eu.egi.fedcloud.compute.gpu.class', 'string', fixed('0302')),
      attribute('eu.egi.fedcloud.compute.gpu.device', 'string', fixed('1024')),
    ],
  })
}

const methodAttribute = (methods: string, defaultMethod: string) =>
  textAttribute('method', { pattern: `^(${methods})$`, default: defaultMethod })

const actions: readonly Category[] = (
  [
    [
      'compute',
      'restart',
      'Restart compute via the specified method',
      [methodAttribute('graceful|warm|cold', 'cold')],
    ],
    [
      'compute',
      'save',
      'Makes an independent copy of the compute instance',
      // "deffered" is rOCCI-core's spelling.
      [methodAttribute('hot|deffered', 'deffered'), textAttribute('name')],
    ],
    ['compute', 'start', 'Change compute status to active', []],
    [
      'compute',
      'stop',
      'Change compute status to inactive',
      [methodAttribute('graceful|acpioff|poweroff', 'poweroff')],
    ],
    [
      'compute',
      'suspend',
      'Change compute status to suspended',
      [methodAttribute('hibernate|suspend', 'suspend')],
    ],
    ['network', 'down', 'Change network status to inactive', []],
    ['network', 'up', 'Change network status to active', []],
    ['networkinterface', 'down', 'Change networkinterface status to inactive', []],
    ['networkinterface', 'up', 'Change networkinterface status to active', []],
    ['storage', 'backup', 'Make a backup of the storage instance', []],
    ['storage', 'offline', 'Change storage status to offline', []],
    ['storage', 'online', 'Change storage status to online', []],
    // "Change the resize" is rOCCI-core's wording.
    [
      'storage',
      'resize',
      'Change the resize of the storage instance',
      [numberAttribute('size', { required: true })],
    ],
    ['storage', 'snapshot', 'Make a snapshot of the storage instance', []],
    ['storagelink', 'offline', 'Change storagelink status to inactive', []],
    ['storagelink', 'online', 'Change storagelink status to active', []],
    ['ipreservation', 'down', 'Change ipreservation status to inactive', []],
    ['ipreservation', 'up', 'Change ipreservation status to active', []],
  ] as const
).map(([kindTerm, term, title, attributes]) => ({
  class: 'action',
  scheme: actionScheme(kindTerm),
  term,
  id: typeId(actionScheme(kindTerm), term),
  title,
  attributes: byName(attributes),
}))

export const rocciCore5: readonly Category[] = [...kinds, ...mixins, ...actions]

/** The categories of ooi 1.2.0 except images, sizes and pools, as in its recorded query interface. */
import { type AttributeDefinition, type Category, typeId } from '../../model/index.js'
import {
  defineAction,
  defineKind,
  defineMixin,
  numberAttribute,
  stringAttribute,
  typeIds,
} from '../../model/infrastructure/define.js'

function boolean(
  name: string,
  description: string,
  details: Partial<Pick<AttributeDefinition, 'mutable' | 'required'>> = {},
): AttributeDefinition {
  return { name, type: 'boolean', mutable: true, required: false, description, ...details }
}

const core = 'http://schemas.ogf.org/occi/core#'
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'

const computeActions = ['start', 'stop', 'restart', 'suspend', 'save']
const storageActions = ['online', 'offline', 'backup', 'snapshot', 'resize']
const networkActions = ['up', 'down']

const actionScheme = (noun: string) => `http://schemas.ogf.org/occi/infrastructure/${noun}/action#`

function action(noun: string, term: string): Category {
  return defineAction({ scheme: actionScheme(noun), term, title: `${term} ${noun} instance` })
}

// Attributes are in the order of ooi's responses.
const entityAttributes = [
  stringAttribute('occi.core.id', 'A unique identifier', { mutable: false }),
  stringAttribute('occi.core.title', 'The display name of the instance'),
]
const resourceAttributes = [
  stringAttribute('occi.core.summary', 'A summarizing description of the resource instance.'),
  ...entityAttributes,
]
const linkAttributes = [
  stringAttribute('occi.core.source', 'The Resource instance the link originates from', { required: true }),
  stringAttribute('occi.core.target', 'The unique identifier of an Object this Link instance points to', {
    required: true,
  }),
  ...entityAttributes,
]
const networkAttributes = [
  stringAttribute('occi.network.vlan', '802.1q VLAN identifier'),
  stringAttribute('occi.network.label', 'Tag based VLANs'),
  ...stateAttributes('network'),
]

function stateAttributes(noun: string): readonly AttributeDefinition[] {
  return [
    stringAttribute(`occi.${noun}.state`, 'Current state of the instance', { mutable: false }),
    stringAttribute(
      `occi.${noun}.state.message`,
      'Human-readable explanation of the current instance state',
      {
        mutable: false,
      },
    ),
  ]
}

export const ooiCategories: readonly Category[] = [
  defineKind({
    scheme: core,
    term: 'entity',
    title: 'entity',
    location: '/entity/',
    attributes: [...entityAttributes],
  }),
  defineKind({
    scheme: core,
    term: 'resource',
    title: 'resource',
    location: '/resource/',
    parent: typeId(core, 'entity'),
    attributes: [...resourceAttributes],
  }),
  defineKind({
    scheme: core,
    term: 'link',
    title: 'link',
    location: '/link/',
    attributes: [...linkAttributes],
  }),
  defineKind({
    scheme: infrastructure,
    term: 'compute',
    title: 'compute resource',
    location: '/compute/',
    parent: typeId(core, 'resource'),
    actions: typeIds(actionScheme('compute'), computeActions),
    attributes: [
      stringAttribute('occi.compute.architecture', 'CPU architecture of the instance'),
      numberAttribute('occi.compute.cores', 'Number of virtual cores assigned to the instance'),
      stringAttribute('occi.compute.hostname', 'Fully Qualified DNS hostname for the instance'),
      numberAttribute('occi.compute.share', 'Relative number of CPU shares for the instance'),
      numberAttribute('occi.compute.memory', 'Maximum RAM in gigabytes allocated to the instance'),
      ...stateAttributes('compute'),
      ...resourceAttributes,
    ],
  }),
  defineKind({
    scheme: infrastructure,
    term: 'storage',
    title: 'storage resource',
    location: '/storage/',
    parent: typeId(core, 'resource'),
    actions: typeIds(actionScheme('storage'), storageActions),
    attributes: [
      numberAttribute('occi.storage.size', 'Storage size of the instance in gigabytes', { required: true }),
      ...stateAttributes('storage'),
      ...resourceAttributes,
    ],
  }),
  defineKind({
    scheme: infrastructure,
    term: 'storagelink',
    title: 'storage link resource',
    location: '/storagelink/',
    parent: typeId(core, 'link'),
    attributes: [
      stringAttribute(
        'occi.storagelink.deviceid',
        'Device identifier as defined by the OCCI service provider',
      ),
      stringAttribute('occi.storagelink.mountpoint', 'Point to where the storage is mounted in the guest OS'),
      ...stateAttributes('storagelink'),
      ...linkAttributes,
    ],
  }),
  defineKind({
    scheme: infrastructure,
    term: 'network',
    title: 'network resource',
    location: '/network/',
    parent: typeId(core, 'resource'),
    actions: typeIds(actionScheme('network'), networkActions),
    attributes: [...networkAttributes, ...resourceAttributes],
  }),
  defineKind({
    scheme: infrastructure,
    term: 'networkinterface',
    title: 'network link resource',
    location: '/networklink/',
    parent: typeId(core, 'link'),
    attributes: [
      stringAttribute(
        'occi.networkinterface.interface',
        "Identifier that relates the link to the link's device interface.",
        { mutable: false },
      ),
      stringAttribute(
        'occi.networkinterface.mac',
        "MAC address associated with the link's device interface.",
      ),
      stringAttribute('occi.networkinterface.state', 'Current state of the instance', { mutable: false }),
      stringAttribute(
        'occi.networkinterface.state.message',
        'Human-readable explanation of the current instance state',
        { mutable: false },
      ),
      ...linkAttributes,
    ],
  }),
  defineKind({
    scheme: infrastructure,
    term: 'ipreservation',
    title: 'IPReservation',
    location: '/ipreservation/',
    parent: typeId(infrastructure, 'network'),
    attributes: [
      stringAttribute(
        'occi.ipreservation.address',
        'Internet Protocol(IP) network address re-served for Compute instances linking with this IPReservation instance',
      ),
      boolean('occi.ipreservation.used', 'Indication whether the reserved address is currently in use.', {
        mutable: false,
      }),
      stringAttribute('occi.ipreservation.state', 'Indicates the state of the resource.', { mutable: false }),
      ...networkAttributes,
      ...resourceAttributes,
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.openstack.org/infrastructure/network#',
    term: 'neutron',
    title: 'Network component',
    location: '/neutron/',
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/network#',
    term: 'ipnetwork',
    title: 'IP Networking Mixin',
    location: '/ipnetwork/',
    applies: [typeId(infrastructure, 'network')],
    attributes: [
      stringAttribute('occi.network.address', 'Internet Protocol (IP) network address'),
      stringAttribute('occi.network.gateway', 'Internet Protocol (IP) network address'),
      stringAttribute('occi.network.allocation', 'Address allocation mechanism: dynamic, static'),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
    term: 'ipnetworkinterface',
    title: 'IP Network interface Mixin',
    location: '/ipnetworkinterface/',
    applies: [typeId(infrastructure, 'networkinterface')],
    attributes: [
      stringAttribute('occi.networkinterface.address', 'Internet Protocol (IP) network address of the link'),
      stringAttribute('occi.networkinterface.gateway', 'Internet Protocol (IP) network address'),
      stringAttribute('occi.networkinterface.allocation', 'Address allocation mechanism: dynamic, static'),
    ],
  }),
  defineMixin({
    scheme: infrastructure,
    term: 'os_tpl',
    title: 'OCCI OS Template',
    location: '/os_tpl/',
    applies: [typeId(infrastructure, 'compute')],
  }),
  defineMixin({
    scheme: infrastructure,
    term: 'resource_tpl',
    title: 'OCCI Resource Template',
    location: '/resource_tpl/',
    applies: [typeId(infrastructure, 'compute')],
  }),
  defineMixin({
    scheme: 'http://schemas.openstack.org/compute/instance#',
    term: 'user_data',
    title: 'Contextualization extension - user_data',
    location: '/openstack_user_data/',
    attributes: [stringAttribute('org.openstack.compute.user_data', '', { mutable: false, required: true })],
  }),
  defineMixin({
    scheme: 'http://schemas.openstack.org/instance/credentials#',
    term: 'public_key',
    title: 'Contextualization extension - public_key',
    location: '/openstack_public_key/',
    attributes: [
      stringAttribute('org.openstack.credentials.publickey.name', '', { mutable: false }),
      stringAttribute('org.openstack.credentials.publickey.data', '', { mutable: false, required: true }),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute#',
    term: 'user_data',
    title: 'Contextualization mixin',
    location: '/user_data/',
    applies: [typeId(infrastructure, 'compute')],
    attributes: [
      stringAttribute(
        'occi.compute.userdata',
        'Contextualization data (e.g., script, executable) that the client supplies once and only once. It cannot be updated.',
        { required: true },
      ),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/credentials#',
    term: 'ssh_key',
    title: 'Credentials mixin',
    location: '/ssh_key/',
    applies: [typeId(infrastructure, 'compute')],
    attributes: [
      stringAttribute(
        // "crendentials" is ooi's spelling.
        'occi.crendentials.ssh.publickey',
        'The contents of the public key file to be injected into the Compute Resource',
        { required: true },
      ),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.openstack.org/network#',
    term: 'floatingippool',
    title: 'Floating IP pool base mixin',
    location: '/floatingippool/',
    applies: [typeId(infrastructure, 'networkinterface')],
  }),
  ...computeActions.map((term) => action('compute', term)),
  ...storageActions.map((term) => action('storage', term)),
  ...networkActions.map((term) => action('network', term)),
]

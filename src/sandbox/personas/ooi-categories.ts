/** The model of ooi 1.2.0 without images, flavours and pools, as recorded (discovery-json). */
import { type AttributeDefinition, type Category, typeId } from '../../model/index.js'
import { defineAction, defineKind, defineMixin, number, string } from '../../model/infrastructure/define.js'

function boolean(
  name: string,
  description: string,
  details: Partial<Pick<AttributeDefinition, 'mutable' | 'required'>> = {},
): AttributeDefinition {
  return { name, type: 'boolean', mutable: true, required: false, description, ...details }
}

export const ooiCategories: readonly Category[] = [
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/core#',
    term: 'entity',
    title: 'entity',
    location: '/entity/',
    attributes: [
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/core#',
    term: 'resource',
    title: 'resource',
    location: '/resource/',
    parent: typeId('http://schemas.ogf.org/occi/core#', 'entity'),
    attributes: [
      string('occi.core.summary', 'A summarizing description of the resource instance.'),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/core#',
    term: 'link',
    title: 'link',
    location: '/link/',
    attributes: [
      string('occi.core.source', 'The Resource instance the link originates from', { required: true }),
      string('occi.core.target', 'The unique identifier of an Object this Link instance points to', {
        required: true,
      }),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'compute',
    title: 'compute resource',
    location: '/compute/',
    parent: typeId('http://schemas.ogf.org/occi/core#', 'resource'),
    actions: [
      typeId('http://schemas.ogf.org/occi/infrastructure/compute/action#', 'start'),
      typeId('http://schemas.ogf.org/occi/infrastructure/compute/action#', 'stop'),
      typeId('http://schemas.ogf.org/occi/infrastructure/compute/action#', 'restart'),
      typeId('http://schemas.ogf.org/occi/infrastructure/compute/action#', 'suspend'),
      typeId('http://schemas.ogf.org/occi/infrastructure/compute/action#', 'save'),
    ],
    attributes: [
      string('occi.compute.architecture', 'CPU architecture of the instance'),
      number('occi.compute.cores', 'Number of virtual cores assigned to the instance'),
      string('occi.compute.hostname', 'Fully Qualified DNS hostname for the instance'),
      number('occi.compute.share', 'Relative number of CPU shares for the instance'),
      number('occi.compute.memory', 'Maximum RAM in gigabytes allocated to the instance'),
      string('occi.compute.state', 'Current state of the instance', { mutable: false }),
      string('occi.compute.state.message', 'Human-readable explanation of the current instance state', {
        mutable: false,
      }),
      string('occi.core.summary', 'A summarizing description of the resource instance.'),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'storage',
    title: 'storage resource',
    location: '/storage/',
    parent: typeId('http://schemas.ogf.org/occi/core#', 'resource'),
    actions: [
      typeId('http://schemas.ogf.org/occi/infrastructure/storage/action#', 'online'),
      typeId('http://schemas.ogf.org/occi/infrastructure/storage/action#', 'offline'),
      typeId('http://schemas.ogf.org/occi/infrastructure/storage/action#', 'backup'),
      typeId('http://schemas.ogf.org/occi/infrastructure/storage/action#', 'snapshot'),
      typeId('http://schemas.ogf.org/occi/infrastructure/storage/action#', 'resize'),
    ],
    attributes: [
      number('occi.storage.size', 'Storage size of the instance in gigabytes', { required: true }),
      string('occi.storage.state', 'Current state of the instance', { mutable: false }),
      string('occi.storage.state.message', 'Human-readable explanation of the current instance state', {
        mutable: false,
      }),
      string('occi.core.summary', 'A summarizing description of the resource instance.'),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'storagelink',
    title: 'storage link resource',
    location: '/storagelink/',
    parent: typeId('http://schemas.ogf.org/occi/core#', 'link'),
    attributes: [
      string('occi.storagelink.deviceid', 'Device identifier as defined by the OCCI service provider'),
      string('occi.storagelink.mountpoint', 'Point to where the storage is mounted in the guest OS'),
      string('occi.storagelink.state', 'Current state of the instance', { mutable: false }),
      string('occi.storagelink.state.message', 'Human-readable explanation of the current instance state', {
        mutable: false,
      }),
      string('occi.core.source', 'The Resource instance the link originates from', { required: true }),
      string('occi.core.target', 'The unique identifier of an Object this Link instance points to', {
        required: true,
      }),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'network',
    title: 'network resource',
    location: '/network/',
    parent: typeId('http://schemas.ogf.org/occi/core#', 'resource'),
    actions: [
      typeId('http://schemas.ogf.org/occi/infrastructure/network/action#', 'up'),
      typeId('http://schemas.ogf.org/occi/infrastructure/network/action#', 'down'),
    ],
    attributes: [
      string('occi.network.vlan', '802.1q VLAN identifier'),
      string('occi.network.label', 'Tag based VLANs'),
      string('occi.network.state', 'Current state of the instance', { mutable: false }),
      string('occi.network.state.message', 'Human-readable explanation of the current instance state', {
        mutable: false,
      }),
      string('occi.core.summary', 'A summarizing description of the resource instance.'),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'networkinterface',
    title: 'network link resource',
    location: '/networklink/',
    parent: typeId('http://schemas.ogf.org/occi/core#', 'link'),
    attributes: [
      string(
        'occi.networkinterface.interface',
        "Identifier that relates the link to the link's device interface.",
        { mutable: false },
      ),
      string('occi.networkinterface.mac', "MAC address associated with the link's device interface."),
      string('occi.networkinterface.state', 'Current state of the instance', { mutable: false }),
      string(
        'occi.networkinterface.state.message',
        'Human-readable explanation of the current instance state',
        { mutable: false },
      ),
      string('occi.core.source', 'The Resource instance the link originates from', { required: true }),
      string('occi.core.target', 'The unique identifier of an Object this Link instance points to', {
        required: true,
      }),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
    ],
  }),
  defineKind({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'ipreservation',
    title: 'IPReservation',
    location: '/ipreservation/',
    parent: typeId('http://schemas.ogf.org/occi/infrastructure#', 'network'),
    attributes: [
      string(
        'occi.ipreservation.address',
        'Internet Protocol(IP) network address re-served for Compute instances linking with this IPReservation instance',
      ),
      boolean('occi.ipreservation.used', 'Indication whether the reserved address is currently in use.', {
        mutable: false,
      }),
      string('occi.ipreservation.state', 'Indicates the state of the resource.', { mutable: false }),
      string('occi.network.vlan', '802.1q VLAN identifier'),
      string('occi.network.label', 'Tag based VLANs'),
      string('occi.network.state', 'Current state of the instance', { mutable: false }),
      string('occi.network.state.message', 'Human-readable explanation of the current instance state', {
        mutable: false,
      }),
      string('occi.core.summary', 'A summarizing description of the resource instance.'),
      string('occi.core.id', 'A unique identifier', { mutable: false }),
      string('occi.core.title', 'The display name of the instance'),
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
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'network')],
    attributes: [
      string('occi.network.address', 'Internet Protocol (IP) network address'),
      string('occi.network.gateway', 'Internet Protocol (IP) network address'),
      string('occi.network.allocation', 'Address allocation mechanism: dynamic, static'),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
    term: 'ipnetworkinterface',
    title: 'IP Network interface Mixin',
    location: '/ipnetworkinterface/',
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'networkinterface')],
    attributes: [
      string('occi.networkinterface.address', 'Internet Protocol (IP) network address of the link'),
      string('occi.networkinterface.gateway', 'Internet Protocol (IP) network address'),
      string('occi.networkinterface.allocation', 'Address allocation mechanism: dynamic, static'),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'os_tpl',
    title: 'OCCI OS Template',
    location: '/os_tpl/',
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute')],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'resource_tpl',
    title: 'OCCI Resource Template',
    location: '/resource_tpl/',
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute')],
  }),
  defineMixin({
    scheme: 'http://schemas.openstack.org/compute/instance#',
    term: 'user_data',
    title: 'Contextualization extension - user_data',
    location: '/openstack_user_data/',
    attributes: [string('org.openstack.compute.user_data', '', { mutable: false, required: true })],
  }),
  defineMixin({
    scheme: 'http://schemas.openstack.org/instance/credentials#',
    term: 'public_key',
    title: 'Contextualization extension - public_key',
    location: '/openstack_public_key/',
    attributes: [
      string('org.openstack.credentials.publickey.name', '', { mutable: false }),
      string('org.openstack.credentials.publickey.data', '', { mutable: false, required: true }),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute#',
    term: 'user_data',
    title: 'Contextualization mixin',
    location: '/user_data/',
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute')],
    attributes: [
      string(
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
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute')],
    attributes: [
      string(
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
    applies: [typeId('http://schemas.ogf.org/occi/infrastructure#', 'networkinterface')],
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/action#',
    term: 'start',
    title: 'start compute instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/action#',
    term: 'stop',
    title: 'stop compute instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/action#',
    term: 'restart',
    title: 'restart compute instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/action#',
    term: 'suspend',
    title: 'suspend compute instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/action#',
    term: 'save',
    title: 'save compute instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/storage/action#',
    term: 'online',
    title: 'online storage instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/storage/action#',
    term: 'offline',
    title: 'offline storage instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/storage/action#',
    term: 'backup',
    title: 'backup storage instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/storage/action#',
    term: 'snapshot',
    title: 'snapshot storage instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/storage/action#',
    term: 'resize',
    title: 'resize storage instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/network/action#',
    term: 'up',
    title: 'up network instance',
  }),
  defineAction({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/network/action#',
    term: 'down',
    title: 'down network instance',
  }),
]

/** Well-known schemes and type identifiers (GFD.221, GFD.224). */
import { type TypeId, typeId } from '../identifier.js'

export const CORE_SCHEME = 'http://schemas.ogf.org/occi/core#'
export const INFRASTRUCTURE_SCHEME = 'http://schemas.ogf.org/occi/infrastructure#'
export const COMPUTE_ACTION_SCHEME = 'http://schemas.ogf.org/occi/infrastructure/compute/action#'
export const NETWORK_ACTION_SCHEME = 'http://schemas.ogf.org/occi/infrastructure/network/action#'
export const STORAGE_ACTION_SCHEME = 'http://schemas.ogf.org/occi/infrastructure/storage/action#'

/** The root of all kinds. */
export const ENTITY = typeId(CORE_SCHEME, 'entity')
/** The root of all kinds of resources. */
export const RESOURCE = typeId(CORE_SCHEME, 'resource')
/** The root of all kinds of links. */
export const LINK = typeId(CORE_SCHEME, 'link')

/** The kind of machines (GFD.224). */
export const COMPUTE = typeId(INFRASTRUCTURE_SCHEME, 'compute')
/** The kind of networks (GFD.224). */
export const NETWORK = typeId(INFRASTRUCTURE_SCHEME, 'network')
/** The kind of volumes (GFD.224). */
export const STORAGE = typeId(INFRASTRUCTURE_SCHEME, 'storage')
/** The kind of links from machines to networks (GFD.224). */
export const NETWORK_INTERFACE = typeId(INFRASTRUCTURE_SCHEME, 'networkinterface')
/** The kind of links from machines to volumes (GFD.224). */
export const STORAGE_LINK = typeId(INFRASTRUCTURE_SCHEME, 'storagelink')
/** The kind that rOCCI-server 2 and ooi use for floating IP addresses. The OGF never published it. */
export const IP_RESERVATION = typeId(INFRASTRUCTURE_SCHEME, 'ipreservation')
/** The kind that rOCCI-server 2 uses for security groups. The OGF never published it. */
export const SECURITY_GROUP = typeId(INFRASTRUCTURE_SCHEME, 'securitygroup')
/** The kind that rOCCI-server 2 uses for links from machines to security groups. */
export const SECURITY_GROUP_LINK = typeId(INFRASTRUCTURE_SCHEME, 'securitygrouplink')

/** The mixin that all templates of images depend on (GFD.224). */
export const OS_TEMPLATE = typeId(INFRASTRUCTURE_SCHEME, 'os_tpl')
/** The mixin that all templates of sizes depend on (GFD.224). */
export const RESOURCE_TEMPLATE = typeId(INFRASTRUCTURE_SCHEME, 'resource_tpl')
/** The mixin that adds addresses to a network (GFD.224). */
export const IP_NETWORK = typeId('http://schemas.ogf.org/occi/infrastructure/network#', 'ipnetwork')
/** The mixin that adds an address to a network interface (GFD.224). */
export const IP_NETWORK_INTERFACE = typeId(
  'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
  'ipnetworkinterface',
)
/** The mixin that carries the user data of a machine (OCCI 1.2). */
export const USER_DATA = typeId('http://schemas.ogf.org/occi/infrastructure/compute#', 'user_data')
/** The mixin that carries a public SSH key (OCCI 1.2). */
export const SSH_KEY = typeId('http://schemas.ogf.org/occi/infrastructure/credentials#', 'ssh_key')

/** A mixin whose attribute holds user data (cloud-init) or a public SSH key. */
export interface ContextualizationMixin {
  readonly id: TypeId
  /** The attribute for the user data or the key. */
  readonly attribute: string
  /** The attribute for the key's name, if the mixin has one. */
  readonly nameAttribute?: string
  /** How the value is encoded. GFD.224 does not say; rOCCI-core 5 documents Base64 for user data. */
  readonly encoding: 'plain' | 'base64'
}

/**
 * The mixins for user data, in order of preference: the client uses the first one that the provider's model has. It
 * never combines OCCI's and OpenStack's mixins, since ooi answers 409 to a
 * request with both.
 */
export const USER_DATA_MIXINS: readonly ContextualizationMixin[] = [
  { id: USER_DATA, attribute: 'occi.compute.userdata', encoding: 'base64' },
  {
    id: typeId('http://schemas.openstack.org/compute/instance#', 'user_data'),
    attribute: 'org.openstack.compute.user_data',
    encoding: 'base64',
  },
  {
    id: typeId('http://occiware.org/occi/infrastructure/compute#', 'user_data'),
    attribute: 'occi.compute.userdata',
    encoding: 'base64',
  },
]

/** The mixins for SSH keys, in order of preference. */
export const SSH_KEY_MIXINS: readonly ContextualizationMixin[] = [
  { id: SSH_KEY, attribute: 'occi.credentials.ssh.publickey', encoding: 'plain' },
  {
    id: typeId('http://schemas.openstack.org/instance/credentials#', 'public_key'),
    attribute: 'org.openstack.credentials.publickey.data',
    nameAttribute: 'org.openstack.credentials.publickey.name',
    encoding: 'plain',
  },
]

/** Well-known schemes and type identifiers (GFD.221, GFD.224, GFD.222). */
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
/** The kind of floating IP addresses of rOCCI-server 2 and ooi. The OGF never published it. */
export const IP_RESERVATION = typeId(INFRASTRUCTURE_SCHEME, 'ipreservation')
/** The kind of security groups of rOCCI-server 2. The OGF never published it. */
export const SECURITY_GROUP = typeId(INFRASTRUCTURE_SCHEME, 'securitygroup')
/** The kind of links from machines to security groups of rOCCI-server. */
export const SECURITY_GROUP_LINK = typeId(INFRASTRUCTURE_SCHEME, 'securitygrouplink')

/** The mixin on which images depend (GFD.224). */
export const OS_TEMPLATE = typeId(INFRASTRUCTURE_SCHEME, 'os_tpl')
/** The mixin on which sizes depend (GFD.224). */
export const RESOURCE_TEMPLATE = typeId(INFRASTRUCTURE_SCHEME, 'resource_tpl')
/** Adds addresses to a network (GFD.224). */
export const IP_NETWORK = typeId('http://schemas.ogf.org/occi/infrastructure/network#', 'ipnetwork')
/** Adds an address to an interface (GFD.224). */
export const IP_NETWORK_INTERFACE = typeId(
  'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
  'ipnetworkinterface',
)
/** The mixin that carries the user data of a machine (OCCI 1.2). */
export const USER_DATA = typeId('http://schemas.ogf.org/occi/infrastructure/compute#', 'user_data')
/** The mixin that carries a public SSH key (OCCI 1.2). */
export const SSH_KEY = typeId('http://schemas.ogf.org/occi/infrastructure/credentials#', 'ssh_key')

/** A mixin whose attribute holds user data (cloud-init) or a public SSH key. */
export interface ContextMixin {
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
 * never combines OCCI's and OpenStack's mixins, since ooi answers 409 to both.
 */
export const USER_DATA_MIXINS: readonly ContextMixin[] = [
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
export const SSH_KEY_MIXINS: readonly ContextMixin[] = [
  { id: SSH_KEY, attribute: 'occi.credentials.ssh.publickey', encoding: 'plain' },
  {
    id: typeId('http://schemas.openstack.org/instance/credentials#', 'public_key'),
    attribute: 'org.openstack.credentials.publickey.data',
    nameAttribute: 'org.openstack.credentials.publickey.name',
    encoding: 'plain',
  },
]

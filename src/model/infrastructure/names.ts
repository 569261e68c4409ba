/** Names that OCCI fixes: schemes and type identifiers (GFD.221, GFD.224, GFD.222). */
import { type TypeId, typeId } from '../identifier.js'

export const CORE_SCHEME = 'http://schemas.ogf.org/occi/core#'
export const INFRASTRUCTURE_SCHEME = 'http://schemas.ogf.org/occi/infrastructure#'
export const COMPUTE_ACTION_SCHEME = 'http://schemas.ogf.org/occi/infrastructure/compute/action#'
export const NETWORK_ACTION_SCHEME = 'http://schemas.ogf.org/occi/infrastructure/network/action#'
export const STORAGE_ACTION_SCHEME = 'http://schemas.ogf.org/occi/infrastructure/storage/action#'

/** The kind above all others. */
export const ENTITY = typeId(CORE_SCHEME, 'entity')
/** The kind above all resources. */
export const RESOURCE = typeId(CORE_SCHEME, 'resource')
/** The kind above all links. */
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
/** rOCCI-server 2 and ooi: floating addresses and security groups, never published by the OGF. */
export const IP_RESERVATION = typeId(INFRASTRUCTURE_SCHEME, 'ipreservation')
/** The kind of security groups of rOCCI-server. */
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
/** The mixin that takes user data of a machine (OCCI 1.2). */
export const USER_DATA = typeId('http://schemas.ogf.org/occi/infrastructure/compute#', 'user_data')
/** The mixin that takes a public key (OCCI 1.2). */
export const SSH_KEY = typeId('http://schemas.ogf.org/occi/infrastructure/credentials#', 'ssh_key')

/** A mixin that carries cloud-init data or a public key, and the attributes it reads them from. */
export interface ContextMixin {
  readonly id: TypeId
  /** Carries the user data or the key. */
  readonly attribute: string
  /** Carries the key's name, where there is one. */
  readonly nameAttribute?: string
  /** How the value is written. GFD.224 does not say; rOCCI-core 5 documents Base64. */
  readonly encoding: 'plain' | 'base64'
}

/**
 * In order of preference: a client uses the first one in the provider's model. It never uses both families,
 * since ooi answers 409 to that.
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

/** In order of preference, as for user data. */
export const SSH_KEY_MIXINS: readonly ContextMixin[] = [
  { id: SSH_KEY, attribute: 'occi.credentials.ssh.publickey', encoding: 'plain' },
  {
    id: typeId('http://schemas.openstack.org/instance/credentials#', 'public_key'),
    attribute: 'org.openstack.credentials.publickey.data',
    nameAttribute: 'org.openstack.credentials.publickey.name',
    encoding: 'plain',
  },
]

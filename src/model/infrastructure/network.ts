/** Defines Network, NetworkInterface and the IP mixins of both (GFD.224 §4.2, §4.4.1; GFD.184 §3.2, §3.4.1). */
import type { Category } from '../category.js'
import type { OcciVersion } from './define.js'
import {
  defineAction,
  defineKind,
  defineMixin,
  IMMUTABLE,
  numberAttribute,
  oneOf,
  schema,
  stateAttributes,
  stringAttribute,
} from './define.js'
import {
  INFRASTRUCTURE_SCHEME,
  LINK,
  NETWORK,
  NETWORK_ACTION_SCHEME,
  NETWORK_INTERFACE,
  RESOURCE,
} from './names.js'

const states = { '1.1': ['active', 'inactive'], '1.2': ['active', 'inactive', 'error'] }
const up = defineAction({ scheme: NETWORK_ACTION_SCHEME, term: 'up', title: 'Bring up' })
const down = defineAction({ scheme: NETWORK_ACTION_SCHEME, term: 'down', title: 'Take down' })

export function networkCategories(version: OcciVersion): readonly Category[] {
  return [
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'network',
      title: 'Network',
      parent: RESOURCE,
      location: '/network/',
      actions: [up.id, down.id],
      attributes: [
        numberAttribute(
          'occi.network.vlan',
          'VLAN identifier (802.1q), 0 to 4095',
          schema({ minimum: 0, maximum: 4095 }),
        ),
        stringAttribute('occi.network.label', 'Tag of the network, e.g. "internal"'),
        ...stateAttributes('network', states[version], version),
      ],
    }),
    up,
    down,
    ipNetwork,
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'networkinterface',
      title: 'Network interface',
      parent: LINK,
      location: '/networkinterface/',
      attributes: [
        stringAttribute(
          'occi.networkinterface.interface',
          'Device name on the compute side, e.g. eth0',
          IMMUTABLE,
        ),
        stringAttribute('occi.networkinterface.mac', 'MAC address'),
        ...stateAttributes('networkinterface', states[version], version),
      ],
    }),
    ipNetworkInterface,
  ]
}

const ipNetwork = defineMixin({
  scheme: 'http://schemas.ogf.org/occi/infrastructure/network#',
  // The table of OCCI 1.1 has "ipnetworking"; its text and OCCI 1.2 have "ipnetwork".
  term: 'ipnetwork',
  title: 'IP network',
  applies: [NETWORK],
  location: '/ipnetwork/',
  attributes: [
    stringAttribute('occi.network.address', 'IPv4 or IPv6 address range in CIDR form'),
    stringAttribute('occi.network.gateway', 'Address of the gateway'),
    stringAttribute('occi.network.allocation', 'How addresses are given out', oneOf('dynamic', 'static')),
  ],
})

const ipNetworkInterface = defineMixin({
  scheme: 'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
  term: 'ipnetworkinterface',
  title: 'IP network interface',
  applies: [NETWORK_INTERFACE],
  location: '/ipnetworkinterface/',
  attributes: [
    // The specification requires it, but the provider assigns an address if the client gives none.
    stringAttribute('occi.networkinterface.address', 'IPv4 or IPv6 address'),
    stringAttribute('occi.networkinterface.gateway', 'Address of the gateway'),
    stringAttribute(
      'occi.networkinterface.allocation',
      'How the address is given',
      oneOf('dynamic', 'static'),
    ),
  ],
})

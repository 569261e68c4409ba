/** Network, NetworkInterface and their IP mixins (GFD.224 §4.2, §4.4.1; GFD.184 §3.2, §3.4.1). */
import type { Category } from '../category.js'
import type { OcciVersion } from './define.js'
import {
  defineAction,
  defineKind,
  defineMixin,
  IMMUTABLE,
  ids,
  number,
  oneOf,
  schema,
  string,
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
const offered = ['up', 'down']

export function networkCategories(version: OcciVersion): readonly Category[] {
  return [
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'network',
      title: 'Network',
      parent: RESOURCE,
      location: '/network/',
      actions: ids(NETWORK_ACTION_SCHEME, offered),
      attributes: [
        number(
          'occi.network.vlan',
          'VLAN identifier (802.1q), 0 to 4095',
          schema({ minimum: 0, maximum: 4095 }),
        ),
        string('occi.network.label', 'Tag of the network, e.g. "internal"'),
        ...stateOf('network', version),
      ],
    }),
    defineAction({ scheme: NETWORK_ACTION_SCHEME, term: 'up', title: 'Bring up' }),
    defineAction({ scheme: NETWORK_ACTION_SCHEME, term: 'down', title: 'Take down' }),
    ipNetwork,
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'networkinterface',
      title: 'Network interface',
      parent: LINK,
      location: '/networkinterface/',
      attributes: [
        string('occi.networkinterface.interface', 'Device name on the compute side, e.g. eth0', IMMUTABLE),
        string('occi.networkinterface.mac', 'MAC address'),
        ...stateOf('networkinterface', version),
      ],
    }),
    ipNetworkInterface,
  ]
}

function stateOf(term: string, version: OcciVersion) {
  const state = string(`occi.${term}.state`, 'State', { ...IMMUTABLE, ...oneOf(...states[version]) })
  const message = string(`occi.${term}.state.message`, 'Why it is in its state', IMMUTABLE)
  return version === '1.1' ? [state] : [state, message]
}

const ipNetwork = defineMixin({
  scheme: 'http://schemas.ogf.org/occi/infrastructure/network#',
  // The table of OCCI 1.1 has "ipnetworking"; its text and OCCI 1.2 have "ipnetwork".
  term: 'ipnetwork',
  title: 'IP network',
  applies: [NETWORK],
  location: '/ipnetwork/',
  attributes: [
    string('occi.network.address', 'IPv4 or IPv6 address range in CIDR form'),
    string('occi.network.gateway', 'Address of the gateway'),
    string('occi.network.allocation', 'How addresses are given out', oneOf('dynamic', 'static')),
  ],
})

const ipNetworkInterface = defineMixin({
  scheme: 'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
  term: 'ipnetworkinterface',
  title: 'IP network interface',
  applies: [NETWORK_INTERFACE],
  location: '/ipnetworkinterface/',
  attributes: [
    // Required by the specification, but the provider assigns it when the client leaves it out.
    string('occi.networkinterface.address', 'IPv4 or IPv6 address'),
    string('occi.networkinterface.gateway', 'Address of the gateway'),
    string('occi.networkinterface.allocation', 'How the address is given', oneOf('dynamic', 'static')),
  ],
})

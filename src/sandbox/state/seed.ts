/** The content of a new sandbox: a public and a private network. */
import { IP_NETWORK, NETWORK } from '../../model/index.js'
import type { Change } from './record.js'

interface SeedNetwork {
  readonly segment: string
  readonly title: string
  readonly address: string
  readonly gateway: string
}

/** Address ranges for documentation (RFC 5737) and for benchmarks (RFC 2544), which no real host uses. */
const networks: readonly SeedNetwork[] = [
  { segment: 'public', title: 'public', address: '203.0.113.0/24', gateway: '203.0.113.1' },
  { segment: 'private', title: 'private', address: '198.18.0.0/16', gateway: '198.18.0.1' },
]

/** The seed with two networks below `location`, which ends in a slash. With `stateless` they have no timeline. */
export function seedNetworks(location: string, state?: 'stateless'): (now: number) => readonly Change[] {
  return (now) =>
    networks.map((network) => [
      'entity',
      {
        path: `${location}${network.segment}`,
        type: 'resource',
        kind: NETWORK,
        mixins: [IP_NETWORK],
        id: network.segment,
        title: network.title,
        attributes: [
          ['occi.network.label', network.segment],
          ['occi.network.address', network.address],
          ['occi.network.gateway', network.gateway],
          ['occi.network.allocation', 'dynamic'],
        ],
        timeline: state === 'stateless' ? [] : [{ at: now, state: 'active' }],
        created: now,
      },
    ])
}

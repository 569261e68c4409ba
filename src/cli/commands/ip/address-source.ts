/**
 * Determines how a machine gets a public address at a provider: by a link to the public network, with the mixin of a
 * floating pool if there is one, or by a link to a reserved address.
 */
import type { Client } from '../../../client/index.js'
import { AmbiguousError, NotFoundError } from '../../../errors/errors.js'
import {
  type Entity,
  IP_RESERVATION,
  type Mixin,
  type Model,
  NETWORK,
  type TypeId,
  termOf,
  typeId,
} from '../../../model/index.js'
import type { Invocation, Surroundings } from '../../context.js'
import { displayName, entityRecord, lastSegment } from '../../records/entity.js'
import { familyOf, isPublic } from '../../values/address.js'
import { findByAlias } from '../../values/alias.js'
import { findTarget } from '../base/targets.js'

/** The resource to which a machine is linked to get an address. */
export type AddressSource =
  /** The public network. */
  | {
      readonly type: 'network'
      readonly target: string
      readonly name: string
      readonly pool: Pool | undefined
    }
  /** A reserved address that is not in use. */
  | { readonly type: 'reserved-address'; readonly target: string }
  /** An address that must be reserved first. */
  | { readonly type: 'new-reservation'; readonly pool: Pool | undefined }

/** A pool of floating addresses: a mixin, or the value of an attribute of a mixin (occi-os). */
export interface Pool {
  readonly mixin: TypeId
  readonly attributes: Readonly<Record<string, string>>
}

/** The mixin of occi-os for interfaces. Its attribute names the pool. */
const osNetLink = typeId('http://schemas.openstack.org/network/instance#', 'os_net_link')
const osPoolAttribute = 'org.openstack.network.floating.pool'

/** Networks that cannot be listed but can be linked, by provider. */
const unlistedNetworks: Readonly<Record<string, string>> = { 'occi-os': '/network/public' }

/** Chooses the source of an address. Throws NotFoundError or AmbiguousError, which list the choices. */
export async function addressSourceOf(
  context: Invocation & Surroundings,
  client: Client,
): Promise<AddressSource> {
  const { options, signal } = context
  const model = await client.model({ signal })
  const networkName = options.text('network')
  if (networkName !== undefined) {
    const pool = poolNamed(model, options.text('pool'))
    const { location } = await findByAlias(context.settings, 'network', networkName, (name) =>
      findTarget(client, name, NETWORK, context),
    )
    return { type: 'network', target: location, name: networkName, pool }
  }
  const hasReservations = model.kind(IP_RESERVATION) !== undefined
  const reservation = hasReservations ? await freeReservation(context, client) : undefined
  if (reservation !== undefined) return { type: 'reserved-address', target: reservation }
  const pool = poolNamed(model, options.text('pool'))
  const network = await publicNetwork(context, client)
  if (network !== undefined) return { type: 'network', ...network, pool }
  if (hasReservations) return { type: 'new-reservation', pool }
  throw new NotFoundError('This provider has no network that looks public', {
    hint: '"occi network list -o wide" shows its networks; name one with --network.',
    at: '--network',
  })
}

/** The pools of the provider, found by the scheme or dependency that they have at OpenStack and rOCCI sites. */
function poolsOf(model: Model): readonly Mixin[] {
  return model.mixins.filter(
    ({ scheme, term, depends }) =>
      term !== 'floatingippool' &&
      (scheme.endsWith('/floatingippool#') || depends.some((id) => termOf(id) === 'floatingippool')),
  )
}

/**
 * The pool called `name`, or else the only pool, since a site without a default pool refuses requests that name none.
 * Undefined if there are no pools. Throws NotFoundError and AmbiguousError.
 */
function poolNamed(model: Model, name: string | undefined): Pool | undefined {
  const pools = poolsOf(model)
  if (name === undefined) {
    const [onlyPool, ...otherPools] = pools
    if (onlyPool === undefined) return undefined
    if (otherPools.length === 0) return { mixin: onlyPool.id, attributes: {} }
    throw new AmbiguousError(`There are ${pools.length} pools of addresses`, {
      hint: `Choose one with --pool: ${pools.map(({ term }) => term).join(', ')}.`,
      at: '--pool',
      facts: { candidates: pools.map(({ id }) => id) },
    })
  }
  const pool = pools.find(({ id, term, title }) => [id, term, title].includes(name))
  if (pool !== undefined) return { mixin: pool.id, attributes: {} }
  if (model.get(osNetLink) !== undefined) return { mixin: osNetLink, attributes: { [osPoolAttribute]: name } }
  throw new NotFoundError(`There is no pool "${name}"`, {
    hint:
      pools.length === 0
        ? 'This provider has no pools; remove --pool.'
        : `The provider has these pools: ${pools.map(({ term }) => term).join(', ')}.`,
    at: '--pool',
  })
}

/** The public network, if one can be recognised. Throws AmbiguousError. */
async function publicNetwork(
  context: Surroundings,
  client: Client,
): Promise<{ readonly target: string; readonly name: string } | undefined> {
  const networks: Entity[] = []
  for await (const network of client.list(NETWORK, { signal: context.signal })) networks.push(network)
  for (const looksPublic of publicNetworkTests) {
    const matching = networks.filter((network) => network.location !== undefined && looksPublic(network))
    const [firstMatch] = matching
    if (firstMatch?.location === undefined) continue
    if (matching.length === 1)
      return { target: firstMatch.location, name: displayName(entityRecord(firstMatch)) }
    throw new AmbiguousError(`${matching.length} networks look public`, {
      hint: `Choose one with --network: ${matching.map((network) => displayName(entityRecord(network))).join(', ')}.`,
      at: '--network',
      facts: { candidates: matching.map(({ location }) => location) },
    })
  }
  // OCCI-OS of Essex has neither the os_net_link mixin nor this network.
  const hasFloatingPools = (await client.model({ signal: context.signal })).get(osNetLink) !== undefined
  const path = hasFloatingPools ? unlistedNetworks[(await client.provider()).name] : undefined
  return path === undefined
    ? undefined
    : { target: new URL(path.slice(1), client.endpoint).href, name: 'public' }
}

/** Tests for a public network, the most reliable first: by EGI's tag, by common names, by its addresses. */
const publicNetworkTests: readonly ((network: Entity) => boolean)[] = [
  ({ mixins }) => mixins.some((id) => termOf(id) === 'public_net'),
  ({ title, location }) =>
    [title, lastSegment(location)].some((name) =>
      /^(public|floating)([_ -]?(net|network|ip))?$/i.test(name ?? ''),
    ),
  // Synnefo has a public network for each version of IP. IPv4 is preferred, since more clients can reach it.
  (network) => isPublic(addressOf(network)) && familyOf(addressOf(network)) === 4,
  (network) => isPublic(addressOf(network)),
]

function addressOf({ attributes }: Entity): string {
  return String(attributes.get('occi.network.address') ?? '').split('/', 1)[0] ?? ''
}

/** The first free reservation of the requested pool and address. ooi uses the pool as the title. */
async function freeReservation(
  { options, signal }: Invocation & Surroundings,
  client: Client,
): Promise<string | undefined> {
  const pool = options.text('pool')
  const requestedAddress = options.text('address')
  for await (const { location, title, mixins, attributes } of client.list(IP_RESERVATION, { signal })) {
    const used = attributes.get('occi.ipreservation.used')
    if (location === undefined || (used !== false && used !== 'false')) continue
    if (requestedAddress !== undefined && attributes.get('occi.ipreservation.address') !== requestedAddress)
      continue
    const inPool = [title, ...mixins, ...mixins.map(termOf)].includes(pool)
    if (pool === undefined || inPool) return location
  }
  return undefined
}

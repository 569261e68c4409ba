/** Resolves the ends of links, and assigns interface names, addresses and devices. */
import type { Attributes, AttributeValue, TypeId } from '../../model/index.js'
import {
  COMPUTE,
  IP_NETWORK,
  IP_RESERVATION,
  NETWORK,
  NETWORK_INTERFACE,
  STORAGE,
  STORAGE_LINK,
  typeId,
} from '../../model/index.js'
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import { freeAddress } from './addresses.js'
import type { Context } from './context.js'
import { entityNamed } from './paths.js'
import type { Draft } from './payload.js'

const ipNetworkInterface = typeId(
  'http://schemas.ogf.org/occi/infrastructure/networkinterface#',
  'ipnetworkinterface',
)

/** The kind that the target of a link must have, by the kind of the link. The source must be a compute. */
const targetKinds: ReadonlyMap<TypeId, TypeId> = new Map([
  [NETWORK_INTERFACE, NETWORK],
  [STORAGE_LINK, STORAGE],
])

export interface LinkEnds {
  readonly source: string
  readonly target: string
}

/** Resolves and checks both ends of a link. Throws Fault 400 or 404. */
export function resolveEnds(context: Context, kind: TypeId, draft: Draft): LinkEnds {
  if (draft.source === undefined)
    throw new Fault(400, 'Attribute occi.core.source is required', { code: 'missing-link-end' })
  if (draft.target === undefined)
    throw new Fault(400, 'Attribute occi.core.target is required', { code: 'missing-link-end' })
  const source = entityNamed(context, draft.source)
  if (source.type === 'link') throw new Fault(400, 'A link cannot start at a link')
  if (context.behaviour.acceptsAnyLinkEnds === true)
    return { source: source.path, target: entityNamed(context, draft.target).path }
  const targetKind = targetKinds.get(kind)
  if (targetKind === undefined) return { source: source.path, target: resolveTarget(context, draft.target) }
  if (!context.catalog.descendsFrom(source.kind, COMPUTE)) {
    throw new Fault(400, `A ${kind} must start at a compute resource`)
  }
  const target = entityNamed(context, draft.target)
  if (!context.catalog.descendsFrom(target.kind, targetKind)) {
    throw new Fault(400, `A ${kind} must lead to a ${targetKind}`)
  }
  return { source: source.path, target: target.path }
}

/** The mixins that the provider adds to a new link: ipnetworkinterface, if the target is an IP network or address. */
export function linkMixins(context: Context, kind: TypeId, target: string | undefined): readonly TypeId[] {
  if (kind !== NETWORK_INTERFACE || target === undefined) return []
  if (context.catalog.mixin(ipNetworkInterface) === undefined) return []
  const { kind: targetKind, mixins = [] } = context.cloud.entity(target) ?? {}
  return targetKind === IP_RESERVATION || mixins.includes(IP_NETWORK) ? [ipNetworkInterface] : []
}

/** Attributes that the provider sets on a new link if the client did not. */
export function linkAttributes(
  context: Context,
  kind: TypeId,
  mixins: readonly TypeId[],
  path: string,
  existing: Attributes,
  ends: LinkEnds,
): ReadonlyMap<string, AttributeValue> {
  const added = new Map<string, AttributeValue>()
  const setDefault = (name: string, value: AttributeValue | undefined) => {
    if (value !== undefined && !existing.has(name)) added.set(name, value)
  }
  const siblings = context.cloud
    .linksAt(ends.source)
    .filter((link) => link.source === ends.source && link.kind === kind)
  if (kind === NETWORK_INTERFACE) {
    setDefault(
      'occi.networkinterface.interface',
      firstFreeName(siblings, 'occi.networkinterface.interface', interfaceName),
    )
    setDefault('occi.networkinterface.mac', macOf(context.uuid()))
    if (mixins.includes(ipNetworkInterface)) {
      const network = context.cloud.entity(ends.target)
      const attributes = new Map(network?.attributes ?? [])
      setDefault('occi.networkinterface.address', attributes.get('occi.ipreservation.address'))
      if (
        !existing.has('occi.networkinterface.address') &&
        !added.has('occi.networkinterface.address') &&
        network !== undefined
      ) {
        setDefault('occi.networkinterface.address', freeAddress(context, network, path))
      }
      setDefault('occi.networkinterface.gateway', attributes.get('occi.network.gateway'))
      setDefault('occi.networkinterface.allocation', attributes.get('occi.network.allocation') ?? 'dynamic')
    }
  }
  if (kind === STORAGE_LINK) {
    setDefault('occi.storagelink.deviceid', firstFreeName(siblings, 'occi.storagelink.deviceid', diskName))
  }
  return added
}

/** The path of a target. In OCCI 1.2 the target may be a URL at another provider, which is returned unchanged. */
function resolveTarget(context: Context, target: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) {
    try {
      return entityNamed(context, target).path
    } catch {
      return target
    }
  }
  return entityNamed(context, target).path
}

/** The first of a sequence of names that no sibling has as the value of an attribute. */
function firstFreeName(
  siblings: readonly EntityRecord[],
  attribute: string,
  nameAt: (index: number) => string,
): string {
  const taken = new Set(siblings.map((link) => new Map(link.attributes).get(attribute)))
  let index = 0
  while (taken.has(nameAt(index))) index += 1
  return nameAt(index)
}

function interfaceName(index: number): string {
  return `eth${index}`
}

/** The Linux name of a disk after the root disk, /dev/vda: /dev/vdb … /dev/vdz, /dev/vdaa, /dev/vdab … */
function diskName(index: number): string {
  let letters = ''
  for (let number = index + 1; number >= 0; number = Math.floor(number / 26) - 1) {
    letters = `${String.fromCharCode(0x61 + (number % 26))}${letters}`
  }
  return `/dev/vd${letters}`
}

/** A locally administered MAC address from the digits of a UUID. */
function macOf(uuid: string): string {
  const digits = uuid
    .replace(/[^0-9a-f]/gi, '')
    .padEnd(10, '0')
    .slice(0, 10)
    .toLowerCase()
  return `02:${[0, 2, 4, 6, 8].map((start) => digits.slice(start, start + 2)).join(':')}`
}

/** Passes user data and public SSH keys to new machines, by the mixins from which a provider reads them. */
import { omitUndefined } from '../basics/objects.js'
import { NotFoundError } from '../errors/errors.js'
import {
  type ContextualizationMixin,
  type Mixin,
  type Model,
  SSH_KEY_MIXINS,
  type TypeId,
  termOf,
  USER_DATA_MIXINS,
} from '../model/index.js'

/** How a provider accepts one value for a new machine (its user data, or a public SSH key). */
export interface ContextSlot {
  /** The mixin to attach to the machine. */
  readonly mixin: TypeId
  /** The attribute of the mixin that takes the value. */
  readonly attribute: string
  /** The attribute of the mixin that takes the name of the key pair (OpenStack). Absent if there is none. */
  readonly nameAttribute?: string
  /** How the value is written: as text, or in Base64. */
  readonly encoding: 'plain' | 'base64'
}

/** How a provider accepts user data and public keys for new machines: the result of `contextMixins`. */
export interface ContextMixins {
  /** Absent if the provider accepts no user data. */
  readonly userData?: ContextSlot
  /** Absent if the provider accepts no public keys. */
  readonly sshKey?: ContextSlot
}

/**
 * Finds the mixins for user data and public keys in a model: those of OCCI 1.2, or OpenStack's. If the model has both,
 * OCCI's is chosen, since ooi answers 409 to a machine with both.
 */
export function contextMixins(model: Model): ContextMixins {
  const userData = findSlot(model, USER_DATA_MIXINS)
  const sshKey = findSlot(model, SSH_KEY_MIXINS)
  return omitUndefined({ userData, sshKey })
}

/** The values that `contextualize` passes to a new machine. */
export interface ContextValues {
  /** Data that the machine reads at its first boot (cloud-init): text, or the bytes of a file. */
  readonly userData?: string | Uint8Array
  /** A public SSH key, as one line in the form of OpenSSH. */
  readonly sshKey?: string
  /**
   * Name of the key pair (OpenStack). Default: none, or a name derived from the key if the provider requires one.
   */
  readonly sshKeyName?: string
}

/** The result of `contextualize`: mixins and attributes to add to a new machine. */
export interface Contextualization {
  readonly mixins: readonly TypeId[]
  readonly attributes: ReadonlyMap<string, string>
}

/**
 * Returns the mixins and attributes that pass these values to a new machine. Throws NotFoundError if the model has no
 * mixin for one of the values.
 */
export function contextualize(model: Model, values: ContextValues): Contextualization {
  const slots = contextMixins(model)
  const mixins: TypeId[] = []
  const attributes = new Map<string, string>()
  if (values.userData !== undefined) {
    const slot = requireSlot(slots.userData, 'user data', '`userData`')
    mixins.push(slot.mixin)
    attributes.set(slot.attribute, encodeValue(slot, values.userData))
  }
  if (values.sshKey !== undefined) {
    const slot = requireSlot(slots.sshKey, 'public keys', '`sshKey`')
    mixins.push(slot.mixin)
    attributes.set(slot.attribute, encodeValue(slot, values.sshKey.trim()))
    if (slot.nameAttribute !== undefined && values.sshKeyName !== undefined)
      attributes.set(slot.nameAttribute, values.sshKeyName)
  }
  return { mixins, attributes }
}

function findSlot(model: Model, choices: readonly ContextualizationMixin[]): ContextSlot | undefined {
  for (const choice of choices) {
    const mixin = model.mixin(choice.id)
    if (mixin !== undefined) return slotOf(mixin, choice)
  }
  // A site may use its own scheme with the same term.
  for (const choice of choices) {
    const mixin = model.mixins.find(({ term }) => term === termOf(choice.id))
    if (mixin !== undefined) return slotOf(mixin, choice)
  }
  return undefined
}

/** Takes a similar attribute of the mixin if the expected one is missing, since ooi misspells one (`crendentials`). */
function slotOf(mixin: Mixin, choice: ContextualizationMixin): ContextSlot {
  const declared = [...mixin.attributes.keys()]
  const attribute = declared.includes(choice.attribute)
    ? choice.attribute
    : (declared.find((name) => /(user_?data|publickey(\.data)?|ssh_key)$/.test(name)) ?? choice.attribute)
  const nameAttribute = choice.nameAttribute ?? declared.find((name) => name.endsWith('publickey.name'))
  return {
    mixin: mixin.id,
    attribute,
    ...omitUndefined({ nameAttribute }),
    encoding: choice.encoding,
  }
}

function encodeValue({ encoding }: ContextSlot, value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value)
  return bytes.toString(encoding === 'base64' ? 'base64' : 'utf8')
}

function requireSlot(slot: ContextSlot | undefined, valueKind: string, member: string): ContextSlot {
  if (slot !== undefined) return slot
  throw new NotFoundError(`This provider accepts no ${valueKind}: its model has no mixin for them.`, {
    hint: `Omit ${member}, or use the provider's own mixin with \`mixins\` and \`attributes\`.`,
  })
}

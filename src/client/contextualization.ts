/** Finds the mixins from which a provider reads user data and public keys. */
import { omitUndefined } from '../basics/objects.js'
import { NotFoundError } from '../errors/errors.js'
import {
  type ContextMixin,
  type Mixin,
  type Model,
  SSH_KEY_MIXINS,
  type TypeId,
  termOf,
  USER_DATA_MIXINS,
} from '../model/index.js'

/** The mixin and the attribute in which a provider accepts a value. */
export interface ContextSlot {
  readonly mixin: TypeId
  readonly attribute: string
  readonly nameAttribute?: string
  readonly encoding: 'plain' | 'base64'
}

/** The slots for user data and public keys; a member is absent if the provider accepts none. */
export interface ContextMixins {
  readonly userData?: ContextSlot
  readonly sshKey?: ContextSlot
}

/**
 * The mixins for user data and keys in the model: those of OCCI 1.2, or OpenStack's. For each value only one
 * mixin is chosen, OCCI's before OpenStack's, since ooi answers 409 to both.
 */
export function contextMixins(model: Model): ContextMixins {
  const userData = findSlot(model, USER_DATA_MIXINS)
  const sshKey = findSlot(model, SSH_KEY_MIXINS)
  return omitUndefined({ userData, sshKey })
}

/** The user data and key for a new machine. */
export interface ContextValues {
  /** Text, or the bytes of a file. */
  readonly userData?: string | Uint8Array
  readonly sshKey?: string
  /**
   * Name of the key pair (OpenStack). Default: none, or a name derived from the key if the provider requires one.
   */
  readonly sshKeyName?: string
}

/** Mixins and attributes to add to a new machine. */
export interface Contextualization {
  readonly mixins: readonly TypeId[]
  readonly attributes: ReadonlyMap<string, string>
}

/** The mixins and attributes to add to a new compute. Throws NotFoundError if the provider has no mixin for a value. */
export function contextualize(model: Model, values: ContextValues): Contextualization {
  const slots = contextMixins(model)
  const mixins: TypeId[] = []
  const attributes = new Map<string, string>()
  if (values.userData !== undefined) {
    const found = requireSlot(slots.userData, 'user data', '`userData`')
    mixins.push(found.mixin)
    attributes.set(found.attribute, encodeValue(found, values.userData))
  }
  if (values.sshKey !== undefined) {
    const found = requireSlot(slots.sshKey, 'public keys', '`sshKey`')
    const key = values.sshKey.trim()
    mixins.push(found.mixin)
    attributes.set(found.attribute, encodeValue(found, key))
    if (found.nameAttribute !== undefined && values.sshKeyName !== undefined)
      attributes.set(found.nameAttribute, values.sshKeyName)
  }
  return { mixins, attributes }
}

function findSlot(model: Model, choices: readonly ContextMixin[]): ContextSlot | undefined {
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

/** The name of the attribute is taken from the model if that lacks the standard one, since ooi misspells one of them. */
function slotOf(mixin: Mixin, choice: ContextMixin): ContextSlot {
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

function requireSlot(found: ContextSlot | undefined, what: string, option: string): ContextSlot {
  if (found !== undefined) return found
  throw new NotFoundError(`This provider accepts no ${what}: its model has no mixin for them.`, {
    hint: `Omit ${option}, or use the provider's own mixin with \`mixins\` and \`attributes\`.`,
  })
}

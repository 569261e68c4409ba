/** User data and public keys: which mixin this provider reads them from, and how. */
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

export interface ContextSlot {
  readonly mixin: TypeId
  readonly attribute: string
  readonly nameAttribute?: string
  readonly encoding: 'plain' | 'base64'
}

export interface ContextMixins {
  readonly userData?: ContextSlot
  readonly sshKey?: ContextSlot
}

/** The slots that the model declares: OCCI 1.2 first, then OpenStack's. Both of one family: ooi says 409 to two. */
export function contextMixins(model: Model): ContextMixins {
  const userData = slot(model, USER_DATA_MIXINS)
  const sshKey = slot(model, SSH_KEY_MIXINS)
  return {
    ...(userData === undefined ? {} : { userData }),
    ...(sshKey === undefined ? {} : { sshKey }),
  }
}

export interface ContextValues {
  /** Text, or bytes as they are in the file. */
  readonly userData?: string | Uint8Array
  readonly sshKey?: string
  /** OpenStack's keys have names. Default: what the provider needs, none or one made of the key. */
  readonly sshKeyName?: string
}

export interface Contextualization {
  readonly mixins: readonly TypeId[]
  readonly attributes: ReadonlyMap<string, string>
}

/** What to add to a new compute. Throws NotFoundError where the provider has no place for a value. */
export function contextualize(model: Model, values: ContextValues): Contextualization {
  const slots = contextMixins(model)
  const mixins: TypeId[] = []
  const attributes = new Map<string, string>()
  if (values.userData !== undefined) {
    const found = mustHave(slots.userData, 'user data', '--user-data')
    mixins.push(found.mixin)
    attributes.set(found.attribute, encoded(found, values.userData))
  }
  if (values.sshKey !== undefined) {
    const found = mustHave(slots.sshKey, 'public keys', '--ssh-key')
    const key = values.sshKey.trim()
    mixins.push(found.mixin)
    attributes.set(found.attribute, encoded(found, key))
    if (found.nameAttribute !== undefined && values.sshKeyName !== undefined)
      attributes.set(found.nameAttribute, values.sshKeyName)
  }
  return { mixins, attributes }
}

function slot(model: Model, choices: readonly ContextMixin[]): ContextSlot | undefined {
  for (const choice of choices) {
    const mixin = model.mixin(choice.id)
    if (mixin !== undefined) return slotOf(mixin, choice)
  }
  // A site of its own scheme, the same term.
  for (const choice of choices) {
    const mixin = model.mixins.find(({ term }) => term === termOf(choice.id))
    if (mixin !== undefined) return slotOf(mixin, choice)
  }
  return undefined
}

/** The names that the mixin declares win over the customary ones: ooi misspells one of them. */
function slotOf(mixin: Mixin, choice: ContextMixin): ContextSlot {
  const declared = [...mixin.attributes.keys()]
  const attribute = declared.includes(choice.attribute)
    ? choice.attribute
    : (declared.find((name) => /(user_?data|publickey(\.data)?|ssh_key)$/.test(name)) ?? choice.attribute)
  const named = choice.nameAttribute ?? declared.find((name) => name.endsWith('publickey.name'))
  return {
    mixin: mixin.id,
    attribute,
    ...(named === undefined ? {} : { nameAttribute: named }),
    encoding: choice.encoding,
  }
}

function encoded({ encoding }: ContextSlot, value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value)
  return bytes.toString(encoding === 'base64' ? 'base64' : 'utf8')
}

function mustHave(found: ContextSlot | undefined, what: string, option: string): ContextSlot {
  if (found !== undefined) return found
  throw new NotFoundError(`This provider takes no ${what}: its model has no mixin for them.`, {
    hint: `Leave out ${option}, or give the provider's own mixin with --mixin and --attribute.`,
  })
}

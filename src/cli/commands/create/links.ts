/** `--network` and `--storage`: links that are created with the machine. */
import { NotFoundError } from '../../../errors/errors.js'
import { NETWORK, NETWORK_INTERFACE, STORAGE, STORAGE_LINK } from '../../../model/index.js'
import { nameOptionOnError } from '../../values/option-errors.js'
import type { CreatePart } from '../base/noun.js'
import { findTarget } from '../base/targets.js'

export const networkPart: CreatePart = {
  options: [
    {
      name: 'network',
      value: 'NAME',
      description: 'connect it to this network',
      repeatable: true,
      completion: { of: 'network' },
      env: 'none',
    },
  ],
  async apply(context, draft) {
    const { findByAlias: byAlias } = await import('../../values/alias.js')
    for (const word of context.options.all('network')) {
      const { location } = await byAlias(context.settings, 'network', word, (name) =>
        nameOptionOnError('--network', () => findTarget(draft.client, name, NETWORK, context)),
      )
      draft.links.push({ target: location, targetKind: NETWORK, kind: NETWORK_INTERFACE })
    }
  },
}

export const storagePart: CreatePart = {
  options: [
    {
      name: 'storage',
      value: 'NAME[:MOUNTPOINT]',
      description: 'attach this volume: data, or data:/dev/vdb',
      repeatable: true,
      completion: { of: 'entity', kind: STORAGE },
      env: 'none',
    },
  ],
  async apply(context, draft) {
    for (const text of context.options.all('storage')) {
      const { name, mountpoint } = splitMountpoint(text)
      const { location } = await nameOptionOnError('--storage', () =>
        findTarget(draft.client, name, STORAGE, context).catch((error: unknown) => {
          throw explainMissingSlash(error, text)
        }),
      )
      draft.links.push({
        target: location,
        targetKind: STORAGE,
        kind: STORAGE_LINK,
        ...(mountpoint === undefined ? {} : { attributes: { 'occi.storagelink.mountpoint': mountpoint } }),
      })
    }
  },
}

/** Explains that a mount point must begin with a slash: `data:vdb` is read as a name. */
function explainMissingSlash(error: unknown, text: string): unknown {
  const colon = text.lastIndexOf(':')
  if (!(error instanceof NotFoundError) || colon <= 0 || text.includes('/')) return error
  return new NotFoundError(error.message, {
    hint: `A mount point begins with a slash: ${text.slice(0, colon)}:/dev/${text.slice(colon + 1) || 'vdb'}.`,
    cause: error,
  })
}

/** Splits at the last colon before a path, since URLs and URNs contain colons as well. */
function splitMountpoint(text: string): { readonly name: string; readonly mountpoint?: string } {
  const colon = text.lastIndexOf(':')
  const mountpoint = text.slice(colon + 1)
  if (colon <= 0 || !mountpoint.startsWith('/') || mountpoint.startsWith('//')) return { name: text }
  return { name: text.slice(0, colon), mountpoint }
}

/** `--network` and `--storage`: links made together with the machine. */
import { at } from '../../values/place.js'
import type { CreatePart } from '../noun.js'

const network = 'http://schemas.ogf.org/occi/infrastructure#network'
const storage = 'http://schemas.ogf.org/occi/infrastructure#storage'
const networkInterface = 'http://schemas.ogf.org/occi/infrastructure#networkinterface'
const storageLink = 'http://schemas.ogf.org/occi/infrastructure#storagelink'

export const networkPart: CreatePart = {
  options: [
    {
      name: 'network',
      value: 'NAME',
      description: 'connect it with this network',
      repeatable: true,
      completion: { of: 'entity', kind: network },
      env: 'none',
    },
  ],
  async apply(context, draft) {
    for (const name of context.options.all('network')) {
      const { location } = await at('--network', () =>
        draft.client.find(name, network, { signal: context.signal }),
      )
      draft.links.push({ target: location, kind: networkInterface })
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
      completion: { of: 'entity', kind: storage },
      env: 'none',
    },
  ],
  async apply(context, draft) {
    for (const text of context.options.all('storage')) {
      const { name, mountpoint } = splitMountpoint(text)
      const { location } = await at('--storage', () =>
        draft.client.find(name, storage, { signal: context.signal }),
      )
      draft.links.push({
        target: location,
        kind: storageLink,
        ...(mountpoint === undefined ? {} : { attributes: { 'occi.storagelink.mountpoint': mountpoint } }),
      })
    }
  },
}

/** At the last colon that a path follows: URLs and URNs have colons, too. */
export function splitMountpoint(text: string): { readonly name: string; readonly mountpoint?: string } {
  const colon = text.lastIndexOf(':')
  const rest = text.slice(colon + 1)
  if (colon <= 0 || !rest.startsWith('/') || rest.startsWith('//')) return { name: text }
  return { name: text.slice(0, colon), mountpoint: rest }
}

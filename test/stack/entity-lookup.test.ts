import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/client/index.js'
import { NetworkError } from '../../src/errors/errors.js'
import type { LocatedEntity } from '../../src/model/index.js'
import { EntityLookup } from '../../src/stack/entity-lookup.js'

const urls = [1, 2, 3].map((number) => `http://cloud.test/compute/${number}`)

describe('a look-up of new entities', () => {
  it('describes each entity if the provider cannot be recognised for a listing', async () => {
    const client = {
      provider: () => Promise.reject(new NetworkError('unreachable')),
      describe: async (location: string) => ({ location }) as LocatedEntity,
    } as unknown as Client
    const lookup = new EntityLookup(client, 'compute')
    const found = await Promise.all(urls.map((url) => lookup.describe(url)))
    expect(found.map(({ location }) => location)).toEqual(urls)
  })
})

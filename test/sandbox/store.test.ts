import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { appendFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors/errors.js'
import { typeId } from '../../src/model/index.js'
import { openSandbox, resetSandbox } from '../../src/sandbox/index.js'
import { fileStore } from '../../src/sandbox/state/file.js'
import { decodeChanges, type EntityRecord, encodeChanges } from '../../src/sandbox/state/record.js'
import type { Store } from '../../src/sandbox/state/store.js'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'occi-store-'))
  path = join(folder, 'deep', 'cloud.state')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const network = typeId('http://schemas.ogf.org/occi/infrastructure#', 'network')

function record(name: string, attributes: EntityRecord['attributes'] = []): EntityRecord {
  return {
    path: `/network/${name}`,
    type: 'resource',
    kind: network,
    mixins: [],
    id: name,
    attributes,
    timeline: [],
    created: 0,
  }
}

const seed = () => [['entity', record('seeded')] as const]

/** What a store sees; a store of its own, as another process would have, when none is given. */
async function paths(at?: Store): Promise<readonly string[]> {
  const store = at ?? fileStore(path, seed)
  try {
    return await store.read((cloud) => [...cloud.entities()].map((one) => one.path))
  } finally {
    if (at === undefined) await store.close()
  }
}

describe('the state file', () => {
  it('the state file is not created by reading', async () => {
    expect(await paths()).toEqual(['/network/seeded'])
    expect(readdirSync(folder)).toEqual([])
  })

  it('the state file passes what was written to another process, and is readable only by its owner', async () => {
    const store = fileStore(path, seed)
    await store.update((cloud) => cloud.put(record('a', [['big', 12345678901234567890n]])))
    expect(await paths()).toEqual(['/network/seeded', '/network/a'])
    const other = fileStore(path, seed)
    const again = await other.read((cloud) => cloud.entity('/network/a')?.attributes)
    await other.close()
    expect(again).toEqual([['big', 12345678901234567890n]])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await store.close()
  })

  it("the state file shows each of two stores the other's writes", async () => {
    const [one, two] = [fileStore(path, seed), fileStore(path, seed)]
    await one.update((cloud) => cloud.put(record('a')))
    await two.update((cloud) => cloud.put(record('b')))
    await one.update((cloud) => cloud.drop('/network/seeded'))
    expect(await paths(two)).toEqual(['/network/a', '/network/b'])
    await Promise.all([one.close(), two.close()])
  })

  it('an operation that throws writes nothing to the state file', async () => {
    const store = fileStore(path, seed)
    const failing = store.update((cloud) => {
      cloud.put(record('a'))
      cloud.drop('/network/seeded')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await paths(store)).toEqual(['/network/seeded'])
    expect(await paths()).toEqual(['/network/seeded'])
    await store.close()
  })

  it('a torn line in the middle of the state file is skipped, and writing continues', async () => {
    const store = fileStore(path, seed)
    await store.update((cloud) => cloud.put(record('a')))
    await appendFile(path, '[["entity",{"path":"/network/to')
    expect(await paths()).toEqual(['/network/seeded', '/network/a'])
    await store.update((cloud) => cloud.put(record('b')))
    expect(await paths()).toEqual(['/network/seeded', '/network/a', '/network/b'])
    await store.close()
  })

  // Guarantee: sandbox-keeps
  it('the state file keeps what was acknowledged, wherever the next write was cut', async () => {
    const store = fileStore(path, seed)
    await store.update((cloud) => cloud.put(record('a', [['text', 'é\\n"}]']])))
    const acknowledged = readFileSync(path)
    await store.update((cloud) => cloud.put(record('b', [['text', 'é\\n"}]']])))
    const all = readFileSync(path)
    await store.close()
    for (let cut = acknowledged.length; cut < all.length; cut += 1) {
      writeFileSync(path, all.subarray(0, cut))
      const next = fileStore(path, seed)
      const found = await paths(next)
      // The last line end may be all that is missing.
      expect({ cut, found: found.slice(0, 2) }).toEqual({ cut, found: ['/network/seeded', '/network/a'] })
      await next.update((cloud) => cloud.put(record('c')))
      expect(await paths()).toEqual(expect.arrayContaining(['/network/seeded', '/network/a', '/network/c']))
      await next.close()
    }
  })

  it('the state file stays small however often entities change', async () => {
    const store = fileStore(path, seed)
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          store.update((cloud) => cloud.put(record(`n${at}`, [['round', round]]))),
        ),
      )
    }
    const lines = readFileSync(path, 'utf8').split('\n')
    expect(lines.length).toBeLessThan(2001)
    expect((await paths()).length).toBe(51)
    // The lock is released after the last change was acknowledged.
    await store.close()
    expect(readdirSync(join(folder, 'deep'))).toEqual(['cloud.state'])
  })

  it('a file that is not a state file is refused with a hint', async () => {
    await paths()
    mkdirSync(join(folder, 'deep'))
    for (const garbage of [
      'hello\n',
      '{"occi-sandbox":1}\nnot json\n',
      '{"occi-sandbox":1}\n[["entity",null]]\n',
    ]) {
      writeFileSync(path, garbage)
      const reading = paths()
      await expect(reading).rejects.toBeInstanceOf(ConfigError)
      await expect(reading).rejects.toMatchObject({ hint: expect.stringContaining('sandbox reset') })
    }
  })

  it('a wrong state file is refused before anything is served', async () => {
    writeFileSync(join(folder, 'garbage'), 'hello\n')
    const { checkStateFile: check } = openSandbox({ clock: Date.now, state: join(folder, 'garbage') })
    await expect(check()).rejects.toBeInstanceOf(ConfigError)
    await openSandbox({ clock: Date.now }).checkStateFile()
  })

  it('the state file starts empty after a reset, also in a process that has it open', async () => {
    const store = fileStore(path, seed)
    await store.update((cloud) => cloud.put(record('a')))
    await resetSandbox(path)
    expect(await paths(store)).toEqual(['/network/seeded'])
    await store.update((cloud) => cloud.put(record('b')))
    expect(await paths()).toEqual(['/network/seeded', '/network/b'])
    await resetSandbox(path)
    await resetSandbox(path)
    await store.close()
  })
})

describe('changes', () => {
  it('changes are read back from JSON unchanged', () => {
    const changes = [
      ['entity', record('a', [['x', { deep: [1n, 'two'] }]])],
      ['-mixin', 'x#y'],
    ] as const
    expect(decodeChanges(encodeChanges(changes))).toEqual(changes)
  })
  it('changes of an unknown type are refused', () => {
    expect(() => decodeChanges('[["drop-table",{}]]')).toThrow(SyntaxError)
    expect(() => decodeChanges('{}')).toThrow(SyntaxError)
  })
})

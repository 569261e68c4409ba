import {
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folders, openCaches } from '../../src/config/index.js'
import { temporaryFolder } from './place.js'

const mode = (path: string) => statSync(path).mode & 0o777

describe('folders', () => {
  it('folders follow XDG, ignoring empty and relative values', () => {
    const env = { XDG_CONFIG_HOME: '/c', XDG_CACHE_HOME: '', XDG_STATE_HOME: 'relative' }
    expect(folders(env, 'linux', '/home/me')).toEqual({
      config: '/c/occi',
      cache: '/home/me/.cache/occi',
      state: '/home/me/.local/state/occi',
    })
  })

  it('folders are the application data folders on Windows', () => {
    const env = { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' }
    const found = folders(env, 'win32', 'C:\\Users\\me')
    expect(found.config).toBe('C:\\Users\\me\\AppData\\Roaming\\occi\\Config')
    expect(found.cache).toBe('C:\\Users\\me\\AppData\\Local\\occi\\Cache')
  })
})

describe('caches', () => {
  // Guarantee: no-command-no-file
  it('caches are not written through a link that was put in their place', async () => {
    const folder = temporaryFolder()
    const victim = join(temporaryFolder(), 'victim')
    writeFileSync(victim, 'mine')
    const cache = openCaches(folder, () => new Date(0)).expiring()
    await cache.set('k', 'v', new Date(1000))
    const [name = ''] = readdirSync(join(folder, 'tokens'))
    unlinkSync(join(folder, 'tokens', name))
    symlinkSync(victim, join(folder, 'tokens', name))
    await cache.set('k', 'v', new Date(1000))
    expect(readFileSync(victim, 'utf8')).toBe('mine')
    expect(await cache.get('k')).toBe('v')
  })

  const now = () => new Date('2026-01-01T00:00:00Z')
  const later = new Date('2026-01-01T01:00:00Z')

  it('a cache file of another key with the same name is not used', async () => {
    const folder = temporaryFolder()
    const cache = openCaches(folder, () => new Date(0)).expiring()
    await cache.set('one', 'token', new Date(1000))
    const [file = ''] = readdirSync(join(folder, 'tokens'))
    await cache.set('two', 'other', new Date(1000))
    const other = readdirSync(join(folder, 'tokens')).find((name) => name !== file) ?? ''
    writeFileSync(join(folder, 'tokens', other), readFileSync(join(folder, 'tokens', file)))
    expect(await cache.get('two')).toBeUndefined()
    expect(await cache.get('one')).toBe('token')
  })

  // Guarantee: no-command-no-file
  it('caches keep a value until it expires, in files of mode 0600 whose names reveal nothing', async () => {
    const folder = temporaryFolder()
    const cache = openCaches(folder, now).expiring()
    await cache.set('https://user@keystone/v3', 'token', later)
    expect(await cache.get('https://user@keystone/v3')).toBe('token')
    const [file] = readdirSync(join(folder, 'tokens'))
    expect(file).toMatch(/^[0-9a-f]{16}\.json$/)
    expect(mode(join(folder, 'tokens', file ?? ''))).toBe(0o600)
    expect(mode(join(folder, 'tokens'))).toBe(0o700)
    expect(
      await openCaches(folder, () => later)
        .expiring()
        .get('https://user@keystone/v3'),
    ).toBeUndefined()
    expect(readdirSync(join(folder, 'tokens'))).toEqual([])
    await cache.delete('never there')
  })

  it('caches keep notes by endpoint and identity', async () => {
    const caches = openCaches(temporaryFolder(), now)
    const notes = caches.notes<{ version: 1; etag: string }>('http://a', 'me', 1)
    expect(await notes.load()).toBeUndefined()
    await notes.save({ version: 1, etag: 'x' })
    expect(await notes.load()).toEqual({ version: 1, etag: 'x' })
    expect(await caches.notes<{ version: 1 }>('http://a', 'you', 1).load()).toBeUndefined()
    expect(await caches.notes<{ version: 1 }>('http://am', 'e', 1).load()).toBeUndefined()
    expect(await caches.notes<{ version: 2 }>('http://a', 'me', 2).load()).toBeUndefined()
  })

  it.each(['', '{', '[]', 'null', '"x"', '{"version":"1"}', '\u0000\u0001', '{"value":1,"expires":"x"}'])(
    'caches treat damaged content (%j) as absent',
    async (garbage) => {
      const folder = temporaryFolder()
      const caches = openCaches(folder, now)
      const notes = caches.notes<{ version: 1 }>('http://a', 'me', 1)
      await notes.save({ version: 1 })
      await caches.expiring().set('k', 'v', later)
      for (const part of ['providers', 'tokens']) {
        for (const file of readdirSync(join(folder, part))) writeFileSync(join(folder, part, file), garbage)
      }
      expect(await notes.load()).toBeUndefined()
      expect(await caches.expiring().get('k')).toBeUndefined()
    },
  )

  // Guarantee: garbage-in-files
  it('caches ignore a file that others could have written', async () => {
    const folder = temporaryFolder()
    const cache = openCaches(folder, now).expiring()
    await cache.set('k', 'v', later)
    chmodSync(join(folder, 'tokens', readdirSync(join(folder, 'tokens'))[0] ?? ''), 0o666)
    expect(await cache.get('k')).toBeUndefined()
  })

  it('caches are cleared on request, and their loss affects no command', async () => {
    const folder = temporaryFolder()
    const caches = openCaches(folder, now)
    await caches.expiring().set('a', 'v', later)
    await caches.notes<{ version: 1 }>('http://a', 'me', 1).save({ version: 1 })
    expect(await caches.clear()).toBe(2)
    expect(await caches.clear()).toBe(0)
    writeFileSync(join(folder, 'blocked'), '')
    const broken = openCaches(join(folder, 'blocked'), now)
    await broken.expiring().set('a', 'v', later)
    expect(await broken.expiring().get('a')).toBeUndefined()
  })
})

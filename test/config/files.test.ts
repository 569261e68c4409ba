import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folders, locked, openCaches, readIfThere, writeAtomically } from '../../src/config/index.js'
import { ConfigError } from '../../src/errors/errors.js'
import { temporaryFolder } from './place.js'

const mode = (path: string) => statSync(path).mode & 0o777

describe('folders', () => {
  it('follow XDG, ignoring empty and relative values', () => {
    const env = { XDG_CONFIG_HOME: '/c', XDG_CACHE_HOME: '', XDG_STATE_HOME: 'relative' }
    expect(folders(env, 'linux', '/home/me')).toEqual({
      config: '/c/occi',
      cache: '/home/me/.cache/occi',
      state: '/home/me/.local/state/occi',
    })
  })

  it('use the application data folders on Windows', () => {
    const env = { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' }
    const found = folders(env, 'win32', 'C:\\Users\\me')
    expect(found.config).toBe('C:\\Users\\me\\AppData\\Roaming\\occi\\Config')
    expect(found.cache).toBe('C:\\Users\\me\\AppData\\Local\\occi\\Cache')
  })
})

describe('writeAtomically', () => {
  it('makes folders 0700 and files 0600, and leaves nothing else behind', async () => {
    const folder = join(temporaryFolder(), 'a', 'b')
    await writeAtomically(join(folder, 'f'), 'one')
    await writeAtomically(join(folder, 'f'), 'two')
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('two')
    expect([mode(folder), mode(join(folder, 'f'))]).toEqual([0o700, 0o600])
    expect(readdirSync(folder)).toEqual(['f'])
  })

  it('tightens a file that was open to others, and keeps a symbolic link', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'real'), 'x', { mode: 0o644 })
    symlinkSync('real', join(folder, 'link'))
    await writeAtomically(join(folder, 'link'), 'new')
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new')
    expect(mode(join(folder, 'real'))).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(['link', 'real'])
  })

  it('names the file and the reason when it cannot write, keeping what was there', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'taken'))
    const attempt = writeAtomically(join(folder, 'taken'), 'x')
    await expect(attempt).rejects.toThrow(ConfigError)
    await expect(attempt).rejects.toThrow(`Cannot write ${join(folder, 'taken')}: it is a folder.`)
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  it('says so when a part of the path is a file', async () => {
    const file = join(temporaryFolder(), 'f')
    writeFileSync(file, '')
    await expect(writeAtomically(join(file, 'x'), 'x')).rejects.toThrow('a part of the path is not a folder')
  })
})

describe('readIfThere', () => {
  it('answers undefined for what does not exist and refuses what is too large', async () => {
    const file = join(temporaryFolder(), 'f')
    expect(await readIfThere(file)).toBeUndefined()
    writeFileSync(file, 'x'.repeat(100))
    await expect(readIfThere(file, { name: 'a note', limit: 10 })).rejects.toThrow('the limit for a note')
  })
})

describe('locked', () => {
  it('lets one at a time work and leaves no lock behind, also after a failure', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'f')
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setTimeout(resolve, 5))
      inside--
    }
    await Promise.all(Array.from({ length: 8 }, () => locked(path, work)))
    expect(most).toBe(1)
    const failing = locked(path, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes over from a process that has died', async () => {
    const path = join(temporaryFolder(), 'f')
    writeFileSync(`${path}.lock`, `999999999 ${hostname()} abc\n`)
    expect(await locked(path, async () => 'done')).toBe('done')
  })

  it('takes over a lock that was never filled, and one that is too old', async () => {
    const path = join(temporaryFolder(), 'f')
    for (const [text, age] of [
      ['', 5],
      [`${process.pid} elsewhere abc\n`, 120],
    ] as const) {
      writeFileSync(`${path}.lock`, text)
      const then = Date.now() / 1000 - age
      utimesSync(`${path}.lock`, then, then)
      expect(await locked(path, async () => age)).toBe(age)
    }
  })

  it('gives up when the other process lives', async () => {
    const path = join(temporaryFolder(), 'f')
    writeFileSync(`${path}.lock`, `${process.pid} ${hostname()} abc\n`)
    const attempt = locked(path, async () => 'never', { patience: 30 })
    await expect(attempt).rejects.toThrow(`Another process is changing ${path}.`)
    await expect(attempt).rejects.toMatchObject({ hint: expect.stringContaining(`${path}.lock`) })
    expect(existsSync(`${path}.lock`)).toBe(true)
  })
})

describe('caches', () => {
  const now = () => new Date('2026-01-01T00:00:00Z')
  const later = new Date('2026-01-01T01:00:00Z')

  it('a file whose name happens to be that of another key is not taken for it', async () => {
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
  it('keep a value until it expires, in files of mode 0600 whose names tell nothing', async () => {
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

  it('keep notes by endpoint and identity', async () => {
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
    'take garbage (%j) for absent',
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
  it('do not believe a file that others could have written', async () => {
    const folder = temporaryFolder()
    const cache = openCaches(folder, now).expiring()
    await cache.set('k', 'v', later)
    chmodSync(join(folder, 'tokens', readdirSync(join(folder, 'tokens'))[0] ?? ''), 0o666)
    expect(await cache.get('k')).toBeUndefined()
  })

  it('are cleared on request, and their loss stops nothing', async () => {
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

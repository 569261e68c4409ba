import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors/errors.js'
import { readIfExists, writeAtomically } from '../../src/files/index.js'
import { temporaryFolder } from '../config/place.js'

const mode = (path: string) => statSync(path).mode & 0o777

describe('writeAtomically', () => {
  it('writeAtomically makes folders 0700 and files 0600, and leaves no other file', async () => {
    const folder = join(temporaryFolder(), 'a', 'b')
    await writeAtomically(join(folder, 'f'), 'one')
    await writeAtomically(join(folder, 'f'), 'two')
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('two')
    expect([mode(folder), mode(join(folder, 'f'))]).toEqual([0o700, 0o600])
    expect(readdirSync(folder)).toEqual(['f'])
  })

  it('writeAtomically makes a file private that was open to others, and keeps a symbolic link', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'real'), 'x', { mode: 0o644 })
    symlinkSync('real', join(folder, 'link'))
    await writeAtomically(join(folder, 'link'), 'new')
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new')
    expect(mode(join(folder, 'real'))).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(['link', 'real'])
  })

  it('a failed write names the file and the reason, and keeps the old content', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'taken'))
    const attempt = writeAtomically(join(folder, 'taken'), 'x')
    await expect(attempt).rejects.toThrow(ConfigError)
    await expect(attempt).rejects.toThrow(`Cannot write ${join(folder, 'taken')}: it is a folder.`)
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  it('a path below a file is refused with the reason', async () => {
    const file = join(temporaryFolder(), 'f')
    writeFileSync(file, '')
    await expect(writeAtomically(join(file, 'x'), 'x')).rejects.toThrow('a part of the path is not a folder')
  })
})

describe('readIfExists', () => {
  it('readIfExists returns undefined for a missing file and refuses one that is too large', async () => {
    const file = join(temporaryFolder(), 'f')
    expect(await readIfExists(file)).toBeUndefined()
    writeFileSync(file, 'x'.repeat(100))
    await expect(readIfExists(file, { name: 'a note', limit: 10 })).rejects.toThrow('the limit for a note')
  })
})

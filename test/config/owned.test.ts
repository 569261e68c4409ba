import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, lchownSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { homeFolder, openCaches, openContexts, readOwnedFile } from '../../src/config/index.js'
import { ConfigError } from '../../src/errors/errors.js'
import { temporaryFolder } from './place.js'

const root = process.getuid?.() === 0
const me = process.getuid?.() ?? 0

function file(text = 'text'): string {
  const path = join(temporaryFolder(), 'file')
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

/** What it throws, with the hint. */
function refusal(path: string, options: Parameters<typeof readOwnedFile>[1] = {}): string {
  try {
    readOwnedFile(path, options)
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message} ${error.hint ?? ''}`
    throw error
  }
  return 'read'
}

describe('a file that decides', () => {
  it('a trusted file is read with its mode, and a missing one is undefined', () => {
    expect(readOwnedFile(file())).toEqual({ text: 'text', mode: 0o600 })
    expect(readOwnedFile('/nowhere/at/all')).toBeUndefined()
  })

  it.runIf(root)('a trusted file of another user is refused', () => {
    const path = file()
    chownSync(path, 12345, 12345)
    expect(refusal(path, { uid: 4321 })).toMatch(/belongs to another user \(number 12345\).*sudo chown/)
    expect(refusal(path, { uid: 12345 })).toBe('read')
  })

  it('a trusted file may belong to root', () => {
    if (root) expect(refusal(file(), { uid: 4321 })).toBe('read')
    expect(refusal('/etc/passwd')).toBe('read')
  })

  // Guarantee: files-that-decide
  it.each([0o602, 0o622, 0o666])('a trusted file that others can write is refused (mode %o)', (mode) => {
    const path = file()
    chmodSync(path, mode)
    expect(refusal(path, { uid: me })).toMatch(/Others can write .*chmod go-w/)
  })

  it('a trusted file may be writable by a group that contains only its user', () => {
    const path = file()
    if (!root) return
    chownSync(path, 4321, 4321)
    chownSync(join(path, '..'), 4321, 4321)
    chmodSync(path, 0o660)
    expect(refusal(path, { uid: 4321 })).toBe('read')
    chownSync(path, 4321, 100)
    expect(refusal(path, { uid: 4321 })).toContain('Others can write')
  })

  it('a trusted file in a folder that others can write is refused', () => {
    const path = file()
    chmodSync(join(path, '..'), 0o777)
    expect(refusal(path)).toMatch(/Others can write the folder of .*chmod go-w/)
    // As /tmp: nobody can replace what others own.
    chmodSync(join(path, '..'), 0o1777)
    expect(refusal(path)).toBe('read')
  })

  it('a trusted file behind a link into a folder that others can write is refused', () => {
    const target = file()
    chmodSync(join(target, '..'), 0o777)
    const link = join(temporaryFolder(), 'link')
    symlinkSync(target, link)
    expect(refusal(link)).toMatch(/Others can write the folder/)
    chmodSync(join(target, '..'), 0o755)
    expect(refusal(link)).toBe('read')
    expect(refusal(link, { links: 'refuse' })).toMatch(/Cannot read/)
  })

  // Guarantee: files-that-decide
  it.runIf(root)("a trusted file behind another user's link to a folder is refused", () => {
    const target = file()
    const shared = temporaryFolder()
    chmodSync(shared, 0o1777)
    const link = join(shared, 'occi')
    symlinkSync(join(target, '..'), link)
    expect(refusal(join(link, 'file'))).toBe('read')
    lchownSync(link, 12345, 12345)
    expect(refusal(join(link, 'file'))).toMatch(/occi is a symbolic link of another user \(number 12345\)/)
  })

  it('a trusted file behind a link to its folder that others can replace is refused', () => {
    const target = file()
    const shared = temporaryFolder()
    const link = join(shared, 'occi')
    symlinkSync(join(target, '..'), link)
    chmodSync(shared, 0o777)
    expect(refusal(join(link, 'file'))).toMatch(/Others can write the folder of/)
  })

  it.runIf(root)('root is refused the trusted file of a user, with the hint to run without sudo', () => {
    const path = file()
    chownSync(path, 12345, 12345)
    expect(refusal(path, { uid: 0 })).toMatch(
      /belongs to another user .*Run occi without sudo, or with sudo -H/,
    )
    expect(refusal(path, { uid: 0 })).not.toContain('chown')
  })

  it('a trusted file is a regular file within its size limit', () => {
    const pipe = join(temporaryFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(refusal(pipe)).toMatch(/it is a pipe, which cannot be read/)
    expect(refusal(temporaryFolder())).toMatch(/it is a folder/)
    expect(refusal('/dev/zero')).toMatch(/it is a device, which cannot be read/)
    expect(refusal(file('12345'), { purpose: { name: 'a note', limit: 4 } })).toMatch(/the limit for a note/)
  })
})

describe('a configuration that others can write', () => {
  it('a configuration that others can write is refused by every command that reads contexts', async () => {
    const folder = join(temporaryFolder(), 'occi')
    const contexts = openContexts({ folder, platform: 'linux', isSecret: () => false })
    await contexts.add({ name: 'a', settings: { endpoint: 'http://a' } })
    chmodSync(folder, 0o777)
    await expect(contexts.read()).rejects.toThrow(/Others can write the folder/)
    await expect(contexts.use('a')).rejects.toThrow(/Others can write the folder/)
    chmodSync(folder, 0o700)
    chmodSync(join(folder, 'config.json'), 0o606)
    await expect(contexts.read()).rejects.toThrow(/Others can write/)
  })
})

describe('a cached token', () => {
  it.each([
    ['in a folder that others can write', (folder: string) => chmodSync(join(folder, 'tokens'), 0o777)],
    [
      'behind a symbolic link',
      (folder: string) => {
        const [name = ''] = readdirSync(join(folder, 'tokens'))
        execFileSync('mv', [join(folder, 'tokens', name), join(folder, 'moved')])
        symlinkSync(join(folder, 'moved'), join(folder, 'tokens', name))
      },
    ],
  ])('a cached token %s counts as absent', async (_, spoil) => {
    const folder = temporaryFolder()
    const cache = openCaches(folder, () => new Date(0)).expiring()
    await cache.set('k', 'v', new Date(1000))
    expect(await cache.get('k')).toBe('v')
    spoil(folder)
    expect(await cache.get('k')).toBeUndefined()
  })
})

describe('the home folder', () => {
  it('the home folder of the tests is absolute', () => {
    expect(homeFolder()).toMatch(/^\//)
  })
})

import { execFile } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
let home: string
let folder: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'occi-launcher-'))
  folder = join(home, '.cache/occi/code')
})

/** A command that needs one file of the program; it fails where the launcher does not get that far. */
async function occi(env: Readonly<Record<string, string>> = {}, program = join(root, 'bin/occi')) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, '--help'], {
    env: { HOME: home, ...env },
  })
  expect(stderr).toBe('')
  expect(stdout).toContain('Manage machines')
}

/** Without the seals, which say that a cache was checked. */
const files = (place = folder) =>
  readdirSync(place)
    .filter((name) => !name.endsWith('.seal'))
    .map((name) => join(place, name))

/** The one file that a first run leaves. */
async function made(): Promise<string> {
  await occi()
  const [file = '', ...more] = files()
  expect(more).toEqual([])
  return file
}

/** Of two runs the second writes only what the first left unusable. */
const written = (file: string) => statSync(file).ino

describe('the code cache', () => {
  it('the code cache is one private file, which the next run uses', async () => {
    const file = await made()
    expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700])
    const before = written(file)
    await occi()
    expect([files(), written(file)]).toEqual([[file], before])
  })

  it.each([
    ['garbage', (file: string) => writeFileSync(file, 'garbage')],
    ['nothing', (file: string) => truncateSync(file, 0)],
    ['half of it', (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['what others can write', (file: string) => chmodSync(file, 0o622)],
    [
      'a link to what is right',
      (file: string) => {
        renameSync(file, join(home, 'elsewhere'))
        symlinkSync(join(home, 'elsewhere'), file)
      },
    ],
    [
      'what belongs to somebody else',
      (file: string) => chownSync(file, 12345, 12345),
      process.getuid?.() !== 0,
    ],
  ])('a code cache that is %s is not used, and made again', async (_, spoil, cannot = false) => {
    const file = await made()
    const size = statSync(file).size
    // Only root can give a file away.
    if (cannot) return expect(() => spoil(file)).toThrow()
    spoil(file)
    const before = written(file)
    await occi()
    expect(files()).toEqual([file])
    expect(written(file)).not.toBe(before)
    const { mode, uid } = statSync(file)
    expect([mode & 0o777, uid]).toEqual([0o600, process.getuid?.() ?? 0])
    expect(statSync(file).size).toBeGreaterThan(size / 2)
    const after = written(file)
    await occi()
    expect(written(file)).toBe(after)
  })

  it.each([
    [
      'a folder stands in its place',
      async () => {
        const file = await made()
        rmSync(file)
        mkdirSync(file)
        return {}
      },
    ],
    [
      'a file stands where its folder would be',
      async () => {
        writeFileSync(join(home, '.cache'), '')
        return {}
      },
    ],
    ['there is no home', async () => ({ HOME: '' })],
  ] as const)('the program runs without a code cache when %s', async (_, prepare) => {
    await occi(await prepare())
  })

  it('the code cache is where XDG says, when that is an absolute path, and can be turned off', async () => {
    await occi({ OCCI_NO_CODE_CACHE: '1' })
    expect(() => files()).toThrow('ENOENT')
    await occi({ XDG_CACHE_HOME: join(home, 'xdg') })
    expect([files(join(home, 'xdg/occi/code')).length, readdirSync(home)]).toEqual([1, ['xdg']])
    await occi({ XDG_CACHE_HOME: 'relative' })
    expect(files()).toHaveLength(1)
  })

  it('each build and each Node has its own code cache', async () => {
    const file = await made()
    expect(file).toContain(process.version)
    const copy = join(home, 'copy')
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true })
    utimesSync(join(copy, 'dist/occi.cjs'), 1, 1)
    await occi({}, join(copy, 'bin/occi'))
    expect(files()).toHaveLength(2)
  })

  it('the code cache is complete when many processes make it at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => occi()))
    const [file = '', ...more] = files()
    expect(more).toEqual([])
    const before = written(file)
    await occi()
    expect(written(file)).toBe(before)
  })
})

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const program = resolve(import.meta.dirname, '../../bin/occi')

/** V8 does not check the content of a code cache: damage that reaches it ends the process with SIGSEGV or SIGILL. */
interface Place {
  readonly folder: string
  run(...args: string[]): { readonly status: number | null; readonly signal: string | null; stderr: string }
  /** The cache of one sort of command. */
  cacheOf(sort: string): string
}

function place(): Place {
  const home = mkdtempSync(join(tmpdir(), 'occi-code-cache-'))
  const folder = join(home, '.cache/occi/code')
  return {
    folder,
    run: (...args) =>
      spawnSync(process.execPath, [program, ...args], {
        env: { HOME: home },
        encoding: 'utf8',
        timeout: 60_000,
      }),
    cacheOf: (sort) =>
      join(folder, readdirSync(folder).find((name) => name.endsWith(`-${sort}.bin`)) ?? 'missing'),
  }
}

const command = ['context', 'list']
const sort = 'list'
const wholeRun = { status: 0, signal: null, stderr: '' }

/** The quickest command, of one file: the test of the flipped bytes runs it 200 times. */
const quick = ['--help']

function used(home: Place, words = command, kind = sort): string {
  home.run(...words)
  home.run(...words)
  return home.cacheOf(kind)
}

describe('the code cache', () => {
  it('a flipped byte in the code cache crashes no command, and the cache is made again at once', () => {
    const home = place()
    const file = used(home, quick, 'help')
    const good = readFileSync(file)
    const times = statSync(file)
    for (let count = 0; count < 200; count += 1) {
      const at = Math.floor((good.length * (count + 0.5)) / 200)
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ (count % 2 === 0 ? 0x80 : 0x01)
      writeFileSync(file, bad)
      // As damage that leaves the modification time alone.
      if (count % 3 === 0) utimesSync(file, times.atime, times.mtime)
      expect(home.run(...quick), `byte ${at}`).toMatchObject(wholeRun)
      expect(readFileSync(file).equals(bad), `byte ${at} is repaired`).toBe(false)
      if (count % 40 === 0) {
        const repaired = statSync(file)
        expect(home.run(...quick)).toMatchObject(wholeRun)
        expect(statSync(file).ino, 'the next run takes it').toBe(repaired.ino)
      }
    }
  }, 600_000)

  it('the code cache is checked again after ten minutes, for damage below the file system', () => {
    const home = place()
    const file = used(home)
    const seal = `${file}.seal`
    const before = statSync(seal)
    home.run(...command)
    expect(statSync(seal).mtimeMs).toBe(before.mtimeMs)
    const past = new Date(Date.now() - 660_000)
    utimesSync(seal, past, past)
    home.run(...command)
    expect(statSync(seal).mtimeMs).toBeGreaterThan(past.getTime() + 600_000)
  })

  it('the code cache of other commands, another build or another Node counts as absent', () => {
    const home = place()
    const file = used(home)
    home.run('help', 'exit-codes')
    const of = (change: (header: string) => string) => () => {
      const content = readFileSync(file)
      content.write(change(content.toString('latin1', 0, 512)), 0, 512, 'latin1')
      writeFileSync(file, content)
    }
    for (const spoil of [
      () => copyFileSync(home.cacheOf('help'), file),
      of((header) => header.replace(/\S{20}\n/, `${'x'.repeat(20)}\n`)),
      of((header) => header.replace(process.version, 'v20.18.9')),
    ]) {
      spoil()
      const spoiled = readFileSync(file)
      expect(home.run(...command)).toMatchObject(wholeRun)
      expect(readFileSync(file).equals(spoiled)).toBe(false)
    }
  })

  it('a code cache in a folder that others can write is not used, with a message', () => {
    const home = place()
    const file = used(home)
    const before = statSync(file)
    chmodSync(home.folder, 0o777)
    writeFileSync(file, 'garbage')
    const { status, stderr } = home.run(...command)
    expect(status).toBe(0)
    expect(stderr).toContain(`the code cache is not used: "${home.folder}" can be written by other users`)
    expect(statSync(file).ino).toBe(before.ino)
    expect(readFileSync(file, 'utf8')).toBe('garbage')
  })

  it.skipIf(process.getuid?.() !== 0)(
    'a code cache in a folder of another user is not used, with a message',
    () => {
      const home = place()
      used(home)
      chownSync(home.folder, 12345, 12345)
      const { status, stderr } = home.run(...command)
      expect(status).toBe(0)
      expect(stderr).toContain('belongs to another user')
      // What completion prints stands in the line that is being written.
      expect(home.run('__complete', '', 'occi', '').stderr).toBe('')
    },
  )

  it('cache clear removes the code cache and does not use it', () => {
    const home = place()
    const file = used(home)
    const content = readFileSync(file)
    for (let at = 600; at < content.length; at += 997) content[at] = (content[at] ?? 0) ^ 0x80
    writeFileSync(file, content)
    mkdirSync(home.folder, { recursive: true })
    expect(home.run('cache', 'clear')).toMatchObject({ status: 0, signal: null })
    expect(existsSync(home.folder)).toBe(false)
  })
})

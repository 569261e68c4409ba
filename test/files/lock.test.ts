import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withLock } from '../../src/files/index.js'
import { temporaryFolder } from '../config/place.js'

describe('locked', () => {
  it('a lock lets one caller work at a time and is gone afterwards, also after a failure', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'f')
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setTimeout(resolve, 5))
      inside--
    }
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, work)))
    expect(most).toBe(1)
    const failing = withLock(path, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(readdirSync(folder)).toEqual([])
  })

  it('one of many waiting processes takes over the lock of a process that has died', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'f')
    writeFileSync(`${path}.lock`, `999999999 ${hostname()} abc\n`)
    let inside = 0
    const work = async () => {
      inside += 1
      expect(inside).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 1))
      inside -= 1
    }
    await Promise.all(Array.from({ length: 10 }, () => withLock(path, work)))
    expect(readdirSync(folder)).toEqual([])
  })

  it.runIf(existsSync('/proc/self/stat'))(
    'a lock of a dead process is taken over although a new process has its number',
    async () => {
      const path = join(temporaryFolder(), 'f')
      writeFileSync(`${path}.lock`, `${process.pid} ${hostname()} abc 1\n`)
      expect(await withLock(path, async () => 'done')).toBe('done')
      const started = await withLock(path, () => readFileSync(`${path}.lock`, 'utf8').trim().split(' ')[3])
      writeFileSync(`${path}.lock`, `${process.pid} ${hostname()} abc ${started}\n`)
      await expect(withLock(path, () => 'never', { timeout: 20 })).rejects.toThrow('is changing')
    },
  )

  it('a lock of another host is not taken over while it may be in use', async () => {
    const path = join(temporaryFolder(), 'f')
    writeFileSync(`${path}.lock`, '1 elsewhere.example abc 1\n')
    utimesSync(`${path}.lock`, 0, 0)
    const waiting = withLock(path, () => 'never', { timeout: 20, staleAfter: Number.POSITIVE_INFINITY })
    await expect(waiting).rejects.toThrow('Process 1 on elsewhere.example is changing')
  })

  it('a lock without content and a lock that is too old are taken over', async () => {
    const path = join(temporaryFolder(), 'f')
    for (const [text, age] of [
      ['', 5],
      [`${process.pid} elsewhere abc\n`, 120],
    ] as const) {
      writeFileSync(`${path}.lock`, text)
      const then = Date.now() / 1000 - age
      utimesSync(`${path}.lock`, then, then)
      expect(await withLock(path, async () => age)).toBe(age)
    }
  })

  it('waiting for a lock ends with an error while its process lives', async () => {
    const path = join(temporaryFolder(), 'f')
    writeFileSync(`${path}.lock`, `${process.pid} ${hostname()} abc\n`)
    const attempt = withLock(path, async () => 'never', { timeout: 30 })
    await expect(attempt).rejects.toThrow(`Process ${process.pid} on ${hostname()} is changing ${path}.`)
    await expect(attempt).rejects.toMatchObject({ hint: expect.stringContaining(`${path}.lock`) })
    expect(existsSync(`${path}.lock`)).toBe(true)
  })
})

describe('a lock file that another user has placed', () => {
  const dead = `999999999 ${hostname()} abc\n`
  const future = Date.now() / 1000 + 86_400

  // Guarantee: files-whole
  it.each<readonly [string, (lock: string) => void]>([
    ['a folder', (lock) => mkdirSync(lock)],
    ['a link round in circles', (lock) => symlinkSync(lock, lock)],
    ['a link to an endless device', (lock) => symlinkSync('/dev/zero', lock)],
    ['a FIFO', (lock) => void execFileSync('mkfifo', [lock])],
    ['a file of megabytes', (lock) => writeFileSync(lock, 'x'.repeat(5_000_000))],
    [
      'of tomorrow',
      (lock) => {
        writeFileSync(lock, `${process.pid} ${hostname()} abc\n`)
        utimesSync(lock, future, future)
      },
    ],
  ])('%s ends with an error that names the command to run', async (_, plant) => {
    const path = join(temporaryFolder(), 'f')
    plant(`${path}.lock`)
    const attempt = withLock(path, async () => 'never', { timeout: 200 })
    await expect(attempt).rejects.toMatchObject({
      code: 'config',
      hint: expect.stringMatching(/: rm -rf \S+\.lock$/),
    })
    execFileSync('sh', ['-c', ((await attempt.catch((error) => error.hint)) as string).split(': ')[1] ?? ''])
    expect(await withLock(path, async () => 'done', { timeout: 200 })).toBe('done')
  })

  it('a lock is taken over at once where the process that was taking it over has died, too', async () => {
    const path = join(temporaryFolder(), 'f')
    writeFileSync(`${path}.lock`, dead)
    writeFileSync(`${path}.lock.lock`, dead)
    expect(await withLock(path, async () => 'done', { timeout: 500 })).toBe('done')
  })
})

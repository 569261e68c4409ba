import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../src/config/index.js'

const request = { time: 1, command: 'compute create', method: 'POST', url: 'http://h/compute/' }

describe('the journal', () => {
  it('the journal pairs the start and the end of each request, also of several at once', async () => {
    const journal = openJournal(mkdtempSync(join(tmpdir(), 'occi-journal-')))
    const ends = [1, 2, 3].map((time) => journal.begin({ ...request, time }))
    ends[2]?.({ outcome: 'done', status: 201, milliseconds: 5 })
    ends[0]?.({ outcome: 'refused', status: 409, milliseconds: 5 })
    const entries = new Map((await journal.read()).map((entry) => [entry.time, entry.outcome]))
    expect(Object.fromEntries(entries)).toEqual({ 1: 'refused', 2: 'unknown', 3: 'done' })
  })

  it('the journal writes a start at once, and an end with the next start or in the next turn', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-journal-'))
    const journal = openJournal(folder)
    const seen = async () => (await openJournal(folder).read()).map(({ outcome }) => outcome)
    const end = journal.begin(request)
    expect(await seen()).toEqual(['unknown'])
    end({ outcome: 'done', milliseconds: 1 })
    const next = journal.begin(request)
    expect(await seen()).toEqual(['done', 'unknown'])
    next({ outcome: 'refused', milliseconds: 1 })
    await new Promise((turn) => setTimeout(turn, 5))
    expect(await seen()).toEqual(['done', 'refused'])
  })

  it('the journal is rotated into two files of a limited size, readable only by the owner', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-journal-'))
    const journal = openJournal(folder, 2000)
    for (let time = 0; time < 100; time++) {
      const end = journal.begin({ ...request, time })
      end({ outcome: 'done', milliseconds: 1 })
    }
    expect(readdirSync(folder).sort()).toEqual(['history.1.jsonl', 'history.jsonl'])
    for (const name of readdirSync(folder)) {
      const { size, mode } = statSync(join(folder, name))
      expect([size < 2300, mode & 0o777]).toEqual([true, 0o600])
    }
    expect((await journal.read()).at(-1)?.time).toBe(99)
  })

  // Guarantee: journal-first
  it.each([
    ['a FIFO that nobody reads', (file: string) => execFileSync('mkfifo', [file])],
    ['a folder', (file: string) => mkdirSync(file)],
    ['a link to a disk that is full', (file: string) => symlinkSync('/dev/full', file)],
    ['a link round in circles', (file: string) => symlinkSync(file, file)],
  ])('a journal that is %s stops nothing, and is not reported as empty', async (_, spoil) => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-journal-'))
    spoil(join(folder, 'history.jsonl'))
    const journal = openJournal(folder)
    journal.begin(request)({ outcome: 'done', milliseconds: 1 })
    journal.flush()
    await expect(journal.read()).rejects.toThrow(/Cannot read .*history\.jsonl/)
  })

  // Guarantee: journal-first
  it('the journal writes neither through a link in its place nor into a pipe', () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-journal-'))
    const victim = join(folder, 'victim')
    writeFileSync(victim, 'mine\n')
    symlinkSync(victim, join(folder, 'history.jsonl'))
    openJournal(folder).begin(request)({ outcome: 'done', milliseconds: 1 })
    expect(readFileSync(victim, 'utf8')).toBe('mine\n')
    const other = mkdtempSync(join(tmpdir(), 'occi-journal-'))
    const pipe = join(other, 'history.jsonl')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      openJournal(other).begin(request)({ outcome: 'done', milliseconds: 1 })
      expect(readSync(reader, Buffer.alloc(100))).toBe(0)
    } finally {
      closeSync(reader)
    }
  })

  it('a journal in a folder that cannot be created is not an error', async () => {
    const journal = openJournal('/dev/null/nowhere')
    journal.begin(request)({ outcome: 'done', milliseconds: 1 })
    expect(await journal.read()).toEqual([])
  })
})

describe('waits', () => {
  it('waits are recorded by command, and their median is the usual duration', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-test-'))
    const journal = openJournal(folder)
    expect(await journal.usualWait('compute create')).toBeUndefined()
    for (const milliseconds of [9000, 20_000, 11_000]) journal.noteWait('compute create', milliseconds)
    journal.noteWait('compute stop', 1000)
    expect(await journal.usualWait('compute create')).toBe(11_000)
    expect(await journal.read()).toEqual([])
  })
})

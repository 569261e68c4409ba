import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProgress, formatElapsed } from '../../src/cli/progress.js'
import { memoryStreams } from './memory-streams.js'

describe('in a pipe', () => {
  it('shows nothing but notes', async () => {
    const streams = memoryStreams({ progress: 'none' })
    const progress = createProgress(streams)
    progress.show('Waiting for web', 'waiting')
    progress.count('Deleting', 1, 3)
    await progress.note('web exists already.')
    await progress.stop()
    expect(streams.errors()).toBe('web exists already.\n')
  })
})

describe('in CI', () => {
  it('prints a line per phase, and one each ten seconds while it lasts', async () => {
    let time = 0
    const streams = memoryStreams({ progress: 'lines' })
    const progress = createProgress(streams, { now: () => time })
    for (; time <= 21_000; time += 1000)
      progress.show('Waiting for web', time < 15_000 ? 'waiting' : 'starting')
    progress.count('Deleting', 1, 3)
    progress.count('Deleting', 2, 3)
    await progress.stop()
    expect(streams.errors().trim().split('\n')).toEqual([
      'Waiting for web: waiting',
      'Waiting for web: waiting (10 s)',
      'Waiting for web: starting (20 s)',
      'Deleting: 1/3',
    ])
  })

  it('escapes what a provider calls its states', async () => {
    const streams = memoryStreams({ progress: 'lines' })
    const progress = createProgress(streams)
    progress.show('Waiting', '\x1b[2Jgone')
    await progress.stop()
    expect(streams.errors()).toBe('Waiting: \\x1b[2Jgone\n')
  })

  it('goes on when stderr is closed', async () => {
    const streams = memoryStreams({ progress: 'lines' })
    const broken = { ...streams, err: { ...streams.err, write: () => Promise.reject(new Error('EPIPE')) } }
    const progress = createProgress(broken)
    progress.show('Waiting')
    await expect(progress.stop()).resolves.toBeUndefined()
  })
})

describe('on a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('shows nothing for quick work', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    const progress = createProgress(streams)
    progress.show('Creating web')
    await vi.advanceTimersByTimeAsync(100)
    await progress.stop()
    await vi.advanceTimersByTimeAsync(1000)
    expect(streams.errors()).toBe('')
  })

  it('animates on stderr, with the time that has passed, and leaves nothing behind', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    const progress = createProgress(streams)
    progress.show('Waiting for web', 'waiting')
    await vi.advanceTimersByTimeAsync(300)
    await vi.dynamicImportSettled()
    await vi.advanceTimersByTimeAsync(3000)
    expect(streams.errors()).toContain('Waiting for web: waiting')
    expect(streams.errors()).toContain('(3 s)')
    await progress.stop()
    const after = streams.errors()
    await vi.advanceTimersByTimeAsync(3000)
    expect(streams.errors()).toBe(after)
    expect(streams.text()).toBe('')
  })
})

describe('elapsed time', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [65_000, '1 min 05 s'],
    [7_380_000, '2 h 03 min'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatElapsed(milliseconds)).toBe(text)
  })
})

describe('a terminal without a width', () => {
  it('gets lines: an animation could not be taken away', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    Object.assign(streams.errStream, { columns: 0 })
    const progress = createProgress(streams)
    progress.show('Waiting for web', 'waiting')
    await progress.stop()
    expect(streams.errors()).toBe('Waiting for web: waiting\n')
  })
})

describe('many at once', () => {
  it('shows how many are done, not what each of them waits for', async () => {
    const streams = memoryStreams({ progress: 'lines' })
    const progress = createProgress(streams)
    progress.count('Stopping', 0, 2)
    progress.show('Waiting for a to be inactive', 'active')
    progress.show('Waiting for b to be inactive', 'active')
    progress.count('Stopping', 2, 2)
    progress.show('Reading')
    await progress.stop()
    expect(streams.errors()).toBe('Stopping: 0/2\nReading\n')
  })
})

describe('after a question', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('the animation comes back', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    const progress = createProgress(streams)
    progress.show('Looking')
    await progress.stop()
    progress.show('Deleting web')
    await vi.advanceTimersByTimeAsync(300)
    await vi.dynamicImportSettled()
    await vi.advanceTimersByTimeAsync(300)
    expect(streams.errors()).toContain('Deleting web')
    expect(streams.errors()).not.toContain('Looking')
    await progress.stop()
  })
})

describe('an answer that is awaited', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const settled = async (milliseconds: number) => {
    await vi.advanceTimersByTimeAsync(milliseconds)
    await vi.dynamicImportSettled()
    await vi.advanceTimersByTimeAsync(100)
  }

  it('is shown on a terminal after a moment, and leaves nothing behind', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    const progress = createProgress(streams)
    const quick = progress.awaiting('Asking a for /')
    await vi.advanceTimersByTimeAsync(200)
    quick()
    await settled(300)
    expect(streams.errors()).toBe('')
    const slow = progress.awaiting('Asking a for /compute/')
    const slower = progress.awaiting('Asking b for /compute/')
    await settled(300)
    expect(streams.errors()).toContain('Asking a for /compute/ and 1 more')
    slow()
    slower()
    const after = streams.errors()
    await settled(3000)
    expect(streams.errors()).toBe(after)
  })

  it('gives way to a phase of the command', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    const progress = createProgress(streams)
    progress.show('Creating web')
    const done = progress.awaiting('Sending POST /compute/ to a')
    await settled(300)
    done()
    await settled(300)
    expect(streams.errors()).toContain('Creating web')
    expect(streams.errors()).not.toContain('Sending')
    await progress.stop()
  })

  it('is a line every ten seconds in CI', async () => {
    let time = 0
    const streams = memoryStreams({ progress: 'lines' })
    const progress = createProgress(streams, { now: () => time })
    const done = progress.awaiting('Asking a for /compute/')
    for (time = 1000; time <= 25_000; time += 1000) await vi.advanceTimersByTimeAsync(1000)
    done()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(streams.errors()).toBe('Asking a for /compute/ (10 s)\nAsking a for /compute/ (20 s)\n')
  })
})

describe('a count', () => {
  it('says how long the rest will take, by what was done', async () => {
    let time = 0
    const streams = memoryStreams({ progress: 'lines' })
    const progress = createProgress(streams, { now: () => time })
    for (let done = 0; done <= 10; done += 1, time += 12_000) progress.count('Creating', done, 100)
    await progress.stop()
    expect(streams.errors()).toContain('Creating: 5/100, about 19 min 00 s left')
  })
})

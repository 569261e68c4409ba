import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProgress } from '../../src/cli/progress.js'
import { memoryStreams } from './memory-streams.js'

describe('in a pipe', () => {
  it('progress in a pipe shows only notes', async () => {
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
  it('progress in CI prints a line per phase, and one every ten seconds', async () => {
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

  it('progress in CI escapes the names that a provider gives its states', async () => {
    const streams = memoryStreams({ progress: 'lines' })
    const progress = createProgress(streams)
    progress.show('Waiting', '\x1b[2Jgone')
    await progress.stop()
    expect(streams.errors()).toBe('Waiting: \\x1b[2Jgone\n')
  })

  it('progress in CI continues when stderr is closed', async () => {
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

  it('progress on a terminal shows nothing for quick work', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    const progress = createProgress(streams)
    progress.show('Creating web')
    await vi.advanceTimersByTimeAsync(100)
    await progress.stop()
    await vi.advanceTimersByTimeAsync(1000)
    expect(streams.errors()).toBe('')
  })

  it('progress on a terminal animates on stderr with the elapsed time, and is erased at the end', async () => {
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

describe('a terminal without a width', () => {
  it('progress on a terminal without a width is lines, because an animation could not be erased', async () => {
    const streams = memoryStreams({ progress: 'spinner', terminal: true })
    Object.assign(streams.errStream, { columns: 0 })
    const progress = createProgress(streams)
    progress.show('Waiting for web', 'waiting')
    await progress.stop()
    expect(streams.errors()).toBe('Waiting for web: waiting\n')
  })
})

describe('many at once', () => {
  it('progress of many operations shows how many are done', async () => {
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

  it('the animation resumes after a question', async () => {
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

  it('a pending answer is shown on a terminal after a moment, and erased at the end', async () => {
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

  it('a phase of the command replaces the display of a pending answer', async () => {
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

  it('a pending answer in CI is a line every ten seconds', async () => {
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
  it('a count shows the estimated remaining time', async () => {
    let time = 0
    const streams = memoryStreams({ progress: 'lines' })
    const progress = createProgress(streams, { now: () => time })
    for (let done = 0; done <= 10; done += 1, time += 12_000) progress.count('Creating', done, 100)
    await progress.stop()
    expect(streams.errors()).toContain('Creating: 5/100, about 19 min 00 s left')
  })
})

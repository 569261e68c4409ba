import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type ProcessLike, processStreams, type StreamPreferences } from '../../src/cli/streams.js'

const tty = { isTTY: true }

function fake(stream: object, more: object = {}): NodeJS.WriteStream {
  return Object.assign(stream, more) as unknown as NodeJS.WriteStream
}

function streamsOf(
  process: Partial<Record<'stdin' | 'stdout' | 'stderr', object>> & { env?: ProcessLike['env'] } = {},
  preferences: StreamPreferences = {},
) {
  return processStreams(
    {
      stdin: fake(process.stdin ?? new PassThrough()) as unknown as NodeJS.ReadStream,
      stdout: fake(process.stdout ?? new PassThrough()),
      stderr: fake(process.stderr ?? new PassThrough()),
      env: process.env ?? {},
    },
    preferences,
  )
}

const terminal = () => fake(new PassThrough(), { isTTY: true, columns: 100 })

describe('colour', () => {
  it.each([
    ['a terminal', tty, {}, undefined, true],
    ['a pipe', {}, {}, undefined, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, undefined, false],
    ['an empty NO_COLOR', tty, { NO_COLOR: '' }, undefined, true],
    ['TERM=dumb', tty, { TERM: 'dumb' }, undefined, false],
    ['FORCE_COLOR in a pipe', {}, { FORCE_COLOR: '1' }, undefined, true],
    ['FORCE_COLOR=0 on a terminal', tty, { FORCE_COLOR: '0' }, undefined, false],
    ['NO_COLOR and FORCE_COLOR', tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, false],
    ['CLICOLOR=0', tty, { CLICOLOR: '0' }, undefined, false],
    ['CLICOLOR_FORCE in a pipe', {}, { CLICOLOR_FORCE: '1' }, undefined, true],
    ['CI without a terminal', {}, { CI: 'true' }, undefined, false],
    ['--color=always in a pipe, against NO_COLOR', {}, { NO_COLOR: '1' }, 'always', true],
    ['--color=never on a terminal, against FORCE_COLOR', tty, { FORCE_COLOR: '1' }, 'never', false],
  ] as const)('colour is decided for %s', (_, stream, env, color, expected) => {
    const stdout = fake(new PassThrough(), stream)
    expect(streamsOf({ stdout, env }, color === undefined ? {} : { color }).out.color).toBe(expected)
  })
})

describe('prompts and progress', () => {
  const both = () => ({ stdin: { isTTY: true }, stderr: terminal() })

  it('prompts and progress are on when all streams are terminals', () => {
    expect(streamsOf(both())).toMatchObject({ interactive: true, progress: 'spinner', stdinTerminal: true })
  })

  it('in CI there are no prompts, and progress is lines', () => {
    expect(streamsOf({ ...both(), env: { CI: 'true' } })).toMatchObject({
      interactive: false,
      progress: 'lines',
    })
    expect(streamsOf({ env: { CI: '1' } })).toMatchObject({ interactive: false, progress: 'lines' })
    expect(streamsOf({ ...both(), env: { CI: 'false' } })).toMatchObject({ interactive: true })
  })

  it('prompts and progress are off in a pipe, and when the user turns them off', () => {
    expect(streamsOf()).toMatchObject({ interactive: false, progress: 'none' })
    expect(streamsOf(both(), { input: 'never', progress: 'never' })).toMatchObject({
      interactive: false,
      progress: 'none',
    })
    expect(streamsOf({ ...both(), env: { CI: '1' } }, { progress: 'never' }).progress).toBe('none')
  })

  it('progress does not animate on a terminal without a size, which would never end', () => {
    const stderr = fake(terminal(), { columns: 0 })
    expect(streamsOf({ stdin: { isTTY: true }, stderr }).progress).toBe('lines')
  })

  it('progress does not animate on a dumb terminal', () => {
    expect(streamsOf({ ...both(), env: { TERM: 'dumb' } })).toMatchObject({
      interactive: false,
      progress: 'lines',
    })
  })
})

describe('width', () => {
  it('the width is that of the terminal at the moment', () => {
    const stdout = terminal()
    const { out } = streamsOf({ stdout })
    expect(out.width).toBe(100)
    Object.assign(stdout, { columns: 60 })
    expect(out.width).toBe(60)
  })

  it('the width falls back to COLUMNS, then 80, and is unknown in a pipe', () => {
    const bare = () => fake(new PassThrough(), tty)
    expect(streamsOf({ stdout: bare(), env: { COLUMNS: '132' } }).out.width).toBe(132)
    expect(streamsOf({ stdout: bare() }).out.width).toBe(80)
    expect(streamsOf({ env: { COLUMNS: '132' } }).out.width).toBeUndefined()
  })
})

describe('writing', () => {
  it('write resolves when the text is taken', async () => {
    const taken: string[] = []
    const slow = new Writable({
      write(chunk, _, done) {
        setTimeout(() => {
          taken.push(String(chunk))
          done()
        }, 5)
      },
    })
    await streamsOf({ stdout: slow }).out.write('hello')
    expect(taken).toEqual(['hello'])
  })

  it('write rejects with the error of a closed pipe, which does not end the process', async () => {
    const broken = new Writable({
      write(_, __, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const { out } = streamsOf({ stdout: broken })
    await expect(out.write('x')).rejects.toMatchObject({ code: 'EPIPE' })
    await expect(out.write('y')).rejects.toThrow()
  })

  it('write writes whole texts to a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-streams-'))
    const path = join(folder, 'out')
    const fd = openSync(path, 'a')
    const { out } = streamsOf({ stdout: fake(new Writable(), { fd }) })
    const text = 'é'.repeat(100_000)
    await out.write(text)
    await out.write('end')
    closeSync(fd)
    expect(readFileSync(path, 'utf8')).toBe(`${text}end`)
    rmSync(folder, { recursive: true })
  })

  it('write rejects when the file was closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-streams-'))
    const fd = openSync(join(folder, 'out'), 'a')
    const { out } = streamsOf({ stdout: fake(new Writable(), { fd }) })
    closeSync(fd)
    await expect(out.write('x')).rejects.toMatchObject({ code: 'EBADF' })
    rmSync(folder, { recursive: true })
  })
})

describe('standard input', () => {
  const purpose = { name: 'a note', limit: 10 }
  const patience = { idle: 5000, total: 5000 }

  it('standard input is read to its end', async () => {
    const stdin = new PassThrough()
    stdin.end(Buffer.from([0xff, 0x00, 0x61]))
    expect([...(await streamsOf({ stdin }).readStdin(purpose, patience))]).toEqual([0xff, 0x00, 0x61])
  })

  it('a closed standard input is empty', async () => {
    const stdin = new PassThrough()
    stdin.end()
    expect(await streamsOf({ stdin }).readStdin(purpose, patience)).toHaveLength(0)
  })
})

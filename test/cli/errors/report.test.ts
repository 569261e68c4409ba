import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../src/cli/errors/exit-codes.js'
import { reportError } from '../../../src/cli/errors/report.js'
import {
  AmbiguousError,
  ConflictError,
  NotFoundError,
  PartialError,
  SitesError,
  UsageError,
} from '../../../src/errors/errors.js'

const words = { json: false, debug: false }
const http = {
  method: 'POST',
  url: 'http://h/compute/1',
  status: 409,
  reason: 'Conflict',
  requestId: 'req-7',
}

describe('errors in words', () => {
  it('an error message says what was wrong, then what was exchanged, and last what to do', () => {
    const error = new ConflictError('web cannot be stopped', {
      hint: 'Start it first.',
      http: { ...http, serverMessage: 'is inactive' },
    })
    expect(reportError(error, words)).toEqual({
      exit: 7,
      text: [
        'occi: web cannot be stopped',
        '  The server says: is inactive',
        '  POST http://h/compute/1 answered 409 Conflict, request id req-7',
        '  Start it first.',
        '',
      ].join('\n'),
    })
  })

  it('control characters of a server are escaped in an error message', () => {
    const { text } = reportError(new UsageError('bad \u001b[2J\u0007 thing'), words)
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('\u0007')
  })

  it('an error message lists each failure of several operations', () => {
    const error = new PartialError('1 of 2 failed', [
      { target: 'a', error: new NotFoundError('there is no "a"', { hint: 'Look.' }) },
    ])
    const { exit, text } = reportError(error, words)
    expect(exit).toBe(8)
    expect(text).toContain('  a: there is no "a" (Look.)')
  })

  it('the message of an ambiguous name lists the candidates', () => {
    const candidates = [{ title: 'web', location: 'http://h/compute/1' }]
    const { exit, text } = reportError(new AmbiguousError('"web" fits 2', { facts: { candidates } }), words)
    expect(exit).toBe(6)
    expect(text).toContain('    web  http://h/compute/1')
  })

  it('on a coloured terminal, the message of each site begins with a red error:', () => {
    const failures = ['one', 'two'].map((site) => ({ site, error: new NotFoundError('gone') }))
    const paint = (_: string, text: string) => `<${text}>`
    const { text } = reportError(new SitesError('2 failed', failures), {
      ...words,
      terminal: { paint, width: 80 },
    })
    expect(text).toBe('<error:> one: gone\n<error:> two: gone\n')
  })

  it('a stack trace is shown only on request', () => {
    const fault = new TypeError('x is not a function')
    const told = reportError(fault, { ...words, saveDetails: () => '/state/crash.txt' })
    expect(told.exit).toBe(1)
    expect(told.text).not.toMatch(/\n\s+at /)
    expect(told.text).toContain('/state/crash.txt')
    expect(reportError(fault, { json: false, debug: true }).text).toMatch(/\n\s+at /)
  })
})

describe('errors as JSON', () => {
  it('an error as JSON is one object on one line', () => {
    const error = new ConflictError('no', { hint: 'Wait.', http, at: '--wait' })
    const { text } = reportError(error, { json: true, debug: false })
    expect(text.endsWith('\n')).toBe(true)
    expect(JSON.parse(text)).toEqual({
      error: { code: 'conflict', exit: 7, message: 'no', hint: 'Wait.', at: '--wait', http },
    })
  })

  it('an error as JSON escapes control characters and invisible characters everywhere', () => {
    const harm = 'a\u009b31m\u202e\u{e0041}\u200d\u0085'
    const http = { method: 'GET', url: harm, reason: harm }
    for (const error of [
      new NotFoundError(harm, { hint: harm, facts: { [harm]: harm }, http }),
      new Error(harm),
    ]) {
      const { text } = reportError(error, { json: true, debug: false })
      expect(text).toMatch(/^[\x20-\x7e]*\n$/)
      expect(JSON.parse(text).error.message).toBe(harm)
    }
  })

  it('an error as JSON contains each failure of several operations', () => {
    const error = new PartialError('1 of 2 failed', [{ target: 'a', error: new NotFoundError('gone') }])
    expect(JSON.parse(reportError(error, { json: true, debug: false }).text)).toMatchObject({
      error: { exit: 8, errors: [{ target: 'a', code: 'not-found', exit: 6 }] },
    })
  })
})

describe('exit statuses', () => {
  it('exit statuses follow the documented table', () => {
    expect(exitCodes).toMatchObject({
      usage: 2,
      validation: 2,
      cancelled: 3,
      auth: 4,
      forbidden: 5,
      'not-found': 6,
      ambiguous: 6,
      conflict: 7,
      partial: 8,
      timeout: 9,
      network: 10,
      server: 11,
      protocol: 11,
      'outcome-unknown': 11,
      'wait-failed': 12,
    })
  })

  it('a closed pipe ends the program without an error', () => {
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' })
    expect(reportError(gone, words)).toEqual({ exit: 0, text: '' })
  })

  it('a full disk is an error', () => {
    const full = Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', syscall: 'write' })
    expect(reportError(full, words)).toEqual({
      exit: 1,
      text: 'occi: The output could not be written: no space left on the device\n',
    })
  })
  it.each([
    ['write', 'The output could not be written: input/output error'],
    ['read', 'Input/output error (read)'],
  ])('an input/output error of %s is reported as what it is', (syscall, message) => {
    const broken = Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall })
    expect(reportError(broken, words)).toEqual({ exit: 1, text: `occi: ${message}\n` })
  })
})

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedProcess, serve } from '../support/serve.js'

/** The built program in surroundings that are not a friendly terminal. */
const occi = join(resolve(import.meta.dirname, '../..'), 'bin/occi')
let home: string
let served: ServedProcess

/** A shell line in which `occi` is the program. */
function sh(line: string, env: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `occi() { "${occi}" "$@"; }\n${line}`], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      LANG: 'C.UTF-8',
      OCCI_ENDPOINT: served.endpoint,
      ...env,
    },
    encoding: 'utf8',
    input: '',
    timeout: 30_000,
  })
  return { out: stdout, err: stderr, status }
}

/** The same with a terminal at both outputs; both arrive mixed, as a person sees them. */
function terminal(line: string, env: Readonly<Record<string, string>> = {}): string {
  const command = `stty cols 80; occi() { "${occi}" "$@"; }; ${line}`
  const { stdout } = spawnSync('script', ['-qec', `bash -c '${command}'`, '/dev/null'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      OCCI_ENDPOINT: served.endpoint,
      ...env,
    },
    encoding: 'utf8',
    timeout: 30_000,
  })
  return stdout
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'occi-behaviour-'))
  served = await serve(occi, { PATH: process.env['PATH'] ?? '', HOME: home }, [])
  expect(sh('occi compute create web --os debian-12 --size small --count 60 --wait -o json').status).toBe(0)
}, 60_000)

afterAll(async () => {
  await served?.stop()
  rmSync(home, { recursive: true, force: true })
})

const sequence = '\u001b['

describe('colour', () => {
  it('colour is on on a terminal', () => {
    expect(terminal('occi compute describe web-1')).toContain(sequence)
  })

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, ''],
    ['TERM=dumb', { TERM: 'dumb' }, ''],
    ['--no-color', {}, ' --no-color'],
    ['--color=never', {}, ' --color=never'],
  ] as const)('colour is off with %s', (_, env, option) => {
    expect(terminal(`occi compute describe web-1${option}`, env)).not.toContain(sequence)
  })

  it('colour is off in a pipe unless it is asked for', () => {
    expect(sh('occi compute describe web-1 -o table').out).not.toContain(sequence)
    expect(sh('occi compute describe web-1 -o table --color=always').out).toContain(sequence)
  })
})

describe('progress', () => {
  const wait = 'occi compute wait web-1 --for suspended --timeout 1s'

  it('progress is animated on a terminal', () => {
    expect(terminal(wait)).toContain('Waiting for web-1 to be suspended')
    expect(terminal(wait)).toContain(`${sequence}?25l`)
  })

  it.each([
    ['CI=true', { CI: 'true' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ] as const)('progress is plain lines with %s', (_, env) => {
    const shown = terminal(wait, env)
    expect(shown).toContain('Waiting for web-1 to be suspended\r\n')
    expect(shown).not.toContain(`${sequence}?25l`)
  })

  it('progress is plain lines when the terminal has no width', () => {
    expect(terminal(`stty cols 0; ${wait}`)).toContain('Waiting for web-1 to be suspended\r\n')
  })

  it('progress shows nothing in a pipe, and nothing with --quiet', () => {
    expect(sh(wait).err).toMatch(/^occi: web-1 was not suspended/)
    expect(terminal(`${wait} --quiet`)).not.toContain('Waiting')
  })
})

describe('streams', () => {
  it('a closed standard input counts as empty', () => {
    expect(sh('occi compute describe web-1 -o name <&-').status).toBe(0)
    expect(sh('occi compute delete - --yes -o json <&-')).toMatchObject({ status: 0, out: '[]\n' })
  })

  it('no question is asked when nobody can answer', () => {
    const { status, err } = sh('occi compute delete web-1 <&-')
    expect([status, err.includes('--yes')]).toEqual([2, true])
  })

  // Guarantee: output-complete
  it('a full disk is an error', () => {
    const { status, err } = sh('occi compute list > /dev/full')
    expect([status, err]).toEqual([1, 'occi: The output could not be written: no space left on the device\n'])
  })

  it('the created entity is named in the error when it could not be printed', () => {
    const { status, err } = sh('occi compute create lost --os debian-12 > /dev/full')
    expect(status).toBe(1)
    expect(err).toMatch(
      /no space left[^\n]*\nocci: not printed; it exists already: http\S+\n {2}To remove: occi compute delete http/,
    )
    expect(sh('occi compute delete lost --yes').status).toBe(0)
  })

  it('a closed pipe ends a long list without a message', () => {
    const { out, err, status } = sh('set -o pipefail; occi compute list -o json | head -1')
    expect([out, err, status]).toEqual(['[\n', '', 0])
    const names = sh('for i in 1 2 3 4 5; do occi compute list -o name; done | head -1')
    expect([names.out.split('\n').length, names.err]).toEqual([2, ''])
  })

  it('a closed standard output or standard error does not block the command', () => {
    expect([0, 1]).toContain(sh('occi compute list >&-').status)
    expect(sh('occi compute list -o json 2>&-').status).toBe(0)
    expect(sh('occi compute describe nothing 2>&-').status).toBe(6)
  })

  it('Ctrl-C ends a wait with 130 and no stack trace', () => {
    const { status, err } = sh(
      `"${occi}" wait web-1 --for suspended & pid=$!; sleep 1.5; kill -INT $pid; wait $pid; exit $?`,
    )
    expect([status, err]).toEqual([130, ''])
  })
})

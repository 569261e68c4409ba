import { beforeEach, describe, expect, it } from 'vitest'
import { type Machine, machine } from '../support/harness.js'

let sandbox: Machine

beforeEach(async () => {
  sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
})

/** Runs a watch. Between two polls one of the other commands runs; after the last one, Ctrl-C is simulated. */
async function watch(words: string, commands: readonly string[], more = {}) {
  const stop = new AbortController()
  const left = [...commands]
  const onSleep = async () => {
    const next = left.shift()
    if (next === undefined) stop.abort(130)
    else await sandbox.occi(next)
  }
  return sandbox.occi(words, { signal: stop.signal, onSleep, ...more })
}

const create = 'compute create web --os debian-12 --size small --wait'

describe('--watch', () => {
  it('--watch prints a stream of events in a pipe and ends by Ctrl-C with 130', async () => {
    const { status, out, err } = await watch('compute list --watch -o jsonl', [
      create,
      'compute stop web --wait',
      'compute stop web',
      'compute delete web --yes',
    ])
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.map(({ event, record }) => [event, record.name, record.state])).toEqual([
      ['added', 'web', 'active'],
      ['changed', 'web', 'inactive'],
      ['removed', 'web', 'inactive'],
    ])
    expect([status, err]).toEqual([130, ''])
  })

  it('--watch redraws the table in place on a terminal and shows that Ctrl-C to stop it', async () => {
    await sandbox.occi(create)
    const { status, out } = await watch('compute list --watch=5s', ['compute stop web --wait'], {
      terminal: true,
    })
    expect(status).toBe(130)
    expect(out).toContain('every 5 s, Ctrl-C to stop')
    expect(out.indexOf('active')).toBeLessThan(out.indexOf('inactive'))
    expect(out).toContain('\u001b[3A')
    expect(out).not.toContain('\u001b[?25l')
  })

  it('--watch ends with status 0 when the watched entity is deleted', async () => {
    await sandbox.occi(create)
    const { status, out } = await watch('compute describe web --watch -o jsonl', ['compute delete web --yes'])
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event)
    expect([status, events]).toEqual([0, ['added', 'removed']])
  })

  it('--watch continues until all watched entities are deleted', async () => {
    await sandbox.occi(`${create} --count 2`)
    const { status, out } = await watch('compute describe web-1 web-2 --watch -o jsonl', [
      'compute delete web-1 --yes',
      'compute stop web-2 --wait',
    ])
    expect([
      status,
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ]).toEqual([130, ['added', 'added', 'removed', 'changed']])
  })

  it('--watch reads names from standard input once', async () => {
    await sandbox.occi(create)
    const { status, out } = await watch('compute describe - --watch -o jsonl', ['compute stop web --wait'], {
      stdin: 'web\n',
    })
    expect([status, out.trim().split('\n')]).toEqual([130, [expect.any(String), expect.any(String)]])
  })

  it('--watch reports entities that start or stop matching --where as added and removed', async () => {
    await sandbox.occi(create)
    const { out } = await watch('compute list --where state=inactive --watch -o jsonl', [
      'compute stop web --wait',
      'compute start web --wait',
    ])
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ).toEqual(['added', 'removed'])
  })

  it.each([
    ['compute list --watch=0', '--watch'],
    ['compute list --watch=often', '--watch'],
    ['compute list --watch --sort name', '--sort'],
    ['compute list --watch --query [].name -o jsonl', '--query'],
    ['compute describe nothing --watch', 'nothing'],
  ])('occi %s fails before the first request', async (words, expected) => {
    const { status, out, err } = await watch(words, [])
    expect([status > 0 && status < 10, out, err.includes(expected)]).toEqual([true, '', true])
  })
})

import { describe, expect, it } from 'vitest'
import { type Output, type OutputOptions, watchOutput } from '../../../src/cli/output/index.js'
import { AuthError, NetworkError, NotFoundError } from '../../../src/errors/errors.js'
import { type MemoryOptions, memoryStreams } from '../memory-streams.js'

interface Row {
  readonly id: string
  readonly state: string
}

/** Looks one after the other; an Error is thrown; after the last one Ctrl-C is pressed. */
async function watch(
  looks: readonly (readonly Row[] | Error)[],
  options: OutputOptions = {},
  place: MemoryOptions = {},
  shape: Output['shape'] = 'list',
) {
  const streams = memoryStreams(place)
  const stop = new AbortController()
  let look = 0
  let time = Date.UTC(2026, 0, 1)
  const load = async (): Promise<Output> => {
    const rows = looks[look++] ?? []
    if (rows instanceof Error) throw rows
    return {
      shape,
      columns: [
        { key: 'id', heading: 'ID', value: 'id' },
        { key: 'state', heading: 'STATE', value: 'state' },
      ],
      records: rows.map((row) => ({ id: row.id, data: { ...row } })),
      empty: 'Nothing here.',
    }
  }
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds
      if (look >= looks.length) {
        stop.abort()
        throw new Error('aborted')
      }
    },
  }
  await watchOutput(load, options, streams, { clock, signal: stop.signal, interval: 5000 })
  return { ...streams, looks: look }
}

const waiting: Row = { id: 'a', state: 'waiting' }
const active: Row = { id: 'a', state: 'active' }
const other: Row = { id: 'b', state: 'active' }

describe('in a pipe', () => {
  it('watch in a pipe prints only what was added, changed and removed', async () => {
    const { text } = await watch([[waiting], [waiting], [active, other], [other]])
    expect(text()).toBe('added\ta\twaiting\nchanged\ta\tactive\nadded\tb\tactive\nremoved\ta\tactive\n')
  })

  it('watch with -o jsonl prints an event stream, on a terminal too', async () => {
    for (const terminal of [false, true]) {
      const { text } = await watch([[waiting], []], { format: 'jsonl' }, { terminal })
      expect(
        text()
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([
        { event: 'added', time: '2026-01-01T00:00:00.000Z', record: waiting },
        { event: 'removed', time: '2026-01-01T00:00:05.000Z', record: waiting },
      ])
    }
  })

  it('watch of one entity ends when it is deleted', async () => {
    const result = await watch([[waiting], new NotFoundError('gone'), [other]], {}, {}, 'one')
    expect(result.text()).toBe('added\ta\twaiting\nremoved\ta\twaiting\n')
    expect(result.looks).toBe(2)
  })

  it('watch reports once that the provider does not answer, and continues', async () => {
    const down = new NetworkError('Connection refused')
    const { text, errors } = await watch([[waiting], down, down, [active]])
    expect(text()).toBe('added\ta\twaiting\nchanged\ta\tactive\n')
    expect(errors()).toBe('occi: Connection refused; still watching\n')
  })

  it('watch ends with permanent errors, and with any error of the first request', async () => {
    await expect(watch([[waiting], new AuthError('expired')])).rejects.toThrow('expired')
    await expect(watch([new NetworkError('refused')])).rejects.toThrow('refused')
  })
})

describe('on a terminal', () => {
  it('watch on a terminal redraws in place', async () => {
    const { writes } = await watch([[waiting], [active]], {}, { terminal: true, width: 60 })
    expect(writes).toEqual([
      'ID  STATE\x1b[K\na   waiting\x1b[K\n00:00:00 UTC, every 5 s, Ctrl-C to stop\x1b[K\n\x1b[J',
      '\x1b[3A\rID  STATE\x1b[K\na   active\x1b[K\n00:00:05 UTC, every 5 s, Ctrl-C to stop\x1b[K\n\x1b[J',
      '\n',
    ])
  })

  it('watch on a terminal reports an empty list and a provider that does not answer', async () => {
    const { writes } = await watch([[], new NetworkError('refused \x1b[2J')], {}, { terminal: true })
    expect(writes[0]).toContain('Nothing here.')
    expect(writes[1]).toContain('00:00:05 UTC, refused \\x1b[2J')
  })

  it('watch on a terminal leaves out rows that do not fit on the screen', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ id: String(n), state: 'active' }))
    const { writes } = await watch([rows], {}, { terminal: true, height: 10 })
    expect(writes[0]?.split('\n')).toHaveLength(10)
    expect(writes[0]).toContain('… and 14 more lines')
  })
})

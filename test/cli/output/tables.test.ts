import { describe, expect, it } from 'vitest'
import {
  type Column,
  displayWidth,
  type Output,
  type OutputOptions,
  printOutput,
} from '../../../src/cli/output/index.js'
import { runs } from '../../support/thorough.js'
import { type MemoryOptions, memoryStreams } from '../memory-streams.js'

const columns: readonly Column[] = [
  { key: 'id', heading: 'ID', value: 'id' },
  { key: 'name', heading: 'NAME', value: 'name', style: 'name' },
  { key: 'state', heading: 'STATE', value: 'state', style: 'state' },
  { key: 'summary', heading: 'SUMMARY', value: 'summary' },
]
const id = (n: number) => `3f2a9b0${n}-1c2d-4e5f-8a9b-0c1d2e3f4a5b`

async function table(
  data: readonly Record<string, unknown>[] | Output['records'],
  place: MemoryOptions = {},
  options: OutputOptions = {},
  shape: Output['shape'] = 'list',
): Promise<string> {
  const records = Array.isArray(data)
    ? (data as Record<string, unknown>[]).map((item) => ({ data: item }))
    : (data as Output['records'])
  const streams = memoryStreams({ terminal: true, ...place })
  await printOutput({ shape, columns, records }, { format: 'table', ...options }, streams)
  return streams.text()
}

describe('a list', () => {
  it('a list aligns wide characters', async () => {
    const text = await table([
      { id: 1, name: 'データ', state: 'active', summary: 'x' },
      { id: 2, name: '👨‍👩‍👧', state: 'active', summary: 'x' },
      { id: 3, name: 'web', state: 'active', summary: 'x' },
    ])
    const columnsOfX = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => displayWidth(line))
    expect(new Set(columnsOfX).size).toBe(1)
  })

  it('a list stays within the terminal, shortening prose before identifiers', async () => {
    const text = await table(
      [
        { id: id(1), name: 'web', state: 'active', summary: 'long '.repeat(40) },
        { id: id(2), name: 'db', state: 'inactive', summary: 'short' },
      ],
      { width: 80 },
    )
    const lines = text.trimEnd().split('\n')
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80)
    expect(text).toContain(id(1))
    expect(lines[1]).toMatch(/…$/)
    // All cells start in the column of their heading.
    expect(lines[1]?.indexOf('active')).toBe(lines[0]?.indexOf('STATE'))
    expect(lines[2]?.indexOf('inactive')).toBe(lines[0]?.indexOf('STATE'))
  })

  it('a list shortens ids, then long names, before an address', async () => {
    const ips = '203.0.113.10,10.0.0.10'
    const data = { id: id(1), name: 'a machine with a long name of its own', state: 'inactive', ips }
    const streams = memoryStreams({ terminal: true, width: 70 })
    await printOutput(
      {
        shape: 'list',
        columns: ['name', 'id', 'state', 'ips'].map((key) => ({
          key,
          heading: key.toUpperCase(),
          value: key,
        })),
        records: [{ data }],
      },
      { format: 'table' },
      streams,
    )
    const [, row = ''] = streams.text().split('\n')
    expect(displayWidth(row)).toBe(70)
    expect(row).toMatch(/^.{24}… {2}\S{8}… {2}inactive {2}203\.0\.113\.10,10\.0\.0\.10$/)
  })

  it('a list is not shortened with -o wide', async () => {
    const summary = 'long '.repeat(40).trim()
    expect(await table([{ id: 1, summary }], { width: 60 }, { format: 'wide' })).toContain(summary)
  })

  it('a list is not shortened in a pipe', async () => {
    const summary = 'long '.repeat(40).trim()
    expect(await table([{ id: 1, summary }], { terminal: false })).toContain(summary)
  })

  it('a list shows a mark for missing values', async () => {
    expect(await table([{ id: 1, name: null, state: '' }])).toBe(
      'ID  NAME  STATE  SUMMARY\n1   -     -      -\n',
    )
  })

  // Guarantee: text-not-obeyed
  it('a list shows escape sequences and line breaks of a provider as text in one row', async () => {
    const text = await table([{ id: 1, name: '\x1b[2J\nroot', state: 'active', summary: '' }])
    expect(text).toContain('\\x1b[2J\\nroot')
    expect(text.split('\n')).toHaveLength(3)
  })

  it('a list colours states only when colour is on', async () => {
    const rows = ['active', 'waiting', 'error', 'inactive', 'strange'].map((state) => ({ state }))
    const coloured = await table(rows, { color: true }, { columns: ['state'] })
    expect(coloured).toContain('\x1b[32mactive\x1b[39m')
    expect(coloured).toContain('\x1b[33mwaiting\x1b[39m')
    expect(coloured).toContain('\x1b[31merror\x1b[39m')
    expect(coloured).toContain('\x1b[2minactive\x1b[22m')
    expect(coloured).toContain('\nstrange')
    expect(await table(rows, { color: false })).not.toContain('\x1b')
  })

  it('a coloured list has the same column widths', async () => {
    const rows = [{ id: 1, name: 'a', state: 'active', summary: 's' }]
    const plain = await table(rows)
    const coloured = await table(rows, { color: true })
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(plain)
  })

  it('a list prints its first rows before the rest arrives', async () => {
    let shown = 0
    let shownBeforeLast = 0
    async function* source() {
      for (let n = 0; n < 250; n++) yield { data: { id: n } }
      await new Promise((resolve) => setTimeout(resolve, 20))
      shownBeforeLast = shown
      yield { data: { id: 'last' } }
    }
    const text = await table(source(), { onWrite: () => shown++ })
    expect(shownBeforeLast).toBeGreaterThan(0)
    expect(text.trimEnd().split('\n')).toHaveLength(252)
  })

  it('a list does not wait for a slow source to fill the sample', async () => {
    let shownBeforeLast = ''
    const seen: string[] = []
    async function* source() {
      yield { data: { id: 'first' } }
      await new Promise((resolve) => setTimeout(resolve, 600))
      shownBeforeLast = seen.join('')
      yield { data: { id: 'last' } }
    }
    await table(source(), { onWrite: (text) => seen.push(text) })
    expect(shownBeforeLast).toContain('first')
  })

  it('a list shortens a late row that is wider than the sample only when it would not fit', async () => {
    const rows = (name: string) => [
      ...Array.from({ length: 200 }, (_, n) => ({ id: n, name: 'vm', state: 'active' })),
      { id: 200, name, state: 'active' },
    ]
    const fits = (await table(rows('a-much-longer-name'), { width: 80 })).trimEnd().split('\n').at(-1)
    expect(fits).toContain('a-much-longer-name  active')
    const cut = (await table(rows('n'.repeat(100)), { width: 80 })).trimEnd().split('\n').at(-1)
    expect(displayWidth(cut ?? '')).toBeLessThanOrEqual(80)
    expect(cut).toContain('…')
  })

  it('an empty list prints nothing', async () => {
    expect(await table([])).toBe('')
  })
})

describe('one thing', () => {
  const data = {
    id: 1,
    name: 'web',
    state: 'active',
    summary: 'http://schemas.openstack.org/template/os#a-name-that-is-far-too-long-for-a-line',
  }

  it('one entity is shown key by key, without missing values', async () => {
    expect(await table([{ id: 1, name: 'web', state: null, summary: '' }], {}, {}, 'one')).toBe(
      'ID    1\nNAME  web\n',
    )
  })

  it('one entity wraps long values below themselves and loses nothing', async () => {
    const text = await table([data], { width: 50 }, {}, 'one')
    expect(text).toBe(
      [
        'ID       1',
        'NAME     web',
        'STATE    active',
        'SUMMARY  http://schemas.openstack.org/template/os#a-name-that-is-far-too-long-for-a-line',
        '',
      ].join('\n'),
    )
    const prose = await table(
      [{ ...data, summary: `see ${data.summary} (10.0.0.1) ${'x'.repeat(60)}` }],
      { width: 50 },
      {},
      'one',
    )
    // A URL stays whole, so that it can be copied; all else keeps to the terminal.
    expect(prose.split('\n').slice(3)).toEqual([
      'SUMMARY  see',
      `         ${data.summary}`,
      '         (10.0.0.1)',
      `         ${'x'.repeat(41)}`,
      `         ${'x'.repeat(19)}`,
      '',
    ])
  })

  it('one entity shows a long value of any script in linear time', async () => {
    for (const unit of ['กำแพงน้ำ ', 'データ', 'x', 'e\u0301\u0301', 'a   ']) {
      const summary = unit.repeat(runs(400_000) / unit.length)
      const text = await table([{ summary }], { width: 80 }, {}, 'one')
      expect(text.replaceAll(/[\s]|SUMMARY/g, '')).toBe(summary.replaceAll(/\s/g, ''))
    }
  })

  it('one entity shows lists and objects with one line per item, and keeps line breaks', async () => {
    const text = await table(
      [{ id: ['10.0.0.1', '\x1b[1m'], name: { 'occi.compute.cores': 2 }, summary: 'one\ntwo' }],
      {},
      {},
      'one',
    )
    expect(text).toBe(
      'ID       10.0.0.1\n         \\x1b[1m\nNAME     occi.compute.cores = 2\nSUMMARY  one\n         two\n',
    )
  })

  it('one entity is coloured line by line, and not at all without colour', async () => {
    const coloured = await table([data], { width: 50, color: true }, {}, 'one')
    expect(coloured).toContain('\x1b[32mactive\x1b[39m')
    expect(await table([data], { terminal: false }, {}, 'one')).not.toContain('\x1b')
  })
})

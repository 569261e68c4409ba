import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type OutputOptions, printOutput } from '../../../src/cli/output/index.js'
import { categoryRecord } from '../../../src/cli/records/category.js'
import { entityRecord } from '../../../src/cli/records/entity.js'
import { typeId } from '../../../src/model/index.js'
import { memoryStreams } from '../memory-streams.js'

const columns = [
  { key: 'name', heading: 'NAME', value: 'name' },
  { key: 'state', heading: 'STATE', value: 'state' },
] as const

async function print(names: readonly string[], options: OutputOptions, terminal = false): Promise<string> {
  const streams = memoryStreams({ terminal })
  const records = names.map((name, at) => ({
    name,
    id: `id-${at}`,
    url: `http://127.0.0.1/compute/${at}`,
    data: { name, state: 'active' },
  }))
  await printOutput({ shape: 'list', records, columns }, options, streams)
  return streams.text()
}

describe('names that begin with a dash', () => {
  it('-o name prints a name that begins with a dash so that a command accepts it as a name', async () => {
    expect(await print(['web', '-rf', '--all', 'a\nb'], { format: 'name' })).toBe(
      'web\nhttp://127.0.0.1/compute/1\nhttp://127.0.0.1/compute/2\nhttp://127.0.0.1/compute/3\n',
    )
  })
})

describe('names that are no good for a command', () => {
  it('-o name prints ambiguous names as URLs: two of a kind, paths, sites, attributes, blanks at an end', async () => {
    const streams = memoryStreams({ terminal: false })
    const titles = ['web', 'db', 'web', 'a/b', 'web@one', 'cores=2', ' db']
    const records = titles.map((title, at) =>
      entityRecord({
        type: 'resource',
        kind: typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute'),
        mixins: [],
        attributes: new Map([['occi.core.title', title]]),
        title,
        location: `http://127.0.0.1/compute/${at}`,
        actions: [],
        links: [],
      }),
    )
    await printOutput({ shape: 'list', records, columns }, { format: 'name' }, streams)
    expect(streams.text().trimEnd().split('\n')).toEqual([
      'http://127.0.0.1/compute/0',
      'db',
      ...[2, 3, 4, 5, 6].map((at) => `http://127.0.0.1/compute/${at}`),
    ])
  })

  it('-o name prints names of several sites with their sites', async () => {
    const streams = memoryStreams({ terminal: false })
    const records = ['one', 'two'].map((site) => ({ name: 'web', url: `http://${site}/1`, site, data: {} }))
    await printOutput({ shape: 'list', records, columns }, { format: 'name' }, streams)
    expect(streams.text()).toBe('web@one\nweb@two\n')
  })

  it('-o name prints ambiguous names of mixins as identifiers', async () => {
    const streams = memoryStreams({ terminal: false })
    const records = ['http://a/os#', 'http://a/size#'].map((scheme) =>
      categoryRecord({
        class: 'mixin',
        id: typeId(scheme, 'large'),
        scheme,
        term: 'large',
        attributes: new Map(),
        depends: [],
        applies: [],
        actions: [],
      }),
    )
    await printOutput({ shape: 'list', records, columns }, { format: 'name' }, streams)
    expect(streams.text()).toBe('http://a/os#large\nhttp://a/size#large\n')
  })
})

describe('cells that a spreadsheet would run', () => {
  const formulas = ['=HYPERLINK("http://x")', '+1+cmd', '-1+cmd', '@SUM(A1)', '\t=1', '\uff1d1', ' =1', '|x']

  it('cells that a spreadsheet would run are prefixed on a terminal and on request', async () => {
    for (const [options, terminal] of [
      [{ format: 'csv' }, true],
      [{ format: 'csv', formulas: 'defuse' }, false],
    ] as const) {
      const lines = (await print(formulas, { ...options, header: false }, terminal)).trimEnd().split('\n')
      expect(lines).toHaveLength(formulas.length)
      for (const line of lines) expect(line).toMatch(/^"?'/)
    }
  })

  it('cells that a spreadsheet would run are unchanged in a pipe and on request', async () => {
    expect(await print(['=1'], { format: 'csv', header: false })).toBe('=1,active\n')
    expect(await print(['=1'], { format: 'csv', header: false, formulas: 'keep' }, true)).toBe('=1,active\n')
  })

  it('numbers and ordinary names are not taken for formulas', async () => {
    const harmless = ['-5', '+12.5', 'web-1', 'a=b']
    expect(await print(harmless, { format: 'csv', header: false, formulas: 'defuse' })).toBe(
      harmless.map((name) => `${name},active\n`).join(''),
    )
  })
})

describe('a line break in a value', () => {
  it('a line break in a value adds no row to a template', async () => {
    expect(await print(['web\nevil active', 'db\ttab'], { template: '{{name}}\\t{{state}}' })).toBe(
      'web\\nevil active\tactive\ndb\\ttab\tactive\n',
    )
  })
})

describe('what nobody sees', () => {
  const name = 'a\u{e0041}\u009b\u202e\u200db'

  it.each(['json', 'jsonl', 'yaml'])(
    'an invisible character is escaped in %s without a change of meaning',
    async (format) => {
      const text = await print([name], { format })
      expect(text).toMatch(/^[\x20-\x7e\n]*$/)
      const [read] = [format === 'yaml' ? parse(text) : JSON.parse(text)].flat() as { name: string }[]
      expect(read?.name).toBe(name)
      // Two escapes for one character are two characters to most readers of YAML.
      if (format === 'yaml') expect(text).toContain('\\U000e0041')
    },
  )
})

import { describe, expect, it } from 'vitest'
import {
  checkNames,
  checkOptions,
  type Output,
  type OutputOptions,
  type OutputRecord,
  printOutput,
} from '../../../src/cli/output/index.js'
import { UsageError } from '../../../src/errors/errors.js'
import { type MemoryOptions, memoryStreams } from '../memory-streams.js'

const web: OutputRecord = {
  name: 'web',
  id: 'a1',
  url: 'http://h/compute/a1',
  data: {
    id: 'a1',
    name: 'web',
    url: 'http://h/compute/a1',
    state: 'active',
    ips: ['10.0.0.5', '147.251.1.2'],
    attributes: { 'occi.compute.cores': 2, 'occi.compute.memory': 4.5 },
  },
}
const db: OutputRecord = {
  name: 'db10',
  id: 'b2',
  url: 'http://h/compute/b2',
  data: {
    id: 'b2',
    name: 'db10',
    url: 'http://h/compute/b2',
    state: 'inactive',
    ips: [],
    attributes: { 'occi.compute.cores': 16 },
  },
}
const columns: Output['columns'] = [
  { key: 'id', heading: 'ID', value: 'id' },
  { key: 'name', heading: 'NAME', value: 'name', style: 'name' },
  { key: 'state', heading: 'STATE', value: 'state', style: 'state' },
  { key: 'cores', heading: 'CORES', value: 'attributes.occi.compute.cores', align: 'right' },
  { key: 'url', heading: 'URL', value: 'url', wide: true },
]

async function print(
  records: Output['records'],
  options: OutputOptions = {},
  place: MemoryOptions = {},
  output: Partial<Output> = {},
): Promise<string> {
  const streams = memoryStreams(place)
  await printOutput({ shape: 'list', columns, records, ...output }, options, streams)
  return streams.text()
}

async function* slowly(records: readonly OutputRecord[]): AsyncGenerator<OutputRecord> {
  for (const record of records) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    yield record
  }
}

describe('defaults', () => {
  it('a list is a table on a terminal by default', async () => {
    expect(await print([web, db], {}, { terminal: true })).toBe(
      'ID  NAME  STATE     CORES\n' + 'a1  web   active        2\n' + 'b2  db10  inactive     16\n',
    )
  })

  it('a list is tab-separated values without a header in a pipe by default', async () => {
    expect(await print([web, db])).toBe('a1\tweb\tactive\t2\nb2\tdb10\tinactive\t16\n')
  })

  it('one entity is keys and values in a pipe by default', async () => {
    expect(await print([web], {}, {}, { shape: 'one' })).toBe(
      'id\ta1\nname\tweb\nstate\tactive\ncores\t2\nurl\thttp://h/compute/a1\n',
    )
  })

  it('a command can choose other default formats for pipes and terminals', async () => {
    const output = { pipeFormat: 'url', terminalFormat: 'name' }
    expect(await print([web], {}, {}, output)).toBe('http://h/compute/a1\n')
    expect(await print([web], {}, { terminal: true }, output)).toBe('web\n')
  })

  it('an empty list on a terminal prints a note on stderr and nothing on stdout', async () => {
    const streams = memoryStreams({ terminal: true })
    await printOutput({ shape: 'list', columns, records: [], empty: 'No compute resources.' }, {}, streams)
    expect(streams.text()).toBe('')
    expect(streams.errors()).toBe('No compute resources.\n')
  })

  it('an empty list prints no note in a pipe or in JSON', async () => {
    for (const [options, place] of [
      [{}, {}],
      [{ format: 'json' }, { terminal: true }],
    ] as const) {
      const streams = memoryStreams(place)
      await printOutput({ shape: 'list', columns, records: [], empty: 'None.' }, options, streams)
      expect(streams.errors()).toBe('')
    }
  })
})

describe('json', () => {
  it('JSON is an array for lists and an object for one entity', async () => {
    expect(JSON.parse(await print([web, db], { format: 'json' }))).toEqual([web.data, db.data])
    expect(JSON.parse(await print([web], { format: 'json' }, {}, { shape: 'one' }))).toEqual(web.data)
  })

  it('JSON of an empty list is []', async () => {
    expect(await print([], { format: 'json' })).toBe('[]\n')
    expect(await print([], { format: 'yaml' })).toBe('[]\n')
    expect(await print([], { format: 'jsonl' })).toBe('')
  })

  it('JSON records are written as they arrive', async () => {
    const seen: string[] = []
    let after = 0
    async function* source() {
      yield web
      await new Promise((resolve) => setTimeout(resolve, 20))
      after = seen.length
      yield db
    }
    await print(source(), { format: 'json' }, { onWrite: (text) => seen.push(text) })
    expect(after).toBe(1)
    expect(seen[0]).toContain('"web"')
    expect(JSON.parse(seen.join(''))).toHaveLength(2)
  })

  it('JSON of changed entities is an array, however many there are', async () => {
    expect(JSON.parse(await print([web], { format: 'json' }, {}, { shape: 'lines' }))).toEqual([web.data])
  })

  it('JSON keeps integers beyond 2^53 and writes Maps as objects', async () => {
    const record = { data: { n: 12345678901234567890n, attributes: new Map([['a.b', 1n]]) } }
    expect(await print([record], { format: 'jsonl' })).toBe(
      '{"n":12345678901234567890,"attributes":{"a.b":1}}\n',
    )
  })

  it('JSON contains only the chosen columns', async () => {
    expect(
      await print([web], { format: 'jsonl', columns: ['name', 'occi.compute.cores', 'missing.one'] }),
    ).toBe('{"name":"web","occi.compute.cores":2,"missing.one":null}\n')
  })

  it('JSON escapes characters that act on a terminal', async () => {
    const text = await print([{ data: { title: '\u009b31m\u202e\x1b[2J' } }], { format: 'json' })
    expect(text).toContain('\\u009b31m\\u202e\\u001b[2J')
  })
})

describe('columns', () => {
  it('--columns prints the named columns in that order, attributes included', async () => {
    expect(await print([web, db], { format: 'csv', columns: ['occi.compute.cores', 'URL', 'ips'] })).toBe(
      'occi.compute.cores,url,ips\n2,http://h/compute/a1,"10.0.0.5,147.251.1.2"\n16,http://h/compute/b2,\n',
    )
  })

  it('the error for an unknown column suggests the nearest', async () => {
    const error = await print([web], { columns: ['nmae'] }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect(error).toMatchObject({ at: '--columns', hint: expect.stringContaining('Did you mean "name"?') })
  })

  it('wide columns are shown only with -o wide', async () => {
    expect(await print([web], { format: 'wide' })).toContain('http://h/compute/a1')
    expect(await print([web], { format: 'table' })).not.toContain('http://h/compute/a1')
  })

  it('the header can be left out of a table and added to tab-separated values', async () => {
    expect(await print([web], { format: 'csv', header: false })).toBe('a1,web,active,2\n')
    expect(await print([web], { header: true })).toMatch(/^id\tname/)
    expect(await print([web], { format: 'table', header: false })).toBe('a1  web  active  2\n')
  })
})

describe('sort', () => {
  const names = ['vm10', 'vm9', 'VM1', 'vm2'].map((name, index) => ({ data: { name, n: index % 2 } }))
  const key = [{ key: 'name', heading: 'NAME', value: 'name' }]

  it('--sort orders numbers within names by value', async () => {
    expect(await print(names, { sort: 'name' }, {}, { columns: key })).toBe('VM1\nvm2\nvm9\nvm10\n')
  })

  it('--sort takes several keys, and a minus reverses one', async () => {
    expect(await print(names, { sort: '-n,name' }, {}, { columns: key })).toBe('vm2\nvm9\nVM1\nvm10\n')
  })

  it('--sort compares numbers as numbers and puts missing values last', async () => {
    const bare = { name: 'bare', data: { id: 'c', attributes: {} } }
    for (const sort of ['cores', '-cores']) {
      const lines = (await print([db, bare, web], { sort, format: 'id' })).trim().split('\n')
      expect(lines).toEqual(sort === 'cores' ? ['a1', 'b2', 'c'] : ['b2', 'a1', 'c'])
    }
  })

  it('--sort refuses a key that does not exist', async () => {
    await expect(print([web], { sort: 'stat' })).rejects.toMatchObject({
      code: 'usage',
      at: '--sort',
      hint: expect.stringContaining('"state"'),
    })
  })
})

describe('unknown formats', () => {
  it('an unknown format is refused with a suggestion before the source is read', async () => {
    let asked = false
    const source = {
      [Symbol.iterator]: () => {
        asked = true
        return [web][Symbol.iterator]()
      },
    }
    await expect(print(source, { format: 'jsn' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('Did you mean "json"?'),
    })
    expect(asked).toBe(false)
  })

  it('formats are also known by their aliases', async () => {
    expect(await print([web], { format: 'YML', columns: ['id'] })).toBe('- id: a1\n')
    expect(await print([web], { format: 'ndjson', columns: ['id'] })).toBe('{"id":"a1"}\n')
  })
})

describe('one member of each', () => {
  it.each([
    ['name', 'web\ndb10\n'],
    ['id', 'a1\nb2\n'],
    ['url', 'http://h/compute/a1\nhttp://h/compute/b2\n'],
    ['ip', '10.0.0.5\n'],
  ])('-o %s prints that member of each entity', async (format, expected) => {
    expect(await print([web, db], { format })).toBe(expected)
  })

  it('-o name prints the id when there is no name', async () => {
    expect(await print([{ id: 'x', data: { name: null } }], { format: 'name' })).toBe('x\n')
  })

  it('-o id refuses --columns and --query, which would have no effect', async () => {
    await expect(print([web], { format: 'id', columns: ['id'] })).rejects.toThrow(/cannot be used with -o id/)
    await expect(print([web], { format: 'id', query: '[0]' })).rejects.toThrow(UsageError)
  })
})

describe('value', () => {
  it('-o value prints one value per line for one entity, and tab-separated values for lists', async () => {
    const options = { format: 'value', columns: ['id', 'state'] }
    expect(await print([web], options, {}, { shape: 'one' })).toBe('a1\nactive\n')
    expect(await print([web, db], options)).toBe('a1\tactive\nb2\tinactive\n')
  })
})

describe('env', () => {
  it('-o env can be evaluated by a shell, whatever names the provider uses', async () => {
    const record = {
      data: { id: "it's", PATH: '/evil', attributes: { 'occi.compute.cores': 2, 'ld.preload': 'x;y' } },
    }
    expect(await print([record], { format: 'env' }, {}, { shape: 'one' })).toBe(
      "OCCI_RESULT_ID='it'\\''s'\nOCCI_RESULT_PATH=/evil\nOCCI_RESULT_OCCI_COMPUTE_CORES=2\nOCCI_RESULT_LD_PRELOAD='x;y'\n",
    )
  })

  it('-o env numbers the entities of a list', async () => {
    expect(await print([web, db], { format: 'env', columns: ['id'] })).toBe(
      'OCCI_RESULT_1_ID=a1\nOCCI_RESULT_2_ID=b2\nOCCI_RESULT_COUNT=2\n',
    )
  })
})

describe('query', () => {
  it('--query prints its result as JSON', async () => {
    expect(await print([web, db], { query: "[?state=='active'].name" })).toBe('[\n  "web"\n]\n')
    expect(await print([web], { query: 'name' }, {}, { shape: 'one' })).toBe('"web"\n')
    expect(await print([], { query: '[]' })).toBe('[]\n')
  })

  it('--query prints unquoted text with value and tsv', async () => {
    expect(await print([web, db], { query: '[].name', format: 'value' })).toBe('web\ndb10\n')
    expect(await print([web, db], { query: '[].[name, ips[0]]', format: 'tsv', header: false })).toBe(
      'web\t10.0.0.5\ndb10\t\n',
    )
    expect(await print([web, db], { query: '[0].attributes."occi.compute.cores"', format: 'value' })).toBe(
      '2\n',
    )
  })

  it('--query makes columns of objects', async () => {
    expect(await print([web, db], { query: '[].{n: name, s: state}', format: 'csv' })).toBe(
      'n,s\nweb,active\ndb10,inactive\n',
    )
  })

  it.each(['foo(@)', 'length(@, @)', '[?', 'a b'])(
    '--query %s is refused before a command changes anything',
    async (query) => {
      await expect(checkOptions({ query })).rejects.toMatchObject({ code: 'usage', at: '--query' })
    },
  )

  it('--query with a function that needs data is accepted before there is any', async () => {
    await expect(checkOptions({ query: 'length(@)' })).resolves.toBeUndefined()
  })

  it('the check of --sort before a command accepts what sorting accepts', () => {
    for (const sort of ['name', '-name', '+name', 'name, -state', 'name,'])
      expect(() => checkNames({ sort }, columns, web)).not.toThrow()
    expect(() => checkNames({ sort: 'nme' }, columns, web)).toThrow(UsageError)
  })

  it('the error for a wrong --query expression names the option', async () => {
    await expect(print([web], { query: '[?' })).rejects.toMatchObject({ code: 'usage', at: '--query' })
  })
})

describe('template', () => {
  it('--template fills in members, columns and attributes', async () => {
    expect(
      await print([web, db], { template: '{{name}}\\t{{attributes.occi.compute.cores}} {{ ips.0 }}|' }),
    ).toBe('web\t2 10.0.0.5|\ndb10\t16 |\n')
    expect(await print([web], { template: '{{occi.compute.memory}}{{cores}}\\n' })).toBe('4.52\n')
  })

  it('--template refuses unknown names and unclosed placeholders', async () => {
    await expect(print([web], { template: '{{nam}}' })).rejects.toMatchObject({
      at: '--template',
      hint: expect.stringContaining('"name"'),
    })
    await expect(print([web], { template: '{{name' })).rejects.toThrow(/not closed/)
  })
})

describe('a sink that fails', () => {
  it('a sink that fails ends printing with its error and stops the source', async () => {
    let stopped = false
    async function* source() {
      try {
        for (;;) yield web
      } finally {
        stopped = true
      }
    }
    const fail = () => {
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    }
    await expect(print(source(), { format: 'tsv' }, { onWrite: fail })).rejects.toMatchObject({
      code: 'EPIPE',
    })
    expect(stopped).toBe(true)
  })
})

describe('slow sources', () => {
  it.each(['table', 'tsv', 'json', 'yaml', 'name'])(
    'a slow source prints the same as a fast one with -o %s',
    async (format) => {
      expect(await print(slowly([web, db]), { format })).toBe(await print([web, db], { format }))
    },
  )
})

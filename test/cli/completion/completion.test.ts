import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answer, commonColumns, conditionNames, shortColumns } from '../../../src/cli/completion/answer.js'
import { listWords } from '../../../src/cli/completion/request.js'
import { completionMemory, type SeenEntity } from '../../../src/cli/runtime/completion-memory.js'
import { remembering } from '../../../src/cli/runtime/remembering-client.js'
import type { Client } from '../../../src/client/index.js'
import { type Category, type Entity, Model, typeId } from '../../../src/model/index.js'
import { machine } from '../support/harness.js'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const compute = typeId(infra, 'compute')
const categories: readonly Category[] = [
  {
    class: 'kind',
    scheme: infra,
    term: 'compute',
    id: compute,
    title: 'Compute',
    attributes: new Map([
      [
        'occi.compute.cores',
        { name: 'occi.compute.cores', mutable: true, required: false, description: 'cores' },
      ],
      ['occi.compute.state', { name: 'occi.compute.state', mutable: false, required: false }],
    ]),
    actions: [typeId(`${infra.slice(0, -1)}/compute/action#`, 'defrost')],
  },
  {
    class: 'mixin',
    scheme: infra,
    term: 'os_tpl',
    id: typeId(infra, 'os_tpl'),
    attributes: new Map(),
    depends: [],
    applies: [],
    actions: [],
  },
  {
    class: 'mixin',
    scheme: 'http://h/os#',
    term: 'debian-12',
    id: typeId('http://h/os#', 'debian-12'),
    title: 'Debian 12',
    attributes: new Map(),
    depends: [typeId(infra, 'os_tpl')],
    applies: [],
    actions: [],
  },
]
const things: readonly SeenEntity[] = [
  { name: 'a1', kind: 'compute', title: 'web', state: 'active' },
  { name: 'n1', kind: 'network' },
]
const sources = {
  categories: async () => categories,
  seen: async (kind: string | undefined) =>
    things.filter((thing) => kind === undefined || thing.kind === kind),
  seenAt: async (context: string, kind: string | undefined) =>
    things.filter((thing) => (kind ?? thing.kind) === thing.kind && context === 'ifca'),
  namedContexts: async (): Promise<readonly string[]> => [],
  contexts: async () => ['cesnet'],
  groups: async () => ['eu'],
  typed: '',
  precedingWords: [] as readonly string[],
  aliases: async () => ({ os: { debian: 'debian-12' }, network: { inside: 'n1' } }),
  commands: async () => [{ value: 'compute' }],
}

async function values(question: string): Promise<readonly string[]> {
  return (await answer(question.split(' '), sources)).map(({ value }) => value)
}

describe('the answers of completion', () => {
  it.each([
    ['mixin os_tpl', ['debian', 'debian-12']],
    ['mixin resource_tpl', []],
    ['explainable', ['debian', 'compute', 'os_tpl', 'debian-12']],
    ['network', ['inside', 'n1']],
    ['mixin', ['os_tpl', 'debian-12']],
    ['kind', ['compute']],
    ['attribute compute', ['occi.compute.cores=']],
    ['action compute', ['defrost']],
    ['entity compute', ['web', 'a1']],
    ['entity', ['web', 'a1', 'n1']],
    ['state compute', ['active', 'inactive', 'suspended', 'error', 'waiting']],
    ['state link', ['active', 'inactive', 'error']],
    ['context', ['cesnet']],
    ['group', ['eu']],
    ['sites', ['cesnet', '@all', '@eu']],
    ['verb compute', ['list', 'create', 'describe', 'update', 'delete', 'wait', 'defrost']],
    ['nonsense', []],
    ['__proto__', []],
    ['', []],
  ])('completion offers the values for the question "%s"', async (question, expected) => {
    expect(await values(question)).toEqual(expected)
  })

  const several: readonly SeenEntity[] = [
    { name: 'a1', kind: 'compute', title: 'web', state: 'active', actions: ['stop', 'restart'] },
    { name: 'a2', kind: 'compute', title: 'db', state: 'inactive', actions: ['start'] },
    { name: 'a3', kind: 'compute', title: 'bare', state: 'active' },
    { name: 'a4', kind: 'compute', title: 'new' },
  ]
  it.each([
    ['entity compute start', [], ['db', 'a2', 'new', 'a4']],
    ['entity compute stop', [], ['web', 'a1', 'bare', 'a3', 'new', 'a4']],
    ['entity compute -', ['compute', 'trigger', 'start'], ['db', 'a2', 'new', 'a4']],
    ['entity compute __proto__', [], ['bare', 'a3', 'new', 'a4']],
  ])(
    'completion offers what offered the action when it was last seen (%s)',
    async (question, precedingWords, names) => {
      const found = await answer(question.split(' '), {
        ...sources,
        seen: async () => several,
        precedingWords,
      })
      expect(found.map(({ value }) => value)).toEqual(names)
    },
  )

  it('completion offers every entity where none offered the action, since states change', async () => {
    const [web, db] = several
    const found = await answer(['entity', 'compute', 'suspend'], {
      ...sources,
      seen: async () => [web, db].flatMap((one) => one ?? []),
    })
    expect(found.map(({ value }) => value)).toEqual(['web', 'a1', 'db', 'a2'])
  })

  it.each([
    ['', 'name='],
    ['', 'cores='],
    ['state=', 'state=active'],
    ['state!=ac', 'state!=active'],
    ['name=', 'name=web'],
    ['image=', 'image=debian-12'],
  ])('completion of --where %j offers %s', async (typed, offered) => {
    const found = await answer(['condition', 'compute'], { ...sources, typed })
    expect(found.map(({ value }) => value)).toContain(offered)
  })

  it('completion of --where offers only the states of the kind, and all states for an unknown kind', async () => {
    const offered = async (kind: string) =>
      (await answer(['condition', kind], { ...sources, typed: 'state=' })).map(({ value }) => value)
    expect(await offered('network')).toEqual(['state=active', 'state=inactive', 'state=error'])
    expect(await offered('storage')).not.toContain('state=active')
    for (const kind of ['backup', '__proto__'])
      expect(await offered(kind)).toEqual(expect.arrayContaining(['state=active', 'state=online']))
  })

  it('completion of --columns offers keys and attributes of the noun, also after a comma, each once', async () => {
    for (const noun of ['compute', 'vm']) {
      const found = await answer(['columns'], { ...sources, precedingWords: [noun, 'list'], typed: 'name,c' })
      const names = found.map(({ value }) => value)
      expect(names).toEqual(
        expect.arrayContaining([
          'name,cores',
          'name,state',
          'name,occi.compute.cores',
          'name,occi.compute.state',
        ]),
      )
      expect(names).not.toContain('name,name')
    }
  })

  it('completion of explain goes on after a dot with the attributes of the kind', async () => {
    const found = await answer(['explainable'], { ...sources, typed: 'compute.' })
    expect(found).toContainEqual({ value: 'compute.cores', description: 'cores' })
    expect(found.map(({ value }) => value)).toContain('compute.state')
    expect((await answer(['explainable'], { ...sources, typed: 'nothing.' })).length).toBe(4)
  })

  it.each([
    ['compute', compute],
    ['network', typeId(infra, 'network')],
    ['storage', typeId(infra, 'storage')],
  ])('the columns that completion offers for %s are columns of the command', async (noun, kind) => {
    const { occi } = machine()
    const own = shortColumns[noun] ?? []
    expect(own.length).toBeGreaterThan(0)
    expect(kind).toContain(noun)
    const { status, err } = await occi([
      ...[noun, 'list', '-o', 'csv', '-e', 'sandbox:'],
      ...['--columns', [...commonColumns, ...own].join(',')],
    ])
    expect([status, err]).toEqual([0, ''])
  })

  it('the conditions that completion offers are conditions of --where', async () => {
    const { occi } = machine()
    const words = conditionNames.flatMap((name) => ['--where', `${name}!=x`])
    expect(await occi(['compute', 'list', '-e', 'sandbox:', ...words])).toMatchObject({ status: 0 })
  })

  it('completion adds the context to each entity when several contexts are named or an @ has been typed', async () => {
    const namedContexts = async () => ['cesnet', 'ifca']
    const offered = async (more: Partial<typeof sources>) =>
      (await answer(['entity', 'compute'], { ...sources, ...more })).map(({ value }) => value)
    expect(await offered({ seen: async () => [], namedContexts })).toEqual(['web@ifca', 'a1@ifca'])
    const contexts = namedContexts
    expect(await offered({ contexts, typed: 'w' })).toEqual(['web', 'a1'])
    expect(await offered({ contexts, typed: 'web@' })).toEqual(['web', 'a1', 'web@ifca', 'a1@ifca'])
    expect(await offered({ contexts, typed: 'web@c' })).toEqual(['web', 'a1'])
  })

  it('completion of --context begins with the sites that are already named, and does not repeat them', async () => {
    const found = await answer(['sites'], { ...sources, typed: 'cesnet,@e' })
    expect(found.map(({ value }) => value)).toEqual(['cesnet,@all', 'cesnet,@eu'])
  })

  it('completion describes each candidate', async () => {
    expect(await answer(['mixin', 'os_tpl'], sources)).toEqual([
      { value: 'debian', description: 'alias of debian-12' },
      { value: 'debian-12', description: 'Debian 12' },
    ])
    expect(await answer(['entity', 'compute'], sources)).toContainEqual({
      value: 'a1',
      description: 'web, active',
    })
  })
})

describe('the request of completion, where a setting allows it', () => {
  it('lists the kind by the settings of the command line, within limits of its own, and without secrets', () => {
    const flags = {
      endpoint: 'http://h/',
      context: 'prod',
      token: 'planted',
      timeout: '9h',
      record: 'file.har',
    }
    expect(listWords('network', { ...flags, insecure: 'true', 'no-color': 'true' })).toEqual([
      'network',
      'list',
      '--endpoint=http://h/',
      '--context=prod',
      '--insecure',
      '--output=json',
      '--deadline=300ms',
      '--retries=0',
      '--no-input',
      '--quiet',
    ])
  })

  it('completion sends no request for a word that could be an option', () => {
    expect(listWords('--record=x', {})).toEqual(['version'])
  })

  it('a file of a checkout cannot allow requests of completion', async () => {
    const { occi, folder } = machine()
    const cwd = join(folder, 'checkout')
    mkdirSync(cwd)
    writeFileSync(join(cwd, '.occi.yaml'), 'completion-requests: true\n')
    const { out } = await occi('config explain completion-requests -o json', { cwd })
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({ value: null }),
      expect.objectContaining({ value: 'true', withheld: expect.stringContaining('came with') }),
    ])
  })
})

describe('the completion cache', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'occi-completion-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('the completion cache keeps enough of a model for an hour to give the same answers', async () => {
    const memory = completionMemory(folder, 'http://h/')
    const now = Date.now()
    await memory.storeCategories(categories, now)
    await memory.storeCategories([], now + 1000)
    const kept = await memory.categories()
    const again = { ...sources, categories: async () => kept }
    for (const question of [
      'mixin os_tpl',
      'attribute compute',
      'action compute',
      'columns',
      'condition compute',
    ]) {
      expect(await answer(question.split(' '), again)).toEqual(await answer(question.split(' '), sources))
    }
    await memory.storeCategories([], now + 4_000_000)
    expect(await memory.categories()).toEqual([])
  })

  it('the completion cache has one file per endpoint, readable only by its owner, whatever the provider is called', async () => {
    await completionMemory(folder, 'http://h/../../etc').storeSeen(things, () => false)
    expect(await completionMemory(folder, 'http://other/').seen()).toEqual([])
    const [file = ''] = readdirSync(join(folder, 'completion'))
    expect(file).toMatch(/^[0-9a-f]{16}\.seen\.json$/)
    expect(statSync(join(folder, 'completion', file)).mode & 0o777).toBe(0o600)
  })

  it('a damaged completion cache counts as absent', async () => {
    const memory = completionMemory(folder, 'x')
    await memory.storeSeen(things, () => false)
    const [file = ''] = readdirSync(join(folder, 'completion'))
    for (const garbage of ['{', '{}', '[1,{"name":2},null]']) {
      writeFileSync(join(folder, 'completion', file), garbage)
      expect(await memory.seen()).toEqual([])
    }
  })
})

describe('a client that records entities for completion', () => {
  const entity = (name: string): Entity => ({
    type: 'resource',
    kind: compute,
    mixins: [],
    title: `title of ${name}`,
    location: `http://h/compute/${name}`,
    attributes: new Map(),
    actions: [],
    links: [],
  })

  it('the recording client knows what was listed, and drops what a complete list lacks or what was deleted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-completion-'))
    const memory = completionMemory(folder, 'http://h/')
    let there = ['a', 'b', 'c']
    const client = {
      async *list() {
        yield* there.map(entity)
      },
      model: async () => new Model(categories),
      describe: async () => entity('d'),
      delete: async () => {},
      endpoint: 'http://h/',
    } as unknown as Client
    const use = async (work: (client: Client) => Promise<unknown>) => {
      const noted = remembering(client, memory, () => 0)
      await work(noted.client)
      await noted.save()
      return (await memory.seen()).map(({ name }) => name).sort()
    }
    const listAll = async (watched: Client, options = {}) => {
      for await (const each of watched.list('compute', options)) expect(each.type).toBe('resource')
    }
    expect(await use((watched) => listAll(watched))).toEqual(['a', 'b', 'c'])
    expect(await use((watched) => watched.describe('d'))).toEqual(['a', 'b', 'c', 'd'])
    expect(await use((watched) => watched.delete('http://h/compute/d'))).toEqual(['a', 'b', 'c'])
    there = ['a']
    expect(await use((watched) => listAll(watched, { filter: { categories: [] } }))).toEqual(['a', 'b', 'c'])
    expect(await use((watched) => listAll(watched))).toEqual(['a'])
    expect(await use(async (watched) => watched.endpoint)).toEqual(['a'])
    await use((watched) => watched.model())
    expect((await memory.categories()).map(({ term }) => term)).toEqual(['compute', 'os_tpl', 'debian-12'])
    rmSync(folder, { recursive: true })
  })

  it('an entity that was renamed elsewhere is recorded with its new title when an action changes it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'occi-completion-'))
    const memory = completionMemory(folder, 'http://h/')
    await memory.storeSeen([{ name: 'a', kind: 'compute', title: 'old', state: 'active' }], () => false)
    const client = { describe: async () => entity('a'), trigger: async () => {} } as unknown as Client
    const noted = remembering(client, memory, () => 0)
    await noted.client.describe('a')
    await noted.client.trigger('http://h/compute/a', 'stop')
    await noted.save()
    expect(await memory.seen()).toEqual([{ name: 'a', kind: 'compute', title: 'title of a' }])
    rmSync(folder, { recursive: true })
  })

  it('every command records entities for completion', async () => {
    const cloud = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await cloud.occi('compute create --os debian-12 --size small --title web --wait')
    await cloud.occi('compute list')
    const files = readdirSync(join(cloud.folder, 'cache', 'completion'))
    const seen = files.find((name) => name.endsWith('.seen.json')) ?? ''
    expect(readFileSync(join(cloud.folder, 'cache', 'completion', seen), 'utf8')).toContain('"title":"web"')
  })

  it('nothing is recorded for completion with --no-cache', async () => {
    const cloud = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await cloud.occi('mixin list --no-cache')
    expect(() => readdirSync(join(cloud.folder, 'cache', 'completion'))).toThrow()
  })
})

describe('occi completion', () => {
  it('occi completion prints the script of each shell', async () => {
    const { occi } = machine()
    expect((await occi('completion bash')).out).toContain('complete -F _occi occi')
    expect((await occi('completion zsh')).out).toMatch(/^#compdef occi/)
    expect((await occi('completion fish')).out).toContain('complete -c occi')
    expect(await occi('completion csh')).toMatchObject({ status: 2 })
  })
})

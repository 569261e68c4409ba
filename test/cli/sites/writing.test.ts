import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { type Machine, machine } from '../support/harness.js'

const image = '--os debian-12 --size small'

type Settings = Partial<Parameters<typeof openSandbox>[0]>

/** A practice cloud behind a context; its machines are there at once. `answers` take the place of its own. */
async function site(
  at: Machine,
  name: string,
  settings: Settings = {},
  answers: (method: string) => number | undefined = () => undefined,
) {
  const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, ...settings })
  const writes: string[] = []
  const noting: typeof sandbox = {
    ...sandbox,
    handle: async (request) => {
      if (request.method !== 'GET') writes.push(`${request.method} ${request.target}`)
      const status = answers(request.method)
      return status === undefined ? sandbox.handle(request) : { status, reason: '', headers: [], body: '' }
    },
  }
  const server = await serveSandbox(noting, { port: 0, basePath })
  onTestFinished(() => server.close())
  const login = settings.auth?.method === 'basic' ? 'basic --username ada --password geheim' : 'none'
  await at.occi(`context add ${name} --endpoint ${server.endpoint} --auth ${login}`)
  return { endpoint: server.endpoint, writes }
}

/** A context where nobody listens: not at a port that was free a moment ago, which another test may have got. */
async function dead(at: Machine, name: string) {
  await at.occi(`context add ${name} --endpoint http://127.0.0.1:1/ --auth none`)
}

let at: Machine
beforeEach(() => {
  at = machine()
})

async function machinesAt(contexts: string): Promise<readonly string[]> {
  const { out } = await at.occi(`compute list --context ${contexts} -o json`)
  const records: Record<string, string>[] = JSON.parse(out)
  return records.map(({ context = contexts, name }) => `${name}@${context}`)
}

describe('names with a context', () => {
  it('a name with a context acts at its site and is printed so that the next command accepts it', async () => {
    const [one, two] = [await site(at, 'one'), await site(at, 'two', { as: 'ooi' })]
    await site(at, 'three', { auth: { method: 'basic', username: 'ada', password: 'geheim' } })
    await at.occi(`compute create web ${image} --context one`)
    await at.occi(['compute', 'create', 'db', '--os', 'Debian 12', '--size', 'm1.small', '--context', 'two'])
    await at.occi(`compute create db ${image} --context three`)
    const { status, out } = await at.occi('compute stop web@one db@two --context three -o json')
    const stopped: Record<string, string>[] = JSON.parse(out)
    expect([status, stopped.map(({ context, name }) => `${name}@${context}`)]).toEqual([
      0,
      ['web@one', 'db@two'],
    ])
    for (const { writes } of [one, two]) expect(writes.join()).toContain('action=stop')
    const list = await at.occi('compute list --all-contexts --where state=inactive -o id')
    expect(list.out).toMatch(/^\S+@one\n\S+@two\n$/)
    expect(await at.occi('compute delete - --yes', { stdin: list.out })).toMatchObject({
      status: 0,
      out: list.out,
    })
    expect(await machinesAt('one,two,three')).toEqual(['db@three'])
  })

  it('a name with a context gives one object that contains the context', async () => {
    await site(at, 'one')
    await site(at, 'two')
    await at.occi(`compute create web ${image} --context two`)
    for (const words of [
      'compute describe web@two',
      'compute describe web --context one,two',
      'compute describe web --all-contexts',
    ]) {
      const { status, out } = await at.occi(`${words} -o json`)
      expect([status, JSON.parse(out)]).toMatchObject([0, { context: 'two', name: 'web' }])
    }
    const { out } = await at.occi('compute describe web --context two -o json')
    expect(Object.keys(JSON.parse(out))).not.toContain('context')
    expect((await at.occi('compute ip web@two')).status).toBe(6)
    expect((await at.occi('compute update web@two --title db cores=2')).status).toBe(0)
    expect((await at.occi('wait db@two --for deleted --timeout 1s')).status).toBe(9)
    expect((await at.occi('compute describe - -o json', { stdin: 'db@two\n' })).out).toMatch(/^\[/)
  })

  it('a URL below the endpoint of a context acts there, and secrets go nowhere else', async () => {
    await site(at, 'one')
    const { endpoint } = await site(at, 'two', {
      auth: { method: 'basic', username: 'ada', password: 'geheim' },
    })
    await at.occi(`compute create web ${image} --context two`)
    const { out: url } = await at.occi('compute describe web@two -o url')
    expect(url).toContain(endpoint)
    expect(await at.occi(['compute', 'delete', url.trim(), '--yes'])).toMatchObject({ status: 0 })
    expect(await machinesAt('two')).toEqual([])
    expect(await at.occi('compute describe http://127.0.0.1:9/compute/1')).toMatchObject({ status: 2 })
  })

  it('a title that contains an @ and matches exactly takes precedence over a name with a context', async () => {
    const [one, two] = [await site(at, 'one'), await site(at, 'two')]
    for (const title of ['web@two', 'web']) {
      await at.occi(`compute create ${title} ${image} --context ${title === 'web' ? 'two' : 'one'}`)
    }
    expect((await at.occi('compute delete web@two --yes --context one')).status).toBe(0)
    expect(one.writes.at(-1)).toMatch(/^DELETE/)
    expect((await at.occi('compute delete web@two --yes --context one')).status).toBe(0)
    expect(two.writes.at(-1)).toMatch(/^DELETE/)
  })

  it('entities of two sites are not linked', async () => {
    await site(at, 'one')
    await site(at, 'two')
    await at.occi(`compute create web ${image} --context one`)
    const across = await at.occi('compute link web@one private@two')
    expect(across).toMatchObject({
      status: 2,
      err: expect.stringContaining('resources of different sites cannot be linked'),
    })
    expect((await at.occi('compute link web@one private -o json')).out).toContain('"context": "one"')
    expect((await at.occi('compute unlink web@one private')).status).toBe(0)
  })

  it.each([
    ['compute describe web@noe', 2, 'Did you mean web@one?'],
    ['compute describe web@noe --context one,two', 2, 'Did you mean web@one?'],
    ['compute stop web --context one,two', 2, 'Use web@one or web@two.'],
    ['compute stop wbe --context one,two', 6, 'Did you mean web@one or web@two?'],
    ['compute stop wbe@one', 6, 'Did you mean web?'],
    ['compute stop web --context one,dead', 8, 'Nothing was changed. Use web@one.'],
    ['compute describe nothing --context one,dead', 8, 'dead: '],
    ['compute stop web --context one,one,nowhere', 2, 'There is no context "nowhere"'],
    ['compute stop web@one --bogus', 2, "Unknown option '--bogus'"],
    ['compute stop web@one db@one --wait=actve', 2, 'Did you mean active?'],
  ])('occi %s ends with %d', async (words, status, said) => {
    for (const name of ['one', 'two']) {
      await site(at, name)
      await at.occi(`compute create web ${image} --context ${name}`)
    }
    await dead(at, 'dead')
    const result = await at.occi(words)
    expect([result.status, result.out]).toEqual([status, ''])
    expect(result.err).toContain(said)
    expect(await machinesAt('one,two')).toHaveLength(2)
  })
})

describe('writing at several sites', () => {
  it('a deletion at several sites asks once, with the count at each site, and deletes all or nothing', async () => {
    for (const name of ['one', 'two', 'empty']) await site(at, name)
    await at.occi(`compute create a ${image} --count 2 --context one`)
    await at.occi(`compute create a ${image} --context two`)
    const asked: unknown[] = []
    const confirmTyped = async ({ message }: { readonly message: string }, expected: string) => {
      asked.push([message, expected])
      if (asked.length === 1) throw Object.assign(new Error('no'), { code: 'cancelled' })
    }
    const words = 'compute delete --where name=a* --context one,two,empty'
    await at.occi(words, { terminal: true, prompts: { confirmTyped } })
    expect(await machinesAt('one,two')).toHaveLength(3)
    expect((await at.occi(words, { terminal: true, prompts: { confirmTyped } })).status).toBe(0)
    const message = 'one: This deletes 2 virtual machines: a-1, a-2.\ntwo: This deletes 1 virtual machine: a.'
    expect(asked).toEqual([
      [message, '3'],
      [message, '3'],
    ])
    expect(await machinesAt('one,two')).toEqual([])
  })

  it('a deletion at several sites without a terminal needs --yes and --all, and says so once', async () => {
    for (const name of ['one', 'two']) {
      await site(at, name)
      await at.occi(`compute create a ${image} --context ${name}`)
    }
    for (const words of ['--all', '--where name=a']) {
      const { status, err } = await at.occi(`compute delete ${words} --context one,two`)
      expect([status, err.match(/Use --yes/g)?.length]).toEqual([2, 1])
    }
    expect((await at.occi('compute delete --all --yes --all-contexts')).status).toBe(0)
    expect(await machinesAt('one,two')).toEqual([])
  })

  it('a deletion at several sites continues when one site fails, and ends with 8', async () => {
    await site(at, 'one')
    await site(at, 'bad', {}, (method) => (method === 'DELETE' ? 403 : undefined))
    for (const name of ['one', 'bad']) await at.occi(`compute create a ${image} --context ${name}`)
    const { status, err } = await at.occi('compute delete a@one a@bad --yes')
    expect([status, err]).toEqual([8, expect.stringMatching(/^occi: bad: .*403/)])
    expect(await machinesAt('one,bad')).toEqual(['a@bad'])
  })

  it('--dry-run of a deletion at several sites shows the requests of each and sends none', async () => {
    const sites = [await site(at, 'one'), await site(at, 'two')]
    for (const name of ['one', 'two']) await at.occi(`compute create a ${image} --context ${name}`)
    const { out } = await at.occi('compute stop a@one a@two --dry-run')
    expect(out.match(/^POST .*action=stop/gm)).toHaveLength(2)
    for (const { writes } of sites) expect(writes).toHaveLength(1)
  })
})

describe('the first site that accepts', () => {
  const create = `compute create web ${image}`

  it('--any-of prints one identifier and a line for each refusal', async () => {
    await site(at, 'full', { machineLimit: 0 })
    await dead(at, 'dead')
    await site(at, 'poor', { as: 'martserver' })
    await site(at, 'one')
    const { status, out, err } = await at.occi(
      `${create} --any-of full,dead --any-of poor,one --wait -o name`,
    )
    expect([status, out]).toEqual([0, 'web@one\n'])
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/full: .*403.*at most 0 machines/),
      expect.stringMatching(/dead: .*refuses the connection/),
      expect.stringMatching(/poor: --os: There is no OS template "debian-12"/),
    ])
    expect(await machinesAt('full,one')).toEqual(['web@one'])
  })

  it('--any-of accepts groups and aliases, and history records the context', async () => {
    await site(at, 'ooi', { as: 'ooi' })
    await site(at, 'full', { machineLimit: 0 })
    for (const name of ['full', 'ooi']) await at.occi(`context set ${name} --group eu`)
    await at.occi('context alias ooi os debian-12 9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f02')
    await at.occi('context alias ooi size small m1.small')
    await at.occi('context alias full os debian-12 alma-9')
    const { out } = await at.occi(`${create} --any-of @eu -o json`)
    expect(JSON.parse(out)).toMatchObject({ context: 'ooi', name: 'web' })
  })

  it('--any-of deletes what ends in state error, reports it, and tries the next site', async () => {
    const bad = await site(at, 'bad')
    await site(at, 'full', { machineLimit: 0 })
    const { status, out, err } = await at.occi(`${create} --mixin error --wait --any-of bad,full`)
    expect([status, out]).toEqual([12, ''])
    expect(err.split('\n')[0]).toMatch(
      /^occi: bad: web is in state error.* — the entity that it created was deleted: http/,
    )
    expect(err.split('\n')[1]).toMatch(/^occi: full: /)
    expect(bad.writes.map((write) => write.split(' ')[0])).toEqual(['POST', 'DELETE'])
  })

  it.each([504, 503, 408])(
    '--any-of stops at status %i, because continuing could create two',
    async (status) => {
      await site(at, 'doubt', {}, (method) => (method === 'POST' ? status : undefined))
      const second = await site(at, 'one')
      const result = await at.occi(`${create} --any-of doubt,one`)
      expect(result).toMatchObject({ status: 11, out: '' })
      expect(result.err).toMatch(/^occi: doubt: /)
      expect(second.writes).toEqual([])
    },
  )

  it('--spread distributes several machines, and without it --any-of fills the first site', async () => {
    await site(at, 'one', { machineLimit: 3 })
    await site(at, 'two', { machineLimit: 3 })
    expect((await at.occi(`${create} --count 3 --spread --any-of one,two`)).status).toBe(0)
    expect(await machinesAt('one,two')).toEqual(['web-1@one', 'web-3@one', 'web-2@two'])
    await at.occi('compute delete --all --yes --all-contexts')
    expect((await at.occi(`${create} --count 4 --spread --context one,two`)).status).toBe(0)
    expect(await machinesAt('one')).toHaveLength(2)
    await at.occi('compute delete --all --yes --all-contexts')
    const { status, out } = await at.occi(`${create} --count 7 --any-of one,two -o name`)
    expect([status, out.trim().split('\n').length]).toEqual([8, 6])
    expect(await machinesAt('one')).toHaveLength(3)
  })

  it('--any-of with --dry-run shows what the first site would get', async () => {
    const first = await site(at, 'one')
    await dead(at, 'dead')
    const { out } = await at.occi(`${create} --any-of one,dead --dry-run`)
    expect(out).toMatch(/^POST \/compute\//m)
    expect(first.writes).toEqual([])
  })

  it.each([
    ['--any-of nowhere', 'There is no context "nowhere"'],
    ['--any-of @eu', 'There is no group "eu"'],
    ['--any-of one --id x', '--any-of and --id cannot be used together'],
    ['--any-of one --if-not-exists', '--any-of and --if-not-exists cannot be used together'],
    ['--any-of one --keep-on-failure', '--any-of and --keep-on-failure cannot be used together'],
    ['--any-of one --context one', '--any-of and --context cannot be used together'],
    ['--any-of one -e sandbox:', '--any-of and --endpoint cannot be used together'],
    ['--any-of one --spread', '--spread requires --count with a number above 1'],
    ['--spread --count 2', '--spread requires several contexts'],
    ['--context one,two', 'Use --any-of'],
    ['--all-contexts', 'Use --any-of'],
    ['--any-of one,two --os debian-99', 'one: --os: There is no OS template "debian-99"'],
  ])('%s is refused with an explanation', async (words, said) => {
    const sites = [await site(at, 'one'), await site(at, 'two')]
    const { status, out, err } = await at.occi(`compute create web --size small ${words}`)
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(said)
    for (const { writes } of sites) expect(writes).toEqual([])
  })

  it('--any-of without a site that accepts fails with one error that lists all, as JSON, too', async () => {
    await site(at, 'full', { machineLimit: 0 })
    await dead(at, 'dead')
    const { status, err } = await at.occi(`${create} --any-of full,dead -o json`)
    expect([status, JSON.parse(err).error]).toMatchObject([
      5,
      {
        code: 'forbidden',
        errors: [
          { context: 'full', exit: 5 },
          { context: 'dead', exit: 10 },
        ],
      },
    ])
  })
})

describe('completion', () => {
  it('completion offers names with their contexts', async () => {
    for (const name of ['one', 'two']) {
      await site(at, name)
      await at.occi(`compute create web-${name} ${image} --context ${name} -o json`)
    }
    await at.occi('compute list --all-contexts')
    const offered = async (...words: readonly string[]) =>
      (await at.occi(['__complete', 'entity', 'compute', '--', 'occi', 'compute', 'stop', ...words])).out
        .split('\n')
        .map((line) => line.split('\t')[0] ?? '')
        .filter((value) => value.startsWith('web'))
    expect(await offered('')).toEqual(['web-one'])
    expect(await offered('web-two@')).toEqual(['web-one', 'web-one@one', 'web-two@two'])
    expect(await offered('--all-contexts', '')).toEqual(['web-one@one', 'web-two@two'])
    expect(await offered('--context', 'two,one', '')).toEqual(['web-two@two', 'web-one@one'])
    expect(await offered('--context', 'two', '--context', 'one', '')).toEqual(['web-two@two', 'web-one@one'])
  })
})

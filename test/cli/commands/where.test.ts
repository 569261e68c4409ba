import { beforeEach, describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { type Machine, machine } from '../support/harness.js'

let sandbox: Machine

beforeEach(async () => {
  sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  await ok('compute create web --os debian-12 --size small --count 3 --wait')
  await ok('compute create db --os debian-12 --size large --wait')
  await ok('compute stop web-1 web-3 --wait')
})

async function ok(words: string, more = {}): Promise<string> {
  const result = await sandbox.occi(words, more)
  expect([words, result.status, result.err]).toEqual([words, 0, ''])
  return result.out
}

async function names(words: string): Promise<readonly string[]> {
  const found: readonly { name: string }[] = JSON.parse(await ok(`${words} -o json`))
  return found.map(({ name }) => name).sort()
}

describe('--where', () => {
  it.each([
    ['state=inactive', ['web-1', 'web-3']],
    ['state!=inactive', ['db', 'web-2']],
    ['name=web*', ['web-1', 'web-2', 'web-3']],
    ['name=web* --where state=active', ['web-2']],
    ['size=large', ['db']],
    ['size=http://*#large', ['db']],
    ['image=debian-12 --where size!=small', ['db']],
    ['mixin=small', ['web-1', 'web-2', 'web-3']],
    ['cores>1', ['db']],
    ['memory>=4G', ['db']],
    ['occi.compute.cores=1', ['web-1', 'web-2', 'web-3']],
    ['ip=*', []],
  ] as const)('list --where %s lists the matching entities', async (condition, expected) => {
    expect(await names(`compute list --where ${condition}`)).toEqual(expected)
  })

  it('start, stop, update, describe and wait with --where act on the matching entities and print an array', async () => {
    expect(await names('compute start --where state=inactive --wait')).toEqual(['web-1', 'web-3'])
    expect(await names('compute describe --where name=web-2')).toEqual(['web-2'])
    await ok('compute update cores=2 --where size=small')
    expect(await names('compute list --where cores=2 --where name!=db')).toEqual(['web-1', 'web-2', 'web-3'])
    expect(await names('compute trigger stop --where name=web* --wait')).toHaveLength(3)
    expect(await names('compute wait --where name=web* --for inactive')).toHaveLength(3)
  })

  it('delete --where --yes deletes the matching entities', async () => {
    expect(await names('compute delete --where state=inactive --yes')).toEqual(['web-1', 'web-3'])
    expect(await names('compute list')).toEqual(['db', 'web-2'])
  })

  it('delete --where on a terminal lists the matching entities and asks the user to type their number', async () => {
    const asked: string[] = []
    const prompts = {
      confirmTyped: async ({ message }: { message: string }, expected: string) => {
        asked.push(`${message} ${expected}`)
      },
    }
    const { status } = await sandbox.occi('compute delete --where state=inactive', {
      terminal: true,
      prompts,
    })
    expect([status, asked]).toEqual([0, ['This deletes 2 virtual machines: web-1, web-3. 2']])
  })

  it('delete --where without a terminal and without --yes deletes nothing', async () => {
    const { status, err } = await sandbox.occi('compute delete --where state=inactive')
    expect([status, err.includes('--yes')]).toEqual([2, true])
    expect(await names('compute list')).toHaveLength(4)
  })

  it.each(['delete --yes', 'start', 'describe', 'update cores=2', 'wait'])(
    'occi %s without a match prints [] and a note, and succeeds',
    async (verb) => {
      const { status, out, err } = await sandbox.occi(`compute ${verb} --where state=suspended -o json`)
      expect([status, JSON.parse(out)]).toEqual([0, []])
      expect(err).toBe('None of the virtual machines matches state=suspended.\n')
    },
  )

  it.each([
    ['compute list --where state', '--where "state"'],
    ['compute list --where sttae=active', 'Did you mean state?'],
    ['compute list --where coers=2', 'Did you mean cores?'],
    ['compute list --where name>3x', '>'],
    ['compute stop web-1 --where state=active', 'cannot be used together'],
    ['compute delete --all --yes --where state=active', 'cannot be used together'],
    ['compute stop --all --where state=active', 'cannot be used together'],
  ])('occi %s is refused with an explanation', async (words, expected) => {
    const { status, err } = await sandbox.occi(words)
    expect([status, err.includes(expected)]).toEqual([2, true])
  })

  it('--where title= acts on all entities with the same title', async () => {
    await ok('compute create db --os debian-12 --size small --wait')
    const found = await ok('compute stop --where name=db --wait')
    expect(found.trim().split('\n')).toHaveLength(2)
  })
})

describe('messages about many entities on a terminal', () => {
  it('one sentence sums up the changes of many entities', async () => {
    await ok('compute create bulk --os debian-12 --count 12 --wait')
    const more = { terminal: true }
    const few = await sandbox.occi('compute stop web-2 db --wait', more)
    expect(few.err.match(/^Triggered stop on virtual machine/gm)).toHaveLength(2)
    const many = await sandbox.occi('compute stop --where name=bulk-* --wait', more)
    expect(many.err).toBe('Triggered stop on 12 virtual machines.\n')
    const gone = await sandbox.occi('compute delete --where name=bulk-* --yes', more)
    expect(gone.err).toBe('Deleted 12 virtual machines.\n')
  })
})

describe('several names', () => {
  it('several names need only one request for the collection', async () => {
    const gets: string[] = []
    const { sandbox: inner } = openSandbox({ clock: Date.now, speed: 0 })
    const handle: typeof inner.handle = (request) => {
      if (request.method === 'GET') gets.push(request.target)
      return inner.handle(request)
    }
    const served = await serveSandbox({ handle, close: () => inner.close() })
    const at = machine({ env: { OCCI_ENDPOINT: served.endpoint } })
    await at.occi('compute create web --os debian-12 --count 5 --wait')
    gets.length = 0
    const { status, out } = await at.occi('compute describe web-1 web-2 web-3 web-4 web-9 -o name')
    expect([status, out.trim().split('\n')]).toEqual([8, Array(4).fill(expect.any(String))])
    expect(gets.filter((target) => target === '/compute/')).toHaveLength(1)
    await served.close()
  })

  it('each of several names may be an id, a title, or the beginning of an id', async () => {
    const ids = JSON.parse((await sandbox.occi('compute list -o json')).out).map(({ url }: { url: string }) =>
      url.split('/').at(-1),
    )
    const { status, out } = await sandbox.occi(
      `compute describe db web-1 ${ids[0].slice(0, 13)} ${ids[1]} -o id`,
    )
    expect([status, out.trim().split('\n')]).toEqual([0, Array(4).fill(expect.any(String))])
    const wrong = await sandbox.occi('compute describe db wbe-1 zzz')
    expect([wrong.status, wrong.err.includes('Did you mean web-1')]).toEqual([8, true])
    expect(wrong.err).toContain('"occi compute list" lists the existing ones')
  })
})

describe('--concurrency', () => {
  it.each(['0', '101', 'many', '-1', '1.5'])('--concurrency %s is refused', async (number) => {
    const { status, err } = await sandbox.occi(['compute', 'stop', 'web-2', `--concurrency=${number}`])
    expect([status, err.startsWith(`occi: --concurrency cannot be "${number}"`)]).toEqual([2, true])
  })

  it('--concurrency limits the number of simultaneous requests', async () => {
    let now = 0
    let most = 0
    const found = await sandbox.occi('compute list -o json')
    const entities = JSON.parse(found.out)
    const client = {
      endpoint: 'http://h/',
      find: async (name: string) => ({ location: `http://h/${name}` }),
      delete: async () => {
        now += 1
        most = Math.max(most, now)
        await new Promise((resolve) => setTimeout(resolve, 5))
        now -= 1
      },
    } as never
    expect(entities).toHaveLength(4)
    await sandbox.occi('compute delete /a /b /c /d /e /f --yes --concurrency 2', { client })
    expect(most).toBe(2)
  })
})

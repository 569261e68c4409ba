import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { type Machine, machine } from '../support/harness.js'

const create = '--os debian-12 --size small'

/** A practice cloud behind a context; its machines are there at once. */
async function site(at: Machine, name: string, settings: Partial<Parameters<typeof openSandbox>[0]> = {}) {
  const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, ...settings })
  const writes: string[] = []
  const noting: typeof sandbox = {
    ...sandbox,
    handle: (request) => {
      if (request.method !== 'GET') writes.push(`${request.method} ${request.target}`)
      return sandbox.handle(request)
    },
  }
  const server = await serveSandbox(noting, { port: 0, basePath })
  onTestFinished(() => server.close())
  const auth = settings.auth?.method === 'basic' ? 'basic --username ada --password geheim' : 'none'
  await at.occi(`context add ${name} --endpoint ${server.endpoint} --auth ${auth}`)
  return { endpoint: server.endpoint, writes }
}

let at: Machine
beforeEach(() => {
  at = machine()
})

const names = async (contexts: string) => {
  const { out } = await at.occi(`compute list --context ${contexts} --columns context,name`)
  return out.trim().split('\n').filter(Boolean)
}

describe('names with a context', () => {
  it('act at their sites, whatever is in force, and are printed so that a pipe goes on', async () => {
    const [one, two] = [await site(at, 'one'), await site(at, 'two', { as: 'ooi' })]
    await site(at, 'three', { auth: { method: 'basic', username: 'ada', password: 'geheim' } })
    await at.occi(`compute create web ${create} --context one`)
    await at.occi(['compute', 'create', 'db', '--os', 'Debian 12', '--size', 'm1.small', '--context', 'two'])
    await at.occi(`compute create db ${create} --context three`)
    const { status, out } = await at.occi('compute stop web@one db@two --context three -o json')
    expect([
      status,
      JSON.parse(out).map(({ context, name }: Record<string, string>) => `${name}@${context}`),
    ]).toEqual([0, ['web@one', 'db@two']])
    expect(one.writes.filter((write) => write.includes('action=stop'))).toHaveLength(1)
    expect(two.writes.filter((write) => write.includes('action=stop'))).toHaveLength(1)
    const list = await at.occi('compute list --all-contexts --where state=inactive -o name')
    expect(list.out).toMatch(/^\S+@one\n\S+@two\n$/)
    const gone = await at.occi('compute delete - --yes', { stdin: list.out })
    expect(gone).toMatchObject({ status: 0, out: list.out })
    expect(await names('one,two,three')).toEqual(['three\tdb'])
  })
})

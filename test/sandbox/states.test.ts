import { describe, expect, it } from 'vitest'
import { action, attribute, cloud, infra, kind, made, mixin, text } from './client.js'

type Cloud = ReturnType<typeof cloud>

async function shown(at: Cloud, path: string) {
  const { body } = await at.ask('GET', path)
  const attributes = new Map(
    body.split('\r\n').flatMap((line) => {
      const [, name = '', value = ''] = /^X-OCCI-Attribute: ([^=]+)=(.*)$/.exec(line) ?? []
      return name === '' ? [] : [[name, value.replace(/^"|"$/g, '')] as const]
    }),
  )
  const actions = [...body.matchAll(/\?action=(\w+)>/g)].map((match) => match[1])
  return { body, attributes, actions }
}

async function state(at: Cloud, path: string) {
  const { attributes } = await shown(at, path)
  const name = [...attributes.keys()].find((key) => key.endsWith('.state')) ?? ''
  const message = attributes.get(`${name}.message`)
  return message === undefined ? [attributes.get(name)] : [attributes.get(name), message]
}

const act = (at: Cloud, path: string, kindTerm: string, term: string) =>
  at.ask('POST', `${path}?action=${term}`, text(action(kindTerm, term)))

describe('a compute over time', () => {
  it('a compute waits, boots and becomes active, and accepts actions only then', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    expect(await state(at, path)).toEqual(['inactive', 'waiting: scheduling'])
    expect((await shown(at, path)).actions).toEqual([])
    at.wait(1000)
    expect(await state(at, path)).toEqual(['inactive', 'waiting: booting'])
    expect((await act(at, path, 'compute', 'start')).status).toBe(409)
    at.wait(1500)
    expect(await state(at, path)).toEqual(['active'])
    expect((await shown(at, path)).actions).toEqual(['stop', 'restart', 'suspend', 'save'])
  })

  it.each([
    ['stop', 'stopping', 'inactive', ['start', 'save']],
    ['suspend', 'suspending', 'suspended', ['start', 'save']],
    ['restart', 'restarting', 'active', ['stop', 'restart', 'suspend', 'save']],
  ] as const)('the action %s takes a moment', async (term, message, end, actions) => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    at.wait(5000)
    expect((await act(at, path, 'compute', term)).status).toBe(200)
    expect(await state(at, path)).toEqual(['active', message])
    expect((await act(at, path, 'compute', 'start')).body).toContain(`is busy (${message})`)
    at.wait(5000)
    expect(await state(at, path)).toEqual([end])
    expect((await shown(at, path)).actions).toEqual(actions)
  })

  it('a compute restarts by way of inactive', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    at.wait(5000)
    await act(at, path, 'compute', 'restart')
    at.wait(600)
    expect(await state(at, path)).toEqual(['inactive', 'restarting'])
  })

  it('save creates an image that can be used at once', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    at.wait(5000)
    const body = `${action('compute', 'save')}${attribute('name', 'Before upgrade')}`
    const answer = await at.ask('POST', `${path}?action=save`, text(body))
    expect(answer.lines('Category')).toHaveLength(1)
    expect(answer.body).toContain(
      'Category: before_upgrade; scheme="http://sandbox.example.org/occi/os_tpl#"; class="mixin"',
    )
    const image = mixin('http://sandbox.example.org/occi/os_tpl#', 'before_upgrade')
    expect((await at.ask('POST', '/compute/', text(`${kind('compute')}${image}`))).status).toBe(201)
  })

  it('a running compute is rebuilt when its size changes', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    at.wait(5000)
    await at.ask('POST', path, text(mixin('http://sandbox.example.org/occi/resource_tpl#', 'large')))
    expect(await state(at, path)).toEqual(['inactive', 'rebuilding'])
    at.wait(5000)
    expect(await state(at, path)).toEqual(['active'])
  })

  it('state changes happen at once at speed 0, and take ten times as long at speed 10', async () => {
    const fast = cloud({ speed: 0 })
    expect(await state(fast, await made(fast, '/compute/', kind('compute')))).toEqual(['active'])
    const slow = cloud({ speed: 10 })
    const path = await made(slow, '/compute/', kind('compute'))
    slow.wait(24_000)
    expect(await state(slow, path)).toEqual(['inactive', 'waiting: booting'])
    slow.wait(2_000)
    expect(await state(slow, path)).toEqual(['active'])
  })
})

describe('a cloud with room for one machine', () => {
  it('a cloud with room for one machine refuses the second with 403 until the first is deleted, and creates other kinds', async () => {
    const at = cloud({ machines: 1 })
    const path = await made(at, '/compute/', kind('compute'))
    const refused = await at.ask('POST', '/compute/', text(kind('compute')))
    expect([refused.status, refused.body]).toEqual([
      403,
      expect.stringContaining('Quota exceeded: at most 1 machine'),
    ])
    await made(at, '/network/', kind('network'))
    expect((await at.ask('DELETE', path)).status).toBe(200)
    await made(at, '/compute/', kind('compute'))
  })
})

describe('networks and storages over time', () => {
  it('networks go up and down, and storages online and offline', async () => {
    const at = cloud()
    const network = await made(at, '/network/', kind('network'))
    const storage = await made(at, '/storage/', `${kind('storage')}${attribute('occi.storage.size', 2.5)}`)
    expect([await state(at, network), await state(at, storage)]).toEqual([
      ['inactive', 'building'],
      ['offline', 'building'],
    ])
    at.wait(1000)
    expect([await state(at, network), await state(at, storage)]).toEqual([['active'], ['online']])
    await act(at, network, 'network', 'down')
    await act(at, storage, 'storage', 'offline')
    at.wait(1000)
    expect([await state(at, network), await state(at, storage)]).toEqual([['inactive'], ['offline']])
  })
})

describe('links over time', () => {
  const link = `Link: </network/public>; rel="${infra}network"; category="${infra}networkinterface"\r\n`

  it('a link follows the states of both ends', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', `${kind('compute')}${link}`)
    const [url = ''] = (await at.ask('GET', '/networkinterface/')).lines('X-OCCI-Location')
    const nic = new URL(url).pathname
    expect(await state(at, nic)).toEqual(['inactive'])
    at.wait(5000)
    expect(await state(at, nic)).toEqual(['active'])
    await act(at, '/network/public', 'network', 'down')
    at.wait(5000)
    expect(await state(at, nic)).toEqual(['inactive'])
    await act(at, '/network/public', 'network', 'up')
    await act(at, path, 'compute', 'stop')
    at.wait(5000)
    expect(await state(at, nic)).toEqual(['inactive'])
  })

  it('each link gets an address of its own, known once the machine has booted', async () => {
    const at = cloud()
    for (const title of ['a', 'b']) {
      await made(at, '/compute/', `${kind('compute')}${attribute('occi.core.title', title)}${link}`)
    }
    const addresses = async () => {
      const found: (string | undefined)[] = []
      for (const url of (await at.ask('GET', '/networkinterface/')).lines('X-OCCI-Location')) {
        found.push((await shown(at, new URL(url).pathname)).attributes.get('occi.networkinterface.address'))
      }
      return found
    }
    expect(await addresses()).toEqual([undefined, undefined])
    at.wait(5000)
    expect(await addresses()).toEqual(['203.0.113.10', '203.0.113.11'])
  })

  it('a link keeps an address that the client chose', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    const ip = mixin('http://schemas.ogf.org/occi/infrastructure/networkinterface#', 'ipnetworkinterface')
    const nic = await made(
      at,
      '/networkinterface/',
      `${kind('networkinterface')}${ip}${attribute('occi.core.source', path)}${attribute('occi.core.target', '/network/private')}${attribute('occi.networkinterface.address', '10.0.7.7')}`,
    )
    at.wait(5000)
    expect((await shown(at, nic)).attributes.get('occi.networkinterface.address')).toBe('10.0.7.7')
  })
})

describe('a network', () => {
  it('a network runs out of addresses', async () => {
    const at = cloud()
    const ip = mixin('http://schemas.ogf.org/occi/infrastructure/network#', 'ipnetwork')
    const network = await made(
      at,
      '/network/',
      `${kind('network')}${ip}${attribute('occi.network.address', '192.0.2.0/30')}`,
    )
    const link = `Link: <${network}>; rel="${infra}network"; category="${infra}networkinterface"\r\n`
    const answers: number[] = []
    for (let count = 0; count < 2; count += 1) {
      answers.push((await at.ask('POST', '/compute/', text(`${kind('compute')}${link}`))).status)
    }
    expect(answers).toEqual([201, 409])
    expect((await at.ask('GET', '/compute/')).lines('X-OCCI-Location')).toHaveLength(1)
  })
})

describe('a partial update', () => {
  it('a partial update may contain only a link', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    const link = `</network/public>; rel="${infra}network"; category="${infra}networkinterface"`
    expect((await at.ask('POST', path, text(`Link: ${link}\r\n`))).status).toBe(200)
    const headers = [['Link', link]] as const
    expect((await at.ask('POST', path, { type: 'text/occi', headers })).status).toBe(200)
    expect((await at.ask('GET', path)).lines('Link')).toHaveLength(2)
  })
})

describe('user data', () => {
  it('user data is kept unchanged', async () => {
    const at = cloud()
    const data = mixin('http://schemas.ogf.org/occi/infrastructure/compute#', 'user_data')
    const body = `${kind('compute')}${data}`
    expect((await at.ask('POST', '/compute/', text(body))).body).toContain(
      'occi.compute.userdata is required',
    )
    const path = await made(
      at,
      '/compute/',
      `${body}${attribute('occi.compute.userdata', 'I2Nsb3VkLWNvbmZpZwo=')}`,
    )
    expect((await shown(at, path)).attributes.get('occi.compute.userdata')).toBe('I2Nsb3VkLWNvbmZpZwo=')
    expect((await at.ask('POST', path, text(attribute('occi.compute.userdata', 'other')))).status).toBe(403)
  })
})

describe('states for practice', () => {
  const practice = (term: string) => mixin('http://sandbox.example.org/occi/state#', term)
  const bodies: Readonly<Record<string, string>> = {
    compute: kind('compute'),
    network: kind('network'),
    storage: `${kind('storage')}${attribute('occi.storage.size', 2)}`,
  }

  it.each(Object.entries(bodies))('a %s with the mixin error ends in state error', async (term, body) => {
    const at = cloud()
    const path = await made(at, `/${term}/`, `${body}${practice('error')}`)
    expect(await state(at, path)).not.toContain('error')
    at.wait(5000)
    expect(await state(at, path)).toEqual(['error', 'it has the mixin error'])
    expect((await shown(at, path)).actions).toEqual([])
  })

  it('the mixin error fails a running entity, and its removal repairs it', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    at.wait(5000)
    await at.ask('POST', path, text(practice('error')))
    expect(await state(at, path)).toEqual(['error', 'it has the mixin error'])
    expect((await act(at, path, 'compute', 'stop')).status).toBe(409)
    await at.ask('DELETE', '/state/error/', text(`X-OCCI-Location: ${path}\r\n`))
    expect(await state(at, path)).toEqual(['active'])
  })

  it.each([undefined, 'occi-1.1'])('a degraded storage can be taken offline (persona %s)', async (as) => {
    const at = cloud(as === undefined ? {} : { as })
    const path = await made(at, '/storage/', `${bodies.storage}${practice('degraded')}`)
    at.wait(5000)
    expect((await state(at, path))[0]).toBe('degraded')
    expect((await act(at, path, 'storage', 'offline')).status).toBe(200)
    at.wait(5000)
    expect((await state(at, path))[0]).toBe('offline')
  })

  it('only a storage can be degraded', async () => {
    const at = cloud()
    expect(
      (await at.ask('POST', '/compute/', text(`${kind('compute')}${practice('degraded')}`))).status,
    ).toBe(400)
  })
})

describe('what was deleted', () => {
  it.each(['GET', 'POST', 'DELETE'])('a deleted entity is answered with 410 for %s', async (method) => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    await at.ask('DELETE', path)
    const { status, body } = await at.ask(method, path, method === 'POST' ? text(kind('compute')) : {})
    expect([status, body]).toEqual([410, `${path} was deleted\r\n`])
    expect((await at.ask(method, `${path}0`)).status).toBe(404)
  })

  it.each([
    [undefined, 'application/occi+json', 410],
    ['occi-cli/1.0 OCCI/1.1', 'text/plain', 410],
    ['PycURL/7.43', 'text/plain', 404],
    ['PycURL/7.43', 'text/occi', 404],
  ])(
    'a deleted entity is answered for %s with Accept %s by status %i, because pOCCI accepts only 404',
    async (agent, accept, status) => {
      const at = cloud()
      const path = await made(at, '/compute/', kind('compute'))
      await at.ask('DELETE', path)
      const talk = agent === undefined ? { accept } : { accept, agent }
      expect((await at.ask('GET', path, talk)).status).toBe(status)
    },
  )

  it('a deleted entity can be created again at its path, and then exists', async () => {
    const at = cloud()
    const path = await made(at, '/compute/', kind('compute'))
    await at.ask('DELETE', path)
    expect((await at.ask('PUT', path, text(kind('compute')))).status).toBe(201)
    expect((await at.ask('GET', path)).status).toBe(200)
  })

  it('a refused request does not mark an entity as deleted', async () => {
    const at = cloud()
    const inline = `Link: </network/none>; rel="${infra}network"; category="${infra}networkinterface"\r\n`
    const path = '/compute/00000000-0000-4000-8000-0000000000aa'
    expect((await at.ask('PUT', path, text(`${kind('compute')}${inline}`))).status).toBe(404)
    expect((await at.ask('GET', path)).status).toBe(404)
  })

  it('the last thousand deleted entities are remembered', async () => {
    const at = cloud({ speed: 0 })
    const paths: string[] = []
    for (let count = 0; count < 1001; count += 1) paths.push(await made(at, '/network/', kind('network')))
    for (const path of paths) await at.ask('DELETE', path)
    expect((await at.ask('GET', paths[0] ?? '')).status).toBe(404)
    expect((await at.ask('GET', paths[1] ?? '')).status).toBe(410)
  })

  it.each(['pyssf', 'ooi', 'erocci'])(
    'a deleted entity is answered with 404 by %s, as by its server',
    async (as) => {
      const at = cloud({ as, speed: 0 })
      await at.ask('DELETE', '/compute/none')
      expect((await at.ask('GET', '/compute/none', { accept: 'text/plain' })).status).toBe(404)
    },
  )
})

describe("a user's mixin", () => {
  it("a user's mixin may depend on an unknown one, as in the example of GFD.185", async () => {
    const at = cloud()
    const definition =
      'Category: my_stuff; scheme="http://example.com/occi/my_stuff#"; class="mixin"; rel="http://example.com/occi/something_else#mixin"; location="/my_stuff/"\r\n'
    expect((await at.ask('POST', '/-/', text(definition))).status).toBe(200)
    const path = await made(
      at,
      '/compute/',
      `${kind('compute')}${mixin('http://example.com/occi/my_stuff#', 'my_stuff')}`,
    )
    expect((await at.ask('GET', '/my_stuff/')).lines('X-OCCI-Location')).toEqual([`http://sandbox${path}`])
  })
})

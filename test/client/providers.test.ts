import { describe, expect, it } from 'vitest'
import { contextualize, providerProfiles } from '../../src/client/index.js'
import { gather } from './cloud.js'
import {
  type Asked,
  computeJson,
  computeText,
  id,
  jsonModel,
  jsonProvider,
  jsonReply,
  mocked,
  type Reply,
  type Script,
  textModel,
  textProvider,
  textReply,
} from './mocked.js'

const vm = 'http://cloud.test/compute/1'
const created = (path: string): Reply => ({
  status: 201,
  headers: [['Location', `http://cloud.test${path}`]],
  body: 'OK',
})
const shown = textReply(computeText({ 'occi.core.title': '"x"', 'occi.compute.state': '"active"' }))

/** Answers every create, update and read. */
const willing: Script = ({ method, path }) => {
  if (method === 'POST' && path.endsWith('/')) return created(`${path}1`)
  if (method === 'PUT') return created(path)
  return shown
}

const writes = (seen: readonly Asked[]) => seen.filter(({ method }) => method !== 'GET')

const osModel = `${textModel('', { storagelink: '/storage/link/', networkinterface: '/network/interface/' })}
Category: os_vms; scheme="http://schemas.openstack.org/compute/instance#"; class="mixin"; location="/os_vms/"`
const occiOs = (script: Script = willing) => mocked(textProvider('pyssf OCCI/1.1', script, osModel))

describe('OCCI-OS', () => {
  it('OCCI-OS is sent a deviceid made of the mountpoint, or a default', async () => {
    const { client, seen } = occiOs()
    await client.link(vm, { target: '/storage/1', attributes: { 'occi.storagelink.mountpoint': '/dev/vdc' } })
    await client.link(vm, { target: '/storage/1' })
    expect(writes(seen).map(({ body }) => /deviceid="([^"]*)"/.exec(body)?.[1])).toEqual([
      '/dev/vdc',
      '/dev/vdb',
    ])
  })

  it('OCCI-OS is sent a graceful restart unless another method is given (Q50)', async () => {
    const { client, seen } = occiOs()
    await client.trigger(vm, 'restart')
    await client.trigger(vm, 'restart', { method: 'cold' })
    expect(writes(seen).map(({ body }) => /method="([^"]*)"/.exec(body)?.[1])).toEqual(['graceful', 'cold'])
  })

  it('OCCI-OS is resized and rebuilt with one template at a time, and without the kind', async () => {
    const { client, seen } = occiOs(({ method }) => (method === 'GET' ? shown : { status: 200, body: 'OK' }))
    await client.update(vm, { mixins: ['large', 'debian'] })
    expect(writes(seen).map(({ body }) => body.trim())).toEqual([
      'Category: large; scheme="http://example.com/size#"; class="mixin"',
      'Category: debian; scheme="http://example.com/os#"; class="mixin"',
    ])
  })

  it('OCCI-OS is sent links after the machine, because an inline link causes a 500 after the VM was made (Q53)', async () => {
    const { client, lines, seen } = occiOs()
    await client.create({ kind: 'compute', links: [{ target: '/storage/1' }] })
    expect(lines().filter((line) => line.startsWith('POST'))).toEqual([
      'POST /compute/',
      'POST /storage/link/',
    ])
    expect(writes(seen)[0]?.body).not.toContain('Link:')
  })

  it('the error for a failed link at OCCI-OS names the created machine', async () => {
    const { client } = occiOs((asked) =>
      asked.path === '/storage/link/' ? { status: 400, body: 'no' } : willing(asked),
    )
    await expect(client.create({ kind: 'compute', links: [{ target: '/storage/1' }] })).rejects.toMatchObject(
      {
        code: 'partial',
        facts: { created: vm },
      },
    )
  })

  it('the location that OCCI-OS answers replaces the requested id (Q31)', async () => {
    const { client } = occiOs(({ method }) => (method === 'PUT' ? created('/compute/8703') : shown))
    expect((await client.create({ kind: 'compute', id: 'my-own-id' })).location).toBe(
      'http://cloud.test/compute/8703',
    )
  })
})

describe('snf-occi', () => {
  const flavour =
    'Category: C2R2048D20; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="mixin"; rel="http://schemas.ogf.org/occi/infrastructure#resource_tpl"; location="/C2R2048D20/"'
  const image =
    'Category: Ubuntu Server 14.04 LTS (x86_64); scheme="http://schemas.ogf.org/occi/infrastructure#"; class="mixin"; rel="http://schemas.ogf.org/occi/infrastructure#os_tpl"; location="http://127.0.0.1:8888/Ubuntu Server 14.04 LTS (x86_64)/"'
  const model = `${textModel()}\n${flavour}\n${image}`

  it('snf-occi is sent everything in headers, because it reads no bodies (Q7, Q45, Q46, ooi-3)', async () => {
    const { client, seen } = mocked(textProvider('pyssf OCCI/1.1', willing, model))
    await client.create({ kind: 'compute', title: 'newVM', mixins: ['c2r2048d20'] })
    const [post] = writes(seen)
    // text/occi answers are not asked for: their errors are mute where ooi is behind.
    expect(post).toMatchObject({ type: 'text/occi', body: '', accept: 'text/plain' })
    expect(post?.all('Category')).toEqual([
      `compute; scheme="${id('')}"; class="kind"`,
      `C2R2048D20; scheme="${id('')}"; class="mixin"`,
    ])
    expect(post?.all('X-OCCI-Attribute')).toEqual(['occi.core.title="newVM"'])
  })

  it('an image of snf-occi with blanks and brackets in term and location is found by what it depends on (Q39)', async () => {
    const { client } = mocked(textProvider('pyssf OCCI/1.1', willing, model))
    const found = (await client.model()).resolve('Ubuntu Server 14.04 LTS (x86_64)', {
      class: 'mixin',
      dependsOn: 'os_tpl',
    })
    expect(found.location).toBe('http://cloud.test/Ubuntu%20Server%2014.04%20LTS%20(x86_64)/')
  })

  it('snf-occi is sent memory in MiB', async () => {
    const { client, seen } = mocked(textProvider('pyssf OCCI/1.1', willing, model))
    await client.create({ kind: 'compute', attributes: { 'occi.compute.memory': 2 } })
    expect(writes(seen)[0]?.all('X-OCCI-Attribute')).toEqual(['occi.compute.memory=2048'])
  })
})

describe('rOCCI-server 1', () => {
  const model = `${textModel()}
Category: alpine; scheme="http://occi.example.org/occi/infrastructure/os_tpl#"; class="mixin"; rel="${id('os_tpl')}"; location="/mixin/os_tpl/alpine/"`
  const rocci = () => mocked(textProvider('nginx', willing, model))

  it('rOCCI-server 1 is sent an id, and the kind before the mixins and the id (rocci1-1)', async () => {
    const { client, seen } = rocci()
    await client.create({ kind: 'compute', mixins: ['alpine'], title: 'vm' })
    const body = writes(seen)[0]?.body ?? ''
    const places = ['Category: compute;', 'Category: alpine;', 'occi.core.id="00000000-'].map((part) =>
      body.indexOf(part),
    )
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBe(0)
  })

  it('rOCCI-server 1 is sent one header per value, in text/occi too (rocci1-2)', async () => {
    const { client, seen } = mocked(textProvider('nginx', willing, model), { mediaType: 'text/occi' })
    await client.create({ kind: 'compute', mixins: ['alpine'] })
    expect(
      writes(seen)[0]
        ?.all('Category')
        .map((value) => value.split(';')[0]),
    ).toEqual(['compute', 'alpine'])
  })

  it('rOCCI-server 1 is sent inline links with self, id, source and target (rocci1-10)', async () => {
    const { client, seen } = rocci()
    await client.create({ kind: 'compute', links: [{ target: '/storage/7' }] })
    const link = (writes(seen)[0]?.body ?? '').split('\n').find((line) => line.startsWith('Link:')) ?? ''
    expect(link).toContain('</storage/7>')
    expect(link).toContain(`rel="${id('storage')}"`)
    expect(link).toMatch(/self="\/storagelink\/00000000-0000-4000-8000-000000000002"/)
    expect(link).toContain(`category="${id('storagelink')}"`)
    expect(link).toContain('occi.core.id="00000000-0000-4000-8000-000000000002"')
    expect(link).toContain('occi.core.source="/compute/00000000-0000-4000-8000-000000000001"')
    expect(link).toContain('occi.core.target="/storage/7"')
    expect(link).not.toContain('.kind=')
  })

  it('a 501 of rOCCI-server 1 to an update is explained (rocci1-8)', async () => {
    const { client } = mocked(
      textProvider('nginx', ({ method }) => (method === 'POST' ? { status: 501 } : shown), model),
    )
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('does not implement'),
    })
  })
})

describe('rOCCI-server 2', () => {
  it('rOCCI-server 2 is sent JSON with an id of the client, and one Accept (rocci2-4, rocci2-5)', async () => {
    const { client, seen } = mocked(
      jsonProvider('rOCCI-server OCCI/1.1 OCCI/1.2', ({ method }) =>
        method === 'POST' ? jsonReply(['http://cloud.test/compute/1'], { status: 201 }) : undefined,
      ),
    )
    expect((await client.create({ kind: 'compute', title: 'x' })).location).toBe(vm)
    expect(JSON.parse(writes(seen)[0]?.body ?? '')).toMatchObject({
      id: '00000000-0000-4000-8000-000000000001',
    })
    for (const { accept } of seen) expect(accept).toBe('application/occi+json')
  })
})

describe('ooi', () => {
  it('ooi is resized by PUT (Q47, ooi-9, ooi-17, ooi-24)', async () => {
    const { client, seen } = mocked(
      textProvider('ooi/0.3.2 OCCI/1.1', ({ method }) => (method === 'PUT' ? { status: 200 } : shown)),
    )
    await client.update(vm, { mixins: ['large'] })
    expect(writes(seen)).toMatchObject([{ method: 'PUT', path: '/compute/1', type: 'text/plain' }])
    // A blank line or a line without a colon is a 500, another case of the name a 400.
    const lines = (writes(seen)[0]?.body ?? '').trimEnd().split(/\r?\n/)
    expect(lines.map((line) => line.split(': ')[0])).toEqual(['Category', 'Category'])
    expect(lines[0]).toContain('compute; scheme=')
  })

  it('ooi is sent keys and user data under the names that it reads, not those it advertises (ooi-26)', async () => {
    const model = `${textModel()}
Category: ssh_key; scheme="http://schemas.ogf.org/occi/infrastructure/credentials#"; class="mixin"; location="/ssh_key/"; attributes="occi.crendentials.ssh.publickey"
Category: user_data; scheme="http://schemas.ogf.org/occi/infrastructure/compute#"; class="mixin"; location="/user_data/"; attributes="occi.compute.userdata"`
    const { client, seen } = mocked(textProvider('ooi/0.3.2 OCCI/1.1', willing, model), { validate: false })
    const context = contextualize(await client.model(), { userData: '#!', sshKey: 'ssh-rsa AAAA' })
    await client.create({
      kind: 'compute',
      mixins: context.mixins,
      attributes: Object.fromEntries(context.attributes),
    })
    const body = writes(seen)[0]?.body ?? ''
    expect(body).toContain('occi.compute.user_data="IyE="')
    expect(body).toContain('occi.credentials.ssh_key="ssh-rsa AAAA"')
  })

  it('ooi is sent no filters, and its 204 is an empty list (ooi-20)', async () => {
    const { client, seen } = mocked(textProvider('ooi/0.3.2 OCCI/1.1', () => ({ status: 204, headers: [] })))
    const filter = { attributes: new Map([['occi.core.title', 'x']]) }
    expect(await gather(client.list('compute', { filter }))).toEqual([])
    expect(seen.at(-1)?.all('X-OCCI-Attribute')).toEqual([])
  })
})

describe('erocci', () => {
  it('erocci is read in JSON, because its text breaks at quotes and line ends (E9)', async () => {
    const { client, seen } = mocked(
      jsonProvider('erocci OCCI/1.2', () => jsonReply(computeJson({ title: 'A "quoted"\ntitle' }))),
    )
    expect((await client.describe('/v1')).title).toBe('A "quoted"\ntitle')
    expect(seen.at(-1)?.accept).toBe('application/occi+json')
  })
  const server = 'erocci OCCI/1.2'
  const model = jsonModel()
  for (const one of [...model.kinds, ...model.mixins]) one.location = `/categories/${one.term}`

  it('a chosen id at erocci is below the term, not below the collection (E24)', async () => {
    const { client, lines } = mocked(jsonProvider(server, () => ({ status: 200, body: 'OK\n' }), model))
    const made = await client.create({ kind: 'compute', id: '6157c4d2-08b3-4204-be85-d1828df74c25' })
    expect(made.location).toBe('http://cloud.test/compute/6157c4d2-08b3-4204-be85-d1828df74c25')
    expect(lines().at(-1)).toBe('PUT /compute/6157c4d2-08b3-4204-be85-d1828df74c25')
  })

  it('an enumeration that erocci declares as an array accepts a word (E22)', async () => {
    const { client } = mocked(jsonProvider(server, () => created('/v1'), model))
    const made = await client.create({ kind: 'compute', attributes: { 'occi.compute.architecture': 'x86' } })
    expect(made.location).toBe('http://cloud.test/v1')
  })

  it('erocci is sent the members of a mixin in text', async () => {
    const { client, seen } = mocked(jsonProvider(server, () => ({ status: 200 }), model))
    await client.attachMixin('tag', ['/v1'])
    expect(writes(seen)).toMatchObject([
      {
        path: '/categories/tag',
        type: 'text/plain',
        body: expect.stringContaining('X-OCCI-Location: http://cloud.test/v1'),
      },
    ])
  })

  it('erocci keeps a mixin at the location of its own choice', async () => {
    const grown = jsonModel()
    grown.mixins.push({ term: 'mine', scheme: 'http://example.com/my#', location: '/categories/mine' })
    let defined = false
    const { client } = mocked((asked) => {
      if (asked.method === 'POST') defined = true
      return asked.path === '/-/' && asked.method === 'GET'
        ? jsonReply(defined ? grown : model, {
            headers: [
              ['Content-Type', 'application/occi+json'],
              ['Server', server],
            ],
          })
        : { status: 200 }
    })
    const mixin = await client.defineMixin({
      scheme: 'http://example.com/my#',
      term: 'mine',
      location: '/mine/',
    })
    expect(mixin.location).toBe('http://cloud.test/categories/mine')
  })

  it('old members that erocci keeps after a set are an error (E19)', async () => {
    const { client } = mocked(
      jsonProvider(
        server,
        ({ method }) =>
          method === 'GET'
            ? { headers: [['Content-Type', 'text/uri-list']], body: '/v1\r\n/v2\r\n\r\n' }
            : { status: 200 },
        model,
      ),
    )
    await expect(client.setMixinMembers('tag', ['/v1'])).rejects.toMatchObject({
      code: 'conflict',
      facts: { left: ['http://cloud.test/v2'] },
    })
  })

  it('the members of a collection at erocci are deleted one by one, because it cannot delete the collection', async () => {
    const { client, lines } = mocked(
      jsonProvider(
        server,
        ({ method, path }) => {
          if (method === 'GET') return { headers: [['Content-Type', 'text/uri-list']], body: '/v1\r\n/v2' }
          return path === '/categories/compute' ? { status: 500 } : { status: 204 }
        },
        model,
      ),
    )
    await client.deleteAll('compute')
    // Not the collection itself: that is known to fail.
    expect(lines().filter((line) => line.startsWith('DELETE'))).toEqual(['DELETE /v1', 'DELETE /v2'])
  })
})

describe('MartServer', () => {
  const server = 'OCCIWare MART Server v1.0 OCCI/1.2'

  it('MartServer is sent JSON, never a text body (M1)', async () => {
    const { client, seen } = mocked(
      jsonProvider(server, () => jsonReply(computeJson({ location: '/compute/1' }), { status: 201 })),
    )
    await client.create({ kind: 'compute', title: 'x', mixins: ['debian'] })
    expect(writes(seen)[0]?.type).toBe('application/occi+json')
  })

  it('a mixin is added at MartServer entity by entity (M8)', async () => {
    const { client, lines } = mocked(jsonProvider(server, () => jsonReply(computeJson())))
    await client.attachMixin('tag', ['/compute/1', '/compute/2'])
    expect(lines().filter((line) => line.startsWith('POST'))).toEqual(['POST /compute/1', 'POST /compute/2'])
  })

  it('removing a mixin at MartServer is refused, because it would delete every carrier (M7)', async () => {
    const { client, lines } = mocked(jsonProvider(server, () => ({ status: 200 })))
    await expect(client.detachMixin('tag', ['/compute/1'])).rejects.toMatchObject({ code: 'conflict' })
    expect(lines().filter((line) => line.startsWith('DELETE'))).toEqual([])
  })

  it('a full page of twenty at MartServer is followed by a request for the next (M16)', async () => {
    const page = (from: number, count: number) =>
      jsonReply({
        resources: Array.from({ length: count }, (_, index) =>
          computeJson({ location: `/compute/${from + index}` }),
        ),
      })
    const { client, lines } = mocked(
      jsonProvider(server, ({ path }) => (path.includes('page=2') ? page(20, 3) : page(0, 20))),
    )
    expect(await gather(client.list('compute'))).toHaveLength(23)
    expect(lines().slice(1)).toEqual(['GET /compute/', 'GET /compute/?page=2&number=20'])
  })

  it('MartServer is asked for listings in JSON', async () => {
    const { client, seen } = mocked(
      jsonProvider(server, () => jsonReply({ resources: [computeJson({ location: '/compute/1' })] })),
    )
    expect(await gather(client.locations('compute'))).toEqual([vm])
    expect(seen.at(-1)?.accept).toBe('application/occi+json')
  })
})

describe('any provider', () => {
  it('a full update never contains links (Q52)', async () => {
    const { client, seen } = mocked(
      textProvider('pyssf OCCI/1.1', ({ method }) => (method === 'PUT' ? { body: 'OK' } : shown)),
    )
    await client.replace(vm, { kind: 'compute', title: 'x', links: [{ target: '/storage/1' }] })
    expect(writes(seen)[0]?.body).not.toContain('Link')
  })

  it('a mixin that the provider keeps after a full update is reported as a deviation', async () => {
    const kept = textReply(
      computeText({ 'occi.core.title': '"x"' }, [
        'Category: debian; scheme="http://example.com/os#"; class="mixin"',
      ]),
    )
    const { client, deviations } = mocked(textProvider('pyssf OCCI/1.1', () => kept))
    await client.replace(vm, { kind: 'compute', title: 'x' })
    expect(deviations.map(({ code }) => code)).toContain('kept-mixin')
  })

  it('an update in JSON contains the kind (M10)', async () => {
    const { client, seen } = mocked(
      jsonProvider('test OCCI/1.2', () => jsonReply(computeJson({ title: 'x' }))),
    )
    await client.update(vm, { title: 'x' })
    expect(JSON.parse(writes(seen)[0]?.body ?? '')).toMatchObject({ kind: id('compute'), title: 'x' })
  })

  it('a mixin of the user has a location that ends in a slash (Q51)', async () => {
    const { client, lines } = mocked(textProvider('test', willing))
    await expect(
      client.defineMixin({ scheme: 'http://example.com/x#', term: 'y', location: '/y' }),
    ).rejects.toMatchObject({ code: 'usage' })
    await expect(
      client.defineMixin({ scheme: 'http://example.com/tags#', term: 'tag' }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(lines().filter((line) => line.startsWith('POST'))).toEqual([])
  })
  it('a dissociation without members is never sent (Q9)', async () => {
    const { client, lines } = mocked(textProvider('pyssf OCCI/1.1', willing))
    await expect(client.detachMixin('tag', [])).rejects.toMatchObject({ code: 'usage' })
    await expect(client.setMixinMembers('tag', [])).rejects.toMatchObject({ code: 'usage' })
    expect(lines().filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  it('members to remove are sent in headers, where a lost body cannot delete the rest (Q49)', async () => {
    const { client, seen } = mocked(textProvider('pyssf OCCI/1.1', () => ({ status: 200, body: 'OK' })))
    await client.detachMixin('tag', ['/compute/1', '/compute/2'])
    expect(writes(seen)).toMatchObject([{ method: 'DELETE', path: '/tag/', type: 'text/occi', body: '' }])
    expect(writes(seen)[0]?.all('X-OCCI-Location')).toEqual([vm, 'http://cloud.test/compute/2'])
  })

  it('link ends are sent as paths, because the provider may use another host for itself (Q30)', async () => {
    const { client, seen } = mocked(textProvider('pyssf OCCI/1.1', willing))
    await client.link(vm, { target: 'http://cloud.test/network/9' })
    expect(writes(seen)[0]?.body).toContain('occi.core.source="/compute/1"')
    expect(writes(seen)[0]?.body).toContain('occi.core.target="/network/9"')
    // rOCCI-server knows no occi.core.target.kind.
    expect(writes(seen)[0]?.body).not.toContain('.kind=')
    expect(writes(seen)[0]?.path).toBe('/networkinterface/')
  })

  it('a target at another provider is sent unchanged', async () => {
    const { client, seen } = mocked(textProvider('test', willing))
    await client.link(vm, { target: 'http://elsewhere.example/v/1', kind: 'storagelink' })
    expect(writes(seen)[0]?.body).toContain('occi.core.target="http://elsewhere.example/v/1"')
  })

  it('the provider is asked which kind a link target has when its model does not define it', async () => {
    const { client } = mocked(textProvider('test', willing))
    await expect(client.link(vm, { target: 'http://elsewhere.example/v/1' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('storagelink'),
    })
  })

  it('a stale state in the answer to an action is read again (Q37, E17)', async () => {
    const { client, lines } = mocked(
      textProvider('pyssf OCCI/1.1', ({ method }) =>
        textReply(computeText({ 'occi.compute.state': method === 'POST' ? '"active"' : '"inactive"' })),
      ),
    )
    expect((await client.trigger(vm, 'stop'))?.attributes.get('occi.compute.state')).toBe('inactive')
    expect(lines().slice(-2)).toEqual(['POST /compute/1?action=stop', 'GET /compute/1'])
  })

  it('what the model does not have is not requested (Q48, E7)', async () => {
    const { client, lines } = mocked(jsonProvider('test OCCI/1.2', () => undefined))
    await client.model()
    await expect(
      client.create({ kind: 'compute', attributes: { 'occi.compute.memroy': 1 } }),
    ).rejects.toMatchObject({ code: 'validation' })
    await expect(
      client.create({ kind: 'compute', attributes: { 'occi.compute.cores': 'many' } }),
    ).rejects.toMatchObject({ code: 'validation' })
    await expect(client.trigger(vm, 'stop', { nonsense: 1 })).rejects.toMatchObject({ code: 'validation' })
    expect(lines()).toEqual(['GET /-/'])
  })

  it('an undeclared attribute is sent when validation is off', async () => {
    const { client, seen } = mocked(
      jsonProvider('test OCCI/1.2', () => created('/compute/1')),
      { validate: false },
    )
    await client.create({ kind: 'compute', mixins: ['http://made.up/x#y'], attributes: { user: 'ubuntu' } })
    expect(JSON.parse(writes(seen)[0]?.body ?? '')).toMatchObject({
      mixins: ['http://made.up/x#y'],
      attributes: { user: 'ubuntu' },
    })
  })

  it('a mixin that is still present after its removal is reported (Q54)', async () => {
    const { client } = mocked(textProvider('test', () => ({ status: 200 })))
    await expect(client.undefineMixin('tag')).rejects.toMatchObject({ code: 'conflict' })
  })

  it('every quirk of every profile gives its reason and its source', () => {
    for (const { quirks, name } of providerProfiles) {
      for (const quirk of quirks)
        expect([name, quirk.why.length > 20, quirk.source.length > 0]).toEqual([name, true, true])
    }
  })
})

describe('a key pair without a name', () => {
  const credentials = `${textModel()}
Category: public_key; scheme="http://schemas.openstack.org/instance/credentials#"; class="mixin"; location="/public_key/"; attributes="org.openstack.credentials.publickey.data org.openstack.credentials.publickey.name"`

  async function nameOf(sshKey: string, sshKeyName?: string) {
    const { client, seen } = mocked(textProvider('pyssf OCCI/1.1', willing, credentials))
    const context = contextualize(await client.model(), {
      sshKey,
      ...(sshKeyName === undefined ? {} : { sshKeyName }),
    })
    await client.create({ kind: 'compute', mixins: context.mixins, attributes: context.attributes })
    return /publickey\.name="([^"]*)"/.exec(writes(seen)[0]?.body ?? '')?.[1]
  }

  it("a key pair without a name is named after the key, whatever the key's comment", async () => {
    const name = await nameOf('ssh-rsa AAAA me@here')
    expect(name).toMatch(/^occi-[0-9a-f]{16}$/)
    expect(await nameOf('ssh-rsa AAAA')).toBe(name)
    expect(await nameOf('ssh-rsa BBBB me@here')).not.toBe(name)
  })

  it('a key pair keeps the name that the user gives', async () => {
    expect(await nameOf('ssh-rsa AAAA', 'mine')).toBe('mine')
  })
})

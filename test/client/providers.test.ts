import { describe, expect, it } from 'vitest'
import { contextualize, providerProfiles } from '../../src/client/index.js'
import { dialogue, including, withoutText } from '../support/nock.js'
import { gather } from './cloud.js'
import {
  computeJson,
  computeText,
  dialogueWith,
  id,
  inJson,
  inText,
  jsonCloud,
  jsonModel,
  textCloud,
  textModel,
} from './mocked.js'

const vm = 'http://cloud.test/compute/1'
const created = (path: string) =>
  [201, 'OK', { 'Content-Type': 'text/plain', Location: `http://cloud.test${path}` }] as const
const shown = inText(computeText({ 'occi.core.title': '"x"', 'occi.compute.state': '"active"' }))

const osModel = `${textModel('', { storagelink: '/storage/link/', networkinterface: '/network/interface/' })}
Category: os_vms; scheme="http://schemas.openstack.org/compute/instance#"; class="mixin"; location="/os_vms/"`
const occiOs = () => textCloud({ server: 'pyssf OCCI/1.1' }, osModel)

describe('OCCI-OS', () => {
  it('OCCI-OS is sent a deviceid made of the mountpoint, or a default', async () => {
    const { cloud, client } = occiOs()
    cloud.post('/storage/link/', /deviceid="\/dev\/vdc"/).reply(...created('/storage/link/1'))
    cloud.post('/storage/link/', /deviceid="\/dev\/vdb"/).reply(...created('/storage/link/2'))
    for (const path of ['/storage/link/1', '/storage/link/2']) cloud.get(path).reply(...shown)
    await client.link(vm, { target: '/storage/1', attributes: { 'occi.storagelink.mountpoint': '/dev/vdc' } })
    await client.link(vm, { target: '/storage/1' })
  })

  it('OCCI-OS is sent a graceful restart unless another method is given (Q50)', async () => {
    const { cloud, client } = occiOs()
    cloud.post('/compute/1?action=restart', /method="graceful"/).reply(...shown)
    cloud.post('/compute/1?action=restart', /method="cold"/).reply(...shown)
    cloud
      .get('/compute/1')
      .times(2)
      .reply(...shown)
    await client.trigger(vm, 'restart')
    await client.trigger(vm, 'restart', { method: 'cold' })
  })

  it('OCCI-OS is resized and rebuilt with one template at a time, and without the kind', async () => {
    const { cloud, client } = occiOs()
    cloud
      .post('/compute/1', 'Category: large; scheme="http://example.com/size#"; class="mixin"')
      .reply(200, 'OK')
    cloud
      .post('/compute/1', 'Category: debian; scheme="http://example.com/os#"; class="mixin"')
      .reply(200, 'OK')
    cloud
      .get('/compute/1')
      .times(2)
      .reply(...shown)
    await client.update(vm, { mixins: ['large', 'debian'] })
  })

  it('OCCI-OS is sent links after the machine, because an inline link causes a 500 after the VM was made (Q53)', async () => {
    const { cloud, client } = occiOs()
    cloud.post('/compute/', withoutText('Link:')).reply(...created('/compute/1'))
    cloud.post('/storage/link/', /occi\.core\.target="\/storage\/1"/).reply(...created('/storage/link/1'))
    cloud.get('/storage/link/1').reply(...shown)
    await client.create({ kind: 'compute', links: [{ target: '/storage/1' }] })
  })

  it('the error for a failed link at OCCI-OS names the created machine', async () => {
    const { cloud, client } = occiOs()
    cloud.post('/compute/').reply(...created('/compute/1'))
    cloud.post('/storage/link/').reply(400, 'no')
    cloud.get('/compute/1').reply(...shown)
    await expect(client.create({ kind: 'compute', links: [{ target: '/storage/1' }] })).rejects.toMatchObject(
      {
        code: 'partial',
        facts: { created: vm },
      },
    )
  })

  it('the location that OCCI-OS answers replaces the requested id (Q31)', async () => {
    const { cloud, client } = occiOs()
    cloud.put('/compute/my-own-id').reply(...created('/compute/8703'))
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
  const snf = () => textCloud({ server: 'pyssf OCCI/1.1' }, model)

  it('snf-occi is sent everything in headers, because it reads no bodies (Q7, Q45, Q46, ooi-3)', async () => {
    const { cloud, client } = snf()
    cloud
      .post('/compute/', '')
      .matchHeader('Content-Type', 'text/occi')
      // text/occi answers are not asked for: their errors are mute where ooi is behind.
      .matchHeader('Accept', 'text/plain')
      .matchHeader(
        'Category',
        `compute; scheme="${id('')}"; class="kind", C2R2048D20; scheme="${id('')}"; class="mixin"`,
      )
      .matchHeader('X-OCCI-Attribute', 'occi.core.title="newVM"')
      .reply(...created('/compute/1'))
    await client.create({ kind: 'compute', title: 'newVM', mixins: ['c2r2048d20'] })
  })

  it('an image of snf-occi with blanks and brackets in term and location is found by what it depends on (Q39)', async () => {
    const { client } = snf()
    const found = (await client.model()).resolve('Ubuntu Server 14.04 LTS (x86_64)', {
      class: 'mixin',
      dependsOn: 'os_tpl',
    })
    expect(found.location).toBe('http://cloud.test/Ubuntu%20Server%2014.04%20LTS%20(x86_64)/')
  })

  it('snf-occi is sent memory in MiB', async () => {
    const { cloud, client } = snf()
    cloud
      .post('/compute/', '')
      .matchHeader('X-OCCI-Attribute', 'occi.compute.memory=2048')
      .reply(...created('/compute/1'))
    await client.create({ kind: 'compute', attributes: { 'occi.compute.memory': 2 } })
  })
})

describe('rOCCI-server 1', () => {
  const model = `${textModel()}
Category: alpine; scheme="http://occi.example.org/occi/infrastructure/os_tpl#"; class="mixin"; rel="${id('os_tpl')}"; location="/mixin/os_tpl/alpine/"`
  const rocci = (mediaType?: 'text/occi') =>
    textCloud({ server: 'nginx', ...(mediaType === undefined ? {} : { mediaType }) }, model)

  it('rOCCI-server 1 is sent an id, and the kind before the mixins and the id (rocci1-1)', async () => {
    const { cloud, client } = rocci()
    cloud
      .post('/compute/', /^Category: compute;[\s\S]*\nCategory: alpine;[\s\S]*\n.*occi\.core\.id="00000000-/)
      .reply(...created('/compute/1'))
    await client.create({ kind: 'compute', mixins: ['alpine'], title: 'vm' })
  })

  it('rOCCI-server 1 is sent one header per value, in text/occi too (rocci1-2)', async () => {
    const { cloud, client, seen } = rocci('text/occi')
    cloud
      .post('/compute/', '')
      .matchHeader('Content-Type', 'text/occi')
      .reply(...created('/compute/1'))
    await client.create({ kind: 'compute', mixins: ['alpine'] })
    // nock joins repeated headers, so those that were given to the transport are looked at.
    const sent = seen.find(({ method }) => method === 'POST')?.all('Category')
    expect(sent?.map((value) => value.split(';')[0])).toEqual(['compute', 'alpine'])
  })

  it('rOCCI-server 1 is sent inline links with self, id, source and target (rocci1-10)', async () => {
    const { cloud, client } = rocci()
    const [machine, link] = [1, 2].map((n) => `00000000-0000-4000-8000-00000000000${n}`)
    const line = [
      `Link: </storage/7>; rel="${id('storage')}"; self="/storagelink/${link}"; category="${id('storagelink')}"`,
      `occi.core.id="${link}"`,
      `occi.core.source="/compute/${machine}"`,
      'occi.core.target="/storage/7"',
    ]
    cloud
      .post('/compute/', (body: string) => line.every((part) => body.includes(part)) && !/\.kind=/.test(body))
      .reply(...created('/compute/1'))
    await client.create({ kind: 'compute', links: [{ target: '/storage/7' }] })
  })

  it('a 501 of rOCCI-server 1 to an update is explained (rocci1-8)', async () => {
    const { cloud, client } = rocci()
    cloud.post('/compute/1', /occi\.core\.title="new"/).reply(501)
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('does not implement'),
    })
  })
})

describe('rOCCI-server 2', () => {
  it('rOCCI-server 2 is sent JSON with an id of the client, and one Accept (rocci2-4, rocci2-5)', async () => {
    const { cloud, client } = jsonCloud({ server: 'rOCCI-server OCCI/1.1 OCCI/1.2' })
    cloud
      .post('/compute/', including({ id: '00000000-0000-4000-8000-000000000001', title: 'x' }))
      .matchHeader('Accept', 'application/occi+json')
      .reply(...inJson(['http://cloud.test/compute/1'], 201))
    expect((await client.create({ kind: 'compute', title: 'x' })).location).toBe(vm)
  })
})

describe('ooi', () => {
  const ooi = { server: 'ooi/0.3.2 OCCI/1.1' }

  it('ooi is resized by PUT (Q47, ooi-9, ooi-17, ooi-24)', async () => {
    const { cloud, client } = textCloud(ooi)
    cloud
      // A blank line or a line without a colon is a 500, another case of the name a 400.
      .put('/compute/1', /^Category: compute; scheme=.*\r?\nCategory: large; .*\r?\n?$/)
      .matchHeader('Content-Type', 'text/plain')
      .reply(200)
    cloud.get('/compute/1').reply(...shown)
    await client.update(vm, { mixins: ['large'] })
  })

  it('ooi is sent keys and user data under the names that it reads, not those it advertises (ooi-26)', async () => {
    const model = `${textModel()}
Category: ssh_key; scheme="http://schemas.ogf.org/occi/infrastructure/credentials#"; class="mixin"; location="/ssh_key/"; attributes="occi.crendentials.ssh.publickey"
Category: user_data; scheme="http://schemas.ogf.org/occi/infrastructure/compute#"; class="mixin"; location="/user_data/"; attributes="occi.compute.userdata"`
    const { cloud, client } = textCloud({ ...ooi, validate: false }, model)
    cloud
      .post(
        '/compute/',
        /occi\.compute\.user_data="IyE="[\s\S]*occi\.credentials\.ssh_key="ssh-rsa AAAA"|occi\.credentials\.ssh_key="ssh-rsa AAAA"[\s\S]*occi\.compute\.user_data="IyE="/,
      )
      .reply(...created('/compute/1'))
    const context = contextualize(await client.model(), { userData: '#!', sshKey: 'ssh-rsa AAAA' })
    await client.create({
      kind: 'compute',
      mixins: context.mixins,
      attributes: Object.fromEntries(context.attributes),
    })
  })

  it('ooi is sent no filters, and its 204 is an empty list (ooi-20)', async () => {
    const { client } = textCloud(ooi)
    dialogue('http://cloud.test', { badheaders: ['X-OCCI-Attribute'] })
      .get('/compute/')
      .reply(204)
    const filter = { attributes: new Map([['occi.core.title', 'x']]) }
    expect(await gather(client.list('compute', { filter }))).toEqual([])
  })
})

describe('erocci', () => {
  const model = jsonModel()
  for (const one of [...model.kinds, ...model.mixins]) one.location = `/categories/${one.term}`
  const erocci = () => jsonCloud({ server: 'erocci OCCI/1.2' }, model)
  const members = (...paths: string[]) =>
    [200, `${paths.join('\r\n')}\r\n\r\n`, { 'Content-Type': 'text/uri-list' }] as const

  it('erocci is read in JSON, because its text breaks at quotes and line ends (E9)', async () => {
    const { cloud, client } = erocci()
    cloud
      .get('/v1')
      .matchHeader('Accept', 'application/occi+json')
      .reply(...inJson(computeJson({ title: 'A "quoted"\ntitle' })))
    expect((await client.describe('/v1')).title).toBe('A "quoted"\ntitle')
  })

  it('a chosen id at erocci is below the term, not below the collection (E24)', async () => {
    const { cloud, client } = erocci()
    cloud.put('/compute/6157c4d2-08b3-4204-be85-d1828df74c25').reply(200, 'OK\n')
    const made = await client.create({ kind: 'compute', id: '6157c4d2-08b3-4204-be85-d1828df74c25' })
    expect(made.location).toBe('http://cloud.test/compute/6157c4d2-08b3-4204-be85-d1828df74c25')
  })

  it('an enumeration that erocci declares as an array accepts a word (E22)', async () => {
    const { cloud, client } = erocci()
    cloud
      .post('/categories/compute', including({ attributes: { 'occi.compute.architecture': 'x86' } }))
      .reply(...created('/v1'))
    const made = await client.create({ kind: 'compute', attributes: { 'occi.compute.architecture': 'x86' } })
    expect(made.location).toBe('http://cloud.test/v1')
  })

  it('erocci is sent the members of a mixin in text', async () => {
    const { cloud, client } = erocci()
    cloud
      .post('/categories/tag', /^X-OCCI-Location: http:\/\/cloud\.test\/v1\s*$/m)
      .matchHeader('Content-Type', 'text/plain')
      .reply(200)
    await client.attachMixin('tag', ['/v1'])
  })

  it('erocci keeps a mixin at the location of its own choice', async () => {
    const grown = jsonModel()
    grown.mixins.push({ term: 'mine', scheme: 'http://example.com/my#', location: '/categories/mine' })
    const { cloud, client } = dialogueWith()
    const headers = { 'Content-Type': 'application/occi+json', Server: 'erocci OCCI/1.2' }
    cloud.get('/-/').reply(200, JSON.stringify(model), headers)
    cloud.post('/-/', /mine/).reply(200)
    cloud.get('/-/').reply(200, JSON.stringify(grown), headers)
    const mixin = await client.defineMixin({
      scheme: 'http://example.com/my#',
      term: 'mine',
      location: '/mine/',
    })
    expect(mixin.location).toBe('http://cloud.test/categories/mine')
  })

  it('old members that erocci keeps after a set are an error (E19)', async () => {
    const { cloud, client } = erocci()
    cloud.put('/categories/tag', /X-OCCI-Location: http:\/\/cloud\.test\/v1/).reply(200)
    cloud.get('/categories/tag').reply(...members('/v1', '/v2'))
    await expect(client.setMixinMembers('tag', ['/v1'])).rejects.toMatchObject({
      code: 'conflict',
      facts: { left: ['http://cloud.test/v2'] },
    })
  })

  it('the members of a collection at erocci are deleted one by one, because it cannot delete the collection', async () => {
    const { cloud, client } = erocci()
    cloud.get('/categories/compute').reply(...members('/v1', '/v2'))
    cloud.delete('/v1').reply(204)
    cloud.delete('/v2').reply(204)
    await client.deleteAll('compute')
  })
})

describe('MartServer', () => {
  const martServer = () => jsonCloud({ server: 'OCCIWare MART Server v1.0 OCCI/1.2' })
  const vms = (from: number, count: number) => ({
    resources: Array.from({ length: count }, (_, at) => computeJson({ location: `/compute/${from + at}` })),
  })

  it('MartServer is sent JSON, never a text body (M1)', async () => {
    const { cloud, client } = martServer()
    cloud
      .post('/compute/', including({ title: 'x' }))
      .matchHeader('Content-Type', 'application/occi+json')
      .reply(...inJson(computeJson({ location: '/compute/1' }), 201))
    await client.create({ kind: 'compute', title: 'x', mixins: ['debian'] })
  })

  it('a mixin is added at MartServer entity by entity (M8)', async () => {
    const { cloud, client } = martServer()
    const tag = /http:\/\/example\.com\/tags#tag/
    for (const path of ['/compute/1', '/compute/2']) {
      cloud
        .get(path)
        .optionally()
        .reply(...inJson(computeJson()))
      cloud.post(path, tag).reply(...inJson(computeJson()))
    }
    await client.attachMixin('tag', ['/compute/1', '/compute/2'])
  })

  it('removing a mixin at MartServer is refused, because it would delete every carrier (M7)', async () => {
    const { client } = martServer()
    await expect(client.detachMixin('tag', ['/compute/1'])).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a full page of twenty at MartServer is followed by a request for the next (M16)', async () => {
    const { cloud, client } = martServer()
    cloud.get('/compute/').reply(...inJson(vms(0, 20)))
    cloud.get('/compute/?page=2&number=20').reply(...inJson(vms(20, 3)))
    expect(await gather(client.list('compute'))).toHaveLength(23)
  })

  it('MartServer is asked for listings in JSON', async () => {
    const { cloud, client } = martServer()
    cloud
      .get('/compute/')
      .matchHeader('Accept', 'application/occi+json')
      .reply(...inJson(vms(1, 1)))
    expect(await gather(client.locations('compute'))).toEqual([vm])
  })
})

describe('any provider', () => {
  it('a full update never contains links (Q52)', async () => {
    const { cloud, client } = textCloud({ server: 'pyssf OCCI/1.1' })
    cloud.put('/compute/1', withoutText('Link')).reply(200, 'OK')
    cloud
      .get('/compute/1')

      .reply(...shown)
    await client.replace(vm, { kind: 'compute', title: 'x', links: [{ target: '/storage/1' }] })
  })

  it('a mixin that the provider keeps after a full update is reported as a deviation', async () => {
    const kept = inText(
      computeText({ 'occi.core.title': '"x"' }, [
        'Category: debian; scheme="http://example.com/os#"; class="mixin"',
      ]),
    )
    const { cloud, client, deviations } = textCloud({ server: 'pyssf OCCI/1.1' })
    cloud.put('/compute/1').reply(...kept)
    cloud
      .get('/compute/1')
      .optionally()
      .reply(...kept)
    await client.replace(vm, { kind: 'compute', title: 'x' })
    expect(deviations.map(({ code }) => code)).toContain('kept-mixin')
  })

  it('an update in JSON contains the kind (M10)', async () => {
    const { cloud, client } = jsonCloud()
    cloud
      .post('/compute/1', including({ kind: id('compute'), title: 'x' }))
      .reply(...inJson(computeJson({ title: 'x' })))
    cloud
      .get('/compute/1')
      .optionally()
      .reply(...inJson(computeJson({ title: 'x' })))
    await client.update(vm, { title: 'x' })
  })

  it('a mixin of the user has a location that ends in a slash (Q51)', async () => {
    const { client } = textCloud()
    await expect(
      client.defineMixin({ scheme: 'http://example.com/x#', term: 'y', location: '/y' }),
    ).rejects.toMatchObject({ code: 'usage' })
    await expect(
      client.defineMixin({ scheme: 'http://example.com/tags#', term: 'tag' }),
    ).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a provider without a path for definitions has the hint that it supports no mixins of users', async () => {
    const { cloud, client } = textCloud()
    cloud.post('/-/').reply(404)
    await expect(client.defineMixin({ scheme: 'http://example.com/x#', term: 'y' })).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('no user-defined mixins'),
    })
  })

  it('a dissociation without members is never sent (Q9)', async () => {
    const { client } = textCloud({ server: 'pyssf OCCI/1.1' })
    await expect(client.detachMixin('tag', [])).rejects.toMatchObject({ code: 'usage' })
    await expect(client.setMixinMembers('tag', [])).rejects.toMatchObject({ code: 'usage' })
  })

  it('members to remove are sent in headers, where a lost body cannot delete the rest (Q49)', async () => {
    const { cloud, client } = textCloud({ server: 'pyssf OCCI/1.1' })
    cloud
      .delete('/tag/', '')
      .matchHeader('Content-Type', 'text/occi')
      .matchHeader('X-OCCI-Location', `${vm}, http://cloud.test/compute/2`)
      .reply(200, 'OK')
    await client.detachMixin('tag', ['/compute/1', '/compute/2'])
  })

  it('link ends are sent as paths, because the provider may use another host for itself (Q30)', async () => {
    const { cloud, client } = textCloud({ server: 'pyssf OCCI/1.1' })
    cloud
      .post('/networkinterface/', (body: string) =>
        // rOCCI-server knows no occi.core.target.kind.
        /occi\.core\.source="\/compute\/1"[\s\S]*occi\.core\.target="\/network\/9"(?![\s\S]*\.kind=)/.test(
          body,
        ),
      )
      .reply(...created('/networkinterface/1'))
    await client.link(vm, { target: 'http://cloud.test/network/9' })
  })

  it('a target at another provider is sent unchanged', async () => {
    const { cloud, client } = textCloud()
    cloud
      .post('/storagelink/', /occi\.core\.target="http:\/\/elsewhere\.example\/v\/1"/)
      .reply(...created('/storagelink/1'))
    await client.link(vm, { target: 'http://elsewhere.example/v/1', kind: 'storagelink' })
  })

  it('the kind of a link to another provider has to be given', async () => {
    const { client } = textCloud()
    await expect(client.link(vm, { target: 'http://elsewhere.example/v/1' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('storagelink'),
    })
  })

  it('a stale state in the answer to an action is read again (Q37, E17)', async () => {
    const { cloud, client } = textCloud({ server: 'pyssf OCCI/1.1' })
    const state = (value: string) => inText(computeText({ 'occi.compute.state': JSON.stringify(value) }))
    cloud.post('/compute/1?action=stop').reply(...state('active'))
    cloud.get('/compute/1').reply(...state('inactive'))
    expect((await client.trigger(vm, 'stop'))?.attributes.get('occi.compute.state')).toBe('inactive')
  })

  it('what the model does not have is not requested (Q48, E7)', async () => {
    const { client } = jsonCloud()
    await client.model()
    await expect(
      client.create({ kind: 'compute', attributes: { 'occi.compute.memroy': 1 } }),
    ).rejects.toMatchObject({ code: 'validation' })
    await expect(
      client.create({ kind: 'compute', attributes: { 'occi.compute.cores': 'many' } }),
    ).rejects.toMatchObject({ code: 'validation' })
    await expect(client.trigger(vm, 'stop', { nonsense: 1 })).rejects.toMatchObject({ code: 'validation' })
  })

  it('an undeclared attribute is sent when validation is off', async () => {
    const { cloud, client } = jsonCloud({ validate: false })
    cloud
      .post('/compute/', including({ mixins: ['http://made.up/x#y'], attributes: { user: 'ubuntu' } }))
      .reply(...created('/compute/1'))
    await client.create({ kind: 'compute', mixins: ['http://made.up/x#y'], attributes: { user: 'ubuntu' } })
  })

  it('a mixin that is still present after its removal is reported (Q54)', async () => {
    const { cloud, client } = textCloud()
    cloud
      .delete('/-/', '')
      .matchHeader('Content-Type', 'text/occi')
      .matchHeader('Category', /^tag; /)
      .reply(200)
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
    const { cloud, client, seen } = textCloud({ server: 'pyssf OCCI/1.1' }, credentials)
    cloud.post('/compute/', /publickey\.name="/).reply(...created('/compute/1'))
    const context = contextualize(await client.model(), {
      sshKey,
      ...(sshKeyName === undefined ? {} : { sshKeyName }),
    })
    await client.create({ kind: 'compute', mixins: context.mixins, attributes: context.attributes })
    return /publickey\.name="([^"]*)"/.exec(seen.at(-1)?.body ?? '')?.[1]
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

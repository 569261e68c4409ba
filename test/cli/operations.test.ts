import { describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

/** Every operation of GFD.223 that a noun does not cover, from the command line. */
const sandbox = (words: string) => `${words} --endpoint sandbox:`

async function withMachine() {
  const { occi } = machine()
  const made = await occi(sandbox('compute create web --os debian-12 --size small -o id --wait'))
  expect(made).toMatchObject({ status: 0, err: '' })
  return { occi: (words: string) => occi(sandbox(words)), raw: occi, id: made.out.trim() }
}

describe("mixins of one's own", () => {
  it('mixins of the user are created, attached, listed, detached, set and deleted', async () => {
    const { occi, id } = await withMachine()
    expect((await occi('mixin create production -o id')).out).toBe(
      'http://example.org/occi/tags#production\n',
    )
    expect((await occi('mixin attach production web')).status).toBe(0)
    expect((await occi('mixin members production -o id')).out).toBe(`${id}\n`)
    expect((await occi('mixin detach production web')).status).toBe(0)
    expect((await occi('mixin members production -o json')).out.trim()).toBe('[]')
    expect((await occi('mixin set production web')).status).toBe(0)
    expect((await occi('mixin members production -o id')).out).toBe(`${id}\n`)
    expect((await occi('mixin delete production --yes')).status).toBe(0)
    expect((await occi('mixin describe production')).status).toBe(6)
    expect((await occi('compute describe web')).status).toBe(0)
  })
  it('mixin create needs a term that the grammar allows', async () => {
    const { status, err } = await machine().occi(['mixin', 'create', 'a b', '--endpoint', 'sandbox:'])
    expect(status).toBe(2)
    expect(err).toContain('"a b" is not a term')
  })
  it('mixin delete refuses a mixin of the provider', async () => {
    const { occi } = await withMachine()
    expect((await occi('mixin delete debian-12 --yes')).status).toBe(5)
  })
})

describe('updates', () => {
  it('compute update changes the size by --size and the image by --os', async () => {
    const { occi } = await withMachine()
    expect((await occi('compute update web --size large')).status).toBe(0)
    const larger = JSON.parse((await occi('compute describe web -o json')).out)
    expect(larger.attributes['occi.compute.cores']).toBe(4)
    await occi('compute wait web --for active')
    expect((await occi('compute update web --os debian-13')).status).toBe(0)
    const rebuilt = JSON.parse((await occi('compute describe web -o json')).out)
    expect(rebuilt.mixins.join(' ')).toContain('debian-13')
    expect(rebuilt.mixins.join(' ')).not.toContain('debian-12')
  })
})

describe('a full update', () => {
  it('compute replace removes what it does not name', async () => {
    const { occi } = await withMachine()
    await occi('storage create data --size 5 --summary temporary')
    expect((await occi('storage replace data --title data --size 5')).status).toBe(0)
    const shown = JSON.parse((await occi('storage describe data -o json')).out)
    expect(shown).toMatchObject({ title: 'data', summary: null })
  })
})

describe('the model, filtered', () => {
  it('model list --filter shows what the provider relates to the category', async () => {
    const { out } = await machine().occi(sandbox('model list --filter compute -o id'))
    expect(out).toContain('infrastructure#compute\n')
    expect(out).not.toContain('infrastructure#storage\n')
  })
})

describe('waiting', () => {
  it('a wait for a misspelled state is refused before anything is created', async () => {
    const { occi } = machine()
    const { status, err } = await occi(sandbox('compute create x --wait=activ'))
    expect(status).toBe(2)
    expect(err).toContain('Did you mean active')
    expect((await occi(sandbox('compute list -o json'))).out.trim()).toBe('[]')
  })
})

describe('places', () => {
  it('--id chooses the path of the new entity', async () => {
    const { occi } = await withMachine()
    const { out } = await occi('compute create mine --id my-own-id -o url')
    expect(out).toMatch(/\/compute\/my-own-id\n$/)
  })
  it('list-path lists what is below a path, and delete-path deletes it only with both confirmations', async () => {
    const { occi } = await withMachine()
    expect((await occi('list /compute/ -o url')).out.trim().split('\n')).toHaveLength(1)
    expect((await occi('list /compute')).status).toBe(2)
    expect((await occi('delete /compute/')).status).toBe(2)
    expect((await occi('delete /compute/ --all')).status).toBe(2)
    expect((await occi('delete /compute/ --all --yes')).status).toBe(0)
    expect((await occi('compute list -o json')).out.trim()).toBe('[]')
  })
})

describe("a mixin's collection", () => {
  it('mixin delete deletes the members of the mixin only with the option for that', async () => {
    const { occi } = await withMachine()
    await occi('mixin create doomed --location /doomed/')
    await occi('mixin attach doomed web')
    const refused = await occi('delete /doomed/ --all --yes')
    expect(refused).toMatchObject({ status: 2, err: expect.stringContaining('--members') })
    expect((await occi('compute describe web')).status).toBe(0)
    expect((await occi('delete /doomed/ --all --yes --members')).status).toBe(0)
    expect((await occi('compute describe web')).status).toBe(6)
  })
})

describe('whole collections', () => {
  it('stop --all stops a whole collection with one request', async () => {
    const { occi } = await withMachine()
    expect((await occi('compute stop --all --yes --wait')).status).toBe(0)
    expect((await occi('compute describe web -o value --columns state')).out.trim()).toBe('inactive')
  })
  it('a verb without a name does not act on the whole collection', async () => {
    const { occi } = await withMachine()
    const { status, err } = await occi('compute stop')
    expect(status).toBe(2)
    expect(err).toContain('--all')
  })
})

describe('several at once', () => {
  it('--count creates several numbered entities', async () => {
    const { occi } = machine()
    const { status, out } = await occi(sandbox('compute create job --count 12 -o name'))
    expect(status).toBe(0)
    expect(new Set(out.trim().split('\n')).size).toBe(12)
    const titles = (await occi(sandbox('compute list -o value --columns title'))).out.trim().split('\n')
    expect(titles).toContain('job-12')
    expect((await occi(sandbox('compute create job --count 0'))).status).toBe(2)
  })
})

describe('links', () => {
  it('link create links any two resources', async () => {
    const { occi } = await withMachine()
    const made = await occi('link create web private --kind networkinterface -o json')
    expect(JSON.parse(made.out)).toMatchObject({ kindTerm: 'networkinterface' })
  })
})

describe('occi api', () => {
  it('occi api shows the answer unchanged, and with -i its status and headers', async () => {
    const { occi } = await withMachine()
    const { status, out } = await occi('api GET /compute/ -i')
    expect(status).toBe(0)
    expect(out).toMatch(/^HTTP 200 OK\n/)
    expect(out).toMatch(/X-OCCI-Location: \S+\/compute\//)
  })
  it('occi api posts what --data gives, from text, file and standard input', async () => {
    const { raw, id } = await withMachine()
    const body =
      'Category: stop; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"\r\n'
    const words = [
      'api',
      `/compute/${id}?action=stop`,
      '--header',
      'Content-Type: text/plain',
      '--endpoint',
      'sandbox:',
    ]
    const { status } = await raw([...words, '-d', '-'], { stdin: body })
    expect(status).toBe(0)
    expect((await raw([...words, '-d', '@/no/such/file'])).status).toBe(2)
  })
  it("occi api ends with the status for the HTTP answer, and shows the server's message", async () => {
    const { occi } = await withMachine()
    const { status, err } = await occi('api /nope')
    expect(status).toBe(6)
    expect(err).toContain('Nothing exists at /nope')
  })
})

describe('occi convert, parse and render', () => {
  const text =
    'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\r\nX-OCCI-Attribute: occi.core.title="a, b"\r\nX-OCCI-Attribute: occi.compute.cores=2\r\n'

  it('occi convert turns text into JSON and back', async () => {
    const { occi } = machine()
    const json = await occi('parse', { stdin: text })
    expect(JSON.parse(json.out)).toMatchObject({ title: 'a, b', attributes: { 'occi.compute.cores': 2 } })
    const back = await occi('render', { stdin: json.out })
    expect(back.out).toContain('X-OCCI-Attribute: occi.core.title="a, b"')
  })
  it('occi render reads header lines and writes text/occi', async () => {
    const { out } = await machine().occi('render --from text/occi --to text/occi', { stdin: text })
    expect(out).toContain('X-OCCI-Attribute: occi.compute.cores=2')
  })
  it('occi parse counts blank lines before a line that is not a header', async () => {
    const { status, err } = await machine().occi('parse --from text/occi', { stdin: '\n\nnonsense\n' })
    expect(status).toBe(2)
    expect(err).toContain('Line 3 is not a header')
  })
  it('occi parse prints what can be read, and reports line and column of what cannot', async () => {
    const { status, out, err } = await machine().occi('parse', {
      stdin: `${text}Category: x; scheme="open\n`,
    })
    expect(status).toBe(8)
    expect(out).toContain('compute')
    expect(err).toMatch(/line 4, column \d+/)
    expect(
      (await machine().occi('parse --strict', { stdin: `${text}Category: x; scheme="open\n` })).status,
    ).toBe(11)
  })
  it.each([
    ['XML', '<?xml version="1.0"?><collection/>'],
    ['a web page', '<html><title>Login</title></html>'],
    ['an error', '{"error":{"message":"away"}}'],
  ])('occi parse names %s instead of printing an empty list', async (name, stdin) => {
    const { status, out, err } = await machine().occi('parse', { stdin })
    expect([status, out]).toEqual([11, ''])
    expect(err).toContain(`The message is ${name}`)
  })
  it('occi parse reports the deviations that it tolerated, and refuses them with --strict', async () => {
    const loose =
      'category: compute; class="kind"; scheme="http://schemas.ogf.org/occi/infrastructure#compute"\n'
    const lenient = await machine().occi('parse', { stdin: loose })
    expect(lenient.status).toBe(0)
    expect(lenient.err).toContain('tolerated')
    expect((await machine().occi('parse --strict', { stdin: loose })).status).toBe(11)
  })
})

describe('occi model -v', () => {
  it('occi model -v shows the rendering and the profile used for the provider', async () => {
    const { err } = await machine().occi(sandbox('model kinds -v'))
    expect(err).toContain('--provider sandbox')
    expect(err).toContain('reads json, writes json')
  })
})

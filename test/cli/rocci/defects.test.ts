import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { machine } from '../support/harness.js'

/** rOCCI-cli's defects, each of which is not kept. */
const create = [
  '-e',
  'sandbox:',
  '-a',
  'create',
  '-r',
  'compute',
  '-M',
  'os_tpl#debian-12',
  '-M',
  'resource_tpl#small',
]

async function served() {
  const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as: 'ooi' })
  expect(basePath).not.toBe('')
  return serveSandbox(sandbox, { basePath })
}

describe("rOCCI-cli's defects", () => {
  it('the rOCCI mode prints the URL and a message when a wait times out, with status 1', async () => {
    const { status, out, err } = await machine().occi([...create, '-t', 'occi.core.title=slow', '-w', '1'])
    expect(out).toMatch(/\/compute\/[0-9a-f-]+\n$/)
    expect(err).toMatch(/FATAL -- : \[rOCCI-cli\].*active/)
    expect(status).toBe(1)
  })

  it('the rOCCI mode keeps commas in titles and SSH keys', async () => {
    const { occi } = machine()
    const key = 'from="10.0.0.1,10.0.0.2" ssh-ed25519 AAAA me'
    const made = await occi([...create, '-t', 'occi.core.title=one, two', '-T', `public_key=${key}`])
    expect(made).toMatchObject({ status: 0, err: '' })
    const shown = await occi(['-e', 'sandbox:', '-a', 'describe', '-r', made.out.trim()])
    expect(shown.out).toContain('occi.core.title = one, two\n')
    expect(shown.out).toContain('10.0.0.1,10.0.0.2')
  })

  it('the rOCCI mode copies a title to the host name only when it is a legal one', async () => {
    const { occi } = machine()
    const hostname = async (title: string) => {
      const made = await occi([...create, '-t', `occi.core.title=${title}`])
      const shown = await occi(['-e', 'sandbox:', '-a', 'describe', '-r', made.out.trim(), '-o', 'json'])
      const [record] = JSON.parse(shown.out) as { attributes: { occi: { compute: { hostname?: string } } } }[]
      return record?.attributes.occi.compute.hostname
    }
    expect(await hostname('web-1')).toBe('web-1')
    expect(await hostname('My VM')).not.toBe('My VM')
  })

  it('the rOCCI mode uses the path of an endpoint in every request', async () => {
    const { endpoint, close } = await served()
    const { occi } = machine()
    const made = await occi([
      '-e',
      endpoint,
      '-a',
      'create',
      '-r',
      'storage',
      '-t',
      'occi.core.title=x',
      '-t',
      'occi.storage.size=num(1)',
    ])
    expect(made).toMatchObject({ status: 0, err: '' })
    expect(made.out.startsWith(`${endpoint}storage/`)).toBe(true)
    const deleted = await occi(['-e', endpoint, '-a', 'delete', '-r', made.out.trim()])
    expect(deleted).toEqual({ status: 0, out: '', err: '' })
    await close()
  })

  it('the rOCCI mode lists and describes links by their kind', async () => {
    const { status, out } = await machine().occi(['-e', 'sandbox:', '-a', 'list', '-r', 'networkinterface'])
    expect({ status, out }).toEqual({ status: 0, out: '\n' })
  })

  it('the rOCCI mode shows no secret with --debug, and asks for none on standard output', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization ?? '')
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end('no')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const list = ['-e', endpoint, '-a', 'list', '-r', 'compute', '-n', 'basic', '-u', 'ada']
    const told = await machine().occi([...list, '-d', '-p', 'planted-secret'])
    expect(asked.some((header) => header.startsWith('Basic '))).toBe(true)
    const planted = ['planted-secret', Buffer.from('ada:planted-secret').toString('base64')]
    for (const secret of planted) expect(told.out + told.err).not.toContain(secret)
    const silent = await machine().occi(list)
    expect(silent).toMatchObject({ status: 1, out: '' })
    server.close()
  })

  it('the rOCCI mode prints usage errors on standard error, with status 1', async () => {
    const { status, out, err } = await machine().occi(['-a', 'create', '-r', 'compute'])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(/^Missing required arguments: links, attributes\nUsage: occi/)
  })

  it('the rOCCI mode suggests the new form only on a terminal', async () => {
    const list = ['-e', 'sandbox:', '-a', 'list', '-r', 'compute']
    expect((await machine().occi(list)).err).toBe('')
    expect((await machine({ terminal: true }).occi(list)).err).toContain(
      'occi compute list -o url --endpoint sandbox:',
    )
  })
})

/** A provider of which one machine, or the whole listing, cannot be read: nothing is hidden, gone, or made twice. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'
const model = ['compute', 'network', 'storage']
  .map(
    (term) =>
      `Category: ${term}; scheme="${infrastructure}"; class="kind"; location="/${term}/"; attributes="occi.core.title"\n`,
  )
  .join('')
const compute = (title: string) =>
  `Category: compute; scheme="${infrastructure}"; class="kind"\nX-OCCI-Attribute: occi.core.title="${title}"\n`

interface Reply {
  readonly status?: number
  readonly type?: string
  readonly body?: string
}

let server: Server | undefined
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

/** `special`: answers by path; what is created is counted. */
async function provider(special: Readonly<Record<string, Reply>>) {
  const written: string[] = []
  server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request
    const reply = (status: number, body = '', type = 'text/plain') =>
      response.writeHead(status, { 'Content-Type': type, Server: 'test OCCI/1.1' }).end(body)
    if (method !== 'GET') {
      written.push(`${method} ${url}`)
      return reply(200, 'OK')
    }
    if (url === '/-/') {
      const json = request.headers.accept?.includes('json') === true
      return json ? reply(406) : reply(200, model)
    }
    const own = special[url]
    if (own !== undefined) return reply(own.status ?? 200, own.body ?? '', own.type)
    if (url === '/compute/')
      return reply(200, '/compute/one\n/compute/bad\n/compute/three\n', 'text/uri-list')
    if (url.startsWith('/compute/')) return reply(200, compute(`title-${url.slice(9)}`))
    return reply(200, '', 'text/uri-list')
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { occi } = machine()
  return {
    written,
    run: (words: string) => occi(`${words} --endpoint http://127.0.0.1:${port}/ --retries 0 --yes`),
  }
}

const broken: Readonly<Record<string, Reply>> = {
  500: { status: 500, body: 'no' },
  403: { status: 403, body: 'no' },
  404: { status: 404, body: 'no' },
  garbage: { body: '\u0001 what is this' },
}

describe.each(Object.keys(broken))('one listed machine answers %s', (name) => {
  const special = { '/compute/bad': broken[name] ?? {} }

  it('the other machines are listed as complete JSON, with exit status 8', async () => {
    const { run } = await provider(special)
    const { status, out, err } = await run('compute list -o json')
    expect((JSON.parse(out) as { name: string }[]).map((each) => each.name)).toEqual([
      'title-one',
      'title-three',
    ])
    expect(status).toBe(8)
    expect(err).toContain('/compute/bad')
  })

  it('the other machines are described, stopped and deleted by name', async () => {
    const { run, written } = await provider(special)
    expect((await run('compute describe title-three -o json')).status).toBe(0)
    expect((await run('compute delete title-three')).status).toBe(0)
    expect(written).toEqual(['DELETE /compute/three'])
  })

  it('no machine is created, or reported as deleted, that may be the unreadable one', async () => {
    const { run, written } = await provider(special)
    expect((await run('compute create other --if-not-exists')).status).toBe(8)
    expect((await run('compute wait other --for deleted')).status).toBe(8)
    expect(written).toEqual([])
  })
})

const listings: Readonly<Record<string, Reply>> = {
  XML: { type: 'application/xml', body: '<?xml version="1.0"?><collection/>' },
  HTML: { type: 'text/html', body: '<html><title>Login</title></html>' },
  'an error object': { type: 'application/json', body: '{"error":{"message":"away"}}' },
  'resources as one object': { type: 'application/json', body: '{"resources":{"kind":"a#b","id":"1"}}' },
  'another member': { type: 'application/json', body: '{"items":[{"kind":"a#b","id":"1"}]}' },
  prose: { body: 'Something went wrong here.' },
  'its model': { body: model },
}

describe.each(Object.keys(listings))('a listing of %s', (name) => {
  it('every command that relies on an unreadable listing fails', async () => {
    const { run, written } = await provider({ '/compute/': listings[name] ?? {} })
    for (const words of [
      'compute list -o json',
      'compute list -o name',
      'compute create web --if-not-exists',
      'compute wait web --for deleted',
      'compute delete --where name=web',
    ]) {
      const { status, out } = await run(words)
      expect([words, [0, 6].includes(status), out]).toEqual([words, false, ''])
    }
    expect(written).toEqual([])
  })
})

it('--if-not-exists with an id that two machines have names the id, not a title', async () => {
  const { run, written } = await provider({
    '/compute/': { type: 'text/uri-list', body: '/compute/a/x\n/compute/b/x\n' },
  })
  const { status, err } = await run('compute create --id x --if-not-exists')
  expect([status, written]).toEqual([6, []])
  expect(err).toContain('2 virtual machines with the id "x" exist already')
  expect(err).toContain('name it by its URL')
})

describe('a value that cannot be read', () => {
  const text = `${compute('web').trimEnd()}\nX-OCCI-Attribute: occi.compute.cores="2"3\n`

  it('a value that cannot be read is left out and named in a warning', async () => {
    const { run } = await provider({ '/compute/one': { body: text } })
    const { status, out, err } = await run('compute describe /compute/one -o json')
    expect(JSON.parse(out)).toMatchObject({ name: 'web' })
    expect(status).toBe(8)
    expect(err).toContain('/compute/one (line 3')
  })

  it('a value that cannot be read causes a warning when the command needs only another one', async () => {
    const { run } = await provider({ '/compute/one': { body: text } })
    const { status, err } = await run('compute delete web')
    expect(status).toBe(0)
    expect(err).toContain('/compute/one')
  })

  it('a value that cannot be read is shown with its control characters escaped', async () => {
    const { run } = await provider({ '/compute/one': { body: compute('a\u001b[31mb') } })
    const { status, out } = await run('compute describe /compute/one -o value --columns name')
    expect(status).toBe(0)
    expect(out).not.toContain('\u001b')
    expect(out).toContain('31mb')
  })
})

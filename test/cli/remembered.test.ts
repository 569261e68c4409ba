import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { computeText, textModel } from '../client/mocked.js'
import { machine } from './support/harness.js'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const before = textModel()
const action = 'http://example.com/action#hibernate'
const after = [
  before.replace('actions="', `actions="${action} `),
  `Category: hibernate; scheme="http://example.com/action#"; class="action"`,
  `Category: trixie; scheme="http://example.com/os#"; class="mixin"; rel="${infra}os_tpl"; location="/trixie/"; title="Debian 13"`,
  `Category: huge; scheme="http://example.com/size#"; class="mixin"; rel="${infra}resource_tpl"; location="/huge/"`,
  `Category: balancer; scheme="http://example.com/kinds#"; class="kind"; rel="http://schemas.ogf.org/occi/core#resource"; location="/balancer/"; attributes="example.balancer.port"`,
].join('\n')

let model = before
let asked: string[] = []
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  response.setHeader('Content-Type', 'text/plain')
  if (request.url === '/-/') {
    const text = (request.headers.accept ?? '').includes('text/plain')
    response.statusCode = text ? 200 : 406
    return response.end(text ? model : 'text only')
  }
  if (request.method === 'POST' && !request.url?.includes('action=')) {
    response.writeHead(201, { Location: '/compute/1' })
    return response.end()
  }
  if (request.url === '/compute/1') return response.end(computeText({ 'occi.core.id': '"1"' }))
  return response.end('')
})
let endpoint = ''
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.close()
})

async function remembering() {
  model = before
  const { occi } = machine({ env: { OCCI_ENDPOINT: endpoint } })
  expect((await occi('model actions -o name')).status).toBe(0)
  asked = []
  return occi
}
const looks = () => asked.filter((line) => line === 'GET /-/').length

describe.each([
  'compute create web --os trixie',
  'compute create web --os Debian_13'.replace('_', ' '),
  'compute create web --size huge',
  'compute create web --mixin trixie',
  'compute create web --os trixie --dry-run',
  'compute update /compute/1 --size huge',
  'compute list --mixin trixie',
  'compute hibernate /compute/1',
  'compute trigger hibernate /compute/1',
  'balancer list',
  'mixin describe trixie',
  'mixin members trixie',
  'mixin attach trixie /compute/1',
])('%s', (words) => {
  const argv = words
    .replace('Debian 13', 'Debian%13')
    .split(' ')
    .map((word) => word.replace('%', ' '))

  it('the command is not refused because of a cached model that is older than the name', async () => {
    const occi = await remembering()
    model = after
    expect(await occi(argv)).toMatchObject({ status: 0 })
    // JSON is asked for first, and refused.
    expect(looks()).toBeLessThanOrEqual(2)
  })

  it('the command is refused after one request when the provider does not have the name', async () => {
    const occi = await remembering()
    const { status } = await occi(argv)
    // The name of a mixin is the subject of these commands, and the value of an option in the others.
    expect(status).toBe(argv[0] === 'mixin' ? 6 : 2)
    expect(looks()).toBeGreaterThan(0)
    expect(looks()).toBeLessThanOrEqual(2)
    expect(asked.every((line) => line.startsWith('GET '))).toBe(true)
  })
})

/** Apache: digest, basic, and certificates per Location. */

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authContext, loadAuthPlugin, postHandshakeHint, signedTransport } from '../../../src/auth/index.js'
import {
  createTransport,
  type HttpRequest,
  type TlsMaterial,
  type Transport,
} from '../../../src/transport/index.js'
import { debianPrefix } from './debian.js'
import { type Apache, startApache } from './fronts.js'
import { Lab, leaf } from './x509/lab.js'

let lab: Lab
let apache: Apache
const transports: Transport[] = []
const user = { username: 'žofie', password: 'planted-heslo ř' }

beforeAll(async () => {
  lab = new Lab()
  lab.authority('ca', '/CN=Lab Test CA')
  lab.key('server')
  lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
  lab.key('user')
  lab.certificate('user', '/CN=Demo User 1', 'ca', leaf)
  apache = await startApache(await debianPrefix(['apache2-bin']), lab, user.username, user.password)
})
afterAll(async () => {
  for (const transport of transports) await transport.close()
  await apache?.stop()
  lab?.remove()
})

function open(tls?: TlsMaterial) {
  const requests: HttpRequest[] = []
  const inner = createTransport({ userAgent: 'occi-test', ...(tls === undefined ? {} : { tls }) })
  transports.push(inner)
  const counted: Transport = {
    ...inner,
    send: (request) => {
      requests.push(request)
      return inner.send(request)
    },
  }
  return { transport: counted, requests }
}

async function session(method: string, options: Record<string, string>) {
  const { transport, requests } = open()
  const context = authContext({
    endpoint: `${apache.http}/${method === 'auto' ? 'digest' : method}/`,
    options,
    transport: () => open().transport,
  })
  const credentials = await (await loadAuthPlugin(method)).authenticate(context)
  return { signed: signedTransport(transport, credentials, apache.http), requests, credentials }
}
const get = (path: string): HttpRequest => ({ method: 'GET', url: `${apache.http}${path}`, headers: [] })

describe('Apache', () => {
  it('digest at Apache works with a UTF-8 name, a query string, and one 401 for many requests', async () => {
    const { signed, requests } = await session('digest', user)
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await signed.send(get(`/digest/index.json?action=stop&turn=${turn}`))
      expect([answer.status, answer.body]).toEqual([200, '{"hello":"world"}'])
    }
    expect(requests).toHaveLength(4)
  })

  it('digest at Apache works after the nonce has become stale', async () => {
    const { signed, requests } = await session('digest', user)
    await signed.send(get('/digest/index.json'))
    await sleep(3100)
    expect((await signed.send(get('/digest/index.json'))).status).toBe(200)
    expect(requests).toHaveLength(4)
  })

  it('digest at Apache tries a wrong password once', async () => {
    const { signed, requests } = await session('digest', { ...user, password: 'planted-wrong' })
    expect((await signed.send(get('/digest/index.json'))).status).toBe(401)
    expect(requests).toHaveLength(2)
  })

  it('auto at Apache uses digest where digest is offered', async () => {
    const { signed, credentials } = await session('auto', user)
    expect(credentials.describe().method).toBe('digest')
    expect((await signed.send(get('/digest/index.json'))).status).toBe(200)
  })

  it('basic at Apache sends a name in UTF-8', async () => {
    const { signed, requests } = await session('basic', user)
    expect((await signed.send(get('/basic/index.json'))).status).toBe(200)
    expect(requests).toHaveLength(1)
  })

  it('a certificate requested per Location at Apache fails by TLS 1.3 with a hint, and works by TLS 1.2', async () => {
    const tls = { ca: [lab.read('ca.pem')], cert: lab.read('user.pem'), key: lab.read('user.key') }
    const request: HttpRequest = { method: 'GET', url: `${apache.https}/secure/index.json`, headers: [] }
    const refused = await open(tls).transport.send(request)
    expect(refused.status).toBe(403)
    expect(postHandshakeHint(refused)).toContain('`tls.maxVersion` TLSv1.2')
    const good = await open({ ...tls, maxVersion: 'TLSv1.2' }).transport.send(request)
    expect(good.status).toBe(200)
  })
})

/** nginx with ssl_verify_client and the real client: its 400 pages instead of alerts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authContext, certificateRefusal, loadAuthPlugin } from '../../../src/auth/index.js'
import { createTransport, type TlsMaterial } from '../../../src/transport/index.js'
import { debianPrefix } from './debian.js'
import { type Nginx, startNginx } from './fronts.js'
import { Lab, leaf, proxyExtensions } from './x509/lab.js'

let lab: Lab
let nginx: Nginx
const person = '/DC=org/DC=lab/O=Masaryk University/CN=Demo User 1'

beforeAll(async () => {
  lab = new Lab()
  lab.authority('ca', '/DC=org/DC=lab/CN=Lab Test CA')
  lab.authority('other-ca', '/CN=Other CA')
  lab.key('server')
  lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
  lab.key('user')
  lab.certificate('user', person, 'ca', leaf)
  lab.join('user-both.pem', 'user.pem', 'user.key')
  lab.key('stranger')
  lab.certificate('stranger', '/CN=Stranger', 'other-ca', leaf)
  lab.join('stranger-both.pem', 'stranger.pem', 'stranger.key')
  lab.key('proxy')
  lab.certificate('proxy', `${person}/CN=1234567890`, 'user', proxyExtensions())
  lab.join('proxy-chain.pem', 'proxy.pem', 'proxy.key', 'user.pem')
  // Keystone is not needed here: what stands behind answers nothing.
  nginx = await startNginx(await debianPrefix(['nginx-light']), lab, 'http://127.0.0.1:1')
})
afterAll(async () => {
  await nginx?.stop()
  lab?.remove()
})

const trusting = (tls?: TlsMaterial) =>
  createTransport({ userAgent: 'occi-test', tls: { ...tls, ca: [lab.read('ca.pem')] } })
const context = (options: Record<string, string>) =>
  authContext({ endpoint: nginx.required, options, transport: trusting, env: () => undefined })

async function get(file: string | undefined) {
  const tls =
    file === undefined
      ? undefined
      : (await (await loadAuthPlugin('x509')).authenticate(context({ 'user-cert': lab.path(file) }))).tls
  const transport = trusting(tls)
  const request = { method: 'GET', url: nginx.required, headers: [] } as const
  const response = await transport.send(request).finally(() => transport.close())
  return { response, refusal: certificateRefusal(request, response) }
}

describe('nginx, ssl_verify_client on', () => {
  it('nginx accepts a valid certificate', async () => {
    const { response, refusal } = await get('user-both.pem')
    expect(response.status).toBe(200)
    expect(JSON.parse(response.body).dn).toBe('CN=Demo User 1,O=Masaryk University,DC=lab,DC=org')
    expect(refusal).toBeUndefined()
  })

  it.each([
    ['no certificate', undefined, 'requires a client certificate'],
    ['an unknown authority', 'stranger-both.pem', 'did not accept the client certificate'],
    [
      'a proxy, which stock OpenSSL servers do not take',
      'proxy-chain.pem',
      'did not accept the client certificate',
    ],
  ])('nginx answers %s with a page of status 400, which is explained', async (_, file, words) => {
    const { response, refusal } = await get(file)
    expect(response.status).toBe(400)
    expect(refusal).toMatchObject({
      code: 'auth',
      message: expect.stringContaining(words),
      hint: expect.any(String),
    })
  })

  it("auto sends the certificate after nginx's page asked for one", async () => {
    const credentials = await (await loadAuthPlugin('auto')).authenticate(
      context({ 'user-cert': lab.path('user-both.pem') }),
    )
    expect(credentials.describe()).toMatchObject({ method: 'x509', subject: person })
    const transport = trusting(credentials.tls)
    expect((await transport.send({ method: 'GET', url: nginx.required, headers: [] })).status).toBe(200)
    await transport.close()
  })
})

/** squid and tinyproxy between the client and a provider: by CONNECT and by whole URLs, refusing, slow, passed by. */

import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headerValue } from '../../../src/basics/http.js'
import { openSandbox, type SandboxServer, serveSandbox } from '../../../src/sandbox/index.js'
import { createTransport } from '../../../src/transport/index.js'
import { type Place, place } from './command.js'
import { debianPrefix } from './debian.js'
import { type HttpProxy, proxyLogin, startDante, startSquid, startTinyproxy } from './proxies.js'
import { relay } from './relay.js'
import { Lab, leaf } from './x509/lab.js'

let lab: Lab
let sandbox: SandboxServer
let tls: Server
/** Answers 403 and 503 of its own. */
let stern: Server
let open: HttpProxy
let closed: HttpProxy
let ntlm: HttpProxy
let tiny: HttpProxy
let dante: HttpProxy

const portOf = (server: Server) => (server.address() as AddressInfo).port
const listen = (server: Server) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
/** A port where nobody is. */
const nobody = 1

beforeAll(async () => {
  lab = new Lab()
  lab.authority('ca', '/CN=Lab Test CA')
  lab.key('server')
  lab.certificate('server', '/CN=cloud.test', 'ca', `${leaf.trim()},DNS:cloud.test\n`)
  sandbox = await serveSandbox(openSandbox({ clock: Date.now }).sandbox)
  const keys = { key: lab.read('server.key'), cert: lab.read('server.pem') }
  tls = createTlsServer(keys, (request, response) => relay(sandbox.endpoint, request, response))
  stern = createServer((request, response) => {
    response.writeHead(request.url?.startsWith('/busy') ? 503 : 403, { Server: 'provider' }).end('own words')
  })
  await Promise.all([listen(tls), listen(stern)])
  const squid = await debianPrefix(['squid'])
  const small = await debianPrefix(['tinyproxy'])
  open = await startSquid(squid, { forbidden: [portOf(tls)] })
  closed = await startSquid(squid, { login: 'basic' })
  ntlm = await startSquid(squid, { login: 'ntlm' })
  tiny = await startTinyproxy(small, portOf(tls))
  dante = await startDante(await debianPrefix(['dante-server']), portOf(stern))
})
afterAll(async () => {
  for (const each of [open, closed, ntlm, tiny, dante]) await each?.stop()
  tls?.close()
  stern?.close()
  await sandbox?.close()
  lab?.remove()
})

const login = (password = proxyLogin.password) => `${proxyLogin.user}:${encodeURIComponent(password)}@`
/** Providers by the name that only the proxies know, so that nothing gets there without them. */
const plainCloud = () => `http://cloud.test:${new URL(sandbox.endpoint).port}/`
const tlsCloud = () => `https://cloud.test:${portOf(tls)}/`
const user = (more: Readonly<Record<string, string>>): Place =>
  place({ OCCI_CA_FILE: lab.path('ca.pem'), OCCI_AUTH: 'none', ...more })

describe('a proxy', () => {
  it.each([
    ['squid', 'plain http', () => ({ OCCI_ENDPOINT: plainCloud(), http_proxy: `http://${open.host}` })],
    [
      'squid with a login',
      'plain http',
      () => ({ OCCI_ENDPOINT: plainCloud(), HTTP_PROXY: `http://${login()}${closed.host}` }),
    ],
    [
      'squid with a login',
      'CONNECT',
      () => ({ OCCI_ENDPOINT: tlsCloud(), HTTPS_PROXY: `http://${login()}${closed.host}` }),
    ],
    [
      'tinyproxy with a login',
      'CONNECT',
      () => ({
        OCCI_ENDPOINT: `https://127.0.0.1:${portOf(tls)}/`,
        all_proxy: `http://${login('planted')}${tiny.host}`,
      }),
    ],
  ])('%s lets a command through by %s, and -v reports it', async (_program, _way, env) => {
    const at = user(env())
    const outcome = await at.run('compute list -o json -v --trace=trace.txt')
    expect(outcome).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/ \(via proxy 127\.0\.0\.1:\d+\) → 200/),
    })
    expect(JSON.parse(outcome.stdout)).toBeInstanceOf(Array)
    const seen = outcome.stdout + outcome.stderr + readFileSync(join(at.home, 'trace.txt'), 'utf8')
    expect(seen).not.toMatch(/planted|cGxhbnRlZ/)
  })
})

/** Each refusal is the proxy's, and never taken for the provider's: no advice about the cloud's login. */
describe('errors of a proxy are shown as errors of the proxy', () => {
  const wrong = () => `http://${login('planted-wrong')}`
  it.each([
    [
      'squid wants a login, plain http',
      () => [plainCloud(), `http://${closed.host}`],
      /refuses the request to cloud\.test:\d+: 407 [\s\S]*USER:PASSWORD@/,
    ],
    [
      'squid wants a login, CONNECT',
      () => [tlsCloud(), `http://${closed.host}`],
      /refuses a connection to cloud\.test:\d+: 407 [\s\S]*USER:PASSWORD@/,
    ],
    [
      'squid does not take the login, plain http',
      () => [plainCloud(), `${wrong()}${closed.host}`],
      /407[\s\S]*does not accept the user and password/,
    ],
    [
      'squid does not take the login, CONNECT',
      () => [tlsCloud(), `${wrong()}${closed.host}`],
      /407[\s\S]*does not accept the user and password/,
    ],
    [
      'tinyproxy wants a login, plain http',
      () => [plainCloud(), `http://${tiny.host}`],
      /407[\s\S]*USER:PASSWORD@/,
    ],
    [
      'tinyproxy does not take the login, plain http: 401',
      () => [plainCloud(), `${wrong()}${tiny.host}`],
      /refuses the request to cloud\.test:\d+: 401[\s\S]*does not accept the user and password/,
    ],
    [
      'tinyproxy does not take the login, CONNECT: 401',
      () => [tlsCloud(), `${wrong()}${tiny.host}`],
      /refuses a connection to cloud\.test:\d+: 401[\s\S]*does not accept the user and password/,
    ],
    [
      'squid offers NTLM only, plain http',
      () => [plainCloud(), `http://${login()}${ntlm.host}`],
      /407[\s\S]*requires NTLM, which occi does not support/,
    ],
    [
      'squid offers NTLM only, CONNECT',
      () => [tlsCloud(), `http://${login()}${ntlm.host}`],
      /407[\s\S]*requires NTLM, which occi does not support/,
    ],
    [
      'squid forbids the server, CONNECT',
      () => [tlsCloud(), `http://${open.host}`],
      /refuses a connection to cloud\.test:\d+: 403[\s\S]*Ask the operator of the proxy/,
    ],
    [
      'squid forbids the server, plain http',
      () => [`http://cloud.test:${portOf(tls)}/`, `http://${open.host}`],
      /refuses the request to cloud\.test:\d+: 403[\s\S]*Ask the operator of the proxy/,
    ],
    [
      'tinyproxy opens no tunnel to that port',
      () => [`https://cloud.test:${nobody}/`, `http://${login('planted')}${tiny.host}`],
      /refuses a connection to cloud\.test:1: 403/,
    ],
    [
      'squid does not reach the server, plain http',
      () => [`http://cloud.test:${nobody}/`, `http://${open.host}`],
      /could not complete the request to cloud\.test:1: 503 .*ERR_CONNECT_FAIL/,
    ],
    [
      'squid does not reach the server, CONNECT',
      () => [`https://cloud.test:${nobody}/`, `http://${open.host}`],
      /could not complete a connection to cloud\.test:1: 503 .*ERR_CONNECT_FAIL/,
    ],
  ] as const)('an error of a proxy is shown as such: %s', async (_, circumstances, words) => {
    const [endpoint = '', proxy = ''] = circumstances()
    const at = user({ OCCI_ENDPOINT: endpoint, http_proxy: proxy, https_proxy: proxy })
    for (const line of ['compute list --retries 0', 'compute create vm --retries 0']) {
      const told = await at.run(line)
      expect(told).toMatchObject({ code: 10, stdout: '', stderr: expect.stringMatching(words) })
      expect(told.stderr).toContain('The proxy 127.0.0.1:')
      expect(told.stderr).not.toMatch(/provider answered|--username|credentials|planted|unknown whether/)
    }
  })

  it.each([
    ['403', '', 5],
    ['503', 'busy/', 11],
  ])("the provider's own %s by way of a proxy is shown as the provider's", async (_, path, code) => {
    const at = user({ OCCI_ENDPOINT: `http://cloud.test:${portOf(stern)}/${path}`, http_proxy: open.host })
    expect(await at.run('compute list --retries 0')).toMatchObject({
      code,
      stderr: expect.stringContaining('own words'),
    })
  })

  it('a proxy that hangs meets the time limit, and nothing was sent where it had to open a tunnel', async () => {
    open.signal('SIGSTOP')
    try {
      const [plainHttp, tunnel] = await Promise.all(
        [plainCloud(), tlsCloud()].map((endpoint) =>
          user({ OCCI_ENDPOINT: endpoint, http_proxy: open.host, https_proxy: open.host }).run(
            'compute create vm --timeout 1s --retries 0 -o json',
          ),
        ),
      )
      expect(plainHttp).toMatchObject({ code: 9, stderr: expect.stringContaining(`via proxy ${open.host}`) })
      expect(tunnel).toMatchObject({
        code: 9,
        stderr: expect.stringMatching(
          /The proxy \S+ (gave no connection to \S+|did not accept a connection) within 1 s/,
        ),
      })
    } finally {
      open.signal('SIGCONT')
    }
  })
})

describe('a SOCKS5 proxy (dante)', () => {
  const plainLocal = () => sandbox.endpoint
  const tlsLocal = () => `https://127.0.0.1:${portOf(tls)}/`
  const viaDante = () => new RegExp(`via proxy ${dante.host}`)

  it.each([
    ['plain http', plainLocal, () => ({ ALL_PROXY: `socks5h://${dante.host}` })],
    ['plain http, names resolved here', plainLocal, () => ({ http_proxy: `socks5://${dante.host}` })],
    ['https', tlsLocal, () => ({ OCCI_PROXY: `socks5h://${dante.host}` })],
  ])('carries %s', async (_, endpoint, env) => {
    const at = user({ OCCI_ENDPOINT: endpoint(), ...env() })
    const told = await at.run('model list -o json -v')
    expect(told).toMatchObject({ code: 0, stderr: expect.stringMatching(viaDante()) })
    expect(JSON.parse(told.stdout)).not.toEqual([])
  })

  it("a connection that its rules forbid is refused in words, as the proxy's refusal", async () => {
    const at = user({ OCCI_ENDPOINT: `http://127.0.0.1:${portOf(stern)}/` })
    const told = await at.run(`compute list --proxy socks5h://me:planted@${dante.host}`)
    expect(told).toMatchObject({
      code: 10,
      stderr: expect.stringContaining(
        `The proxy ${dante.host} did not connect to 127.0.0.1:${portOf(stern)}`,
      ),
    })
    expect(told.stderr).not.toContain('planted')
  })

  it('--proxy none and no_proxy go by none, and a proxy of a project file does not count', async () => {
    const at = user({ OCCI_ENDPOINT: plainLocal(), ALL_PROXY: 'socks5h://127.0.0.1:1' })
    expect(await at.run('compute list --proxy none')).toMatchObject({ code: 0 })
    expect(await at.run('compute list', { no_proxy: '127.0.0.1' })).toMatchObject({ code: 0 })
    writeFileSync(join(at.home, '.occi.yaml'), 'proxy: socks5h://127.0.0.1:2\n')
    const told = await at.run('compute list', { ALL_PROXY: `socks5h://${dante.host}` })
    expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining('proxy') })
  })
})

describe('no_proxy', () => {
  const forms = [
    ['127.0.0.1', true],
    ['127.0.0.1:PORT', true],
    ['127.0.0.1:1', false],
    ['127.0.0.0/8', true],
    ['127.0.0.1/32', true],
    ['10.0.0.0/8', false],
    ['*', true],
    [' other.test , 127.0.0.1', true],
    ['other.test\t127.0.0.1', true],
    ['other.test 127.0.0.1', true],
    [',,127.0.0.1,', true],
    ['127.0.0.1.', true],
    ['localhost', false],
    ['0.0.1', false],
    ['.0.0.1', false],
    ['27.0.0.1', false],
    ['other.test', false],
    ['::1', false],
    ['', false],
  ] as const

  it.each(forms)('no_proxy %j is obeyed', async (no, passedBy) => {
    const url = `${sandbox.endpoint.replace(/\/$/, '')}/-/`
    const filled = no.replace('PORT', new URL(url).port)
    const http = createTransport({ userAgent: 'test', proxy: { http: `http://${open.host}`, no: filled } })
    const response = await http.send({ method: 'GET', url, headers: [] }).finally(() => http.close())
    expect(response.status).toBe(200)
    // squid signs what passes through it.
    expect(headerValue(response.headers, 'via') === undefined).toBe(passedBy)
  })

  it.each([
    ['localhost', true],
    ['LOCALHOST', true],
    ['localhost.', true],
    ['.localhost', true],
    ['*.localhost', true],
    ['localhost:PORT', true],
    ['calhost', false],
    ['127.0.0.1', false],
  ] as const)('no_proxy %j is obeyed for a name', async (no, passedBy) => {
    const { port } = new URL(sandbox.endpoint)
    const http = createTransport({
      userAgent: 'test',
      proxy: { http: `http://${open.host}`, no: no.replace('PORT', port) },
    })
    const request = { method: 'GET', url: `http://localhost:${port}/-/`, headers: [] } as const
    const response = await http.send(request).finally(() => http.close())
    expect(headerValue(response.headers, 'via') === undefined).toBe(passedBy)
  })

  it('no_proxy is read from the environment in both spellings, lower case first', async () => {
    const at = user({ OCCI_ENDPOINT: sandbox.endpoint, http_proxy: open.host })
    const outcomes = await Promise.all(
      [{}, { NO_PROXY: '127.0.0.1' }, { no_proxy: '127.0.0.0/8', NO_PROXY: 'other.test' }].map((env) =>
        at.run('compute list -v --no-cache', env),
      ),
    )
    expect(outcomes.map(({ code, stderr }) => [code, stderr.includes('via proxy')])).toEqual([
      [0, true],
      [0, false],
      [0, false],
    ])
  })
})

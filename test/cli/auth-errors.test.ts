/** The error table of logging in: each row its message, exit status 4, and no secret anywhere. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

const secret = 'planted-secret'
let origin = ''

/** A stand-in: providers and Keystones that go wrong, one a path. */
const server = createServer((request, response) => {
  request.resume()
  const path = request.url ?? ''
  const [, what = ''] = path.split('/')
  const answer = answers[what]
  if (answer === undefined) response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not Found</h1>')
  else answer(response, path.slice(what.length + 1), request.method ?? '')
})

const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
const version = (name: string) => ({
  version: { id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${origin}/${name}/v3/` }] },
})
const unscoped = { token: { expires_at: '2026-11-21T02:00:00.000000Z', user: { id: 'u', name: 'ada' } } }

const answers: Readonly<Record<string, (response: ServerResponse, path: string, method: string) => void>> = {
  mute: (response) => response.writeHead(401).end(),
  keystone: (response) =>
    response.writeHead(401, { 'WWW-Authenticate': `Keystone uri="${origin}/refusing/v3"` }).end(),
  refusing: (response, path) =>
    path.includes('/auth/tokens')
      ? json(response, 401, { error: { code: 401, message: 'The request requires authentication.' } })
      : json(response, 200, version('refusing')),
  page: (response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Horizon</title>\n'),
  poor: (response, path, method) => {
    if (path.includes('/auth/projects')) return json(response, 200, { projects: [] })
    if (method === 'POST') return json(response, 201, unscoped, { 'X-Subject-Token': secret })
    return json(response, 200, version('poor'))
  },
  federated: (response, path) =>
    path.includes('OS-FEDERATION')
      ? response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not Found</h1>')
      : json(response, 200, version('federated')),
}

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const keystoneUser = { OS_USERNAME: 'ada', OS_PASSWORD: secret, OS_USER_DOMAIN_NAME: 'Nowhere' }

describe('the error table', () => {
  it.each([
    [
      '401 without WWW-Authenticate',
      'compute list --auth basic -e ORIGIN/mute/',
      { OCCI_USERNAME: 'ada', OCCI_PASSWORD: secret },
      ['names no method', 'tried basic', 'ada', '--auth'],
    ],
    [
      '401 with a Keystone, and --auth none',
      'compute list --auth none -e ORIGIN/keystone/',
      {},
      ['uses Keystone at', '/refusing/v3', 'occi auth login'],
    ],
    [
      'Keystone refuses',
      'compute list --auth keystone -e ORIGIN/keystone/ --auth-url ORIGIN/refusing/v3',
      keystoneUser,
      ['ada', 'Nowhere'],
    ],
    [
      'something else answers at the URL of Keystone',
      'compute list --auth keystone -e ORIGIN/keystone/ --auth-url ORIGIN/page/v3',
      keystoneUser,
      ['Keystone', 'text/html', 'Horizon'],
    ],
    [
      'a federation that is not there',
      'compute list --auth keystone -e ORIGIN/keystone/ --auth-url ORIGIN/federated/v3 --identity-provider egi.eu',
      { OS_ACCESS_TOKEN: secret },
      ['egi.eu', '--identity-provider', '--protocol'],
    ],
    [
      'no project at all',
      'compute list --auth keystone -e ORIGIN/keystone/ --auth-url ORIGIN/poor/v3',
      keystoneUser,
      ['ada', 'no project'],
    ],
  ] as const)(
    'the error for "%s" names what was tried and what to do, and shows no secret',
    async (_, words, env, said) => {
      const at = machine({ env })
      const line = words.replaceAll('ORIGIN', origin)
      for (const more of ['', ' -o json', ' -v', ' --trace']) {
        const { status, out, err } = await at.occi(`${line}${more}`)
        expect([more, status, out]).toEqual([more, 4, ''])
        expect(`${out}${err}`).not.toContain(secret)
        if (more === '') for (const word of said) expect(err).toContain(word)
      }
    },
  )

  it('an expired certificate is an error before anything is sent', async () => {
    const at = machine()
    const file = expiredCertificate(at.folder)
    const { status, err } = await at.occi(
      `compute list --auth x509 --user-cert ${file} -e https://127.0.0.1:9/`,
    )
    expect(status).toBe(4)
    expect(err).toContain(`${file} expired`)
  })
})

/** With openssl ca, the one command of OpenSSL 3.0 that takes an end in the past. */
function expiredCertificate(folder: string): string {
  const place = join(folder, 'ca')
  mkdirSync(place)
  const at = (name: string) => join(place, name)
  writeFileSync(at('index.txt'), '')
  writeFileSync(at('serial'), '01\n')
  writeFileSync(
    at('ca.cnf'),
    `[ca]\ndefault_ca=x\n[x]\ndir=${place}\ndatabase=${at('index.txt')}\nserial=${at('serial')}\nnew_certs_dir=${place}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[req]\ndistinguished_name=d\n[d]\n`,
  )
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  openssl(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=ada',
    '-config',
    at('ca.cnf'),
    '-keyout',
    at('key.pem'),
    '-out',
    at('req.pem'),
  )
  openssl(
    'ca',
    '-batch',
    '-selfsign',
    '-notext',
    '-config',
    at('ca.cnf'),
    '-keyfile',
    at('key.pem'),
    '-in',
    at('req.pem'),
    '-out',
    at('cert.pem'),
    '-startdate',
    '20190101000000Z',
    '-enddate',
    '20200101000000Z',
  )
  const both = at('both.pem')
  writeFileSync(both, Buffer.concat([execFileSync('cat', [at('cert.pem'), at('key.pem')])]), { mode: 0o600 })
  return both
}

/** The command itself, against an endpoint that asks the real Keystone about each token. */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSandbox, type SandboxServer, serveSandbox } from '../../../src/sandbox/index.js'
import { debianPrefix } from './debian.js'
import { type KeystoneServer, startKeystone } from './keystone-server.js'
import { passwordOf, seed, userToken } from './seed.js'
import { Lab, leaf, proxyExtensions } from './x509/lab.js'

const bin = join(import.meta.dirname, '../../../bin/occi')
let folder: string
let keystone: KeystoneServer
let counted: { readonly url: string; readonly server: Server; count: number }
let sandbox: SandboxServer
let occiUrl: string
let tokenOf: () => Promise<string>

beforeAll(async () => {
  if (!existsSync(join(import.meta.dirname, '../../../dist/occi.cjs')))
    throw new Error('run `npm run build` first')
  folder = mkdtempSync(join(tmpdir(), 'occi-cli-'))
  mkdirSync(join(folder, 'keystone'))
  keystone = await startKeystone(await debianPrefix(['python3-keystone']), join(folder, 'keystone'))
  const seeded = await seed(keystone.url)
  const { projects } = seeded
  occiUrl = seeded.occiUrl
  tokenOf = () => userToken(keystone.url, 'demo', projects.demo)
  sandbox = await serveSandbox(openSandbox({ clock: Date.now }).sandbox)
  const server = createServer((request, response) => {
    counted.count += 1
    relay(keystone.url, request, response)
  })
  counted = { server, url: await listen(server), count: 0 }
})
afterAll(async () => {
  await sandbox?.close()
  counted?.server.close()
  counted?.server.closeAllConnections()
  await keystone?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function relay(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { hostname, port } = new URL(target)
  const onward = forward(
    { hostname, port, method: request.method, path: request.url, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    },
  )
  request.pipe(onward)
}

/** keystonemiddleware in small: validates the token at Keystone, else 401 with the challenge. */
async function guarded(challenge: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(async (request, response) => {
    const token = String(request.headers['x-auth-token'] ?? '')
    const check = await fetch(`${keystone.url}/v3/auth/tokens`, {
      headers: { 'X-Auth-Token': token, 'X-Subject-Token': token },
    })
    if (check.status === 200) return relay(sandbox.endpoint, request, response)
    request.resume()
    response.writeHead(401, { 'WWW-Authenticate': challenge }).end('Authentication required')
    return undefined
  })
  try {
    await use(`${await listen(server)}/`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

let homes = 0
function occi(home: string, env: Record<string, string>, ...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const clean = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_CONFIG_HOME: join(home, 'config'),
    }
    execFile(
      process.execPath,
      [bin, ...args],
      { env: { ...clean, ...env }, cwd: home },
      (error, stdout, stderr) => {
        expect(stdout + stderr).not.toContain('planted')
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
      },
    )
  })
}
function newHome(): string {
  homes += 1
  const home = join(folder, `home-${homes}`)
  mkdirSync(home, { mode: 0o700 })
  return home
}
const openrc = {
  OS_USERNAME: 'demo',
  OS_PASSWORD: passwordOf('demo'),
  OS_USER_DOMAIN_NAME: 'egi',
  OS_PROJECT_NAME: 'demo',
  OS_PROJECT_DOMAIN_NAME: 'egi',
  OS_IDENTITY_API_VERSION: '3',
}

describe('occi, with only OS_* set', () => {
  it.each([
    ['occi-os and rOCCI-server', () => `Keystone uri='${counted.url}/v2.0'`],
    ['keystonemiddleware', () => `Keystone uri="${counted.url}"`],
  ])(
    'occi with OS_* logs in by the challenge of %s, and the second command makes no Keystone request',
    async (_, challenge) => {
      await guarded(challenge(), async (url) => {
        const home = newHome()
        const first = await occi(home, openrc, 'compute', 'list', '--endpoint', url, '-o', 'json')
        expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\[/) })
        expect(counted.count).toBeGreaterThan(0)
        counted.count = 0
        const second = await occi(home, openrc, 'compute', 'list', '--endpoint', url, '-o', 'json')
        expect(second).toMatchObject({ code: 0, stdout: first.stdout })
        expect(counted.count).toBe(0)
      })
    },
  )

  it.each([
    ['wrong password', { OS_PASSWORD: 'planted-wrong' }, 'refused the password of demo (domain egi)'],
    ['wrong domain', { OS_USER_DOMAIN_NAME: 'elsewhere' }, 'refused the password of demo (domain elsewhere)'],
    [
      'no such project',
      { OS_PROJECT_DOMAIN_NAME: '', OS_PROJECT_NAME: 'nope' },
      'demo has no project "nope"',
    ],
    ['a token that is none', { OS_PASSWORD: '', OS_USERNAME: '', OS_TOKEN: 'planted-token' }, 'not valid'],
  ])('occi with OS_* and a %s ends with 4 and an explanation', async (_, wrong, words) => {
    await guarded(`Keystone uri="${counted.url}"`, async (url) => {
      const outcome = await occi(newHome(), { ...openrc, ...wrong }, 'compute', 'list', '--endpoint', url)
      expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(words) })
    })
  })

  it('occi --auth none at an endpoint with Keystone ends with 4 and names Keystone', async () => {
    await guarded(`Keystone uri='${counted.url}/v2.0'`, async (url) => {
      const outcome = await occi(newHome(), openrc, 'compute', 'list', '--endpoint', url, '--auth', 'none')
      expect(outcome).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('This endpoint uses Keystone at'),
      })
      expect(outcome.stderr).toContain('occi auth login')
    })
  })

  it('occi sends no password to a Keystone on another host, and ends with 4', async () => {
    await guarded('Keystone uri="https://evil.example.org:5000/v3"', async (url) => {
      const outcome = await occi(newHome(), openrc, 'compute', 'list', '--endpoint', url)
      expect(outcome).toMatchObject({ code: 4, stderr: expect.stringContaining('its host is not') })
    })
  })

  it('occi with OS_* takes the endpoint from the catalogue', async () => {
    const home = newHome()
    const env = { ...openrc, OS_AUTH_URL: `${counted.url}/v3` }
    const outcome = await occi(home, env, 'auth', 'status', '-o', 'json')
    expect(outcome).toMatchObject({ code: 0 })
    expect(JSON.parse(outcome.stdout)).toMatchObject({ method: 'keystone', endpoint: occiUrl })
    const elsewhere = await occi(home, { ...env, OS_REGION_NAME: 'Nowhere' }, 'compute', 'list')
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('has: RegionOne (public).') })
  })

  it('occi with OS_CLOUD reads clouds.yaml and secure.yaml', async () => {
    await guarded(`Keystone uri="${counted.url}"`, async (url) => {
      const home = newHome()
      const config = join(home, 'config/openstack')
      mkdirSync(config, { recursive: true })
      const auth = `{ auth_url: "${counted.url}/v3", username: demo, user_domain_name: egi, project_name: demo }`
      writeFileSync(join(config, 'clouds.yaml'), `clouds: { egi: { auth: ${auth} } }`)
      writeFileSync(
        join(config, 'secure.yaml'),
        `clouds: { egi: { auth: { password: ${passwordOf('demo')} } } }`,
      )
      const outcome = await occi(home, { OS_CLOUD: 'egi' }, 'compute', 'list', '--endpoint', url)
      expect(outcome).toMatchObject({ code: 0 })
    })
  })
})

describe('occi with a third-party plugin', () => {
  it('occi loads a third-party plugin by name, also with the code cache, and sends what it signs', async () => {
    const home = newHome()
    const root = join(home, 'node_modules/occi-auth-apikey')
    cpSync(join(import.meta.dirname, '../../fixtures/occi-auth-apikey'), root, { recursive: true })
    const keys: unknown[] = []
    const server = createServer((request, response) => {
      keys.push(request.headers['x-api-key'])
      relay(sandbox.endpoint, request, response)
    })
    const url = `${await listen(server)}/`
    try {
      for (let turn = 0; turn < 3; turn += 1) {
        const args = ['compute', 'list', '--endpoint', url, '--auth', 'npm:occi-auth-apikey']
        const outcome = await occi(home, { OCCI_API_KEY: 'planted-key' }, ...args)
        expect(outcome).toMatchObject({ code: 0, stderr: '' })
      }
      expect(new Set(keys)).toEqual(new Set(['planted-key']))
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('occi runs a token command with the code cache, too', async () => {
    await guarded(`Keystone uri="${counted.url}"`, async (url) => {
      const home = newHome()
      const own = await tokenOf()
      for (let turn = 0; turn < 3; turn += 1) {
        const outcome = await occi(
          home,
          {},
          'compute',
          'list',
          '--endpoint',
          url,
          '--auth',
          'token',
          '--token-command',
          `echo ${own}`,
        )
        expect(outcome).toMatchObject({ code: 0, stderr: '' })
      }
    })
  })
})

describe('occi --tls-max-version', () => {
  it('occi --tls-max-version refuses an unknown version, and ends with 2', async () => {
    const outcome = await occi(
      newHome(),
      {},
      'compute',
      'list',
      '--endpoint',
      'https://127.0.0.1:1/',
      '--tls-max-version',
      'SSLv3',
    )
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining('TLSv1.2') })
  })
})

describe('occi with a proxy that has expired', () => {
  it('occi refuses an expired proxy before connecting, and ends with 4', async () => {
    const lab = new Lab()
    try {
      lab.authority('ca', '/CN=Lab Test CA')
      lab.key('user')
      lab.certificate('user', '/CN=Demo User 1', 'ca', leaf)
      lab.key('proxy')
      lab.certificate('proxy', '/CN=Demo User 1/CN=1', 'user', proxyExtensions(), '-days', '-1')
      lab.join('proxy-chain.pem', 'proxy.pem', 'proxy.key', 'user.pem')
      const env = { X509_USER_PROXY: lab.path('proxy-chain.pem') }
      const outcome = await occi(
        newHome(),
        env,
        'compute',
        'list',
        '--endpoint',
        'https://127.0.0.1:1/',
        '--auth',
        'x509',
      )
      expect(outcome.code).toBe(4)
      expect(outcome.stderr).toMatch(/proxy .*proxy-chain\.pem expired .* ago/)
      expect(outcome.stderr).toContain('voms-proxy-init')
    } finally {
      lab.remove()
    }
  })
})

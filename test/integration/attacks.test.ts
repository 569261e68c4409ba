/**
 * Each promise of `occi help guarantees` attacked once more, in a way that no other test takes. Those that need
 * processes of their own are in test/integration/attacks-outside.test.ts.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { isSameServer } from '../../src/settings/trust.js'
import { machine } from '../cli/support/harness.js'
import { generator, mutate } from '../support/mutation.js'
import {
  type Answer,
  http,
  type RawRequest,
  type RawServer,
  rawServer,
  smallModel,
} from '../support/raw-server.js'

const open: RawServer[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

type Answering = (request: RawRequest, socket: Socket) => Answer | string | undefined

/** A provider that tells its model, and answers all else as given: by bytes or an answer; 404 for undefined. */
async function provider(answering: Answering): Promise<RawServer> {
  const server = await rawServer((request, socket) => {
    const found =
      answering(request, socket) ??
      (request.path.startsWith('/-/') ? { body: smallModel } : { status: '404 Not Found' })
    if (!socket.destroyed) socket.write(typeof found === 'string' ? found : http(found), 'latin1')
  })
  open.push(server)
  return server
}

const writes = ({ requests }: RawServer) => requests.filter(({ method }) => method !== 'GET')
const entity = (id: string, title = id) =>
  `Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\nX-OCCI-Attribute: occi.core.id="${id}"\nX-OCCI-Attribute: occi.core.title="${title}"\n`

describe('what changes something', () => {
  // Guarantee: one-of-three-outcomes
  it('a change is not reported as done by an answer that was sent before the request', async () => {
    const planted = http({ status: '201 Created', headers: ['Location: /compute/planted'] })
    const server = await provider(({ method, path }, socket) => {
      if (method === 'POST') {
        socket.destroy()
        return undefined
      }
      // The answer to the look at the model, and behind it one to what may come next.
      if (path.startsWith('/-/')) return http({ body: smallModel }) + planted
      return { body: '' }
    })
    const at = machine()
    const { status, out, err } = await at.occi(
      `compute create web --no-validate --retries 0 -o json --endpoint ${server.origin}/`,
    )
    expect(out).not.toContain('planted')
    expect([9, 11]).toContain(status)
    expect(JSON.parse(err.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { exit: status } })
  })

  // Guarantee: sent-once
  it.each([
    ['408 Request Timeout', 'Connection: close'],
    ['421 Misdirected Request', 'X: y'],
    ['425 Too Early', 'Retry-After: 0'],
    ['429 Too Many Requests', 'Retry-After: 0'],
    ['503 Service Unavailable', 'Retry-After: 0'],
    ['504 Gateway Timeout', 'Retry-After: 0'],
    ['599 ', 'Retry-After: 0'],
    ['301 Moved', 'Location: /compute/again/'],
    ['303 See Other', 'Location: /compute/again/'],
  ])('a change is not sent again after %s', async (status, header) => {
    const server = await provider(({ method }) => {
      if (method !== 'POST') return undefined
      return { status, headers: [header] }
    })
    const run = await machine().occi(
      `compute create web --no-validate --deadline 2s --endpoint ${server.origin}/`,
    )
    expect(run.status).not.toBe(0)
    expect(writes(server).map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /compute/'])
  })

  // Guarantee: repeatable-is-repeated
  it.each([
    '99999999999999999999',
    '-5',
    '1e9',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    '0x10',
    '\u00b2',
    '1, 999999',
  ])('a request is not repeated more often or later than allowed for "Retry-After: %s"', async (value) => {
    const server = await provider(({ path }) =>
      path.startsWith('/-/') ? { status: '503 No', headers: [`Retry-After: ${value}`] } : undefined,
    )
    const at = machine()
    let slept = 0
    const { status } = await at.occi(`compute list --retries 3 --endpoint ${server.origin}/`, {
      onSleep: () => {
        slept += 1
      },
    })
    expect(status).not.toBe(0)
    expect(server.requests.length).toBeLessThanOrEqual(12)
    expect(slept).toBeLessThan(server.requests.length)
  })

  // Guarantee: preview-sends-nothing, no-command-no-file
  it.each([
    ['create', 'compute create NAME --no-validate'],
    ['delete', 'compute delete /compute/NAME --yes'],
    ['delete all', 'compute delete --all --yes'],
    ['update', 'compute update /compute/NAME --title NAME --no-validate'],
    ['trigger', 'compute start /compute/NAME'],
  ])('--curl shows each change as one shell command, whatever the names are: %s', async (_, line) => {
    const ran = join(machine().folder, 'ran')
    const evil = `'$(touch ${ran})\`touch ${ran}\`;touch ${ran};"!x\\`
    const server = await provider(({ method, path }) => {
      if (method !== 'GET') return { status: '500 No' }
      if (path === '/compute/') return { body: `X-OCCI-Location: /compute/a';touch$IFS'${ran}\n` }
      return path.startsWith('/compute/') ? { body: entity(`;touch ${ran};`) } : undefined
    })
    const name = encodeURI(evil).replaceAll("'", '%27').replaceAll('!', "'")
    const words = line.split(' ').map((word) => word.replace('/NAME', `/${name}`).replace('NAME', evil))
    const at = machine({ env: { OCCI_ENDPOINT: `${server.origin}/` } })
    const { out, err, status } = await at.occi([...words, '--curl'])
    expect({ status, err }).toMatchObject({ status: 0 })
    expect(writes(server)).toEqual([])
    const bin = join(at.folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'curl'), `#!/bin/sh\necho called >> ${at.folder}/curls\n`, { mode: 0o755 })
    const shell = spawnSync('sh', ['-c', out], { cwd: at.folder, env: { PATH: `${bin}:/usr/bin:/bin` } })
    expect(shell.stderr.toString()).toBe('')
    expect(readFileSync(join(at.folder, 'curls'), 'utf8')).toMatch(/^(called\n)+$/)
    expect(existsSync(ran)).toBe(false)
  })
})

describe('commands in messages', () => {
  // Guarantee: no-command-no-file
  it('commands in messages can be copied safely, whatever names the provider uses', async () => {
    const server = await provider(({ method, path }, socket) => {
      if (method === 'POST' && path === '/compute/') {
        return { status: '201 Created', headers: ["Location: /compute/;touch$IFS'ran';$(touch$IFS'ran')"] }
      }
      if (method === 'POST') {
        socket.destroy()
        return undefined
      }
      if (path.startsWith('/compute/;')) return { status: '500 No', body: '`touch ran`' }
      return path === '/compute/' ? { body: '' } : undefined
    })
    const at = machine({ env: { OCCI_ENDPOINT: `${server.origin}/` } })
    const interrupted = new AbortController()
    const runs = [
      await at.occi('compute create web --no-validate --wait --wait-timeout 5s', {
        onSleep: () => interrupted.abort(130),
        signal: interrupted.signal,
      }),
      await at.occi('compute create web --no-validate', { terminal: true }),
      await at.occi('compute create web --no-validate -o json', { outFails: 'ENOSPC' }),
      await at.occi('compute create web --no-validate', { outFails: 'ENOSPC' }),
      await at.occi("compute start /compute/;touch$IFS'ran'"),
    ]
    const said = runs.map(({ err }) => err).join('')
    const commands = [...said.matchAll(/occi [a-z]+ [a-z]+ [^\n"]*(?:\\.[^\n"]*)*/g)].map(([text]) => text)
    expect(commands.join('\n')).toContain('touch')
    for (const command of commands) {
      spawnSync('sh', ['-c', `occi() { :; }\n${command}`], { cwd: at.folder })
      expect({ command, ran: existsSync(join(at.folder, 'ran')) }).toEqual({ command, ran: false })
    }
  })
})

describe('secrets', () => {
  const secret = 'p@ss w%rd"<\u00e9>&\\x'
  const forms: Readonly<Record<string, (text: string) => string>> = {
    'as it is': (text) => text,
    'percent-encoded': encodeURIComponent,
    'as a form': (text) => new URLSearchParams({ a: text }).toString().slice(2),
    'as JSON': (text) => JSON.stringify(text).slice(1, -1),
    'in base64': (text) => Buffer.from(text).toString('base64'),
    'as the login': (text) => Buffer.from(`ada:${text}`).toString('base64'),
  }

  // Guarantee: secrets-not-shown
  it.each(Object.entries(forms))('secrets that the server repeats %s are not shown', async (_, form) => {
    const repeated = Buffer.from(form(secret)).toString('latin1')
    const server = await provider(({ head }) =>
      /^authorization:/im.test(head)
        ? {
            status: `403 No ${repeated}`,
            headers: [`Server: ${repeated}`, 'Content-Type: application/json'],
            body: `{"error": {"message": ${JSON.stringify(repeated)}, ${JSON.stringify(repeated)}: 1}}`,
          }
        : { status: '401 Who', headers: [`WWW-Authenticate: Basic realm="x"`] },
    )
    const at = machine({
      env: {
        OCCI_USERNAME: 'ada',
        OCCI_PASSWORD: secret,
        OCCI_ENDPOINT: `${server.origin}/`,
        OCCI_AUTH: 'basic',
      },
    })
    const traced = ` --trace=${join(at.folder, 'trace.txt')}`
    for (const more of ['', ' -o json', ' -v', ' --trace', ' --curl', traced]) {
      const { out, err, status } = await at.occi(`compute list --retries 0${more}`)
      expect(status).not.toBe(0)
      const all = out + err + textBelow(at.folder)
      expect({ more, shown: all.includes(form(secret)) }).toEqual({ more, shown: false })
    }
    expect(server.requests.some(({ head }) => head.includes('Basic '))).toBe(true)
  })
})

function textBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}

describe('credentials', () => {
  const elsewhere = (evil: string) => [
    `${evil}/`,
    `//${evil.slice(7)}/`,
    `/\\${evil.slice(7)}/`,
    `\\\\${evil.slice(7)}\\`,
    `http:\\\\${evil.slice(7)}/`,
    `http://127.0.0.1@${evil.slice(7)}/`,
    `HTTP://${evil.slice(7)}`,
    `h\tttp://${evil.slice(7)}/`,
    ` ${evil}/`,
    `https://${evil.slice(7)}/`,
    `http://[::ffff:127.0.0.1]:${evil.split(':')[2]}/`,
    `http://0x7f.1:${evil.split(':')[2]}/`,
  ]

  // Guarantee: credentials-stay
  it.each(['301', '302', '303', '307', '308'])(
    'credentials are not sent elsewhere because of %s, however it is written',
    async (code) => {
      const evil = await provider(() => ({ body: smallModel }))
      for (const location of elsewhere(evil.origin)) {
        for (const more of ['Refresh', 'Content-Location', 'Alt-Svc', 'Link']) {
          const server = await provider(({ head }) =>
            /^authorization:/im.test(head)
              ? { status: `${code} Over there`, headers: [`Location: ${location}`, `${more}: ${location}`] }
              : { status: '401 Who', headers: ['WWW-Authenticate: Basic realm="x"'] },
          )
          const env = { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'hunter2', OCCI_ENDPOINT: `${server.origin}/` }
          const at = machine({ env })
          for (const words of [
            'compute list',
            'compute create x --no-validate',
            'compute delete /compute/1 --yes',
          ]) {
            const { status } = await at.occi(`${words} --retries 0`)
            expect({ location, words, failed: status !== 0 }).toEqual({ location, words, failed: true })
          }
          await server.close()
        }
      }
      expect(evil.bytes()).toBe('')
    },
  )

  // Guarantee: credentials-stay
  it.each(['307', '308', '302', '303'])(
    'login credentials are not sent elsewhere because of %s of a Keystone or an issuer',
    async (code) => {
      const evil = await provider(() => ({ body: '{}' }))
      for (const location of elsewhere(evil.origin)) {
        const login = await provider(({ method, path }) => {
          const headers = ['Content-Type: application/json']
          if (method === 'POST') return { status: `${code} Over there`, headers: [`Location: ${location}`] }
          if (path.includes('openid-configuration')) {
            const body = JSON.stringify({ issuer: login.origin, token_endpoint: `${login.origin}/token` })
            return { headers, body }
          }
          const links = [{ rel: 'self', href: `${evil.origin}/v3/` }]
          return { headers, body: JSON.stringify({ version: { id: 'v3.14', status: 'stable', links } }) }
        })
        const ways: Record<string, Record<string, string>> = {
          keystone: {
            OCCI_AUTH_URL: `${login.origin}/v3`,
            OCCI_USERNAME: 'ada',
            OCCI_PASSWORD: 'hunter2',
            OCCI_PROJECT: 'p',
          },
          'oidc client': {
            OCCI_OIDC_ISSUER: login.origin,
            OCCI_OIDC_CLIENT_ID: 'c',
            OCCI_OIDC_CLIENT_SECRET: 'hunter2',
            OCCI_OIDC_GRANT: 'client-credentials',
          },
          'oidc refresh': {
            OCCI_OIDC_ISSUER: login.origin,
            OCCI_OIDC_CLIENT_ID: 'c',
            OCCI_REFRESH_TOKEN: 'hunter2',
          },
          'oidc password': {
            OCCI_OIDC_ISSUER: login.origin,
            OCCI_OIDC_CLIENT_ID: 'c',
            OCCI_OIDC_GRANT: 'password',
            OCCI_USERNAME: 'ada',
            OCCI_PASSWORD: 'hunter2',
          },
        }
        for (const [name, env] of Object.entries(ways)) {
          const auth = name.split(' ')[0] ?? ''
          const { status } = await machine({ env }).occi(
            `compute list --retries 0 --auth ${auth} --endpoint http://127.0.0.1:9/`,
          )
          expect({ name, location, failed: status !== 0 }).toEqual({ name, location, failed: true })
        }
        expect(login.bytes()).toContain('hunter2')
        await login.close()
      }
      expect(evil.bytes()).toBe('')
    },
  )

  // Guarantee: credentials-stay
  it('credentials are sent to no Keystone on another host that the server names, however it is written', async () => {
    const evil = await provider(() => ({ body: '{}' }))
    const port = evil.origin.split(':')[2]
    for (const uri of [
      `http://x.localhost:${port}/v3`,
      `http://127.0.0.1.nip.example:${port}/v3`,
      `http://[::ffff:7f00:1]:${port}/v3`,
      `https://localhost.example:${port}/v3`,
    ]) {
      const server = await provider(() => ({
        status: '401 Who',
        headers: [`WWW-Authenticate: Keystone uri="${uri}"`],
      }))
      const env = { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'hunter2', OCCI_PROJECT: 'p' }
      const { status, err } = await machine({ env }).occi(
        `compute list --retries 0 --auth keystone --endpoint ${server.origin}/`,
      )
      expect({ uri, status }).toEqual({ uri, status: 4 })
      expect(err).toContain('Not sending')
      await server.close()
    }
    expect(evil.bytes()).toBe('')
  })

  // Guarantee: credentials-stay
  it('credentials are sent to no other server that an argument names', async () => {
    const evil = await provider(() => ({ body: entity('1') }))
    const server = await provider(() => undefined)
    const port = evil.origin.split(':')[2]
    const env = {
      OCCI_ENDPOINT: `${server.origin}/`,
      OCCI_AUTH: 'basic',
      OCCI_USERNAME: 'ada',
      OCCI_PASSWORD: 'hunter2',
    }
    const at = machine({ env })
    for (const place of [
      `${evil.origin}/compute/1`,
      `http://localhost:${port}/compute/1`,
      `//127.0.0.1:${port}/compute/1`,
      `http://127.0.0.1:${server.origin.split(':')[2]}@127.0.0.1:${port}/compute/1`,
    ]) {
      for (const words of [
        ['api', 'GET', place],
        ['compute', 'describe', place],
        ['compute', 'delete', place, '--yes'],
        ['compute', 'start', place],
        ['compute', 'update', place, '--title', 'x'],
      ]) {
        await at.occi([...words, '--retries', '0'])
      }
    }
    expect(evil.bytes()).not.toMatch(/authorization/i)
    expect(server.bytes()).toMatch(/authorization: basic/i)
  })

  // Guarantee: context-belongs-to-its-server
  it('credentials are sent to one server, however another address is written: 20,000 addresses', () => {
    const random = generator(20_261_129)
    const own = 'https://own.example:8443/x'
    const seeds = [
      own,
      'https://own.example/',
      'http://own.example:8443/',
      'https://own.example:8443@evil.example/',
    ]
    const pieces = [
      '@',
      ':',
      '/',
      '\\',
      '\t',
      '%2e',
      '.',
      '\u3002',
      'own.example',
      ':8443',
      'evil.example',
      '#',
      '?',
      'https:',
      'http:',
      '\u00ad',
      '[',
      ']',
    ]
    let same = 0
    for (let run = 0; run < 20_000; run += 1) {
      const text = mutate(seeds[random(seeds.length)] ?? '', random, pieces)
      if (!isSameServer(own, text)) continue
      same += 1
      // What the transport makes of it.
      const { protocol, hostname, port } = new URL(text)
      expect({ text, protocol, hostname, port }).toEqual({
        text,
        protocol: 'https:',
        hostname: 'own.example',
        port: '8443',
      })
    }
    expect(same).toBeGreaterThan(100)
  })
})

describe('a checkout', () => {
  const stolen = (evil: string) => `endpoint: ${evil}/\npassword-file: secret\ninsecure: true\n`

  // Guarantee: strangers-files
  it.each<readonly [string, (evil: string) => Buffer | string]>([
    ['begins with a byte order mark', (evil) => `\ufeff${stolen(evil)}`],
    ['is UTF-16', (evil) => Buffer.from(`\ufeff${stolen(evil)}`, 'utf16le')],
    ['says things twice', (evil) => `${stolen(evil)}insecure: false\ninsecure: true\n`],
    ['names a prototype', (evil) => `__proto__: {insecure: true, password-file: secret}\n${stolen(evil)}`],
    [
      'says it by anchors and tags',
      (evil) => `endpoint: &e !!str ${evil}/\nauth-url: *e\n? !!str insecure\n: !!bool true\n`,
    ],
    ['ends with a second document', (evil) => `output: json\n---\n${stolen(evil)}`],
    ['ends lines as a Mac did', (evil) => stolen(evil).replaceAll('\n', '\r')],
    ['hides it behind zeros', (evil) => `output: json\n\0\n${stolen(evil)}`],
    ['writes names in capitals', (evil) => stolen(evil).toUpperCase()],
    ['writes names with other dashes', (evil) => stolen(evil).replaceAll('-', '_')],
    ['claims to be trusted', (evil) => `${stolen(evil)}trust-project: true\nyes: true\n`],
    [
      'is JSON',
      (evil) => JSON.stringify({ endpoint: `${evil}/`, insecure: true, 'password-file': 'secret' }),
    ],
  ])('a checkout that %s gets no secret', async (_, write) => {
    const evil = await provider(({ head }) =>
      /^authorization:/im.test(head)
        ? { body: smallModel }
        : { status: '401 Who', headers: ['WWW-Authenticate: Basic realm="x"'] },
    )
    const at = machine({ env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'hunter2', OCCI_TOKEN: 'hunter3' } })
    const cwd = join(at.folder, 'checkout')
    mkdirSync(cwd)
    writeFileSync(join(cwd, 'secret'), 'hunter4', { mode: 0o600 })
    writeFileSync(join(cwd, '.occi.yaml'), write(evil.origin))
    const { status } = await at.occi('compute list --retries 0', { cwd })
    expect(status).not.toBe(0)
    expect(evil.bytes()).not.toMatch(/hunter|authorization|x-auth-token/i)
  })

  // Guarantee: strangers-files
  it.each(['timeout: 0', 'timeout: 100h', 'deadline: 100h', 'retries: 999', 'max-response: 999G'])(
    'a project file lifts no limit: %s',
    async (line) => {
      const at = machine()
      const cwd = join(at.folder, 'checkout')
      mkdirSync(cwd)
      writeFileSync(join(cwd, '.occi.yaml'), `${line}\n`)
      const [name = ''] = line.split(':')
      const { out } = await at.occi(`config explain ${name} -o json`, { cwd })
      const rows = JSON.parse(out) as { origin: string | null; withheld: string | null }[]
      expect(rows.filter(({ origin, withheld }) => origin === 'project' && withheld === null)).toEqual([])
      expect(rows.some(({ withheld }) => withheld?.includes('came with the working folder'))).toBe(true)
    },
  )

  // Guarantee: strangers-files
  it('the warning about a project file is one line, whatever its folder is called, and an object beside JSON', async () => {
    const at = machine({ env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'hunter2' } })
    const cwd = join(at.folder, 'x\nocci: all is well\n\u001b]0;title\u0007\u202e')
    mkdirSync(cwd)
    writeFileSync(join(cwd, '.occi.yaml'), 'endpoint: "http://127.0.0.1:9/\\e[2J\\n"\ninsecure: true\n')
    const words = await at.occi('compute list --retries 0', { cwd })
    expect(words.err.split('\n').filter((line) => line.startsWith('occi: ')).length).toBe(2)
    expect(words.err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    const json = await at.occi('compute list --retries 0 -o json', { cwd })
    const [warning, error] = json.err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(warning).toMatchObject({ warning: { message: expect.stringContaining('not used: insecure') } })
    expect(error).toMatchObject({ error: { exit: json.status } })
  })
})

describe('text of a provider', () => {
  const nasty = '\u001b]0;pwned\u0007\u001b[2J\u009b31m\u202e\u200b\u{e0041}\r\u0085'
  const obeyed =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b\u2066-\u2069\u{e0000}-\u{e007f}]/u
  const bytes = Buffer.from(nasty).toString('latin1')
  const inReason = bytes.replaceAll('\r', '')
  // As far as a header may hold it: more is refused as no HTTP.
  const inHeader = bytes.replaceAll(/[\u0000-\u001f\u007f]/g, '')
  const kind = 'http://schemas.ogf.org/occi/infrastructure#'
  const model = smallModel
    .replace('compute"; class', `compute"; title="${bytes}"; class`)
    .replace('class="kind"; location="/network/"', `class="kind"; title="${bytes}"; location="/network/"`)
  const machineText = `Category: compute; scheme="${kind}"; class="kind"; title="${bytes}"
X-OCCI-Attribute: occi.core.id="${bytes}"
X-OCCI-Attribute: occi.core.title="${bytes}"
X-OCCI-Attribute: occi.compute.hostname="${bytes}"
X-OCCI-Attribute: occi.compute.state="${bytes}"
X-OCCI-Attribute: ${bytes}.x="${bytes}"
Link: </network/${bytes}>; rel="${kind}network"; self="/link/${bytes}"; category="http://schemas.ogf.org/occi/infrastructure#networkinterface"; occi.networkinterface.address="${bytes}"
`
  const headers = [`Server: ${inHeader}`, `X-${'Request'}-Id: ${inHeader}`, `Warning: 199 ${inHeader}`]
  const json = ['Content-Type: application/json']
  const answers: Readonly<Record<string, Answering>> = {
    'that is good': ({ path }) =>
      path.startsWith('/-/')
        ? { headers, body: model }
        : { headers, body: path === '/compute/' ? machineText : machineText },
    'that refuses': ({ path, method }) =>
      path.startsWith('/-/') && method === 'GET'
        ? { body: model }
        : {
            status: `409 ${inReason}`,
            headers: [...headers, ...json],
            body: JSON.stringify({ error: { message: bytes, [bytes]: bytes } }),
          },
    'that refuses in text': () => ({
      status: `500 ${inReason}`,
      headers,
      body: `${bytes}\n<h1>${bytes}</h1>`,
    }),
    'that wants a login': () => ({
      status: `401 ${inReason}`,
      headers: [
        ...headers,
        `WWW-Authenticate: Basic realm="${inHeader}"`,
        `WWW-Authenticate: Keystone uri="http://127.0.0.1:9/${inHeader}"`,
        `WWW-Authenticate: ${inHeader}`,
      ],
      body: bytes,
    }),
    'that sends elsewhere': () => ({
      status: `307 ${inReason}`,
      headers: [...headers, `Location: http://${inHeader}.example/${inHeader}`],
    }),
    'that makes no sense': () => ({
      headers: [...headers, `Content-Type: ${inHeader}`],
      body: bytes.repeat(3),
    }),
    'that is no HTTP': () => `HTTP/1.1 2${inReason}00 ${inReason}\r\n${inReason}: ${inReason}\r\n\r\n`,
  }
  const commands = [
    'compute list',
    'compute describe x',
    'compute create x --no-validate',
    'compute delete --all --yes',
    'compute start --all --yes',
    'model',
    'model describe compute',
    'compute ip x',
    'compute wait x --for active --wait-timeout 2s',
    'auth test',
    'api GET /compute/',
    'api GET /compute/ --include',
    'explain compute',
    'history',
    '--action list --resource compute',
    '--dump-model',
  ]
  const manners = [
    '',
    '-o json',
    '-o yaml',
    '-o csv',
    '-o tsv',
    '-o name',
    '-o env',
    '-o pairs',
    '-o wide',
    '-v',
    '--trace',
    '--curl',
    '--template {{name}}',
    '-o value --columns name',
  ]

  // Guarantee: text-not-obeyed
  it.each(Object.entries(answers))(
    'text of a provider %s, is shown as text wherever it is printed',
    async (name, answering) => {
      const server = await provider(answering)
      let shown = 0
      for (const terminal of [false, true]) {
        const at = machine({
          terminal,
          env: {
            OCCI_ENDPOINT: `${server.origin}/`,
            OCCI_RETRIES: '0',
            NO_COLOR: '1',
            OCCI_USERNAME: 'ada',
            OCCI_PASSWORD: 'hunter2',
          },
        })
        for (const command of commands) {
          for (const manner of command.startsWith('-') ? [''] : manners) {
            const { out, err } = await at.occi(`${command} ${manner}`, {
              env: {},
            })
            // In a pipe "api" gives the body byte for byte, as curl does, -o env quotes all for eval, and csv ends
            // lines as RFC 4180 says.
            const raw = (command.startsWith('api') || manner === '-o env') && !terminal
            const all = `${raw ? '' : out.replaceAll('\r\n', '\n')}${err}`
            const found = obeyed.exec(all)
            const at30 = found === null ? '' : all.slice(Math.max(0, found.index - 60), found.index + 30)
            expect({ command, manner, terminal, obeyed: at30 }).toEqual({
              command,
              manner,
              terminal,
              obeyed: '',
            })
            if (/x1b|u001b|x9b|u202e/i.test(out + err)) shown += 1
          }
        }
      }
      // Of what is no HTTP, and of places that are no URL, nothing is repeated.
      if (!/elsewhere|no HTTP/.test(name)) expect(shown).toBeGreaterThan(5)
    },
    240_000,
  )
})

describe('headers', () => {
  const split = 'x\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1'
  const noEvil = (server: RawServer) => expect(server.bytes()).not.toMatch(/^x-evil|^get \/evil/im)

  // Guarantee: no-header-of-its-own
  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ['a user name', { OCCI_AUTH: 'basic', OCCI_USERNAME: split, OCCI_PASSWORD: 'hunter2' }],
    ['a password', { OCCI_AUTH: 'basic', OCCI_USERNAME: 'ada', OCCI_PASSWORD: split }],
    ['a token', { OCCI_AUTH: 'token', OCCI_TOKEN: split }],
    [
      'the name of the token’s header',
      { OCCI_AUTH: 'token', OCCI_TOKEN: 'hunter2', OCCI_TOKEN_HEADER: split },
    ],
    ['an access token', { OCCI_AUTH: 'oidc', OCCI_ACCESS_TOKEN: split }],
    ['a digest user', { OCCI_AUTH: 'digest', OCCI_USERNAME: split, OCCI_PASSWORD: 'hunter2' }],
    ['the endpoint', { OCCI_ENDPOINT: `SERVER/${split}` }],
  ])('no header can be injected by %s', async (_, env) => {
    const server = await provider(({ head }) =>
      /^authorization: digest/im.test(head) || env['OCCI_AUTH'] !== 'digest'
        ? undefined
        : {
            status: '401 Who',
            headers: [
              `WWW-Authenticate: Digest realm="x\\"", nonce="n\\r\\nX-Evil: 1", qop="auth", opaque="o"`,
            ],
          },
    )
    const given = (env['OCCI_ENDPOINT'] ?? 'SERVER/').replace('SERVER', server.origin)
    for (const words of ['compute list', 'compute create x --no-validate']) {
      await machine({ env: { ...env, OCCI_ENDPOINT: given } }).occi(`${words} --retries 0`)
    }
    noEvil(server)
  })

  // Guarantee: no-header-of-its-own
  it('no header can be injected by names of a provider, in whatever form they are sent back', async () => {
    const server = await provider(({ method, path }) => {
      if (method !== 'GET') return { status: '201 Created', headers: ['Location: /compute/1'] }
      if (path.startsWith('/-/')) return { body: smallModel.replaceAll('start', 'start\\r\\nX-Evil: 1') }
      return { body: entity('1', 'x\\"\\r\\nX-Evil: 1') }
    })
    for (const type of ['text/plain', 'text/occi', 'json', 'json-1.1']) {
      const at = machine({ env: { OCCI_ENDPOINT: `${server.origin}/`, OCCI_MEDIA_TYPE: type } })
      await at.occi([
        'compute',
        'create',
        split,
        '--no-validate',
        '--attribute',
        `occi.compute.hostname=${split}`,
      ])
      await at.occi(['compute', 'update', '/compute/1', '--no-validate', '--title', split])
      await at.occi(['compute', 'trigger', `http://x.example/${split}#start`, '/compute/1'])
      await at.occi(['compute', 'describe', `/compute/${split}`])
      await at.occi(['api', 'GET', '/compute/', '--header', `X-A: ${split}`])
      await at.occi(['api', 'POST', `/compute/?${split}`, '--data', split])
    }
    expect(server.requests.length).toBeGreaterThan(20)
    const heads = server.requests.map(({ head }) => head).join('\n')
    expect(heads).not.toMatch(/^x-evil/im)
  })
})

describe('answers to a login', () => {
  const bomb = gzipSync(Buffer.alloc(40_000_000, ' ')).toString('latin1')
  const forever = (socket: Socket, piece: string): undefined => {
    const send = () => {
      while (!socket.destroyed && socket.write(piece, 'latin1'));
    }
    socket.on('drain', send)
    send()
  }
  const ways: Readonly<Record<string, (socket: Socket) => string | undefined>> = {
    'a body without end': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n')
      return forever(socket, ' '.repeat(65_536))
    },
    'a bomb of gzip': () =>
      http({ headers: ['Content-Type: application/json', 'Content-Encoding: gzip'], body: bomb }).replace(
        /Content-Length: \d+/,
        `Content-Length: ${bomb.length}`,
      ),
    'headers without end': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      return forever(socket, `${`X-A: ${'b'.repeat(500)}\r\n`.repeat(100)}`)
    },
    'a chunk whose extension has no end': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=')
      return forever(socket, 'b'.repeat(65_536))
    },
    'trailers without end': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n')
      return forever(socket, `${`X-A: ${'b'.repeat(500)}\r\n`.repeat(100)}`)
    },
    'nesting without end': () =>
      http({ headers: ['Content-Type: application/json'], body: `{"versions":${'['.repeat(200_000)}` }),
    'numbers beyond all range': () =>
      http({
        headers: ['Content-Type: application/json'],
        body: '{"access_token":"t","expires_in":1e999,"token_endpoint":1e999,"__proto__":{"token_endpoint":"http://127.0.0.1:9/"},"versions":{"values":[{"id":"v99999999999"}]}}',
      }),
  }

  // Guarantee: answers-bounded
  it.each(Object.entries(ways))('answers to a login are limited, too: %s', async (_, answer) => {
    const ends: string[] = []
    for (const [auth, env] of [
      ['keystone', { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'hunter2', OCCI_PROJECT: 'p' }],
      [
        'oidc',
        { OCCI_OIDC_CLIENT_ID: 'c', OCCI_OIDC_CLIENT_SECRET: 's', OCCI_OIDC_GRANT: 'client-credentials' },
      ],
    ] as const) {
      const server = await provider((_request, socket) => answer(socket) ?? '')
      const login =
        auth === 'keystone' ? { OCCI_AUTH_URL: `${server.origin}/v3` } : { OCCI_OIDC_ISSUER: server.origin }
      const before = process.memoryUsage().rss
      const began = performance.now()
      const { status, err } = await machine({ env: { ...env, ...login } }).occi(
        `compute list --retries 0 --auth ${auth} --timeout 4s --max-response 8M --endpoint http://127.0.0.1:9/`,
      )
      ends.push(`${auth} ${status} ${/bug in occi|unexpected/.test(err)}`)
      expect(performance.now() - began).toBeLessThan(15_000)
      expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000)
      await server.close()
    }
    expect(ends).toEqual([
      expect.stringMatching(/^keystone [1-9]\d* false$/),
      expect.stringMatching(/^oidc [1-9]\d* false$/),
    ])
    expect(({} as Record<string, unknown>)['token_endpoint']).toBeUndefined()
  })
})

describe('caches', () => {
  const hostile: readonly unknown[] = [
    null,
    true,
    -1,
    1e308,
    '',
    'x',
    '\u001b[2J',
    [],
    {},
    [[]],
    { length: 1e9 },
    [null, { x: [] }],
  ]

  // Guarantee: garbage-in-files
  it('caches whose values are replaced by another kind change nothing that is printed', async () => {
    const server = await provider(({ path }) =>
      path === '/compute/'
        ? { body: 'X-OCCI-Location: /compute/1\n' }
        : path === '/compute/1'
          ? { body: entity('1', 'web') }
          : undefined,
    )
    const at = machine({ env: { OCCI_ENDPOINT: `${server.origin}/` } })
    const list = () => at.occi('compute list -o json')
    const expected = await list()
    expect(expected.status).toBe(0)
    const cache = join(at.folder, 'cache')
    const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    )
    expect(files.length).toBeGreaterThan(1)
    let tried = 0
    for (const name of files) {
      const file = join(cache, name)
      const text = readFileSync(file, 'utf8')
      const paths = pathsIn(JSON.parse(text))
      // Each place by some of the kinds, all kinds in turn.
      for (const [at30, path] of paths.entries()) {
        if (paths.length > 60 && at30 % Math.ceil(paths.length / 60) !== 0) continue
        for (const value of [hostile[tried % hostile.length], hostile[(tried + 5) % hostile.length]]) {
          writeFileSync(file, JSON.stringify(replaced(JSON.parse(text), path, value)), { mode: 0o600 })
          tried += 1
          const { status, out, err } = await list()
          expect({ name, path, value, status, out, err }).toEqual({ name, path, value, ...expected })
        }
      }
      writeFileSync(file, text, { mode: 0o600 })
    }
    expect(tried).toBeGreaterThan(50)
  }, 120_000)
})

type Path = readonly (string | number)[]

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Array.isArray(value)
    ? value.flatMap((each, at) => pathsIn(each, [...path, at]))
    : Object.entries(value).flatMap(([name, each]) => pathsIn(each, [...path, name]))
  return [path, ...below]
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) }
  copy[step] = replaced(copy[step], rest, by)
  return copy
}

const root = process.getuid?.() === 0

describe('files of other users', () => {
  // Guarantee: files-that-decide
  it.runIf(root).each<readonly [string, (folder: string) => void, number]>([
    ['a configuration', (folder) => chownSync(join(folder, 'config', 'config.json'), 12345, 12345), 2],
    [
      'a list of what is trusted',
      (folder) => chownSync(join(folder, 'config', 'trusted.json'), 12345, 12345),
      2,
    ],
    ['the folder of the configuration', (folder) => chownSync(join(folder, 'config'), 12345, 12345), 2],
    [
      'the cache of logins, filled with another token',
      (folder) => {
        const tokens = join(folder, 'cache', 'tokens')
        for (const name of readdirSync(tokens)) {
          const file = join(tokens, name)
          writeFileSync(file, readFileSync(file, 'utf8').replaceAll('KTOK', 'THEIRS'))
          chownSync(file, 12345, 12345)
        }
      },
      0,
    ],
    [
      'a cache of logins that others can write',
      (folder) => {
        const tokens = join(folder, 'cache', 'tokens')
        for (const name of readdirSync(tokens)) {
          const file = join(tokens, name)
          writeFileSync(file, readFileSync(file, 'utf8').replaceAll('KTOK', 'THEIRS'))
        }
        chmodSync(tokens, 0o777)
      },
      0,
    ],
    [
      'a cache of logins that is a link to theirs',
      (folder) => {
        const tokens = join(folder, 'cache', 'tokens')
        renameSync(tokens, join(folder, 'theirs'))
        for (const name of readdirSync(join(folder, 'theirs'))) {
          const file = join(folder, 'theirs', name)
          writeFileSync(file, readFileSync(file, 'utf8').replaceAll('KTOK', 'THEIRS'))
        }
        chownSync(join(folder, 'theirs'), 12345, 12345)
        symlinkSync(join(folder, 'theirs'), tokens)
      },
      0,
    ],
  ])('files of other users decide nothing: %s', async (_, spoil, expected) => {
    const server = await provider(({ method, path, head }) => {
      const headers = ['Content-Type: application/json']
      if (path.startsWith('/v3') && method === 'POST') {
        const token = {
          expires_at: '2030-01-01T00:00:00Z',
          user: { id: 'u' },
          project: { id: 'p' },
          catalog: [],
        }
        return {
          status: '201 Created',
          headers: [...headers, 'X-Subject-Token: KTOK'],
          body: JSON.stringify({ token }),
        }
      }
      if (path === '/' || path.startsWith('/v3')) {
        return { headers, body: JSON.stringify({ version: { id: 'v3.14', status: 'stable', links: [] } }) }
      }
      if (!/^x-auth-token:/im.test(head)) return { status: '401 Who' }
      return path === '/compute/' ? { body: '' } : undefined
    })
    const at = machine()
    const add = `context add mine -e ${server.origin}/ --auth keystone --auth-url ${server.origin}/v3 --username ada --password hunter2 --project p`
    expect((await at.occi(add)).status).toBe(0)
    writeFileSync(join(at.folder, '.occi.yaml'), 'output: json\n')
    expect((await at.occi('context trust .')).status).toBe(0)
    expect((await at.occi('compute list')).status).toBe(0)
    spoil(at.folder)
    const before = server.bytes().length
    const { status, err } = await at.occi('compute list')
    expect({ status, err }).toMatchObject({ status: expected })
    expect(server.bytes()).not.toContain('THEIRS')
    if (expected !== 0) expect(server.bytes().length).toBe(before)
  })

  // Guarantee: secrets-owner-only
  it('a link of another user does not lead secrets to a file that others can read', async () => {
    const server = await provider(() => ({
      status: '401 Who',
      headers: ['WWW-Authenticate: Basic realm="x"'],
    }))
    const at = machine({ env: { OCCI_USERNAME: 'ada', OCCI_ENDPOINT: `${server.origin}/` } })
    const file = join(at.folder, 'password')
    writeFileSync(file, 'hunter2', { mode: 0o600 })
    chmodSync(file, 0o644)
    symlinkSync(file, join(at.folder, 'link'))
    linkSync(file, join(at.folder, 'hard'))
    for (const name of ['password', 'link', 'hard']) {
      const { status } = await at.occi([
        'compute',
        'list',
        '--retries',
        '0',
        '--password-file',
        join(at.folder, name),
      ])
      expect(status).toBe(2)
    }
    expect(server.bytes()).not.toMatch(/authorization/i)
    expect(statSync(file).mode & 0o777).toBe(0o644)
  })
})

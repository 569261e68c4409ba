/** Each check of `occi doctor` at a server, or on a machine, that fails it. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Probe } from '../../src/cli/probe.js'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { type Circumstances, type Machine, machine } from '../cli/support/harness.js'
import { type Certificates, certificates } from '../transport/certificates.js'

interface Found {
  readonly context?: string
  readonly check: string
  readonly verdict: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly seen: string
  readonly remedy: string | null
  readonly details: readonly string[]
}

/** Changes an answer of the healthy cloud. */
type Change = (answer: { status: number; headers: [string, string][]; body: string }, target: string) => void

const closing: (() => Promise<void> | void)[] = []
let keys: Certificates
let chained: { readonly root: string; readonly leaf: { readonly key: string; readonly cert: string } }
let requests: string[] = []
let healthy = ''

beforeAll(async () => {
  keys = certificates()
  chained = chain()
  healthy = await cloud()
})
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

/** A certificate that an intermediate authority has signed, which the server does not send. */
function chain(): typeof chained {
  const folder = mkdtempSync(join(tmpdir(), 'occi-chain-'))
  const openssl = (words: string) => execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'pipe' })
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  openssl(`req -x509 ${key} -keyout root.key -out root.pem -days 2 -subj /CN=Root`)
  const sign = (name: string, subject: string, by: string, extension: string) => {
    writeFileSync(join(folder, `${name}.ext`), extension)
    openssl(`req ${key} -keyout ${name}.key -out ${name}.csr -subj ${subject}`)
    openssl(
      `x509 -req -in ${name}.csr -CA ${by}.pem -CAkey ${by}.key -CAcreateserial -days 30 -extfile ${name}.ext -out ${name}.pem`,
    )
  }
  sign('between', '/CN=Between', 'root', 'basicConstraints=critical,CA:TRUE\n')
  sign('leaf', '/CN=leaf', 'between', 'subjectAltName=IP:127.0.0.1\n')
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  const made = { root: text('root.pem'), leaf: { key: text('leaf.key'), cert: text('leaf.pem') } }
  rmSync(folder, { recursive: true })
  return made
}

/** A cloud at a port of its own; by TLS with a certificate. */
async function cloud(change: Change = () => {}, tls?: ServerOptions): Promise<string> {
  const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0 })
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const target = request.url ?? '/'
    requests.push(`${request.method} ${target} ${request.headers.accept ?? ''}`)
    const pairs = request.rawHeaders.flatMap((name, index): [string, string][] =>
      index % 2 === 0 ? [[name, request.rawHeaders[index + 1] ?? '']] : [],
    )
    const given = await sandbox.handle({ method: request.method ?? 'GET', target, headers: pairs, body: '' })
    const answer = {
      status: given.status,
      headers: given.headers.map(([name, value]): [string, string] => [name, value]),
      body: given.body,
    }
    change(answer, target)
    response.writeHead(answer.status, answer.headers.flat())
    response.end(answer.body)
  }
  const listener = (request: IncomingMessage, response: ServerResponse) => void handle(request, response)
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${basePath}/`
}

/** Certificates and answers have the date of today. */
const clock = { now: Date.now, sleep: async () => {} }

async function examine(
  endpoint: string | undefined,
  more: Circumstances & { readonly words?: string; readonly on?: Machine } = {},
) {
  requests = []
  const { on = machine(), words = '', ...circumstances } = more
  const where = endpoint === undefined ? '' : `-e ${endpoint}`
  const { status, out, err } = await on.occi(`doctor ${words} ${where} -o json`, { clock, ...circumstances })
  return { status, err, found: JSON.parse(out === '' ? '[]' : out) as readonly Found[], sent: requests }
}

const authority = (pair: { readonly cert: string }, on: Machine): string => {
  const file = join(on.folder, 'ca.pem')
  writeFileSync(file, pair.cert)
  return file
}

describe('a healthy provider', () => {
  it('a healthy provider has no fault, and gets at most twelve requests that only read', async () => {
    const { status, err, found, sent } = await examine(healthy)
    expect(found.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(found.map(({ check }) => check)).toEqual([
      ...['program', 'files', 'settings', 'proxy', 'dns', 'tcp', 'tls', 'login', 'query', 'query', 'query'],
      ...['model', 'software', ...Array<string>(5).fill('collections')],
    ])
    expect(sent.length).toBeLessThanOrEqual(12)
    expect(sent.every((line) => line.startsWith('GET '))).toBe(true)
  })

  it('a healthy provider is checked over TLS, as the practice cloud, and from a recording', async () => {
    const on = machine()
    const secure = await cloud(undefined, keys.server)
    const trusted = await examine(secure, { on, words: `--ca-file ${authority(keys.ca, on)}` })
    expect(trusted.found.filter(({ verdict }) => verdict === 'failed' || verdict === 'skipped')).toEqual([])
    expect(trusted.found.filter(({ check }) => check === 'tls').map(({ seen }) => seen)).toContainEqual(
      expect.stringMatching(/^TLSv1\.3, TLSv1\.2; the server requests no client certificate$/),
    )
    const asking = await cloud(undefined, { ...keys.server, requestCert: true, rejectUnauthorized: false })
    const asked = await examine(asking, { on, words: `--ca-file ${authority(keys.ca, on)}` })
    expect(asked.found.filter(({ check }) => check === 'tls').map(({ seen }) => seen)).toContainEqual(
      expect.stringMatching(/; the server requests a client certificate$/),
    )
    expect((await examine('sandbox:')).status).toBe(0)
    const file = join(on.folder, 'doctor.har')
    const recorded = await examine(healthy, { words: `--record ${file}` })
    const replayed = await examine(`replay:${file}`)
    const wire = ({ found }: typeof recorded) =>
      found.filter(({ check }) => check === 'model' || check === 'software').map(({ seen }) => seen)
    expect(wire(replayed)).toEqual(wire(recorded))
    expect(replayed.status).toBe(0)
  })

  it('a proxy for http only is no proxy for an https endpoint, and NO_PROXY is not mentioned', async () => {
    const { found } = await examine('https://cloud.example.org/', {
      env: { http_proxy: 'http://192.0.2.1:3128' },
      probe: { resolve: async () => [] },
    })
    expect(found.find(({ check }) => check === 'proxy')).toMatchObject({ verdict: 'ok', seen: 'none' })
  })

  it('doctor checks several contexts and names the context of each finding', async () => {
    const on = machine()
    await on.occi(`context add here --endpoint ${healthy}`)
    await on.occi('context add gone --endpoint http://127.0.0.1:1/')
    const { status, found } = await examine(undefined, { on, words: 'here gone' })
    const verdicts = (name: string) =>
      new Set(found.filter(({ context }) => context === name).map(({ verdict }) => verdict))
    expect(verdicts('here')).toEqual(new Set(['ok']))
    expect(verdicts('gone')).toEqual(new Set(['ok', 'failed', 'skipped']))
    expect(status).toBe(1)
  })

  it('doctor with an unreadable configuration ends with an error that names the file', async () => {
    const on = machine()
    mkdirSync(join(on.folder, 'config'), { mode: 0o700 })
    writeFileSync(join(on.folder, 'config', 'config.json'), '{"contexts":', { mode: 0o600 })
    const { status, err } = await on.occi(`doctor -e ${healthy}`)
    expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(/config\.json.*line 1/) })
  })

  it('doctor prints each check as a line with a mark on a terminal', async () => {
    const { out, err } = await machine().occi(`doctor -e ${healthy}`, { terminal: true, clock })
    expect(out.split('\n')[0]).toMatch(/^✓ program {5}occi .* on Node /)
    expect(err).toContain('No fault was found.')
  })
})

interface Case {
  readonly name: string
  /** The check, what it says, and what to do about it. */
  readonly check: string
  readonly verdict: 'warning' | 'failed' | 'skipped'
  readonly seen: RegExp
  readonly remedy?: RegExp
  readonly at: () => Promise<string | undefined> | string | undefined
  readonly words?: (on: Machine) => string
  readonly prepare?: (on: Machine) => Promise<void> | void
  readonly env?: Readonly<Record<string, string>>
  readonly probe?: Partial<Probe>
}

const text = (change: (body: string) => string): Change => {
  return (answer, target) => {
    if (target.startsWith('/-/')) answer.body = change(answer.body)
  }
}
const withDate =
  (milliseconds: number): Change =>
  ({ headers }) =>
    void headers.push(['Date', new Date(Date.now() + milliseconds).toUTCString()])

const cases: readonly Case[] = [
  {
    name: 'another occi comes first on the PATH',
    check: 'program',
    verdict: 'warning',
    seen: /another occi .*\/usr\/bin\/occi/,
    remedy: /order of the PATH/,
    at: () => healthy,
    probe: { programs: async () => ['/usr/bin/occi'], program: '/opt/occi' },
  },
  {
    name: 'others may read the state',
    check: 'files',
    verdict: 'warning',
    seen: /other users can open .*state \(mode 755\)/,
    remedy: /chmod 700/,
    at: () => healthy,
    prepare: ({ folder }) => {
      mkdirSync(join(folder, 'state'))
      chmodSync(join(folder, 'state'), 0o755)
    },
  },
  {
    name: 'a folder belongs to another user',
    check: 'files',
    verdict: 'failed',
    seen: /belongs to another user/,
    remedy: /chown/,
    at: () => healthy,
    probe: {
      inspect: async (path) =>
        path.endsWith('cache') ? { kind: 'folder', mode: 0o700, ownedByUser: false } : undefined,
    },
  },
  {
    name: 'a lock was abandoned',
    check: 'files',
    verdict: 'warning',
    seen: /lock was abandoned .*config\.json\.lock/,
    remedy: /rm/,
    at: () => healthy,
    prepare: ({ folder }) => {
      const lock = join(folder, 'state', 'config.json.lock')
      mkdirSync(join(folder, 'state'), { mode: 0o700 })
      writeFileSync(lock, '1')
      const then = Date.now() / 1000 - 3600
      utimesSync(lock, then, then)
    },
  },
  {
    name: 'there is no endpoint',
    check: 'settings',
    verdict: 'failed',
    seen: /No endpoint/,
    remedy: /OCCI_ENDPOINT/,
    at: () => undefined,
  },
  {
    name: 'a variable hides a context',
    check: 'settings',
    verdict: 'warning',
    seen: /OCCI_ENDPOINT overrides the endpoint of the context "here"/,
    remedy: /unset OCCI_ENDPOINT/,
    at: () => undefined,
    prepare: async (on) => void (await on.occi('context add here --endpoint http://127.0.0.1:2/')),
    env: { OCCI_ENDPOINT: 'http://127.0.0.1:1/' },
  },
  {
    name: 'a variable and a context have different URLs of one server',
    check: 'settings',
    verdict: 'warning',
    seen: /different URLs of the same server/,
    remedy: /unset OCCI_ENDPOINT/,
    at: () => undefined,
    prepare: async (on) => void (await on.occi('context add here --endpoint http://127.0.0.1:1/occi')),
    env: { OCCI_ENDPOINT: 'http://127.0.0.1:1/' },
  },
  {
    name: 'the endpoint is the query interface',
    check: 'settings',
    verdict: 'warning',
    seen: /URL of the query interface/,
    remedy: /Use the endpoint without \/-\//,
    at: () => `${healthy}-/`,
  },
  {
    name: 'a project file names what does not count',
    check: 'settings',
    verdict: 'warning',
    seen: /is not used/,
    remedy: /config explain/,
    at: () => healthy,
    prepare: ({ folder }) => writeFileSync(join(folder, '.occi.yaml'), 'insecure: true\n'),
  },
  {
    name: 'a proxy is dead',
    check: 'tcp',
    verdict: 'failed',
    seen: /port 1: refuses the connection/,
    at: () => healthy,
    env: { http_proxy: 'http://127.0.0.1:1' },
  },
  {
    name: 'https goes through a proxy without TLS, which does not mean that it is not encrypted',
    check: 'tls',
    verdict: 'skipped',
    seen: /through a proxy/,
    at: () => 'https://cloud.example.org/',
    env: { https_proxy: 'http://192.0.2.1:3128' },
    probe: {
      resolve: async () => ['192.0.2.1'],
      // Nothing is connected to.
      reach: async () => ({ ok: false, reason: 'timeout' }),
    },
  },
  {
    name: 'the proxy has no address',
    check: 'dns',
    verdict: 'failed',
    seen: /nowhere\.invalid has no address/,
    remedy: /spelling of the proxy/,
    at: () => 'https://cloud.example.org/',
    env: { https_proxy: 'http://nowhere.invalid:3128' },
    probe: {
      resolve: async () => {
        throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
      },
    },
  },
  {
    name: 'the host has no address',
    check: 'dns',
    verdict: 'failed',
    seen: /nowhere\.invalid has no address \(ENOTFOUND\)/,
    remedy: /VPN/,
    at: () => 'http://nowhere.invalid/',
    probe: {
      resolve: async () => {
        throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
      },
    },
  },
  {
    name: 'nothing listens',
    check: 'tcp',
    verdict: 'failed',
    seen: /127\.0\.0\.1 port 1: refuses/,
    remedy: /firewall/,
    at: () => 'http://127.0.0.1:1/',
  },
  {
    name: 'IPv6 is dead and comes first',
    check: 'tcp',
    verdict: 'warning',
    seen: /::1 port \d+: .*it is tried first/,
    remedy: /AAAA/,
    at: () => healthy,
    probe: {
      resolve: async () => ['::1', '127.0.0.1'],
      reach: async (address) =>
        address === '::1' ? { ok: false, reason: 'ENETUNREACH' } : { ok: true, milliseconds: 1 },
    },
  },
  {
    name: 'the connection is not encrypted',
    check: 'tls',
    verdict: 'warning',
    seen: /not encrypted/,
    remedy: /https/,
    at: () => 'http://cloud.example.org/',
    probe: {
      resolve: async () => ['192.0.2.1'],
      // Nothing is connected to.
      reach: async () => ({ ok: false, reason: 'timeout' }),
    },
  },
  {
    name: 'a name that only begins like one of this machine is not this machine',
    check: 'tls',
    verdict: 'warning',
    seen: /not encrypted/,
    remedy: /https/,
    at: () => 'http://localhost.example.org/',
    probe: {
      resolve: async () => ['192.0.2.1'],
      // Nothing is connected to.
      reach: async () => ({ ok: false, reason: 'timeout' }),
    },
  },
  {
    name: 'the authority is unknown and no intermediate is sent',
    check: 'tls',
    verdict: 'failed',
    seen: /is not trusted by .*UNABLE_TO/,
    remedy: /intermediate|--ca-file/,
    at: () => cloud(undefined, keys.server),
  },
  {
    name: 'no intermediate certificate is sent',
    check: 'tls',
    verdict: 'failed',
    seen: /is not trusted by 1 configured authority/,
    remedy: /sends no intermediate certificate of CN=Between/,
    at: () => cloud(undefined, chained.leaf),
    words: (on) => `--ca-file ${authority({ cert: chained.root }, on)}`,
  },
  {
    name: 'the certificate is self-signed',
    check: 'tls',
    verdict: 'failed',
    seen: /is not trusted/,
    remedy: /self-signed/,
    at: () => cloud(undefined, keys.selfSigned),
  },
  {
    name: 'the certificate has ended',
    check: 'tls',
    verdict: 'failed',
    seen: /expired \d+ (h|days) ago/,
    remedy: /new certificate/,
    at: () => cloud(undefined, keys.expired),
    words: (on) => `--ca-file ${authority(keys.ca, on)}`,
  },
  {
    name: 'the certificate has another name',
    check: 'tls',
    verdict: 'failed',
    seen: /another\.example\.org/,
    remedy: /name in the certificate/,
    at: () => cloud(undefined, keys.elsewhere),
    words: (on) => `--ca-file ${authority(keys.ca, on)}`,
  },
  {
    name: 'the certificate is not checked',
    check: 'tls',
    verdict: 'warning',
    seen: /--insecure/,
    at: () => cloud(undefined, keys.selfSigned),
    words: () => '--insecure',
  },
  {
    name: 'the port speaks no TLS',
    check: 'tls',
    verdict: 'failed',
    seen: /no TLS connection/,
    remedy: /not http/,
    at: () => healthy.replace('http:', 'https:'),
  },
  {
    name: 'the credentials are missing',
    check: 'login',
    verdict: 'failed',
    seen: /credentials/,
    at: async () => {
      const auth = { method: 'basic', username: 'ada', password: 'word' } as const
      const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, auth })
      const served = await serveSandbox(sandbox, { basePath })
      closing.push(() => served.close())
      return served.endpoint
    },
  },
  {
    name: 'the query interface is a web page',
    check: 'query',
    verdict: 'failed',
    seen: /web page|HTML|not OCCI/i,
    at: () =>
      cloud((answer) => {
        answer.headers = [['Content-Type', 'text/html']]
        answer.body = '<!DOCTYPE html><html><title>Sign in</title></html>'
      }),
  },
  {
    name: 'the query interface has moved',
    check: 'query',
    verdict: 'warning',
    seen: /redirects to .*\?moved/,
    remedy: /save a request/,
    at: () =>
      cloud((answer, target) => {
        if (!target.startsWith('/-/') || target.includes('moved')) return
        answer.status = 302
        answer.headers = [['Location', '/-/?moved']]
        answer.body = ''
      }),
  },
  {
    name: 'plain http leads to https',
    check: 'login',
    verdict: 'failed',
    seen: /redirects to https:/,
    remedy: /--endpoint https:/,
    at: () =>
      cloud((answer) => {
        answer.status = 301
        answer.headers = [['Location', 'https://127.0.0.1:1/']]
        answer.body = ''
      }),
  },
  {
    name: 'a rendering has deviations',
    check: 'query',
    verdict: 'warning',
    seen: /tolerated deviations from the specification/,
    at: () => cloud(text((body) => body.replace('Category: compute;', 'Category: compute broken'))),
  },
  {
    name: 'the clock is a minute off',
    check: 'query',
    verdict: 'warning',
    seen: /ahead of that of the provider/,
    remedy: /NTP/,
    at: () => cloud(withDate(-100_000)),
  },
  {
    name: 'the clock is an hour off',
    check: 'query',
    verdict: 'failed',
    seen: /behind that of the provider/,
    remedy: /NTP/,
    at: () => cloud(withDate(3600_000)),
  },
  {
    name: 'a core kind is missing',
    check: 'model',
    verdict: 'warning',
    seen: /kinds are missing: .*core#link/,
    at: () => cloud(only((line) => !line.startsWith('Category: link;'))),
  },
  {
    name: 'a category is offered twice',
    check: 'model',
    verdict: 'warning',
    seen: /#compute is given twice/,
    at: () => cloud(only((line) => (line.startsWith('Category: compute;') ? 2 : true))),
  },
  {
    name: 'a mixin names a category that is not there',
    check: 'model',
    verdict: 'warning',
    seen: /not offered: .*os_tpl/,
    at: () => cloud(only((line) => !line.startsWith('Category: os_tpl;'))),
  },
  {
    name: 'there are no templates',
    check: 'model',
    verdict: 'warning',
    seen: /no templates/,
    remedy: /--mixin/,
    at: () => cloud(only((line) => !/resource_tpl|os_tpl/.test(line))),
  },
  {
    name: 'collections are located at another server',
    check: 'model',
    verdict: 'warning',
    seen: /another server: .*storage at http:\/\/other/,
    at: () =>
      cloud(
        only((line) => line.replace('location="/storage/"', 'location="http://other.example.org/storage/"')),
      ),
  },
  {
    name: 'a collection fails',
    check: 'collections',
    verdict: 'failed',
    seen: /network: 500/,
    remedy: /--record/,
    at: () =>
      cloud((answer, target) => {
        if (target.startsWith('/network/')) answer.status = 500
      }),
  },
  {
    name: 'a collection must not be read',
    check: 'collections',
    verdict: 'warning',
    seen: /network: 403/,
    remedy: /may not read/,
    at: () =>
      cloud((answer, target) => {
        if (target.startsWith('/network/')) answer.status = 403
      }),
  },
]

/** The query interface in text/plain alone, with the lines that are chosen: false, or how often, or changed. */
function only(choose: (line: string) => boolean | number | string): Change {
  return (answer, target) => {
    if (!target.startsWith('/-/')) return
    if (!answer.headers.some(([name, value]) => name === 'Content-Type' && value.startsWith('text/plain'))) {
      answer.status = 406
      answer.headers = [['Content-Type', 'text/plain']]
      answer.body = 'text/plain only'
      return
    }
    answer.body = answer.body
      .split('\n')
      .flatMap((line) => {
        const chosen = choose(line)
        if (typeof chosen === 'string') return [chosen]
        return Array<string>(Number(chosen)).fill(line)
      })
      .join('\n')
    answer.headers = answer.headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  }
}

describe('a fault', () => {
  it.each(cases)('doctor finds a fault of $check: $name', async (one) => {
    const on = machine()
    await one.prepare?.(on)
    const endpoint = await one.at()
    const { status, found } = await examine(endpoint, {
      on,
      words: one.words?.(on) ?? '',
      ...(one.env === undefined ? {} : { env: one.env }),
      ...(one.probe === undefined ? {} : { probe: one.probe }),
    })
    const same = found.filter(({ check, verdict }) => check === one.check && verdict === one.verdict)
    expect(same.map(({ seen }) => seen)).toContainEqual(expect.stringMatching(one.seen))
    const told = same.find(({ seen }) => one.seen.test(seen))
    if (one.remedy !== undefined) expect(told?.remedy).toMatch(one.remedy)
    expect(status).toBe(found.some(({ verdict }) => verdict === 'failed') ? 1 : 0)
  })

  it('every check except the informative one has a fault in this test', () => {
    const tried = new Set(cases.map(({ check }) => check))
    expect(tried).toEqual(
      new Set([
        'program',
        'files',
        'settings',
        'dns',
        'tcp',
        'tls',
        'login',
        'query',
        'model',
        'collections',
      ]),
    )
  })
})

/**
 * Proxies as VOMS' own clients make and read them, at an Apache that takes them (mod_gridsite) and at servers
 * that do not; keys, chains, directories of authorities and revocation lists beside them.
 */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSandbox, type SandboxServer, serveSandbox } from '../../../src/sandbox/index.js'
import { type Outcome, type Place, place } from './command.js'
import { debianPrefix } from './debian.js'
import { type Nginx, startNginx } from './fronts.js'
import { type GridApache, startGridApache, type VomsClients, vomsClients } from './grid.js'
import { relay } from './relay.js'
import { Lab, leaf, limitedPolicy, passphrase, proxyExtensions } from './x509/lab.js'

const person = '/DC=org/DC=lab/O=Masaryk University/CN=Demo User 1'
const vo = 'fedcloud.egi.eu'
const fqans = [`/${vo}/Role=NULL/Capability=NULL`, `/${vo}/ops/Role=admin/Capability=NULL`]
const attributes = ['-voms', vo, ...fqans.flatMap((fqan) => ['-fqan', fqan])]
const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
const authority = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'

let lab: Lab
let voms: VomsClients
let sandbox: SandboxServer
let backend: Server
let grid: GridApache
let plain: GridApache
let chained: GridApache
let torn: GridApache
let nginx: Nginx
let user: Place
/** Subjects that the server handed on, in RFC 2253's order. */
let seen: string[] = []

beforeAll(async () => {
  lab = new Lab()
  lab.authority('ca', '/DC=org/DC=lab/CN=Lab Test CA', ...rsa)
  for (const name of ['server', 'user', 'voms', 'žofie', 'site']) lab.key(name, ...rsa)
  lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
  lab.certificate('user', person, 'ca', leaf)
  lab.certificate('voms', '/DC=org/DC=lab/CN=voms.example.org', 'ca', leaf)
  lab.certificate('žofie', '/DC=org/DC=lab/O=Example, Inc./CN=Žofie "Zo" Nováková', 'ca', leaf)
  lab.key('issuing')
  lab.certificate('issuing', '/DC=org/DC=lab/CN=Issuing CA', 'ca', authority)
  lab.certificate('site', '/CN=127.0.0.1', 'issuing', leaf)
  lab.join('site-chain.pem', 'site.pem', 'issuing.pem')
  directory('certificates')
  sandbox = await serveSandbox(openSandbox({ clock: Date.now }).sandbox)
  backend = createServer((request, response) => {
    seen.push(String(request.headers['x-client-dn']))
    relay(sandbox.endpoint, request, response)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  const apache = await debianPrefix(['apache2-bin', 'gridsite'])
  voms = vomsClients(await debianPrefix(['voms-clients']), lab, lab.path('certificates'))
  grid = await startGridApache(apache, lab, { backend: url, gridsite: true })
  plain = await startGridApache(apache, lab, { backend: url, gridsite: false })
  const certificate = ['site-chain.pem', 'site.key'] as const
  chained = await startGridApache(apache, lab, { backend: url, gridsite: false, certificate })
  torn = await startGridApache(apache, lab, {
    backend: url,
    gridsite: false,
    certificate: ['site.pem', 'site.key'],
  })
  nginx = await startNginx(await debianPrefix(['nginx-light']), lab, url)
  user = place({ X509_CERT_DIR: lab.path('certificates') })
})
afterAll(async () => {
  for (const each of [grid, plain, chained, torn, nginx]) await each?.stop()
  backend?.closeAllConnections()
  backend?.close()
  await sandbox?.close()
  lab?.remove()
})

/** A directory as /etc/grid-security/certificates: both hashes, a policy, and what else is given. */
function directory(name: string, more: Readonly<Record<string, string>> = {}): string {
  const path = lab.path(name)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  for (const hash of [lab.hash('ca'), lab.hash('ca', 'old')]) {
    writeFileSync(join(path, `${hash}.0`), lab.read('ca.pem'))
    writeFileSync(
      join(path, `${hash}.signing_policy`),
      "access_id_CA X509 '/DC=org/DC=lab/CN=Lab Test CA'\npos_rights globus CA:sign\ncond_subjects globus '\"/*\"'\n",
    )
  }
  for (const [file, text] of Object.entries(more)) writeFileSync(join(path, file), text)
  return path
}

const list = (url: string, ...more: readonly string[]) =>
  `network list --endpoint ${url} ${more.join(' ')}`.trim()
const certificate = () => `--user-cert ${lab.path('user.pem')} --user-key ${lab.path('user.key')}`

async function statusOf(file: string) {
  const { code, stdout, stderr } = await user.run(
    `auth status --endpoint ${grid.required} --auth x509 --user-cert ${file} -o json`,
  )
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout) as {
    readonly subject: string
    readonly expires: string
    readonly left: number
    readonly details: Readonly<Record<string, string>>
  }
}

/** Let in, and this subject was seen there. */
function expectServed(outcome: Outcome, subject: RegExp | string) {
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  expect(seen.at(-1)).toMatch(subject)
  expect(outcome.stdout).not.toBe('')
}

describe('auth status and voms-proxy-info say the same of', () => {
  const kinds = [
    ['an RFC 3820 proxy', ['-rfc', ...attributes], { kind: 'proxy', type: 'RFC compliant proxy' }],
    ['a proxy without a VO', ['-rfc'], { kind: 'proxy', type: 'RFC compliant proxy' }],
    [
      'a limited proxy',
      ['-rfc', '-limited', ...attributes],
      { kind: 'proxy', type: 'RFC compliant proxy', limited: 'true' },
    ],
    ['a Globus 3 proxy', ['-proxyver', '3', ...attributes], { kind: 'gt3-proxy', type: 'GT3-style proxy' }],
    [
      'a limited Globus 3 proxy',
      ['-proxyver', '3', '-limited', ...attributes],
      { kind: 'gt3-proxy', type: 'GT3-style proxy', limited: 'true' },
    ],
    ['a Globus 2 proxy', ['-proxyver', '2', ...attributes], { kind: 'legacy-proxy', type: 'proxy' }],
    [
      'a limited Globus 2 proxy',
      ['-proxyver', '2', '-limited', ...attributes],
      { kind: 'legacy-proxy', type: 'limited proxy', limited: 'true' },
    ],
    [
      'one with generic attributes, which are no FQANs',
      ['-rfc', ...attributes, '-ga', 'home=/home/ada'],
      { kind: 'proxy', type: 'RFC compliant proxy' },
    ],
    [
      'one that lives shorter than its attributes',
      ['-rfc', '-hours', '2', '-vomslife', '20', ...attributes],
      { kind: 'proxy', type: 'RFC compliant proxy' },
    ],
    [
      'one that lives longer than its attributes',
      ['-rfc', '-hours', '20', '-vomslife', '2', ...attributes],
      { kind: 'proxy', type: 'RFC compliant proxy' },
    ],
  ] as const

  it.each(kinds)(
    'auth status and voms-proxy-info agree on %s',
    async (_, options, { kind, type, ...more }) => {
      const file = await voms.make('kind.pem', ...options)
      const info = await voms.info(file)
      const status = await statusOf(file)
      expect(info.type).toBe(type)
      expect(status).toMatchObject({ subject: info.identity })
      expect(status.details).toMatchObject({ kind, limited: 'false', proxySubject: info.subject, ...more })
      within(status.expires, info.ends)
      const [first] = info.vos
      expect(status.details['vo']).toBe(first?.vo)
      expect(status.details['fqans']?.split(', ')).toEqual(first?.attributes)
      if (first === undefined) expect(status.details).not.toHaveProperty('voExpires')
      else within(status.details['voExpires'], first.ends)
    },
  )

  it('auth status and voms-proxy-info agree on a name with a comma, quotes and letters beyond ASCII', async () => {
    const [cert, key] = [lab.path('žofie.pem'), lab.path('žofie.key')]
    const file = await voms.make('other.pem', '-rfc', ...attributes, '-cert', cert, '-key', key)
    const info = await voms.info(file)
    const status = await statusOf(file)
    expect(status.subject).toBe('/DC=org/DC=lab/O=Example, Inc./CN=Žofie "Zo" Nováková')
    expect(status.subject).toBe(info.identity)
  })

  it('auth status and voms-proxy-info agree on a proxy of a proxy that is limited in between', async () => {
    const file = await delegated('inner.pem', ['-rfc', '-limited', ...attributes])
    const info = await voms.info(file)
    const status = await statusOf(file)
    expect(info.vos[0]).toMatchObject({ vo, attributes: fqans })
    expect(status).toMatchObject({
      // voms-proxy-info takes off one name only.
      subject: person,
      details: { vo, fqans: fqans.join(', '), limited: 'true', proxySubject: info.subject },
    })
  })
})

function within(text: string | undefined, [earliest, latest]: readonly [number, number]) {
  const time = Date.parse(text ?? '')
  expect(time).toBeGreaterThanOrEqual(earliest)
  expect(time).toBeLessThanOrEqual(latest)
}

/** A proxy that openssl made of one that voms-proxy-fake made. */
async function delegated(name: string, options: readonly string[]): Promise<string> {
  await voms.make(name, ...options)
  const blocks = lab.read(name).match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g) ?? []
  const [first = '', key = '', person = ''] = blocks
  lab.write('first.pem', first)
  lab.write('first.key', key)
  lab.write('person.pem', person)
  lab.key('second', ...rsa)
  const subject = execFileSync(
    'openssl',
    ['x509', '-in', lab.path('first.pem'), '-noout', '-subject', '-nameopt', 'compat'],
    { encoding: 'utf8' },
  )
    .replace(/^subject=\s*/, '')
    .trim()
  lab.certificate('second', `${subject}/CN=4711`, 'first', proxyExtensions(limitedPolicy))
  lab.join(`second-${name}`, 'second.pem', 'second.key', 'first.pem', 'person.pem')
  return lab.path(`second-${name}`)
}

describe('Apache with mod_gridsite', () => {
  it.each([
    [
      'an RFC 3820 proxy',
      ['-rfc', ...attributes],
      /^CN=\d+,CN=Demo User 1,O=Masaryk University,DC=lab,DC=org$/,
    ],
    ['a limited proxy', ['-rfc', '-limited', ...attributes], /^CN=\d+,CN=Demo User 1,/],
    ['a Globus 2 proxy', ['-proxyver', '2', ...attributes], /^CN=proxy,CN=Demo User 1,/],
  ] as const)(
    'Apache with mod_gridsite accepts %s, given in each way, and sees its subject',
    async (_, options, subject) => {
      const file = await voms.make('in.pem', ...options)
      expectServed(await user.run(list(grid.required), { X509_USER_PROXY: file }), subject)
      expectServed(await user.run(list(grid.required, '--auth x509 --user-cert', file)), subject)
      // A server that only answers 403, and never asks for a certificate in words.
      expectServed(await user.run(list(grid.optional), { X509_USER_PROXY: file }), subject)
    },
  )

  it('Apache with mod_gridsite accepts a proxy of a proxy, and one with the certificates in another order', async () => {
    const file = await delegated('deep.pem', ['-rfc', ...attributes])
    expectServed(
      await user.run(list(grid.required), { X509_USER_PROXY: file }),
      /^CN=4711,CN=\d+,CN=Demo User 1,/,
    )
    lab.join('shuffled.pem', 'person.pem', 'first.pem', 'second.key', 'second.pem')
    const shuffled = { X509_USER_PROXY: lab.path('shuffled.pem') }
    expectServed(await user.run(list(grid.required), shuffled), /^CN=4711,/)
  })

  it('Apache with mod_gridsite accepts a proxy with expired VOMS attributes, and the user is warned', async () => {
    const file = await voms.make('ended.pem', '-rfc', '-pastac', '13:00', ...attributes)
    const info = await voms.info(file)
    expect(info.vos[0]?.ends[0]).toBe(0)
    const { code, stderr } = await user.run(list(grid.required), { X509_USER_PROXY: file })
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /^occi: the VOMS attributes in .*ended\.pem have ended \(fedcloud\.egi\.eu \d+ min ago\): run voms-proxy-init -voms fedcloud\.egi\.eu -rfc\n$/,
      ),
    })
    expect(seen.at(-1)).toContain('CN=Demo User 1')
    const status = await statusOf(file)
    expect(status.left).toBeGreaterThan(11 * 3600)
    expect(Date.parse(status.details['voExpires'] ?? '')).toBeLessThan(Date.now())
  })

  it('nothing is sent with a proxy that has expired', async () => {
    const role = ['-voms', vo, '-fqan', `/${vo}/ops/Role=admin/Capability=NULL`]
    const file = await voms.make('expired.pem', '-rfc', '-pastproxy', '14:00', ...role)
    seen = []
    for (const line of [list(grid.required), `auth status --auth x509 --endpoint ${grid.required}`]) {
      expect(await user.run(line, { X509_USER_PROXY: file })).toMatchObject({
        code: 4,
        stdout: '',
        stderr: expect.stringMatching(
          /The proxy .*expired\.pem expired 2 h ago|The proxy .*expired\.pem expired 1\d\d min ago[\s\S]*Run voms-proxy-init -voms fedcloud\.egi\.eu:\/fedcloud\.egi\.eu\/ops\/Role=admin -rfc/,
        ),
      })
    }
    expect(seen).toEqual([])
  })

  it('nothing is sent with a proxy whose key is too short for TLS', async () => {
    const file = await voms.make('weak.pem', '-rfc', '-bits', '512', ...attributes)
    expect(await user.run(list(grid.required), { X509_USER_PROXY: file })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/A key or hash in .*weak\.pem is too weak[\s\S]*-bits 2048/),
    })
  })

  it('a Globus 3 proxy and one with an incomplete chain are refused, and the error explains why', async () => {
    const old = await voms.make('old.pem', '-proxyver', '3', ...attributes)
    expect(await user.run(list(grid.required), { X509_USER_PROXY: old })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/refused the TLS connection[\s\S]*a proxy of an old kind[\s\S]*-rfc/),
    })
    await voms.make('whole.pem', '-rfc', ...attributes)
    lab.write('torn.pem', lab.read('whole.pem').replace(/(-----END [A-Z ]*PRIVATE KEY-----\n)[\s\S]*/, '$1'))
    // mod_gridsite does not miss it.
    expect(await user.run(list(plain.required), { X509_USER_PROXY: lab.path('torn.pem') })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/refused the TLS connection[\s\S]*lacks the user's certificate/),
    })
  })
})

describe('servers that take no proxies', () => {
  it.each([
    ['Apache', () => plain.required],
    ['nginx', () => nginx.required],
    ['nginx, for which certificates are optional', () => `${nginx.optional}/`],
  ])('%s refuses a proxy, and the error suggests a solution', async (_, url) => {
    const file = await voms.make('refused.pem', '-rfc', ...attributes)
    for (const line of [list(url()), `auth login --endpoint ${url()}`]) {
      expect(await user.run(`${line} --auth x509`, { X509_USER_PROXY: file })).toMatchObject({
        code: 4,
        stdout: '',
        stderr: expect.stringMatching(
          /(refused the TLS connection|did not accept the client certificate)[\s\S]*refused\.pem \(X509_USER_PROXY\) was sent\. It is a proxy, which servers refuse unless[\s\S]*--user-cert and --user-key/,
        ),
      })
    }
  })

  it.each([
    ['Apache', () => plain.required],
    ['nginx', () => nginx.required],
  ])('%s in front of a Keystone causes the same error for a login with a proxy', async (_, url) => {
    const file = await voms.make('refused.pem', '-rfc', ...attributes)
    const line = `auth login --endpoint ${grid.required} --auth keystone --auth-type v3voms --project demo --auth-url`
    expect(await user.run(`${line} ${url()}`, { X509_USER_PROXY: file })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /client certificate[\s\S]*refused\.pem[\s\S]*It is a proxy, which servers refuse/,
      ),
    })
  })

  it('a server that accepts no proxies accepts the certificate', async () => {
    expectServed(await user.run(list(plain.required, certificate())), /^CN=Demo User 1,/)
    expectServed(await user.run(list(plain.optional, certificate())), /^CN=Demo User 1,/)
    const { code } = await user.run(`api GET / --endpoint ${nginx.required} ${certificate()}`)
    expect(code).toBe(0)
  })

  it('a missing certificate is reported', async () => {
    for (const url of [plain.required, nginx.required]) {
      expect(await user.run(list(url))).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/requires a client certificate[\s\S]*X509_USER_PROXY/),
      })
    }
    expect(await user.run(list(plain.optional))).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/403[\s\S]*No credentials were sent/),
    })
  })
})

describe('keys', () => {
  beforeAll(() => {
    const secret = ['-passout', `pass:${passphrase}`]
    lab.openssl('pkcs8', '-topk8', '-in', 'user.key', '-v2', 'aes-256-cbc', ...secret, '-out', 'locked.key')
    const p12 = ['pkcs12', '-export', '-in', 'user.pem', '-inkey', 'user.key', ...secret]
    lab.openssl(...p12, '-out', 'new.p12')
    const tripleDes = ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']
    lab.openssl(...p12, ...tripleDes, '-out', '3des.p12')
    lab.openssl(...p12, '-legacy', '-out', 'rc2.p12')
    writeFileSync(lab.path('good'), `${passphrase}\n`, { mode: 0o600 })
    writeFileSync(lab.path('wrong'), 'planted-wrong\n', { mode: 0o600 })
    writeFileSync(lab.path('open'), `${passphrase}\n`, { mode: 0o644 })
  })
  const locked = () => `--user-cert ${lab.path('user.pem')} --user-key ${lab.path('locked.key')}`

  it.each([
    ['PEM', locked],
    ['PKCS#12 with AES', () => `--user-cert ${lab.path('new.p12')}`],
    ['PKCS#12 with 3DES', () => `--user-cert ${lab.path('3des.p12')}`],
  ])(
    '%s opens with a passphrase from a file, a variable or a command, and errors tell wrong from missing',
    async (_, files) => {
      const line = list(plain.required, '--auth x509', files())
      const subject = /^CN=Demo User 1,/
      const runs = [
        await user.run(`${line} --passphrase-file ${lab.path('good')}`),
        await user.run(line, { OCCI_PASSPHRASE: passphrase }),
        await user.run(line, { OCCI_PASSPHRASE_COMMAND: `cat ${lab.path('good')}` }),
      ]
      for (const outcome of runs) expectServed(outcome, subject)
      const wrong = await user.run(`${line} --passphrase-file ${lab.path('wrong')}`)
      const missing = await user.run(line)
      const open = await user.run(`${line} --passphrase-file ${lab.path('open')}`)
      expect(wrong).toMatchObject({ code: 4, stderr: expect.stringMatching(/The passphrase does not open /) })
      expect(missing).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/is encrypted and there is no passphrase[\s\S]*OCCI_PASSPHRASE/),
      })
      expect(open).toMatchObject({ code: 2, stderr: expect.stringMatching(/chmod 600/) })
      for (const { stdout, stderr } of [...runs, wrong, missing, open]) {
        expect(stdout + stderr).not.toContain('planted')
      }
    },
  )

  it('a passphrase that is typed on the terminal is not shown', async () => {
    const screen = await typed(list(plain.required, '--auth x509', locked()), /Passphrase of .*locked\.key/)
    expect(seen.at(-1)).toMatch(/^CN=Demo User 1,/)
    expect(screen).not.toContain(passphrase)
    expect(screen).toContain('ended with 0')
  })

  it('PKCS#12 with RC2, which OpenSSL 3 no longer reads, is refused with a command that converts it', async () => {
    const line = (file: string) =>
      list(plain.required, '--auth x509 --user-cert', lab.path(file), '--passphrase-file', lab.path('good'))
    const { code, stderr } = await user.run(line('rc2.p12'))
    expect({ code, stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/of the old kind \(RC2\)/),
    })
    const command = /openssl pkcs12 -legacy .*$/m
      .exec(stderr)?.[0]
      .replace('-nodes', `-passin file:${lab.path('good')} -nodes`)
      .replace('-export', `-export -passout file:${lab.path('good')}`)
      .replace('new.p12', 'converted.p12')
    execFileSync('/bin/sh', ['-c', command ?? 'false'], { cwd: lab.folder, stdio: 'pipe' })
    expectServed(await user.run(line('converted.p12')), /^CN=Demo User 1,/)
  })

  it('a key that others can read is used with a warning', async () => {
    const file = await voms.make('readable.pem', '-rfc', ...attributes)
    chmodSync(file, 0o644)
    expect(await user.run(list(grid.required), { X509_USER_PROXY: file })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^occi: .*readable\.pem .*other users can access it \(mode 644\): chmod 600 .*\n$/,
      ),
    })
  })

  it('a proxy in /tmp/x509up_uUID is used only when it belongs to the user', async () => {
    // A user of its own, since everybody's programs look there. It must be root's to give.
    const uid = 50_000 + (process.pid % 10_000)
    const file = `/tmp/x509up_u${uid}`
    const home = mkdtempSync(join(tmpdir(), 'home-'))
    const ask = async (mode: number, owner: number) => {
      writeFileSync(file, lab.read('tmp.pem'), { mode: 0o600 })
      chmodSync(file, mode)
      chownSync(file, owner, owner)
      return as(uid, home, list(grid.required))
    }
    await voms.make('tmp.pem', '-rfc', ...attributes)
    chownSync(home, uid, uid)
    try {
      expectServed(await ask(0o600, uid), /^CN=\d+,CN=Demo User 1,/)
      expect(await ask(0o666, uid)).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/requires a client cert/),
      })
      expect(await ask(0o644, uid + 1)).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/requires a client/),
      })
    } finally {
      rmSync(file)
    }
  })
})

/** Runs the command as another user. Its capability lets it read the checkout, wherever that is. */
function as(uid: number, home: string, line: string): Promise<Outcome> {
  const root = join(import.meta.dirname, '../../..')
  const command = [process.execPath, join(root, 'bin/occi'), ...line.split(' ')]
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  const args = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...capability, ...command]
  const child = spawn('setpriv', args, {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, X509_CERT_DIR: lab.path('certificates') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return ended(child)
}

function ended(child: ReturnType<typeof spawn>): Promise<Outcome> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (data) => {
    stdout += String(data)
  })
  child.stderr?.on('data', (data) => {
    stderr += String(data)
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })
}

/** Runs the command on a terminal and types the passphrase when it is asked for; answers the screen. */
async function typed(line: string, prompt: RegExp): Promise<string> {
  const root = join(import.meta.dirname, '../../..')
  const command = `stty cols 200 rows 50; '${process.execPath}' '${join(root, 'bin/occi')}' ${line}; echo "ended with $?"`
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: user.home,
    env: { PATH: process.env['PATH'] ?? '', HOME: user.home, SHELL: '/bin/sh', TERM: 'xterm', ...user.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 50_000,
  })
  let screen = ''
  let answered = false
  child.stdout.on('data', (data) => {
    screen += String(data)
    if (answered || !prompt.test(screen)) return
    answered = true
    child.stdin.write(`${passphrase}\r`)
  })
  await new Promise((resolve) => child.once('close', resolve))
  return screen
}

describe('chains', () => {
  it('the intermediate certificate of the user is sent, and without it the user is refused', async () => {
    lab.key('below', ...rsa)
    lab.certificate('below', '/CN=Somebody Below', 'issuing', leaf)
    lab.join('below-chain.pem', 'below.pem', 'issuing.pem')
    const line = (file: string) =>
      list(plain.required, '--auth x509 --user-cert', lab.path(file), '--user-key', lab.path('below.key'))
    expectServed(await user.run(line('below-chain.pem')), /^CN=Somebody Below$/)
    expect(await user.run(line('below.pem'))).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/does not trust the authority/),
    })
    const p12 = ['-inkey', 'below.key', '-certfile', 'issuing.pem', '-passout', 'pass:']
    lab.openssl('pkcs12', '-export', '-in', 'below.pem', ...p12, '-out', 'below.p12')
    expectServed(
      await user.run(list(plain.required, '--auth x509 --user-cert', lab.path('below.p12'))),
      /^CN=Somebody Below$/,
    )
  })

  it('the intermediate certificate of the server makes it trusted', async () => {
    expectServed(await user.run(list(chained.required, certificate())), /^CN=Demo User 1,/)
  })

  it('an incomplete chain of the server is explained', async () => {
    expect(await user.run(list(torn.required, certificate()))).toMatchObject({
      code: 10,
      stderr: expect.stringMatching(/not trusted here[\s\S]*does not send its intermediate certificates/),
    })
  })
})

describe('a directory of authorities', () => {
  const clean = () => revocations([])
  function revocations(revoked: readonly string[], nextUpdate?: string): Readonly<Record<string, string>> {
    lab.revocationList('ca', 'list.pem', { revoked, ...(nextUpdate === undefined ? {} : { nextUpdate }) })
    const text = lab.read('list.pem')
    return { [`${lab.hash('ca')}.r0`]: text, [`${lab.hash('ca', 'old')}.r0`]: text }
  }

  it.each([
    ['--ca-path', (path: string) => [`--ca-path ${path}`, { X509_CERT_DIR: '' }] as const],
    ['X509_CERT_DIR', (path: string) => ['', { X509_CERT_DIR: path }] as const],
  ])(
    'a directory of authorities given by %s is used with valid, revoking and expired lists',
    async (_, how) => {
      const run = (files: Readonly<Record<string, string>>, url = plain.required) => {
        const [option, env] = how(directory('authorities', files))
        return user.run(list(url, certificate(), option), env)
      }
      expectServed(await run(clean()), /^CN=Demo User 1,/)
      expectServed(await run(revocations(['user', 'voms'])), /^CN=Demo User 1,/)
      seen = []
      const [option, env] = how(directory('authorities', revocations(['server'])))
      const { code, stdout } = await user.run(
        `doctor --endpoint ${plain.required} ${certificate()} ${option}`.trim(),
        env,
      )
      expect({ code, stdout }).toEqual({
        code: 1,
        stdout: expect.stringMatching(/127\.0\.0\.1 has been revoked by its authority/),
      })
      expect(await run(revocations(['server']))).toMatchObject({
        code: 10,
        stdout: '',
        stderr: expect.stringMatching(
          /The certificate of 127\.0\.0\.1:\d+ has been revoked by its authority \(.*\.r0\)/,
        ),
      })
      expect(await run(revocations(['issuing']), chained.required)).toMatchObject({
        code: 10,
        stderr: expect.stringMatching(/has been revoked/),
      })
      expect(await run(revocations([], '20260201000000Z'))).toMatchObject({
        code: 10,
        stderr: expect.stringMatching(
          /cannot be checked: the revocation list .* ended on 2026-02-01[\s\S]*fetch-crl/,
        ),
      })
      expect(seen).toEqual([])
      expectServed(await run({}), /^CN=Demo User 1,/)
    },
  )

  it.each(['new', 'old'] as const)(
    'a directory of authorities with the %s hashes alone is used',
    async (kind) => {
      const path = lab.path(`${kind}-alone`)
      mkdirSync(path)
      writeFileSync(join(path, `${lab.hash('ca', kind)}.0`), lab.read('ca.pem'))
      expectServed(await user.run(list(plain.required, certificate(), '--ca-path', path)), /^CN=Demo User 1,/)
      lab.revocationList('ca', 'list.pem', { revoked: ['server'] })
      writeFileSync(join(path, `${lab.hash('ca', kind)}.r0`), lab.read('list.pem'))
      expect(await user.run(list(plain.required, certificate(), '--ca-path', path))).toMatchObject({
        code: 10,
      })
    },
  )

  it('a directory of authorities made by c_rehash, with names of its own, is used', async () => {
    const path = lab.path('rehashed')
    mkdirSync(path)
    writeFileSync(join(path, 'Lab-CA.pem'), lab.read('ca.pem'))
    lab.revocationList('ca', 'rehashed/Lab-CA.crl.pem', { revoked: ['server'] })
    lab.openssl('rehash', '-compat', 'rehashed')
    expect(await user.run(list(plain.required, certificate(), '--ca-path', path))).toMatchObject({
      code: 10,
      stderr: expect.stringMatching(/has been revoked/),
    })
  })
})

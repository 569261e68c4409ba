/** Promises attacked from outside the program: signals, descriptors, other programs, files that change meanwhile. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { http, type RawServer, rawServer, smallModel } from '../support/raw-server.js'

const bin = resolve(import.meta.dirname, '../../bin/occi')

const places: string[] = []
const servers: RawServer[] = []
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(servers.splice(0).map((server) => server.close()))
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true })
})

function folder(): string {
  const place = mkdtempSync(join(tmpdir(), 'occi-attack-'))
  places.push(place)
  return place
}

async function server(answer: Parameters<typeof rawServer>[0]): Promise<RawServer> {
  const made = await rawServer(answer)
  servers.push(made)
  return made
}

interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

interface Where {
  readonly home: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

function start(words: readonly string[], { home, cwd = home, env = {} }: Where): Running {
  const child = spawn(process.execPath, [bin, ...words], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
    stdio: 'pipe',
  })
  children.push(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => {
    out += String(text)
  })
  child.stderr.on('data', (text) => {
    err += String(text)
  })
  child.stdin.on('error', () => {})
  const ended = new Promise<Ended>((done) =>
    child.on('close', (status, signal) => done({ status, signal, out, err })),
  )
  return { child, ended }
}

async function run(words: readonly string[], where: Where): Promise<Ended> {
  const { child, ended } = start(words, where)
  child.stdin?.end()
  return ended
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds))

async function until(there: () => boolean): Promise<void> {
  for (let waited = 0; !there(); waited += 20) {
    if (waited > 15_000) throw new Error('It did not come to that')
    await pause(20)
  }
}

/** A phase in which a command can be stopped, and how to know that it is in it. */
interface Phase {
  readonly words: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly reached: () => boolean
}

type Setting = { readonly home: string; readonly sink: RawServer; readonly cloud: RawServer }

const lock = (home: string) => join(home, '.config/occi/config.json.lock')
const phases: Readonly<Record<string, (setting: Setting) => Phase>> = {
  'a TLS handshake that is not answered': ({ sink }) => ({
    words: ['compute', 'list', '-e', sink.origin.replace('http', 'https')],
    reached: () => sink.bytes() !== '',
  }),
  'a proxy that opens no tunnel': ({ sink }) => ({
    words: ['compute', 'list', '-e', 'https://cloud.example/'],
    env: { https_proxy: sink.origin },
    reached: () => sink.bytes().includes('CONNECT'),
  }),
  'a Keystone that says nothing': ({ sink }) => ({
    words: ['compute', 'list', '--auth', 'keystone', '--auth-url', `${sink.origin}/v3`, '--project', 'p'],
    env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'hunter2' },
    reached: () => sink.bytes() !== '',
  }),
  'a command for the password': ({ home, cloud }) => ({
    words: ['compute', 'list', '-e', `${cloud.origin}/`, '--auth', 'basic', '--username', 'ada'],
    env: { OCCI_PASSWORD_COMMAND: `touch ${home}/asked; exec sleep ${napOf(cloud)}` },
    reached: () => existsSync(join(home, 'asked')),
  }),
  'a password file that is a pipe': ({ home, cloud }) => {
    spawnSync('mkfifo', ['-m', '600', join(home, 'pipe')])
    let asked = 0
    return {
      words: [
        'compute',
        'list',
        '-e',
        `${cloud.origin}/`,
        '--auth',
        'basic',
        '--username',
        'ada',
        '--password-file',
        join(home, 'pipe'),
      ],
      // Nothing tells from outside that a pipe is waited for.
      reached: () => ++asked > 75,
    }
  },
  'a lock that another process holds': ({ home }) => {
    mkdirSync(join(home, '.config/occi'), { recursive: true, mode: 0o700 })
    writeFileSync(lock(home), `${process.pid} ${hostname()} abc\n`)
    let asked = 0
    return { words: ['context', 'add', 'x', '-e', 'http://127.0.0.1:9/'], reached: () => ++asked > 75 }
  },
  'a create that is not answered': ({ cloud }) => ({
    words: ['compute', 'create', 'x', '--no-validate', '-e', `${cloud.origin}/`],
    reached: () => cloud.requests.some(({ method }) => method === 'POST'),
  }),
}

async function inPhase(
  name: string,
): Promise<Running & { readonly home: string; readonly cloud: RawServer }> {
  const home = folder()
  const sink = await server(() => {})
  const cloud = await server(({ method, path }, socket) => {
    if (method !== 'POST') socket.write(http({ body: path.startsWith('/-/') ? smallModel : '' }), 'latin1')
  })
  const phase = (phases[name] ?? phases['a create that is not answered'])?.({ home, sink, cloud })
  if (phase === undefined) throw new Error(name)
  const running = start(phase.words, { home, ...(phase.env === undefined ? {} : { env: phase.env }) })
  await until(phase.reached)
  return { ...running, home, cloud }
}

/** Seconds that tell the helper of one test from all other programs. */
const napOf = ({ origin }: RawServer) => `70${new URL(origin).port}`

/** The helper of the password command, if it is there. */
function napping(cloud: RawServer): readonly number[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return line === `sleep\0${napOf(cloud)}\0` ? [Number(pid)] : []
    } catch {
      return []
    }
  })
}

describe('signals', () => {
  // Guarantee: interrupted-tells-what-exists
  it.each(Object.keys(phases))('two signals in a row end a command at once during %s', async (name) => {
    const { child, ended, cloud } = await inPhase(name)
    expect(napping(cloud).length).toBe(name.includes('command') ? 1 : 0)
    const began = performance.now()
    child.kill('SIGINT')
    await pause(30)
    child.kill('SIGINT')
    const { status, signal, err } = await ended
    expect(performance.now() - began).toBeLessThan(3000)
    expect([130, 'SIGINT']).toContain(status ?? signal)
    expect(err).not.toMatch(/bug in occi|at .*\.cjs/)
    await pause(100)
    expect(napping(cloud)).toEqual([])
  })

  // Guarantee: one-of-three-outcomes, files-whole
  it.each(Object.keys(phases))(
    'signals that cannot be caught leave nothing that blocks the next command: %s',
    async (name) => {
      const { child, ended, home, cloud } = await inPhase(name)
      child.kill('SIGKILL')
      for (const pid of napping(cloud)) process.kill(pid)
      await ended
      if (name.includes('lock')) rmSync(lock(home))
      const added = await run(['context', 'add', 'next', '-e', `${cloud.origin}/`], { home })
      expect({ status: added.status, err: added.err }).toEqual({ status: 0, err: '' })
      expect((await run(['compute', 'list', '--context', 'next'], { home })).status).toBe(0)
      const history = JSON.parse((await run(['history', '-o', 'json'], { home })).out) as {
        outcome: string
      }[]
      // What was sent and not answered is unknown, and nothing else was sent.
      expect(history.map(({ outcome }) => outcome)).toEqual(name.includes('create') ? ['unknown'] : [])
    },
    60_000,
  )
})

describe('descriptors', () => {
  // Guarantee: output-complete
  it.each(['0<&-', '>&-', '2>&-', '0<&- >&- 2>&-'])(
    'closed descriptors (%s) do not redirect output into a file',
    async (closed) => {
      const home = folder()
      const words = 'compute create web --os debian-12 --size small -e sandbox: -v'
      const ran = spawnSync('sh', ['-c', `${process.execPath} ${bin} ${words} ${closed}`], {
        cwd: home,
        env: { PATH: process.env['PATH'] ?? '', HOME: home },
        encoding: 'utf8',
      })
      // Node opens /dev/null where a descriptor is closed, and nobody can tell it from one that was meant.
      expect(ran.status).toBe(0)
      const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      )
      expect(files.length).toBeGreaterThan(1)
      for (const { parentPath, name } of files) {
        const text = readFileSync(join(parentPath, name), 'latin1')
        expect({ name, output: /^Created|^web\t|→ 201/m.test(text) }).toEqual({ name, output: false })
      }
      const list = await run(['compute', 'list', '-e', 'sandbox:', '-o', 'id'], { home })
      expect(list.out.trim()).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  // Guarantee: files-whole
  it('a limit on file sizes (ulimit -f) leaves the old configuration', async () => {
    const home = folder()
    expect((await run(['context', 'add', 'old', '-e', 'http://127.0.0.1:9/'], { home })).status).toBe(0)
    const file = join(home, '.config/occi/config.json')
    const before = readFileSync(file, 'utf8')
    const long = `http://127.0.0.1:9/${'x'.repeat(8000)}`
    const ran = spawnSync(
      'sh',
      ['-c', `ulimit -f 4; ${process.execPath} ${bin} context add new -e ${long}`],
      {
        cwd: home,
        env: { PATH: process.env['PATH'] ?? '', HOME: home, OCCI_NO_CODE_CACHE: '1' },
        encoding: 'utf8',
      },
    )
    expect(ran.status).not.toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(before)
    // The system may end the program by SIGXFSZ, so that its lock stays: the next one takes it.
    const left = readdirSync(join(home, '.config/occi')).filter((name) => name !== 'config.json.lock')
    expect(left).toEqual(['config.json'])
    const next = await run(['context', 'add', 'next', '-e', 'http://127.0.0.1:9/'], { home })
    expect({ status: next.status, err: next.err }).toEqual({ status: 0, err: '' })
  })
})

describe('the mask of the process', () => {
  // Guarantee: secrets-owner-only
  it('files are private whatever the umask and the mode of the folders', async () => {
    const home = folder()
    chmodSync(home, 0o777)
    const cloud = await server(({ method, path, head }, socket) => {
      const headers = ['Content-Type: application/json']
      const token = {
        expires_at: '2099-01-01T00:00:00Z',
        user: { id: 'u' },
        project: { id: 'p' },
        catalog: [],
      }
      const answer =
        path.startsWith('/v3') && method === 'POST'
          ? {
              status: '201 Created',
              headers: [...headers, 'X-Subject-Token: T'],
              body: JSON.stringify({ token }),
            }
          : path === '/' || path.startsWith('/v3')
            ? { headers, body: JSON.stringify({ version: { id: 'v3.14', status: 'stable', links: [] } }) }
            : /^x-auth-token:/im.test(head)
              ? method === 'POST'
                ? { status: '201 Created', headers: ['Location: /compute/1'] }
                : { body: path.startsWith('/-/') ? smallModel : '' }
              : { status: '401 Who' }
      socket.write(http(answer), 'latin1')
    })
    const login = `--auth keystone --auth-url ${cloud.origin}/v3 --username ada --password hunter2 --project p`
    const script = [
      `context add mine -e ${cloud.origin}/ ${login}`,
      'compute list',
      'compute create x --no-validate --trace=trace.txt --record=all.har',
      'compute create web --os debian-12 --size small -e sandbox: --user-data-text secret',
      'context trust .',
    ]
    writeFileSync(join(home, '.occi.yaml'), 'output: json\n', { mode: 0o600 })
    const command = script.map((line) => `${process.execPath} ${bin} ${line}`).join(' ; ')
    const shell = spawn('sh', ['-c', `umask 0; ${command}`], {
      cwd: home,
      env: { PATH: process.env['PATH'] ?? '', HOME: home },
      stdio: 'ignore',
    })
    await new Promise((done) => shell.once('close', done))
    const found = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name !== '.occi.yaml',
    )
    const open = found.flatMap((name) => {
      const { mode } = lstatSync(join(home, name))
      return (mode & 0o077) === 0 ? [] : [`${name} ${(mode & 0o777).toString(8)}`]
    })
    // The folders of XDG that are not occi's own are made as private as its own.
    expect(open).toEqual([])
    expect(found).toEqual(
      expect.arrayContaining([
        '.config/occi/config.json',
        '.config/occi/trusted.json',
        'trace.txt',
        'all.har',
      ]),
    )
    expect(found.some((name) => name.includes('tokens/'))).toBe(true)
  }, 60_000)
})

describe('a working folder that changes meanwhile', () => {
  // Guarantee: strangers-files
  it('a working folder that changes meanwhile is trusted only for the content that was trusted', async () => {
    const home = folder()
    const cwd = folder()
    const evil = await server(({ head }, socket) => {
      const signed = /^authorization:/im.test(head)
      socket.write(
        http(
          signed
            ? { body: smallModel }
            : { status: '401 Who', headers: ['WWW-Authenticate: Basic realm="x"'] },
        ),
        'latin1',
      )
    })
    writeFileSync(join(home, 'secret'), 'hunter2', { mode: 0o600 })
    const good = 'endpoint: "http://127.0.0.1:9/"\ninsecure: true\n'
    const bad = `endpoint: ${evil.origin}/\nusername: ada\npassword-file: ${home}/secret\nauth: basic\n`
    writeFileSync(join(cwd, '.occi.yaml'), good)
    expect((await run(['context', 'trust', '.'], { home, cwd })).status).toBe(0)
    writeFileSync(join(cwd, 'good'), good)
    writeFileSync(join(cwd, 'bad'), bad)
    // In a thread of its own: this one waits for commands.
    const swapper = spawn(process.execPath, [
      '-e',
      `const fs = require('fs'); process.chdir(${JSON.stringify(cwd)})
       for (let at = 0; ; at++) { fs.linkSync(at % 2 ? 'good' : 'bad', 'next'); fs.renameSync('next', '.occi.yaml'); try { fs.unlinkSync('next') } catch {} }`,
    ])
    children.push(swapper)
    const env = { OCCI_PASSWORD: 'hunter3', OCCI_USERNAME: 'ada' }
    for (let round = 0; round < 25; round += 1) {
      await run(['compute', 'list', '--retries', '0', '--timeout', '2s'], { home, cwd, env })
    }
    expect(swapper.exitCode).toBeNull()
    expect(evil.requests.length).toBeGreaterThan(0)
    expect(evil.bytes()).not.toMatch(/authorization|hunter/i)
  }, 120_000)

  // Guarantee: strangers-files
  it.each(['.', '', './bin', 'bin'])(
    "a working folder provides no program to the user's commands by a PATH with %j",
    async (entry) => {
      const home = folder()
      const cwd = folder()
      mkdirSync(join(cwd, 'bin'))
      for (const place of [cwd, join(cwd, 'bin')]) {
        writeFileSync(join(place, 'tool'), `#!/bin/sh\ntouch ${home}/ran\necho theirs\n`, { mode: 0o755 })
      }
      const evil = await server((_, socket) => {
        socket.write(http({ status: '401 Who', headers: ['WWW-Authenticate: Basic realm="x"'] }))
      })
      for (const command of ['tool', './tool', 'bin/tool']) {
        await run(['compute', 'list', '-e', `${evil.origin}/`, '--auth', 'basic', '--username', 'ada'], {
          home,
          cwd,
          env: { OCCI_PASSWORD_COMMAND: command, PATH: `${entry}:${process.env['PATH'] ?? ''}` },
        })
      }
      expect(existsSync(join(home, 'ran'))).toBe(false)
      expect(evil.bytes()).not.toMatch(/authorization/i)
    },
  )
})

describe('the network', () => {
  const certificate = (home: string) => {
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1']
    spawnSync('openssl', [...args, '-keyout', join(home, 'key'), '-out', join(home, 'cert')])
    return `require('https').createServer({ key: require('fs').readFileSync('${home}/key'), cert: require('fs').readFileSync('${home}/cert') }, (q, r) => { require('fs').appendFileSync('${home}/heard', q.method + ' ' + (q.headers.authorization ?? '') + '\\n'); r.end('') }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
  }

  it.each([
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    { NODE_OPTIONS: '--tls-cipher-list=DEFAULT@SECLEVEL=0 --tls-min-v1.0' },
    { GIT_SSL_NO_VERIFY: '1', PYTHONHTTPSVERIFY: '0', CURL_INSECURE: '1' },
  ])('certificates are checked whatever %j means to other programs', async (env) => {
    const home = folder()
    const https = spawn(process.execPath, ['-e', certificate(home)], { stdio: ['ignore', 'pipe', 'ignore'] })
    children.push(https)
    const port = await new Promise<string>((done) =>
      https.stdout.once('data', (text) => done(String(text).trim())),
    )
    const given = { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'hunter2', OCCI_AUTH: 'basic', ...env }
    const { status, err } = await run(['compute', 'list', '-e', `https://127.0.0.1:${port}/`], {
      home,
      env: given,
    })
    expect(err).toContain('not trusted')
    expect(status).not.toBe(0)
    expect(existsSync(join(home, 'heard'))).toBe(false)
  })

  it('a proxy for https learns only the host name, also one that answers in plain text', async () => {
    const proxy = await server((_, socket) => {
      socket.write(
        'HTTP/1.1 200 Fine\r\nLocation: http://127.0.0.1:9/\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      )
    })
    const home = folder()
    const env = {
      https_proxy: proxy.origin,
      OCCI_USERNAME: 'ada',
      OCCI_PASSWORD: 'hunter2',
      OCCI_AUTH: 'basic',
    }
    const { status } = await run(
      ['compute', 'list', '-e', 'https://cloud.example/secret-path', '--retries', '0', '--timeout', '3s'],
      { home, env },
    )
    expect(status).not.toBe(0)
    expect(proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'CONNECT cloud.example:443',
    ])
    expect(proxy.bytes()).not.toMatch(/secret-path|authorization|hunter2|YWRhOm/i)
  })

  it('the network sees only the connections and look-ups that were asked for', async () => {
    const home = folder()
    writeFileSync(
      join(home, 'hook.cjs'),
      `const fs = require('fs'), net = require('net'), dns = require('dns')
       const note = (text) => fs.appendFileSync('${home}/contacts', text + '\\n')
       const { connect } = net.Socket.prototype
       net.Socket.prototype.connect = function (...args) { const o = Array.isArray(args[0]) ? args[0][0] : args[0]; note('connect ' + (o.path ?? (o.host + ':' + o.port))); return connect.apply(this, args) }
       for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveTxt', 'resolveSrv']) { const was = dns[name]; dns[name] = (host, ...rest) => { note('dns ' + host); return was(host, ...rest) } }
       const fetched = globalThis.fetch; Object.defineProperty(globalThis, 'fetch', { value: (...args) => { note('fetch ' + args[0]); return fetched(...args) } })`,
    )
    const cloud = await server(({ method, path }, socket) => {
      socket.write(
        http(
          method === 'POST'
            ? { status: '201 Created', headers: ['Location: /compute/1'] }
            : { body: path.startsWith('/-/') ? smallModel : '' },
        ),
        'latin1',
      )
    })
    const env = { NODE_OPTIONS: `--require ${home}/hook.cjs`, OCCI_TOKEN: 'hunter2' }
    const at = cloud.origin.slice('http://'.length)
    for (const words of [
      ['--version'],
      ['--help'],
      ['help', 'security'],
      ['context', 'add', 'mine', '-e', `${cloud.origin}/`],
      ['context', 'list'],
      ['config', 'explain'],
      ['compute', 'list', '-e', 'sandbox:'],
      ['__complete', 'noun', '--', 'occi', 'compute', 'describe'],
      ['history'],
      ['cache', 'clear'],
      ['translate', 'occi --action list'],
    ]) {
      await run(words, { home, env })
    }
    expect(existsSync(join(home, 'contacts'))).toBe(false)
    for (const words of [
      ['compute', 'list'],
      ['compute', 'create', 'x', '--no-validate'],
      ['model'],
      ['auth', 'test'],
    ]) {
      await run(words, { home, env })
    }
    const contacts = new Set(readFileSync(join(home, 'contacts'), 'utf8').trim().split('\n'))
    expect([...contacts]).toEqual([`connect ${at}`])
  }, 60_000)
})

describe('the code cache', () => {
  // Guarantee: garbage-in-files
  it('a code cache changed with its size and times preserved crashes no command', async () => {
    const home = folder()
    const list = () => run(['compute', 'list', '-e', 'sandbox:'], { home })
    await list()
    await list()
    const code = join(home, '.cache/occi/code')
    const file = join(
      code,
      readdirSync(code).find((name) => name.includes('list') && name.endsWith('.bin')) ?? '',
    )
    const good = readFileSync(file)
    for (const place of [0.1, 0.5, 0.9]) {
      const { atime, mtime } = statSync(file)
      const bytes = Buffer.from(good)
      const at = 512 + Math.floor((bytes.length - 512) * place)
      bytes[at] = (bytes[at] ?? 0) ^ 0x80
      const handle = openSync(file, 'r+')
      writeFileSync(handle, bytes)
      utimesSync(file, atime, mtime)
      expect((await list()).status).toBe(0)
      // Another file of the same name, with the seal of the one before.
      const seal = readFileSync(`${file}.seal`, { encoding: 'utf8', flag: 'a+' })
      writeFileSync(`${file}.new`, bytes, { mode: 0o600 })
      renameSync(`${file}.new`, file)
      writeFileSync(`${file}.seal`, seal, { mode: 0o600 })
      expect((await list()).status).toBe(0)
      await list()
    }
  }, 60_000)
})

/** The built program in places that are not as usual: limits, users without a home, folders that are gone. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const program = join(root, 'bin/occi')
const isRoot = process.getuid?.() === 0
const place = () => mkdtempSync(join(tmpdir(), 'occi-surroundings-'))
const has = (...words: readonly [string, ...string[]]) =>
  spawnSync(words[0], words.slice(1), { stdio: 'ignore' }).status === 0

function run(command: string, env: NodeJS.ProcessEnv = {}) {
  return spawnSync('/bin/sh', ['-c', command], {
    env: { PATH: process.env['PATH'], HOME: place(), ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function provider(): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/plain')
    response.end(
      request.url === '/-/'
        ? 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="/compute/"\n'
        : '',
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Not spawnSync: the server of this process has to answer. */
function ended(child: ChildProcess): Promise<{ status: number | null; err: string }> {
  let err = ''
  child.stderr?.on('data', (text) => {
    err += String(text)
  })
  closers.push(() => child.kill('SIGKILL'))
  return new Promise((done) => child.on('close', (status) => done({ status, err })))
}

describe('limited address space', () => {
  it.skipIf(process.platform !== 'linux')('an address space of 8 GB is enough for a request', async () => {
    const url = await provider()
    const words = `ulimit -v 8000000; exec ${process.execPath} ${program} compute list -e ${url}`
    const child = spawn('/bin/sh', ['-c', words], {
      env: { HOME: place() },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    expect(await ended(child)).toEqual({ status: 0, err: '' })
  })
})

describe('a working folder that was removed', () => {
  it.each(['--help', 'compute list -e sandbox:', 'context list', '__complete noun -- occi'])(
    'a removed working folder does not make occi %s fail',
    (words) => {
      const gone = place()
      const child = run(`cd ${gone} && rmdir ${gone} && ${process.execPath} ${program} ${words}`)
      expect([child.status, child.stderr]).toEqual([0, ''])
    },
  )
})

describe('a user without a home folder', () => {
  const copy = place()
  for (const name of isRoot ? ['bin', 'dist', 'package.json'] : []) {
    cpSync(join(root, name), join(copy, name), { recursive: true })
  }
  const as = (words: string) =>
    run(
      `chmod a+x ${dirname(copy)} && chmod -R a+rX ${copy} && cd / && exec setpriv --reuid=54321 --regid=54321 --clear-groups env -u HOME ${process.execPath} ${copy}/bin/occi ${words}`,
    )

  it.skipIf(!isRoot || !has('setpriv', '--version'))(
    'a user without a home folder can work, and a note says what cannot be stored',
    () => {
      for (const words of ['--help', 'compute list -e sandbox:', 'context list']) {
        const { status, stderr } = as(words)
        expect([words, status, stderr]).toEqual([words, 0, ''])
      }
      const { status, stderr } = as('context add a --endpoint http://127.0.0.1:1/')
      expect(status).toBe(2)
      expect(stderr).toMatch(/^occi: Cannot write \/nonexistent\/.*: permission denied/)
    },
  )
})

describe('a home folder that cannot be written', () => {
  const copy = place()
  for (const name of isRoot ? ['bin', 'dist', 'package.json'] : []) {
    cpSync(join(root, name), join(copy, name), { recursive: true })
  }
  it.skipIf(!isRoot || !has('setpriv', '--version'))(
    'the sandbox says where it stores its entities, and another folder can be given',
    () => {
      const home = place()
      const as = (env: string) =>
        run(
          `chmod a+rx ${home} ${copy} && chmod -R a+rX ${copy} && cd / && exec setpriv --reuid=54321 --regid=54321 --clear-groups env HOME=${home} ${env} ${process.execPath} ${copy}/bin/occi storage create data --size 1 -e sandbox: -o id`,
        )
      const { status, stderr } = as('')
      expect([status, stderr]).toEqual([
        2,
        `occi: Cannot write ${home}/.local/state/occi/sandbox.state.lock: permission denied.
  The sandbox stores its entities there. Set XDG_STATE_HOME to a folder in which you can write.
`,
      ])
      const state = place()
      run(`chown 54321 ${state}`)
      expect(as(`XDG_STATE_HOME=${state}`)).toMatchObject({ status: 0, stderr: '' })
    },
  )
})

describe('a shell that is not set up', () => {
  it.skipIf(!has('zsh', '--version'))('completion in a zsh without compinit says what is missing', () => {
    const { status, stderr } = run(`zsh -f -c 'source ${join(root, 'completions/_occi')}'`)
    expect([status, stderr]).toEqual([
      0,
      'occi: completion needs compinit. Put this line before it: autoload -Uz compinit && compinit\n',
    ])
    const ready = run(
      `zsh -f -c 'autoload -Uz compinit && compinit -D; source ${join(root, 'completions/_occi')}; echo $_comps[occi]'`,
    )
    expect([ready.stderr, ready.stdout]).toEqual(['', '_occi\n'])
  })
})

describe('a passphrase that is wrong', () => {
  it.skipIf(!has('openssl', 'version'))(
    'the error is readable also when the passphrase is a word of errors',
    () => {
      const folder = place()
      const file = (name: string) => join(folder, name)
      const made = run(
        `openssl req -x509 -newkey rsa:2048 -keyout ${file('user.key')} -out ${file('user.crt')} -days 2 -subj /CN=x -passout pass:good && chmod 600 ${file('user.key')}`,
      )
      expect(made.status).toBe(0)
      const login = `--auth x509 --user-cert ${file('user.crt')} --user-key ${file('user.key')}`
      const { status, stderr } = run(
        `${process.execPath} ${program} compute list -e https://127.0.0.1:9/ ${login}`,
        { OCCI_PASSPHRASE: 'wrong' },
      )
      expect([status, stderr.split('\n')[0]]).toEqual([
        4,
        `occi: The passphrase does not open ${file('user.key')}`,
      ])
    },
  )
})

describe('what cannot be written', () => {
  it.skipIf(!isRoot || !has('unshare', '-m', 'true'))('a lack of inodes is reported', () => {
    const home = place()
    const mount = `mount -t tmpfs -o nr_inodes=2 tmpfs ${home}`
    const words = `context add a --endpoint http://127.0.0.1:1/`
    const { status, stderr } = run(
      `exec unshare -m sh -c '${mount} && HOME=${home} exec ${process.execPath} ${program} ${words}'`,
    )
    expect(status).toBe(2)
    expect(stderr).toContain('the disk is full, or has no room for another file')
  })

  it('a link to a missing file is kept, and nothing is created at its target', () => {
    const home = place()
    const target = join(home, 'dotfiles.json')
    const link = join(home, '.config/occi/config.json')
    mkdirSync(join(home, '.config/occi'), { recursive: true })
    symlinkSync(target, link)
    const { status, stderr } = run(
      `${process.execPath} ${program} context add a --endpoint http://127.0.0.1:1/`,
      {
        HOME: home,
      },
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(JSON.parse(readFileSync(target, 'utf8')).contexts).toHaveProperty('a')
  })
})

describe('a FIFO that nobody writes to', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('a FIFO without a writer does not block %s', async (signal, status) => {
    const folder = place()
    run(`mkfifo ${folder}/pipe`)
    const words = ['compute', 'create', 'a', '-e', 'sandbox:', '--ssh-key', `${folder}/pipe`]
    const child = spawn(process.execPath, [program, ...words], { env: { HOME: folder }, stdio: 'pipe' })
    setTimeout(() => child.kill(signal), 2500)
    setTimeout(() => child.kill(signal), 2700)
    expect((await ended(child)).status).toBe(status)
  })
})

describe('as the first process of a container', () => {
  const namespaces = ['unshare', '--fork', '--pid', '--mount-proc', '--kill-child'] as const
  it.skipIf(!isRoot || !has(...namespaces, 'true')).each(['HUP', 'QUIT', 'TERM', 'INT'])(
    'the first process of a container ends its work by SIG%s',
    async (signal) => {
      const home = place()
      // A child of the first process sends the signal: from outside only root of the parent namespace could.
      const words = `(sleep 3; kill -${signal} 1) & exec ${process.execPath} ${program} sandbox serve --port 0`
      const child = spawn(namespaces[0], [...namespaces.slice(1), '/bin/sh', '-c', words], {
        env: { PATH: process.env['PATH'], HOME: home },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      // A server that is told to stop has done what it was to do.
      expect(await ended(child)).toEqual({ status: 0, err: '' })
    },
  )
})

describe('an argument in Latin-1', () => {
  it.each([
    [
      "compute create $(printf 'caf\\351') --os debian-12 --size nano -e sandbox:",
      'NAME: "caf\uFFFD" is not valid UTF-8',
    ],
    ["mixin list --search $(printf 'caf\\351') -e sandbox:", 'is not valid UTF-8'],
  ])('an argument in Latin-1 is refused, because its bytes are lost: %s', (words, message) => {
    const { status, stderr } = run(`${process.execPath} ${program} ${words}`)
    expect([status, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining(message)])
  })
})

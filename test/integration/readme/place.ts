/**
 * A computer on which the shell lines of the README and of help are run: `occi` and `ssh` on PATH, and a cloud that
 * answers.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { serve } from '../../support/serve.js'

export const root = resolve(import.meta.dirname, '../../..')
export const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** A help topic that is a document: the cookbook and others. */
export function helpDocument(name: string): string {
  return readFileSync(join(root, `src/cli/help/${name}.md`), 'utf8')
}

/** From the heading to the next one of its level. */
export function section(text: string, title: string): string {
  const [, rest = ''] = text.split(`\n## ${title}\n`)
  return rest.split('\n## ')[0] ?? ''
}

/** The fenced blocks of a language. */
export function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  )
}

export interface Place {
  readonly bin: string
  /** Words of each call of ssh so far. */
  ssh(): readonly string[]
  /** What ssh ends with from now on. */
  sshEndsWith(status: number): void
  /** A cloud, and what a script needs to reach it. */
  cloud(words?: readonly string[], more?: Readonly<Record<string, string>>): Promise<Cloud>
  close(): void
}

export interface Cloud {
  readonly env: Readonly<Record<string, string>>
  readonly home: string
  /** What the server has printed so far. */
  said(): string
  run(
    script: string,
    env?: Readonly<Record<string, string>>,
  ): { status: number | null; out: string; err: string }
  stop(): Promise<unknown>
}

export async function place(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'occi-readme-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(join(root, 'bin/occi'), join(bin, 'occi'))
  const calls = join(folder, 'ssh-calls')
  const status = join(folder, 'ssh-status')
  writeFileSync(status, '0')
  program(join(bin, 'ssh'), `echo "$*" >> '${calls}'\nexit "$(cat '${status}')"`)
  program(
    join(bin, 'ssh-keygen'),
    'echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zg0E0nYVRSLTW9hq4c6EyLQHxqtP+4ul8AP6MY9vM demo@example" > key.pub',
  )
  // The sandbox's machines are nowhere: something answers in their place.
  const door = createServer((socket) => socket.end())
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done))
  const address = door.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const route = join(folder, 'route.cjs')
  writeFileSync(
    route,
    `const net = require('node:net'), connect = net.connect
net.connect = (to, ...more) => connect(String(to?.host).startsWith('203.0.113.') ? { ...to, host: '127.0.0.1', port: ${port} } : to, ...more)\n`,
  )
  // Examples are for real providers: this one does not show that its machines do not exist.
  const hidden = join(root, 'test/support/hide-practice-cloud.cjs')
  return {
    bin,
    ssh: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []),
    sshEndsWith: (code) => writeFileSync(status, String(code)),
    async cloud(words = [], more = {}) {
      const home = mkdtempSync(join(folder, 'home-'))
      const own = { PATH: `${bin}:${process.env['PATH']}`, HOME: home, LANG: 'C.UTF-8' }
      mkdirSync(join(home, '.ssh'))
      writeFileSync(
        join(home, '.ssh/id_ed25519.pub'),
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zg0E0nYVRSLTW9hq4c6EyLQHxqtP+4ul8AP6MY9vM demo@example\n',
      )
      const sandbox = await serve(
        join(bin, 'occi'),
        { ...own, ...more, NODE_OPTIONS: `--require ${hidden}` },
        ['--speed', '0', ...words],
      )
      const env = { ...own, NODE_OPTIONS: `--require ${route}`, OCCI_ENDPOINT: sandbox.endpoint }
      return {
        env,
        home,
        said: () => sandbox.output(),
        run(script, extra = {}) {
          const child = spawnSync('bash', ['-c', script], {
            cwd: home,
            encoding: 'utf8',
            input: '',
            timeout: 150_000,
            env: { ...env, ...extra },
          })
          return { status: child.status, out: child.stdout, err: child.stderr }
        },
        stop: () => sandbox.stop(),
      }
    },
    close() {
      door.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function program(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}

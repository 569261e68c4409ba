/** The command as a user types it: bin/occi in a process of its own, without a terminal, with a home of its own. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Command {
  /** Resolves when standard error holds the pattern; rejects when the command ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<Outcome>
  signal(name: NodeJS.Signals): void
}

export interface Place {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  start(line: string, env?: Readonly<Record<string, string>>): Command
  /** `line` is split at spaces; arguments here hold none. */
  run(line: string, env?: Readonly<Record<string, string>>): Promise<Outcome>
}

/** A home in the temporary folder of the test file, which test/setup.ts removes. */
export function place(env: Readonly<Record<string, string>> = {}): Place {
  if (!existsSync(join(root, 'dist/occi.cjs'))) throw new Error('run `npm run build` first')
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  const start = (line: string, more: Readonly<Record<string, string>> = {}) =>
    startCommand(home, { ...env, ...more }, line.split(' '))
  return { home, env, start, run: (line, more) => start(line, more).ended }
}

function startCommand(home: string, env: Readonly<Record<string, string>>, args: readonly string[]): Command {
  const child = spawn(process.execPath, [join(root, 'bin/occi'), ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += String(data)
  })
  child.stderr.on('data', (data) => {
    stderr += String(data)
  })
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })
  return {
    ended,
    signal: (name) => void child.kill(name),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stderr)
          if (found !== null) resolve(found)
        }
        child.stderr.on('data', look)
        look()
        void ended.then(() => reject(new Error(`never said ${pattern}: ${stderr}`)))
      }),
  }
}

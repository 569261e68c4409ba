/** Servers as child processes: started, waited for, stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Running {
  stop(): Promise<void>
  /** SIGSTOP makes it hang, SIGCONT goes on. */
  signal(name: NodeJS.Signals): void
  /** What it wrote, for the message when something goes wrong. */
  log(): string
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Starts a program and waits until its port takes connections. */
export async function startServer(
  program: string,
  args: readonly string[],
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  const child: ChildProcess = spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (data: unknown) => {
    output = (output + String(data)).slice(-20_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  let ended: string | undefined
  child.once('error', (error) => {
    ended = error.message
  })
  child.once('exit', (code, signal) => {
    ended ??= `exit ${code ?? signal}`
  })
  for (let waited = 0; !(await answers(port)); waited += 1) {
    if (ended !== undefined || waited > 300)
      throw new Error(`${program}: ${ended ?? 'does not answer'}\n${output}`)
    await sleep(100)
  }
  return {
    log: () => output,
    signal: (name) => void child.kill(name),
    async stop() {
      if (ended !== undefined) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 5000)
      await gone
      clearTimeout(late)
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

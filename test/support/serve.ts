import { spawn } from 'node:child_process'

export interface ServedProcess {
  readonly endpoint: string
  /** What it has printed so far. */
  said(): string
  stop(): Promise<void>
}

/** `occi sandbox serve` as a process of its own; resolves when it has said where it listens. */
export async function serve(
  occi: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<ServedProcess> {
  const child = spawn(occi, ['sandbox', 'serve', '--port', '0', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const endpoint = await new Promise<string>((found, fail) => {
    const look = (chunk: Buffer): void => {
      text += chunk.toString()
      const url = /https?:\/\/127\.0\.0\.1:\d+\S*/.exec(text)?.[0]
      if (url !== undefined) found(url)
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.on('error', fail)
    child.on('close', (code) => fail(new Error(`occi sandbox serve ended with ${code}: ${text}`)))
  })
  return {
    endpoint,
    said: () => text,
    stop: () =>
      new Promise((done) => {
        child.removeAllListeners('close')
        child.once('close', () => done())
        child.kill('SIGTERM')
      }),
  }
}

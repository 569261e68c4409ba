import { spawn } from 'node:child_process'

export interface ServedProcess {
  readonly endpoint: string
  /** Returns what the process has printed so far. */
  output(): string
  stop(): Promise<void>
}

/** Runs `occi sandbox serve` in its own process. Resolves when it has printed its endpoint. */
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
  const endpoint = await new Promise<string>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      text += chunk.toString()
      const url = /https?:\/\/127\.0\.0\.1:\d+\S*/.exec(text)?.[0]
      if (url !== undefined) resolve(url)
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    child.on('error', reject)
    child.on('close', (code) => reject(new Error(`occi sandbox serve ended with ${code}: ${text}`)))
  })
  return {
    endpoint,
    output: () => text,
    stop: () =>
      new Promise((done) => {
        child.removeAllListeners('close')
        child.once('close', () => done())
        child.kill('SIGTERM')
      }),
  }
}

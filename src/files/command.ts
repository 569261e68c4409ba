/** Runs a command that the user configured, with limits for its time and the size of its output. */

export interface CommandLimits {
  /** The environment. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** The folder in which it runs. Default: the working folder. */
  readonly folder?: string | undefined
  /** Milliseconds after which it is killed. Default 60,000, since a helper may have to ask for a PIN. */
  readonly timeout?: number | undefined
  /** The largest output, in characters. */
  readonly size: number
}

/** A command that could not be run, was killed, or ended with an error. Does not contain its output. */
export class CommandError extends Error {
  /** Killed because it took too long. */
  readonly killed: boolean
  /** Exit status, or the code of the system error (`ENOENT`). */
  readonly status: number | string | undefined
  readonly stderr: string

  constructor(error: { readonly killed?: boolean; readonly code?: number | string | null }, stderr: string) {
    super('the command failed')
    this.killed = error.killed === true
    this.status = error.code ?? undefined
    this.stderr = stderr
  }
}

/**
 * Runs a command in the shell of the system, without input, and returns what it prints. The command does not
 * outlive this process. Throws CommandError.
 */
export function commandOutput(command: string, limits: CommandLimits): Promise<string> {
  const [shell, flags] =
    process.platform === 'win32' ? (['cmd.exe', ['/d', '/s', '/c']] as const) : (['/bin/sh', ['-c']] as const)
  // Loaded here because few commands need it.
  const { execFile } = process.getBuiltinModule('node:child_process')
  return new Promise((resolve, reject) => {
    const child = execFile(
      shell,
      [...flags, command],
      {
        timeout: limits.timeout ?? 60_000,
        killSignal: 'SIGKILL',
        maxBuffer: limits.size,
        windowsHide: true,
        encoding: 'utf8',
        ...(limits.env === undefined ? {} : { env: limits.env }),
        ...(limits.folder === undefined ? {} : { cwd: limits.folder }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new CommandError(error, stderr))
      },
    )
    child.stdin?.end()
    // A helper that prompts for a PIN must not outlive this process.
    const end = () => void child.kill()
    process.once('exit', end)
    child.once('close', () => process.off('exit', end))
    // A child process of the command may keep the pipes open.
    child.once('exit', () => setTimeout(() => child.stdout?.destroy(), 1000).unref())
    child.once('exit', () => setTimeout(() => child.stderr?.destroy(), 1000).unref())
  })
}

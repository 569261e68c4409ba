/** Runs shell commands from the user's settings. */

/** The environment, folder and limits of a command. */
export interface CommandLimits {
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** The folder in which the command runs. Default: the working folder. */
  readonly folder?: string | undefined
  /** Milliseconds after which the command is killed. Default 60,000, since it may prompt for a PIN. */
  readonly timeout?: number | undefined
  /** The largest size of standard output, and of standard error, in bytes. */
  readonly size: number
}

/** The failure of a command. Does not contain its standard output, which may be secret. */
export class CommandError extends Error {
  /** Whether it was killed because it took too long. */
  readonly killed: boolean
  /** Exit status, or the code of an error of the system (`ENOENT`) or of Node. Undefined if a signal ended it. */
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
 * Runs a command in the shell of the system, without input, and returns its standard output. Throws CommandError.
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
    // A command that prompts for a PIN must not outlive this process.
    const killChild = () => void child.kill()
    process.once('exit', killChild)
    child.once('close', () => process.off('exit', killChild))
    // Background processes of the command may keep the pipes open after it has ended.
    child.once('exit', () => setTimeout(() => child.stdout?.destroy(), 1000).unref())
    child.once('exit', () => setTimeout(() => child.stderr?.destroy(), 1000).unref())
  })
}

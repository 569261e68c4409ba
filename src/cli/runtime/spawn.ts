/** Runs other programs with the terminal and the streams of this one. */
import { type ChildProcess, spawn as start } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { UsageError } from '../../errors/errors.js'
import { withoutSecrets } from './child-environment.js'

/**
 * Runs a program that a command needs. Resolves with its exit status, or 128 plus the number of the signal that ended
 * it. Throws UsageError with the hint if the program is not installed.
 */
export async function spawn(
  program: string,
  args: readonly string[],
  { hint, signal }: { readonly hint: string; readonly signal: AbortSignal },
): Promise<number> {
  const env = withoutSecrets(process.env)
  try {
    return await run(program, args, env, (child) => terminateOnAbort(child, signal))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new UsageError(`The program ${program} was not found`, { hint, cause })
  }
}

/** Runs a plugin and forwards signals to it. Resolves like `spawn`. Throws UsageError if it cannot be started. */
export async function runPlugin(
  file: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  try {
    return await run(file, words, env, forwardSignals)
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    // The errors for a script that names no interpreter, or one that does not exist.
    const isScriptError = code === 'ENOEXEC' || code === 'ENOENT'
    throw new UsageError(`${file} cannot be run: ${cause instanceof Error ? cause.message : String(cause)}`, {
      ...(isScriptError
        ? { hint: 'Its first line must name an existing interpreter (#!/bin/sh), unless it is a binary.' }
        : {}),
      cause,
    })
  }
}

/**
 * Runs a program without a shell and resolves with its exit status. `forward` starts to forward signals to the program
 * and returns a function that stops this. Rejects with the system's error if the program cannot be started.
 */
async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  forward: (child: ChildProcess) => () => void,
): Promise<number> {
  const child = start(program, args, { stdio: 'inherit', shell: false, windowsHide: true, env })
  const stopForwarding = forward(child)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status, signal) =>
        resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      )
    })
  } finally {
    stopForwarding()
  }
}

/** Terminates the program when this process is interrupted or terminated. */
function terminateOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  const terminate = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', terminate, { once: true })
  return () => signal.removeEventListener('abort', terminate)
}

/** Forwards the signals that end this process, except Ctrl-C on a terminal, which the program receives anyway. */
function forwardSignals(child: ChildProcess): () => void {
  const hasTerminal = isatty(0)
  const removers = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((name) => {
    const forward = () => {
      if (name !== 'SIGINT' || !hasTerminal) child.kill(name)
    }
    process.on(name, forward)
    return () => process.off(name, forward)
  })
  return () => {
    for (const remove of removers) remove()
  }
}

/** Entry point for the launcher (bin/occi). */

import { setMaxListeners } from 'node:events'
import type { Connector } from './context.js'
import { dispatch } from './dispatch.js'
import { exitHungUp, exitInterrupted, exitOther, exitQuit, exitTerminated } from './errors/exit-codes.js'
import { reportError } from './errors/report.js'
import { nodeRuntime } from './runtime/node.js'
import type { Installation, Runtime } from './runtime.js'

/** Milliseconds that a command has to end by itself after Ctrl-C. */
const patience = 500

/** Milliseconds that the end after Ctrl-C waits for work that must not be cut off. */
const longestFinish = 10_000

const waitedFor: ReadonlySet<string> = new Set([
  'FSReqCallback',
  'FSReqPromise',
  'FileHandleCloseReq',
  'GetAddrInfoReqWrap',
  'GetNameInfoReqWrap',
])

/** Returns the exit status. `installation`: see bin/occi and bin/executable.cjs, which call this. */
export async function main(argv: readonly string[], installation: Installation): Promise<number> {
  const interruption = new AbortController()
  // Each request of a bulk command adds a listener; Node would warn at the eleventh.
  setMaxListeners(0, interruption.signal)
  const unfinishedWork = new Set<Promise<unknown>>()
  const stop = (signal: NodeJS.Signals, status: number) => {
    const leave = () => {
      // From here on the signal ends the process directly, even if process.exit blocks.
      process.removeAllListeners(signal)
      // process.exit waits for the thread pool, which may be resolving a name or reading from a dead file
      // server.
      const busy = process.getActiveResourcesInfo().some((name) => waitedFor.has(name))
      if (busy) process.once('exit', () => process.kill(process.pid, signal))
      process.exit(status)
    }
    process.on(signal, () => {
      // At the second signal, or if something hangs, exit immediately.
      if (interruption.signal.aborted) leave()
      interruption.abort(status)
      const latest = Date.now() + longestFinish
      const leaveLater = (waited: boolean) => {
        setTimeout(() => {
          const wait = unfinishedWork.size > 0 && Date.now() < latest
          // After that work, too, the command has time to end by itself.
          if (wait || waited) leaveLater(wait)
          else leave()
        }, patience).unref()
      }
      leaveLater(false)
    })
  }
  let listening = false
  // Before the settings are read nothing has been sent, so a signal simply ends the process.
  const signal = () => {
    if (listening) return interruption.signal
    listening = true
    stop('SIGINT', exitInterrupted)
    stop('SIGTERM', exitTerminated)
    // Signals do not end process 1 of a container by default, so they are handled here.
    if (process.pid === 1) {
      stop('SIGHUP', exitHungUp)
      stop('SIGQUIT', exitQuit)
    }
    return interruption.signal
  }
  const finish: Runtime['uninterrupted'] = async (work) => {
    signal()
    const running = work()
    unfinishedWork.add(running)
    try {
      return await running
    } finally {
      unfinishedWork.delete(running)
    }
  }
  // If nothing is left to wait for, Node exits silently with status 0 although the command has not finished.
  process.once('beforeExit', unfinished)
  try {
    const runtime = machine(signal, finish, installation)
    return typeof runtime === 'number' ? runtime : await dispatch(argv, runtime)
  } finally {
    process.off('beforeExit', unfinished)
  }
}

/** Without a home folder: prints the reason on standard error and returns the exit status. */
function machine(
  signal: () => AbortSignal,
  finish: Runtime['uninterrupted'],
  installation: Installation,
): (Runtime & Connector) | number {
  try {
    return nodeRuntime(process, { signal, finish }, installation)
  } catch (error) {
    const { text, exit } = reportError(error, { json: false, debug: false, saveDetails: () => undefined })
    process.stderr.write(text)
    return exit
  }
}

function unfinished(): void {
  process.stderr.write(
    'occi: the command stopped before it was done; what it printed is not complete.\nThis is a bug in occi. Run the command again with --trace=FILE and report that file.\n',
  )
  process.exit(exitOther)
}

/** Entry point for the launcher (bin/occi). */

import { setMaxListeners } from 'node:events'
import type { Connector } from './context.js'
import { dispatch } from './dispatch.js'
import { exitHungUp, exitInterrupted, exitOther, exitQuit, exitTerminated } from './errors/exit-codes.js'
import { reportError } from './errors/report.js'
import { nodeRuntime } from './runtime/node.js'
import type { Installation, Runtime } from './runtime.js'

/** How long after Ctrl-C the process is ended if the command has not ended by itself, in milliseconds. */
const gracePeriod = 500

/** How long Ctrl-C waits for work that must not be interrupted (`Runtime.uninterrupted`), in milliseconds. */
const longestUninterruptedWork = 10_000

/** Node's names for operations in the thread pool, which process.exit waits for. */
const blockingOperations: ReadonlySet<string> = new Set([
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
  const handleSignal = (signal: NodeJS.Signals, status: number) => {
    const exitNow = () => {
      // From here on the signal ends the process directly, even if process.exit blocks.
      process.removeAllListeners(signal)
      // process.exit waits for the thread pool, which may be resolving a name or reading from a dead file
      // server.
      const busy = process.getActiveResourcesInfo().some((name) => blockingOperations.has(name))
      if (busy) process.once('exit', () => process.kill(process.pid, signal))
      process.exit(status)
    }
    process.on(signal, () => {
      // The second signal ends the process immediately.
      if (interruption.signal.aborted) exitNow()
      interruption.abort(status)
      const latest = Date.now() + longestUninterruptedWork
      const exitAfterGracePeriod = ({ workWasPending }: { readonly workWasPending: boolean }) => {
        setTimeout(() => {
          const workIsPending = unfinishedWork.size > 0 && Date.now() < latest
          // When the work has finished, the command has one more period to end by itself.
          if (workIsPending || workWasPending) exitAfterGracePeriod({ workWasPending: workIsPending })
          else exitNow()
        }, gracePeriod).unref()
      }
      exitAfterGracePeriod({ workWasPending: false })
    })
  }
  let handlesSignals = false
  // Signals are handled from the first call on. Before it nothing has been sent, so that a signal may simply end the
  // process.
  const interruptionSignal = () => {
    if (handlesSignals) return interruption.signal
    handlesSignals = true
    handleSignal('SIGINT', exitInterrupted)
    handleSignal('SIGTERM', exitTerminated)
    // Signals do not end process 1 of a container by default, so they are handled here.
    if (process.pid === 1) {
      handleSignal('SIGHUP', exitHungUp)
      handleSignal('SIGQUIT', exitQuit)
    }
    return interruption.signal
  }
  const runUninterrupted: Runtime['uninterrupted'] = async (work) => {
    interruptionSignal()
    const result = work()
    unfinishedWork.add(result)
    try {
      return await result
    } finally {
      unfinishedWork.delete(result)
    }
  }
  // If nothing is left to wait for, Node exits silently with status 0 although the command has not finished.
  process.once('beforeExit', reportUnfinished)
  try {
    const runtime = createRuntime(interruptionSignal, runUninterrupted, installation)
    return typeof runtime === 'number' ? runtime : await dispatch(argv, runtime)
  } finally {
    process.off('beforeExit', reportUnfinished)
  }
}

/** Creates the runtime. If that fails (no home folder), prints the error and returns the exit status. */
function createRuntime(
  signal: () => AbortSignal,
  uninterrupted: Runtime['uninterrupted'],
  installation: Installation,
): (Runtime & Connector) | number {
  try {
    return nodeRuntime(process, { signal, uninterrupted }, installation)
  } catch (error) {
    const { text, exit } = reportError(error, { json: false, debug: false, saveDetails: () => undefined })
    process.stderr.write(text)
    return exit
  }
}

function reportUnfinished(): void {
  process.stderr.write(
    'occi: the command stopped before it was done; what it printed is not complete.\nThis is a bug in occi. Run the command again with --trace=FILE and report that file.\n',
  )
  process.exit(exitOther)
}

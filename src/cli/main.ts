/** Where the launcher (bin/occi) comes in. */
import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { dispatch } from './dispatch.js'
import { exitHungUp, exitInterrupted, exitOther, exitQuit, exitTerminated } from './errors/exit-codes.js'
import { reportError } from './errors/report.js'
import { nodeRuntime } from './runtime/node.js'
import type { Runtime } from './runtime/runtime.js'

/** A command that does not end by itself after Ctrl-C gets this long, in milliseconds. */
const patience = 500

const waitedFor: ReadonlySet<string> = new Set([
  'FSReqCallback',
  'FSReqPromise',
  'FileHandleCloseReq',
  'GetAddrInfoReqWrap',
  'GetNameInfoReqWrap',
])

/** Answers the exit status. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<number> {
  const interruption = new AbortController()
  // Each request of a bulk command listens; Node would warn of the eleventh.
  setMaxListeners(0, interruption.signal)
  const stop = (signal: NodeJS.Signals, status: number) => {
    const leave = () => {
      // From now on the signal ends the process by itself, also while process.exit is at work.
      process.removeAllListeners(signal)
      // process.exit waits for the thread pool, which may look up a name or read from a server that is gone.
      const busy = process.getActiveResourcesInfo().some((name) => waitedFor.has(name))
      if (busy) process.once('exit', () => process.kill(process.pid, signal))
      process.exit(status)
    }
    process.on(signal, () => {
      // The second time, or when something hangs: leave at once.
      if (interruption.signal.aborted) leave()
      interruption.abort(status)
      setTimeout(leave, patience).unref()
    })
  }
  let listening = false
  // Until the settings are read nothing has been sent, and a signal ends the process by itself.
  const signal = () => {
    if (listening) return interruption.signal
    listening = true
    stop('SIGINT', exitInterrupted)
    stop('SIGTERM', exitTerminated)
    // The first process of a container is spared the signals that end any other.
    if (process.pid === 1) {
      stop('SIGHUP', exitHungUp)
      stop('SIGQUIT', exitQuit)
    }
    return interruption.signal
  }
  // Node ends quietly, with status 0, when nothing is left that could wake it: whoever waits then waits for ever.
  process.once('beforeExit', unfinished)
  try {
    // The bundle is dist/occi.cjs; package.json stands above it.
    const runtime = machine(signal)
    return typeof runtime === 'number' ? runtime : await dispatch(argv, runtime)
  } finally {
    process.off('beforeExit', unfinished)
  }
}

/** An exit status, after the reason on standard error, where there is no home folder to keep anything in. */
function machine(signal: () => AbortSignal): Runtime | number {
  try {
    return nodeRuntime(process, signal, join(__dirname, '..'))
  } catch (error) {
    const { text, exit } = reportError(error, { json: false, debug: false, saved: () => undefined })
    process.stderr.write(text)
    return exit
  }
}

function unfinished(): void {
  process.stderr.write(
    'occi: the command stopped before it was done; what it printed is not complete.\nThis is a defect of occi: run it again with --trace=FILE and report that file.\n',
  )
  process.exit(exitOther)
}

/** Where the launcher (bin/occi) comes in. */
import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { dispatch } from './dispatch.js'
import { exitInterrupted, exitOther, exitTerminated } from './errors/exit-codes.js'
import { reportError } from './errors/report.js'
import { nodeRuntime } from './runtime/node.js'
import type { Runtime } from './runtime/runtime.js'

/** A command that does not end by itself after Ctrl-C gets this long, in milliseconds. */
const patience = 500

/** Answers the exit status. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<number> {
  const interruption = new AbortController()
  // Each request of a bulk command listens; Node would warn of the eleventh.
  setMaxListeners(0, interruption.signal)
  const stop = (status: number) => () => {
    // The second time, or when something hangs: leave at once.
    if (interruption.signal.aborted) process.exit(status)
    interruption.abort(status)
    setTimeout(() => process.exit(status), patience).unref()
  }
  process.on('SIGINT', stop(exitInterrupted))
  process.on('SIGTERM', stop(exitTerminated))
  // Node ends quietly, with status 0, when nothing is left that could wake it: whoever waits then waits for ever.
  process.once('beforeExit', unfinished)
  try {
    // The bundle is dist/occi.cjs; package.json stands above it.
    const runtime = machine(interruption.signal)
    return typeof runtime === 'number' ? runtime : await dispatch(argv, runtime)
  } finally {
    process.off('beforeExit', unfinished)
  }
}

/** An exit status, after the reason on standard error, where there is no home folder to keep anything in. */
function machine(signal: AbortSignal): Runtime | number {
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

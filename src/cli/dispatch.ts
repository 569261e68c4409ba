/** Decides in which of the two grammars a command line is written. */

import { commandEntries } from './commands/index.js'
import type { Connector } from './context.js'
import { run } from './program.js'
import { isRocciForm } from './rocci/recognise.js'
import { guarded } from './runtime/secret-redactor.js'
import type { Runtime } from './runtime.js'

/** Returns the exit status. Words that begin with underscores are internal: for shells and for the build. */
export async function dispatch(argv: readonly string[], runtime: Runtime & Connector): Promise<number> {
  if (argv[0] === '__complete') {
    const { complete } = await import('./completion/complete.js')
    return complete(argv.slice(1), { ...runtime, write: (text) => runtime.streams({}).out.write(text) })
  }
  if (argv[0] === '__docs') {
    const { writeDocs } = await import('./docs/index.js')
    return writeDocs(argv.slice(1), runtime, commandEntries)
  }
  if (!isRocciForm(argv, commandWords)) return run(argv, guarded(runtime), commandEntries)
  const { runRocciForm } = await import('./rocci/run.js')
  return runRocciForm(argv, guarded(runtime))
}

const commandWords: ReadonlySet<string> = new Set([
  'help',
  'version',
  ...commandEntries.map(({ name }) => name),
])

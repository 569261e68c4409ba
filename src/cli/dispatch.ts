/** Chooses the grammar of the command line: commands, or the flat form of rOCCI-cli. */

import { commandEntries } from './commands/index.js'
import type { Connector } from './context.js'
import { run } from './program.js'
import { isRocciForm } from './rocci/recognise.js'
import { withSecretsMasked } from './runtime/secret-redactor.js'
import type { Runtime } from './runtime.js'

/** Returns the exit status. Commands that begin with `__` are internal: for shells and for the build. */
export async function dispatch(argv: readonly string[], runtime: Runtime & Connector): Promise<number> {
  if (argv[0] === '__complete') {
    const { complete } = await import('./completion/complete.js')
    return complete(argv.slice(1), { ...runtime, write: (text) => runtime.streams({}).out.write(text) })
  }
  if (argv[0] === '__docs') {
    const { writeDocs } = await import('./docs/index.js')
    return writeDocs(argv.slice(1), runtime, commandEntries)
  }
  if (!isRocciForm(argv, commandWords)) return run(argv, withSecretsMasked(runtime), commandEntries)
  const { runRocciForm } = await import('./rocci/run.js')
  return runRocciForm(argv, withSecretsMasked(runtime))
}

const commandWords: ReadonlySet<string> = new Set([
  'help',
  'version',
  ...commandEntries.map(({ name }) => name),
])

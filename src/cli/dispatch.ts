/** Which of the two grammars a command line is written in. */
import { run } from './program.js'
import { isRocciForm } from './rocci/recognise.js'
import type { Runtime } from './runtime/runtime.js'

/** Answers the exit status. */
export async function dispatch(argv: readonly string[], runtime: Runtime): Promise<number> {
  if (!isRocciForm(argv)) return run(argv, runtime)
  const { rocciFront } = await import('./rocci/front.js')
  return rocciFront(argv, runtime)
}

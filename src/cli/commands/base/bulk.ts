/** Runs an operation on many entities, a limited number at a time. */
import { OcciError, PartialError } from '../../../errors/errors.js'
import type { CommandContext } from '../../context.js'
import type { OutputRecord } from '../../output/types.js'
import { Previewed } from '../../preview.js'
import { parseConcurrency } from '../../values/concurrency.js'

/** The phase name for waiting. If there is only one entity, waitFor shows the progress, so runForEach does not. */
export const waitPhase = 'Waiting'

/**
 * Runs `work` for each name, and returns the records in the order of the names. With one name, its error is thrown.
 * With several, the errors are collected, and the command ends with exit status 8 after its output.
 */
export async function runForEach(
  context: CommandContext,
  names: readonly string[],
  phase: string,
  work: (name: string) => Promise<OutputRecord>,
): Promise<readonly OutputRecord[]> {
  const [only] = names
  if (names.length === 1 && only !== undefined) {
    if (phase !== waitPhase) context.progress.show(phase, only)
    return [await work(only)]
  }
  // Previews run one after the other, so that requests are shown in order.
  const concurrency =
    context.preview === undefined ? parseConcurrency(context.settings.get('concurrency')) : 1
  const results: (OutputRecord | undefined)[] = []
  const failures: { target: string; error: OcciError }[] = []
  context.progress.count(phase, 0, names.length)
  let nextIndex = 0
  let doneCount = 0
  const worker = async () => {
    for (let index = nextIndex++; index < names.length && !context.signal.aborted; index = nextIndex++) {
      const name = names[index] ?? ''
      try {
        results[index] = await work(name)
      } catch (error) {
        if (error instanceof Previewed) continue
        if (!(error instanceof OcciError)) throw error
        failures.push({ target: name, error })
      }
      doneCount += 1
      context.progress.count(phase, doneCount, names.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, names.length) }, worker))
  if (failures.length > 0) {
    failures.sort((a, b) => names.indexOf(a.target) - names.indexOf(b.target))
    context.fail(new PartialError(`${failures.length} of ${names.length} failed`, failures))
  }
  return results.filter((record) => record !== undefined)
}

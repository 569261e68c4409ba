/** `--watch[=INTERVAL]`: repeats a command until Ctrl-C. */
import { NotFoundError, PartialError, UsageError } from '../../../errors/errors.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Output } from '../../output/types.js'
import { parseDuration } from '../../values/duration.js'

const defaultInterval = '2s'
/** The shortest interval in milliseconds, to limit the load of the provider. */
const minInterval = 500

export const watchOption: OptionDeclaration = {
  name: 'watch',
  value: 'INTERVAL',
  bare: '',
  description: `repeat the command every ${defaultInterval} or INTERVAL and show changes, until Ctrl-C`,
  group: 'Output',
  env: 'none',
}

/**
 * Returns the result of `load`. With --watch, except in a preview, prints the results repeatedly and returns undefined.
 */
export async function loadOrWatch(
  context: CommandContext,
  load: (context: CommandContext) => Promise<Output>,
): Promise<Output | undefined> {
  const text = context.options.text('watch')
  if (text === undefined) return load(context)
  const interval = intervalOf(text)
  if (context.preview !== undefined) return load(context)
  await context.progress.stop()
  const quietContext = withoutProgress(context)
  await context.watch(() => load(quietContext), interval)
  return undefined
}

function intervalOf(text: string): number {
  const interval = parseDuration(text === '' || text === 'true' ? defaultInterval : text, '--watch')
  if (interval >= minInterval) return interval
  throw new UsageError(`--watch cannot be "${text}": the interval is too short`, {
    hint: 'The shortest interval is half a second: --watch=500ms.',
    at: '--watch',
  })
}

/**
 * A context without progress animation, which would overwrite the output. Its `fail` throws, so that the watch shows
 * the error and continues. Entities that were deleted meanwhile are not errors.
 */
function withoutProgress(context: CommandContext): CommandContext {
  return {
    ...context,
    progress: {
      show: () => {},
      count: () => {},
      awaiting: () => () => {},
      note: context.progress.note,
      stop: async () => {},
    },
    fail(error) {
      const errors = error instanceof PartialError ? error.errors.map((each) => each.error) : [error]
      const failure = errors.find((each) => !(each instanceof NotFoundError))
      if (failure !== undefined) throw failure
    },
  }
}

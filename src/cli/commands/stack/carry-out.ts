/** Asks, applies a plan and shows how it goes, for `apply` and `destroy`. */
import {
  CancelledError,
  ConflictError,
  OutcomeUnknownError,
  PartialError,
  UsageError,
  withFacts,
} from '../../../errors/errors.js'
import { type ApplyEvent, type ApplyOptions, apply, type Plan, stepsOf } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import { parseConcurrency } from '../../values/concurrency.js'
import { needsConfirmation } from '../base/confirmation.js'
import { timeoutOf } from '../base/wait-options.js'
import { type Board, createBoard } from './board.js'
import { countsOf, type Failed, planLines } from './show.js'

/** What is done in a preview would be written to the state, though it has not happened. */
export function refusePreview({ preview }: CommandContext, verb: string): void {
  if (preview === undefined) return
  throw new UsageError(`"occi stack ${verb}" has no --dry-run and no --curl`, {
    hint: '"occi stack plan" shows what would change, and sends nothing that changes anything.',
    at: '--dry-run',
  })
}

/** Shows the plan and asks. Throws CancelledError, or UsageError where nobody can be asked. */
export async function confirmPlan(context: CommandContext, plan: Plan, verb: string): Promise<void> {
  const lines = planLines(plan)
  if (!context.options.isSet('quiet')) {
    for (const line of lines) await context.progress.note(line)
  }
  if (!needsConfirmation(context)) return
  await context.progress.stop()
  await context.prompts.confirm({
    message: `${verb}: ${countsOf(plan)}?`,
    alternative: 'Pass --yes to go on without a question; "occi stack plan" shows the plan.',
  })
}

/** What is there and not in the state is taken as ours only when told so. */
export async function confirmAdoption(context: CommandContext, { entries }: Plan): Promise<void> {
  const adopted = entries.filter(({ adopt }) => adopt === true)
  const [first] = adopted
  if (first === undefined || context.options.isSet('adopt')) return
  const names = adopted.map(({ address, url }) => `${address} (${url})`).join(', ')
  const hint = `--adopt takes ${adopted.length === 1 ? 'it' : 'them'} as part of this stack, so that a destroy deletes ${adopted.length === 1 ? 'it' : 'them'}.`
  if (!context.streams.interactive) {
    throw new ConflictError(
      `There ${adopted.length === 1 ? 'is' : 'are'} already, and not in the state: ${names}`,
      {
        hint,
        at: '--adopt',
        facts: { adopt: adopted.map(({ address, url }) => ({ resource: address, url })) },
      },
    )
  }
  await context.progress.stop()
  await context.prompts.confirm({
    message: `${names} ${adopted.length === 1 ? 'is' : 'are'} there already. Take ${adopted.length === 1 ? 'it' : 'them'} as part of this stack?`,
    alternative: hint,
  })
}

export type Ended = ReadonlyMap<string, ApplyEvent>

/**
 * Applies the plan. Ctrl-C lets what is under way end. The command ends with exit status 8 when something failed, and
 * with 11 when an outcome is unknown. Returns the last event of each resource.
 */
export async function carryOut(
  context: CommandContext,
  plan: Plan,
  options: Omit<ApplyOptions, 'concurrency' | 'timeout' | 'clock'>,
): Promise<Ended> {
  const board = createBoard(context, stepsOf(plan).length)
  const last = new Map<string, ApplyEvent>()
  await context.runtime.uninterrupted(() =>
    follow(board, last, apply(plan, { ...options, ...limits(context) })),
  )
  const failed: Failed[] = []
  for (const [address, { event, error }] of last) {
    if (event === 'failed' && error !== undefined) failed.push({ target: address, error })
  }
  const unknown = failed.find(({ error }) => error instanceof OutcomeUnknownError)?.error
  if (unknown instanceof OutcomeUnknownError) {
    const others = failed.filter(({ error }) => error !== unknown)
    const more = others.length === 0 ? {} : { failed: others.map(({ target }) => target) }
    context.fail(withFacts(unknown, { ...more, resources: failed.map(({ target }) => target) }))
  } else if (failed.length > 0) {
    const skipped = [...last.values()].filter(({ event }) => event === 'skipped').length
    const rest = skipped === 0 ? '' : `, and ${skipped} that need them were left`
    context.fail(
      new PartialError(`${failed.length} of ${last.size} failed${rest}`, failed, {
        hint: hintAfter(context, last),
      }),
    )
  }
  if (context.signal.aborted) throw new CancelledError('Interrupted; the state says what is there.')
  return last
}

function limits(context: CommandContext) {
  return {
    concurrency: parseConcurrency(context.settings.get('concurrency')),
    timeout: timeoutOf(context, 'wait-timeout'),
    clock: context.clock,
  }
}

async function follow(
  board: Board,
  last: Map<string, ApplyEvent>,
  events: AsyncIterable<ApplyEvent>,
): Promise<void> {
  try {
    for await (const event of events) {
      const isEnd = event.event !== 'begin' && event.event !== 'state'
      if (isEnd && last.get(event.address)?.event !== 'failed') last.set(event.address, event)
      await board.show(event)
    }
  } finally {
    await board.end()
  }
}

function hintAfter({ command }: CommandContext, last: Ended): string {
  const verb = command.split(' ').at(-1) ?? 'apply'
  const isRefused = [...last.values()].some(({ event, do: what }) => event === 'failed' && what === 'update')
  return `Another ${verb} goes on from here${isRefused ? '; --replace RESOURCE makes anew what the provider cannot change' : ''}.`
}

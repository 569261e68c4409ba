/** Confirms and applies a plan and shows its progress, for `apply` and `destroy`. */
import {
  CancelledError,
  ConflictError,
  type OcciError,
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
import { countsOf, planLines } from './show.js'

/** Throws UsageError in a preview, in which the state file would record steps that were not executed. */
export function refusePreview({ preview }: CommandContext, verb: string): void {
  if (preview === undefined) return
  throw new UsageError(`"occi stack ${verb}" has no --dry-run and no --curl`, {
    hint: '"occi stack plan" shows what would change, without changing anything.',
    at: '--dry-run',
  })
}

/**
 * Shows the plan and asks for confirmation. Throws CancelledError, and UsageError if the session is not interactive.
 */
export async function confirmPlan(context: CommandContext, plan: Plan, verb: string): Promise<void> {
  const lines = planLines(plan)
  if (!context.options.isSet('quiet')) {
    for (const line of lines) await context.progress.note(line)
  }
  if (!needsConfirmation(context)) return
  await context.progress.stop()
  await context.prompts.confirm({
    message: `${verb}: ${countsOf(plan)}?`,
    withoutPrompt: 'Use --yes to continue without confirmation; "occi stack plan" shows the plan.',
  })
}

/**
 * Asks before existing resources that are not in the state become part of the stack. Throws CancelledError, and
 * ConflictError if the session is not interactive.
 */
export async function confirmAdoption(context: CommandContext, { entries }: Plan): Promise<void> {
  const adopted = entries.filter(({ adopt }) => adopt === true)
  if (adopted.length === 0 || context.options.isSet('adopt')) return
  const names = adopted.map(({ address, url }) => `${address} (${url})`).join(', ')
  const [pronoun, verb] = adopted.length === 1 ? ['it', 'exists'] : ['them', 'exist']
  const hint = `--adopt adds ${pronoun} to the stack, so that "occi stack destroy" deletes ${pronoun}.`
  if (!context.streams.interactive) {
    throw new ConflictError(`${names} ${verb} already, but not in the state`, {
      hint,
      at: '--adopt',
      facts: { adopt: adopted.map(({ address, url }) => ({ resource: address, url })) },
    })
  }
  await context.progress.stop()
  await context.prompts.confirm({
    message: `${names} ${verb} already. Add ${pronoun} to the stack?`,
    withoutPrompt: hint,
  })
}

/** How the last step of each resource ended, or its first failure, by address. */
export type LastEvents = ReadonlyMap<string, ApplyEvent>

/**
 * Applies the plan. After Ctrl-C, running steps are completed. The command ends with exit status 8 if a step failed,
 * and with 11 if an outcome is unknown.
 */
export async function applyPlan(
  context: CommandContext,
  plan: Plan,
  options: Omit<ApplyOptions, 'concurrency' | 'timeout' | 'clock'>,
): Promise<LastEvents> {
  const board = createBoard(context, stepsOf(plan).length)
  const lastEvents = new Map<string, ApplyEvent>()
  await context.runtime.uninterrupted(() =>
    showEvents(board, lastEvents, apply(plan, { ...options, ...limitsOf(context) })),
  )
  const failures: Failure[] = []
  for (const [address, { event, error }] of lastEvents) {
    if (event === 'failed' && error !== undefined) failures.push({ target: address, error })
  }
  const outcomeError = failures.find(({ error }) => error instanceof OutcomeUnknownError)?.error
  if (outcomeError instanceof OutcomeUnknownError) {
    const others = failures.filter(({ error }) => error !== outcomeError)
    context.fail(
      withFacts(outcomeError, {
        ...(others.length === 0 ? {} : { failed: others.map(({ target }) => target) }),
        resources: failures.map(({ target }) => target),
      }),
    )
  } else if (failures.length > 0) {
    const skipped = [...lastEvents.values()].filter(({ event }) => event === 'skipped').length
    const skippedText = skipped === 0 ? '' : `, and ${skipped} ${skipped === 1 ? 'was' : 'were'} skipped`
    context.fail(
      new PartialError(`${failures.length} of ${lastEvents.size} failed${skippedText}`, failures, {
        hint: hintAfterFailure(context, lastEvents),
      }),
    )
  }
  if (context.signal.aborted) throw new CancelledError('Interrupted; the state file lists what exists.')
  return lastEvents
}

interface Failure {
  /** The address of the resource. */
  readonly target: string
  readonly error: OcciError
}

function limitsOf(context: CommandContext) {
  return {
    concurrency: parseConcurrency(context.settings.get('concurrency')),
    timeout: timeoutOf(context, 'wait-timeout'),
    clock: context.clock,
  }
}

/** Shows the events, and stores the last one that ends a step of each resource. Later ones do not replace a failure. */
async function showEvents(
  board: Board,
  lastEvents: Map<string, ApplyEvent>,
  events: AsyncIterable<ApplyEvent>,
): Promise<void> {
  try {
    for await (const event of events) {
      const isEnd = event.event !== 'begin' && event.event !== 'state'
      if (isEnd && lastEvents.get(event.address)?.event !== 'failed') lastEvents.set(event.address, event)
      await board.show(event)
    }
  } finally {
    await board.end()
  }
}

function hintAfterFailure({ command }: CommandContext, lastEvents: LastEvents): string {
  const updateFailed = [...lastEvents.values()].some(
    ({ event, do: action }) => event === 'failed' && action === 'update',
  )
  return `To continue, run "occi ${command}" again${updateFailed ? '; --replace RESOURCE replaces what the provider cannot change' : ''}.`
}

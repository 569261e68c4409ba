/**
 * Shows the progress of an apply: on a terminal with a line for each running step, elsewhere with one for each finished
 * step.
 */
import { formatElapsed } from '../../../basics/amounts.js'
import type { ApplyEvent } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import { sanitize } from '../../output/sanitize.js'
import { redrawLines } from '../../output/theme.js'
import { truncate } from '../../output/width.js'

/** The display of the progress. */
export interface Board {
  show(event: ApplyEvent): Promise<void>
  /** Removes the lines of running steps. */
  end(): Promise<void>
}

const presentTense = {
  create: 'creating',
  update: 'changing',
  unlink: 'unlinking',
  delete: 'deleting',
  adopt: 'adopting',
} as const
const pastTense = {
  create: 'created',
  update: 'changed',
  unlink: 'unlinked',
  delete: 'deleted',
  adopt: 'adopted',
} as const

/** `total` is the number of steps. */
export function createBoard(context: CommandContext, total: number): Board {
  return context.streams.progress === 'spinner' ? redrawnBoard(context, total) : lineBoard(context, total)
}

/** Prints a line for each finished step, for outputs on which lines cannot be replaced. */
function lineBoard({ options, progress }: CommandContext, total: number): Board {
  let endedCount = 0
  return {
    async show(event) {
      if (event.event === 'begin' || event.event === 'state') return
      endedCount += 1
      if (options.isSet('quiet')) return
      await progress.note(`[${Math.min(endedCount, total)}/${total}] ${sanitize(lineOf(event))}`)
    },
    end: async () => {},
  }
}

/** Redraws a line for each running step, below the lines of the finished ones. */
function redrawnBoard({ streams, clock }: CommandContext, total: number): Board {
  let endedCount = 0
  const running = new Map<string, { readonly event: ApplyEvent; readonly startedAt: number }>()
  let rowCount = 0
  const draw = async (finished?: string) => {
    const width = streams.err.width ?? 80
    const rows = [...running.values()].slice(0, maxRows).map(({ event, startedAt }) => {
      const state = event.state === undefined || event.state === '' ? '' : `: ${event.state}`
      return `… ${event.address} ${presentTense[event.do]}${state} (${formatElapsed(clock.now() - startedAt)})`
    })
    if (running.size > maxRows) rows.push(`… and ${running.size - maxRows} more`)
    if (rows.length > 0) rows.push(`${endedCount} of ${total} done`)
    const lines = [...(finished === undefined ? [] : [finished]), ...rows].map((row) =>
      truncate(sanitize(row), width - 1),
    )
    await streams.err.write(redrawLines(rowCount, lines)).catch(() => {})
    rowCount = rows.length
  }
  let drawing: Promise<void> = Promise.resolve()
  /** Prints the line of a finished step and redraws the running ones below it, after earlier drawings have ended. */
  const redraw = (finished?: string) => {
    drawing = drawing.then(() => draw(finished))
    return drawing
  }
  const timer = setInterval(() => void redraw(), redrawInterval)
  return {
    show(event) {
      const key = `${event.do} ${event.address}`
      if (event.event === 'begin' || event.event === 'state') {
        running.set(key, { event, startedAt: running.get(key)?.startedAt ?? clock.now() })
        return Promise.resolve()
      }
      running.delete(key)
      endedCount += 1
      return redraw(sanitize(lineOf(event)))
    },
    end() {
      clearInterval(timer)
      running.clear()
      return redraw()
    },
  }
}

/** Milliseconds. */
const redrawInterval = 200

/** The number of running steps that are shown. More lines would scroll the terminal. */
const maxRows = 12

function lineOf({ event, do: action, entry, address, elapsed, state, note, error }: ApplyEvent): string {
  const duration = elapsed >= 1000 ? ` (${formatElapsed(elapsed)})` : ''
  switch (event) {
    case 'done': {
      const newState = state === undefined || state === '' ? '' : `, ${state}`
      // A resource that an interrupted apply had created is adopted without --adopt.
      const verb = action === 'adopt' && entry.adopt !== true ? 'finished' : pastTense[action]
      return `${address} ${verb}${newState}${duration}${note === undefined ? '' : ` — ${note}`}`
    }
    case 'failed':
      return `${address} failed: ${error?.message ?? ''}${duration}`
    case 'skipped':
      return `${address} skipped: a resource that it needs failed, or the apply was stopped`
    case 'interrupted':
      return `${address} interrupted`
    default:
      return `${address} ${presentTense[action]}`
  }
}

/** How an apply goes: one line for each resource that is under way on a terminal, plain lines elsewhere. */
import { formatElapsed } from '../../../basics/amounts.js'
import type { ApplyEvent } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import { sanitize } from '../../output/sanitize.js'
import { redrawLines } from '../../output/theme.js'
import { truncate } from '../../output/width.js'

export interface Board {
  show(event: ApplyEvent): Promise<void>
  end(): Promise<void>
}

const doing = {
  create: 'creating',
  update: 'changing',
  unlink: 'unlinking',
  delete: 'deleting',
  adopt: 'taking',
} as const
const done = {
  create: 'created',
  update: 'changed',
  unlink: 'unlinked',
  delete: 'deleted',
  adopt: 'taken',
} as const

/** `total` is the number of steps. */
export function createBoard(context: CommandContext, total: number): Board {
  const { streams, clock } = context
  const quiet = context.options.isSet('quiet')
  let ended = 0
  const text = (event: ApplyEvent) => sanitize(lineOf(event))
  if (streams.progress !== 'spinner') {
    // Without a terminal each line stays, so that only what has ended is told.
    return {
      async show(event) {
        if (event.event === 'begin' || event.event === 'state') return
        ended += 1
        if (!quiet) await context.progress.note(`[${Math.min(ended, total)}/${total}] ${text(event)}`)
      },
      end: async () => {},
    }
  }
  const running = new Map<string, { readonly event: ApplyEvent; readonly begun: number }>()
  let drawn = 0
  const draw = async (above?: string) => {
    const width = streams.err.width ?? 80
    const rows = [...running.values()].slice(0, most).map(({ event, begun }) => {
      const state = event.state === undefined || event.state === '' ? '' : `: ${event.state}`
      return `… ${event.address} ${doing[event.do]}${state} (${formatElapsed(clock.now() - begun)})`
    })
    if (running.size > most) rows.push(`… and ${running.size - most} more`)
    if (rows.length > 0) rows.push(`${ended} of ${total} done`)
    const lines = [...(above === undefined ? [] : [above]), ...rows].map((row) =>
      truncate(sanitize(row), width - 1),
    )
    await streams.err.write(redrawLines(drawn, lines)).catch(() => {})
    drawn = rows.length
  }
  let drawing: Promise<void> = Promise.resolve()
  const next = (above?: string) => {
    drawing = drawing.then(() => draw(above))
    return drawing
  }
  const timer = setInterval(() => void next(), 200)
  return {
    show(event) {
      const key = `${event.do} ${event.address}`
      if (event.event === 'begin' || event.event === 'state') {
        running.set(key, { event, begun: running.get(key)?.begun ?? clock.now() })
        return Promise.resolve()
      }
      running.delete(key)
      ended += 1
      return next(text(event))
    },
    end() {
      clearInterval(timer)
      running.clear()
      return next()
    },
  }
}

/** Lines of resources under way; more would scroll. */
const most = 12

function lineOf({ event, do: what, entry, address, elapsed, state, note, error }: ApplyEvent): string {
  const took = elapsed >= 1000 ? ` (${formatElapsed(elapsed)})` : ''
  switch (event) {
    case 'done': {
      const now = state === undefined || state === '' ? '' : `, ${state}`
      // What an interrupted apply had begun is finished.
      const word = what === 'adopt' && entry.adopt !== true ? 'finished' : done[what]
      return `${address} ${word}${now}${took}${note === undefined ? '' : ` — ${note}`}`
    }
    case 'failed':
      return `${address} failed: ${error?.message ?? ''}${took}`
    case 'skipped':
      return `${address} left: something that it needs failed, or nothing more is begun`
    case 'interrupted':
      return `${address} interrupted`
    default:
      return `${address} ${doing[what]}`
  }
}

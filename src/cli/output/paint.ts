/** Colours. The only module that loads chalk, and only when colours are wanted. */

export type Tint = 'plain' | 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan'

/** Wraps text that is already safe to show. */
export type Paint = (tint: Tint, text: string) => string

export async function createPaint(color: boolean): Promise<Paint> {
  if (!color) return (_, text) => text
  const { Chalk } = await import('chalk')
  // Whether to colour was decided by streams.ts; level 1 is the 16 colours that follow the user's palette.
  const chalk = new Chalk({ level: 1 })
  return (tint, text) => (tint === 'plain' || text === '' ? text : chalk[tint](text))
}

/** Green: in service. Yellow: on its way or held. Red: broken. Dim: at rest. */
export function stateTint(state: string): Tint {
  return tints.get(state.toLowerCase()) ?? 'plain'
}

const tints: ReadonlyMap<string, Tint> = new Map(
  (
    [
      ['green', ['active', 'online', 'attached', 'running', 'ok', 'up', 'ready', 'valid']],
      [
        'yellow',
        [
          'waiting',
          'suspended',
          'paused',
          'pending',
          'starting',
          'stopping',
          'undeployed',
          'degraded',
          'building',
          'backup',
          'snapshot',
          'resize',
        ],
      ],
      ['red', ['error', 'failed', 'crashed', 'expired', 'down']],
      ['dim', ['inactive', 'offline', 'stopped', 'detached', 'deleted']],
    ] as const
  ).flatMap(([tint, states]) => states.map((state) => [state, tint] as const)),
)

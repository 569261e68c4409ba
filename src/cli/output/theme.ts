/**
 * The only module with colours and cursor movements: no other file in src contains escape sequences
 * (test/architecture/theme.test.ts). The only module that loads chalk, and only when colours are wanted.
 */

/** The role of a text, for which `styles` has a colour or weight. */
export type Role = 'plain' | 'heading' | 'label' | 'name' | 'secondary' | 'error' | StateRole

type StateRole = 'in-service' | 'in-transition' | 'failed' | 'at-rest'

/** Colours text, which must already be sanitized. */
export type Paint = (role: Role, text: string) => string

const styles = {
  heading: 'bold',
  label: 'dim',
  name: 'bold',
  secondary: 'dim',
  error: 'red',
  'in-service': 'green',
  'in-transition': 'yellow',
  failed: 'red',
  'at-rest': 'dim',
} as const satisfies Readonly<Record<Exclude<Role, 'plain'>, string>>

export const spinnerColor = 'cyan'

const unpainted: Paint = (_, text) => text

export async function createPaint(color: boolean): Promise<Paint> {
  if (!color) return unpainted
  const { Chalk } = await import('chalk')
  // streams.ts decides whether to use colours. Level 1 uses the 16 colours of the terminal's palette.
  const chalk = new Chalk({ level: 1 })
  return (role, text) => (role === 'plain' || text === '' ? text : chalk[styles[role]](text))
}

export function stateRole(state: string): Role {
  return stateRoles.get(state.toLowerCase()) ?? 'plain'
}

const states: Readonly<Record<StateRole, readonly string[]>> = {
  'in-service': ['active', 'online', 'attached', 'running', 'ok', 'up', 'ready', 'valid'],
  'in-transition': [
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
  failed: ['error', 'failed', 'crashed', 'expired', 'down'],
  'at-rest': ['inactive', 'offline', 'stopped', 'detached', 'deleted'],
}

const stateRoles: ReadonlyMap<string, Role> = new Map(
  Object.entries(states).flatMap(([role, names]) => names.map((name) => [name, role as StateRole])),
)

/** Replaces the `linesDrawn` lines above the cursor by `lines`, without flicker. */
export function redrawLines(linesDrawn: number, lines: readonly string[]): string {
  const up = linesDrawn === 0 ? '' : `\x1b[${linesDrawn}A\r`
  return `${up}${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`
}

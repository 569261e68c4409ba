/** The supported shells. A new one is one file and one line here. */
import type { Tree } from '../tree.js'
import { bashCompletion } from './bash.js'
import { fishCompletion } from './fish.js'
import { type CompletionPlan, completionPlan } from './plan.js'
import { zshCompletion } from './zsh.js'

export type Shell = 'bash' | 'zsh' | 'fish'

interface Served {
  readonly shell: Shell
  /** The file name under which the shell finds the script. */
  readonly file: string
  readonly script: (plan: CompletionPlan) => string
}

export const shells: readonly Served[] = [
  { shell: 'bash', file: 'occi.bash', script: bashCompletion },
  { shell: 'zsh', file: '_occi', script: zshCompletion },
  { shell: 'fish', file: 'occi.fish', script: fishCompletion },
]

export function completionScript(tree: Tree, shell: Shell): string {
  const served = shells.find((each) => each.shell === shell)
  return served === undefined ? '' : served.script(completionPlan(tree))
}

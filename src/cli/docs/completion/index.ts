/** The shells for which completion scripts are generated. To add one, add a file and a line here. */
import type { Documentation } from '../tree.js'
import { bashCompletion } from './bash.js'
import { fishCompletion } from './fish.js'
import { type CompletionPlan, completionPlan } from './plan.js'
import { zshCompletion } from './zsh.js'

type Shell = 'bash' | 'zsh' | 'fish'

interface ShellSupport {
  readonly shell: Shell
  /** The file name under which the shell finds the script. */
  readonly file: string
  readonly script: (plan: CompletionPlan) => string
}

export const shells: readonly ShellSupport[] = [
  { shell: 'bash', file: 'occi.bash', script: bashCompletion },
  { shell: 'zsh', file: '_occi', script: zshCompletion },
  { shell: 'fish', file: 'occi.fish', script: fishCompletion },
]

export function completionScript(tree: Documentation, shell: Shell): string {
  const support = shells.find((each) => each.shell === shell)
  return support === undefined ? '' : support.script(completionPlan(tree))
}

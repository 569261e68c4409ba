import { join } from 'node:path'

/** The state file of the practice cloud behind `sandbox:`. */
export function sandboxState(stateFolder: string): string {
  return join(stateFolder, 'sandbox.state')
}

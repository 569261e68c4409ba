import type { Check } from './check.js'
import { ok, warning } from './check.js'

/** The versions of occi and Node, and another `occi` that the shell would run instead. */
export const program: Check = {
  name: 'program',
  progress: 'Checking the program',
  async run({ probe, context }) {
    const findings = [ok(`occi ${context.runtime.version} on Node ${probe.node.replace(/^v/, '')}`)]
    const [first] = await probe.programs('occi')
    const runningProgram = probe.program
    if (first !== undefined && first !== runningProgram) {
      findings.push(
        warning(
          `another occi comes first on the PATH: ${first}`,
          `This one is ${runningProgram}. Run it by its path, or change the order of the PATH.`,
        ),
      )
    }
    return findings
  },
}

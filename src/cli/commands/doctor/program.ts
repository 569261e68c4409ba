import type { Check } from './check.js'
import { ok, warning } from './check.js'

/** Node's version, and another `occi` that the shell finds first. */
export const program: Check = {
  name: 'program',
  doing: 'Looking at the program',
  async run({ probe, context }) {
    const findings = [ok(`occi ${context.runtime.version} on Node ${probe.node.replace(/^v/, '')}`)]
    const [first] = await probe.programs('occi')
    const own = probe.program
    if (first !== undefined && first !== own) {
      findings.push(
        warning(
          `another occi comes first on the PATH: ${first}`,
          `This one is ${own}. Run it by its path, or change the order of PATH.`,
        ),
      )
    }
    return findings
  },
}

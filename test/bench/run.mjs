/**
 * npm run bench [-- --smoke] [-- --executable FILE] [-- NAME…]
 * Runs the benchmarks, or those named. Most figures are ratios of interleaved runs of the npm package and of something
 * comparable. --smoke runs one round of each, to find broken benchmarks, and checks no targets. With --executable, a
 * file built by .ci/executable.mjs is compared with the npm package.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './cases/index.mjs'
import { packedProgram } from './program.mjs'
import { missed } from './report.mjs'

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, executable: { type: 'string' } },
})
const { smoke } = values
const executable = values.executable === undefined ? undefined : resolve(values.executable)
const program = packedProgram()
try {
  for (const [name, run] of Object.entries(cases)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    process.stdout.write(`\n# ${name}\n`)
    await run({ program, rounds: smoke ? 1 : 15, smoke, executable })
  }
} finally {
  program.remove()
}
if (!smoke) {
  const rows = missed()
  process.stdout.write(
    rows.length === 0
      ? '\nEvery target was reached.\n'
      : `\nMissed: ${rows.map((row) => row.what).join('; ')}\n`,
  )
}

/**
 * npm run bench [-- --smoke] [-- NAME…]
 * Each figure is a ratio to its comparison, from interleaved runs of the packed program. The smoke run
 * makes one round of each so that a broken benchmark is found; it judges nothing.
 */
import { cases } from './cases/index.mjs'
import { packedProgram } from './program.mjs'
import { missed } from './report.mjs'

const args = process.argv.slice(2)
const smoke = args.includes('--smoke')
const wanted = args.filter((word) => !word.startsWith('--'))
const program = packedProgram()
try {
  for (const [name, run] of Object.entries(cases)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    process.stdout.write(`\n# ${name}\n`)
    await run({ program, rounds: smoke ? 1 : 15, smoke })
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

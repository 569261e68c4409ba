/** `occi doctor`: what works between this machine and the provider, and what to do about the rest. */

import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { sanitize } from '../../output/index.js'
import { createPaint, type Paint } from '../../output/theme.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'
import { elsewhere } from '../context/context-settings.js'
import type { Check, Examination, Finding, Verdict } from './check.js'

export const doctor: CommandDeclaration = {
  path: ['doctor'],
  summary: 'Check everything between this machine and the provider, and say what to do',
  description:
    'Looks at the program, its files and settings, proxies, the name and addresses of the server, its certificate, the login, the query interface in each rendering, the clock, the model, the quirks in force, and reads each collection. At most twelve requests are sent besides the login, and nothing is changed at the provider. Each line is ✓ (fine), ! (works, but look at it) or ✗ (does not work), with one remedy. Ends with 1 where there is a ✗.',
  arguments: [
    {
      name: 'CONTEXT',
      description: 'contexts to check, one after the other; the one in force when left out',
      required: false,
      variadic: true,
      completion: { of: 'context' },
    },
  ],
  options: [],
  examples: [
    { say: 'The provider in force', command: 'occi doctor' },
    { say: 'Two contexts', command: 'occi doctor cesnet ifca' },
    {
      say: 'What is wrong, for a script',
      command: 'occi doctor -o json --query "[?verdict==\'failed\'].seen"',
    },
  ],
  run: (context) => examine(context),
}

async function examine(context: CommandContext): Promise<Output | undefined> {
  const names = context.words('CONTEXT')
  const places = names.length === 0 ? [undefined] : names
  const { out } = context.streams
  const asText = out.terminal && context.settings.get('output') === undefined
  const paint = await createPaint(out.color)
  const records: OutputRecord[] = []
  let bad = 0
  for (const name of places) {
    if (asText && name !== undefined) await out.write(`${paint('heading', sanitize(name))}\n`)
    const there = name === undefined ? context : await elsewhere(context, { context: name })
    for await (const { check, finding } of found(there)) {
      if (finding.verdict === 'failed') bad += 1
      if (asText) await out.write(line(check, finding, context.options.isSet('verbose'), paint))
      records.push(recordOf(check, finding, name))
    }
  }
  if (bad > 0) context.ended(1)
  context.say(bad === 0 ? 'No fault was found.' : `${bad} ${bad === 1 ? 'fault' : 'faults'} found.`)
  if (asText) return undefined
  return { shape: 'list', records, columns: names.length === 0 ? columns : [contextColumn, ...columns] }
}

async function* found(
  context: CommandContext,
): AsyncGenerator<{ readonly check: Check; readonly finding: Finding }> {
  const { checks } = await import('./checks.js')
  const examination: Examination = { context, probe: await context.runtime.probe() }
  try {
    for (const check of checks) {
      context.progress.show(check.doing)
      const findings = await check.run(examination)
      context.signal.throwIfAborted()
      await context.progress.stop()
      for (const finding of findings) yield { check, finding }
    }
  } finally {
    await examination.login?.close()
  }
}

const marks: Readonly<Record<Verdict, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '-' }
const roles = { ok: 'in-service', warning: 'in-transition', failed: 'failed', skipped: 'secondary' } as const

function line(check: Check, finding: Finding, verbose: boolean, paint: Paint): string {
  const { verdict, seen, remedy, details = [] } = finding
  const lines = [`${paint(roles[verdict], marks[verdict])} ${check.name.padEnd(11)} ${sanitize(seen)}`]
  if (remedy !== undefined) lines.push(`  ${' '.repeat(11)} → ${sanitize(remedy)}`)
  if (verbose || verdict === 'failed') {
    lines.push(...details.map((each) => paint('secondary', `  ${' '.repeat(11)}   ${sanitize(each)}`)))
  }
  return `${lines.join('\n')}\n`
}

function recordOf(check: Check, finding: Finding, name: string | undefined): OutputRecord {
  const { verdict, seen, remedy, details = [] } = finding
  return {
    data: {
      ...(name === undefined ? {} : { context: name }),
      check: check.name,
      verdict,
      mark: marks[verdict],
      seen,
      remedy: remedy ?? null,
      details,
    },
  }
}

const contextColumn: Column = { key: 'context', heading: 'CONTEXT', value: 'context', style: 'name' }

const columns: readonly Column[] = [
  { key: 'mark', heading: ' ', value: 'mark' },
  { key: 'check', heading: 'CHECK', value: 'check' },
  { key: 'seen', heading: 'SEEN', value: 'seen' },
  { key: 'remedy', heading: 'REMEDY', value: 'remedy' },
]

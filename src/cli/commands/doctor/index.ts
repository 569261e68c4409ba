/** `occi doctor`: what works between this machine and the provider, and what to do about the rest. */

import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { sanitize } from '../../output/index.js'
import { createPaint, type Paint } from '../../output/theme.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'
import { wrap } from '../../output/width.js'
import { contextFor } from '../context/context-settings.js'
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
    { title: 'The provider in force', command: 'occi doctor' },
    { title: 'Two contexts', command: 'occi doctor cesnet ifca' },
    {
      title: 'What is wrong, for a script',
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
    const there = name === undefined ? context : await contextFor(context, { context: name })
    for await (const { check, finding } of found(there)) {
      if (finding.verdict === 'failed') bad += 1
      if (asText) {
        const verbose = context.options.isSet('verbose')
        await out.write(lines(check, finding, { verbose, paint, width: out.width ?? defaultWidth }))
      }
      records.push(recordOf(check, finding, name))
    }
  }
  if (bad > 0) context.endWithStatus(1)
  context.inform(bad === 0 ? 'No fault was found.' : `${bad} ${bad === 1 ? 'fault' : 'faults'} found.`)
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

/** The width of a terminal that does not report it, in columns. */
const defaultWidth = 80
/** Columns in front of what was seen. */
const margin = 14

interface Look {
  readonly verbose: boolean
  readonly paint: Paint
  readonly width: number
}

function lines(check: Check, finding: Finding, { verbose, paint, width }: Look): string {
  const { verdict, seen, remedy, details = [] } = finding
  const room = Math.max(width - margin, 20)
  const indented = (text: string, first: string) =>
    wrap(sanitize(text), room - first.length).map((part, index) =>
      index === 0 ? `${first}${part}` : `${' '.repeat(first.length)}${part}`,
    )
  const [head = '', ...more] = indented(seen, '')
  const below = [
    ...more,
    ...(remedy === undefined ? [] : indented(remedy, '→ ')),
    ...(verbose || verdict === 'failed'
      ? details.flatMap((each) => indented(each, '  ').map((part) => paint('secondary', part)))
      : []),
  ]
  const start = `${paint(roles[verdict], marks[verdict])} ${check.name.padEnd(margin - 2)}`
  return [`${start}${head}`, ...below.map((part) => `${' '.repeat(margin)}${part}`)]
    .map((each) => `${each}\n`)
    .join('')
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

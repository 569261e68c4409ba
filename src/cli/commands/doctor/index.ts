/** `occi doctor`: checks everything between this machine and the provider, and prints remedies. */

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
  summary: 'Check everything between this machine and the provider, and suggest remedies',
  description:
    'Checks the program, its files and settings, proxies, the name and addresses of the server, its certificate, the login, the query interface in each rendering, the clock, the model and the active quirks, and reads some collections. At most twelve requests are sent besides the login, and nothing is changed at the provider. Each result begins with ✓ (correct), ! (works, but with a problem), ✗ (does not work) or - (not checked); a remedy follows below it. The exit status is 1 if there is a ✗.',
  arguments: [
    {
      name: 'CONTEXT',
      description: 'contexts to check, one after the other; default: the one in use',
      required: false,
      variadic: true,
      completion: { of: 'context' },
    },
  ],
  options: [],
  examples: [
    { title: 'Check the provider in use', command: 'occi doctor' },
    { title: 'Check two contexts', command: 'occi doctor cesnet ifca' },
    {
      title: 'Print what failed, for a script',
      command: 'occi doctor -o json --query "[?verdict==\'failed\'].seen"',
    },
  ],
  run: (context) => examine(context),
}

async function examine(context: CommandContext): Promise<Output | undefined> {
  const names = context.words('CONTEXT')
  const { out } = context.streams
  const printsText = out.terminal && context.settings.get('output') === undefined
  const paint = await createPaint(out.color)
  const records: OutputRecord[] = []
  let faultCount = 0
  for (const name of names.length === 0 ? [undefined] : names) {
    if (printsText && name !== undefined) await out.write(`${paint('heading', sanitize(name))}\n`)
    const examined = name === undefined ? context : await contextFor(context, { context: name })
    for await (const { check, finding } of runChecks(examined)) {
      if (finding.verdict === 'failed') faultCount += 1
      if (printsText) {
        const verbose = context.options.isSet('verbose')
        await out.write(findingText(check, finding, { verbose, paint, width: out.width ?? defaultWidth }))
      }
      records.push(recordOf(check, finding, name))
    }
  }
  if (faultCount > 0) context.endWithStatus(1)
  context.inform(
    faultCount === 0
      ? 'No fault was found.'
      : `${faultCount} ${faultCount === 1 ? 'fault' : 'faults'} found.`,
  )
  if (printsText) return undefined
  return { shape: 'list', records, columns: names.length === 0 ? columns : [contextColumn, ...columns] }
}

/** Runs the checks one after the other, and yields each finding. */
async function* runChecks(
  context: CommandContext,
): AsyncGenerator<{ readonly check: Check; readonly finding: Finding }> {
  const { checks } = await import('./checks.js')
  const examination: Examination = { context, probe: await context.runtime.probe() }
  try {
    for (const check of checks) {
      context.progress.show(check.progress)
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

/** Columns of a terminal that does not report its width. */
const defaultWidth = 80
/** Columns for the mark and the name of the check. */
const labelWidth = 14

interface TextStyle {
  /** Whether to print the details of findings that did not fail. */
  readonly verbose: boolean
  readonly paint: Paint
  readonly width: number
}

/** A finding as lines: mark and name, then the observation with the remedy and the details below it. */
function findingText(check: Check, finding: Finding, { verbose, paint, width }: TextStyle): string {
  const { verdict, observation, remedy, details = [] } = finding
  const textWidth = Math.max(width - labelWidth, 20)
  const indented = (text: string, prefix: string) =>
    wrap(sanitize(text), textWidth - prefix.length).map((line, index) =>
      index === 0 ? `${prefix}${line}` : `${' '.repeat(prefix.length)}${line}`,
    )
  const lines = [
    ...indented(observation, ''),
    ...(remedy === undefined ? [] : indented(remedy, '→ ')),
    ...(verbose || verdict === 'failed'
      ? details.flatMap((detail) => indented(detail, '  ').map((line) => paint('secondary', line)))
      : []),
  ]
  const label = `${paint(roles[verdict], marks[verdict])} ${check.name.padEnd(labelWidth - 2)}`
  return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(labelWidth)}${line}\n`).join('')
}

function recordOf(check: Check, finding: Finding, name: string | undefined): OutputRecord {
  const { verdict, observation, remedy, details = [] } = finding
  return {
    data: {
      ...(name === undefined ? {} : { context: name }),
      check: check.name,
      verdict,
      mark: marks[verdict],
      seen: observation,
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

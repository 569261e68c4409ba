/** `occi history`: lists the recorded requests that changed something. */
import { formatDuration } from '../../basics/amounts.js'
import { openJournal } from '../../config/index.js'
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import type { Invocation } from '../context.js'
import type { Column } from '../output/types.js'

export const history: CommandDeclaration = {
  path: ['history'],
  summary: 'Show the requests that changed something, newest last',
  description:
    'Each request that may change something is recorded before it is sent, without its content and secrets. Its outcome is added afterwards: "done", "refused" (by the provider), "not-sent", or "unknown" (no answer, an error of the provider, or the program was killed). The record stays on this machine, in a file that only you can read, and holds the last few thousand requests.',
  arguments: [],
  options: [
    {
      name: 'limit',
      value: 'N',
      description: 'show the last N requests; 0 shows all',
      default: '50',
      env: 'none',
    },
    {
      name: 'outcome',
      value: 'OUTCOME',
      description: 'show only requests with this outcome',
      choices: ['done', 'refused', 'not-sent', 'unknown'],
      env: 'none',
    },
  ],
  examples: [
    { title: 'The last ten requests', command: 'occi history --limit 10' },
    {
      title: 'Requests that may or may not have been carried out',
      command: 'occi history --outcome unknown',
    },
    {
      title: 'Everything that was created, as a list of URLs',
      command: 'occi history --limit 0 --query "[?status==\'201\' || location].location" -o json',
    },
  ],
  contextless: true,
  run: async (context) => {
    const limit = limitOf(context)
    const outcome = context.options.text('outcome')
    const entries = await openJournal(context.runtime.folders.state).read()
    const selected = outcome === undefined ? entries : entries.filter((entry) => entry.outcome === outcome)
    return {
      shape: 'list',
      records: (limit === 0 ? selected : selected.slice(-limit)).map((entry) => ({
        data: { ...entry, time: timeText(entry.time) },
        name: entry.location ?? entry.url,
        id: entry.requestId ?? '',
        url: entry.location ?? entry.url,
      })),
      columns: columnsAt(context.clock.now()),
      empty:
        outcome === undefined
          ? 'Nothing was changed yet.\nNext: occi compute create --help'
          : `No request has the outcome "${outcome}".`,
    }
  },
}

const columnsAt = (now: number): readonly Column[] => [
  {
    key: 'time',
    heading: 'TIME',
    value: 'time',
    display: (time) => ageText(now - Date.parse(String(time))),
    style: 'secondary',
  },
  {
    key: 'command',
    heading: 'COMMAND',
    value: 'command',
    display: (command, { data }) => [command, ...wordsIn(data['names'])].join(' '),
  },
  { key: 'context', heading: 'CONTEXT', value: 'context', wide: true },
  { key: 'outcome', heading: 'OUTCOME', value: 'outcome' },
  { key: 'status', heading: 'STATUS', value: 'status' },
  { key: 'method', heading: 'METHOD', value: 'method' },
  { key: 'url', heading: 'URL', value: 'url', style: 'name' },
  { key: 'location', heading: 'CREATED', value: 'location', wide: true },
  { key: 'requestId', heading: 'REQUEST ID', value: 'requestId', wide: true },
  { key: 'error', heading: 'ERROR', value: 'error', wide: true },
]

/** The names in an entry. A damaged line may contain anything. */
function wordsIn(names: unknown): readonly string[] {
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
}

/** The time since an event, in milliseconds, as text. It is negative if the clock was set back. */
function ageText(milliseconds: number): string {
  return milliseconds < 10_000 ? 'just now' : `${formatDuration(milliseconds)} ago`
}

/** The time in ISO 8601; null for an invalid number, which a damaged line may contain. */
function timeText(time: number): string | null {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function limitOf(context: Invocation): number {
  const text = context.options.text('limit') ?? '50'
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`--limit cannot be "${text}"`, {
    hint: 'Give a whole number; 0 shows all.',
    at: '--limit',
  })
}

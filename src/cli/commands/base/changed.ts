/** What verbs that change something print. */
import type { CommandContext } from '../../context.js'
import { findFormat } from '../../output/index.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { changedColumns } from '../../records/columns.js'

/**
 * One short name per thing unless a format was asked for. On a terminal the sentence on standard error says
 * it already, so nothing is printed twice.
 */
export function changed(
  context: CommandContext,
  records: readonly OutputRecord[],
  single: boolean,
): Output | undefined {
  const { streams, settings, options } = context
  const chosen = settings.get('output') !== undefined || formsOutput(context)
  if (!chosen && streams.out.terminal && streams.err.terminal && !options.on('quiet')) return undefined
  return {
    shape: single ? 'one' : 'lines',
    records,
    columns: changedColumns,
    pipeFormat: 'name',
    terminalFormat: 'name',
  }
}

/** Whether the output needs more than a name or URL, so that a description is worth a request. */
export function wantsData(context: CommandContext): boolean {
  if (formsOutput(context)) return true
  const format = context.settings.get('output')
  if (format === undefined) return context.streams.out.terminal
  const found = findFormat(format)
  return found.prints !== 'member' || found.name === 'ip'
}

/** Columns, order or expressions were asked for. */
export function formsOutput({ options }: CommandContext): boolean {
  return ['columns', 'sort', 'query', 'template'].some((name) => options.text(name) !== undefined)
}

/** A word for a shell, quoted only where it must be. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

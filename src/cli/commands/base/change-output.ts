/** The output of commands that change something. */
import type { Entity, TypeId } from '../../../model/index.js'
import type { Dialogue, Invocation, Printing, Reports } from '../../context.js'
import { findFormat } from '../../output/index.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'
import { changedColumns } from '../../records/columns.js'
import { entityRecord } from '../../records/entity.js'

/**
 * The output of a change: one line per entity with its id or path, unless a format was requested. Undefined on a
 * terminal, where the message on standard error names the entity.
 */
export function changeOutput(
  context: Invocation & Dialogue,
  records: readonly OutputRecord[],
  { single }: { readonly single: boolean },
): Output | undefined {
  const { streams, settings, options } = context
  const isFormatChosen = settings.get('output') !== undefined || hasOutputOptions(context)
  if (!isFormatChosen && streams.out.terminal && streams.err.terminal && !options.isSet('quiet'))
    return undefined
  return {
    shape: single ? 'one' : 'lines',
    records,
    columns: changedColumns,
    pipeFormat: 'id',
    terminalFormat: 'id',
  }
}

/** The record as the output if a format was requested; otherwise undefined, so that nothing is printed. */
export function outputIfRequested(context: Invocation, record: OutputRecord): Output | undefined {
  if (context.settings.get('output') === undefined && !hasOutputOptions(context)) return undefined
  const columns = Object.keys(record.data).map((key) => ({ key, heading: key.toUpperCase(), value: key }))
  return { shape: 'one', records: [record], columns }
}

/**
 * Reports each message, or only the summary if there are too many entities. `entityCount` is needed only if an entity
 * may have several messages.
 */
export function informEach(
  context: Reports,
  messages: readonly string[],
  summary: string,
  entityCount = messages.length,
): void {
  if (entityCount > maxEntities) context.inform(summary)
  else for (const message of messages) context.inform(message)
}

/** The number of entities above which only the summary is printed. */
const maxEntities = 10

/** Checks --columns and --sort before a change is sent. Throws UsageError for columns that the output will not have. */
export function checkColumns(context: Printing, columns: readonly Column[] = changedColumns): Promise<void> {
  const { data } = entityRecord(emptyEntity)
  return context.checkNames(columns, {
    data: { ...data, source: null, target: null, deleted: null, changes: null },
  })
}

/** An empty entity, used only for the names of the members of its record. */
const emptyEntity: Entity = {
  type: 'resource',
  kind: 'http://schemas.ogf.org/occi/core#entity' as TypeId,
  mixins: [],
  attributes: new Map(),
  actions: [],
  links: [],
}

/** Whether the output shows more than a name or URL, so that the entity must be read. */
export function needsData(context: Invocation & Dialogue): boolean {
  if (hasOutputOptions(context)) return true
  const format = context.settings.get('output')
  if (format === undefined) return context.streams.out.terminal
  // Formats that print only one member (id, url) need no data, except ip.
  const { prints, name } = findFormat(format)
  return prints !== 'member' || name === 'ip'
}

/** Like needsData, for verbs that print nothing on a terminal unless a format is requested. */
export function printsData(context: Invocation & Dialogue): boolean {
  return (context.settings.get('output') !== undefined || hasOutputOptions(context)) && needsData(context)
}

/** Whether a table is printed, by the user's choice or by default on a terminal. */
export function showsTable(context: Invocation & Dialogue): boolean {
  const format = context.settings.get('output')
  if (format === undefined) return context.streams.out.terminal && context.options.text('query') === undefined
  return ['table', 'wide'].includes(findFormat(format).name)
}

/** Whether --columns, --sort, --query or --template was given. */
export function hasOutputOptions({ options }: Invocation): boolean {
  return ['columns', 'sort', 'query', 'template'].some((name) => options.text(name) !== undefined)
}

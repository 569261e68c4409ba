/**
 * Formats that print entities and categories in OCCI's own renderings, for other OCCI tools and as examples of
 * the wire format.
 */
import { UsageError } from '../../../errors/errors.js'
import type { Category, Entity } from '../../../model/index.js'
import type { Message, Printable, RenderingName } from '../../../rendering/index.js'
import { collect } from '../records.js'
import { sanitizeLines } from '../sanitize.js'
import type { OutputFormat, OutputRecord, Sheet } from '../types.js'

export const textPlainFormat: OutputFormat = {
  ...renderingFormat('text/plain', ['text'], 'text/plain', 'the OCCI text rendering'),
  needs: 'locations',
}
export const textOcciFormat: OutputFormat = {
  ...renderingFormat('text/occi', [], 'text/occi', 'the OCCI header rendering, one header per line'),
  needs: 'locations',
}
export const occiJsonFormat = renderingFormat(
  'occi+json',
  ['application/occi+json'],
  'json',
  'the OCCI 1.2 JSON rendering',
)

function renderingFormat(
  name: string,
  aliases: readonly string[],
  rendering: RenderingName,
  description: string,
): OutputFormat {
  return {
    name,
    aliases,
    description,
    prints: 'entity',
    async *format(sheet, view) {
      const { renderings } = await import('../../../rendering/index.js')
      const records = await collect(sheet.records)
      const printable = toPrintable(records, sheet, name)
      if (printable === undefined) return
      const message = messageText(renderings[rendering].print(printable, describer(records)))
      // A pipe gets the exact text of the rendering. On a terminal, control characters are escaped.
      const text = (view.terminal ? sanitizeLines(message) : message).trimEnd()
      if (text !== '') yield `${text}\n`
    },
  }
}

/** The records in the form that renderings print. Throws UsageError, naming the format `name`, for other records. */
function toPrintable(records: readonly OutputRecord[], sheet: Sheet, name: string): Printable | undefined {
  const entities = records.flatMap(({ entity }) => (entity === undefined ? [] : [entity]))
  const categories = records.flatMap(({ category }) => (category === undefined ? [] : [category]))
  if (categories.length > 0) return { what: 'model', categories }
  if (records.length > 0 && entities.length === records.length) return printableEntities(entities, sheet)
  const locations = records.flatMap(({ url }) => (url === undefined ? [] : [url]))
  if (locations.length < records.length) {
    throw new UsageError(`The output of this command cannot be printed in an OCCI rendering`, {
      at: '--output',
      hint: `Use -o json instead of -o ${name}.`,
    })
  }
  return sheet.shape === 'one' && records.length === 0 ? undefined : { what: 'locations', locations }
}

function printableEntities(entities: readonly Entity[], sheet: Sheet): Printable {
  const [first] = entities
  return sheet.shape === 'one' && first !== undefined && entities.length === 1
    ? { what: 'entity', entity: first }
    : { what: 'collection', entities }
}

/** Gives the rendering the definitions of the categories among the records. */
function describer(records: readonly OutputRecord[]) {
  const categories = new Map<string, Category>()
  for (const { category } of records) if (category !== undefined) categories.set(category.id, category)
  return { describe: (id: string) => categories.get(id) }
}

function messageText({ headers, body }: Message): string {
  return body !== '' ? body : headers.map(([name, value]) => `${name}: ${value}`).join('\n')
}

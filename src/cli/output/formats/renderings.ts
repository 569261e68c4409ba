/**
 * Prints entities and categories in OCCI's own renderings, for other OCCI tools and to show the wire format.
 */
import { UsageError } from '../../../errors/errors.js'
import type { Category, Entity } from '../../../model/index.js'
import type { Message, Printable, RenderingName } from '../../../rendering/index.js'
import { collect } from '../records.js'
import { sanitizeLines } from '../sanitize.js'
import type { OutputFormat, OutputRecord, Sheet } from '../types.js'

export const textPlainFormat: OutputFormat = {
  ...rendered('text/plain', ['text'], 'text/plain', 'the text rendering of OCCI'),
  needs: 'locations',
}
export const textOcciFormat: OutputFormat = {
  ...rendered('text/occi', [], 'text/occi', 'the header rendering of OCCI, a header a line'),
  needs: 'locations',
}
export const occiJsonFormat = rendered(
  'occi+json',
  ['application/occi+json'],
  'json',
  'the JSON rendering of OCCI 1.2',
)

function rendered(
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
      const what = printable(records, sheet, name)
      if (what === undefined) return
      const text = textOf(renderings[rendering].print(what, describer(records)))
      // Programs get the exact bytes of the rendering; for a terminal control characters are escaped.
      const shown = (view.terminal ? sanitizeLines(text) : text).trimEnd()
      if (shown !== '') yield `${shown}\n`
    },
  }
}

function printable(records: readonly OutputRecord[], sheet: Sheet, name: string): Printable | undefined {
  const entities = records.flatMap(({ entity }) => (entity === undefined ? [] : [entity]))
  const categories = records.flatMap(({ category }) => (category === undefined ? [] : [category]))
  if (categories.length > 0) return { what: 'model', categories }
  if (records.length > 0 && entities.length === records.length) return entitiesOf(entities, sheet)
  const locations = records.flatMap(({ url }) => (url === undefined ? [] : [url]))
  if (locations.length < records.length) {
    throw new UsageError(`There is no OCCI rendering of what this command prints`, {
      at: '--output',
      hint: `Use -o json in place of -o ${name}.`,
    })
  }
  return sheet.shape === 'one' && records.length === 0 ? undefined : { what: 'locations', locations }
}

function entitiesOf(entities: readonly Entity[], sheet: Sheet): Printable {
  const [first] = entities
  return sheet.shape === 'one' && first !== undefined && entities.length === 1
    ? { what: 'entity', entity: first }
    : { what: 'collection', entities }
}

function describer(records: readonly OutputRecord[]) {
  const known = new Map<string, Category>()
  for (const { category } of records) if (category !== undefined) known.set(category.id, category)
  return { describe: (id: string) => known.get(id) }
}

function textOf({ headers, body }: Message): string {
  return body !== '' ? body : headers.map(([name, value]) => `${name}: ${value}`).join('\n')
}

/** The plain output of --dump-model: a section for each class of categories, in the text rendering's notation. */
import type { RocciCategory } from '../record.js'

const rule = '#'.repeat(79)
const core = 'http://schemas.ogf.org/occi/core#'

export function dumpModel(categories: readonly RocciCategory[]): string {
  const linesOfClass = (name: RocciCategory['class']) =>
    categories.filter((category) => category.class === name).map(categoryLine)
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['kinds', linesOfClass('kind')],
    ['mixins', linesOfClass('mixin')],
    ['actions', linesOfClass('action')],
    ['resources', []],
    ['links', []],
  ]
  return sections.map(([name, lines]) => sectionText(name, lines)).join('')
}

function sectionText(name: string, lines: readonly string[]): string {
  return `${rule}\nDumping "@${name}":\n${lines.map((text) => `\n${text}\n`).join('')}${rule}\n`
}

function categoryLine(category: RocciCategory): string {
  const parts = [
    category.term,
    `scheme="${category.scheme}"`,
    `class="${category.class}"`,
    ...(category.title === undefined ? [] : [`title="${category.title.replace(/["\\]/g, '\\$&')}"`]),
  ]
  if (category.related.length > 0) parts.push(`rel="${category.related.join(' ')}"`)
  if (category.location !== undefined) parts.push(`location="${category.location}"`)
  const definitions = category.class === 'action' ? [] : category.attributes
  const attributes = definitions.map((definition) => {
    // rOCCI showed properties of its built-in kinds only.
    const properties = [
      ...(definition.mutable ? [] : ['immutable']),
      ...(definition.required ? ['required'] : []),
    ]
    return category.scheme === core && properties.length > 0
      ? `${definition.name}{${properties.join(' ')}}`
      : definition.name
  })
  if (attributes.length > 0) parts.push(`attributes="${attributes.join(' ')}"`)
  if (category.actions.length > 0) parts.push(`actions="${category.actions.join(' ')}"`)
  return parts.join(';')
}

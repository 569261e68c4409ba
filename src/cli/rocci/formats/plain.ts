/** rOCCI's plain output, byte for byte: scripts parse its `key = value` and `>> location:` lines. */
import type { AttributeDefinition } from '../../../model/index.js'
import type { RocciCategory, RocciEntity, RocciMixin, RocciRecord, RocciScalar } from '../record.js'

/** 79 characters: rOCCI used the width of the terminal minus one, with a default of 80. */
const rule = '#'.repeat(79)

/** Prints records with a rule before and after each; an empty text for no records. */
export function plainRecords(records: readonly RocciRecord[]): string {
  if (records.length === 0) return ''
  return [rule, ...records.map((record) => `${recordText(record)}${rule}`)].join('\n')
}

function recordText(record: RocciRecord): string {
  if (record.type === 'entity') return entityText(record.entity)
  return record.category.class === 'kind' ? kindText(record.category) : mixinText(record.category, '')
}

function entityText(entity: RocciEntity): string {
  const links = entity.links
  return [
    instanceText(entity, ''),
    links === undefined ? '' : `\nLinks:\n${links.map((link) => `\n${instanceText(link, '    ')}`).join('')}`,
    `\nMixins:\n${entity.mixins.map((each) => `\n${mixinText(each, '    ')}`).join('')}`,
    `\nActions:\n${entity.actions.map((id) => `\n    [[ ${id} ]]\n`).join('')}`,
  ].join('')
}

function instanceText(entity: RocciEntity, indent: string): string {
  const lines = [
    `[[ ${entity.kind} ]]`,
    `>> location: ${entity.location}`,
    ...entity.attributes.map(([name, value]) => `${name} = ${scalarText(value)}`),
  ]
  return lines.map((line) => `${indent}${line}\n`).join('')
}

function mixinText(category: RocciMixin, indent: string): string {
  const lines = [
    `[[ ${category.id} ]]`,
    `title:        ${category.title ?? ''}`,
    `term:         ${category.term}`,
    `location:     ${category.location ?? ''}`,
  ]
  return lines.map((line) => `${indent}${line}\n`).join('')
}

function kindText(category: RocciCategory): string {
  return [
    `[[ ${category.id} ]]\n`,
    `>> title:      ${category.title ?? ''}\n`,
    `>> parent:     ${category.parent ?? ''}\n`,
    `>> location:   ${category.location ?? ''}\n`,
    `>> related to: ${category.related.join(', ')}\n`,
    `\nAttributes:\n${category.attributes.map((definition) => `\n${attributeText(definition)}`).join('')}`,
    `\nActions:\n${category.actions.map((id) => `\n    [[ ${id} ]]\n`).join('')}`,
  ].join('')
}

function attributeText(definition: AttributeDefinition): string {
  const rows: readonly (readonly [string, string])[] = [
    ['type', definition.type ?? 'string'],
    ['required', String(definition.required)],
    ['mutable', String(definition.mutable)],
    ['default', definition.default === undefined ? '' : String(definition.default)],
    ['description', definition.description ?? ''],
    ['pattern', definition.pattern?.form === 'regex' ? definition.pattern.source : '.*'],
  ]
  return [`[[ ${definition.name} ]]`, ...rows.map(([name, value]) => `| ${`${name}:`.padEnd(13)}${value}`)]
    .map((line) => `    ${line}\n`)
    .join('')
}

function scalarText(value: RocciScalar): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return 'number' in value ? value.number : JSON.stringify(value.json)
}

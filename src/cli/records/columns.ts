/** Columns that many commands share. */
import type { AttributeValue, Entity, Link, Model } from '../../model/index.js'
import { readableName, termOf } from '../../model/index.js'
import type { Column, OutputRecord } from '../output/types.js'

export const nameColumn: Column = { key: 'name', heading: 'NAME', value: 'name', style: 'name' }
/** The short name, which all commands accept; `occi.core.id` is often a URN of twice that length. */
export const idColumn: Column = { key: 'id', heading: 'ID', value: ({ name, data }) => name ?? data['id'] }
export const stateColumn: Column = { key: 'state', heading: 'STATE', value: 'state', style: 'state' }
export const ipsColumn: Column = { key: 'ips', heading: 'IPS', value: 'ips' }
export const urlColumn: Column = { key: 'url', heading: 'URL', value: 'url', wide: true }
export const mixinsColumn: Column = {
  key: 'mixins',
  heading: 'MIXINS',
  value: ({ entity }) => entity?.mixins.map(termOf).join(',') ?? '',
  wide: true,
}

export function attributeColumn(
  attribute: string,
  heading: string,
  more: Partial<Pick<Column, 'wide' | 'align'>> = {},
): Column {
  return {
    key: heading.toLowerCase().replaceAll(' ', '-'),
    heading,
    value: ({ entity }) => entity?.attributes.get(attribute),
    ...more,
  }
}

/** The entity's template (image, size) by its readable name. */
export function templateColumn(
  family: 'os_tpl' | 'resource_tpl',
  heading: string,
  model: Pick<Model, 'templates'>,
): Column {
  const templates = new Map<string, string>(
    model.templates(family).map((template) => [template.id, readableName(template)]),
  )
  return {
    key: heading.toLowerCase(),
    heading,
    value: ({ entity }) =>
      entity?.mixins
        .map((id) => templates.get(id))
        .filter((name) => name !== undefined)
        .join(',') ?? '',
    wide: true,
  }
}

/** Inserts the wide columns of a noun before the MIXINS column. */
export function withWide(columns: readonly Column[], wide: readonly Column[]): readonly Column[] {
  const at = columns.indexOf(mixinsColumn)
  return at < 0 ? [...columns, ...wide] : [...columns.slice(0, at), ...wide, ...columns.slice(at)]
}

/** All members of an entity, key by key: identity first, then attributes by name, then links. */
export function describeColumns(records: readonly OutputRecord[]): readonly Column[] {
  const attributes = new Set(records.flatMap(({ entity }) => [...(entity?.attributes.keys() ?? [])]))
  const links = records.some(({ entity }) => entity?.type === 'link')
  const resources = records.some(({ entity }) => entity?.type !== 'link')
  return [
    nameColumn,
    idColumn,
    { key: 'kind', heading: 'KIND', value: 'kindTerm' },
    ...(resources ? [summaryColumn] : []),
    stateColumn,
    ipsColumn,
    ...(links ? endColumns : []),
    { key: 'url', heading: 'URL', value: 'url' },
    ...[...attributes].sort().map(
      (attribute): Column => ({
        key: attribute,
        heading: attribute,
        value: ({ entity }): AttributeValue | undefined => entity?.attributes.get(attribute),
      }),
    ),
    { key: 'mixins', heading: 'MIXINS', value: 'mixins' },
    ...(resources ? [linksColumn] : []),
    actionsColumn,
  ]
}

const summaryColumn: Column = { key: 'summary', heading: 'SUMMARY', value: 'summary' }
const endColumns: readonly Column[] = [
  { key: 'source', heading: 'SOURCE', value: 'source.url' },
  { key: 'target', heading: 'TARGET', value: 'target.url' },
]
const linksColumn: Column = { key: 'links', heading: 'LINKS', value: linkLines }
const actionsColumn: Column = {
  key: 'actions',
  heading: 'ACTIONS',
  value: ({ data }) => (Array.isArray(data['actions']) ? data['actions'].join(', ') : ''),
}

/** Columns for changed entities. */
export const changedColumns: readonly Column[] = [nameColumn, idColumn, stateColumn, urlColumn]

function linkLines({ entity }: OutputRecord): readonly string[] {
  if (entity?.type !== 'resource') return []
  return entity.links.map((link) => {
    const address = link.attributes.get('occi.networkinterface.address')
    const device = link.attributes.get('occi.storagelink.deviceid')
    const detail = [address, device].filter((value) => value !== undefined).map(String)
    return `${termOf(link.kind)} ${otherEnd(entity, link)}${detail.length === 0 ? '' : ` (${detail.join(', ')})`}`
  })
}

/** Where a link leads, or where it comes from when it leads to this entity (erocci shows it at both ends, E26). */
function otherEnd({ location }: Entity, { source, target }: Link): string {
  const comesFrom = target?.location === location ? source?.location : undefined
  return comesFrom === undefined ? `→ ${target?.location ?? '?'}` : `← ${comesFrom}`
}

/** Columns that several commands share. */
import type { AttributeValue, Entity, Link, Mixin, Model } from '../../model/index.js'
import { readableName, termOf } from '../../model/index.js'
import type { Column, OutputRecord } from '../output/types.js'
import { lastSegment } from './entity.js'

export const nameColumn: Column = { key: 'name', heading: 'NAME', value: 'name', style: 'name' }
/** The short name, which all commands accept; `occi.core.id` is often a longer URN. */
export const idColumn: Column = { key: 'id', heading: 'ID', value: ({ id, data }) => id ?? data['id'] }
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
  options: Partial<Pick<Column, 'wide' | 'align'>> = {},
): Column {
  return {
    key: heading.toLowerCase().replaceAll(' ', '-'),
    heading,
    value: ({ entity }) => entity?.attributes.get(attribute),
    ...displayWithUnit(attribute),
    ...options,
  }
}

/** The units in which GFD.224 defines attributes. The client converts values that a provider gives in other units. */
const units: Readonly<Record<string, string>> = {
  'occi.compute.memory': 'GiB',
  'occi.compute.speed': 'GHz',
  'occi.compute.ephemeral_storage.size': 'GiB',
  'occi.storage.size': 'GiB',
}

function displayWithUnit(attribute: string): Pick<Column, 'display'> {
  const unit = Object.hasOwn(units, attribute) ? units[attribute] : undefined
  return unit === undefined ? {} : { display: (value) => `${String(value)} ${unit}` }
}

type Family = 'os_tpl' | 'resource_tpl'

/** A column with the readable name of the entity's template (image or size). */
export function templateColumn(family: Family, heading: string, model: Pick<Model, 'templates'>): Column {
  const namesOf = templateNamer(family, model, readableName)
  return {
    key: heading.toLowerCase(),
    heading,
    value: ({ entity }) => namesOf(entity)?.join(',') ?? '',
    wide: true,
  }
}

/** A column with the title and term of the entity's template: `Debian 12 (debian-12)`. */
function titledTemplateColumn(family: Family, heading: string, model: Pick<Model, 'templates'>): Column {
  const namesOf = templateNamer(family, model, ({ term, title }) =>
    title === undefined || title === term ? term : `${title} (${term})`,
  )
  return { key: heading.toLowerCase(), heading, value: ({ entity }) => namesOf(entity) }
}

/** Returns a function that names the templates of an entity. */
function templateNamer(family: Family, model: Pick<Model, 'templates'>, nameOf: (mixin: Mixin) => string) {
  const names = new Map<string, string>(
    model.templates(family).map((template) => [template.id, nameOf(template)]),
  )
  return (entity: Entity | undefined) => entity?.mixins.flatMap((id) => names.get(id) ?? [])
}

/** Inserts the wide columns of a noun before the MIXINS column. */
export function withWideColumns(columns: readonly Column[], wide: readonly Column[]): readonly Column[] {
  const index = columns.indexOf(mixinsColumn)
  return index < 0 ? [...columns, ...wide] : [...columns.slice(0, index), ...wide, ...columns.slice(index)]
}

/**
 * The columns of `describe`: first what all entities have, then each attribute of the records. With a model, they
 * include the image and size. Tables show the titles of linked entities.
 */
export function describeColumns(
  records: readonly OutputRecord[],
  model?: Pick<Model, 'templates'>,
): readonly Column[] {
  const attributes = new Set(records.flatMap(({ entity }) => [...(entity?.attributes.keys() ?? [])]))
  const hasLinks = records.some(({ entity }) => entity?.type === 'link')
  const hasResources = records.some(({ entity }) => entity?.type !== 'link')
  return [
    nameColumn,
    idColumn,
    { key: 'kind', heading: 'KIND', value: 'kindTerm' },
    ...(hasResources ? [summaryColumn] : []),
    stateColumn,
    ipsColumn,
    ...(model === undefined || !hasResources
      ? []
      : [
          titledTemplateColumn('os_tpl', 'IMAGE', model),
          titledTemplateColumn('resource_tpl', 'SIZE', model),
        ]),
    ...(hasLinks ? endColumns : []),
    { key: 'url', heading: 'URL', value: 'url' },
    { key: 'mixins', heading: 'MIXINS', value: 'mixins' },
    ...(hasResources ? [linksColumn] : []),
    actionsColumn,
    ...[...attributes].sort().map(
      (attribute): Column => ({
        key: attribute,
        heading: attribute,
        value: ({ entity }): AttributeValue | undefined => entity?.attributes.get(attribute),
        ...displayWithUnit(attribute),
        section: 'ATTRIBUTES',
      }),
    ),
  ]
}

const summaryColumn: Column = { key: 'summary', heading: 'SUMMARY', value: 'summary' }

const endColumns: readonly Column[] = (['source', 'target'] as const).map((key) => ({
  key,
  heading: key.toUpperCase(),
  value: `${key}.url`,
  display: (url, { entity }) => {
    const title = entity?.type === 'link' ? entity[key]?.title : undefined
    return title === undefined ? url : `${title} (${String(url)})`
  },
}))
const linksColumn: Column = {
  key: 'links',
  heading: 'LINKS',
  value: (record) => linkLines(record, { inTable: false }),
  display: (_, record) => linkLines(record, { inTable: true }),
}
const actionsColumn: Column = {
  key: 'actions',
  heading: 'ACTIONS',
  value: ({ data }) => (Array.isArray(data['actions']) ? data['actions'].join(', ') : ''),
}

/** Columns for changed entities. */
export const changedColumns: readonly Column[] = [nameColumn, idColumn, stateColumn, urlColumn]

interface LinkLineOptions {
  /** Tables show titles instead of URLs, and the id of the link. */
  readonly inTable: boolean
}

/** One line for each link of the entity: `networkinterface → public (192.0.2.1, link 9d2c)`. */
function linkLines({ entity }: OutputRecord, options: LinkLineOptions): readonly string[] {
  if (entity?.type !== 'resource') return []
  return entity.links.map((link) => {
    const address = link.attributes.get('occi.networkinterface.address')
    const device = link.attributes.get('occi.storagelink.deviceid')
    const id = options.inTable ? (lastSegment(link.location) ?? link.id) : undefined
    const details = [address, device, id && `link ${id}`].filter((value) => value !== undefined).map(String)
    const line = `${termOf(link.kind)} ${otherEnd(entity, link, options)}`
    return details.length === 0 ? line : `${line} (${details.join(', ')})`
  })
}

/**
 * An arrow and the other end of a link: its target, or its source if the link leads to this entity. erocci lists a
 * link at both ends (E26).
 */
function otherEnd({ location }: Entity, { source, target }: Link, { inTable }: LinkLineOptions): string {
  const name = (end: Link['target']) => (inTable ? end?.title : undefined) ?? end?.location ?? '?'
  return target?.location === location && source !== undefined ? `← ${name(source)}` : `→ ${name(target)}`
}

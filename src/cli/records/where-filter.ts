/** Evaluates --where conditions: their names are common fields of entities, or attributes of the model. */
import { nearestName } from '../../basics/nearest.js'
import { UsageError } from '../../errors/errors.js'
import { type Entity, type Kind, type Model, termOf } from '../../model/index.js'
import { type Comparison, matches } from '../values/comparison.js'
import { entityRecord, lastSegment } from './entity.js'

/** Returns a function that tests an entity. Throws UsageError for names that the kind does not have. */
export function matcher(
  comparisons: readonly Comparison[],
  kind: Kind,
  model: Model,
): (entity: Entity) => boolean {
  const tests = comparisons.map((comparison) => {
    const read = valueReader(comparison, kind, model)
    return (entity: Entity) => matches(comparison, read(entity))
  })
  return (entity) => tests.every((test) => test(entity))
}

type Reader = (entity: Entity) => readonly unknown[]

function valueReader({ name, text, value }: Comparison, kind: Kind, model: Model): Reader {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field !== undefined) return (entity) => field(entity, model, value)
  const kindAttributes = [...model.attributesOf(kind.id).keys()]
  const applicableMixins = model.mixins.filter((mixin) => model.applies(mixin, kind.id)).map(({ id }) => id)
  const allAttributes = [...model.attributesOf(kind.id, applicableMixins).keys()]
  const attribute = uniqueAttribute(name, kindAttributes)
  if (attribute !== undefined) return attributeReader(attribute)
  if (name === 'size') return (entity) => templateTerms(entity, model, 'resource_tpl')
  const other = uniqueAttribute(name, allAttributes)
  if (other !== undefined) return attributeReader(other)
  // Entities may have attributes that are not in the model.
  if (name.includes('.')) return attributeReader(name)
  const short = allAttributes.map((attributeName) => attributeName.slice(attributeName.lastIndexOf('.') + 1))
  const near = nearestName(name, [...Object.keys(fields), ...short])
  throw new UsageError(`--where "${text}": a ${kind.term} has no "${name}"`, {
    hint: `${near === undefined ? '' : `Did you mean ${near}? `}Known: ${Object.keys(fields).join(', ')}, and its attributes ("occi model describe ${kind.term}").`,
    at: '--where',
    basedOn: 'model',
  })
}

/** Expands a short name to the attribute that ends in it; undefined if there are several or none. */
function uniqueAttribute(name: string, attributes: readonly string[]): string | undefined {
  if (attributes.includes(name)) return name
  const ending = attributes.filter((attribute) => attribute.endsWith(`.${name}`))
  return ending.length === 1 ? ending[0] : undefined
}

function attributeReader(name: string): Reader {
  return ({ attributes }) => asList(attributes.get(name))
}

/** `wanted` is the value of the condition; if it contains `#`, it is compared with full identifiers. */
type Field = (entity: Entity, model: Model, wanted: string) => readonly unknown[]

const fields: Readonly<Record<string, Field>> = {
  name: (entity) => asList(entity.title ?? lastSegment(entity.location) ?? entity.id),
  state: (entity, model) => asList(entityRecord(entity, model).data['state']),
  title: ({ title }) => asList(title),
  summary: (entity) => asList(entity.type === 'resource' ? entity.summary : undefined),
  id: ({ id, location }) => [...asList(id), ...asList(lastSegment(location))],
  ip: (entity, model) => list(entityRecord(entity, model).data['ips']),
  image: (entity, model, wanted) => templateTerms(entity, model, 'os_tpl', wanted),
  mixin: ({ mixins }, _, wanted) => (wanted.includes('#') ? mixins : mixins.map(termOf)),
}

function templateTerms(
  { mixins }: Entity,
  model: Model,
  family: 'os_tpl' | 'resource_tpl',
  wanted = '',
): readonly string[] {
  const templates = new Set<string>(model.templates(family).map(({ id }) => id))
  const matching = mixins.filter((id) => templates.has(id))
  if (wanted.includes('#')) return matching
  return matching.flatMap((id) => [termOf(id), ...asList(model.mixin(id)?.title)].map(String))
}

function asList(value: unknown): readonly unknown[] {
  return value === undefined || value === null || value === '' ? [] : [value]
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : asList(value)
}

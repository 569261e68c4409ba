/** Evaluates the conditions of --where on common fields of entities, or on attributes of the model. */
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
    const valuesOf = valueReader(comparison, kind, model)
    return (entity: Entity) => matches(comparison, valuesOf(entity))
  })
  return (entity) => tests.every((test) => test(entity))
}

/** Returns the values of a field or attribute; none if the entity does not have it. */
type Reader = (entity: Entity) => readonly unknown[]

function valueReader({ name, text, value }: Comparison, kind: Kind, model: Model): Reader {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field !== undefined) return (entity) => field(entity, model, value)
  const kindAttributes = [...model.attributesOf(kind.id).keys()]
  const applicableMixins = model.mixins.filter((mixin) => model.applies(mixin, kind.id)).map(({ id }) => id)
  const allAttributes = [...model.attributesOf(kind.id, applicableMixins).keys()]
  const attribute = uniqueAttribute(name, kindAttributes)
  if (attribute !== undefined) return attributeReader(attribute)
  if (name === 'size') return (entity) => templateNames(entity, model, 'resource_tpl', value)
  const mixinAttribute = uniqueAttribute(name, allAttributes)
  if (mixinAttribute !== undefined) return attributeReader(mixinAttribute)
  // Entities may have attributes that are not in the model.
  if (name.includes('.')) return attributeReader(name)
  const shortNames = allAttributes.map((fullName) => fullName.slice(fullName.lastIndexOf('.') + 1))
  const similarName = nearestName(name, [...Object.keys(fields), ...shortNames])
  throw new UsageError(`--where "${text}": a ${kind.term} has no "${name}"`, {
    hint: `${similarName === undefined ? '' : `Did you mean ${similarName}? `}Known: ${Object.keys(fields).join(', ')}, and its attributes ("occi model describe ${kind.term}").`,
    at: '--where',
    basedOn: 'model',
  })
}

/** Expands a short name to the only attribute that ends with it; undefined if there are several or none. */
function uniqueAttribute(name: string, attributes: readonly string[]): string | undefined {
  if (attributes.includes(name)) return name
  const matches = attributes.filter((attribute) => attribute.endsWith(`.${name}`))
  return matches.length === 1 ? matches[0] : undefined
}

function attributeReader(name: string): Reader {
  return ({ attributes }) => asList(attributes.get(name))
}

/** `conditionValue` is the value in the condition. If it contains `#`, it is compared with full identifiers. */
type Field = (entity: Entity, model: Model, conditionValue: string) => readonly unknown[]

const fields: Readonly<Record<string, Field>> = {
  name: (entity) => asList(entity.title ?? lastSegment(entity.location) ?? entity.id),
  state: (entity, model) => asList(entityRecord(entity, model).data['state']),
  title: ({ title }) => asList(title),
  summary: (entity) => asList(entity.type === 'resource' ? entity.summary : undefined),
  id: ({ id, location }) => [...asList(id), ...asList(lastSegment(location))],
  ip: (entity, model) => {
    const ips = entityRecord(entity, model).data['ips']
    return Array.isArray(ips) ? ips : asList(ips)
  },
  image: (entity, model, conditionValue) => templateNames(entity, model, 'os_tpl', conditionValue),
  mixin: ({ mixins }, _, conditionValue) => (conditionValue.includes('#') ? mixins : mixins.map(termOf)),
}

/** The terms and titles of the entity's templates, or their identifiers if the condition contains `#`. */
function templateNames(
  { mixins }: Entity,
  model: Model,
  family: 'os_tpl' | 'resource_tpl',
  conditionValue = '',
): readonly string[] {
  const templates = new Set<string>(model.templates(family).map(({ id }) => id))
  const templateIds = mixins.filter((id) => templates.has(id))
  if (conditionValue.includes('#')) return templateIds
  return templateIds.flatMap((id) => [termOf(id), ...asList(model.mixin(id)?.title)].map(String))
}

/** A list of the value; an empty list for a missing or empty value. */
function asList(value: unknown): readonly unknown[] {
  return value === undefined || value === null || value === '' ? [] : [value]
}

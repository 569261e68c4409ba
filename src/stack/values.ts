/** Computes the values of `${resource.attribute}`, and of keys that contain such expressions. */
import { lastSegment } from '../client/index.js'
import { NotFoundError } from '../errors/errors.js'
import { type Entity, ipAddressesOf, type Model, stateOf } from '../model/index.js'
import type { Instance } from './instances.js'
import type { KeyValues } from './kinds.js'
import { didYouMean } from './problem.js'
import { type Expression, fill, isInvalidExpression, parseTemplate, type Values } from './template.js'
import { addressOf } from './types.js'

/** The values that `${resource.NAME}` accepts in addition to attributes. */
const builtInValues: Readonly<
  Record<string, (entity: Entity, model: Model | undefined) => string | undefined>
> = {
  id: ({ id, location }) => id ?? (location === undefined ? undefined : lastSegment(location)),
  url: ({ location }) => location,
  title: ({ title }) => title,
  summary: (entity) => (entity.type === 'resource' ? entity.summary : undefined),
  state: (entity, model) => stateOf(entity, model),
  ip: (entity) => (entity.type === 'resource' ? ipAddressesOf(entity)[0] : undefined),
  ips: (entity) => (entity.type === 'resource' ? ipAddressesOf(entity).join(',') || undefined : undefined),
}

/** The value of `${resource.NAME}`; undefined if the entity does not have it at present. */
export function attributeOf(entity: Entity, name: string, model?: Model): string | undefined {
  const builtIn = Object.hasOwn(builtInValues, name) ? builtInValues[name] : undefined
  if (builtIn !== undefined) return builtIn(entity, model)
  const fullName = entity.attributes.has(name) ? name : attributeEndingIn(entity, name)
  const value = fullName === undefined ? undefined : entity.attributes.get(fullName)
  if (value === undefined) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The name of the only attribute that ends in the short name: `occi.compute.cores` for `cores`. */
function attributeEndingIn({ attributes }: Entity, shortName: string): string | undefined {
  const names = [...attributes.keys()].filter((name) => name.endsWith(`.${shortName}`))
  return names.length === 1 ? names[0] : undefined
}

/** The error for a value that an entity does not have although it is ready. */
export function noSuchValueError(address: string, entity: Entity, name: string): NotFoundError {
  const names = [...Object.keys(builtInValues), ...entity.attributes.keys()]
  return new NotFoundError(`${address} has no "${name.slice(0, 80)}".`, {
    hint: didYouMean(name, names, 'It has'),
    at: `\${${address}.${name.slice(0, 80)}}`,
  })
}

/** The sources of values: variables and existing entities. */
export interface ValueSource extends Pick<Values, 'environment' | 'variables'> {
  readonly entity: (address: string) => { readonly entity: Entity; readonly model: Model } | undefined
  /** Whether a value that an entity lacks is an error, or may still appear. */
  readonly missing: 'error' | 'pending'
}

/** The values of expressions from the sources. */
export function valuesFrom({ environment, variables, entity, missing }: ValueSource): Values {
  return {
    environment,
    variables,
    attribute: ({ resource, index, attribute }: Extract<Expression, { from: 'resource' }>) => {
      const address = addressOf(resource, index)
      const owner = entity(address)
      if (owner === undefined) return undefined
      const value = attributeOf(owner.entity, attribute, owner.model)
      if (value === undefined && missing === 'error') throw noSuchValueError(address, owner.entity, attribute)
      return value
    },
  }
}

/** The values of the keys and the title of an instance; undefined while one of the values is not known. */
export function keysOf(
  { resource, index, title: defaultTitle }: Instance,
  values: Values,
): { readonly keys: KeyValues; readonly title: string } | undefined {
  const keys = new Map<string, readonly string[]>()
  for (const [key, templates] of resource.values) {
    const texts = templates.map((template) => fill(template, values))
    if (texts.some((text) => text === undefined)) return undefined
    keys.set(key, texts as string[])
  }
  if (resource.documents.some((template) => fill(template, values) === undefined)) return undefined
  const title = keys.get('title')?.at(-1)
  keys.delete('title')
  if (title === undefined) return { keys, title: defaultTitle }
  return { keys, title: index === undefined ? title : `${title}-${index + 1}` }
}

/** The keys and texts as written in the file. Variables are not replaced by their values, which may be secret. */
export function keyTextsOf({ resource, links, ends }: Instance): readonly (readonly [string, string])[] {
  return [
    ...[...resource.values].flatMap(([key, templates]) =>
      templates.map(({ source }) => [key, source] as const),
    ),
    ...links.map(
      ({ key, to, detail }) => [key, detail === undefined ? to : `${to}:${detail.source}`] as const,
    ),
    ...(ends === undefined
      ? []
      : ([
          ['source', ends.source],
          ['target', ends.target],
        ] as const)),
    ...(resource.state === undefined ? [] : [['state', resource.state] as const]),
  ]
}

/** Fills in the expressions of a document whose values are all known. */
export function fillDocument(text: string, values: Values): string {
  const template = parseTemplate(text, { line: 1, column: 1 }, 'document')
  return isInvalidExpression(template) ? text : (fill(template, values) ?? text)
}

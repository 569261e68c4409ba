/** Computes the values of `${resource.attribute}`, and of keys that contain such expressions. */
import { lastSegment } from '../client/index.js'
import { NotFoundError } from '../errors/errors.js'
import { type Entity, ipAddressesOf, type Model, stateOf } from '../model/index.js'
import type { KeyValues } from './kinds.js'
import type { Instance } from './order.js'
import { didYouMean } from './problem.js'
import { type Expression, fill, isWrongExpression, parseTemplate, type Values } from './template.js'
import { addressOf } from './types.js'

/** Names besides those of attributes that `${resource.NAME}` accepts. */
const members: Readonly<Record<string, (entity: Entity, model: Model | undefined) => string | undefined>> = {
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
  const member = Object.hasOwn(members, name) ? members[name] : undefined
  if (member !== undefined) return member(entity, model)
  const full = entity.attributes.has(name) ? name : attributeEndingIn(entity, name)
  const value = full === undefined ? undefined : entity.attributes.get(full)
  return value === undefined ? undefined : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function attributeEndingIn({ attributes }: Entity, name: string): string | undefined {
  const found = [...attributes.keys()].filter((each) => each.endsWith(`.${name}`))
  return found.length === 1 ? found[0] : undefined
}

/** The error for a value that an entity does not have although it is ready. */
export function noSuchValue(address: string, entity: Entity, name: string): NotFoundError {
  const known = [...Object.keys(members), ...entity.attributes.keys()]
  return new NotFoundError(`${address} has no "${name.slice(0, 80)}".`, {
    hint: didYouMean(name, known, 'It has'),
    at: `\${${address}.${name.slice(0, 80)}}`,
  })
}

/** The sources of values: variables and existing entities. */
export interface ValueSource extends Pick<Values, 'environment' | 'variables'> {
  readonly entity: (address: string) => { readonly entity: Entity; readonly model: Model } | undefined
  /** Whether a value that an entity does not have is an error, or may still appear. */
  readonly missing: 'error' | 'pending'
}

export function valuesFrom({ environment, variables, entity, missing }: ValueSource): Values {
  return {
    environment,
    variables,
    attribute: ({ resource, index, attribute }: Extract<Expression, { from: 'resource' }>) => {
      const address = addressOf(resource, index)
      const owner = entity(address)
      if (owner === undefined) return undefined
      const value = attributeOf(owner.entity, attribute, owner.model)
      if (value === undefined && missing === 'error') throw noSuchValue(address, owner.entity, attribute)
      return value
    },
  }
}

/** The values of the keys of an instance, with a numbered title; undefined while one of them is not known. */
export function keysOf(
  { resource, index, title: name }: Instance,
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
  return { keys, title: title === undefined ? name : index === undefined ? title : `${title}-${index + 1}` }
}

/** The keys as written in the file. Variables are not replaced by their values, which may be secret. */
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
  return isWrongExpression(template) ? text : (fill(template, values) ?? text)
}

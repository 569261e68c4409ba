/** The values of `${resource.attribute}`, and what the keys of a resource say with them. */
import { lastSegment } from '../client/index.js'
import { NotFoundError } from '../errors/errors.js'
import { type Entity, ipAddressesOf, type Model, stateOf } from '../model/index.js'
import type { KeyValues } from './kinds.js'
import type { Instance } from './order.js'
import { didYouMean } from './problem.js'
import { type Expression, fill, isWrong, parseTemplate, type Values } from './template.js'
import { addressOf } from './types.js'

/** What `${resource.NAME}` gives besides attributes. */
const members: Readonly<Record<string, (entity: Entity, model: Model | undefined) => string | undefined>> = {
  id: ({ id, location }) => id ?? (location === undefined ? undefined : lastSegment(location)),
  url: ({ location }) => location,
  title: ({ title }) => title,
  summary: (entity) => (entity.type === 'resource' ? entity.summary : undefined),
  state: (entity, model) => stateOf(entity, model),
  ip: (entity) => (entity.type === 'resource' ? ipAddressesOf(entity)[0] : undefined),
  ips: (entity) => (entity.type === 'resource' ? ipAddressesOf(entity).join(',') || undefined : undefined),
}

/** Undefined for a value that the entity does not show now. */
export function attributeOf(entity: Entity, name: string, model?: Model): string | undefined {
  const member = Object.hasOwn(members, name) ? members[name] : undefined
  if (member !== undefined) return member(entity, model)
  const full = entity.attributes.has(name) ? name : endingIn(entity, name)
  const value = full === undefined ? undefined : entity.attributes.get(full)
  return value === undefined ? undefined : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function endingIn({ attributes }: Entity, name: string): string | undefined {
  const found = [...attributes.keys()].filter((each) => each.endsWith(`.${name}`))
  return found.length === 1 ? found[0] : undefined
}

/** The error for a value that is not shown although the resource is ready. */
export function noSuchValue(address: string, entity: Entity, name: string): NotFoundError {
  const known = [...Object.keys(members), ...entity.attributes.keys()]
  return new NotFoundError(`${address} shows no "${name.slice(0, 80)}".`, {
    hint: didYouMean(name, known, 'It shows'),
    at: `\${${address}.${name.slice(0, 80)}}`,
  })
}

/** Where values come from: variables, and the entities that are there. */
export interface ValueSource extends Pick<Values, 'environment' | 'variables'> {
  readonly entity: (address: string) => { readonly entity: Entity; readonly model: Model } | undefined
  /** Whether a value that an entity does not show is an error, or may come later. */
  readonly missing: 'fails' | 'comes later'
}

export function valuesFrom({ environment, variables, entity, missing }: ValueSource): Values {
  return {
    environment,
    variables,
    attribute: ({ resource, index, attribute }: Extract<Expression, { from: 'resource' }>) => {
      const address = addressOf(resource, index)
      const there = entity(address)
      if (there === undefined) return undefined
      const value = attributeOf(there.entity, attribute, there.model)
      if (value === undefined && missing === 'fails') throw noSuchValue(address, there.entity, attribute)
      return value
    },
  }
}

/** What the keys of an instance say; undefined while a value is not known. The title is numbered. */
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
  const own = keys.get('title')?.at(-1)
  keys.delete('title')
  return { keys, title: own === undefined ? name : index === undefined ? own : `${own}-${index + 1}` }
}

/** What the keys say, as they are written: variables are not shown with their values, which may be secret. */
export function saidOf({ resource, links, ends }: Instance): readonly (readonly [string, string])[] {
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

/** Fills in the text of a document; values are known by now. */
export function fillDocument(text: string, values: Values): string {
  const template = parseTemplate(text, { line: 1, column: 1 }, 'document')
  return isWrong(template) ? text : (fill(template, values) ?? text)
}

/** Turns outcomes of operations into responses as the standard defines them (GFD.223 §5, GFD.229, GFD.226). */

import type { HeaderPair } from '../../basics/http.js'
import { plainText } from '../../basics/words.js'
import type { Category, Entity } from '../../model/index.js'
import { type Message, type Printable, type RenderingName, renderings } from '../../rendering/index.js'
import { Fault, faultOf } from '../fault.js'
import type { Outcome } from '../operations/context.js'
import type { Persona } from '../personas/persona.js'
import type { SandboxResponse } from '../types.js'
import { prefixCategoryLocation, prefixEntityPaths } from './base-path.js'
import type { MediaChoice } from './negotiate.js'
import { reasonOf } from './reasons.js'

interface PresentContext {
  readonly persona: Persona
  readonly origin: string
  readonly chosen: MediaChoice
  readonly describe: (id: string) => Category | undefined
}

/** The response for an outcome. Throws Fault 400 when the rendering cannot express it (one entity as a URI list). */
export function present(outcome: Outcome, presenting: PresentContext): SandboxResponse {
  const { persona, chosen } = presenting
  const { status, content, location } = contentOf(outcome, presenting)
  const message = content === undefined ? emptyMessage(chosen.rendering) : print(content, presenting)
  const locationHeader: HeaderPair[] = location === undefined ? [] : [['Location', location]]
  const hasBody = message.body !== '' || message.headers.length > 0
  const code =
    persona.statuses[outcome.what] ?? (status === 200 && !hasBody && mayBeEmpty(outcome) ? 204 : status)
  return {
    status: code,
    reason: reasonOf(code),
    headers: [
      ...locationHeader,
      ...message.headers,
      ['Content-Type', contentType(chosen)],
      ...commonHeaders(persona),
    ],
    body: code === 204 ? '' : message.body,
  }
}

export function presentFault(
  fault: Fault,
  persona: Persona,
  chosen: MediaChoice | undefined,
): SandboxResponse {
  const rendering = chosen?.rendering ?? 'text/plain'
  const message = plainText(fault.message)
  const { headers, body } = renderings[rendering].printError(fault.status, message)
  const type = chosen === undefined || renderings[rendering].entities === 'locations' ? textPlain : chosen
  return {
    status: fault.status,
    reason: reasonOf(fault.status),
    headers: [...headers, ['Content-Type', contentType(type)], ...fault.headers, ...commonHeaders(persona)],
    body,
  }
}

const textPlain: MediaChoice = { type: 'text/plain', rendering: 'text/plain' }

interface ResponseContent {
  readonly status: number
  readonly content?: Printable
  readonly location?: string
}

function contentOf(outcome: Outcome, presenting: PresentContext): ResponseContent {
  const { persona, chosen } = presenting
  const base = persona.behaviour.basePath
  const url = (path: string) => (path.startsWith('/') ? `${presenting.origin}${base}${path}` : path)
  const { entities: form, collections } = renderings[chosen.rendering]
  const showsEntities = collections === 'entities'
  const outer = (entity: Entity) => prefixEntityPaths(entity, base)
  const locations = (paths: readonly string[]): Printable => ({
    what: 'locations',
    locations: paths.map(url),
  })
  const model = (categories: readonly Category[]): Printable => ({
    what: 'model',
    categories: categories.map((category) => prefixCategoryLocation(category, base)),
  })
  const collection = (entities: readonly Entity[]): Printable =>
    showsEntities
      ? { what: 'collection', entities: entities.map(outer) }
      : locations(entities.flatMap((entity) => entity.location ?? []))

  switch (outcome.what) {
    case 'model':
      if (persona.behaviour.queryAsUris === true && form === 'locations') {
        const paths = outcome.categories.flatMap((category) =>
          category.class === 'action' ? [] : (category.location ?? []),
        )
        return { status: 200, content: locations(paths) }
      }
      refuseUriList(chosen, 'the query interface')
      return { status: 200, content: model(outcome.categories) }
    case 'entity':
      refuseUriList(chosen, 'one entity')
      return { status: 200, content: { what: 'entity', entity: outer(outcome.entity) } }
    case 'updated':
      if (form === 'locations') return { status: 200, content: locations([outcome.path]) }
      return { status: 200, content: { what: 'entity', entity: outer(outcome.entity) } }
    case 'created': {
      const [only, second] = outcome.entities
      const [path] = outcome.paths
      const location = path === undefined || second !== undefined ? {} : { location: url(path) }
      if (!showsEntities) return { status: 201, content: locations(outcome.paths), ...location }
      if (only !== undefined && second === undefined) {
        return { status: 201, content: { what: 'entity', entity: outer(only) }, ...location }
      }
      return { status: 201, content: collection(outcome.entities) }
    }
    case 'list':
      return {
        status: 200,
        content: showsEntities
          ? collection(outcome.entities())
          : locations(outcome.records.map((record) => record.path)),
      }
    case 'nodes':
      return { status: 200, content: locations(outcome.paths) }
    case 'triggered': {
      if (outcome.template !== undefined && form !== 'locations') {
        return { status: 200, content: model([outcome.template]) }
      }
      const [only, second] = outcome.entities
      if (only !== undefined && second === undefined && form !== 'locations') {
        return { status: 200, content: { what: 'entity', entity: outer(only) } }
      }
      return { status: 200, content: collection(outcome.entities) }
    }
    case 'mixin-added':
      return showsEntities ? { status: 200, content: model(outcome.mixins) } : { status: 200 }
    case 'membership':
      return showsEntities ? { status: 200, content: collection(outcome.entities) } : { status: 200 }
    case 'mixin-removed':
    case 'deleted':
      return { status: 200 }
  }
}

/** Whether the response may be 204 without a body, as for a deletion (GFD.223 §5.4). */
function mayBeEmpty(outcome: Outcome): boolean {
  return outcome.what === 'deleted' || outcome.what === 'mixin-removed'
}

function refuseUriList(chosen: MediaChoice, what: string): void {
  if (renderings[chosen.rendering].entities === 'locations') {
    throw new Fault(400, `A ${chosen.rendering} cannot show ${what}`)
  }
}

function print(content: Printable, presenting: PresentContext): Message {
  const { rendering } = presenting.chosen
  try {
    return renderings[rendering].print(content, { describe: presenting.describe, direction: 'response' })
  } catch (error) {
    throw faultOf(error)
  }
}

function emptyMessage(rendering: RenderingName): Message {
  return { headers: [], body: renderings[rendering].entities === 'typed' ? '' : 'OK' }
}

function commonHeaders(persona: Persona): readonly HeaderPair[] {
  return [['Accept', persona.media.produces.map((answer) => answer.type).join(', ')], ...persona.server]
}

function contentType(chosen: MediaChoice): string {
  return chosen.type === 'text/plain' ? 'text/plain; charset=utf-8' : chosen.type
}

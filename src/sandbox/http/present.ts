/** Converts outcomes of operations to the responses that the standard defines (GFD.223 §5, GFD.229, GFD.226). */

import type { HeaderPair } from '../../basics/http.js'
import { plainText } from '../../basics/words.js'
import type { Category, Entity } from '../../model/index.js'
import { type Message, type Printable, type RenderingName, renderings } from '../../rendering/index.js'
import { Fault, toFault } from '../fault.js'
import type { Outcome } from '../operations/context.js'
import type { Persona } from '../personas/persona.js'
import type { SandboxResponse } from '../types.js'
import { prefixCategoryLocation, prefixEntityPaths } from './base-path.js'
import type { MediaChoice } from './negotiate.js'
import { reasonPhrase } from './reasons.js'

/** What a response depends on besides the outcome. */
interface Presentation {
  readonly persona: Persona
  readonly origin: string
  readonly responseMedia: MediaChoice
  /** Looks up a category. */
  readonly describe: (id: string) => Category | undefined
}

/** The response for an outcome. Throws Fault 400 when the rendering cannot express it (one entity as a URI list). */
export function present(outcome: Outcome, presentation: Presentation): SandboxResponse {
  const { persona, responseMedia } = presentation
  const { status, content, location } = contentOf(outcome, presentation)
  const message = content === undefined ? emptyMessage(responseMedia.rendering) : print(content, presentation)
  const locationHeader: HeaderPair[] = location === undefined ? [] : [['Location', location]]
  const hasBody = message.body !== '' || message.headers.length > 0
  const sentStatus = status === 200 && !hasBody && mayBeEmpty(outcome) ? 204 : status
  return {
    status: sentStatus,
    reason: reasonPhrase(sentStatus),
    headers: [
      ...locationHeader,
      ...message.headers,
      ['Content-Type', contentType(responseMedia)],
      ...commonHeaders(persona),
    ],
    body: sentStatus === 204 ? '' : message.body,
  }
}

/** The response for a fault: in the chosen rendering, or in text/plain if there is none or it cannot express errors. */
export function presentFault(
  fault: Fault,
  persona: Persona,
  responseMedia: MediaChoice | undefined,
): SandboxResponse {
  const rendering = responseMedia?.rendering ?? 'text/plain'
  const message = plainText(fault.message)
  const { headers, body } = renderings[rendering].printError(fault.status, message)
  const type =
    responseMedia === undefined || renderings[rendering].entities === 'locations' ? textPlain : responseMedia
  return {
    status: fault.status,
    reason: reasonPhrase(fault.status),
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

/** The status, content and Location header of the response to an outcome. */
function contentOf(outcome: Outcome, presentation: Presentation): ResponseContent {
  const { persona, responseMedia } = presentation
  const basePath = persona.behaviour.basePath
  const url = (path: string) => (path.startsWith('/') ? `${presentation.origin}${basePath}${path}` : path)
  const { entities, collections } = renderings[responseMedia.rendering]
  const isUriList = entities === 'locations'
  const showsEntities = collections === 'entities'
  const withBasePath = (entity: Entity) => prefixEntityPaths(entity, basePath)
  const locations = (paths: readonly string[]): Printable => ({
    what: 'locations',
    locations: paths.map(url),
  })
  const model = (categories: readonly Category[]): Printable => ({
    what: 'model',
    categories: categories.map((category) => prefixCategoryLocation(category, basePath)),
  })
  const collection = (entities: readonly Entity[]): Printable =>
    showsEntities
      ? { what: 'collection', entities: entities.map(withBasePath) }
      : locations(entities.flatMap((entity) => entity.location ?? []))

  switch (outcome.what) {
    case 'model':
      if (persona.behaviour.queryAsUris === true && isUriList) {
        const paths = outcome.categories.flatMap((category) =>
          category.class === 'action' ? [] : (category.location ?? []),
        )
        return { status: 200, content: locations(paths) }
      }
      refuseUriList(responseMedia, 'model')
      return { status: 200, content: model(outcome.categories) }
    case 'entity':
      refuseUriList(responseMedia, 'entity')
      return { status: 200, content: { what: 'entity', entity: withBasePath(outcome.entity) } }
    case 'updated':
      if (isUriList) return { status: 200, content: locations([outcome.path]) }
      return { status: 200, content: { what: 'entity', entity: withBasePath(outcome.entity) } }
    case 'created': {
      const [only, second] = outcome.entities
      const [path] = outcome.paths
      const location = path === undefined || second !== undefined ? {} : { location: url(path) }
      if (!showsEntities) return { status: 201, content: locations(outcome.paths), ...location }
      if (only !== undefined && second === undefined) {
        return { status: 201, content: { what: 'entity', entity: withBasePath(only) }, ...location }
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
      if (outcome.template !== undefined && !isUriList) {
        return { status: 200, content: model([outcome.template]) }
      }
      const [only, second] = outcome.entities
      if (only !== undefined && second === undefined && !isUriList) {
        return { status: 200, content: { what: 'entity', entity: withBasePath(only) } }
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

function refuseUriList({ rendering }: MediaChoice, what: 'entity' | 'model'): void {
  if (renderings[rendering].entities === 'locations') {
    const subject = what === 'entity' ? 'one entity' : 'the query interface'
    throw new Fault(400, `A ${rendering} cannot show ${subject}`, { code: `${what}-as-uri-list` })
  }
}

function print(content: Printable, presentation: Presentation): Message {
  const { rendering } = presentation.responseMedia
  try {
    return renderings[rendering].print(content, { describe: presentation.describe, direction: 'response' })
  } catch (error) {
    throw toFault(error)
  }
}

function emptyMessage(rendering: RenderingName): Message {
  return { headers: [], body: renderings[rendering].entities === 'typed' ? '' : 'OK' }
}

function commonHeaders(persona: Persona): readonly HeaderPair[] {
  return [['Accept', persona.media.produces.map(({ type }) => type).join(', ')], ...persona.serverHeaders]
}

function contentType(responseMedia: MediaChoice): string {
  return responseMedia.type === 'text/plain' ? 'text/plain; charset=utf-8' : responseMedia.type
}

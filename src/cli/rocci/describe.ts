/** rOCCI's describe action. It prints what servers sent, without the library's corrections. */
import { headerValue } from '../../basics/http.js'
import { type Client, defaultConcurrency, mapInOrder, refusal } from '../../client/index.js'
import type { Kind, Model } from '../../model/index.js'
import { readFields, readMessage, renderingFor } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { toRocciEntity } from './convert.js'
import { receivedEntity } from './received.js'
import type { RocciEntity } from './record.js'

interface DescribeRequest {
  readonly client: Client
  /** Value of --media-type. */
  readonly mediaType: string | undefined
  /** Whether the target is an instance rather than a collection. */
  readonly isInstance: boolean
  readonly signal: AbortSignal
  readonly model: Model
}

/** Describes an instance, or all entities of a collection. */
export async function describe(
  target: Kind | string,
  request: DescribeRequest,
): Promise<readonly RocciEntity[]> {
  const { client, mediaType, isInstance, signal, model } = request
  if (isInstance) return [await describeOne(String(target), request)]
  if (typeof target === 'string') {
    // A path that ends in a slash gives a single response; rOCCI prints nothing for a list of locations.
    const response = await get(target, request)
    const entity = readText(response, model)
    return entity === undefined ? (readJson(response, 'collection', model) ?? []) : [entity]
  }
  let locations: AsyncIterable<string> | Iterable<string> = client.locations(target, { signal })
  if (mediaType === json && target.location !== undefined) {
    const response = await get(target.location, request)
    const collection = readJson(response, 'collection', model)
    // Some servers list locations only, others omit attributes.
    if (collection?.every(({ attributes }) => attributes.some(([name]) => !name.startsWith('occi.core.'))))
      return collection
    if (collection === undefined)
      locations = readMessage(response, { expect: 'collection', recover: true }).locations
  }
  const entities: RocciEntity[] = []
  for await (const entity of mapInOrder(locations, defaultConcurrency, (each) => describeOne(each, request)))
    entities.push(entity)
  return entities
}

const json = 'application/occi+json'

async function describeOne(target: string, request: DescribeRequest): Promise<RocciEntity> {
  const { client, signal, model } = request
  const response = await get(target, request)
  const entity = readText(response, model) ?? readJson(response, 'entity', model)?.[0]
  if (entity !== undefined) return entity
  // The library reads other formats; it supports more than rOCCI did.
  return toRocciEntity(await client.describe(target, { signal }), { model, sorted: false })
}

async function get(target: string, request: DescribeRequest): Promise<HttpResponse> {
  const { client, mediaType, signal } = request
  const url = atEndpoint(target, client.endpoint)
  const response = await client.raw(
    { method: 'GET', path: url, headers: [['Accept', acceptFor(mediaType)]] },
    { signal },
  )
  // If the server has no JSON, the text rendering is more useful than rOCCI-cli's error.
  if (response.status === 406 && mediaType === json) return get(target, { ...request, mediaType: undefined })
  if (response.status < 200 || response.status > 299) throw refusal({ method: 'GET', url }, response)
  return response
}

/**
 * The entities in a JSON response, with numbers and units as received; undefined if it is not JSON or contains only
 * locations.
 */
function readJson(
  response: HttpResponse,
  expect: 'entity' | 'collection',
  model: Model,
): readonly RocciEntity[] | undefined {
  const declared = renderingFor(headerValue(response.headers, 'content-type'))
  if (declared?.entities !== 'typed') return undefined
  const { entities, locations } = readMessage(response, { expect, recover: true })
  if (entities.length === 0 && (expect === 'entity' || locations.length > 0)) return undefined
  return entities.map((entity) => toRocciEntity(entity, { model, sorted: false }))
}

/** Moves a URL to the endpoint's origin, since servers behind a proxy may name another host. */
function atEndpoint(target: string, endpoint: string): string {
  if (!URL.canParse(target)) return target
  const { pathname, search } = new URL(target)
  return new URL(`${pathname}${search}`, endpoint).href
}

/** The Accept header: a single media type, since some servers reject a list. */
function acceptFor(mediaType: string | undefined): string {
  return mediaType === 'text/occi' || mediaType === json ? mediaType : 'text/plain'
}

/** The entity in a text response; undefined if there is none. */
function readText(response: HttpResponse, model: Model): RocciEntity | undefined {
  const declared = renderingFor(headerValue(response.headers, 'content-type'))
  if (declared !== undefined && declared.entities !== 'text') return undefined
  // Some servers put the data of text/plain into headers.
  const parts = declared?.carrier === 'headers' ? (['headers'] as const) : (['body', 'headers'] as const)
  for (const part of parts) {
    const entity = receivedEntity(readFields(response, part), model, { sorted: part === 'headers' })
    if (entity !== undefined) return entity
  }
  return undefined
}

/** rOCCI's describe, which shows responses unchanged, without the library's corrections for some servers. */
import { headerValue } from '../../basics/http.js'
import { type Client, defaultConcurrency, mapInOrder, refusal } from '../../client/index.js'
import type { Kind, Model } from '../../model/index.js'
import { readMessage, readParts, renderingFor } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { toRocciEntity } from './convert.js'
import { receivedEntity } from './received.js'
import type { RocciEntity } from './record.js'

interface DescribeRequest {
  readonly client: Client
  /** Value of --media-type. */
  readonly media: string | undefined
  /** Whether `where` is an instance rather than a collection. */
  readonly instance: boolean
  readonly signal: AbortSignal
  readonly model: Model
}

export async function describe(
  where: Kind | string,
  describing: DescribeRequest,
): Promise<readonly RocciEntity[]> {
  const { client, media, instance, signal, model } = describing
  if (instance) return [await describeOne(String(where), describing)]
  if (typeof where === 'string') {
    // For a path that ends in a slash there is one response, and rOCCI shows nothing for a list of locations.
    const response = await get(where, describing)
    const read = readText(response, model)
    return read === undefined ? (readJson(response, 'collection', model) ?? []) : [read]
  }
  let locations: AsyncIterable<string> | Iterable<string> = client.locations(where, { signal })
  if (media === json && where.location !== undefined) {
    const response = await get(where.location, describing)
    const all = readJson(response, 'collection', model)
    // Some servers list locations only, others omit attributes.
    if (all?.every(({ attributes }) => attributes.some(([name]) => !name.startsWith('occi.core.'))))
      return all
    if (all === undefined)
      locations = readMessage(response, { expect: 'collection', recover: true }).locations
  }
  const found: RocciEntity[] = []
  for await (const entity of mapInOrder(locations, defaultConcurrency, (each) =>
    describeOne(each, describing),
  ))
    found.push(entity)
  return found
}

const json = 'application/occi+json'

async function describeOne(where: string, describing: DescribeRequest): Promise<RocciEntity> {
  const { client, signal, model } = describing
  const response = await get(where, describing)
  const read = readText(response, model) ?? readJson(response, 'entity', model)?.[0]
  if (read !== undefined) return read
  // Other formats are read by the library, which supports more than rOCCI did.
  return toRocciEntity(await client.describe(where, { signal }), { model, sorted: false })
}

async function get(where: string, describing: DescribeRequest): Promise<HttpResponse> {
  const { client, media, signal } = describing
  const url = atEndpoint(where, client.endpoint)
  const response = await client.raw(
    { method: 'GET', path: url, headers: [['Accept', acceptFor(media)]] },
    { signal },
  )
  // Without JSON, text is more useful than rOCCI-cli's error.
  if (response.status === 406 && media === json) return get(where, { ...describing, media: undefined })
  if (response.status < 200 || response.status > 299) throw refusal({ method: 'GET', url }, response)
  return response
}

/** Undefined if it is not JSON, or lists locations only. Numbers and units are kept as received. */
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

/** Replaces the host of a server behind a proxy by that of the endpoint. */
function atEndpoint(where: string, endpoint: string): string {
  if (!URL.canParse(where)) return where
  const { pathname, search } = new URL(where)
  return new URL(`${pathname}${search}`, endpoint).href
}

/** A single media type, since several servers refuse a list. */
function acceptFor(media: string | undefined): string {
  return media === 'text/occi' || media === json ? media : 'text/plain'
}

function readText(response: HttpResponse, model: Model): RocciEntity | undefined {
  const declared = renderingFor(headerValue(response.headers, 'content-type'))
  if (declared !== undefined && declared.entities !== 'text') return undefined
  // Some servers put the data of text/plain into headers.
  const order = declared?.carrier === 'headers' ? (['headers'] as const) : (['body', 'headers'] as const)
  for (const part of order) {
    const entity = receivedEntity(readParts(response, part), model, { sorted: part === 'headers' })
    if (entity !== undefined) return entity
  }
  return undefined
}

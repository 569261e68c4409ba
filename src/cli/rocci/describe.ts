/** rOCCI's describe: each text answer is shown as it came; JSON goes through the library's entities. */
import { type Client, mapInOrder, refusal, usualConcurrency } from '../../client/index.js'
import type { Kind, Model } from '../../model/index.js'
import { readParts, renderingFor } from '../../rendering/index.js'
import { type HttpResponse, headerValue } from '../../transport/index.js'
import { toRocciEntity } from './convert.js'
import { receivedEntity } from './received.js'
import type { RocciEntity } from './record.js'

export interface Describing {
  readonly client: Client
  /** Value of --media-type. */
  readonly media: string | undefined
  /** `where` is one instance, not a collection. */
  readonly instance: boolean
  readonly signal: AbortSignal
  readonly model: Model
}

export async function describe(
  where: Kind | string,
  describing: Describing,
): Promise<readonly RocciEntity[]> {
  const { client, media, instance, signal, model } = describing
  const found: RocciEntity[] = []
  if (media === 'application/occi+json') {
    const conversion = { model, sorted: false }
    if (instance) return [toRocciEntity(await client.describe(String(where), { signal }), conversion)]
    for await (const entity of client.list(where, { signal })) found.push(toRocciEntity(entity, conversion))
    return found
  }
  if (instance) return [await describeOne(String(where), describing)]
  if (typeof where === 'string') {
    // A path that ends in a slash: one answer, and of a list of locations rOCCI shows nothing.
    const read = readText(await get(where, describing), model)
    return read === undefined ? [] : [read]
  }
  const locations = client.locations(where, { signal })
  for await (const entity of mapInOrder(locations, usualConcurrency, (each) => describeOne(each, describing)))
    found.push(entity)
  return found
}

async function describeOne(where: string, describing: Describing): Promise<RocciEntity> {
  const { client, signal, model } = describing
  const read = readText(await get(where, describing), model)
  if (read !== undefined) return read
  // Neither text nor an entity: the library reads more than rOCCI did.
  return toRocciEntity(await client.describe(where, { signal }), { model, sorted: false })
}

async function get(where: string, { client, media, signal }: Describing): Promise<HttpResponse> {
  const url = atEndpoint(where, client.endpoint)
  const response = await client.raw(
    { method: 'GET', path: url, headers: [['Accept', acceptFor(media)]] },
    { signal },
  )
  if (response.status < 200 || response.status > 299) throw refusal({ method: 'GET', url }, response)
  return response
}

/** A server behind a proxy names another host than the one that was asked. */
function atEndpoint(where: string, endpoint: string): string {
  if (!URL.canParse(where)) return where
  const { pathname, search } = new URL(where)
  return new URL(`${pathname}${search}`, endpoint).href
}

/** One bare type: a list of two is refused by several servers. */
function acceptFor(media: string | undefined): string {
  return media === 'text/occi' ? 'text/occi' : 'text/plain'
}

function readText(response: HttpResponse, model: Model): RocciEntity | undefined {
  const declared = renderingFor(headerValue(response.headers, 'content-type'))?.name ?? 'text/plain'
  if (declared !== 'text/plain' && declared !== 'text/occi') return undefined
  // Some put the data of a text/plain answer into its headers.
  const order = declared === 'text/plain' ? (['body', 'headers'] as const) : (['headers'] as const)
  for (const part of order) {
    const entity = receivedEntity(readParts(response, part), model, { sorted: part === 'headers' })
    if (entity !== undefined) return entity
  }
  return undefined
}

/** Reads machines, networks, volumes and their links from the provider. */
import {
  findAmong,
  linkKinds,
  listableResourceKinds,
  locationKey,
  needsListing,
} from '../../../client/index.js'
import { NotFoundError } from '../../../errors/errors.js'
import {
  COMPUTE,
  type Entity,
  type Kind,
  type Link,
  type Model,
  NETWORK,
  STORAGE,
  termOf,
} from '../../../model/index.js'
import type { CommandContext } from '../../context.js'
import { readableItems } from '../base/readable.js'
import { readNames } from '../base/targets.js'
import { type Graph, graphOf, neighbourhood } from './graph.js'

/** Reads the graph of the whole cloud, or with NAME of the named resources and their neighbours. */
export async function readGraph(context: CommandContext): Promise<Graph> {
  const client = await context.client()
  const { signal } = context
  const model = await client.model({ signal })
  const listings = shownKinds(model).map((kind) =>
    collect(readableItems(context, client.list(kind, { signal }))),
  )
  const [entityLists, links] = await Promise.all([Promise.all(listings), listLinks(context, model)])
  const entities = entityLists.flat()
  const namedLocations: string[] = []
  for (const name of await readNames(context)) {
    if (needsListing(name)) {
      namedLocations.push(findAmong(name, entities).location)
      continue
    }
    const { location, entity } = await client.find(name, undefined, { signal })
    namedLocations.push(location)
    if (entities.some((each) => locationKey(each.location ?? '') === locationKey(location))) continue
    entities.push(entity ?? (await client.describe(location, { signal })))
  }
  const graph = graphOf(entities, links, locationKey)
  if (context.words('NAME').length === 0) return graph
  const namedKeys = new Set(namedLocations.map(locationKey))
  const keys = graph.nodes.map(({ key }) => key).filter((key) => namedKeys.has(locationKey(key)))
  return neighbourhood(graph, new Set(keys))
}

/** The kinds of machines, networks and volumes, and those derived from them. */
function shownKinds(model: Model): readonly Kind[] {
  return listableResourceKinds(model).filter(({ id, term }) =>
    [COMPUTE, NETWORK, STORAGE].some((base) => model.isA(id, base) || term === termOf(base)),
  )
}

/**
 * Lists the collections of links, since some providers show a link only there (MartServer in text, some versions of
 * ooi).
 */
async function listLinks(context: CommandContext, model: Model): Promise<readonly Link[]> {
  const client = await context.client()
  const { signal } = context
  const kinds = linkKinds(model).filter(({ location }) => location !== undefined)
  const entityLists = await Promise.all(
    kinds.map(async (kind) => {
      try {
        return await collect(readableItems(context, client.list(kind, { signal })))
      } catch (error) {
        // rOCCI-server has no collections of links (404).
        if (error instanceof NotFoundError) return []
        throw error
      }
    }),
  )
  return entityLists
    .flat()
    .filter((entity): entity is Link & { readonly location: string } => entity.type === 'link')
}

async function collect<T extends Entity>(entities: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const entity of entities) collected.push(entity)
  return collected
}

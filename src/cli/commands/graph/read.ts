/** Reads what is there: machines, networks, volumes and their links. */
import { findAmong, linkKinds, locationKey, needsListing, resourceKinds } from '../../../client/index.js'
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
import { untilUnreadable } from '../base/readable.js'
import { readNames } from '../base/targets.js'
import { around, type Graph, graphOf } from './graph.js'

/** The graph of a provider, or of the resources that NAME names and what they are linked with. */
export async function readGraph(context: CommandContext): Promise<Graph> {
  const client = await context.client()
  const { signal } = context
  const model = await client.model({ signal })
  const lists = shownKinds(model).map((kind) => all(untilUnreadable(context, client.list(kind, { signal }))))
  const [listed, links] = await Promise.all([Promise.all(lists), linksIn(context, model)])
  const entities = listed.flat()
  const named: string[] = []
  for (const name of await readNames(context)) {
    if (needsListing(name)) {
      named.push(findAmong(name, entities).location)
      continue
    }
    const { location, entity } = await client.find(name, undefined, { signal })
    named.push(location)
    if (entities.some((one) => locationKey(one.location ?? '') === locationKey(location))) continue
    entities.push(entity ?? (await client.describe(location, { signal })))
  }
  const graph = graphOf(entities, links, locationKey)
  if (context.words('NAME').length === 0) return graph
  const keys = new Set(named.map(locationKey))
  return around(graph, new Set(graph.nodes.map(({ key }) => key).filter((key) => keys.has(locationKey(key)))))
}

function shownKinds(model: Model): readonly Kind[] {
  return resourceKinds(model).filter(({ id, term }) =>
    [COMPUTE, NETWORK, STORAGE].some((base) => model.isA(id, base) || term === termOf(base)),
  )
}

/** Links by their own collections: some providers show a link there only (MartServer in text, ooi for a while). */
async function linksIn(context: CommandContext, model: Model): Promise<readonly Link[]> {
  const client = await context.client()
  const { signal } = context
  const kinds = linkKinds(model).filter(({ location }) => location !== undefined)
  const listed = await Promise.all(
    kinds.map(async (kind) => {
      try {
        return await all(untilUnreadable(context, client.list(kind, { signal })))
      } catch (error) {
        // rOCCI-server has no collections of links (404).
        if (error instanceof NotFoundError) return []
        throw error
      }
    }),
  )
  return listed
    .flat()
    .filter((entity): entity is Link & { readonly location: string } => entity.type === 'link')
}

async function all<T extends Entity>(entities: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const entity of entities) found.push(entity)
  return found
}

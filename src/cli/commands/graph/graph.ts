/** Resources and links as data: nodes, and edges between them. */
import type { Entity, Link, LinkEnd } from '../../../model/index.js'
import type { OutputRecord } from '../../output/types.js'
import { entityRecord, lastSegment } from '../../records/entity.js'

/** A resource with the values that the formats show. */
export interface GraphNode {
  /** Identifies the node in edges: its URL as the provider shows it, or its address in a stack. */
  readonly key: string
  readonly name: string
  /** Term of its kind. */
  readonly kind: string
  /** Null if the provider shows none. */
  readonly state: string | null
  readonly ips: readonly string[]
  readonly url: string | null
}

/** A link. */
export interface GraphEdge {
  /** The key of the node from which the link leads. */
  readonly source: string
  /** The key of the node to which the link leads. */
  readonly target: string
  /** Term of its kind. */
  readonly kind: string
  readonly state: string | null
  readonly ips: readonly string[]
  /** The device of an attached volume, or else its mount point. */
  readonly device: string | null
  readonly url: string | null
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** A graph of one context. The title is the name of the context; undefined if there is only one. */
export interface ContextGraph extends Graph {
  readonly title: string | undefined
}

export function graphRecord(graph: Graph): OutputRecord {
  return { data: { nodes: graph.nodes, edges: graph.edges } }
}

/** Converts records of graphRecord back to graphs. sites/merge.ts may have added the name of its context to each. */
export async function contextGraphs(records: AsyncIterable<OutputRecord>): Promise<readonly ContextGraph[]> {
  const graphs: ContextGraph[] = []
  for await (const { data } of records) {
    const { nodes, edges } = data as unknown as Graph
    const context = data['context']
    graphs.push({ title: typeof context === 'string' ? context : undefined, nodes, edges })
  }
  return graphs
}

/**
 * Builds a graph of resources with their links, and of `links` that were listed separately. URLs for which
 * `normalizedUrl` returns the same text are the same entity. A link to a resource that is not in `resources` adds a
 * node for it.
 */
export function graphOf(
  resources: readonly Entity[],
  links: readonly Link[],
  normalizedUrl: (url: string) => string,
): Graph {
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()
  for (const resource of resources) {
    const { location } = resource
    if (location !== undefined && !nodes.has(normalizedUrl(location))) {
      nodes.set(normalizedUrl(location), nodeOf(resource, location))
    }
  }
  const nodeKeyOf = (end: LinkEnd): string => {
    const existing = nodes.get(normalizedUrl(end.location))
    if (existing !== undefined) return existing.key
    const node = nodeOfEnd(end)
    nodes.set(normalizedUrl(end.location), node)
    return node.key
  }
  const addEdge = (link: Link, ownerLocation?: string) => {
    const source = link.source ?? (ownerLocation === undefined ? undefined : { location: ownerLocation })
    const { target } = link
    if (source === undefined || target === undefined) return
    // Some providers show a link at both of its ends, so it may have been added already.
    const edgeKey =
      link.location !== undefined
        ? normalizedUrl(link.location)
        : [normalizedUrl(source.location), normalizedUrl(target.location), link.kind, link.id ?? ''].join(
            '\n',
          )
    if (edges.has(edgeKey)) return
    edges.set(edgeKey, edgeOf(link, nodeKeyOf(source), nodeKeyOf(target)))
  }
  for (const resource of resources) {
    if (resource.type !== 'resource') continue
    for (const link of resource.links) addEdge(link, resource.location)
  }
  for (const link of links) addEdge(link)
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}

/** The nodes with these keys, their edges, and the nodes at the other ends. */
export function neighbourhood({ nodes, edges }: Graph, keys: ReadonlySet<string>): Graph {
  const adjoiningEdges = edges.filter(({ source, target }) => keys.has(source) || keys.has(target))
  const included = new Set([...keys, ...adjoiningEdges.flatMap(({ source, target }) => [source, target])])
  return { nodes: nodes.filter(({ key }) => included.has(key)), edges: adjoiningEdges }
}

export function nodeOf(entity: Entity, key: string): GraphNode {
  const { name, kindTerm, state, ips, url } = entityRecord(entity).data as unknown as EntityData
  return { key, name: name ?? key, kind: kindTerm, state, ips, url }
}

function nodeOfEnd({ location, title, kind }: LinkEnd): GraphNode {
  const term = kind === undefined ? 'resource' : kind.slice(kind.indexOf('#') + 1)
  const name = title ?? lastSegment(location) ?? location
  return { key: location, name, kind: term, state: null, ips: [], url: location }
}

export function edgeOf(link: Link, source: string, target: string): GraphEdge {
  const { kindTerm, state, ips, url } = entityRecord(link).data as unknown as EntityData
  const device =
    link.attributes.get('occi.storagelink.deviceid') || link.attributes.get('occi.storagelink.mountpoint')
  return { source, target, kind: kindTerm, state, ips, device: device ? String(device) : null, url }
}

/** Members of the data of entityRecord. */
interface EntityData {
  readonly name: string | null
  readonly kindTerm: string
  readonly state: string | null
  readonly ips: readonly string[]
  readonly url: string | null
}

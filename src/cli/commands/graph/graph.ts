/** A picture of resources as data: nodes, and edges between them. Pure. */
import type { Entity, Link, LinkEnd } from '../../../model/index.js'
import type { OutputRecord } from '../../output/types.js'
import { entityRecord, lastSegment } from '../../records/entity.js'

/** A resource, by what a listing shows of it. */
export interface GraphNode {
  /** What edges name it by: its URL, or its address in a stack. */
  readonly key: string
  readonly name: string
  /** Term of its kind. */
  readonly kind: string
  /** Null where the provider shows none. */
  readonly state: string | null
  readonly ips: readonly string[]
  readonly url: string | null
}

/** A link. */
export interface GraphEdge {
  /** The key of a node, as is `target`. */
  readonly source: string
  readonly target: string
  /** Term of its kind. */
  readonly kind: string
  readonly state: string | null
  readonly ips: readonly string[]
  /** Where a volume is attached: the device, or else the mount point. */
  readonly device: string | null
  readonly url: string | null
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** A graph with the name of its context, where there are several. */
export interface Cluster extends Graph {
  readonly title: string | undefined
}

export function graphRecord(graph: Graph): OutputRecord {
  return { data: { nodes: graph.nodes, edges: graph.edges } }
}

/** What graphRecord made, and sites/merge.ts has placed at a context. */
export async function clustersOf(records: AsyncIterable<OutputRecord>): Promise<readonly Cluster[]> {
  const clusters: Cluster[] = []
  for await (const { data } of records) {
    const { nodes, edges } = data as unknown as Graph
    const context = data['context']
    clusters.push({ title: typeof context === 'string' ? context : undefined, nodes, edges })
  }
  return clusters
}

/**
 * `links` are those that no resource shows. `keyOf` tells whether two URLs are the same place. A link that leads to
 * what was not listed has a node at its end all the same.
 */
export function graphOf(
  resources: readonly Entity[],
  links: readonly Link[],
  keyOf: (url: string) => string,
): Graph {
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()
  for (const resource of resources) {
    const { location } = resource
    if (location !== undefined && !nodes.has(keyOf(location))) {
      nodes.set(keyOf(location), nodeOf(resource, location))
    }
  }
  const keyAt = (end: LinkEnd): string => {
    const known = nodes.get(keyOf(end.location))
    if (known !== undefined) return known.key
    const node = nodeAt(end)
    nodes.set(keyOf(end.location), node)
    return node.key
  }
  const add = (link: Link, shownBy?: string) => {
    const source = link.source ?? (shownBy === undefined ? undefined : { location: shownBy })
    const { target } = link
    if (source === undefined || target === undefined) return
    // Some providers show a link at both of its ends.
    const same = link.location ?? `${source.location}\n${target.location}\n${link.kind}\n${link.id ?? ''}`
    if (edges.has(keyOf(same))) return
    edges.set(keyOf(same), edgeOf(link, keyAt(source), keyAt(target)))
  }
  for (const resource of resources) {
    if (resource.type !== 'resource') continue
    for (const link of resource.links) add(link, resource.location)
  }
  for (const link of links) add(link)
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}

/** The nodes with these keys, and what they are linked with. */
export function around({ nodes, edges }: Graph, keys: ReadonlySet<string>): Graph {
  const near = edges.filter(({ source, target }) => keys.has(source) || keys.has(target))
  const shown = new Set([...keys, ...near.flatMap(({ source, target }) => [source, target])])
  return { nodes: nodes.filter(({ key }) => shown.has(key)), edges: near }
}

export function nodeOf(entity: Entity, key: string): GraphNode {
  const { name, kindTerm, state, ips, url } = entityRecord(entity).data as unknown as Listed
  return { key, name: name ?? key, kind: kindTerm, state, ips, url }
}

function nodeAt({ location, title, kind }: LinkEnd): GraphNode {
  const term = kind === undefined ? 'resource' : kind.slice(kind.indexOf('#') + 1)
  const name = title ?? lastSegment(location) ?? location
  return { key: location, name, kind: term, state: null, ips: [], url: location }
}

export function edgeOf(link: Link, source: string, target: string): GraphEdge {
  const { kindTerm, state, ips, url } = entityRecord(link).data as unknown as Listed
  const device =
    link.attributes.get('occi.storagelink.deviceid') || link.attributes.get('occi.storagelink.mountpoint')
  return { source, target, kind: kindTerm, state, ips, device: device ? String(device) : null, url }
}

/** Members of entityRecord. */
interface Listed {
  readonly name: string | null
  readonly kindTerm: string
  readonly state: string | null
  readonly ips: readonly string[]
  readonly url: string | null
}

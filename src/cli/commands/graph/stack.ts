/** The graph of a stack: the resources of its file and of its state file, and which of them exist. */
import { sameLocation } from '../../../client/index.js'
import { type PlanEntry, plan } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import { withObservedStack } from '../stack/open.js'
import { edgeOf, type Graph, type GraphEdge, type GraphNode, nodeOf } from './graph.js'

/** The graphs of a stack by context; '' stands for the context in use. Throws the errors of withObservedStack. */
export async function readStackGraphs(
  context: CommandContext,
  file: string,
): Promise<ReadonlyMap<string, Graph>> {
  const options = { variables: 'required', file: { option: '--stack', path: file } } as const
  return withObservedStack(context, options, (_, { desired, actual }) =>
    stackGraphs(plan(desired, actual).entries),
  )
}

function stackGraphs(entries: readonly PlanEntry[]): ReadonlyMap<string, Graph> {
  const graphs = new Map<string, { readonly nodes: GraphNode[]; readonly edges: GraphEdge[] }>()
  const graphOfSite = (site: string) => {
    const graph = graphs.get(site) ?? { nodes: [], edges: [] }
    graphs.set(site, graph)
    return graph
  }
  const byAddress = new Map(entries.map((entry) => [entry.address, entry]))
  for (const entry of entries) {
    const { site, wanted, found, record } = entry
    if (wanted?.ends !== undefined) {
      const { source, target } = wanted.ends
      const link = found?.entity
      graphOfSite(site).edges.push(
        link?.type === 'link' ? edgeOf(link, source, target) : missingLinkEdge(source, target, entry.word),
      )
    } else if (record?.ends === undefined) {
      graphOfSite(site).nodes.push(stackNode(entry))
      for (const { to, key } of wanted?.links ?? []) {
        const targetUrl = byAddress.get(to)?.found?.entity.location
        graphOfSite(site).edges.push(stackEdge(entry, { to, key }, targetUrl))
      }
    }
  }
  return graphs
}

/** The edge for a link of a resource. `targetUrl` is undefined if its target does not exist. */
function stackEdge(
  { address, found }: PlanEntry,
  { to, key }: { readonly to: string; readonly key: string },
  targetUrl: string | undefined,
): GraphEdge {
  const missing = missingLinkEdge(address, to, key)
  if (found === undefined || targetUrl === undefined) return missing
  const { entity, linked } = found
  const links = entity.type === 'resource' ? entity.links : []
  const link = links.find(({ target }) => target !== undefined && sameLocation(target.location, targetUrl))
  if (link !== undefined) return edgeOf(link, address, to)
  // A provider may list the link in its collection without showing it at the resource.
  const isListed = linked.some((url) => sameLocation(url, targetUrl))
  return isListed ? { ...missing, state: null } : missing
}

function stackNode({ address, word, title, url, found, wanted }: PlanEntry): GraphNode {
  if (found !== undefined) return nodeOf(found.entity, address)
  const state = wanted === undefined ? 'not in the file' : 'missing'
  return { key: address, name: title, kind: word, state, ips: [], url: url ?? null }
}

function missingLinkEdge(source: string, target: string, kind: string): GraphEdge {
  return { source, target, kind, state: 'missing', ips: [], device: null, url: null }
}

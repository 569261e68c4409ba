/** The graph of a stack: the resources of its file and of its state file, and which of them exist. */
import { sameLocation } from '../../../client/index.js'
import { type PlanEntry, plan } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import { withObservedStack } from '../stack/open.js'
import { edgeOf, type Graph, type GraphEdge, type GraphNode, nodeOf } from './graph.js'

/** Graphs by context; '' stands for the context in use. Throws like `occi stack status`. */
export async function readStackGraphs(
  context: CommandContext,
  file: string,
): Promise<ReadonlyMap<string, Graph>> {
  const options = { values: 'needed', file: { option: '--stack', path: file } } as const
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
    const { site, address, wanted, found, record } = entry
    if (wanted?.ends !== undefined) {
      const { source, target } = wanted.ends
      const link = found?.entity
      graphOfSite(site).edges.push(
        link?.type === 'link' ? edgeOf(link, source, target) : missingEdge(source, target, entry.word),
      )
    } else if (record?.ends === undefined) {
      graphOfSite(site).nodes.push(stackNode(entry))
      for (const { to, key } of wanted?.links ?? []) {
        const target = byAddress.get(to)?.found?.entity.location
        const shownLinks = found?.entity.type === 'resource' ? found.entity.links : []
        const link =
          target === undefined
            ? undefined
            : shownLinks.find(
                (each) => each.target !== undefined && sameLocation(each.target.location, target),
              )
        // A provider may list the link in its collection without showing it at the resource.
        const exists = target !== undefined && found?.linked.some((url) => sameLocation(url, target)) === true
        graphOfSite(site).edges.push(
          link !== undefined
            ? edgeOf(link, address, to)
            : { ...missingEdge(address, to, key), ...(exists ? { state: null } : {}) },
        )
      }
    }
  }
  return graphs
}

function stackNode({ address, word, title, url, found, wanted }: PlanEntry): GraphNode {
  if (found !== undefined) return nodeOf(found.entity, address)
  const state = wanted === undefined ? 'not in the file' : 'missing'
  return { key: address, name: title, kind: word, state, ips: [], url: url ?? null }
}

function missingEdge(source: string, target: string, kind: string): GraphEdge {
  return { source, target, kind, state: 'missing', ips: [], device: null, url: null }
}

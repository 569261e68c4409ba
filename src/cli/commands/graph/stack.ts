/** The graph of a stack: the resources of its file, and what its state file knows of them. */
import { sameLocation } from '../../../client/index.js'
import { type PlanEntry, plan } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import { withObservedStack } from '../stack/open.js'
import { edgeOf, type Graph, type GraphEdge, type GraphNode, nodeOf } from './graph.js'

/** By the context of the resources, '' for the one in force. Throws as `occi stack status` does. */
export async function readStackGraphs(
  context: CommandContext,
  file: string,
): Promise<ReadonlyMap<string, Graph>> {
  const options = { values: 'needed', file: { option: '--stack', path: file } } as const
  return withObservedStack(context, options, (_, { desired, actual }) =>
    stackGraphs(plan(desired, actual).entries),
  )
}

/** Pure. */
function stackGraphs(entries: readonly PlanEntry[]): ReadonlyMap<string, Graph> {
  const sites = new Map<string, { readonly nodes: GraphNode[]; readonly edges: GraphEdge[] }>()
  const at = (site: string) => {
    const graph = sites.get(site) ?? { nodes: [], edges: [] }
    sites.set(site, graph)
    return graph
  }
  const byAddress = new Map(entries.map((entry) => [entry.address, entry]))
  for (const entry of entries) {
    const { site, address, wanted, found, record } = entry
    if (wanted?.ends !== undefined) {
      const { source, target } = wanted.ends
      const link = found?.entity
      at(site).edges.push(
        link?.type === 'link' ? edgeOf(link, source, target) : missing(source, target, entry.word),
      )
    } else if (record?.ends === undefined) {
      at(site).nodes.push(stackNode(entry))
      for (const { to, key } of wanted?.links ?? []) {
        const target = byAddress.get(to)?.found?.entity.location
        const shown = found?.entity.type === 'resource' ? found.entity.links : []
        const link =
          target === undefined
            ? undefined
            : shown.find((one) => one.target !== undefined && sameLocation(one.target.location, target))
        const there = target !== undefined && found?.linked.some((url) => sameLocation(url, target)) === true
        at(site).edges.push(
          link !== undefined
            ? edgeOf(link, address, to)
            : { ...missing(address, to, key), ...(there ? { state: null } : {}) },
        )
      }
    }
  }
  return sites
}

function stackNode({ address, word, title, url, found, wanted }: PlanEntry): GraphNode {
  const seen = found === undefined ? undefined : nodeOf(found.entity, address)
  const absent = wanted === undefined ? 'not in the file' : 'missing'
  return seen ?? { key: address, name: title, kind: word, state: absent, ips: [], url: url ?? null }
}

function missing(source: string, target: string, kind: string): GraphEdge {
  return { source, target, kind, state: 'missing', ips: [], device: null, url: null }
}

/** A graph as an indented list. Below each resource are the targets of its links. */
import { sanitize } from '../../output/sanitize.js'
import { createPaint, type Paint, stateRole } from '../../output/theme.js'
import type { OutputFormat } from '../../output/types.js'
import { type ContextGraph, contextGraphs, type GraphEdge, type GraphNode } from './graph.js'

export const treeFormat: OutputFormat = {
  name: 'tree',
  // A context may set these formats for lists.
  aliases: ['table', 'wide'],
  description: 'lines with box characters (the default)',
  prints: 'entity',
  async *format({ records }, { color }) {
    const paint = await createPaint(color)
    for (const cluster of await contextGraphs(records)) {
      const { title } = cluster
      if (title !== undefined) yield `${paint('heading', sanitize(title))}\n`
      for (const line of linesOf(cluster, paint)) yield `${line}\n`
    }
  },
}

function* linesOf({ title, nodes, edges }: ContextGraph, paint: Paint): Generator<string> {
  const edgesBySource = groupBySource(edges)
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const visited = new Set<string>()
  function* linesBelow(key: string, indent: string): Generator<string> {
    visited.add(key)
    const links = edgesBySource.get(key) ?? []
    for (const [index, edge] of links.entries()) {
      const isLast = index === links.length - 1
      const node = byKey.get(edge.target)
      if (node === undefined) continue
      const isRepeated = visited.has(node.key) && edgesBySource.has(node.key)
      yield `${indent}${isLast ? '└─ ' : '├─ '}${textOf(node, edge, paint)}${isRepeated ? paint('secondary', '  (see above)') : ''}`
      if (!isRepeated) yield* linesBelow(node.key, `${indent}${isLast ? '   ' : '│  '}`)
    }
  }
  function* treesOf(roots: readonly GraphNode[]): Generator<string> {
    for (const node of roots) {
      if (visited.has(node.key)) continue
      yield textOf(node, undefined, paint)
      yield* linesBelow(node.key, '')
    }
  }
  const targets = new Set(edges.map(({ target }) => target))
  const withoutIncoming = nodes.filter(({ key }) => edgesBySource.has(key) && !targets.has(key))
  const indent = title === undefined ? '' : '  '
  for (const line of treesOf(withoutIncoming)) yield indent + line
  // The remaining nodes are those in cycles and those without links.
  for (const line of treesOf(nodes)) yield indent + line
}

function groupBySource(edges: readonly GraphEdge[]): ReadonlyMap<string, readonly GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>()
  for (const edge of edges) {
    const group = groups.get(edge.source)
    if (group === undefined) groups.set(edge.source, [edge])
    else group.push(edge)
  }
  return groups
}

/**
 * The text of a node, with the details of the link that leads to it in brackets, such as
 * `network private  active  (192.168.1.5)`.
 */
function textOf({ name, kind, state, ips }: GraphNode, edge: GraphEdge | undefined, paint: Paint): string {
  const head = `${paint('secondary', sanitize(kind))} ${paint('name', sanitize(name))}`
  const details = edge === undefined ? [] : linkDetails(edge).map(sanitize)
  return [
    head,
    ...(state === null ? [] : [paint(stateRole(state), sanitize(state))]),
    ...(edge === undefined && ips.length > 0 ? [ips.map(sanitize).join(' ')] : []),
    ...(details.length === 0 ? [] : [paint('secondary', `(${details.join(', ')})`)]),
  ].join('  ')
}

/** The addresses and the device of a link, and its state unless it is in service. */
export function linkDetails({ ips, device, state }: GraphEdge): readonly string[] {
  return [
    ...ips,
    ...(device === null ? [] : [device]),
    ...(state === null || stateRole(state) === 'in-service' ? [] : [state]),
  ]
}

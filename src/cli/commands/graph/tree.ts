/** A graph as lines: each resource with what it is linked with below it. */
import { sanitize } from '../../output/sanitize.js'
import { createPaint, type Paint, stateRole } from '../../output/theme.js'
import type { OutputFormat } from '../../output/types.js'
import { type Cluster, clustersOf, type GraphEdge, type GraphNode } from './graph.js'

export const treeFormat: OutputFormat = {
  name: 'tree',
  // What people set for lists, as a context may say.
  aliases: ['table', 'wide'],
  description: 'lines with box characters (the default)',
  prints: 'entity',
  async *format({ records }, { color }) {
    const paint = await createPaint(color)
    for (const cluster of await clustersOf(records)) {
      const { title } = cluster
      if (title !== undefined) yield `${paint('heading', sanitize(title))}\n`
      for (const line of linesOf(cluster, paint)) yield `${line}\n`
    }
  },
}

function* linesOf({ title, nodes, edges }: Cluster, paint: Paint): Generator<string> {
  const from = grouped(edges)
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const shown = new Set<string>()
  function* below(key: string, indent: string): Generator<string> {
    shown.add(key)
    const links = from.get(key) ?? []
    for (const [at, edge] of links.entries()) {
      const last = at === links.length - 1
      const node = byKey.get(edge.target)
      if (node === undefined) continue
      const repeats = shown.has(node.key) && from.has(node.key)
      yield `${indent}${last ? '└─ ' : '├─ '}${textOf(node, edge, paint)}${repeats ? paint('secondary', '  (see above)') : ''}`
      if (!repeats) yield* below(node.key, `${indent}${last ? '   ' : '│  '}`)
    }
  }
  const targets = new Set(edges.map(({ target }) => target))
  const roots = nodes.filter(({ key }) => from.has(key) && !targets.has(key))
  function* rootsOf(among: readonly GraphNode[]): Generator<string> {
    for (const node of among) {
      if (shown.has(node.key)) continue
      yield textOf(node, undefined, paint)
      yield* below(node.key, '')
    }
  }
  // What nothing leads to comes first; then circles, and what is not linked.
  const indent = title === undefined ? '' : '  '
  for (const line of rootsOf(roots)) yield indent + line
  for (const line of rootsOf(nodes)) yield indent + line
}

function grouped(edges: readonly GraphEdge[]): ReadonlyMap<string, readonly GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>()
  for (const edge of edges) {
    const group = groups.get(edge.source)
    if (group === undefined) groups.set(edge.source, [edge])
    else group.push(edge)
  }
  return groups
}

/** `network private  active  (192.168.1.5)`: the resource, and in brackets what the link says. */
function textOf({ name, kind, state, ips }: GraphNode, edge: GraphEdge | undefined, paint: Paint): string {
  const head = `${paint('secondary', sanitize(kind))} ${paint('name', sanitize(name))}`
  const ofLink = edge === undefined ? [] : linkWords(edge).map(sanitize)
  return [
    head,
    ...(state === null ? [] : [paint(stateRole(state), sanitize(state))]),
    ...(edge === undefined && ips.length > 0 ? [ips.map(sanitize).join(' ')] : []),
    ...(ofLink.length === 0 ? [] : [paint('secondary', `(${ofLink.join(', ')})`)]),
  ].join('  ')
}

/** What tells one link from another: addresses and device; its state unless it works. */
export function linkWords({ ips, device, state }: GraphEdge): readonly string[] {
  return [
    ...ips,
    ...(device === null ? [] : [device]),
    ...(state === null || stateRole(state) === 'in-service' ? [] : [state]),
  ]
}

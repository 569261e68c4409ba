/** A graph in DOT, the language of Graphviz. */
import { sanitize } from '../../output/sanitize.js'
import { stateRole } from '../../output/theme.js'
import type { OutputFormat } from '../../output/types.js'
import { type ContextGraph, contextGraphs, type GraphNode } from './graph.js'
import { linkDetails } from './tree.js'

export const dotFormat: OutputFormat = {
  name: 'dot',
  description: 'the language of Graphviz: occi graph -o dot | dot -Tpdf',
  prints: 'entity',
  async *format({ records }) {
    yield dotText(await contextGraphs(records))
  },
}

export function dotText(clusters: readonly ContextGraph[]): string {
  const lines = [
    'digraph occi {',
    '  graph [rankdir=LR, nodesep=0.15, ranksep=1.2, fontname="Helvetica,Arial,sans-serif", fontsize=14]',
    '  node [shape=box, style=rounded, fontname="Helvetica,Arial,sans-serif", fontsize=11, height=0.3, margin="0.12,0.05"]',
    '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, arrowsize=0.6]',
  ]
  for (const [clusterIndex, { title, nodes, edges }] of clusters.entries()) {
    const ids = new Map(nodes.map(({ key }, index) => [key, `c${clusterIndex}n${index}`]))
    const indent = title === undefined ? '  ' : '    '
    if (title !== undefined)
      lines.push(`  subgraph cluster_${clusterIndex} {`, `    label=${quoted([title])}`)
    for (const node of nodes) lines.push(`${indent}${ids.get(node.key)} [${dotAttributesOf(node)}]`)
    for (const edge of edges) {
      const details = linkDetails(edge)
      const label = details.length === 0 ? '' : ` [label=${quoted(details)}]`
      lines.push(`${indent}${ids.get(edge.source)} -> ${ids.get(edge.target)}${label}`)
    }
    // Invisible edges arrange the nodes without links in rows; Graphviz would put them all in one column.
    for (const row of rowsOf(unlinked(nodes, edges)))
      lines.push(`${indent}${row.map(({ key }) => ids.get(key)).join(' -> ')} [style=invis]`)
    if (title !== undefined) lines.push('  }')
  }
  return `${[...lines, '}'].join('\n')}\n`
}

function unlinked(nodes: ContextGraph['nodes'], edges: ContextGraph['edges']): readonly GraphNode[] {
  const linked = new Set(edges.flatMap(({ source, target }) => [source, target]))
  return nodes.filter(({ key }) => !linked.has(key))
}

/** The rows of nodes without links. Only rows of two or more need edges. */
function rowsOf(nodes: readonly GraphNode[]): readonly (readonly GraphNode[])[] {
  const rowCount = Math.ceil(nodes.length / nodesPerRow)
  const rows = Array.from({ length: rowCount }, (_, row) =>
    nodes.slice(row * nodesPerRow, (row + 1) * nodesPerRow),
  )
  return rows.filter(({ length }) => length > 1)
}

const nodesPerRow = 4

const shapes: Readonly<Record<string, string>> = { network: 'ellipse', storage: 'cylinder' }

function dotAttributesOf({ name, kind, state, ips }: GraphNode): string {
  const shape = shapes[kind]
  const label = quoted([name, state === null ? kind : `${kind} · ${state}`, ...ips])
  const shapeAttributes = shape === undefined ? '' : `, shape=${shape}, style=solid`
  return `label=${label}${shapeAttributes}${state === null ? '' : `, class="${stateRole(state)}"`}`
}

/**
 * A label of several lines. Graphviz interprets backslashes and HTML entities, so they are escaped. An empty line
 * becomes a space, since Graphviz may fail to lay out an empty line.
 */
function quoted(lines: readonly string[]): string {
  const text = lines.map((line) =>
    (sanitize(line) || ' ').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;'),
  )
  return `"${text.join('\\n')}"`
}

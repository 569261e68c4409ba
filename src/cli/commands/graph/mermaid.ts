/** A graph as a Mermaid flowchart, for Markdown. */
import { sanitize } from '../../output/sanitize.js'
import { stateRole } from '../../output/theme.js'
import type { OutputFormat } from '../../output/types.js'
import { contextGraphs, type GraphNode } from './graph.js'
import { linkDetails } from './tree.js'

export const mermaidFormat: OutputFormat = {
  name: 'mermaid',
  description: 'a Mermaid flowchart, which Markdown of GitHub and GitLab shows',
  prints: 'entity',
  async *format({ records }) {
    yield 'flowchart LR\n'
    const usedClasses = new Map<string, string>()
    for (const [clusterIndex, { title, nodes, edges }] of (await contextGraphs(records)).entries()) {
      const ids = new Map(nodes.map(({ key }, index) => [key, `c${clusterIndex}n${index}`]))
      const indent = title === undefined ? '  ' : '    '
      if (title !== undefined) yield `  subgraph c${clusterIndex}["${escaped(title)}"]\n`
      for (const node of nodes) {
        const [open, close] = shapes[node.kind] ?? ['["', '"]']
        const stateClass = node.state === null ? undefined : stateClasses[stateRole(node.state)]
        if (stateClass !== undefined) usedClasses.set(stateClass.name, stateClass.style)
        const className = stateClass === undefined ? '' : `:::${stateClass.name}`
        yield `${indent}${ids.get(node.key)}${open}${labelOf(node)}${close}${className}\n`
      }
      if (title !== undefined) yield '  end\n'
      for (const edge of edges) {
        const text = linkDetails(edge).map(escaped).join('<br/>')
        yield `  ${ids.get(edge.source)} -->${text === '' ? '' : `|"${text}"|`} ${ids.get(edge.target)}\n`
      }
    }
    for (const [name, style] of usedClasses) yield `  classDef ${name} ${style}\n`
  },
}

const shapes: Readonly<Record<string, readonly [open: string, close: string]>> = {
  network: ['(["', '"])'],
  storage: ['[("', '")]'],
}

/** Classes of nodes by the role of their state. They style only borders, since the page may be light or dark. */
const stateClasses: Readonly<Record<string, { readonly name: string; readonly style: string }>> = {
  'in-service': { name: 'running', style: 'stroke:#2da44e,stroke-width:2px' },
  'in-transition': { name: 'changing', style: 'stroke:#bf8700,stroke-width:2px' },
  failed: { name: 'failed', style: 'stroke:#cf222e,stroke-width:2px' },
  'at-rest': { name: 'resting', style: 'stroke:#848d97,stroke-dasharray:4 3' },
}

function labelOf({ name, kind, state, ips }: GraphNode): string {
  const kindAndState = state === null ? escaped(kind) : `${escaped(kind)} · ${escaped(state)}`
  return [escaped(name), kindAndState, ...ips.map(escaped)].join('<br/>')
}

/**
 * Escapes text as Mermaid's character codes (`#35;`). Letters, digits and some punctuation are not escaped, unless
 * the punctuation could begin emphasis or a list, since labels may contain Markdown.
 */
function escaped(text: string): string {
  return sanitize(text).replace(
    /[^\p{L}\p{N}\p{M} .,/()@_-]|[.)-](?=\s|$)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu,
    (character) => `#${character.codePointAt(0)};`,
  )
}

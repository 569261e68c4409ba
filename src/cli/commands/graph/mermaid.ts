/** A graph as a Mermaid flowchart, for Markdown. */
import { sanitize } from '../../output/sanitize.js'
import { stateRole } from '../../output/theme.js'
import type { OutputFormat } from '../../output/types.js'
import { clustersOf, type GraphNode } from './graph.js'
import { linkWords } from './tree.js'

export const mermaidFormat: OutputFormat = {
  name: 'mermaid',
  description: 'a Mermaid flowchart, which Markdown of GitHub and GitLab shows',
  prints: 'entity',
  async *format({ records }) {
    yield 'flowchart LR\n'
    const used = new Map<string, string>()
    for (const [at, { title, nodes, edges }] of (await clustersOf(records)).entries()) {
      const ids = new Map(nodes.map(({ key }, index) => [key, `c${at}n${index}`]))
      const indent = title === undefined ? '  ' : '    '
      if (title !== undefined) yield `  subgraph c${at}["${escaped(title)}"]\n`
      for (const node of nodes) {
        const [open, close] = shapes[node.kind] ?? ['["', '"]']
        const look = node.state === null ? undefined : looks[stateRole(node.state)]
        if (look !== undefined) used.set(look.name, look.style)
        const name = look === undefined ? '' : `:::${look.name}`
        yield `${indent}${ids.get(node.key)}${open}${labelOf(node)}${close}${name}\n`
      }
      if (title !== undefined) yield '  end\n'
      for (const edge of edges) {
        const text = linkWords(edge).map(escaped).join('<br/>')
        yield `  ${ids.get(edge.source)} -->${text === '' ? '' : `|"${text}"|`} ${ids.get(edge.target)}\n`
      }
    }
    for (const [name, style] of used) yield `  classDef ${name} ${style}\n`
  },
}

const shapes: Readonly<Record<string, readonly [open: string, close: string]>> = {
  network: ['(["', '"])'],
  storage: ['[("', '")]'],
}

/** By the role of a state. Borders only: the page decides on light or dark. */
const looks: Readonly<Record<string, { readonly name: string; readonly style: string }>> = {
  'in-service': { name: 'running', style: 'stroke:#2da44e,stroke-width:2px' },
  'in-transition': { name: 'changing', style: 'stroke:#bf8700,stroke-width:2px' },
  failed: { name: 'failed', style: 'stroke:#cf222e,stroke-width:2px' },
  'at-rest': { name: 'resting', style: 'stroke:#848d97,stroke-dasharray:4 3' },
}

function labelOf({ name, kind, state, ips }: GraphNode): string {
  const second = state === null ? escaped(kind) : `${escaped(kind)} · ${escaped(state)}`
  return [escaped(name), second, ...ips.map(escaped)].join('<br/>')
}

/**
 * As Mermaid's character codes, `#35;`: all but letters, digits and a few signs, and those where they would begin
 * emphasis or a list of Markdown, which labels may contain.
 */
function escaped(text: string): string {
  return sanitize(text).replace(
    /[^\p{L}\p{N}\p{M} .,/()@_-]|[.)-](?=\s|$)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu,
    (character) => `#${character.codePointAt(0)};`,
  )
}

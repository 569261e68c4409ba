/** A graph as a drawing. The only module that loads @hpcc-js/wasm-graphviz. */
import type { OutputFormat } from '../../output/types.js'
import { dotText } from './dot.js'
import { contextGraphs } from './graph.js'

export const svgFormat: OutputFormat = {
  name: 'svg',
  description: 'a drawing, for light and dark pages',
  prints: 'entity',
  async *format({ records }) {
    const { Graphviz } = await import('@hpcc-js/wasm-graphviz')
    const graphviz = await Graphviz.load()
    yield styled(graphviz.layout(dotText(await contextGraphs(records)), 'svg', 'dot'))
  },
}

/** Removes comments and the names that only the layout needs, and adds a style sheet for light and dark pages. */
function styled(svg: string): string {
  const body = svg
    .slice(svg.indexOf('<svg'))
    .replaceAll(/<!--.*?-->\n?/gs, '')
    .replaceAll(/<title>[^<]*<\/title>\n?/g, '')
  const end = body.indexOf('>')
  return `${body.slice(0, end).replace('<svg', '<svg class="occi-graph" role="img"')}>\n<title>Machines, networks, volumes and their links</title>\n<style>\n${style}</style>${body.slice(end + 1)}`
}

const light = { page: '#fff', text: '#1f2328', line: '#59636e', node: '#f6f8fa', frame: '#d1d9e0' }
const dark = { page: '#0d1117', text: '#f0f6fc', line: '#9198a1', node: '#151b23', frame: '#3d444d' }
const states = {
  'in-service': ['#1a7f37', '#3fb950'],
  'in-transition': ['#9a6700', '#d29922'],
  failed: ['#cf222e', '#f85149'],
} as const

function rules({ page, text, line, node, frame }: typeof light, scheme: 0 | 1): string {
  const rule = (what: string, how: string) =>
    `${what.replaceAll(/^|, /g, (start) => `${start}.occi-graph `)} { ${how} }\n`
  return [
    rule('.graph > polygon', `fill: ${page}; stroke: none`),
    rule('text', `fill: ${text}`),
    rule('.cluster > polygon', `fill: none; stroke: ${frame}`),
    rule('.node > *:not(text)', `fill: ${node}; stroke: ${line}`),
    rule('.edge > path', `fill: none; stroke: ${line}`),
    rule('.edge > polygon', `fill: ${line}; stroke: ${line}`),
    rule('.at-rest > *:not(text)', 'stroke-dasharray: 4 3'),
    ...Object.entries(states).map(([name, colors]) =>
      rule(`.node.${name} > *:not(text)`, `stroke: ${colors[scheme]}; stroke-width: 1.5`),
    ),
  ].join('')
}

const style = `${rules(light, 0)}@media (prefers-color-scheme: dark) {\n${rules(dark, 1)}}\n`

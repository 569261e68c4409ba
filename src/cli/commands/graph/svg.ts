/** A graph as an SVG drawing. Only this module loads @hpcc-js/wasm-graphviz. */
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
    yield withStyleSheet(graphviz.layout(dotText(await contextGraphs(records)), 'svg', 'dot'))
  },
}

/** Removes comments and the titles that Graphviz adds, and adds a title and a style sheet for light and dark pages. */
function withStyleSheet(svg: string): string {
  const body = svg
    .slice(svg.indexOf('<svg'))
    .replaceAll(/<!--.*?-->\n?/gs, '')
    .replaceAll(/<title>[^<]*<\/title>\n?/g, '')
  const tagEnd = body.indexOf('>')
  return `${body.slice(0, tagEnd).replace('<svg', '<svg class="occi-graph" role="img"')}>\n<title>Machines, networks, volumes and their links</title>\n<style>\n${style}</style>${body.slice(tagEnd + 1)}`
}

const light = {
  page: '#fff',
  text: '#1f2328',
  line: '#59636e',
  node: '#f6f8fa',
  frame: '#d1d9e0',
  /** Borders of nodes by the role of their state. */
  states: { 'in-service': '#1a7f37', 'in-transition': '#9a6700', failed: '#cf222e' },
}
const dark: typeof light = {
  page: '#0d1117',
  text: '#f0f6fc',
  line: '#9198a1',
  node: '#151b23',
  frame: '#3d444d',
  states: { 'in-service': '#3fb950', 'in-transition': '#d29922', failed: '#f85149' },
}

/** The rules of the style sheet with the given colors. */
function rules({ page, text, line, node, frame, states }: typeof light): string {
  const rule = (selector: string, declarations: string) => `.occi-graph ${selector} { ${declarations} }\n`
  return [
    rule('.graph > polygon', `fill: ${page}; stroke: none`),
    rule('text', `fill: ${text}`),
    rule('.cluster > polygon', `fill: none; stroke: ${frame}`),
    rule('.node > *:not(text)', `fill: ${node}; stroke: ${line}`),
    rule('.edge > path', `fill: none; stroke: ${line}`),
    rule('.edge > polygon', `fill: ${line}; stroke: ${line}`),
    rule('.at-rest > *:not(text)', 'stroke-dasharray: 4 3'),
    ...Object.entries(states).map(([role, color]) =>
      rule(`.node.${role} > *:not(text)`, `stroke: ${color}; stroke-width: 1.5`),
    ),
  ].join('')
}

const style = `${rules(light)}@media (prefers-color-scheme: dark) {\n${rules(dark)}}\n`

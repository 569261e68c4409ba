/** `occi graph`: draws resources and their links. */
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { jsonFormat } from '../../output/formats/json.js'
import { jsonlFormat } from '../../output/formats/jsonl.js'
import { yamlFormat } from '../../output/formats/yaml.js'
import type { Column, Output, OutputFormat, OutputRecord } from '../../output/types.js'
import { stateOption, variableOptions } from '../stack/open.js'
import { dotFormat } from './dot.js'
import { type Graph, graphRecord } from './graph.js'
import { mermaidFormat } from './mermaid.js'
import { svgFormat } from './svg.js'
import { treeFormat } from './tree.js'

const formats: readonly OutputFormat[] = [
  treeFormat,
  mermaidFormat,
  dotFormat,
  svgFormat,
  jsonFormat,
  jsonlFormat,
  yamlFormat,
]

const columns: readonly Column[] = [
  { key: 'nodes', heading: 'NODES', value: 'nodes' },
  { key: 'edges', heading: 'EDGES', value: 'edges' },
]

export const graph: CommandDeclaration = {
  path: ['graph'],
  summary: 'Draw machines, networks, volumes and their links',
  description: `Shows the whole cloud; with names, only these resources and their neighbours; with --stack, the resources of a stack file and which of them exist. With several contexts, each has its own frame. The formats of this command (-o): ${formats.map(({ name, description }) => `${name}: ${description}`).join('. ')}.`,
  arguments: [
    {
      name: 'NAME',
      description: 'only this resource and its neighbours: id or its beginning, title, path or URL',
      required: false,
      variadic: true,
      completion: { of: 'entity' },
    },
  ],
  options: [
    {
      name: 'stack',
      value: 'FILE',
      description: 'the resources of this stack file; "-" reads standard input',
      completion: { of: 'file' },
      env: 'none',
    },
    stateOption,
    ...variableOptions,
  ],
  examples: [
    { title: 'Draw the whole cloud', command: 'occi graph' },
    { title: 'Draw one machine for a page in Markdown', command: 'occi graph web -o mermaid' },
    { title: 'Draw a stack', command: 'occi graph --stack stack.yaml -o svg > stack.svg' },
    { title: 'Draw two clouds', command: 'occi graph --context cesnet,ifca -o svg > clouds.svg' },
  ],
  formats,
  atSites: ({ options }) => (options.text('stack') === undefined ? 'reads' : undefined),
  run: async (context) => {
    const { options } = context
    const file = options.text('stack')
    return file === undefined ? cloudGraph(context) : stackGraph(context, file)
  },
}

async function cloudGraph(context: CommandContext): Promise<Output> {
  const { readGraph } = await import('./read.js')
  const cloud = await readGraph(context)
  if (cloud.nodes.length === 0) context.inform('There are no machines, networks or volumes.')
  return output('one', [graphRecord(cloud)])
}

async function stackGraph(context: CommandContext, file: string): Promise<Output> {
  if (context.words('NAME').length > 0) {
    throw new UsageError('--stack and names cannot be used together', {
      hint: 'Use only one of them.',
      at: '--stack',
    })
  }
  const { readStackGraphs } = await import('./stack.js')
  const graphs = await readStackGraphs(context, file)
  const [only] = graphs.values()
  if (graphs.size <= 1)
    return output('one', [graphRecord(only ?? ({ nodes: [], edges: [] } satisfies Graph))])
  const contextInUse = context.settings.context ?? 'default'
  const records = [...graphs].map(
    ([site, siteGraph]): OutputRecord => ({
      // The site '' has the resources that name no context.
      data: { context: site === '' ? contextInUse : site, ...graphRecord(siteGraph).data },
    }),
  )
  return output('list', records)
}

function output(shape: 'one' | 'list', records: readonly OutputRecord[]): Output {
  return { shape, records, columns, formats, terminalFormat: 'tree', pipeFormat: 'tree' }
}

/** `occi schema`: prints the JSON Schema of what `-o json` prints, or of stack files. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import { suggestion } from '../output/index.js'
import { findSchema, schemas } from '../output/schema.js'

/** The name of the schema of stack files. The other schemas describe the output of commands. */
const stackName = 'stack'
const names = [...schemas.map(({ name }) => name), stackName]

export const schema: CommandDeclaration = {
  path: ['schema'],
  summary: 'Print the JSON Schema of what -o json prints, or of a stack file',
  description:
    'The shape is stable: members may be added, but existing ones keep their names, types and meaning.',
  arguments: [
    {
      name: 'NAME',
      description: `one of ${names.join(', ')}; default: entity`,
      required: false,
      completion: { of: 'words', words: names },
    },
  ],
  options: [],
  contextless: true,
  examples: [
    { title: 'The shape of resources and links', command: 'occi schema' },
    { title: 'The shape of errors', command: 'occi schema error' },
    { title: 'The schema of stack files, for an editor', command: 'occi schema stack > stack.schema.json' },
  ],
  run: async (context) => {
    const name = context.word('NAME') ?? 'entity'
    const entry = name === stackName ? await loadStackSchema() : findSchema(name)
    if (entry === undefined) {
      throw new UsageError(`There is no schema "${name}"`, {
        at: 'NAME',
        hint: suggestion(name, names, 'Schemas'),
      })
    }
    return {
      shape: 'one',
      records: [{ name: entry.name, data: entry.schema }],
      columns: Object.keys(entry.schema).map((key) => ({ key, heading: key.toUpperCase(), value: key })),
      pipeFormat: 'json',
      terminalFormat: 'json',
    }
  },
}

async function loadStackSchema() {
  const { stackSchema } = await import('./stack/schema.js')
  return { name: stackName, schema: stackSchema() }
}

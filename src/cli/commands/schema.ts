/** `occi schema`: prints the JSON Schema of `-o json`. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration } from '../command.js'
import { suggestion } from '../output/index.js'
import { findSchema, schemas } from '../output/schema.js'

export const schema: CommandDeclaration = {
  path: ['schema'],
  summary: 'Print the JSON Schema of what -o json prints',
  description:
    'The shape is part of the contract: members may be added, but existing ones keep their names, types and meaning.',
  arguments: [
    {
      name: 'NAME',
      description: `which one: ${schemas.map(({ name }) => name).join(', ')}; default: entity`,
      required: false,
      completion: { of: 'words', words: schemas.map(({ name }) => name) },
    },
  ],
  options: [],
  examples: [
    { title: 'The shape of resources and links', command: 'occi schema' },
    { title: 'The shape of errors', command: 'occi schema error' },
  ],
  run: async (context) => {
    const name = context.word('NAME') ?? 'entity'
    const found = findSchema(name)
    if (found === undefined) {
      throw new UsageError(`There is no schema "${name}"`, {
        at: 'NAME',
        hint: suggestion(
          name,
          schemas.map((entry) => entry.name),
          'Schemas',
        ),
      })
    }
    return {
      shape: 'one',
      records: [{ name: found.name, data: found.schema }],
      columns: Object.keys(found.schema).map((key) => ({ key, heading: key.toUpperCase(), value: key })),
      pipeFormat: 'json',
      terminalFormat: 'json',
    }
  },
}

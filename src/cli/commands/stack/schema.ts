/** The JSON Schema of a stack file, for editors. The keys of each kind are the options of its create command. */
import { type KeyDeclaration, type KindDeclaration, namedKeys } from '../../../stack/index.js'
import { stackKinds } from './kinds.js'

type Schema = Readonly<Record<string, unknown>>

export function stackSchema(): Schema {
  const kinds = stackKinds(() => {
    throw new Error('The schema does not create entities')
  }, '.')
  const known = kinds.known.map((word) => [word, kinds.declaration(word, word === 'link')] as const)
  const generic = kinds.declaration('KIND', false)
  const names = known.map(([word]) => word)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'occi: stack file',
    type: 'object',
    required: ['name', 'resources'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', pattern: '^[A-Za-z0-9][\\w.-]{0,62}$', description: 'the name of the stack' },
      context: {
        type: 'string',
        description: 'the context of resources that name none; --context takes precedence',
      },
      resources: {
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: '^(?!(env|var)$)[A-Za-z][\\w-]{0,62}$' },
        additionalProperties: {
          type: 'object',
          required: ['kind'],
          oneOf: [
            ...known.map(([word, declaration]) => resource({ const: word }, declaration)),
            resource({ type: 'string', not: { enum: names } }, generic),
          ],
        },
      },
      outputs: {
        type: 'object',
        description: 'values for "occi stack output"',
        additionalProperties: single(`a text with \${RESOURCE.ATTRIBUTE}`),
      },
    },
  }
}

function resource(kind: Schema, declaration: KindDeclaration): Schema {
  const states = [...new Set([declaration.ready, ...declaration.actions.keys()])]
  const keys = [...namedKeys(declaration)].map(([word, key]) => [word, keySchema(key)] as const)
  return {
    properties: {
      kind: { ...kind, description: 'the kind, by its term' },
      existing: { type: 'boolean', description: 'it is looked up, and never changed or deleted' },
      count: { type: 'integer', minimum: 1, maximum: 1000, description: 'so many, numbered from 1' },
      context: { type: 'string', description: 'where it is' },
      state: { enum: states, description: 'apply brings it to this state' },
      ...(declaration.isLink
        ? { source: reference('where the link starts'), target: reference('what it leads to') }
        : {}),
      ...Object.fromEntries(keys),
    },
    additionalProperties: false,
  }
}

function single(description: string): Schema {
  return { type: ['string', 'number', 'boolean'], description }
}

function reference(description: string): Schema {
  return { type: 'string', description: `${description}: a resource of this file` }
}

function keySchema({ form, description, choices, linksTo }: KeyDeclaration): Schema {
  if (form === 'mapping') return { type: 'object', description }
  if (linksTo !== undefined) {
    const detail = linksTo.detail === undefined ? {} : { [linksTo.detail]: { type: 'string' } }
    const one = {
      anyOf: [
        reference(description),
        {
          type: 'object',
          required: ['name'],
          additionalProperties: false,
          properties: {
            name: reference(description),
            on: { type: 'integer', minimum: 1, description: 'of several: only this one has the link' },
            ...detail,
          },
        },
      ],
    }
    return { description, anyOf: [...one.anyOf, { type: 'array', items: one }] }
  }
  const text = choices === undefined ? single(description) : { enum: choices, description }
  return form === 'list' ? { description, anyOf: [text, { type: 'array', items: text }] } : text
}

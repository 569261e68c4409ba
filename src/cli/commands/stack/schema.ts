/** The JSON Schema of a stack file, for editors. The keys of each kind are the options of its create command. */
import { type KeyDeclaration, type KindDeclaration, keysByName } from '../../../stack/index.js'
import { stackKinds } from './kinds.js'

type Schema = Readonly<Record<string, unknown>>

export function stackSchema(): Schema {
  const kinds = stackKinds(() => {
    throw new Error('The schema does not create entities')
  }, '.')
  const knownKinds = kinds.known.map((word) => ({
    word,
    declaration: kinds.declaration(word, word === 'link'),
  }))
  const otherKind = kinds.declaration('KIND', false)
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
            ...knownKinds.map(({ word, declaration }) => resourceSchema({ const: word }, declaration)),
            resourceSchema({ type: 'string', not: { enum: kinds.known } }, otherKind),
          ],
        },
      },
      outputs: {
        type: 'object',
        description: 'values for "occi stack output"',
        additionalProperties: scalarSchema(`a text with \${RESOURCE.ATTRIBUTE}`),
      },
    },
  }
}

function resourceSchema(kind: Schema, declaration: KindDeclaration): Schema {
  const states = [...new Set([declaration.ready, ...declaration.actions.keys()])]
  const keys = [...keysByName(declaration)].map(([word, key]) => [word, keySchema(key)] as const)
  return {
    properties: {
      kind: { ...kind, description: 'the kind, by its term' },
      existing: {
        type: 'boolean',
        description: 'whether the resource exists already: it is looked up, and never changed or deleted',
      },
      count: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        description: 'the number of copies, whose titles are numbered from 1',
      },
      context: { type: 'string', description: 'the context of the resource' },
      state: { enum: states, description: 'the state that apply establishes' },
      ...(declaration.isLink
        ? {
            source: referenceSchema('the source of the link'),
            target: referenceSchema('the target of the link'),
          }
        : {}),
      ...Object.fromEntries(keys),
    },
    additionalProperties: false,
  }
}

function scalarSchema(description: string): Schema {
  return { type: ['string', 'number', 'boolean'], description }
}

function referenceSchema(description: string): Schema {
  return { type: 'string', description: `${description}: a resource of this file` }
}

function keySchema({ form, description, choices, linksTo }: KeyDeclaration): Schema {
  if (form === 'mapping') return { type: 'object', description }
  if (linksTo !== undefined) {
    const detail = linksTo.detail === undefined ? {} : { [linksTo.detail]: { type: 'string' } }
    const link = {
      anyOf: [
        referenceSchema(description),
        {
          type: 'object',
          required: ['name'],
          additionalProperties: false,
          properties: {
            name: referenceSchema(description),
            on: {
              type: 'integer',
              minimum: 1,
              description: 'with count: the number of the only copy that has the link',
            },
            ...detail,
          },
        },
      ],
    }
    return { description, anyOf: [...link.anyOf, { type: 'array', items: link }] }
  }
  const text = choices === undefined ? scalarSchema(description) : { enum: choices, description }
  return form === 'list' ? { description, anyOf: [text, { type: 'array', items: text }] } : text
}

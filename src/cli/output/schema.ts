/**
 * The JSON Schema (2020-12) of the output of `-o json`, printed by `occi schema`. It is part of the contract:
 * members may be added, and existing ones keep their names, types and meaning.
 */

export type SchemaName = 'entity' | 'category' | 'changed' | 'event' | 'error' | 'warning'

interface SchemaEntry {
  readonly name: SchemaName
  readonly summary: string
  readonly schema: Readonly<Record<string, unknown>>
}

export function findSchema(name: string): SchemaEntry | undefined {
  return schemas.find((entry) => entry.name === name)
}

const text = (description: string) => ({ type: 'string', description })
const textOrNull = (description: string) => ({ type: ['string', 'null'], description })
const texts = (description: string) => ({ type: 'array', items: { type: 'string' }, description })

const attributes = {
  type: 'object',
  description:
    'attributes by their flat dotted name, e.g. "occi.compute.cores"; without title, summary, source and target, which are members. A provider may use any JSON type',
  additionalProperties: true,
}

const end = (description: string) => ({
  type: ['object', 'null'],
  description,
  properties: {
    name: textOrNull('the last segment of the URL'),
    url: text('absolute URL'),
    kindTerm: textOrNull('term of its kind, when the provider says it'),
  },
  required: ['name', 'url', 'kindTerm'],
})

const linkMember = {
  type: 'object',
  properties: {
    id: textOrNull('occi.core.id, or the last segment of the URL'),
    url: textOrNull('absolute URL'),
    kind: text('identifier of its kind'),
    kindTerm: text('term of its kind, e.g. "networkinterface"'),
    state: textOrNull('its state attribute'),
    target: end('what it leads to'),
    ips: texts('IP addresses'),
    mixins: texts('identifiers of its mixins'),
    attributes,
  },
  required: ['id', 'url', 'kind', 'kindTerm', 'state', 'target', 'ips', 'mixins', 'attributes'],
}

const ofSite = { context: text('the context that it comes from; only where several were asked') }

/** Members that are there only in some outputs. */
const occasional = {
  ...ofSite,
  attachment: {
    type: 'object',
    description:
      'the link that attaches a new volume (storage create --attach-to): what is known of it, at least its URL',
    properties: { id: textOrNull('as of every link'), url: textOrNull('absolute URL') },
    required: ['id', 'url'],
  },
  changes: {
    type: 'array',
    description: 'what an update changed; only where the values before were read',
    items: {
      type: 'object',
      properties: {
        name: text('name of the attribute, or "title", "summary", "mixins" (those that came and went)'),
        from: { description: 'the value before, null for none' },
        to: { description: 'the value afterwards, null for none' },
      },
      required: ['name', 'from', 'to'],
    },
  },
}

const common = {
  ...occasional,
  id: textOrNull('occi.core.id, or the last segment of the URL'),
  name: textOrNull('the title, or the last segment of the URL'),
  url: textOrNull('absolute URL'),
  kind: text('identifier of the kind'),
  kindTerm: text('term of the kind, e.g. "compute"'),
  title: textOrNull('occi.core.title'),
  state: textOrNull('the state attribute of the kind, e.g. occi.compute.state'),
  ips: texts('IP addresses, of network interfaces or of the link itself'),
  mixins: texts('identifiers of the mixins'),
  attributes,
  actions: texts('terms of the actions that the provider says are applicable now'),
}

function requiredOf(properties: object): readonly string[] {
  return Object.keys(properties).filter((name) => !Object.hasOwn(occasional, name))
}

const resource = {
  title: 'Resource',
  type: 'object',
  properties: {
    ...common,
    summary: textOrNull('occi.core.summary'),
    links: { type: 'array', items: linkMember, description: 'links that start here' },
  },
  required: [...requiredOf(common), 'summary', 'links'],
}

const link = {
  title: 'Link',
  type: 'object',
  properties: { ...common, source: end('where it starts'), target: end('what it leads to') },
  required: [...requiredOf(common), 'source', 'target'],
}

const definition = {
  type: 'object',
  properties: {
    type: { enum: ['string', 'number', 'boolean', 'array', 'object', null] },
    mutable: { type: 'boolean', description: 'whether a client may set it' },
    required: { type: 'boolean' },
    default: { description: 'null when there is none' },
    pattern: { type: ['string', 'object', 'null'], description: 'a regular expression, or a JSON Schema' },
    description: { type: ['string', 'null'] },
  },
  required: ['type', 'mutable', 'required', 'default', 'pattern', 'description'],
}

const category = {
  type: 'object',
  properties: {
    ...ofSite,
    class: { enum: ['kind', 'mixin', 'action'] },
    id: text('scheme and term'),
    name: text('the same as term'),
    term: text('short name'),
    scheme: text('the rest of the identifier'),
    title: { type: ['string', 'null'] },
    parent: textOrNull('of a kind: identifier of the kind above'),
    depends: texts('of a mixin: mixins that it depends on, e.g. os_tpl for an image'),
    applies: texts('of a mixin: kinds that it may be put on; empty is any'),
    location: textOrNull('of kinds and mixins: the collection'),
    actions: texts('of kinds and mixins: identifiers of actions'),
    attributes: { type: 'object', additionalProperties: definition },
  },
  required: ['class', 'id', 'name', 'term', 'scheme', 'title', 'attributes'],
}

const changed = {
  type: 'object',
  description: 'what a changing command prints of a thing that it did not describe (e.g. delete)',
  properties: {
    ...ofSite,
    id: { type: 'string' },
    name: { type: 'string' },
    url: text('absolute URL'),
  },
  required: ['id', 'name', 'url'],
  additionalProperties: true,
}

const event = {
  type: 'object',
  properties: {
    event: { enum: ['added', 'changed', 'removed'] },
    time: { type: 'string', format: 'date-time' },
    record: {
      type: 'object',
      description: 'as without --watch; of what was removed the last that was known',
    },
  },
  required: ['event', 'time', 'record'],
}

const failure = {
  type: 'object',
  properties: {
    code: text('stable name of the sort of error, e.g. "not-found"'),
    exit: { type: 'integer', description: 'the exit status' },
    message: text('what was wrong'),
    hint: text('what to do about it'),
    at: text('the option, argument or place that is wrong'),
    http: {
      type: 'object',
      properties: {
        method: { type: 'string' },
        url: { type: 'string' },
        status: { type: 'integer' },
        reason: { type: 'string' },
        requestId: { type: 'string' },
        serverMessage: { type: 'string' },
      },
      required: ['method', 'url'],
    },
    facts: { type: 'object' },
    errors: {
      type: 'array',
      description: 'with code "partial": each failure',
      items: {
        type: 'object',
        properties: {
          target: { type: 'string' },
          context: text('the context, where several were asked'),
        },
        required: ['target', 'code', 'exit', 'message'],
      },
    },
  },
  required: ['code', 'exit', 'message'],
}

const base = 'https://json-schema.org/draft/2020-12/schema'

export const schemas: readonly SchemaEntry[] = [
  {
    name: 'entity',
    summary: 'a resource or link; lists are arrays of these',
    schema: { $schema: base, title: 'occi: entity', anyOf: [resource, link] },
  },
  {
    name: 'category',
    summary: 'a kind, mixin or action (occi model, occi mixin)',
    schema: { $schema: base, title: 'occi: category', ...category },
  },
  {
    name: 'changed',
    summary: 'a thing that was changed and not described',
    schema: { $schema: base, title: 'occi: changed', ...changed },
  },
  {
    name: 'event',
    summary: 'a line of --watch -o jsonl',
    schema: { $schema: base, title: 'occi: event', ...event },
  },
  {
    name: 'error',
    summary: 'what stands on standard error with -o json',
    schema: {
      $schema: base,
      title: 'occi: error',
      type: 'object',
      properties: { error: failure },
      required: ['error'],
    },
  },
  {
    name: 'warning',
    summary: 'a line before it, for each thing that should be known and is not an error',
    schema: {
      $schema: base,
      title: 'occi: warning',
      type: 'object',
      properties: {
        warning: {
          type: 'object',
          properties: {
            message: text('what should be known'),
            url: text('what exists although the command did not end'),
            remove: text('the command that removes it'),
          },
          required: ['message'],
        },
      },
      required: ['warning'],
    },
  },
]

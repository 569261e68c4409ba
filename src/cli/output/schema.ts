/**
 * The JSON Schemas (2020-12) of the output of `-o json`, printed by `occi schema`. Scripts rely on them: members
 * may be added, but existing ones keep their names, types and meaning.
 */

export type SchemaName =
  | 'entity'
  | 'category'
  | 'changed'
  | 'event'
  | 'error'
  | 'warning'
  | 'login'
  | 'context'
  | 'setting'
  | 'request'
  | 'check'
  | 'done'

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
    'attributes by their full dotted name, e.g. "occi.compute.cores"; title, summary, source and target are separate members. Values may have any JSON type',
  additionalProperties: true,
}

const linkEnd = (description: string) => ({
  type: ['object', 'null'],
  description,
  properties: {
    name: textOrNull('the last segment of the URL'),
    url: text('absolute URL'),
    kindTerm: textOrNull('term of its kind, if the provider states it'),
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
    target: linkEnd('the target of the link'),
    ips: texts('IP addresses'),
    mixins: texts('identifiers of its mixins'),
    attributes,
  },
  required: ['id', 'url', 'kind', 'kindTerm', 'state', 'target', 'ips', 'mixins', 'attributes'],
}

const siteMember = { context: text('the context that it comes from; only if several were queried') }

/** Members that only some outputs have. */
const optionalMembers = {
  ...siteMember,
  attachment: {
    type: 'object',
    description: 'the link that attaches a new volume (storage create --attach-to): at least its id and URL',
    properties: { id: textOrNull('as for every link'), url: textOrNull('absolute URL') },
    required: ['id', 'url'],
  },
  changes: {
    type: 'array',
    description: 'what an update changed, if the previous values were read',
    items: {
      type: 'object',
      properties: {
        name: text('name of the attribute, or "title", "summary", "mixins" (those added and removed)'),
        from: { description: 'the previous value; null if there was none' },
        to: { description: 'the new value; null if there is none' },
      },
      required: ['name', 'from', 'to'],
    },
  },
}

const commonMembers = {
  ...optionalMembers,
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
  actions: texts('terms of the actions that the provider currently offers'),
}

/** All members except those that only some outputs have. */
function requiredMembers(properties: object): readonly string[] {
  return Object.keys(properties).filter((name) => !Object.hasOwn(optionalMembers, name))
}

const resource = {
  title: 'Resource',
  type: 'object',
  properties: {
    ...commonMembers,
    summary: textOrNull('occi.core.summary'),
    links: { type: 'array', items: linkMember, description: 'links whose source is this resource' },
  },
  required: [...requiredMembers(commonMembers), 'summary', 'links'],
}

const link = {
  title: 'Link',
  type: 'object',
  properties: {
    ...commonMembers,
    source: linkEnd('the source of the link'),
    target: linkEnd('the target of the link'),
  },
  required: [...requiredMembers(commonMembers), 'source', 'target'],
}

const definition = {
  type: 'object',
  properties: {
    type: { enum: ['string', 'number', 'boolean', 'array', 'object', null] },
    mutable: { type: 'boolean', description: 'whether clients may set it' },
    required: { type: 'boolean' },
    default: { description: 'null if there is none' },
    pattern: { type: ['string', 'object', 'null'], description: 'a regular expression, or a JSON Schema' },
    description: { type: ['string', 'null'] },
  },
  required: ['type', 'mutable', 'required', 'default', 'pattern', 'description'],
}

const category = {
  type: 'object',
  properties: {
    ...siteMember,
    class: { enum: ['kind', 'mixin', 'action'] },
    id: text('scheme and term'),
    name: text('same as term'),
    term: text('the part of the identifier after #'),
    scheme: text('the part of the identifier up to #'),
    title: { type: ['string', 'null'] },
    parent: textOrNull('kinds only: identifier of the parent kind'),
    depends: texts('mixins only: mixins that it depends on, e.g. os_tpl for an image'),
    applies: texts('mixins only: kinds that it applies to; empty means any'),
    location: textOrNull('kinds and mixins: URL of the collection'),
    actions: texts('kinds and mixins: identifiers of their actions'),
    attributes: { type: 'object', additionalProperties: definition },
  },
  required: ['class', 'id', 'name', 'term', 'scheme', 'title', 'attributes'],
}

const changed = {
  type: 'object',
  description: 'an entity that a command changed without describing it (e.g. delete)',
  properties: {
    ...siteMember,
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
      description: 'the record as without --watch; after a removal, its last known state',
    },
  },
  required: ['event', 'time', 'record'],
}

const errorObject = {
  type: 'object',
  properties: {
    code: text('stable code of the error, e.g. "not-found"'),
    exit: { type: 'integer', description: 'the exit status' },
    message: text('what went wrong'),
    hint: text('how to fix it'),
    at: text('the option, argument or part of the input that is invalid'),
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
          context: text('the context, if several were queried'),
        },
        required: ['target', 'code', 'exit', 'message'],
      },
    },
  },
  required: ['code', 'exit', 'message'],
}

const login = {
  type: 'object',
  properties: {
    method: text('the authentication method; "none" without credentials'),
    subject: textOrNull('the user'),
    project: textOrNull('the project (tenant)'),
    issuer: textOrNull('who issued the credentials'),
    expires: textOrNull('when they expire, in ISO 8601; null if never'),
    left: { type: ['integer', 'null'], description: 'seconds until they expire' },
    endpoint: text('the endpoint'),
    details: { type: 'object', description: 'members that only some methods have, e.g. voExpires' },
  },
  required: ['method', 'subject', 'project', 'issuer', 'expires', 'left', 'endpoint'],
}

const context = {
  type: 'object',
  properties: {
    name: text('its name'),
    current: { type: 'boolean', description: 'whether commands use it without --context' },
    groups: texts('the groups that it belongs to, if any'),
    settings: { type: 'object', description: 'its settings by their names, secrets masked' },
    aliases: { type: 'object', description: 'its names for images, sizes and networks, if any' },
  },
  required: ['name', 'current', 'settings'],
}

const setting = {
  type: 'object',
  properties: {
    name: text('name of the option'),
    value: { description: 'its value, secrets masked; null if it has none' },
    origin: text('where the value comes from: flag, environment, project, context, cloud, default …'),
    source: text('the variable, file or option that sets it'),
    withheld: textOrNull('why the value is not used; null if it is used'),
  },
  required: ['name', 'value', 'origin', 'source', 'withheld'],
}

const request = {
  type: 'object',
  properties: {
    time: textOrNull('when it was sent, in ISO 8601'),
    command: text('the command that sent it'),
    names: texts('the names that were given to the command, if any'),
    context: text('the context, if there was one'),
    method: text('the HTTP method'),
    url: text('the URL, without secrets'),
    outcome: { enum: ['done', 'refused', 'not-sent', 'unknown'] },
    status: { type: 'integer', description: 'the HTTP status, if there was an answer' },
    location: text('the URL of what was created'),
    requestId: text('the id that the server gave the request'),
    error: text('the code of the error'),
    milliseconds: { type: 'number', description: 'the time until the answer' },
  },
  required: ['time', 'command', 'method', 'url', 'outcome'],
}

const check = {
  type: 'object',
  properties: {
    ...siteMember,
    check: text('what was checked, e.g. "tls"'),
    verdict: { enum: ['ok', 'warning', 'failed', 'skipped'] },
    mark: text('the verdict as one character'),
    seen: text('what was observed'),
    remedy: textOrNull('what to do about it'),
    details: { type: 'array', description: 'further observations' },
  },
  required: ['check', 'verdict', 'mark', 'seen', 'remedy', 'details'],
}

const done = {
  type: 'object',
  properties: {
    forgotten: { type: 'boolean', description: 'auth logout: whether there was a login to forget' },
    reset: { type: 'boolean', description: 'sandbox reset: always true' },
    folder: text('cache clear: the folder of the caches'),
    removed: { type: 'integer', description: 'cache clear: the number of deleted files' },
  },
  anyOf: [{ required: ['forgotten'] }, { required: ['reset'] }, { required: ['folder', 'removed'] }],
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
    summary: 'an entity that was changed without being described',
    schema: { $schema: base, title: 'occi: changed', ...changed },
  },
  {
    name: 'event',
    summary: 'a line of --watch -o jsonl',
    schema: { $schema: base, title: 'occi: event', ...event },
  },
  {
    name: 'error',
    summary: 'an error as printed on standard error with -o json',
    schema: {
      $schema: base,
      title: 'occi: error',
      type: 'object',
      properties: { error: errorObject },
      required: ['error'],
    },
  },
  {
    name: 'warning',
    summary: 'a warning as printed on standard error with -o json',
    schema: {
      $schema: base,
      title: 'occi: warning',
      type: 'object',
      properties: {
        warning: {
          type: 'object',
          properties: {
            message: text('the text of the warning'),
            url: text('an entity that exists although the command did not finish'),
            remove: text('the command that deletes it'),
          },
          required: ['message'],
        },
      },
      required: ['warning'],
    },
  },
  {
    name: 'login',
    summary: 'what auth status and auth login print',
    schema: { $schema: base, title: 'occi: login', ...login },
  },
  {
    name: 'context',
    summary: 'a context (occi context list, show)',
    schema: { $schema: base, title: 'occi: context', ...context },
  },
  {
    name: 'setting',
    summary: 'a setting (occi config explain)',
    schema: { $schema: base, title: 'occi: setting', ...setting },
  },
  {
    name: 'request',
    summary: 'a request that changed something (occi history)',
    schema: { $schema: base, title: 'occi: request', ...request },
  },
  {
    name: 'check',
    summary: 'a check of occi doctor',
    schema: { $schema: base, title: 'occi: check', ...check },
  },
  {
    name: 'done',
    summary: 'what auth logout, sandbox reset and cache clear did',
    schema: { $schema: base, title: 'occi: done', ...done },
  },
]

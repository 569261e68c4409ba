/**
 * Refusals of erocci. Sources are files of the organisation erocci: erlang-occi at ba0c4a2, erocci_core at
 * 06eef13, erocci_listener_http at fb37c13.
 */
import { isRecord } from '../../../basics/objects.js'
import type { AttributeDefinition, TypeId } from '../../../model/index.js'
import { renderings } from '../../../rendering/index.js'
import type { OperationName } from '../../operations/behaviour.js'
import type { Rule, RuleRequest } from '../persona.js'

/** Marks a crash: a response with status 500 and neither Content-Type nor body. The word itself is never sent. */
const crash = 'crash'

export function isCrash(message: string): boolean {
  return message === crash
}

/** Whether a refusal precedes content negotiation (erocci_http_handler.erl:145). */
export function isMalformed(message: string): boolean {
  return /^\{(?:parse_error|badkey|invalid_link),|is not known for this entity$|^The request (?:contains no entity|names no mixin)$|JSON|occi\.core\.(?:source|target) is required$/.test(
    message,
  )
}

const writing: readonly OperationName[] = [
  'create',
  'create-at',
  'update',
  'replace',
  'add-mixin',
  'remove-mixin',
  'associate',
  'set-members',
  'trigger',
  'trigger-all',
]
const changing: readonly OperationName[] = ['create', 'create-at', 'update', 'replace']

export const erocciRules: readonly Rule[] = [
  {
    when: ({ accept }) => accept === undefined,
    status: 500,
    message: crash,
    source: 'erocci_http_handler.erl:415 (is_html takes lists only)',
  },
  {
    when: ({ http }) => http.query.has('category'),
    status: 500,
    message: crash,
    source: 'erocci_http_handler.erl:490 (the split has no option trim_all for a pattern)',
  },
  {
    operations: writing,
    when: ({ http }) => hasBody(http) && Buffer.byteLength(http.body) > 64_000,
    status: 413,
    message: '',
    source: 'erocci_http_handler.erl:421',
  },
  {
    operations: writing,
    when: ({ http }) => hasBody(http) && http.body.trim() === '',
    status: 400,
    message: '{parse_error,empty}',
    source: 'occi_parser_text.erl:25, occi_parser_json.erl:21',
  },
  {
    operations: ['create'],
    when: ({ http }) => http.path === '/',
    status: 404,
    message: '{not_found,<<>>}',
    source: 'erocci_store.erl:334 (update of an entity that does not exist)',
  },
  {
    operations: writing,
    when: (request) => textProblem(request, /^Category:[^;\n]*;\s*scheme="[^"\n]*"\s*$/im),
    status: 500,
    message: crash,
    source: 'occi_parser_text.erl:185 (no clause for the end of the line)',
  },
  {
    operations: writing,
    when: (request) => textProblem(request, /^Category:[^;\n]*;\s*(?!scheme=)(\w+)=/im),
    status: 400,
    message: (what) => `{parse_error,{scheme,{${what},undefined}}}`,
    source: 'occi_parser_text.erl:182',
  },
  {
    operations: writing,
    when: (request) => textProblem(request, /^Link:[^;\n]*;\s*(?!rel=)(\w+)=/im),
    status: 400,
    message: (what) => `{parse_error,{rel,{${what},undefined}}}`,
    source: 'occi_parser_text.erl:267',
  },
  {
    operations: writing,
    when: (request) =>
      textProblem(request, /^X-OCCI-Attribute:(?:[^"\n]|"[^"\n]*")*=\s*(?:true|false)\s*$/im),
    status: 400,
    message: '{parse_error,{attribute,<<>>}}',
    source: 'occi_parser_text.erl:236',
  },
  {
    operations: ['associate', 'set-members', 'dissociate'],
    when: ({ payload }) =>
      payload.rendering !== undefined && renderings[payload.rendering].entities !== 'text',
    status: 500,
    message: crash,
    source: 'recording: mixin-add-json, mixin-add-urilist',
  },
  {
    operations: ['add-mixin', 'remove-mixin'],
    when: ({ json }) => isRecord(json),
    status: 400,
    message: '{parse_error,{invalid,mixins}}',
    source: 'recording: mixin-define-json, mixin-remove-json',
  },
  {
    operations: writing,
    when: ({ json, http }) => hasBody(http) && Array.isArray(json),
    status: 500,
    message: crash,
    source: 'occi_parser_json.erl:26 (maps:fold over a list)',
  },
  {
    operations: writing,
    when: ({ json, http }) => (hasBody(http) && isRecord(json) ? unreadMember(json, members) : false),
    status: 400,
    message: (name) => `{invalid,${name}}`,
    source: 'occi_parser_json.erl:136',
  },
  {
    operations: ['trigger', 'trigger-all'],
    when: (request) => unknownParameter(request),
    status: 400,
    message: (name) => `{[{invalid_keys,[<<"${name}">>]}]}`,
    source: 'recording: action-unknown-parameter',
  },
  {
    operations: ['delete-all'],
    when: ({ http }) => http.path === '/',
    status: 404,
    message: '',
    source: 'recording: root-delete',
  },
  {
    operations: ['delete-all'],
    when: ({ http, context }) =>
      [...context.cloud.entities()].some(({ kind }) => isCollectionOf(kind, http.path, context)),
    status: 500,
    message: crash,
    source: 'erocci_store.erl:561 (delete_all2 takes locations for entities)',
  },
  {
    operations: changing,
    when: (request) => wholeWithFraction(request),
    status: 400,
    message: (name) => `{invalid_values,[{<<"${name}">>,float}]}`,
    source: 'occi_base_type.erl:105',
  },
  {
    operations: changing,
    when: (request) => numberForString(request),
    status: 400,
    message: (name) => `{invalid_values,[{<<"${name}">>,number}]}`,
    source: 'occi_base_type.erl:50',
  },
]

/** Requests in text/occi are read from their headers. */
function hasBody({ contentType }: RuleRequest['http']): boolean {
  return contentType !== undefined && contentType !== 'text/occi'
}

/** Whether the text body has a line that the parser cannot read: the first group of the pattern, or true. */
function textProblem({ http }: RuleRequest, pattern: RegExp): boolean | string {
  if (http.contentType !== 'text/plain') return false
  const match = pattern.exec(http.body)
  return match === null ? false : (match[1] ?? true)
}

type Form = 'text' | 'list' | 'object' | readonly ['list of', Members]
interface Members {
  readonly [name: string]: Form
}

const ends: Members = { location: 'text', kind: 'text' }
const link: Members = {
  kind: 'text',
  mixins: 'list',
  attributes: 'object',
  actions: 'list',
  id: 'text',
  location: 'text',
  title: 'text',
  source: 'object',
  target: 'object',
}
const members: Members = {
  ...link,
  links: ['list of', link],
  kinds: 'list',
  summary: 'text',
  action: 'text',
  term: 'text',
  scheme: 'text',
  parent: 'text',
  depends: 'list',
  applies: 'list',
  // `mixins` must be one string, by a mistake of the server (val_resource).
  resources: ['list of', { ...link, mixins: 'text', links: 'list', summary: 'text' }],
}

/** The first member that is unknown or has the wrong form, including members of links and of their ends. */
function unreadMember(object: Readonly<Record<string, unknown>>, known: Members): string | false {
  for (const [name, value] of Object.entries(object)) {
    const form = Object.hasOwn(known, name) ? known[name] : undefined
    if (form === undefined || !hasForm(value, form)) return name
    const inside =
      (name === 'source' || name === 'target') && isRecord(value) ? unreadMember(value, ends) : false
    if (inside !== false) return inside
    if (typeof form === 'string' || !Array.isArray(value)) continue
    for (const item of value as readonly unknown[]) {
      const wrong = isRecord(item) ? unreadMember(item, form[1]) : name
      if (wrong !== false) return wrong
    }
  }
  return false
}

function hasForm(value: unknown, form: Form): boolean {
  if (form === 'text') return typeof value === 'string'
  return form === 'object' ? isRecord(value) : Array.isArray(value)
}

/**
 * The name of an integer attribute whose value is written with a fraction. This searches the body, because parsed
 * values do not show it: `2.0` becomes `2`.
 */
function wholeWithFraction({ http, context }: RuleRequest): string | false {
  for (const [, name = '', digits] of http.body.matchAll(
    /([\w.]{1,200})"?\s{0,20}[=:]\s{0,20}(-?\d{1,20}\.\d{1,20})/g,
  )) {
    const isWhole = context.catalog.categories.some(({ attributes }) => isInteger(attributes.get(name)))
    if (isWhole && digits !== undefined) return name
  }
  return false
}

function isInteger(definition: AttributeDefinition | undefined): boolean {
  const { pattern } = definition ?? {}
  return pattern?.form === 'schema' && pattern.schema['type'] === 'integer'
}

function numberForString({ payload, context, record, http }: RuleRequest): string | false {
  const bound = context.catalog.byLocation(http.path)
  for (const { kind, mixins, attributes } of payload.drafts) {
    const owner = record?.kind ?? bound?.id ?? kind
    if (owner === undefined) continue
    const definitions = context.catalog.definitions(owner, [...mixins, ...(record?.mixins ?? [])])
    for (const [name, value] of attributes) {
      if (definitions.get(name)?.type === 'string' && typeof value !== 'string') return name
    }
  }
  return false
}

function isCollectionOf(kind: TypeId, path: string, { catalog }: RuleRequest['context']): boolean {
  return catalog.kind(kind)?.location === path
}

/** A parameter that the action's definition does not have. */
function unknownParameter({ payload, context }: RuleRequest): string | false {
  const id =
    payload.action?.action ?? payload.categoryIds.find((one) => context.catalog.get(one)?.class === 'action')
  const action = id === undefined ? undefined : context.catalog.get(id)
  if (action === undefined) return false
  const parameters = payload.action?.attributes ?? payload.attributes
  return [...parameters.keys()].find((name) => !action.attributes.has(name)) ?? false
}

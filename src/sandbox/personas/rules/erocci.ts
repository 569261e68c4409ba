/**
 * Refusals of erocci. Sources are files of the organisation erocci: erlang-occi at ba0c4a2, erocci_core at
 * 06eef13, erocci_listener_http at fb37c13.
 */
import { isRecord } from '../../../basics/objects.js'
import type { AttributeDefinition, TypeId } from '../../../model/index.js'
import { renderings } from '../../../rendering/index.js'
import type { FaultCode } from '../../fault.js'
import type { OperationName } from '../../operations/behaviour.js'
import type { ErrorOutcome, Rule, RuleRequest } from '../persona.js'

/**
 * The message of rules that imitate a crash: a response with status 500, no Content-Type and no body. It is never sent.
 */
const crash = 'crash'

export function isCrash(message: string): boolean {
  return message === crash
}

/** Whether a refusal precedes content negotiation (erocci_http_handler.erl:145). */
export function isMalformed({ code, message }: ErrorOutcome): boolean {
  return (code !== undefined && malformedCodes.has(code)) || /^\{(?:parse_error|badkey),/.test(message)
}

const malformedCodes: ReadonlySet<FaultCode> = new Set([
  'invalid-json',
  'missing-link-end',
  'no-entity',
  'no-mixin',
  'unknown-attribute',
])

const writeOperations: readonly OperationName[] = [
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
const entityOperations: readonly OperationName[] = ['create', 'create-at', 'update', 'replace']

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
    operations: writeOperations,
    when: ({ http }) => hasBody(http) && Buffer.byteLength(http.body) > 64_000,
    status: 413,
    message: '',
    source: 'erocci_http_handler.erl:421',
  },
  {
    operations: writeOperations,
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
    operations: writeOperations,
    when: (request) => textProblem(request, /^Category:[^;\n]*;\s*scheme="[^"\n]*"\s*$/im),
    status: 500,
    message: crash,
    source: 'occi_parser_text.erl:185 (no clause for the end of the line)',
  },
  {
    operations: writeOperations,
    when: (request) => textProblem(request, /^Category:[^;\n]*;\s*(?!scheme=)(\w+)=/im),
    status: 400,
    message: (name) => `{parse_error,{scheme,{${name},undefined}}}`,
    source: 'occi_parser_text.erl:182',
  },
  {
    operations: writeOperations,
    when: (request) => textProblem(request, /^Link:[^;\n]*;\s*(?!rel=)(\w+)=/im),
    status: 400,
    message: (name) => `{parse_error,{rel,{${name},undefined}}}`,
    source: 'occi_parser_text.erl:267',
  },
  {
    operations: writeOperations,
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
    operations: writeOperations,
    when: ({ json, http }) => hasBody(http) && Array.isArray(json),
    status: 500,
    message: crash,
    source: 'occi_parser_json.erl:26 (maps:fold over a list)',
  },
  {
    operations: writeOperations,
    when: ({ json, http }) =>
      hasBody(http) && isRecord(json) ? firstUnknownMember(json, messageMembers) : false,
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
    operations: entityOperations,
    when: (request) => integerWithFraction(request),
    status: 400,
    message: (name) => `{invalid_values,[{<<"${name}">>,float}]}`,
    source: 'occi_base_type.erl:105',
  },
  {
    operations: entityOperations,
    when: (request) => numberForString(request),
    status: 400,
    message: (name) => `{invalid_values,[{<<"${name}">>,number}]}`,
    source: 'occi_base_type.erl:50',
  },
]

/** Whether the message is in the body. Messages in text/occi are in headers. */
function hasBody({ contentType }: RuleRequest['http']): boolean {
  return contentType !== undefined && contentType !== 'text/occi'
}

/** Whether a text body matches the pattern of an error. If the pattern has a group, returns the group's text. */
function textProblem({ http }: RuleRequest, pattern: RegExp): boolean | string {
  if (http.contentType !== 'text/plain') return false
  const match = pattern.exec(http.body)
  return match === null ? false : (match[1] ?? true)
}

/** The form of a member's value in JSON. */
type MemberForm = 'text' | 'list' | 'object' | readonly ['list of', Members]
interface Members {
  readonly [name: string]: MemberForm
}

const endMembers: Members = { location: 'text', kind: 'text' }
const linkMembers: Members = {
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
const messageMembers: Members = {
  ...linkMembers,
  links: ['list of', linkMembers],
  kinds: 'list',
  summary: 'text',
  action: 'text',
  term: 'text',
  scheme: 'text',
  parent: 'text',
  depends: 'list',
  applies: 'list',
  // `mixins` must be one string because of a bug in the server (val_resource).
  resources: ['list of', { ...linkMembers, mixins: 'text', links: 'list', summary: 'text' }],
}

/** The first member that is unknown or has the wrong form. Members of links and of their ends are checked as well. */
function firstUnknownMember(object: Readonly<Record<string, unknown>>, known: Members): string | false {
  for (const [name, value] of Object.entries(object)) {
    const form = Object.hasOwn(known, name) ? known[name] : undefined
    if (form === undefined || !hasForm(value, form)) return name
    const endProblem =
      (name === 'source' || name === 'target') && isRecord(value)
        ? firstUnknownMember(value, endMembers)
        : false
    if (endProblem !== false) return endProblem
    if (typeof form === 'string' || !Array.isArray(value)) continue
    for (const item of value as readonly unknown[]) {
      const problem = isRecord(item) ? firstUnknownMember(item, form[1]) : name
      if (problem !== false) return problem
    }
  }
  return false
}

function hasForm(value: unknown, form: MemberForm): boolean {
  if (form === 'text') return typeof value === 'string'
  return form === 'object' ? isRecord(value) : Array.isArray(value)
}

/**
 * The name of an integer attribute whose value is written with a fraction. The body is searched, because the parsed
 * value of `2.0` is 2.
 */
function integerWithFraction({ http, context }: RuleRequest): string | false {
  for (const [, name = '', digits] of http.body.matchAll(
    /([\w.]{1,200})"?\s{0,20}[=:]\s{0,20}(-?\d{1,20}\.\d{1,20})/g,
  )) {
    const isIntegerAttribute = context.catalog.categories.some(({ attributes }) =>
      isInteger(attributes.get(name)),
    )
    if (isIntegerAttribute && digits !== undefined) return name
  }
  return false
}

function isInteger(definition: AttributeDefinition | undefined): boolean {
  const { pattern } = definition ?? {}
  return pattern?.form === 'schema' && pattern.schema['type'] === 'integer'
}

/** The name of a string attribute whose value is not a string. */
function numberForString({ payload, context, record, http }: RuleRequest): string | false {
  const collection = context.catalog.byLocation(http.path)
  for (const { kind, mixins, attributes } of payload.drafts) {
    const entityKind = record?.kind ?? collection?.id ?? kind
    if (entityKind === undefined) continue
    const definitions = context.catalog.definitions(entityKind, [...mixins, ...(record?.mixins ?? [])])
    for (const [name, value] of attributes) {
      if (definitions.get(name)?.type === 'string' && typeof value !== 'string') return name
    }
  }
  return false
}

function isCollectionOf(kind: TypeId, path: string, { catalog }: RuleRequest['context']): boolean {
  return catalog.kind(kind)?.location === path
}

/** The first parameter that the action does not define. */
function unknownParameter({ payload, context }: RuleRequest): string | false {
  const id =
    payload.action?.action ??
    payload.categoryIds.find((categoryId) => context.catalog.get(categoryId)?.class === 'action')
  const action = id === undefined ? undefined : context.catalog.get(id)
  if (action === undefined) return false
  const parameters = payload.action?.attributes ?? payload.attributes
  return [...parameters.keys()].find((name) => !action.attributes.has(name)) ?? false
}

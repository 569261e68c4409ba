/**
 * Refusals of erocci. Sources are files of the organisation erocci: erlang-occi at ba0c4a2, erocci_core at
 * 06eef13, erocci_listener_http at fb37c13.
 */
import { isRecord } from '../../../basics/objects.js'
import type { AttributeDefinition, TypeId } from '../../../model/index.js'
import { renderings } from '../../../rendering/index.js'
import type { OperationName } from '../../operations/behaviour.js'
import type { Rule, RuleRequest } from '../persona.js'

/** Stands for the message of a crash. It is never sent: the response is 500 without a type and a body. */
const crash = 'crash'

export function isCrash(message: string): boolean {
  return message === crash
}

/** Whether a refusal comes before the type of the response is chosen (erocci_http_handler.erl:145). */
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
    when: ({ read }) => read.query.has('category'),
    status: 500,
    message: crash,
    source: 'erocci_http_handler.erl:490 (the split has no option trim_all for a pattern)',
  },
  {
    at: writing,
    when: ({ read }) => hasBody(read) && Buffer.byteLength(read.body) > 64_000,
    status: 413,
    message: '',
    source: 'erocci_http_handler.erl:421',
  },
  {
    at: writing,
    when: ({ read }) => hasBody(read) && read.body.trim() === '',
    status: 400,
    message: '{parse_error,empty}',
    source: 'occi_parser_text.erl:25, occi_parser_json.erl:21',
  },
  {
    at: ['create'],
    when: ({ read }) => read.path === '/',
    status: 404,
    message: '{not_found,<<>>}',
    source: 'erocci_store.erl:334 (an update of what is not there)',
  },
  {
    at: writing,
    when: (request) => textProblem(request, /^Category:[^;\n]*;\s*scheme="[^"\n]*"\s*$/im),
    status: 500,
    message: crash,
    source: 'occi_parser_text.erl:185 (no clause for the end of the line)',
  },
  {
    at: writing,
    when: (request) => textProblem(request, /^Category:[^;\n]*;\s*(?!scheme=)(\w+)=/im),
    status: 400,
    message: (what) => `{parse_error,{scheme,{${what},undefined}}}`,
    source: 'occi_parser_text.erl:182',
  },
  {
    at: writing,
    when: (request) => textProblem(request, /^Link:[^;\n]*;\s*(?!rel=)(\w+)=/im),
    status: 400,
    message: (what) => `{parse_error,{rel,{${what},undefined}}}`,
    source: 'occi_parser_text.erl:267',
  },
  {
    at: writing,
    when: (request) =>
      textProblem(request, /^X-OCCI-Attribute:(?:[^"\n]|"[^"\n]*")*=\s*(?:true|false)\s*$/im),
    status: 400,
    message: '{parse_error,{attribute,<<>>}}',
    source: 'occi_parser_text.erl:236',
  },
  {
    at: ['associate', 'set-members', 'dissociate'],
    when: ({ payload }) =>
      payload.rendering !== undefined && renderings[payload.rendering].entities !== 'text',
    status: 500,
    message: crash,
    source: 'recording: mixin-add-json, mixin-add-urilist',
  },
  {
    at: ['add-mixin', 'remove-mixin'],
    when: ({ json }) => isRecord(json),
    status: 400,
    message: '{parse_error,{invalid,mixins}}',
    source: 'recording: mixin-define-json, mixin-remove-json',
  },
  {
    at: writing,
    when: ({ json, read }) => hasBody(read) && Array.isArray(json),
    status: 500,
    message: crash,
    source: 'occi_parser_json.erl:26 (maps:fold over a list)',
  },
  {
    at: writing,
    when: ({ json, read }) => (hasBody(read) && isRecord(json) ? unreadMember(json, members) : false),
    status: 400,
    message: (name) => `{invalid,${name}}`,
    source: 'occi_parser_json.erl:136',
  },
  {
    at: ['trigger', 'trigger-all'],
    when: (request) => unknownParameter(request),
    status: 400,
    message: (name) => `{[{invalid_keys,[<<"${name}">>]}]}`,
    source: 'recording: action-unknown-parameter',
  },
  {
    at: ['delete-all'],
    when: ({ read }) => read.path === '/',
    status: 404,
    message: '',
    source: 'recording: root-delete',
  },
  {
    at: ['delete-all'],
    when: ({ read, context }) =>
      [...context.cloud.entities()].some(({ kind }) => isCollectionOf(kind, read.path, context)),
    status: 500,
    message: crash,
    source: 'erocci_store.erl:561 (delete_all2 takes locations for entities)',
  },
  {
    at: changing,
    when: (request) => wholeWithFraction(request),
    status: 400,
    message: (name) => `{invalid_values,[{<<"${name}">>,float}]}`,
    source: 'occi_base_type.erl:105',
  },
  {
    at: changing,
    when: (request) => numberForString(request),
    status: 400,
    message: (name) => `{invalid_values,[{<<"${name}">>,number}]}`,
    source: 'occi_base_type.erl:50',
  },
]

/** Requests in text/occi are read from their headers. */
function hasBody({ contentType }: RuleRequest['read']): boolean {
  return contentType !== undefined && contentType !== 'text/occi'
}

/** What the parser of text stumbles over in a line. */
function textProblem({ read }: RuleRequest, pattern: RegExp): boolean | string {
  if (read.contentType !== 'text/plain') return false
  const match = pattern.exec(read.body)
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
  // `mixins` as one string: a slip of the server (val_resource).
  resources: ['list of', { ...link, mixins: 'text', links: 'list', summary: 'text' }],
}

/** The first member that is not known, or not of its form, also in links and their ends. */
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

/** A whole number that is written with a fraction; the readers do not keep `2.0` apart from `2`. */
function wholeWithFraction({ read, context }: RuleRequest): string | false {
  for (const [, name = '', digits] of read.body.matchAll(
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

function numberForString({ payload, context, record, read }: RuleRequest): string | false {
  const bound = context.catalog.at(read.path)
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
    payload.action?.action ?? payload.named.find((one) => context.catalog.get(one)?.class === 'action')
  const action = id === undefined ? undefined : context.catalog.get(id)
  if (action === undefined) return false
  const given = payload.action?.attributes ?? payload.attributes
  return [...given.keys()].find((name) => !action.attributes.has(name)) ?? false
}

/** Refusals of pyssf and of servers built on it. Sources are files of tmetsch/pyssf. */
import { headerValue, headerValues } from '../../../basics/http.js'
import { pathOf, type TypeId, termOf } from '../../../model/index.js'
import type { HttpRequest, Rule, RuleRequest } from '../persona.js'

const linkTerms: ReadonlySet<string> = new Set(['networkinterface', 'storagelink'])

function isLink(kind: TypeId | undefined): boolean {
  return kind !== undefined && linkTerms.has(termOf(kind))
}

function valuesOf({ http }: RuleRequest, name: string): readonly string[] {
  return headerValues(http.headers, name)
}

function isText({ http }: RuleRequest): boolean {
  return http.contentType === undefined || http.contentType === 'text/plain'
}

function hasCategory({ headers, body }: HttpRequest): boolean {
  return headerValue(headers, 'category') !== undefined || /^Category: /m.test(body)
}

const notRegistered = (category: string) =>
  `The following category is not registered within this service (See Query interfaces): ${category}`

/** Refusals by the parsers. */
const parserRules: readonly Rule[] = [
  {
    operations: ['add-mixin'],
    when: ({ payload, context }) =>
      payload.definitions.some(
        (definition) =>
          definition.class === 'mixin' &&
          definition.depends.some((parent) => context.catalog.get(parent) === undefined),
      ),
    status: 400,
    message: 'Related category cannot be found.',
    source: 'occi/protocol/occi_parser.py:78',
  },
  {
    operations: ['create', 'create-at', 'update', 'replace', 'trigger'],
    when: (request) => isText(request) && request.http.body.trimStart().startsWith('{'),
    status: 400,
    message: 'Could not find a valid kind.',
    source: 'pyssf: create-compute-json-no-ct',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) => isText(request) && /^category:/m.test(request.http.body),
    status: 400,
    message: 'Could not find a valid kind.',
    source: 'occi/protocol/occi_rendering.py:427',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) => {
      if (!isText(request)) return false
      const [, term, scheme] =
        /^Category:(\S[^;\s]{0,200}); ?scheme="([^"\n]{0,400})"/m.exec(request.http.body) ?? []
      return term === undefined ? false : `${scheme ?? ''}${term.slice(1)}`
    },
    status: 400,
    message: notRegistered,
    source: 'occi/protocol/occi_rendering.py:427 (key + 1)',
  },
  {
    when: (request) =>
      request.http.contentType === 'text/occi' &&
      valuesOf(request, 'category').some((value) => /="[^"]{0,400},/.test(value)),
    status: 400,
    message: 'Could not determine the value for: scheme',
    source: 'occi/protocol/occi_rendering.py:291, 300 (split at each comma)',
  },
  {
    when: (request) => {
      const value = valuesOf(request, 'category').find((field) => /scheme=[^"';\s]{1,400}$/.test(field))
      const [, term, scheme] = /^([^;]{1,200});.*scheme=([^"';\s]{1,400})$/.exec(value ?? '') ?? []
      return scheme === undefined ? false : `${scheme.slice(0, -1)}${term}`
    },
    status: 400,
    message: notRegistered,
    source: 'occi/protocol/occi_parser.py:272-285',
  },
  {
    operations: ['list', 'retrieve', 'root'],
    when: ({ http }) => http.contentType === 'text/uri-list',
    status: 400,
    message: 'Unable to handle this request with the text/uri-list rendering.',
    source: 'pyssf: filter-content-type-urilist',
  },
  {
    operations: ['associate', 'set-members', 'dissociate', 'create', 'create-at', 'update', 'replace'],
    when: ({ http }) => http.contentType === 'text/uri-list',
    status: 405,
    message: 'Method not supported.',
    source: 'pyssf: mixin-associate-urilist',
  },
]

export const pyssfRules: readonly Rule[] = [
  ...parserRules,
  {
    operations: ['associate', 'dissociate'],
    when: (request) => valuesOf(request, 'x-occi-location').some((value) => value.includes(', ')),
    status: 405,
    message: 'Method not supported.',
    source: 'pyssf: mixin-associate-comma-space-second-fails',
  },
  {
    operations: ['set-members'],
    when: (request) => {
      const value = valuesOf(request, 'x-occi-location').find((field) => field.includes(', '))
      return value === undefined ? false : value.slice(value.indexOf(',') + 1)
    },
    status: 400,
    message: (location) => `Could not find the resource with id: ${location}`,
    source: 'pyssf: mixin-collection-put',
  },
  {
    operations: ['trigger', 'trigger-all'],
    when: ({ payload }) => payload.action === undefined && payload.categoryIds.length === 0,
    status: 500,
    message: 'A server error occurred.  Please contact the administrator.',
    source: 'pyssf: action-no-category',
  },
  {
    operations: ['replace', 'create-at'],
    when: ({ http }) => !hasCategory(http),
    status: 400,
    message: 'Could not find a valid kind.',
    source: 'occi/handlers.py:206-213',
  },
  {
    operations: ['update'],
    when: ({ payload }) => payload.drafts.some((draft) => draft.links.length > 0),
    status: 400,
    message: 'It is not recommend to have links in a full update request',
    source: 'occi/workflow.py:148',
  },
  {
    operations: ['update'],
    when: ({ record, payload }) =>
      record?.type === 'link' && payload.drafts.some((draft) => draft.source === undefined),
    status: 400,
    message: 'Both occi.core.[source, target] attributes need to be resources.',
    source: 'occi/protocol/occi_parser.py:202-209',
  },
  {
    operations: ['create', 'create-at'],
    when: ({ payload, context }) =>
      payload.drafts.some(
        ({ kind, source, target }) =>
          isLink(kind) &&
          [source, target].some(
            (end) => end === undefined || context.cloud.entity(pathOf(end)) === undefined,
          ),
      ),
    status: 400,
    message: 'Both occi.core.[source, target] attributes need to be resources.',
    source: 'occi/protocol/occi_parser.py:202-209',
  },
]

/** Rules of pyssf's example service. Its network backend reads the member `kind` of an action, which does not exist. */
export const pyssfServiceRules: readonly Rule[] = [
  ...pyssfRules,
  {
    operations: ['trigger'],
    when: ({ payload }) =>
      ['up', 'down'].includes(termOf(payload.action?.action ?? payload.categoryIds[0] ?? ('' as TypeId))),
    status: 400,
    message: "'Action' object has no attribute 'kind'",
    source: 'misc/run_iaas_wsgi_service.py:161',
  },
]

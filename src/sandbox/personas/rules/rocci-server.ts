/** Refusals of rOCCI-server 1.1. Sources are exchanges of the recording rocci-server, or files of version 1.1.9. */
import { isRecord } from '../../../basics/objects.js'
import { LINK, STORAGE } from '../../../model/index.js'
import type { OperationName } from '../../operations/behaviour.js'
import type { Rule } from '../persona.js'

const createOperations: readonly OperationName[] = ['create']
const mandatory = (term: string) => `'${term}' is a mandatory argument`

/** OpenNebula, not the server itself, refuses to delete an image in use. */
export const imageInUse = {
  operations: ['delete'],
  when: ({ record, context: { cloud } }) => record?.kind === STORAGE && cloud.linksAt(record.path).length > 0,
  status: 409,
} satisfies Partial<Rule>

/** Only listings can be answered with a list of URIs. */
export const uriListForLocationsOnly = {
  operations: ['query', 'retrieve', 'create', 'update', 'trigger'],
  when: ({ accept }) => accept === 'text/uri-list',
  status: 406,
  message: '',
} satisfies Partial<Rule>

export const rocciServerRules: readonly Rule[] = [
  {
    ...imageInUse,
    message: '[ImageDelete] Cannot delete image in state USED',
    source: 'lib/backends/opennebula_backend.rb:53, app/controllers/mixins/error_handling.rb:45',
  },
  {
    ...uriListForLocationsOnly,
    source: 'model-uri-list, describe-compute-uri-list, create-compute-text-plain-accept-uri-list',
  },
  {
    operations: ['list'],
    when: ({ http }) => http.path.startsWith('/link/'),
    status: 404,
    message: 'There is no such page',
    source: 'list-links-404',
  },
  {
    operations: createOperations,
    when: ({ http }) => isText(http.contentType) && firstLineThat(http.body, isMalformedCategory),
    status: 400,
    message: (line) => `Could not match ${JSON.stringify(line)}`,
    source:
      'create-compute-kind-class-unquoted, create-compute-no-class, create-compute-uppercase-mixin-term, error-400-malformed-plain',
  },
  {
    operations: createOperations,
    when: ({ http }) => http.contentType === 'text/occi' && invalidPart(http.headers),
    status: 400,
    message: (part) => `Could not match ${JSON.stringify(`X-OCCI-Attribute: ${part}`)}`,
    source: 'create-compute-title-comma-text-occi',
  },
  {
    operations: createOperations,
    when: ({ http }) =>
      isText(http.contentType) && /^\s*X-OCCI-Attribute:/.test(http.body) && termAt(http.path),
    status: 400,
    message: mandatory,
    source: 'create-compute-ID-BEFORE-KIND-400',
  },
  {
    operations: createOperations,
    when: ({ http, json }) =>
      isRecord(json) && json['resources'] === undefined && json['links'] === undefined && termAt(http.path),
    status: 400,
    message: mandatory,
    source: 'create-compute-occi12-json-single',
  },
  {
    operations: createOperations,
    when: ({ json }) => entitiesIn(json).some((entity) => hasFlatAttributes(entity['attributes'])),
    status: 400,
    message: 'Attribute with key occi not found',
    source: 'create-compute-json-flat-attributes',
  },
  {
    operations: createOperations,
    when: ({ json }) =>
      isRecord(json) &&
      Array.isArray(json['links']) &&
      json['links'].some((link) => isRecord(link) && typeof link['rel'] !== 'string'),
    status: 500,
    message: '',
    source: 'create-link-json, create-link-json-with-rel',
  },
  {
    operations: ['trigger', 'trigger-all'],
    when: ({ json }) => isRecord(json) && json['actions'] !== undefined,
    status: 500,
    message: '',
    source: 'action-stop-json',
  },
  {
    operations: createOperations,
    when: ({ http }) =>
      isText(http.contentType) &&
      lines(http.body).some((line) => line.startsWith('Link:') && !line.includes('occi.core.source=')),
    status: 400,
    message: 'Required attribute source not specified',
    source: 'create-compute-inline-links',
  },
  {
    operations: createOperations,
    when: ({ payload, http }) =>
      payload.rendering?.startsWith('text/') === true &&
      payload.drafts.some((draft) => draft.id === undefined) &&
      termAt(http.path),
    status: 400,
    message: mandatory,
    source: 'create-compute-text-plain-NO-ID-400, create-compute-text-occi-NO-ID-400, error-400-empty-body',
  },
  {
    operations: createOperations,
    when: ({ payload, http, context }) => {
      const collection = context.catalog.byLocation(http.path)
      if (collection?.class !== 'kind' || context.catalog.descendsFrom(collection.id, LINK)) return false
      const isForeign = payload.drafts.some(
        ({ kind }) => kind !== undefined && !context.catalog.descendsFrom(kind, collection.id),
      )
      return isForeign && collection.term
    },
    status: 400,
    message: (term) => `Action requires a ${term} instance!`,
    source: 'error-network-kind-to-compute',
  },
]

function isText(contentType: string | undefined): boolean {
  return contentType?.startsWith('text/plain') === true
}

/** The term in the path of a collection; the empty string for other paths. */
function termAt(path: string): string {
  return /([^/]+)\/$/.exec(path)?.[1] ?? ''
}

function lines(body: string): readonly string[] {
  return body.split(/\r?\n/).filter((line) => line.trim() !== '')
}

function firstLineThat(body: string, isWrong: (line: string) => boolean): string | false {
  return lines(body).find(isWrong) ?? false
}

const categoryPattern = /^Category:\s*[a-z][a-z0-9_.-]*;\s*scheme="[^"]+#";\s*class="(kind|mixin|action)"/

function isMalformedCategory(line: string): boolean {
  return line.startsWith('Category:') && !categoryPattern.test(line)
}

/** The first part of a header that is not an attribute. The server splits the header at each comma, even in quotes. */
function invalidPart(headers: readonly (readonly [string, string])[]): string | false {
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'x-occi-attribute') continue
    for (const [index, part] of value.split(',').entries())
      if (index > 0 && !/^\s*[a-z][\w.-]*=/.test(part)) return part
  }
  return false
}

type Json = Readonly<Record<string, unknown>>

function entitiesIn(json: unknown): readonly Json[] {
  if (!isRecord(json)) return []
  return [json['resources'], json['links']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isRecord) : [],
  )
}

/** Whether names of attributes are written with dots, as in OCCI 1.2, and not as nested objects. */
function hasFlatAttributes(attributes: unknown): boolean {
  return isRecord(attributes) && Object.keys(attributes).some((name) => name.startsWith('occi.'))
}

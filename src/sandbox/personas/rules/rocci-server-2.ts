/**
 * Refusals of rOCCI-server 2.0. Sources are files of rOCCI-server 2.0.4 and rOCCI-core 5.0.4, or exchanges of the
 * recordings rocci-server-2.0 and rocci-server-2.0-stateful.
 */
import { isRecord } from '../../../basics/objects.js'
import {
  type AttributeDefinition,
  COMPUTE,
  IP_RESERVATION,
  LINK,
  OS_TEMPLATE,
  RESOURCE_TEMPLATE,
  type TypeId,
  typeId,
} from '../../../model/index.js'
import type { OperationName } from '../../operations/behaviour.js'
import type { Draft } from '../../operations/payload.js'
import type { Rule, RuleRequest } from '../persona.js'
import { imageInUse, uriListForLocationsOnly } from './rocci-server.js'

const createOperations: readonly OperationName[] = ['create']
const operationsWithBody: readonly OperationName[] = ['create', 'update', 'trigger', 'trigger-all']
const unparsable = (detail: string) => `Unparsable content: ${detail}`
const invalid = (detail: string) => `Invalid content: ${detail}`
const required = (name: string) => invalid(`Attribute "${name}" invalid: Value is required but not provided`)
const floatingIpPool = typeId('http://schemas.openstack.org/network#', 'floatingippool')

export const rocciServer2Rules: readonly Rule[] = [
  {
    ...imageInUse,
    message: 'State conflict: [ImageDelete] Cannot delete image in state USED',
    source: 'app/lib/backends/opennebula/storage.rb:59, app/controllers/concerns/errorable.rb:84',
  },
  {
    when: ({ accept }) => accept === undefined || accept.trim() === '*/*',
    status: 406,
    message: '',
    source: 'rocci-server-2.0: get-compute/-any, get-model-no-accept',
  },
  {
    ...uriListForLocationsOnly,
    source: 'app/controllers/concerns/renderable.rb:14 (uri_list answers locations only)',
  },
  {
    operations: ['list', 'associate', 'create', 'dissociate'],
    when: ({ http }) => http.path.startsWith('/mixin/'),
    status: 501,
    message: 'Requested functionality is not implemented',
    source: 'rocci-server-2.0: mixin-list; app/controllers/multi_entity_controller.rb:60-98',
  },
  {
    operations: ['create'],
    when: ({ http }) => /^\/((entity|resource|link)\/)?$/.test(http.path),
    status: 501,
    message: 'Requested functionality is not implemented',
    source: 'app/controllers/multi_entity_controller.rb:96 (blackhole)',
  },
  {
    operations: operationsWithBody,
    when: ({ http }) => http.contentType === undefined,
    status: 406,
    message: 'Provided media format is not acceptable',
    source: 'app/controllers/concerns/renderable.rb:29; rocci-server-2.0-stateful: error-post-without-type',
  },
  {
    operations: operationsWithBody,
    when: ({ http }) => isText(http.contentType) && firstMalformedCategory(http.body),
    status: 400,
    message: (line) => unparsable(`${JSON.stringify(line)} does not match expectations for Category`),
    source:
      'occi-core lib/occi/core/parsers/text/category.rb:54; rocci-server-2.0: error-400-malformed-plain',
  },
  {
    operations: ['update'],
    when: ({ http }) => isText(http.contentType) && firstLine(http.body, /^(?!Category:)/),
    status: 400,
    message: (line) => unparsable(`${JSON.stringify(line)} does not match expectations for Category`),
    source: 'rocci-server-2.0: partial-update-attr',
  },
  {
    operations: createOperations,
    when: ({ http, json }) => isJson(http.contentType) && !isEntityRendering(json),
    status: 400,
    message: unparsable('No acceptable entity rendering found'),
    source: 'occi-core lib/occi/core/parsers/json_parser.rb:95 with json/validator/occi-schema.json',
  },
  {
    operations: ['trigger', 'trigger-all'],
    when: ({ http, json }) =>
      isJson(http.contentType) &&
      !(
        isRecord(json) &&
        typeof json['action'] === 'string' &&
        hasOnlyMembers(json, ['action', 'attributes'])
      ),
    status: 400,
    message: unparsable('JSON::ParserError'),
    source: 'rocci-server-2.0-stateful: action-no-body; occi-schema.json (action_instance)',
  },
  {
    operations: ['update'],
    when: ({ http, json }) => isJson(http.contentType) && unknownMember(json, ['mixins', 'kinds', 'actions']),
    status: 400,
    message: (name) =>
      unparsable(
        `The property '#/' contains additional properties ["${name}"] outside of the schema when none are allowed`,
      ),
    source: 'rocci-server-2.0-stateful: update-kind-json, update-title-json',
  },
  {
    operations: ['update'],
    when: ({ http }) => isText(http.contentType) && kindIn(http.body),
    status: 400,
    message: (kind) => unparsable(`"${kind}" is not of expected class Occi::Core::Mixin`),
    source: 'rocci-server-2.0-stateful: update-mixin-and-kind-plain',
  },
  {
    operations: ['update'],
    when: ({ payload }) => payload.drafts.every(({ mixins }) => mixins.length === 0),
    status: 400,
    message: 'No mixins given for updating the instance',
    source: 'app/controllers/entity_controller.rb:87',
  },
  {
    operations: ['create', 'update'],
    when: (request) => unknownCategory(request),
    status: 400,
    message: (id) => unparsable(`Category "${id}" not found in the model`),
    source:
      'rocci-server-2.0: error-unknown-mixin-plain; rocci-server-2.0-stateful: create-json-unknown-mixin',
  },
  {
    operations: createOperations,
    when: ({ http }) => isText(http.contentType) && firstLinkWithout(http.body, ['self', 'category']),
    status: 400,
    message: (target) => unparsable(`Link "${target}" missing type and location information`),
    source:
      'occi-core lib/occi/core/parsers/text/entity.rb:188; rocci-server-2.0-stateful: create-plain-bare-link',
  },
  {
    operations: createOperations,
    when: ({ http }) => isText(http.contentType) && firstLinkWithout(http.body, ['occi.core.id']),
    status: 400,
    message: unparsable('Link  is missing attribute information'),
    source:
      'occi-core lib/occi/core/parsers/text/entity.rb:209; rocci-server-2.0-stateful: create-plain-self-link',
  },
  {
    operations: createOperations,
    when: (request) => unknownAttribute(request),
    status: 400,
    message: (name) => unparsable(`Attribute :"${name}" is not allowed for this entity`),
    source: 'rocci-server-2.0-stateful: create-json-unknown-attribute',
  },
  {
    operations: createOperations,
    when: (request) => requestEntities(request).some(({ core }) => core('id') === undefined),
    status: 409,
    message: required('occi.core.id'),
    source:
      'rocci-server-2.0: create-rocci-cli-content-type; rocci-server-2.0-stateful: create-json-no-core-id',
  },
  {
    operations: createOperations,
    when: (request) => {
      const links = requestEntities(request).filter(({ isLink }) => isLink)
      return (
        (['source', 'target'] as const).find((end) =>
          // The source of an inline link is set by the resource (occi-core lib/occi/core/resource.rb, add_link).
          links.some(({ core, isInline }) => core(end) === undefined && !(isInline && end === 'source')),
        ) ?? false
      )
    },
    status: 409,
    message: (end) => required(`occi.core.${end}`),
    source: 'rocci-server-2.0-stateful: create-link-no-target-json, create-json-link-no-core-target',
  },
  {
    operations: createOperations,
    when: (request) => missingRequired(request),
    status: 409,
    message: (name) => required(name),
    source:
      'occi-core lib/occi/core/attribute_definition.rb:192; rocci-server-2.0-stateful: create-securitygroup-no-rules',
  },
  {
    operations: createOperations,
    when: (request) => attributeMismatch(request),
    status: 409,
    message: (detail) => invalid(detail),
    source:
      'occi-core lib/occi/core/attribute_definition.rb:212; rocci-server-2.0-stateful: create-json-bad-id, create-json-empty-title',
  },
  {
    operations: ['trigger', 'trigger-all'],
    when: (request) => parameterMismatch(request),
    status: 409,
    message: (detail) => invalid(detail),
    source: 'rocci-server-2.0-stateful: action-bad-method-json',
  },
  {
    operations: createOperations,
    when: ({ payload, http, context }) => {
      const collection = context.catalog.byLocation(http.path)
      return (
        collection?.class === 'kind' &&
        payload.drafts.every(
          ({ kind }) => kind === undefined || !context.catalog.descendsFrom(kind, collection.id),
        )
      )
    },
    status: 400,
    message: 'Given instance(s) not supported in this collection',
    source:
      'app/controllers/entity_controller.rb:43; rocci-server-2.0-stateful: create-json-wrong-collection',
  },
  {
    operations: createOperations,
    when: (request) => request.payload.drafts.some((draft) => isRestricted(request, draft)),
    status: 409,
    message: invalid('Submitted entity is not compliant with server restrictions'),
    source:
      'app/controllers/concerns/entity_restrictable.rb:3-22; rocci-server-2.0-stateful: create-json-no-image, create-json-cores-beside-size',
  },
  {
    operations: ['update'],
    when: ({ payload, record, context }) =>
      record?.kind === COMPUTE &&
      !payload.drafts.some(({ mixins }) =>
        mixins.some((id) => context.catalog.dependsOn(id, RESOURCE_TEMPLATE)),
      ),
    status: 409,
    message: 'Failed to perform requested change: Resource template not provided',
    source: 'app/lib/backends/opennebula/compute.rb:56; rocci-server-2.0-stateful: update-image-json',
  },
]

function isText(contentType: string | undefined): boolean {
  return contentType?.startsWith('text/plain') === true
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/(occi\+)?json\b/.test(contentType)
}

/** A category (occi-core lib/occi/core/parsers/text/constants.rb, REGEXP_CATEGORY), as far as requests use it. */
const categoryPattern =
  /^Category:\s*[A-Za-z0-9][A-Za-z0-9_-]*;\s*scheme="[a-z][a-z0-9+.-]*:[^"\s]*#[A-Za-z0-9_-]*";\s*class="?(action|mixin|kind)"?(;\s*(title|rel|location|attributes|actions)="[^"]*")*;?$/

function firstMalformedCategory(body: string): string | false {
  return lines(body).find((line) => line.startsWith('Category:') && !categoryPattern.test(line)) ?? false
}

/** The identifier of the first kind in a text message. */
function kindIn(body: string): string | false {
  const kind = lines(body).find((line) => /;\s*class="?kind/.test(line))
  const [, term, scheme] = /^Category:\s*([^;\s]+);\s*scheme="([^"]*)"/.exec(kind ?? '') ?? []
  return term === undefined || scheme === undefined ? false : scheme + term
}

function firstLine(body: string, pattern: RegExp): string | false {
  return lines(body).find((line) => pattern.test(line)) ?? false
}

function lines(body: string): readonly string[] {
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The target of the first inline link that lacks one of the parameters. Links of actions are exempt. */
function firstLinkWithout(body: string, names: readonly string[]): string | false {
  for (const line of lines(body)) {
    const target = /^Link:\s*<([^>?]*)>/.exec(line)?.[1]
    if (
      target !== undefined &&
      names.some((name) => !line.includes(`;${name}=`) && !line.includes(`; ${name}=`))
    )
      return target
  }
  return false
}

type Json = Readonly<Record<string, unknown>>

function hasOnlyMembers(object: Json, names: readonly string[]): boolean {
  return Object.keys(object).every((name) => names.includes(name))
}

function unknownMember(json: unknown, names: readonly string[]): string | false {
  return isRecord(json) ? (Object.keys(json).find((name) => !names.includes(name)) ?? false) : false
}

/** Whether a value conforms to occi-schema.json of occi-core: to its resource, link or entity_collection. */
function isEntityRendering(json: unknown): boolean {
  return isResource(json) || isLink(json) || isCollection(json)
}

/** The members that resources and links have in common. */
const sharedMembers = ['kind', 'mixins', 'attributes', 'actions', 'id', 'title']

function isResource(json: unknown): boolean {
  return (
    isRecord(json) &&
    hasOnlyMembers(json, [...sharedMembers, 'links', 'summary']) &&
    hasValidSharedMembers(json) &&
    isOptional(json['summary'], isString) &&
    isOptional(json['links'], (links) => isNonEmptyList(links, isLink))
  )
}

function isLink(json: unknown): boolean {
  return (
    isRecord(json) &&
    hasOnlyMembers(json, [...sharedMembers, 'source', 'target']) &&
    hasValidSharedMembers(json) &&
    isLinkEnd(json['source']) &&
    isLinkEnd(json['target'])
  )
}

function isCollection(json: unknown): boolean {
  return (
    isRecord(json) &&
    hasOnlyMembers(json, ['resources', 'links']) &&
    isOptional(json['resources'], (list) => isNonEmptyList(list, isResource)) &&
    isOptional(json['links'], (list) => isNonEmptyList(list, isLink))
  )
}

function hasValidSharedMembers(json: Json): boolean {
  const { kind, id, attributes, mixins, actions, title } = json
  return (
    isString(kind) &&
    isString(id) &&
    isRecord(attributes) &&
    Object.values(attributes).every((value) => value !== null) &&
    isOptional(mixins, isStringSet) &&
    isOptional(actions, isStringSet) &&
    isOptional(title, isString)
  )
}

function isLinkEnd(json: unknown): boolean {
  return (
    isRecord(json) &&
    hasOnlyMembers(json, ['location', 'kind']) &&
    isString(json['location']) &&
    isOptional(json['kind'], isString)
  )
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}

/** Whether a value is a `stringArray` of JSON Schema draft 4: at least one string, and no duplicates. */
function isStringSet(value: unknown): boolean {
  return (
    isNonEmptyList(value, isString) &&
    new Set(value as readonly unknown[]).size === (value as readonly unknown[]).length
  )
}

function isNonEmptyList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isItem)
}

function isOptional(value: unknown, isValid: (value: unknown) => boolean): boolean {
  return value === undefined || isValid(value)
}

/** An entity as the server reads it from a request. */
interface RequestEntity {
  readonly isLink: boolean
  readonly isInline: boolean
  /** The value of `occi.core.NAME`. In JSON, the server reads it from the attributes. */
  core(name: 'id' | 'source' | 'target'): unknown
}

/** The entities of a request, including inline links. */
function requestEntities(request: RuleRequest): readonly RequestEntity[] {
  const { json, payload, http, context } = request
  if (isJson(http.contentType)) return isRecord(json) ? entitiesInJson(json) : []
  return payload.drafts.map((draft) => ({
    isLink: draft.kind !== undefined && context.catalog.descendsFrom(draft.kind, LINK),
    isInline: false,
    core: (name) => draft[name],
  }))
}

function entitiesInJson(json: Json): readonly RequestEntity[] {
  const recordsIn = (list: unknown) => (Array.isArray(list) ? list.filter(isRecord) : [])
  const toEntity = (entity: Json, isInline: boolean): RequestEntity => ({
    isLink: entity['target'] !== undefined,
    isInline,
    core: (name) => (isRecord(entity['attributes']) ? entity['attributes'][`occi.core.${name}`] : undefined),
  })
  const topEntities =
    json['kind'] === undefined ? [...recordsIn(json['resources']), ...recordsIn(json['links'])] : [json]
  return topEntities.flatMap((entity) => {
    const inlineLinks = recordsIn(entity['links']).map((link) => toEntity(link, true))
    return [toEntity(entity, false), ...inlineLinks]
  })
}

function unknownCategory({ payload, context }: RuleRequest): string | false {
  const ids = payload.drafts.flatMap((draft) => [
    ...draft.mixins,
    ...draft.links.flatMap((link) => [link.kind, ...link.mixins]),
  ])
  return ids.find((id) => context.catalog.get(id) === undefined) ?? false
}

function definitionsOf({ context }: RuleRequest, draft: Pick<Draft, 'kind' | 'mixins'>) {
  return draft.kind === undefined
    ? new Map<string, AttributeDefinition>()
    : context.catalog.definitions(draft.kind, draft.mixins)
}

function unknownAttribute(request: RuleRequest): string | false {
  for (const draft of request.payload.drafts) {
    for (const entity of [draft, ...draft.links]) {
      const definitions = definitionsOf(request, entity)
      for (const name of entity.attributes.keys())
        if (!definitions.has(name) && !name.startsWith('occi.core.')) return name
    }
  }
  return false
}

function missingRequired(request: RuleRequest): string | false {
  for (const draft of request.payload.drafts) {
    for (const definition of definitionsOf(request, draft).values()) {
      const { name } = definition
      const isExpected = definition.required && definition.mutable && definition.default === undefined
      if (isExpected && !name.startsWith('occi.core.') && !draft.attributes.has(name)) return name
    }
  }
  return false
}

function attributeMismatch(request: RuleRequest): string | false {
  const [first] = requestEntities(request)
  for (const draft of request.payload.drafts) {
    const definitions = definitionsOf(request, draft)
    const values: (readonly [string, unknown])[] = [
      ['occi.core.id', first?.core('id')],
      ['occi.core.title', draft.title],
      ...draft.attributes,
    ]
    for (const [name, value] of values) {
      const problem = patternMismatch(name, value, definitions.get(name))
      if (problem !== false) return problem
    }
  }
  return false
}

function parameterMismatch({ payload, context }: RuleRequest): string | false {
  const { action } = payload
  const definition = action === undefined ? undefined : context.catalog.get(action.action)
  for (const [name, value] of action?.attributes ?? []) {
    const problem = patternMismatch(name, value, definition?.attributes.get(name))
    if (problem !== false) return problem
  }
  return false
}

function patternMismatch(
  name: string,
  value: unknown,
  definition: AttributeDefinition | undefined,
): string | false {
  if (definition?.pattern?.form !== 'regex' || typeof value !== 'string') return false
  const source = definition.pattern.source.replace(/^\(\?-mix:(.*)\)$/, '$1')
  const pattern = new RegExp(source.replaceAll('[[:alnum:]]', '[A-Za-z0-9]'))
  return pattern.test(value)
    ? false
    : `Attribute "${name}" invalid: ${JSON.stringify(value)} does not match pattern /${source}/`
}

/** Whether an entity violates EntityRestrictable::RESTRICTIONS (app/controllers/concerns/entity_restrictable.rb). */
function isRestricted(request: RuleRequest, draft: Draft): boolean {
  const { catalog } = request.context
  const mixinWithParent = (parent: TypeId) =>
    draft.mixins.find((id) => id !== parent && catalog.dependsOn(id, parent))
  if (draft.kind === IP_RESERVATION) return mixinWithParent(floatingIpPool) === undefined
  if (draft.kind !== COMPUTE) return false
  const size = mixinWithParent(RESOURCE_TEMPLATE)
  if (size === undefined || mixinWithParent(OS_TEMPLATE) === undefined) return true
  for (const definition of catalog.mixin(size)?.attributes.values() ?? []) {
    const value = draft.attributes.get(definition.name)
    if (value !== undefined && value !== definition.default) return true
  }
  return false
}

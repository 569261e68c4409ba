/** The actions of rOCCI-cli (`--action`). */
import { AmbiguousError, NotFoundError, UsageError } from '../../errors/errors.js'
import type { Category, Kind, Mixin, Model, TypeId } from '../../model/index.js'
import { type ActionRequest, shortMixin } from './action-request.js'
import { coreKinds, toRocciCategory } from './convert.js'
import { type JsonStyle, jsonRecords, jsonStrings } from './formats/json.js'
import { dumpModel } from './formats/model.js'
import { plainRecords } from './formats/plain.js'
import type { RocciCategory, RocciRecord } from './record.js'
import { parseAttributes, splitList } from './values.js'

/** Returns the text for standard output, including line ends. */
type ActionRunner = (request: ActionRequest, model: Model) => Promise<string>

export const actions: Readonly<Record<string, ActionRunner>> = {
  list: async (request, model) => {
    const target = resolveTarget(request, model)
    if (target.type === 'mixins')
      return printStrings(
        target.mixins.map((mixin) => categoryOf(mixin, model, request).id),
        request,
      )
    if (target.type === 'instance') throw unknownResource(resourceOf(request))
    const locations: string[] = []
    for await (const location of request.client.locations(target.collection, { signal: request.signal }))
      locations.push(location)
    return printStrings(locations, request)
  },

  describe: async (request, model) => {
    const target = resolveTarget(request, model)
    if (target.type === 'mixins') {
      return printRecords(
        target.mixins.map((mixin) => ({ type: 'category', category: categoryOf(mixin, model, request) })),
        request,
      )
    }
    const { describe } = await import('./describe.js')
    const entities = await describe(target.type === 'instance' ? target.ref : target.collection, {
      client: request.client,
      mediaType: request.parsed.values.get('media-type'),
      isInstance: target.type === 'instance',
      signal: request.signal,
      model,
    })
    return printRecords(
      entities.map((entity) => ({ type: 'entity', entity })),
      request,
    )
  },

  create: async (request, model) => {
    const { create } = await import('./create.js')
    return create(request, model)
  },

  delete: async (request, model) => {
    const target = resolveTarget(request, model)
    if (target.type === 'mixins')
      throw new UsageError(`Resource ${quoted(resourceOf(request))} cannot be deleted!`)
    if (target.type === 'instance') await request.client.delete(target.ref, { signal: request.signal })
    else await request.client.deleteAll(target.collection, { signal: request.signal })
    return ''
  },

  unlink: async (request, model) => {
    const target = resolveTarget(request, model)
    if (target.type !== 'instance')
      throw new UsageError(`Resource ${quoted(resourceOf(request))} cannot be unlinked!`)
    requireLink(target.ref, model)
    await request.client.delete(target.ref, { signal: request.signal })
    return ''
  },

  trigger: async (request, model) => {
    const target = resolveTarget(request, model)
    if (target.type === 'mixins') throw unknownResource(resourceOf(request))
    const action = actionOf(request.parsed.values.get('trigger-action') ?? '', target, model)
    const attributes = parseAttributes(request.parsed.lists.get('attribute') ?? [])
    if (target.type === 'instance')
      await request.client.trigger(target.ref, action, attributes, { signal: request.signal })
    else await request.client.triggerAll(target.collection, action, attributes, { signal: request.signal })
    return ''
  },

  link: async (request, model) => {
    const target = resolveTarget(request, model)
    if (target.type !== 'instance') throw unknownResource(resourceOf(request))
    const [path = ''] = splitList(request.parsed.lists.get('link') ?? [])
    const { linkKind, linkPath, mixinsOf } = await import('./create.js')
    const { location } = await request.client.link(
      target.ref,
      {
        target: linkPath(path),
        kind: linkKind(path),
        mixins: mixinsOf(request, model),
        attributes: parseAttributes(request.parsed.lists.get('attribute') ?? []),
      },
      { signal: request.signal },
    )
    return `${location}\n`
  },

  update: async (request, model) => {
    const target = resolveTarget(request, model)
    if (target.type !== 'instance') throw unknownResource(resourceOf(request))
    const { mixinsOf } = await import('./create.js')
    await request.client.update(target.ref, { mixins: mixinsOf(request, model) }, { signal: request.signal })
    return ''
  },

  discover: async (request, model) => {
    const root =
      `http://schemas.ogf.org/occi/core#${request.parsed.values.get('entity-type') ?? 'resource'}` as TypeId
    const kinds = model.kinds.filter((kind) => model.isA(kind.id, root))
    return printRecords(
      withCoreKinds(kinds, [root], model, request).map((category) => ({ type: 'category', category })),
      request,
    )
  },

  'dump-model': async (request, model) => {
    const filter = request.parsed.values.get('filter')
    const categories =
      filter === undefined
        ? withCoreKinds(
            model.categories,
            coreKinds.map(({ id }) => id),
            model,
            request,
          )
        : relatedCategories(filter as TypeId, model).map((category) => categoryOf(category, model, request))
    const style = jsonStyle(request)
    // rOCCI printed a Ruby Hash here instead of JSON.
    return style === undefined
      ? dumpModel(categories)
      : `${jsonRecords(
          categories.map((category) => ({ type: 'category', category })),
          style,
        )}\n`
  },
}

type Target =
  | { readonly type: 'collection'; readonly collection: Kind | string; readonly kind: Kind | undefined }
  | { readonly type: 'mixins'; readonly mixins: readonly Mixin[] }
  | { readonly type: 'instance'; readonly ref: string }

/** Resolves `--resource`: the term or identifier of a kind or mixin, `os_tpl#term`, a path, a URL of the endpoint. */
function resolveTarget(request: ActionRequest, model: Model): Target {
  const name = resourceOf(request)
  const kind = model.kinds.find((each) => each.id === name || each.term === name)
  if (kind !== undefined) return { type: 'collection', collection: kind, kind }
  const mixin = model.mixins.find((each) => each.id === name || each.term === name)
  if (mixin !== undefined) {
    const dependents = model.mixins.filter(
      (each) => each.id !== mixin.id && model.dependsOn(each.id, mixin.id),
    )
    return { type: 'mixins', mixins: dependents.length > 0 ? dependents : [mixin] }
  }
  const shortForm = /^([^/#\s]+)#([^#\s]+)$/.exec(name)
  if (shortForm !== null) return { type: 'mixins', mixins: [shortMixin(name, model)] }
  if (name.startsWith('/') || isAtEndpoint(name, request.client.endpoint)) {
    return name.endsWith('/')
      ? {
          type: 'collection',
          collection: name,
          kind: model.kinds.find((each) => samePath(each.location, name)),
        }
      : { type: 'instance', ref: name }
  }
  throw unknownResource(name)
}

/** Throws UsageError if the entity's path shows that it is a resource and not a link. */
function requireLink(ref: string, model: Model): void {
  const path = URL.canParse(ref) ? new URL(ref).pathname : ref
  const kind = model.kinds.find(({ location }) => {
    const collectionPath = location === undefined ? undefined : new URL(location, 'http://-/').pathname
    return (
      collectionPath !== undefined &&
      collectionPath !== '/' &&
      path.slice(0, path.lastIndexOf('/') + 1).endsWith(collectionPath)
    )
  })
  if (kind === undefined || model.isA(kind.id, 'http://schemas.ogf.org/occi/core#link' as TypeId)) return
  throw new UsageError(`Resource ${quoted(ref)} is not a link but a ${kind.term}, and would be deleted!`, {
    hint: 'Use the location of the link, as `describe` shows it; `delete` deletes a resource.',
  })
}

function resourceOf(request: ActionRequest): string {
  return request.parsed.values.get('resource') ?? ''
}

/**
 * The identifier of the action to trigger. If several actions have the name, prefers one of the target's kind; rOCCI
 * reported `online` as ambiguous. For an instance the name is returned, since the client decides by its kind.
 */
function actionOf(name: string, target: Target, model: Model): string {
  const matching = model.actions.filter(
    (action) => action.id === name || action.term === name || action.id.endsWith(`/${name}`),
  )
  if (matching.length === 0) throw new UsageError(`Failed to identify action ${quoted(name)} in the model!`)
  if (matching.length === 1) return matching[0]?.id ?? name
  if (target.type === 'instance') return name
  const kind = target.type === 'collection' ? target.kind : undefined
  const kindActions = matching.filter((action) => kind?.actions.includes(action.id))
  if (kindActions[0] !== undefined) return kindActions[0].id
  throw new AmbiguousError(`Action type ${quoted(name)} is ambiguous, use a type identifier!`)
}

function relatedCategories(filter: TypeId, model: Model): readonly Category[] {
  return model.categories.filter(
    (category) =>
      category.id === filter ||
      (category.class === 'mixin' && model.dependsOn(category.id, filter)) ||
      (category.class === 'kind' && model.isA(category.id, filter)),
  )
}

/** Puts the core kinds first, as rOCCI does even if the server omits them. */
function withCoreKinds(
  categories: readonly Category[],
  coreIds: readonly string[],
  model: Model,
  request: ActionRequest,
): readonly RocciCategory[] {
  const coreCategories = coreKinds.filter(({ id }) => coreIds.includes(id))
  const otherCategories = categories.filter((category) => !coreIds.includes(category.id))
  return [...coreCategories, ...otherCategories.map((category) => categoryOf(category, model, request))]
}

function categoryOf(category: Category, model: Model, { parsed }: ActionRequest): RocciCategory {
  // rOCCI converted the terms of a text model to lower case, but not those of a JSON model.
  const lowerCaseTerms = parsed.values.get('media-type') !== 'application/occi+json'
  return toRocciCategory(category, model, { lowerCaseTerms })
}

function printRecords(records: readonly RocciRecord[], request: ActionRequest): string {
  const style = jsonStyle(request)
  return `${style === undefined ? plainRecords(records) : jsonRecords(records, style)}\n`
}

function printStrings(strings: readonly string[], request: ActionRequest): string {
  const style = jsonStyle(request)
  return `${style === undefined ? strings.join('\n') : jsonStrings(strings, style)}\n`
}

/** How --output-format prints JSON; undefined for plain output. */
function jsonStyle(request: ActionRequest): JsonStyle | undefined {
  const format = request.parsed.values.get('output-format') ?? 'plain'
  if (format === 'plain') return undefined
  return { pretty: format.endsWith('_pretty'), extended: format.includes('extended') }
}

/** The error with rOCCI-cli's message for an unknown --resource. */
function unknownResource(name: string): NotFoundError {
  return new NotFoundError(`I have no idea what ${quoted(name)} is ...`)
}

function isAtEndpoint(name: string, endpoint: string): boolean {
  return (
    URL.canParse(name) &&
    /^https?:/i.test(name) &&
    (new URL(name).origin === new URL(endpoint).origin || isSameLoopbackServer(name, endpoint))
  )
}

/**
 * Whether a URL names the endpoint's server by another name of the loopback interface. rOCCI compared strings, so
 * that it rejected URLs that it had printed itself.
 */
function isSameLoopbackServer(name: string, endpoint: string): boolean {
  const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])
  const requested = new URL(name)
  const served = new URL(endpoint)
  return (
    requested.port === served.port &&
    loopbackHosts.has(requested.hostname) &&
    loopbackHosts.has(served.hostname)
  )
}

function samePath(location: string | undefined, name: string): boolean {
  const path = (text: string): string => (URL.canParse(text) ? new URL(text).pathname : text)
  return location !== undefined && path(location) === path(name)
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

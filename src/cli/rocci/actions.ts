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
type ActionRunner = (work: ActionRequest, model: Model) => Promise<string>

export const actions: Readonly<Record<string, ActionRunner>> = {
  list: async (work, model) => {
    const target = resolveTarget(work, model)
    if (target.type === 'mixins')
      return printStrings(
        target.mixins.map((mixin) => categoryOf(mixin, model, work).id),
        work,
      )
    if (target.type === 'instance') throw unknownResource(resourceOf(work))
    const found: string[] = []
    for await (const location of work.client.locations(target.collection, { signal: work.signal }))
      found.push(location)
    return printStrings(found, work)
  },

  describe: async (work, model) => {
    const target = resolveTarget(work, model)
    if (target.type === 'mixins') {
      return printRecords(
        target.mixins.map((mixin) => ({ type: 'category', category: categoryOf(mixin, model, work) })),
        work,
      )
    }
    const { describe } = await import('./describe.js')
    const entities = await describe(target.type === 'instance' ? target.ref : target.collection, {
      client: work.client,
      media: work.parsed.values.get('media-type'),
      instance: target.type === 'instance',
      signal: work.signal,
      model,
    })
    return printRecords(
      entities.map((entity) => ({ type: 'entity', entity })),
      work,
    )
  },

  create: async (work, model) => {
    const { create } = await import('./create.js')
    return create(work, model)
  },

  delete: async (work, model) => {
    const target = resolveTarget(work, model)
    if (target.type === 'mixins')
      throw new UsageError(`Resource ${quoted(resourceOf(work))} cannot be deleted!`)
    if (target.type === 'instance') await work.client.delete(target.ref, { signal: work.signal })
    else await work.client.deleteAll(target.collection, { signal: work.signal })
    return ''
  },

  unlink: async (work, model) => {
    const target = resolveTarget(work, model)
    if (target.type !== 'instance')
      throw new UsageError(`Resource ${quoted(resourceOf(work))} cannot be unlinked!`)
    requireLink(target.ref, model)
    await work.client.delete(target.ref, { signal: work.signal })
    return ''
  },

  trigger: async (work, model) => {
    const target = resolveTarget(work, model)
    if (target.type === 'mixins') throw unknownResource(resourceOf(work))
    const action = actionOf(work.parsed.values.get('trigger-action') ?? '', target, model)
    const attributes = parseAttributes(work.parsed.lists.get('attribute') ?? [])
    if (target.type === 'instance')
      await work.client.trigger(target.ref, action, attributes, { signal: work.signal })
    else await work.client.triggerAll(target.collection, action, attributes, { signal: work.signal })
    return ''
  },

  link: async (work, model) => {
    const target = resolveTarget(work, model)
    if (target.type !== 'instance') throw unknownResource(resourceOf(work))
    const [path = ''] = splitList(work.parsed.lists.get('link') ?? [])
    const { linkKind, linkPath, mixinsOf } = await import('./create.js')
    const { location } = await work.client.link(
      target.ref,
      {
        target: linkPath(path),
        kind: linkKind(path),
        mixins: mixinsOf(work, model),
        attributes: parseAttributes(work.parsed.lists.get('attribute') ?? []),
      },
      { signal: work.signal },
    )
    return `${location}\n`
  },

  update: async (work, model) => {
    const target = resolveTarget(work, model)
    if (target.type !== 'instance') throw unknownResource(resourceOf(work))
    const { mixinsOf } = await import('./create.js')
    await work.client.update(target.ref, { mixins: mixinsOf(work, model) }, { signal: work.signal })
    return ''
  },

  discover: async (work, model) => {
    const root =
      `http://schemas.ogf.org/occi/core#${work.parsed.values.get('entity-type') ?? 'resource'}` as TypeId
    const kinds = model.kinds.filter((kind) => model.isA(kind.id, root))
    return printRecords(
      withCoreKinds(kinds, [root], model, work).map((category) => ({ type: 'category', category })),
      work,
    )
  },

  'dump-model': async (work, model) => {
    const filter = work.parsed.values.get('filter')
    const categories =
      filter === undefined
        ? withCoreKinds(
            model.categories,
            coreKinds.map(({ id }) => id),
            model,
            work,
          )
        : relatedCategories(filter as TypeId, model).map((category) => categoryOf(category, model, work))
    const style = jsonStyle(work)
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

/** `--resource`: a kind or mixin by term or identifier, `os_tpl#term`, a path, a URL below the endpoint. */
function resolveTarget(work: ActionRequest, model: Model): Target {
  const name = resourceOf(work)
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
  if (name.startsWith('/') || isAtEndpoint(name, work.client.endpoint)) {
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
    hint: 'Give the location of the link, as `describe` shows it; `delete` deletes a resource.',
  })
}

function resourceOf(work: ActionRequest): string {
  return work.parsed.values.get('resource') ?? ''
}

/**
 * The action to trigger: its identifier, or for an instance the name if that is ambiguous, since the client decides by
 * the kind of the instance. Prefers an action of the target's kind; rOCCI reported `online` as ambiguous.
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
  found: readonly Category[],
  core: readonly string[],
  model: Model,
  work: ActionRequest,
): readonly RocciCategory[] {
  const first = coreKinds.filter(({ id }) => core.includes(id))
  const others = found.filter((category) => !core.includes(category.id))
  return [...first, ...others.map((category) => categoryOf(category, model, work))]
}

function categoryOf(category: Category, model: Model, { parsed }: ActionRequest): RocciCategory {
  const lowerCase = parsed.values.get('media-type') !== 'application/occi+json'
  return toRocciCategory(category, model, { lowerCase })
}

function printRecords(found: readonly RocciRecord[], work: ActionRequest): string {
  const style = jsonStyle(work)
  return `${style === undefined ? plainRecords(found) : jsonRecords(found, style)}\n`
}

function printStrings(found: readonly string[], work: ActionRequest): string {
  const style = jsonStyle(work)
  return `${style === undefined ? found.join('\n') : jsonStrings(found, style)}\n`
}

/** Undefined for plain output. */
function jsonStyle(work: ActionRequest): JsonStyle | undefined {
  const format = work.parsed.values.get('output-format') ?? 'plain'
  if (format === 'plain') return undefined
  return { pretty: format.endsWith('_pretty'), extended: format.includes('extended') }
}

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
 * Whether a URL is the endpoint's server under another name of the loopback interface. rOCCI compared strings
 * and rejected URLs that it had printed itself.
 */
function isSameLoopbackServer(name: string, endpoint: string): boolean {
  const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
  const [a, b] = [new URL(name), new URL(endpoint)]
  return a.port === b.port && loopback.has(a.hostname) && loopback.has(b.hostname)
}

function samePath(location: string | undefined, name: string): boolean {
  const path = (text: string): string => (URL.canParse(text) ? new URL(text).pathname : text)
  return location !== undefined && path(location) === path(name)
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

/** rOCCI's actions over the library: each answers what goes to standard output. */
import type { Client, EntityRef } from '../../client/index.js'
import { AmbiguousError, NotFoundError, UsageError } from '../../errors/errors.js'
import {
  type Category,
  type Entity,
  type Kind,
  type Mixin,
  type Model,
  parseIdentifier,
  type TypeId,
} from '../../model/index.js'
import { toRocciCategory, toRocciEntity } from './convert.js'
import { type JsonStyle, jsonRecords, jsonStrings } from './formats/json.js'
import { dumpModel } from './formats/model.js'
import { plainRecords } from './formats/plain.js'
import type { Parsed } from './optparse.js'
import type { RocciRecord } from './record.js'
import { type ContextVariables, parseAttributes, splitList } from './values.js'

export interface Work {
  readonly client: Client
  readonly parsed: Parsed
  readonly variables: ContextVariables
  readonly signal: AbortSignal
  /** Printed at once: what exists must be known even when waiting for it fails. */
  readonly announce: (text: string) => Promise<void>
}

/** Answers standard output, complete with its line ends. */
export type Doing = (work: Work, model: Model) => Promise<string>

export const doings: Readonly<Record<string, Doing>> = {
  list: async (work, model) => {
    const target = targetOf(work, model)
    if (target.is === 'mixins')
      return strings(
        target.mixins.map((mixin) => mixin.id),
        work,
      )
    if (target.is === 'instance') throw unknownResource(resourceOf(work))
    const found: string[] = []
    for await (const location of work.client.locations(target.collection, { signal: work.signal }))
      found.push(location)
    return strings(found, work)
  },

  describe: async (work, model) => {
    const target = targetOf(work, model)
    if (target.is === 'mixins') {
      return records(
        target.mixins.map((mixin) => ({ what: 'category', category: toRocciCategory(mixin, model) })),
        work,
      )
    }
    const conversion = { model, sorted: work.parsed.values.get('media-type') === 'text/occi' }
    const entities: Entity[] = []
    if (target.is === 'instance')
      entities.push(await work.client.describe(target.ref, { signal: work.signal }))
    else
      for await (const entity of work.client.list(target.collection, { signal: work.signal }))
        entities.push(entity)
    return records(
      entities.map((entity) => ({ what: 'entity', entity: toRocciEntity(entity, conversion) })),
      work,
    )
  },

  create: async (work, model) => {
    const { create } = await import('./create.js')
    return create(work, model)
  },

  delete: async (work, model) => {
    const target = targetOf(work, model)
    if (target.is === 'mixins')
      throw new UsageError(`Resource ${quoted(resourceOf(work))} cannot be deleted!`)
    if (target.is === 'instance') await work.client.delete(target.ref, { signal: work.signal })
    else await work.client.deleteAll(target.collection, { signal: work.signal })
    return ''
  },

  unlink: async (work, model) => {
    const target = targetOf(work, model)
    if (target.is !== 'instance')
      throw new UsageError(`Resource ${quoted(resourceOf(work))} cannot be unlinked!`)
    await work.client.delete(target.ref, { signal: work.signal })
    return ''
  },

  trigger: async (work, model) => {
    const target = targetOf(work, model)
    if (target.is === 'mixins') throw unknownResource(resourceOf(work))
    const action = actionOf(work.parsed.values.get('trigger-action') ?? '', target, model)
    const attributes = parseAttributes(work.parsed.lists.get('attribute') ?? [])
    if (target.is === 'instance')
      await work.client.trigger(target.ref, action, attributes, { signal: work.signal })
    else await work.client.triggerAll(target.collection, action, attributes, { signal: work.signal })
    return ''
  },

  link: async (work, model) => {
    const target = targetOf(work, model)
    if (target.is !== 'instance') throw unknownResource(resourceOf(work))
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
    const target = targetOf(work, model)
    if (target.is !== 'instance') throw unknownResource(resourceOf(work))
    const { mixinsOf } = await import('./create.js')
    await work.client.update(target.ref, { mixins: mixinsOf(work, model) }, { signal: work.signal })
    return ''
  },

  discover: async (work, model) => {
    const root =
      `http://schemas.ogf.org/occi/core#${work.parsed.values.get('entity-type') ?? 'resource'}` as TypeId
    const kinds = model.kinds.filter((kind) => model.isA(kind.id, root))
    return records(
      kinds.map((kind) => ({ what: 'category', category: toRocciCategory(kind, model) })),
      work,
    )
  },

  'dump-model': async (work, model) => {
    const filter = work.parsed.values.get('filter')
    const wanted = filter === undefined ? model.categories : related(filter as TypeId, model)
    const categories = wanted.map((category) => toRocciCategory(category, model))
    const style = jsonStyle(work)
    // rOCCI printed Ruby's own notation here; JSON is what was meant.
    return style === undefined
      ? dumpModel(categories)
      : `${jsonRecords(
          categories.map((category) => ({ what: 'category', category })),
          style,
        )}\n`
  },
}

type Target =
  | { readonly is: 'collection'; readonly collection: Kind | string; readonly kind: Kind | undefined }
  | { readonly is: 'mixins'; readonly mixins: readonly Mixin[] }
  | { readonly is: 'instance'; readonly ref: EntityRef }

/** `--resource`: a kind or mixin by term or identifier, `os_tpl#term`, a path, a URL below the endpoint. */
function targetOf(work: Work, model: Model): Target {
  const name = resourceOf(work)
  const kind = model.kinds.find((each) => each.id === name || each.term === name)
  if (kind !== undefined) return { is: 'collection', collection: kind, kind }
  const mixin = model.mixins.find((each) => each.id === name || each.term === name)
  if (mixin !== undefined) {
    const below = model.mixins.filter((each) => each.id !== mixin.id && model.dependsOn(each.id, mixin.id))
    return { is: 'mixins', mixins: below.length > 0 ? below : [mixin] }
  }
  const short = /^([^/#\s]+)#([^#\s]+)$/.exec(name)
  if (short !== null) return { is: 'mixins', mixins: [shortMixin(name, model)] }
  if (name.startsWith('/') || isBelow(name, work.client.endpoint)) {
    return name.endsWith('/')
      ? {
          is: 'collection',
          collection: name,
          kind: model.kinds.find((each) => samePath(each.location, name)),
        }
      : { is: 'instance', ref: name }
  }
  throw unknownResource(name)
}

function resourceOf(work: Work): string {
  return work.parsed.values.get('resource') ?? ''
}

/** `os_tpl#debian6`: the mixin of that term among those related to any mixin of that name. Throws UsageError. */
export function shortMixin(name: string, model: Model): Mixin {
  const exact = model.get(name)
  if (exact?.class === 'mixin') return exact
  const { scheme = '', term = '' } = parseIdentifier(name) ?? {}
  const root = scheme.replace(/#$/, '')
  const found = model.mixins.filter(
    (mixin) =>
      mixin.term === term &&
      model.mixins.some((parent) => parent.term === root && model.dependsOn(mixin.id, parent.id)),
  )
  if (found[0] !== undefined) return found[0]
  throw new UsageError(`The specified mixin is not declared in the model! ${quoted(name)}`)
}

/** Prefers an action of the target's own kind, where rOCCI called `online` ambiguous. */
function actionOf(name: string, target: Target, model: Model): string {
  const named = model.actions.filter(
    (action) => action.id === name || action.term === name || action.id.endsWith(`/${name}`),
  )
  if (named.length === 0) throw new UsageError(`Failed to identify action ${quoted(name)} in the model!`)
  if (named.length === 1 || target.is === 'instance')
    return named.length === 1 ? (named[0]?.id ?? name) : name
  const kind = target.is === 'collection' ? target.kind : undefined
  const own = named.filter((action) => kind?.actions.includes(action.id))
  if (own[0] !== undefined) return own[0].id
  throw new AmbiguousError(`Action type ${quoted(name)} is ambiguous, use a type identifier!`)
}

function related(filter: TypeId, model: Model): readonly Category[] {
  return model.categories.filter(
    (category) =>
      category.id === filter ||
      (category.class === 'mixin' && model.dependsOn(category.id, filter)) ||
      (category.class === 'kind' && model.isA(category.id, filter)),
  )
}

function records(found: readonly RocciRecord[], work: Work): string {
  const style = jsonStyle(work)
  return `${style === undefined ? plainRecords(found) : jsonRecords(found, style)}\n`
}

function strings(found: readonly string[], work: Work): string {
  const style = jsonStyle(work)
  return `${style === undefined ? found.join('\n') : jsonStrings(found, style)}\n`
}

/** Undefined: plain. */
function jsonStyle(work: Work): JsonStyle | undefined {
  const format = work.parsed.values.get('output-format') ?? 'plain'
  if (format === 'plain') return undefined
  return { pretty: format.endsWith('_pretty'), extended: format.includes('extended') }
}

function unknownResource(name: string): NotFoundError {
  return new NotFoundError(`I have no idea what ${quoted(name)} is ...`)
}

function isBelow(name: string, endpoint: string): boolean {
  return (
    URL.canParse(name) &&
    /^https?:/i.test(name) &&
    (new URL(name).origin === new URL(endpoint).origin || sameMachine(name, endpoint))
  )
}

/** The same port under another name of loopback: rOCCI compared strings, and failed on URLs it had printed. */
function sameMachine(name: string, endpoint: string): boolean {
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

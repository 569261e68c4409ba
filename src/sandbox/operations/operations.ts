/** The operations of OCCI's HTTP protocol (GFD.223 §5) by name. */
import type { Kind, Mixin } from '../../model/index.js'
import type { Expectation } from '../../rendering/index.js'
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import { trigger } from './actions.js'
import type { OperationName } from './behaviour.js'
import type { Context, Outcome } from './context.js'
import { createEntity } from './create.js'
import { entitiesBelow, filtered, members, nodesBelow, paged } from './listing.js'
import { absentFault, entityNamed } from './paths.js'
import { type Draft, onlyDraft, type Payload } from './payload.js'
import { addMixins, queried, removeMixins } from './query.js'
import { removeEntities } from './remove.js'
import { attach, detach, replaceEntity, updateEntity } from './update.js'
import { viewOf } from './view.js'

interface Call {
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly payload: Payload
  /** Whether the response is a list of URIs, which contains paths instead of entities. */
  readonly asUris: boolean
}

interface Operation {
  readonly writes: 'nothing' | 'state'
  readonly expect: Expectation
  readonly run: (context: Context, call: Call) => Outcome
}

export const operations: Readonly<Record<OperationName, Operation>> = {
  query: {
    writes: 'nothing',
    expect: 'model',
    run: (context, { payload }) => ({ what: 'model', categories: queried(context, payload) }),
  },
  'add-mixin': {
    writes: 'state',
    expect: 'model',
    run: (context, { payload }) => ({ what: 'mixin-added', mixins: addMixins(context, payload) }),
  },
  'remove-mixin': {
    writes: 'state',
    expect: 'model',
    run: (context, { payload }) => {
      removeMixins(context, payload)
      return { what: 'mixin-removed' }
    },
  },
  root: { writes: 'nothing', expect: 'any', run: list },
  list: { writes: 'nothing', expect: 'any', run: list },
  retrieve: {
    writes: 'nothing',
    expect: 'any',
    run: (context, { path }) => {
      const record = entityAt(context, path)
      return { what: 'entity', path, entity: viewOf(context, record) }
    },
  },
  create: { writes: 'state', expect: 'entity', run: create },
  'create-at': {
    writes: 'state',
    expect: 'entity',
    run: (context, { path, payload }) => created(context, [createEntity(context, onlyDraft(payload), path)]),
  },
  update: {
    writes: 'state',
    expect: 'entity',
    run: (context, { path, payload }) => {
      const record = updateEntity(context, entityAt(context, path), onlyDraft(payload))
      return { what: 'updated', path, entity: viewOf(context, record) }
    },
  },
  replace: {
    writes: 'state',
    expect: 'entity',
    run: (context, { path, payload }) => {
      const [current, draft] = [entityAt(context, path), onlyDraft(payload)]
      const record = context.behaviour.putIsPartial
        ? updateEntity(context, current, { mixins: draft.mixins, attributes: new Map(), links: [] })
        : replaceEntity(context, current, draft)
      return { what: 'updated', path, entity: viewOf(context, record) }
    },
  },
  delete: {
    writes: 'state',
    expect: 'any',
    run: (context, { path }) => {
      removeEntities(context, [entityAt(context, path)])
      return { what: 'deleted' }
    },
  },
  'delete-all': {
    writes: 'state',
    expect: 'any',
    run: (context, call) => {
      const chosen = call.payload.locations.map((name) => entityNamed(context, name))
      const inside = filtered(context, entitiesInScope(context, call.path), call.payload)
      if (chosen.some((record) => !inside.includes(record))) {
        throw new Fault(400, `The request names an entity that is not in ${call.path}`)
      }
      removeEntities(context, chosen.length > 0 ? chosen : inside)
      return { what: 'deleted' }
    },
  },
  trigger: {
    writes: 'state',
    expect: 'action',
    run: (context, { path, query, payload }) => ({
      what: 'triggered',
      ...trigger(context, [entityAt(context, path)], query.get('action') ?? '', payload),
    }),
  },
  'trigger-all': {
    writes: 'state',
    expect: 'action',
    run: (context, { path, query, payload }) => ({
      what: 'triggered',
      ...trigger(context, entitiesInScope(context, path), query.get('action') ?? '', payload),
    }),
  },
  associate: {
    writes: 'state',
    expect: 'collection',
    run: (context, { path, payload }) => {
      const mixin = mixinAt(context, path)
      const records = namedMembers(context, payload).map((record) => attach(context, record, mixin.id))
      return { what: 'membership', entities: records.map((record) => viewOf(context, record)) }
    },
  },
  'set-members': {
    writes: 'state',
    expect: 'collection',
    run: (context, { path, payload }) => {
      const mixin = mixinAt(context, path)
      const newMembers = payload.locations.map((name) => entityNamed(context, name))
      const newPaths = new Set(newMembers.map((record) => record.path))
      for (const record of members(context, mixin)) {
        if (context.behaviour.putKeepsMembers !== true && !newPaths.has(record.path))
          detach(context, record, mixin.id)
      }
      const records = newMembers.map((record) => attach(context, record, mixin.id))
      return { what: 'membership', entities: records.map((record) => viewOf(context, record)) }
    },
  },
  dissociate: {
    writes: 'state',
    expect: 'collection',
    run: (context, { path, payload }) => {
      const mixin = mixinAt(context, path)
      const all = members(context, mixin)
      const { dissociateAll, dissociateNamed } = context.behaviour
      const effect = payload.locations.length === 0 ? dissociateAll : dissociateNamed
      if (effect === 'destroy') {
        removeEntities(context, all)
        return { what: 'deleted' }
      }
      const chosen = payload.locations.length === 0 ? all : namedMembers(context, payload)
      for (const record of chosen) detach(context, record, mixin.id)
      return { what: 'deleted' }
    },
  },
}

function list(context: Context, call: Call): Outcome {
  const bound = context.catalog.at(call.path)
  const filter = call.payload
  if (bound === undefined && call.asUris && filter.categoryIds.length === 0 && filter.attributes.size === 0) {
    const paths = nodesBelow(context, call.path)
    if (paths.length === 0 && context.behaviour.unknownPaths !== 'empty' && call.path !== '/')
      throw absentFault(context, call.path)
    return { what: 'nodes', paths }
  }
  const inside = entitiesInScope(context, call.path)
  if (
    inside.length === 0 &&
    bound === undefined &&
    context.behaviour.unknownPaths !== 'empty' &&
    call.path !== '/'
  ) {
    if (nodesBelow(context, call.path).length === 0) throw absentFault(context, call.path)
  }
  const records = paged(context, filtered(context, inside, filter), call.query)
  return { what: 'list', records, entities: () => records.map((record) => viewOf(context, record)) }
}

/** All entities of a collection or below a path. */
function entitiesInScope(context: Context, path: string): readonly EntityRecord[] {
  const bound = context.catalog.at(path)
  return bound === undefined ? entitiesBelow(context, path) : members(context, bound)
}

function create(context: Context, call: Call): Outcome {
  const bound = context.catalog.at(call.path)
  const drafts = draftsFor(context, call, bound)
  if (drafts.length === 0) throw new Fault(400, 'The request contains no entity')
  const records = drafts.map((draft) => {
    if (bound?.class === 'kind') checkKind(context, bound, draft)
    return createEntity(context, draft)
  })
  return created(context, records)
}

/** The drafts of a creation; their kind is that of the collection if the provider ignores the one in the message. */
function draftsFor(
  { behaviour }: Context,
  { payload }: Call,
  bound: Kind | Mixin | undefined,
): readonly Draft[] {
  const { drafts } = payload
  if (behaviour.kindFrom !== 'collection' || bound?.class !== 'kind') return drafts
  const empty: Draft = { mixins: [], attributes: new Map(), links: [] }
  const [only = empty, second] = drafts
  // A message with more than one entity is treated as one empty entity (E30).
  const draft = second === undefined ? only : empty
  return [{ ...draft, kind: bound.id }]
}

function created(context: Context, records: readonly EntityRecord[]): Outcome {
  return {
    what: 'created',
    entities: records.map((record) => viewOf(context, record)),
    paths: records.map((record) => record.path),
  }
}

function checkKind(context: Context, bound: Kind, draft: Draft): void {
  if (draft.kind === undefined) throw new Fault(400, 'The request names no kind')
  if (!context.catalog.descends(draft.kind, bound.id)) {
    throw new Fault(400, `A ${draft.kind} cannot be created in the collection of ${bound.id}`)
  }
}

function entityAt(context: Context, path: string): EntityRecord {
  const record = context.cloud.entity(path)
  if (record === undefined) throw absentFault(context, path)
  return record
}

function mixinAt(context: Context, path: string): Mixin {
  const bound = context.catalog.at(path)
  if (bound?.class !== 'mixin') throw new Fault(405, `${path} is not the collection of a mixin`)
  return bound
}

/** The entities that a request names. Throws Fault 400 if it names none. */
function namedMembers(context: Context, payload: Payload): readonly EntityRecord[] {
  if (payload.locations.length === 0) throw new Fault(400, 'The request names no entity')
  return payload.locations.map((name) => entityNamed(context, name))
}

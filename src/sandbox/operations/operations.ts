/** The operations of OCCI's HTTP protocol (GFD.223 §5) by name. */
import type { Kind, Mixin } from '../../model/index.js'
import type { Expectation } from '../../rendering/index.js'
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import { trigger } from './actions.js'
import type { OperationName } from './behaviour.js'
import type { Context, Outcome } from './context.js'
import { createEntity } from './create.js'
import { entitiesBelow, filterRecords, membersOf, nodesBelow, pageOf } from './listing.js'
import { absentFault, entityNamed } from './paths.js'
import { type Draft, onlyDraft, type Payload } from './payload.js'
import { addMixins, queryCategories, removeMixins } from './query.js'
import { removeEntities } from './remove.js'
import { attach, detach, replaceEntity, updateEntity } from './update.js'
import { viewOf } from './view.js'

/** The parts of a request that an operation reads. */
interface OperationInput {
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly payload: Payload
  /** Whether the response is a list of URIs, which contains paths instead of entities. */
  readonly isUriList: boolean
}

interface Operation {
  /** What the message of the request contains. */
  readonly expect: Expectation
  readonly run: (context: Context, input: OperationInput) => Outcome
}

export const operations: Readonly<Record<OperationName, Operation>> = {
  query: {
    expect: 'model',
    run: (context, { payload }) => ({ what: 'model', categories: queryCategories(context, payload) }),
  },
  'add-mixin': {
    expect: 'model',
    run: (context, { payload }) => ({ what: 'mixin-added', mixins: addMixins(context, payload) }),
  },
  'remove-mixin': {
    expect: 'model',
    run: (context, { payload }) => {
      removeMixins(context, payload)
      return { what: 'mixin-removed' }
    },
  },
  root: { expect: 'any', run: list },
  list: { expect: 'any', run: list },
  retrieve: {
    expect: 'any',
    run: (context, { path }) => {
      const record = entityAt(context, path)
      return { what: 'entity', path, entity: viewOf(context, record) }
    },
  },
  create: { expect: 'entity', run: create },
  'create-at': {
    expect: 'entity',
    run: (context, { path, payload }) =>
      creationOutcome(context, [createEntity(context, onlyDraft(payload), path)]),
  },
  update: {
    expect: 'entity',
    run: (context, { path, payload }) => {
      const record = updateEntity(context, entityAt(context, path), onlyDraft(payload))
      return { what: 'updated', path, entity: viewOf(context, record) }
    },
  },
  replace: {
    expect: 'entity',
    run: (context, { path, payload }) => {
      const current = entityAt(context, path)
      const draft = onlyDraft(payload)
      const record = context.behaviour.putIsPartial
        ? updateEntity(context, current, { mixins: draft.mixins, attributes: new Map(), links: [] })
        : replaceEntity(context, current, draft)
      return { what: 'updated', path, entity: viewOf(context, record) }
    },
  },
  delete: {
    expect: 'any',
    run: (context, { path }) => {
      removeEntities(context, [entityAt(context, path)])
      return { what: 'deleted' }
    },
  },
  'delete-all': {
    expect: 'any',
    run: (context, input) => {
      const selected = input.payload.locations.map((name) => entityNamed(context, name))
      const inScope = filterRecords(context, entitiesInScope(context, input.path), input.payload)
      if (selected.some((record) => !inScope.includes(record))) {
        throw new Fault(400, `The request names an entity that is not in ${input.path}`)
      }
      removeEntities(context, selected.length > 0 ? selected : inScope)
      return { what: 'deleted' }
    },
  },
  trigger: {
    expect: 'action',
    run: (context, { path, query, payload }) => ({
      what: 'triggered',
      ...trigger(context, [entityAt(context, path)], query.get('action') ?? '', payload),
    }),
  },
  'trigger-all': {
    expect: 'action',
    run: (context, { path, query, payload }) => ({
      what: 'triggered',
      ...trigger(context, entitiesInScope(context, path), query.get('action') ?? '', payload),
    }),
  },
  associate: {
    expect: 'collection',
    run: (context, { path, payload }) => {
      const mixin = mixinAt(context, path)
      const records = namedEntities(context, payload).map((record) => attach(context, record, mixin.id))
      return { what: 'membership', entities: records.map((record) => viewOf(context, record)) }
    },
  },
  'set-members': {
    expect: 'collection',
    run: (context, { path, payload }) => {
      const mixin = mixinAt(context, path)
      const newMembers = payload.locations.map((name) => entityNamed(context, name))
      const newPaths = new Set(newMembers.map((record) => record.path))
      for (const record of membersOf(context, mixin)) {
        if (context.behaviour.putKeepsMembers !== true && !newPaths.has(record.path))
          detach(context, record, mixin.id)
      }
      const records = newMembers.map((record) => attach(context, record, mixin.id))
      return { what: 'membership', entities: records.map((record) => viewOf(context, record)) }
    },
  },
  dissociate: {
    expect: 'collection',
    run: (context, { path, payload }) => {
      const mixin = mixinAt(context, path)
      const members = membersOf(context, mixin)
      const { dissociateAll, dissociateNamed } = context.behaviour
      const effect = payload.locations.length === 0 ? dissociateAll : dissociateNamed
      if (effect === 'delete-all') {
        removeEntities(context, members)
        return { what: 'deleted' }
      }
      const selected = payload.locations.length === 0 ? members : namedEntities(context, payload)
      for (const record of selected) detach(context, record, mixin.id)
      return { what: 'deleted' }
    },
  },
}

/** Lists a collection or, for a list of URIs without a filter, the nodes directly below any other path. */
function list(context: Context, { path, query, payload: filter, isUriList }: OperationInput): Outcome {
  const isCollection = context.catalog.byLocation(path) !== undefined
  const canBeAbsent = !isCollection && path !== '/' && context.behaviour.unknownPaths !== 'empty'
  const hasFilter = filter.categoryIds.length > 0 || filter.attributes.size > 0
  if (!isCollection && isUriList && !hasFilter) {
    const paths = nodesBelow(context, path)
    if (canBeAbsent && paths.length === 0) throw absentFault(context, path)
    return { what: 'nodes', paths }
  }
  const inScope = entitiesInScope(context, path)
  if (canBeAbsent && inScope.length === 0 && nodesBelow(context, path).length === 0) {
    throw absentFault(context, path)
  }
  const records = pageOf(context, filterRecords(context, inScope, filter), query)
  return { what: 'list', records, entities: () => records.map((record) => viewOf(context, record)) }
}

/** All entities of a collection or below a path. */
function entitiesInScope(context: Context, path: string): readonly EntityRecord[] {
  const category = context.catalog.byLocation(path)
  return category === undefined ? entitiesBelow(context, path) : membersOf(context, category)
}

function create(context: Context, input: OperationInput): Outcome {
  const category = context.catalog.byLocation(input.path)
  const drafts = draftsFor(context, input, category)
  if (drafts.length === 0) throw new Fault(400, 'The request contains no entity', { code: 'no-entity' })
  const records = drafts.map((draft) => {
    if (category?.class === 'kind') checkKind(context, category, draft)
    return createEntity(context, draft)
  })
  return creationOutcome(context, records)
}

/** The drafts of a creation. If the provider ignores the kind in the message, the kind is that of the collection. */
function draftsFor(
  { behaviour }: Context,
  { payload }: OperationInput,
  category: Kind | Mixin | undefined,
): readonly Draft[] {
  const { drafts } = payload
  if (behaviour.kindFrom !== 'collection' || category?.class !== 'kind') return drafts
  const empty: Draft = { mixins: [], attributes: new Map(), links: [] }
  const [only = empty, second] = drafts
  // A message with more than one entity is treated as one empty entity (E30).
  const draft = second === undefined ? only : empty
  return [{ ...draft, kind: category.id }]
}

function creationOutcome(context: Context, records: readonly EntityRecord[]): Outcome {
  return {
    what: 'created',
    entities: records.map((record) => viewOf(context, record)),
    paths: records.map((record) => record.path),
  }
}

function checkKind(context: Context, category: Kind, draft: Draft): void {
  if (draft.kind === undefined) throw new Fault(400, 'The request names no kind')
  if (!context.catalog.descendsFrom(draft.kind, category.id)) {
    throw new Fault(400, `A ${draft.kind} cannot be created in the collection of ${category.id}`)
  }
}

function entityAt(context: Context, path: string): EntityRecord {
  const record = context.cloud.entity(path)
  if (record === undefined) throw absentFault(context, path)
  return record
}

function mixinAt(context: Context, path: string): Mixin {
  const category = context.catalog.byLocation(path)
  if (category?.class !== 'mixin') throw new Fault(405, `${path} is not the collection of a mixin`)
  return category
}

/** The entities that a request names. Throws Fault 400 if it names none. */
function namedEntities(context: Context, payload: Payload): readonly EntityRecord[] {
  if (payload.locations.length === 0) throw new Fault(400, 'The request names no entity')
  return payload.locations.map((name) => entityNamed(context, name))
}

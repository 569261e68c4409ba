/** Failure states for practice, and the mixins that cause them. A resource is in the state while it has the mixin. */
import {
  type Category,
  COMPUTE,
  type Mixin,
  NETWORK,
  STORAGE,
  type TypeId,
  typeId,
} from '../../model/index.js'

interface Failure {
  readonly state: 'error' | 'degraded'
  readonly title: string
  readonly applies: readonly TypeId[]
  /** The only state that the failure replaces. Default: it replaces any state. */
  readonly insteadOf?: string
}

const scheme = 'http://sandbox.example.org/occi/state#'

/** OCCI 1.1 has no state for errors (GFD.184 §3), and 1.2 no degraded storage (GFD.224 §4.3). */
const failures: readonly Failure[] = [
  {
    state: 'error',
    title: 'For practice: puts the resource into the state error',
    applies: [COMPUTE, NETWORK, STORAGE],
  },
  {
    state: 'degraded',
    title: 'For practice: puts the storage into the state degraded',
    applies: [STORAGE],
    insteadOf: 'online',
  },
]

const failuresByMixin: ReadonlyMap<TypeId, Failure> = new Map(
  failures.map((failure) => [typeId(scheme, failure.state), failure]),
)

/** The failure state that the mixins of an entity cause in place of `state`, if any. */
export function failureOf(mixins: readonly TypeId[], state: string): Failure['state'] | undefined {
  const active = mixins.flatMap((id) => failuresByMixin.get(id) ?? [])
  return active.find(({ insteadOf = state }) => insteadOf === state)?.state
}

/** The failure mixins of an OCCI version. */
export function failureMixins(version: '1.1' | '1.2'): readonly Mixin[] {
  return failures
    .filter(({ state }) => version === '1.2' || state === 'degraded')
    .map(({ state, title, applies }) => ({
      class: 'mixin',
      scheme,
      term: state,
      id: typeId(scheme, state),
      title,
      attributes: new Map(),
      depends: [],
      applies,
      actions: [],
      location: `/state/${state}/`,
    }))
}

/** Adds the state `degraded` to storage, which OCCI 1.2 does not list. */
export function withDegraded(category: Category): Category {
  const state = category.attributes.get('occi.storage.state')
  if (state?.pattern?.form !== 'schema') return category
  const { enum: states } = state.pattern.schema
  if (!Array.isArray(states) || states.includes('degraded')) return category
  const schema = { ...state.pattern.schema, enum: [...states, 'degraded'] }
  const pattern = { ...state.pattern, schema }
  return { ...category, attributes: new Map([...category.attributes, [state.name, { ...state, pattern }]]) }
}

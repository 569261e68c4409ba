/** What has to be done so that what is there becomes what is wanted. Pure: nothing is asked and nothing is sent. */
import { sameLocation } from '../client/index.js'
import { type Entity, type Model, stateOf, type TypeId } from '../model/index.js'
import { compare } from './compare.js'
import type { StateRecord, StateRecords } from './state.js'

/** One resource as the file wants it. */
export interface Wanted {
  readonly address: string
  /** The context; empty for the one in force. */
  readonly site: string
  /** Undefined for a link whose ends tell its kind. */
  readonly kind: TypeId | undefined
  /** The kind as the file names it. */
  readonly word: string
  readonly title: string
  readonly existing: boolean
  /** Without links; undefined while it needs values that are not known yet. */
  readonly entity: Entity | undefined
  /** What the file says, for people: key and text. */
  readonly said: readonly (readonly [key: string, text: string])[]
  /** Addresses of what must be there before. */
  readonly needs: readonly string[]
  readonly links: readonly { readonly to: string; readonly key: string }[]
  /** Of a link. */
  readonly ends?: { readonly source: string; readonly target: string }
  readonly state: string | undefined
}

/** One resource as it is. */
export interface Found {
  readonly entity: Entity
  /** `state`: it is ours; `interrupted`: an apply was cut off while it made this; `title`: it may be somebody's. */
  readonly by: 'state' | 'interrupted' | 'title'
  /** URLs that it is linked with, by links that no resource of the stack stands for. */
  readonly linked: readonly string[]
  /** Why parts of it cannot be changed, by name. */
  readonly fixed: ReadonlyMap<string, string>
}

/** What is there, and what the state knows of it. */
export interface Actual {
  readonly found: ReadonlyMap<string, Found>
  readonly records: StateRecords
  readonly model: (site: string) => Model
}

/** One thing that is to be another. */
export interface PlanChange {
  /** `size`, `occi.compute.cores`, `link`, `state`. */
  readonly name: string
  readonly from?: string
  /** Absent where something is taken away. */
  readonly to?: string
  /** Why this cannot be changed, so that the resource is replaced. */
  readonly why?: string
}

/** What is done with a resource; `existing` is only looked up. */
export type PlanAction = 'create' | 'update' | 'replace' | 'delete' | 'keep' | 'existing'

/** What is done with one resource, and why. */
export interface PlanEntry {
  readonly address: string
  readonly action: PlanAction
  readonly word: string
  readonly title: string
  readonly site: string
  readonly changes: readonly PlanChange[]
  readonly url?: string
  /** It is there and not in the state: apply takes it as ours only when told so. */
  readonly adopt?: true
  /** An apply was cut off while this was created: apply looks for it once more before it creates one. */
  readonly interrupted?: true
  /** The state knows it, and it is gone. */
  readonly lost?: true
  /** URLs of links that are taken away first. */
  readonly unlinks: readonly string[]
  readonly wanted?: Wanted
  readonly found?: Found
  readonly record?: StateRecord
}

/** What an apply would do. */
export interface Plan {
  /** What is needed comes first; deletions come last. */
  readonly entries: readonly PlanEntry[]
}

/** Text in place of a value that is known when what it belongs to is there. */
const knownLater = '(known after apply)'

/**
 * What has to be done with each resource. `replace` names resources, or one of several, that are made anew although
 * nothing differs.
 */
export function plan(
  desired: readonly Wanted[],
  actual: Actual,
  { replace = new Set() }: { readonly replace?: ReadonlySet<string> } = {},
): Plan {
  const entries = new Map<string, PlanEntry>()
  for (const wanted of sorted(desired)) {
    const isAsked = replace.has(wanted.address) || replace.has(resourceOf(wanted.address))
    entries.set(wanted.address, entryFor(wanted, entries, actual, isAsked))
  }
  const gone = [...actual.records].filter(([address]) => !entries.has(address))
  return {
    entries: [...entries.values(), ...gone.map(([address, record]) => deletion(address, record, actual))],
  }
}

/** What would change something at the provider. */
export function hasChanges({ entries }: Plan): boolean {
  return entries.some(({ action, adopt }) => adopt === true || (action !== 'keep' && action !== 'existing'))
}

/** Everything of the state, except what is to be kept and what that needs. */
export function destruction(records: StateRecords, keep: ReadonlySet<string>): Plan {
  const kept = new Set<string>()
  const spare = (address: string) => {
    if (kept.has(address)) return
    kept.add(address)
    for (const need of records.get(address)?.needs ?? []) spare(need)
  }
  for (const address of records.keys()) {
    if (keep.has(address) || keep.has(resourceOf(address))) spare(address)
  }
  const nothing: Actual = {
    found: new Map(),
    records,
    model: () => {
      throw new Error('a destruction compares nothing')
    },
  }
  return {
    entries: [...records].map(([address, record]) => {
      const entry = deletion(address, record, nothing)
      return kept.has(address) ? { ...entry, action: 'keep' as const } : entry
    }),
  }
}

/** `web` of `web[0]`. */
export function resourceOf(address: string): string {
  return address.replace(/\[\d+\]$/, '')
}

function deletion(address: string, record: StateRecord, { found }: Actual): PlanEntry {
  const there = found.get(address)
  return {
    address,
    action: 'delete',
    word: record.kind === '' ? 'link' : record.kind.slice(record.kind.lastIndexOf('#') + 1),
    title: record.title,
    site: record.site,
    changes: [],
    unlinks: [],
    record,
    ...(record.url === undefined ? {} : { url: record.url }),
    ...(there === undefined ? {} : { found: there }),
  }
}

function entryFor(
  wanted: Wanted,
  before: ReadonlyMap<string, PlanEntry>,
  actual: Actual,
  isAsked: boolean,
): PlanEntry {
  const { address, word, title, site } = wanted
  const record = actual.records.get(address)
  const found = actual.found.get(address)
  const base = {
    address,
    word,
    title,
    site,
    wanted,
    unlinks: [],
    ...(record === undefined ? {} : { record }),
  }
  if (wanted.existing) {
    return {
      ...base,
      action: 'existing',
      changes: [],
      ...placeOf(found),
      ...(found === undefined ? {} : { found }),
    }
  }
  if (found === undefined && record !== undefined && record.site !== site) {
    return {
      ...base,
      action: 'replace',
      changes: [movedChange(record, site)],
      ...(record.url === undefined ? {} : { url: record.url }),
    }
  }
  if (found === undefined) {
    return {
      ...base,
      action: 'create',
      changes: wanted.said.map(([name, to]) => ({ name, to })),
      ...(record?.doing === 'create' ? { interrupted: true as const } : {}),
      ...(record?.url !== undefined ? { lost: true as const } : {}),
    }
  }
  const changes = [
    ...moves(wanted, found, record),
    ...ownChanges(wanted, found, actual),
    ...laterChanges(wanted, before),
    ...stateChange(wanted, found, actual),
  ]
  const { added, removed, unlinks } = linkChanges(wanted, found, record, before, actual)
  const all = [...changes, ...removed, ...added]
  const ends = wanted.ends === undefined ? [] : [wanted.ends.source, wanted.ends.target]
  const rebuilt = ends.find((end) => isMadeAnew(before.get(end)))
  if (rebuilt !== undefined) all.push({ name: 'link', to: rebuilt, why: `${rebuilt} is made anew` })
  if (isAsked) all.push({ name: 'all', to: 'made anew', why: 'as you asked' })
  const action = all.some(({ why }) => why !== undefined) ? 'replace' : all.length > 0 ? 'update' : 'keep'
  return {
    ...base,
    action,
    changes: all,
    unlinks: action === 'update' ? unlinks : [],
    found,
    ...placeOf(found),
    ...(found.by === 'title' ? { adopt: true as const } : {}),
  }
}

function placeOf(found: Found | undefined): { readonly url?: string } {
  const location = found?.entity.location
  return location === undefined ? {} : { url: location }
}

function isMadeAnew(entry: PlanEntry | undefined): boolean {
  return entry?.action === 'create' || entry?.action === 'replace'
}

/** Another kind or another provider is another resource. */
function moves(
  { kind, site }: Wanted,
  { entity }: Found,
  record: StateRecord | undefined,
): readonly PlanChange[] {
  const found: PlanChange[] = []
  if (kind !== undefined && entity.kind !== kind && record !== undefined && record.kind !== kind) {
    found.push({ name: 'kind', from: entity.kind, to: kind, why: 'it is of another kind' })
  }
  if (record !== undefined && record.site !== site) {
    found.push(movedChange(record, site))
  }
  return found
}

function movedChange({ site: from }: StateRecord, to: string): PlanChange {
  return { name: 'context', from, to, why: 'it is at another provider' }
}

function ownChanges(wanted: Wanted, { entity, fixed }: Found, actual: Actual): readonly PlanChange[] {
  if (wanted.entity === undefined) return []
  return compare(wanted.entity, entity, actual.model(wanted.site)).map((difference) => {
    const { name, from, to } = difference
    const why = difference.fixed ?? (wanted.ends === undefined ? fixed.get(name) : 'a link is not changed')
    return { name, to, ...(from === undefined ? {} : { from }), ...(why === undefined ? {} : { why }) }
  })
}

/** Values that come from what is made anew. */
function laterChanges(wanted: Wanted, before: ReadonlyMap<string, PlanEntry>): readonly PlanChange[] {
  return wanted.said.flatMap(([name, text]) => {
    const used = [...text.matchAll(/\$\{([A-Za-z][\w-]*(?:\[\d+\])?)\./g)].map((match) => match[1] ?? '')
    return used.some((address) => isMadeAnew(before.get(address))) ? [{ name, to: knownLater }] : []
  })
}

function stateChange(wanted: Wanted, { entity }: Found, actual: Actual): readonly PlanChange[] {
  if (wanted.state === undefined) return []
  const now = stateOf(entity, actual.model(wanted.site))
  if (now === undefined || now.toLowerCase() === wanted.state.toLowerCase()) return []
  return [{ name: 'state', from: now, to: wanted.state }]
}

function linkChanges(
  wanted: Wanted,
  found: Found,
  record: StateRecord | undefined,
  before: ReadonlyMap<string, PlanEntry>,
  actual: Actual,
): {
  readonly added: readonly PlanChange[]
  readonly removed: readonly PlanChange[]
  readonly unlinks: readonly string[]
} {
  const added: PlanChange[] = []
  const stay: string[] = []
  for (const { to, key } of wanted.links) {
    const url = actual.found.get(to)?.entity.location
    const there = url !== undefined && found.linked.some((each) => sameLocation(each, url))
    if (there && !isMadeAnew(before.get(to))) stay.push(url)
    else added.push({ name: key, to })
  }
  // Providers make links of their own; only those that the stack made are taken away.
  const mine = (record?.links ?? []).filter(
    (url) =>
      found.linked.some((each) => sameLocation(each, url)) && !stay.some((each) => sameLocation(each, url)),
  )
  const addressAt = (url: string) =>
    [...actual.records].find(([, each]) => each.url !== undefined && sameLocation(each.url, url))?.[0] ?? url
  return { added, removed: mine.map((url) => ({ name: 'link', from: addressAt(url) })), unlinks: mine }
}

/** What is needed comes first; otherwise in the order given. */
function sorted(desired: readonly Wanted[]): readonly Wanted[] {
  const byAddress = new Map(desired.map((one) => [one.address, one]))
  const done = new Set<string>()
  const list: Wanted[] = []
  const visit = (one: Wanted) => {
    if (done.has(one.address)) return
    done.add(one.address)
    for (const need of one.needs) {
      const other = byAddress.get(need)
      if (other !== undefined) visit(other)
    }
    list.push(one)
  }
  for (const one of desired) visit(one)
  return list
}

/** One thing that apply does. */
export interface Step {
  readonly do: 'create' | 'update' | 'unlink' | 'delete' | 'adopt'
  readonly entry: PlanEntry
  /** Steps that must have ended before. */
  readonly after: readonly Step[]
}

/** The steps of a plan, each after what it needs; a deletion after all that used it. */
export function stepsOf({ entries }: Plan): readonly Step[] {
  const steps: Step[] = []
  const last = new Map<string, Step>()
  const add = (step: Step) => {
    steps.push(step)
    return step
  }
  const early = new Map<string, Step>()
  for (const entry of entries) {
    if (entry.unlinks.length > 0) early.set(entry.address, add({ do: 'unlink', entry, after: [] }))
  }
  const deletions = new Map<string, { readonly step: Step; readonly after: Step[] }>()
  for (const entry of entries) {
    if (entry.action !== 'delete' && entry.action !== 'replace') continue
    const after: Step[] = []
    deletions.set(entry.address, { step: add({ do: 'delete', entry, after }), after })
  }
  for (const entry of entries) {
    const does = stepFor(entry)
    if (does === undefined) continue
    const needs = (entry.wanted?.needs ?? []).flatMap((need) => last.get(need) ?? [])
    const own = [early.get(entry.address), deletions.get(entry.address)?.step].flatMap((step) => step ?? [])
    last.set(entry.address, add({ do: does, entry, after: [...needs, ...own] }))
  }
  for (const [address, { after }] of deletions) {
    for (const { address: user, record } of entries) {
      if (user === address || record?.needs.includes(address) !== true) continue
      const step = deletions.get(user)?.step ?? early.get(user)
      if (step !== undefined) after.push(step)
    }
  }
  return steps
}

function stepFor({ action, adopt, found, record }: PlanEntry): Step['do'] | undefined {
  if (action === 'create' || action === 'replace') return 'create'
  if (action === 'update') return 'update'
  // What an interrupted apply was doing is finished.
  const unfinished = found?.by === 'interrupted' || record?.doing !== undefined
  return action === 'keep' && (adopt === true || unfinished) ? 'adopt' : undefined
}

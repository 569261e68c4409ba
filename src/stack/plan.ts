/** Computes the changes that lead from the actual to the wanted resources. The functions are pure. */
import { sameLocation } from '../client/index.js'
import { type Entity, type Model, stateOf, type TypeId } from '../model/index.js'
import { compare } from './compare.js'
import type { StateRecord, StateRecords } from './state.js'

/** One resource as the file describes it. */
export interface Wanted {
  readonly address: string
  /** The context; empty for the effective one. */
  readonly site: string
  /** Undefined for a link whose kind follows from its ends. */
  readonly kind: TypeId | undefined
  /** The kind as the file names it. */
  readonly word: string
  readonly title: string
  readonly existing: boolean
  /** The entity without links; undefined if it needs values that are not known yet. */
  readonly entity: Entity | undefined
  /** Keys and texts of the file, for display. */
  readonly keyTexts: readonly (readonly [key: string, text: string])[]
  /** Addresses of the resources that must exist before. */
  readonly needs: readonly string[]
  readonly links: readonly { readonly to: string; readonly key: string }[]
  /** The addresses of a link's ends. */
  readonly ends?: { readonly source: string; readonly target: string }
  readonly state: string | undefined
}

/** One actual resource. */
export interface Found {
  readonly entity: Entity
  /**
   * How it was found. `state`: its URL is in the state, or it is `existing`. `interrupted`: an interrupted apply
   * created it. `title`: only its title matches (for a link, its ends), so it may belong to somebody else.
   */
  readonly by: 'state' | 'interrupted' | 'title'
  /** URLs of the targets of its links, except links that are resources of the stack. */
  readonly linked: readonly string[]
  /** Why parts of it cannot be changed, by name. */
  readonly fixed: ReadonlyMap<string, string>
}

/** The actual resources, and the records of the state. */
export interface Actual {
  readonly found: ReadonlyMap<string, Found>
  readonly records: StateRecords
  readonly model: (site: string) => Model
}

/** One change of a resource. */
export interface PlanChange {
  /** `size`, `occi.compute.cores`, `link`, `state`. */
  readonly name: string
  readonly from?: string
  /** Absent if something is removed. */
  readonly to?: string
  /** Why this cannot be changed, so that the resource is replaced. */
  readonly reason?: string
}

/** The action for a resource; `existing` resources are only looked up. */
export type PlanAction = 'create' | 'update' | 'replace' | 'delete' | 'keep' | 'existing'

/** The action for one resource, and its reasons. */
export interface PlanEntry {
  readonly address: string
  readonly action: PlanAction
  readonly word: string
  readonly title: string
  readonly site: string
  readonly changes: readonly PlanChange[]
  readonly url?: string
  /** It exists, but is not in the state, so apply adopts it only with the user's consent. */
  readonly adopt?: true
  /** An apply was interrupted while creating it, so the next apply searches for it before creating it again. */
  readonly interrupted?: true
  /** It is in the state, but no longer exists. */
  readonly lost?: true
  /** URLs of the targets whose links are removed first. */
  readonly unlinks: readonly string[]
  readonly wanted?: Wanted
  readonly found?: Found
  readonly record?: StateRecord
}

/** The actions of an apply. */
export interface Plan {
  /** Dependencies come first, deletions last. */
  readonly entries: readonly PlanEntry[]
}

/** The text for a value of a resource that does not exist yet. */
const pendingValue = '(known after apply)'

/**
 * Plans the action for each resource. `replace` contains names of resources, or addresses of single copies, that are
 * recreated even if nothing differs.
 */
export function plan(
  desired: readonly Wanted[],
  actual: Actual,
  { replace = new Set() }: { readonly replace?: ReadonlySet<string> } = {},
): Plan {
  const entries = new Map<string, PlanEntry>()
  for (const wanted of sortByDependencies(desired)) {
    const isReplaceRequested = replace.has(wanted.address) || replace.has(resourceOf(wanted.address))
    entries.set(wanted.address, entryFor(wanted, entries, actual, isReplaceRequested))
  }
  const removed = [...actual.records].filter(([address]) => !entries.has(address))
  return {
    entries: [
      ...entries.values(),
      ...removed.map(([address, record]) => deletionEntry(address, record, actual)),
    ],
  }
}

/** Whether the plan changes anything. */
export function hasChanges({ entries }: Plan): boolean {
  return entries.some(({ action, adopt }) => adopt === true || (action !== 'keep' && action !== 'existing'))
}

/** A plan that deletes everything in the state except the resources in `keep` and their dependencies. */
export function destruction(records: StateRecords, keep: ReadonlySet<string>): Plan {
  const keptAddresses = new Set<string>()
  const keepWithDependencies = (address: string) => {
    if (keptAddresses.has(address)) return
    keptAddresses.add(address)
    for (const need of records.get(address)?.needs ?? []) keepWithDependencies(need)
  }
  for (const address of records.keys()) {
    if (keep.has(address) || keep.has(resourceOf(address))) keepWithDependencies(address)
  }
  const nothingFound: Actual = {
    found: new Map(),
    records,
    model: () => {
      throw new Error('a destruction compares nothing')
    },
  }
  return {
    entries: [...records].map(([address, record]) => {
      const entry = deletionEntry(address, record, nothingFound)
      return keptAddresses.has(address) ? { ...entry, action: 'keep' as const } : entry
    }),
  }
}

/** The resource of an address: `web` for `web[0]`. */
export function resourceOf(address: string): string {
  return address.replace(/\[\d+\]$/, '')
}

/** The entry of a resource that is only in the state. */
function deletionEntry(address: string, record: StateRecord, { found }: Actual): PlanEntry {
  const located = found.get(address)
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
    ...(located === undefined ? {} : { found: located }),
  }
}

/** Plans the action for a resource. `earlierEntries` has the entries of its dependencies. */
function entryFor(
  wanted: Wanted,
  earlierEntries: ReadonlyMap<string, PlanEntry>,
  actual: Actual,
  isReplaceRequested: boolean,
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
      ...urlOf(found),
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
      changes: wanted.keyTexts.map(([name, to]) => ({ name, to })),
      ...(record?.doing === 'create' && record.url === undefined ? { interrupted: true as const } : {}),
      ...(record?.url !== undefined ? { lost: true as const } : {}),
    }
  }
  const changes = [
    ...identityChanges(wanted, found, record),
    ...valueChanges(wanted, found, actual),
    ...pendingChanges(wanted, earlierEntries),
    ...stateChange(wanted, found, actual),
  ]
  const { added, removed, unlinks } = linkChanges(wanted, found, record, earlierEntries, actual)
  const allChanges = [...changes, ...removed, ...added]
  const ends = wanted.ends === undefined ? [] : [wanted.ends.source, wanted.ends.target]
  const recreatedEnd = ends.find((end) => isRecreated(earlierEntries.get(end)))
  if (recreatedEnd !== undefined)
    allChanges.push({ name: 'link', to: recreatedEnd, reason: `${recreatedEnd} is recreated` })
  if (isReplaceRequested)
    allChanges.push({ name: 'all', to: 'recreated', reason: 'requested with --replace' })
  const action = actionFor(allChanges)
  return {
    ...base,
    action,
    changes: allChanges,
    unlinks: action === 'update' ? unlinks : [],
    found,
    ...urlOf(found),
    ...(found.by === 'title' ? { adopt: true as const } : {}),
  }
}

function actionFor(changes: readonly PlanChange[]): 'replace' | 'update' | 'keep' {
  if (changes.some(({ reason }) => reason !== undefined)) return 'replace'
  return changes.length > 0 ? 'update' : 'keep'
}

function urlOf(found: Found | undefined): { readonly url?: string } {
  const location = found?.entity.location
  return location === undefined ? {} : { url: location }
}

function isRecreated(entry: PlanEntry | undefined): boolean {
  return entry?.action === 'create' || entry?.action === 'replace'
}

/** A change of the kind or provider, which requires a new resource. */
function identityChanges(
  { kind, site }: Wanted,
  { entity }: Found,
  record: StateRecord | undefined,
): readonly PlanChange[] {
  const changes: PlanChange[] = []
  if (kind !== undefined && entity.kind !== kind && record !== undefined && record.kind !== kind) {
    changes.push({ name: 'kind', from: entity.kind, to: kind, reason: 'its kind differs' })
  }
  if (record !== undefined && record.site !== site) {
    changes.push(movedChange(record, site))
  }
  return changes
}

function movedChange({ site: from }: StateRecord, to: string): PlanChange {
  return { name: 'context', from, to, reason: 'it is at another provider' }
}

/** Changes of the values of the entity. */
function valueChanges(wanted: Wanted, { entity, fixed }: Found, actual: Actual): readonly PlanChange[] {
  if (wanted.entity === undefined) return []
  return compare(wanted.entity, entity, actual.model(wanted.site)).map((difference) => {
    const { name, from, to } = difference
    const reason =
      difference.fixed ?? (wanted.ends === undefined ? fixed.get(name) : 'a link cannot be changed')
    return { name, to, ...(from === undefined ? {} : { from }), ...(reason === undefined ? {} : { reason }) }
  })
}

/** Changes of values that refer to recreated resources, and are therefore not known yet. */
function pendingChanges(
  wanted: Wanted,
  earlierEntries: ReadonlyMap<string, PlanEntry>,
): readonly PlanChange[] {
  return wanted.keyTexts.flatMap(([name, text]) => {
    const addresses = [...text.matchAll(/\$\{([A-Za-z][\w-]*(?:\[\d+\])?)\./g)].map((match) => match[1] ?? '')
    return addresses.some((address) => isRecreated(earlierEntries.get(address)))
      ? [{ name, to: pendingValue }]
      : []
  })
}

/** The change of the state, if the file names another one. */
function stateChange(wanted: Wanted, { entity }: Found, actual: Actual): readonly PlanChange[] {
  if (wanted.state === undefined) return []
  const current = stateOf(entity, actual.model(wanted.site))
  if (current === undefined || current.toLowerCase() === wanted.state.toLowerCase()) return []
  return [{ name: 'state', from: current, to: wanted.state }]
}

/** Changes of the links of a resource, and the URLs of the targets from which it must be unlinked. */
function linkChanges(
  wanted: Wanted,
  found: Found,
  record: StateRecord | undefined,
  earlierEntries: ReadonlyMap<string, PlanEntry>,
  actual: Actual,
): {
  readonly added: readonly PlanChange[]
  readonly removed: readonly PlanChange[]
  readonly unlinks: readonly string[]
} {
  const added: PlanChange[] = []
  const remaining: string[] = []
  for (const { to, key } of wanted.links) {
    const url = actual.found.get(to)?.entity.location
    const isLinked = url !== undefined && found.linked.some((each) => sameLocation(each, url))
    if (isLinked && !isRecreated(earlierEntries.get(to))) remaining.push(url)
    else added.push({ name: key, to })
  }
  // Providers also create links themselves, so only links that the stack created are removed.
  const unlinks = (record?.links ?? []).filter(
    (url) =>
      found.linked.some((each) => sameLocation(each, url)) &&
      !remaining.some((each) => sameLocation(each, url)),
  )
  const addressAt = (url: string) =>
    [...actual.records].find(([, each]) => each.url !== undefined && sameLocation(each.url, url))?.[0] ?? url
  return {
    added,
    removed: unlinks.map((url) => ({ name: 'link', from: addressAt(url) })),
    unlinks,
  }
}

/** Sorts dependencies before the resources that need them, and otherwise keeps the order. */
function sortByDependencies(desired: readonly Wanted[]): readonly Wanted[] {
  const byAddress = new Map(desired.map((wanted) => [wanted.address, wanted]))
  const visited = new Set<string>()
  const sorted: Wanted[] = []
  const visit = (wanted: Wanted) => {
    if (visited.has(wanted.address)) return
    visited.add(wanted.address)
    for (const need of wanted.needs) {
      const dependency = byAddress.get(need)
      if (dependency !== undefined) visit(dependency)
    }
    sorted.push(wanted)
  }
  for (const wanted of desired) visit(wanted)
  return sorted
}

/** One step of an apply. */
export interface Step {
  readonly do: 'create' | 'update' | 'unlink' | 'delete' | 'adopt'
  readonly entry: PlanEntry
  /** Steps that must have ended before this one. */
  readonly after: readonly Step[]
}

/**
 * The steps of a plan. A step follows the steps of the resource's dependencies; a deletion follows those of its
 * dependents.
 */
export function stepsOf({ entries }: Plan): readonly Step[] {
  const steps: Step[] = []
  /** The step after which each resource exists. */
  const finalSteps = new Map<string, Step>()
  const addStep = (step: Step) => {
    steps.push(step)
    return step
  }
  const unlinkSteps = new Map<string, Step>()
  for (const entry of entries) {
    if (entry.unlinks.length > 0) unlinkSteps.set(entry.address, addStep({ do: 'unlink', entry, after: [] }))
  }
  /** The deletions, and the steps that they follow, which are added at the end. */
  const deletions = new Map<string, { readonly step: Step; readonly after: Step[] }>()
  for (const entry of entries) {
    if (entry.action !== 'delete' && entry.action !== 'replace') continue
    const after: Step[] = []
    deletions.set(entry.address, { step: addStep({ do: 'delete', entry, after }), after })
  }
  for (const entry of entries) {
    const action = finalActionFor(entry)
    if (action === undefined) continue
    const dependencySteps = (entry.wanted?.needs ?? []).flatMap((need) => finalSteps.get(need) ?? [])
    const earlierSteps = [unlinkSteps.get(entry.address), deletions.get(entry.address)?.step].flatMap(
      (step) => step ?? [],
    )
    finalSteps.set(
      entry.address,
      addStep({ do: action, entry, after: [...dependencySteps, ...earlierSteps] }),
    )
  }
  for (const [address, { after }] of deletions) {
    for (const { address: dependent, record } of entries) {
      if (dependent === address || record?.needs.includes(address) !== true) continue
      const step = deletions.get(dependent)?.step ?? unlinkSteps.get(dependent)
      if (step !== undefined) after.push(step)
    }
  }
  return steps
}

/** What the final step of a resource does; undefined if it has none. */
function finalActionFor({ action, adopt, found, record }: PlanEntry): Step['do'] | undefined {
  if (action === 'create' || action === 'replace') return 'create'
  if (action === 'update') return 'update'
  // The step completes the operation of an interrupted apply.
  const isUnfinished = found?.by === 'interrupted' || record?.doing !== undefined
  return action === 'keep' && (adopt === true || isUnfinished) ? 'adopt' : undefined
}

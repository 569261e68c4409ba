/** Executes a plan: in parallel as far as dependencies allow, with the state saved before and after each request. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, type NewEntity, type NewLink, sameLocation } from '../client/index.js'
import {
  CancelledError,
  NotFoundError,
  OcciError,
  OutcomeUnknownError,
  occiErrorOrRethrow,
  PartialError,
  TimeoutError,
  WaitFailedError,
} from '../errors/errors.js'
import { type Entity, type Model, stateOf } from '../model/index.js'
import { changesFor, compare } from './compare.js'
import { EntityLookup } from './entity-lookup.js'
import type { Drafting, KeyValues, KindDeclaration } from './kinds.js'
import {
  ambiguousTitle,
  ifExists,
  isRecorded,
  kindOf,
  type Observation,
  type StackEnvironment,
  withPlaceInFile,
} from './observe.js'
import type { Instance } from './order.js'
import { type Plan, type PlanEntry, type Step, stepsOf } from './plan.js'
import type { StateRecord, StateStore } from './state.js'
import { fill, resourcesIn } from './template.js'
import type { Stack } from './types.js'
import { attributeOf, fillDocument, keysOf, type ValueSource, valuesFrom } from './values.js'

/** An event of one resource during an apply. */
export interface ApplyEvent {
  /**
   * `state`: the entity changed its state. `skipped`: not started, because a dependency failed or the apply was stopped.
   * `interrupted`: started, but its end was not awaited.
   */
  readonly event: 'begin' | 'state' | 'done' | 'failed' | 'skipped' | 'interrupted'
  readonly do: Step['do']
  readonly address: string
  readonly entry: PlanEntry
  /** Milliseconds since the start of the step. */
  readonly elapsed: number
  readonly url?: string
  readonly state?: string
  /** A remark about a successful step. */
  readonly note?: string
  readonly error?: OcciError
}

/** Settings and data of an apply. */
export interface ApplyOptions {
  readonly environment: StackEnvironment
  readonly store: StateStore
  /** The stack from the file; absent for a destruction, which does not need it. */
  readonly stack?: Stack
  readonly observed?: Observation
  /** The number of concurrent write requests. Default 10. */
  readonly concurrency?: number
  /** Time limit in milliseconds for each resource to become ready or to be deleted. Default 600,000. */
  readonly timeout?: number
  readonly clock?: { now(): number; sleep(milliseconds: number, signal?: AbortSignal): Promise<void> }
  /**
   * Milliseconds to search for an entity that an interrupted apply may have created, before it is created again.
   * Default 10,000.
   */
  readonly settling?: number
}

/**
 * Executes a plan and yields events. A failed step stops the steps that depend on it; an unknown outcome stops all
 * steps that have not started. After an abort of the environment's signal no step is started, and running ones are
 * completed or their results looked up.
 */
export async function* apply(plan: Plan, options: ApplyOptions): AsyncGenerator<ApplyEvent, void, undefined> {
  const execution = new Execution(options)
  execution.addFound(plan)
  const waiting = new Set(stepsOf(plan))
  const running = new Set<Promise<void>>()
  const ended = new Map<Step, 'done' | 'failed'>()
  const start = async (step: Step) => {
    const startedAt = execution.now()
    const event = (what: ApplyEvent['event'], more: Partial<ApplyEvent> = {}) =>
      execution.events.push({
        event: what,
        do: step.do,
        address: step.entry.address,
        entry: step.entry,
        elapsed: execution.now() - startedAt,
        ...more,
      })
    event('begin')
    try {
      const result = await execution.carryOut(step, (state) => event('state', { state }))
      ended.set(step, 'done')
      event('done', result)
    } catch (error) {
      // At erocci, the source and target of a link can be deleted although the link cannot.
      const isLink = step.do === 'delete' && step.entry.record?.ends !== undefined
      ended.set(step, isLink && !(error instanceof OutcomeUnknownError) ? 'done' : 'failed')
      if (error instanceof CancelledError && (execution.aborted || execution.isStopped))
        event(execution.aborted ? 'interrupted' : 'skipped')
      else event('failed', { error: occiErrorOrRethrow(error) })
      if (error instanceof OutcomeUnknownError) execution.isStopped = true
    }
    execution.events.wake()
  }
  for (;;) {
    for (const step of waiting) {
      if (execution.isStopped || execution.aborted) break
      const outcomes = step.after.map((each) => ended.get(each))
      if (outcomes.some((outcome) => outcome === 'failed')) {
        waiting.delete(step)
        ended.set(step, 'failed')
        const { address } = step.entry
        execution.events.push({ event: 'skipped', do: step.do, address, entry: step.entry, elapsed: 0 })
      } else if (outcomes.every((outcome) => outcome === 'done')) {
        waiting.delete(step)
        const promise = start(step)
        running.add(promise)
        void promise.finally(() => running.delete(promise))
      }
    }
    yield* execution.events.take()
    if (running.size === 0 && (execution.isStopped || execution.aborted || !canContinue(waiting, ended)))
      break
    if (running.size > 0 || execution.events.isEmpty()) await execution.events.next()
  }
  yield* execution.events.take()
  for (const { do: what, entry } of waiting) {
    yield { event: 'skipped', do: what, address: entry.address, entry, elapsed: 0 }
  }
}

function canContinue(waiting: ReadonlySet<Step>, ended: ReadonlyMap<Step, unknown>): boolean {
  return [...waiting].some(({ after }) => after.every((step) => ended.has(step)))
}

/** A queue of events with one waiting reader. */
class Events {
  private list: ApplyEvent[] = []
  private waiter: (() => void) | undefined
  private isAwake = false

  push(event: ApplyEvent): void {
    this.list.push(event)
    this.wake()
  }
  wake(): void {
    this.isAwake = true
    this.waiter?.()
  }
  isEmpty(): boolean {
    return this.list.length === 0
  }
  *take(): Generator<ApplyEvent> {
    const taken = this.list
    this.list = []
    yield* taken
  }
  async next(): Promise<void> {
    if (!this.isAwake) {
      await new Promise<void>((resolve) => {
        this.waiter = resolve
      })
    }
    this.isAwake = false
    this.waiter = undefined
  }
}

type Result = Pick<ApplyEvent, 'url' | 'state' | 'note'>
type OnState = (state: string) => void

const realClock = {
  now: () => Date.now(),
  sleep: async (milliseconds: number, signal?: AbortSignal) => {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal })
  },
}

/** Milliseconds to wait for a link to become active. */
const linkTimeout = 60_000

class Execution {
  readonly events = new Events()
  private readonly options: ApplyOptions
  private readonly entities = new Map<string, Entity>()
  private readonly lookups = new Map<string, EntityLookup>()
  private readonly queue: (() => void)[] = []
  private requests = 0
  /** Set after an unknown outcome; then no further step is started. */
  isStopped = false

  constructor(options: ApplyOptions) {
    this.options = options
    // Wakes the reader of the events on an interruption.
    options.environment.signal?.addEventListener('abort', () => this.events.wake(), { once: true })
  }

  get aborted(): boolean {
    return this.options.environment.signal?.aborted === true
  }

  now(): number {
    return (this.options.clock ?? realClock).now()
  }

  addFound({ entries }: Plan): void {
    for (const { address, action, found } of entries) {
      if (found !== undefined && action !== 'delete' && action !== 'replace')
        this.entities.set(address, found.entity)
    }
  }

  /** Runs a write request within the concurrency limit, which does not include waiting. After an abort nothing starts. */
  private async request<T>(work: () => Promise<T>): Promise<T> {
    if (this.requests >= (this.options.concurrency ?? 10)) {
      await new Promise<void>((resolve) => {
        this.queue.push(resolve)
      })
    } else this.requests += 1
    try {
      if (this.aborted || this.isStopped)
        throw new CancelledError('Nothing was started after the interruption.')
      return await work()
    } finally {
      const next = this.queue.shift()
      if (next === undefined) this.requests -= 1
      else next()
    }
  }

  async carryOut({ do: what, entry }: Step, onState: OnState): Promise<Result> {
    switch (what) {
      case 'create':
        return this.create(entry, onState)
      case 'update':
        return this.update(entry, onState)
      case 'adopt':
        return this.adopt(entry, onState)
      case 'unlink':
        return this.unlink(entry)
      case 'delete':
        return this.delete(entry)
    }
  }

  private instance({ address }: PlanEntry): Instance {
    const found = this.options.observed?.instances.get(address)
    if (found === undefined) throw new Error(`no instance ${address}`)
    return found
  }

  private stack(): Stack {
    if (this.options.stack === undefined) throw new Error('no stack')
    return this.options.stack
  }

  private async site(name: string): Promise<{ readonly client: Client; readonly model: Model }> {
    const client = await this.options.environment.client(name)
    return { client, model: await client.model() }
  }

  private source(): ValueSource {
    const model = (address: string) => {
      const wanted = this.options.observed?.desired.find((each) => each.address === address)
      return this.options.observed?.actual.model(wanted?.site ?? '')
    }
    return {
      ...this.options.environment.values,
      missing: 'error',
      entity: (address) => {
        const entity = this.entities.get(address)
        const entityModel = model(address)
        return entity === undefined || entityModel === undefined ? undefined : { entity, model: entityModel }
      },
    }
  }

  /** The keys of a resource with all values filled in, and references as URLs: `storage: URL:/dev/vdb`. */
  private async keys(
    instance: Instance,
  ): Promise<{ readonly keys: KeyValues; readonly drafting: Omit<Drafting, 'client'> }> {
    await this.waitForAddresses(instance)
    const values = valuesFrom(this.source())
    const resolved = keysOf(instance, values)
    if (resolved === undefined)
      throw new NotFoundError(`${instance.address} needs a value that does not exist.`)
    const keys = new Map(resolved.keys)
    for (const { key, to, detail } of instance.links) {
      const url = this.entities.get(to)?.location ?? ''
      const suffix = detail === undefined ? undefined : fill(detail, values)
      keys.set(key, [...(keys.get(key) ?? []), suffix === undefined ? url : `${url}:${suffix}`])
    }
    return { keys, drafting: { title: resolved.title, fill: (text) => fillDocument(text, values) } }
  }

  /** Waits for the IP addresses that other resources need, since a machine may be active before it has one. */
  private async waitForAddresses({ resource }: Instance): Promise<void> {
    const templates = [...[...resource.values.values()].flat(), ...resource.documents]
    for (const { resource: name, index, attribute } of templates.flatMap(resourcesIn)) {
      const address = index === undefined ? name : `${name}[${index}]`
      const entity = this.entities.get(address)
      if (attribute !== 'ip' && attribute !== 'ips') continue
      if (entity?.location === undefined || attributeOf(entity, 'ip') !== undefined) continue
      const wanted = this.options.observed?.desired.find((each) => each.address === address)
      const { client } = await this.site(wanted?.site ?? '')
      const ready = await client.wait(
        entity.location,
        { for: 'ip' },
        this.waitOptions(() => {}),
      )
      if (ready !== undefined) this.entities.set(address, ready)
    }
  }

  private waitOptions(onState: OnState) {
    const { timeout = 600_000, environment } = this.options
    return {
      timeout,
      onPoll: (state: string | undefined) => onState(state ?? ''),
      ...(environment.signal === undefined ? {} : { signal: environment.signal }),
    }
  }

  private async create(entry: PlanEntry, onState: OnState): Promise<Result> {
    const instance = this.instance(entry)
    const { client, model } = await this.site(entry.site)
    const before = this.options.store.records.get(entry.address)
    if (instance.ends !== undefined) return this.createLink(entry, instance, client, onState)
    const newEntity = await withPlaceInFile(this.stack(), instance.resource, async () => {
      const { keys, drafting } = await this.keys(instance)
      return instance.resource.declaration.entity(keys, { ...drafting, client })
    })
    const kind = kindOf(instance.resource, model)?.id ?? ''
    const title = (await client.storedTitle(newEntity)) ?? ''
    const record: StateRecord = {
      site: entry.site,
      kind,
      title,
      needs: instance.needs,
      links: (newEntity.links ?? []).map(({ target }) => target),
    }
    if (before?.doing === 'create' && before.url === undefined) {
      if (before.title === '') throw untitled(entry)
      const found = await this.findInterrupted(client, before)
      if (found !== undefined) {
        await this.options.store.set(entry.address, { ...record, url: found, doing: 'create' })
        const entity = await client.describe(found)
        return this.createMissingLinks(entry, instance, entity, newEntity, onState)
      }
    }
    const created = await this.request(async () => {
      await this.options.store.set(entry.address, { ...record, doing: 'create' })
      const sent = await this.send(entry, client, newEntity, record)
      await this.options.store.set(entry.address, { ...record, url: sent.url, doing: 'create' })
      return sent
    })
    if (created.error !== undefined) throw created.error
    return this.ready(entry, instance, created.url, created.entity, onState)
  }

  /** Sends the create request once. The URL may be known although the provider answered with an error. */
  private async send(
    { address }: PlanEntry,
    client: Client,
    newEntity: NewEntity,
    record: StateRecord,
  ): Promise<{ readonly url: string; readonly entity?: Entity; readonly error?: OcciError }> {
    try {
      const id = await this.availableId(client, newEntity)
      const created = await client.create(id === undefined ? newEntity : { ...newEntity, id })
      return { url: created.location, ...(created.entity === undefined ? {} : { entity: created.entity }) }
    } catch (error) {
      const outcome = await this.outcomeAfterError(error, client, record)
      if (outcome === 'not created') await this.options.store.set(address, undefined)
      if (typeof outcome === 'string') throw error
      return outcome
    }
  }

  private async outcomeAfterError(
    error: unknown,
    client: Client,
    record: StateRecord,
  ): Promise<'not created' | 'unknown' | { readonly url: string; readonly error?: OcciError }> {
    if (!(error instanceof OcciError)) return 'unknown'
    const created = error.facts?.['created']
    if (typeof created === 'string') {
      return error instanceof PartialError ? { url: created, error } : { url: created }
    }
    if (!(error instanceof OutcomeUnknownError) && created === undefined) return 'not created'
    // No entity had this title before, so one with this title is the created one.
    const listed = error.facts?.['candidates']
    const candidates = Array.isArray(listed) ? listed.filter((each) => typeof each === 'string') : []
    const unrecorded = candidates.filter((url) => !isRecorded(url, this.options.store.records))
    const [only] = unrecorded
    if (only !== undefined && unrecorded.length === 1) return { url: only }
    if (record.title === '') return 'unknown'
    const found = await this.findByRecord(client, record).catch(() => undefined)
    return found === undefined ? 'unknown' : { url: found }
  }

  /** An id chosen by the client, if the provider keeps it, so that concurrent applies create one entity; undefined if it is taken. */
  private async availableId(client: Client, newEntity: NewEntity): Promise<string | undefined> {
    const id = newEntity.id === undefined ? await client.idFor(newEntity) : undefined
    if (id === undefined) return undefined
    const taken = await ifExists(() => client.find(id, newEntity.kind))
    return taken === undefined ? id : undefined
  }

  /** Searches for an entity that an interrupted apply may have created, and that may be listed late. */
  private findInterrupted(client: Client, record: StateRecord): Promise<string | undefined> {
    return this.searchUntilFound(() => this.findByRecord(client, record))
  }

  /** Repeats a search for `settling` milliseconds, since a provider may list a new entity late. */
  private async searchUntilFound(search: () => Promise<string | undefined>): Promise<string | undefined> {
    const { settling = 10_000, clock = realClock, environment } = this.options
    const end = clock.now() + settling
    for (let pause = 500; ; pause = Math.min(pause * 2, 2000)) {
      const found = await search()
      const left = end - clock.now()
      if (found !== undefined || left <= 0) return found
      await clock.sleep(Math.min(pause, left), environment.signal)
    }
  }

  private async findByRecord(
    client: Client,
    { kind, title, ends }: StateRecord,
  ): Promise<string | undefined> {
    const { records } = this.options.store
    if (ends !== undefined) {
      const [source = '', target = ''] = ends
      const all = await ifExists(() => client.linksBetween(source, target))
      const owner = [...records.values()].find(({ url }) => url !== undefined && sameLocation(url, source))
      const inline = (owner?.links ?? []).filter((url) => sameLocation(url, target)).length
      return (all ?? []).filter((url) => !isRecorded(url, records))[inline]
    }
    if (title === '' || kind === '') return undefined
    const same: Entity[] = []
    for await (const entity of client.list(kind)) {
      const { location } = entity
      if (entity.title === title && location !== undefined && !isRecorded(location, records))
        same.push(entity)
    }
    if (same.length > 1) throw ambiguousTitle(title, title, same)
    return same[0]?.location
  }

  private async createLink(
    entry: PlanEntry,
    instance: Instance,
    client: Client,
    onState: OnState,
  ): Promise<Result> {
    const { store } = this.options
    const source = this.entities.get(instance.ends?.source ?? '')
    const target = this.entities.get(instance.ends?.target ?? '')
    if (source?.location === undefined || target?.location === undefined) {
      throw new NotFoundError(`${entry.address} cannot be created: its source or its target does not exist.`)
    }
    const [sourceUrl, targetUrl] = [source.location, target.location]
    const wanted = await withPlaceInFile(this.stack(), instance.resource, async () => {
      const { keys, drafting } = await this.keys(instance)
      return instance.resource.declaration.link(keys, targetUrl, { ...drafting, client })
    })
    const record: StateRecord = {
      site: entry.site,
      kind: entry.wanted?.kind ?? '',
      title: '',
      needs: instance.needs,
      ends: [sourceUrl, targetUrl],
    }
    const before = store.records.get(entry.address)
    const found =
      before?.doing === 'create' && before.url === undefined
        ? await this.findInterrupted(client, record)
        : undefined
    const url = await this.request(async () => {
      if (found === undefined) await store.set(entry.address, { ...record, doing: 'create' })
      const createdUrl = found ?? (await this.sendLink(client, source, target, wanted, record, entry.address))
      await store.set(entry.address, { ...record, url: createdUrl, doing: 'create' })
      return createdUrl
    })
    return this.ready(entry, instance, url, undefined, onState)
  }

  private async sendLink(
    client: Client,
    source: Entity,
    target: Entity,
    wanted: NewLink,
    record: StateRecord,
    address: string | undefined,
  ): Promise<string> {
    try {
      return (await client.link(source, { ...wanted, targetKind: target.kind })).location
    } catch (error) {
      const outcome = await this.outcomeAfterError(error, client, record)
      if (outcome === 'not created' && address !== undefined) await this.options.store.set(address, undefined)
      if (typeof outcome === 'string') throw error
      return outcome.url
    }
  }

  /** Waits until the entity is ready, and changes it to the wanted state. */
  private async ready(
    entry: PlanEntry,
    instance: Instance,
    url: string,
    seen: Entity | undefined,
    onState: OnState,
  ): Promise<Result> {
    const { client, model } = await this.site(entry.site)
    const { store } = this.options
    const { declaration, state: wanted } = instance.resource
    let note: string | undefined
    let entity: Entity | undefined = isReady(seen, declaration.ready, model)
      ? seen
      : await this.readCreated(entry, client, url)
    const isNew = entry.action === 'create' || entry.action === 'replace' || entry.record?.doing === 'create'
    // An entity that is being built may show the same state as a stopped one, but offers no actions.
    const isSettled = !isNew || (entity?.actions.length ?? 0) > 0
    const mustWait = wanted === undefined ? isNew : !isSettled
    if (mustWait && entity !== undefined && stateOf(entity, model) !== undefined) {
      const found = await this.waitFor(client, url, declaration, entity, onState)
      if (typeof found === 'object') entity = found
      else if (wanted === undefined) note = found
    }
    const currentState = entity === undefined ? undefined : stateOf(entity, model)
    if (wanted !== undefined && entity !== undefined && currentState?.toLowerCase() !== wanted) {
      entity = await this.reachState(wanted, entry, instance, { ...entity, location: url }, onState)
    }
    if (entity !== undefined) this.entities.set(entry.address, { ...entity, location: url })
    const record = store.records.get(entry.address)
    if (record !== undefined) {
      const { doing: _, ...done } = record
      await store.set(entry.address, done)
    }
    const state = entity === undefined ? undefined : stateOf(entity, model)
    return { url, ...(state === undefined ? {} : { state }), ...(note === undefined ? {} : { note }) }
  }

  /** Reads a created entity, with one listing for all that are created at the same time. */
  private async readCreated(entry: PlanEntry, client: Client, url: string): Promise<Entity> {
    const kind = this.options.store.records.get(entry.address)?.kind ?? ''
    const key = `${entry.site}\n${kind}`
    const lookups = this.lookups.get(key) ?? new EntityLookup(client, kind)
    this.lookups.set(key, lookups)
    return lookups.describe(url)
  }

  /** The entity in its ready state, or the reason why it is used although it is in another state. */
  private async waitFor(
    client: Client,
    url: string,
    { ready, isLink }: Pick<KindDeclaration, 'ready' | 'isLink'>,
    known: Entity | undefined,
    onState: OnState,
  ): Promise<Entity | string | undefined> {
    const wait = this.waitOptions(onState)
    // Some servers attach links only when the machine starts.
    const timeout = isLink ? Math.min(wait.timeout, linkTimeout) : wait.timeout
    const options = { ...wait, timeout, ...(known === undefined ? {} : { known }) }
    try {
      return await client.wait(url, { for: 'state', state: ready }, options)
    } catch (error) {
      const isPermanent = error instanceof WaitFailedError && error.facts?.['state'] !== 'error'
      if (isPermanent || (isLink && error instanceof TimeoutError)) return error.message
      throw error
    }
  }

  private async reachState(
    state: string,
    entry: PlanEntry,
    { resource }: Instance,
    entity: Entity & { readonly location: string },
    onState: OnState,
  ): Promise<Entity | undefined> {
    const { client } = await this.site(entry.site)
    const action = resource.declaration.actions.get(state)
    const url = entity.location
    if (action === undefined) return client.wait(url, { for: 'state', state }, this.waitOptions(onState))
    await this.request(async () => {
      try {
        await client.trigger(entity, action, undefined, { readBack: false })
      } catch (error) {
        const currentState = error instanceof OcciError ? error.facts?.['state'] : undefined
        if (String(currentState).toLowerCase() !== state) throw error
      }
    })
    const wait = { ...this.waitOptions(onState), after: action }
    return client.wait(url, { for: 'state', state }, wait)
  }

  private async update(entry: PlanEntry, onState: OnState): Promise<Result> {
    const instance = this.instance(entry)
    const { client, model } = await this.site(entry.site)
    const { store } = this.options
    const url = entry.url ?? ''
    const newEntity = await withPlaceInFile(this.stack(), instance.resource, async () => {
      const { keys, drafting } = await this.keys(instance)
      return instance.resource.declaration.entity(keys, { ...drafting, client })
    })
    const before = store.records.get(entry.address)
    await store.set(entry.address, {
      ...this.recordOf(entry, instance, url),
      doing: before?.doing ?? 'update',
    })
    const shown = await client.describe(url)
    const wanted = await withPlaceInFile(this.stack(), instance.resource, () => client.expect(newEntity))
    const differences = compare(wanted, shown, model)
    let entity: Entity = shown
    if (differences.length > 0) {
      entity = await this.request(() => client.update(shown, changesFor(differences, wanted)))
      // A machine stops temporarily while it is resized.
      const state = stateOf(shown, model)
      const isStable =
        state !== undefined && (shown.actions.length > 0 || state === instance.resource.declaration.ready)
      const settled = isStable
        ? await this.waitFor(client, url, { ready: state, isLink: false }, undefined, onState)
        : undefined
      if (typeof settled === 'object') entity = settled
    }
    return this.createMissingLinks(entry, instance, { ...entity, location: url }, newEntity, onState)
  }

  private recordOf(entry: PlanEntry, instance: Instance, url: string): StateRecord {
    const before = this.options.store.records.get(entry.address)
    const kind = entry.found?.entity.kind ?? entry.wanted?.kind ?? before?.kind ?? ''
    const title = before?.title ?? entry.found?.entity.title ?? entry.title
    const ends = (instance.ends === undefined ? [] : [instance.ends.source, instance.ends.target]).map(
      (end) => this.entities.get(end)?.location ?? '',
    )
    return {
      site: entry.site,
      kind,
      title: instance.ends === undefined ? title : '',
      url,
      needs: instance.needs,
      ...(instance.ends === undefined ? { links: before?.links ?? [] } : { ends }),
    }
  }

  /** Creates missing links. After an interruption it first waits for links that may be listed late. */
  private async createMissingLinks(
    entry: PlanEntry,
    instance: Instance,
    entity: Entity,
    newEntity: NewEntity,
    onState: OnState,
  ): Promise<Result> {
    const { client } = await this.site(entry.site)
    const { store } = this.options
    const url = entity.location ?? ''
    const interrupted = entry.record?.doing !== undefined
    for (const link of newEntity.links ?? []) {
      const record: StateRecord = {
        site: entry.site,
        kind: '',
        title: '',
        needs: [],
        ends: [url, link.target],
      }
      const existing = await client.linksBetween(url, link.target)
      const own = existing.filter((each) => !isRecorded(each, store.records))
      const missing =
        own.length === 0 && (!interrupted || (await this.findLink(client, record)) === undefined)
      if (!missing) {
        await this.recordLink(entry.address, link.target)
        continue
      }
      const target = [...this.entities.values()].find((each) => each.location === link.target)
      await this.request(() =>
        this.sendLink(client, entity, target ?? entity, withTargetKind(link, target), record, undefined),
      )
      await this.recordLink(entry.address, link.target)
    }
    return this.ready(entry, instance, url, undefined, onState)
  }

  private findLink(client: Client, record: StateRecord): Promise<string | undefined> {
    const [source = '', target = ''] = record.ends ?? []
    return this.searchUntilFound(async () => {
      const all = await client.linksBetween(source, target)
      return all.find((url) => !isRecorded(url, this.options.store.records))
    })
  }

  private async recordLink(address: string, target: string): Promise<void> {
    const record = this.options.store.records.get(address)
    if (record === undefined) return
    const links = record.links ?? []
    if (links.some((each) => sameLocation(each, target))) return
    await this.options.store.set(address, { ...record, links: [...links, target] })
  }

  private async adopt(entry: PlanEntry, onState: OnState): Promise<Result> {
    const instance = this.instance(entry)
    const { store } = this.options
    const url = entry.url ?? ''
    const doing = store.records.get(entry.address)?.doing
    const linked = entry.found?.linked ?? []
    const links = instance.links.flatMap(({ to }) => {
      const target = this.entities.get(to)?.location
      return target !== undefined && linked.some((each) => sameLocation(each, target)) ? [target] : []
    })
    const record = this.recordOf(entry, instance, url)
    const fullRecord: StateRecord = instance.ends === undefined ? { ...record, links } : record
    await store.set(entry.address, doing === undefined ? fullRecord : { ...fullRecord, doing })
    if (doing !== undefined) return this.ready(entry, instance, url, undefined, onState)
    return { url }
  }

  private async unlink(entry: PlanEntry): Promise<Result> {
    const { client } = await this.site(entry.site)
    const { store } = this.options
    const url = entry.url ?? ''
    for (const target of entry.unlinks) {
      const record = store.records.get(entry.address)
      if (record !== undefined) await store.set(entry.address, { ...record, doing: 'update' })
      const all = await client.linksBetween(url, target)
      for (const link of all) {
        if (isRecorded(link, store.records)) continue
        await this.request(() => client.delete(link)).catch(ignoreNotFound)
        await client.wait(
          link,
          { for: 'deleted' },
          this.waitOptions(() => {}),
        )
      }
      const after = store.records.get(entry.address)
      if (after !== undefined) {
        const links = (after.links ?? []).filter((each) => !sameLocation(each, target))
        const { doing: _, ...rest } = after
        await store.set(entry.address, { ...rest, links })
      }
    }
    return { url }
  }

  private async delete(entry: PlanEntry): Promise<Result> {
    const { store } = this.options
    const record = store.records.get(entry.address) ?? entry.record
    if (record === undefined) return {}
    const { client } = await this.site(record.site)
    const url = record.url ?? (await this.findInterrupted(client, record))
    if (url === undefined) {
      if (record.title === '' && record.ends === undefined) throw untitled(entry)
      await store.set(entry.address, undefined)
      return {}
    }
    await this.request(async () => {
      await store.set(entry.address, { ...record, url, doing: 'delete' })
      await client.delete(url).catch(ignoreNotFound)
    })
    await client.wait(
      url,
      { for: 'deleted' },
      this.waitOptions(() => {}),
    )
    await store.set(entry.address, undefined)
    this.entities.delete(entry.address)
    return { url }
  }
}

function withTargetKind(link: NewLink, target: Entity | undefined): NewLink {
  return target === undefined ? link : { ...link, targetKind: target.kind }
}

function isReady(entity: Entity | undefined, ready: string, model: Model): entity is Entity {
  return entity !== undefined && stateOf(entity, model)?.toLowerCase() === ready
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof NotFoundError)) throw error
}

function untitled({ address }: PlanEntry): OutcomeUnknownError {
  return new OutcomeUnknownError(
    `Whether ${address} was created by an earlier apply is unknown: it has no title.`,
    {
      hint: `Look for it at the provider; then run "occi stack import ${address} URL" or "occi stack forget ${address}".`,
      at: address,
    },
  )
}

/**
 * Executes a plan. Steps run in parallel as far as their dependencies allow; the state is saved before and after each
 * request.
 */
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
import type { Instance } from './instances.js'
import type { Drafting, KeyValues, KindDeclaration } from './kinds.js'
import {
  ambiguousTitleError,
  ifExists,
  isRecorded,
  kindOf,
  type Observation,
  type StackEnvironment,
  withFilePosition,
} from './observe.js'
import { type Plan, type PlanEntry, type Step, stepsOf } from './plan.js'
import type { StateRecord, StateStore } from './state.js'
import { fill, resourcesIn } from './template.js'
import type { Stack } from './types.js'
import { attributeOf, fillDocument, keysOf, type ValueSource, valuesFrom } from './values.js'

/** An event of one resource during an apply. */
export interface ApplyEvent {
  /**
   * `state`: the entity was read during a wait, and is in `state`. `skipped`: no request was sent, because a dependency
   * failed or the apply was stopped.
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
 * Executes a plan and yields events. If a step fails, the steps that depend on it are skipped. If an outcome is
 * unknown, all steps that have not started are skipped. After an abort of the environment's signal no step is started;
 * running ones are completed, or their results are looked up.
 */
export async function* apply(plan: Plan, options: ApplyOptions): AsyncGenerator<ApplyEvent, void, undefined> {
  const execution = new Execution(options)
  execution.addExistingEntities(plan)
  const waitingSteps = new Set(stepsOf(plan))
  const runningSteps = new Set<Promise<void>>()
  const stepOutcomes = new Map<Step, 'done' | 'failed'>()
  const startStep = async (step: Step) => {
    const startedAt = execution.now()
    const emit = (event: ApplyEvent['event'], details: Partial<ApplyEvent> = {}) =>
      execution.events.push({
        event,
        do: step.do,
        address: step.entry.address,
        entry: step.entry,
        elapsed: execution.now() - startedAt,
        ...details,
      })
    emit('begin')
    try {
      const result = await execution.runStep(step, (state) => emit('state', { state }))
      stepOutcomes.set(step, 'done')
      emit('done', result)
    } catch (error) {
      // At erocci, the source and target of a link can be deleted although the link cannot (quirk E12).
      const isLinkDeletion = step.do === 'delete' && step.entry.record?.ends !== undefined
      stepOutcomes.set(step, isLinkDeletion && !(error instanceof OutcomeUnknownError) ? 'done' : 'failed')
      if (error instanceof CancelledError && (execution.isAborted || execution.isStopped))
        emit(execution.isAborted ? 'interrupted' : 'skipped')
      else emit('failed', { error: occiErrorOrRethrow(error) })
      if (error instanceof OutcomeUnknownError) execution.isStopped = true
    }
    execution.events.wake()
  }
  for (;;) {
    for (const step of waitingSteps) {
      if (execution.isStopped || execution.isAborted) break
      const outcomes = step.after.map((each) => stepOutcomes.get(each))
      if (outcomes.some((outcome) => outcome === 'failed')) {
        waitingSteps.delete(step)
        stepOutcomes.set(step, 'failed')
        const { address } = step.entry
        execution.events.push({ event: 'skipped', do: step.do, address, entry: step.entry, elapsed: 0 })
      } else if (outcomes.every((outcome) => outcome === 'done')) {
        waitingSteps.delete(step)
        const promise = startStep(step)
        runningSteps.add(promise)
        void promise.finally(() => runningSteps.delete(promise))
      }
    }
    yield* execution.events.take()
    const isEnding = execution.isStopped || execution.isAborted || !canContinue(waitingSteps, stepOutcomes)
    if (runningSteps.size === 0 && isEnding) break
    if (runningSteps.size > 0 || execution.events.isEmpty()) await execution.events.waitForEvent()
  }
  yield* execution.events.take()
  for (const { do: action, entry } of waitingSteps) {
    yield { event: 'skipped', do: action, address: entry.address, entry, elapsed: 0 }
  }
}

/** Whether a waiting step can be started or skipped, since all steps before it have ended. */
function canContinue(waitingSteps: ReadonlySet<Step>, stepOutcomes: ReadonlyMap<Step, unknown>): boolean {
  return [...waitingSteps].some(({ after }) => after.every((step) => stepOutcomes.has(step)))
}

/** A queue of events with one reader. */
class EventQueue {
  private events: ApplyEvent[] = []
  private wakeReader: (() => void) | undefined
  private isAwake = false

  push(event: ApplyEvent): void {
    this.events.push(event)
    this.wake()
  }
  /** Lets `waitForEvent` return without an event. */
  wake(): void {
    this.isAwake = true
    this.wakeReader?.()
  }
  isEmpty(): boolean {
    return this.events.length === 0
  }
  /** Yields the events and removes them. */
  *take(): Generator<ApplyEvent> {
    const { events } = this
    this.events = []
    yield* events
  }
  /** Waits until an event is pushed or `wake` is called, if neither has happened since the last call. */
  async waitForEvent(): Promise<void> {
    if (!this.isAwake) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve
      })
    }
    this.isAwake = false
    this.wakeReader = undefined
  }
}

/** The members that a successful step adds to its last event. */
type StepResult = Pick<ApplyEvent, 'url' | 'state' | 'note'>
/** Called with the state each time an entity is read during a wait; with an empty text if it has none. */
type OnState = (state: string) => void

const realClock = {
  now: () => Date.now(),
  sleep: async (milliseconds: number, signal?: AbortSignal) => {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal })
  },
}

/** Milliseconds to wait for a link to become active, since some servers attach links only when the machine starts. */
const linkTimeout = 60_000

/** The data of a running apply, and the operations of its steps. */
class Execution {
  readonly events = new EventQueue()
  private readonly options: ApplyOptions
  /** The existing entities by address, as last read. */
  private readonly entities = new Map<string, Entity>()
  private readonly lookups = new Map<string, EntityLookup>()
  /** The requests that wait for the concurrency limit. */
  private readonly queue: (() => void)[] = []
  private runningRequests = 0
  /** Set after an unknown outcome, so that no further step is started. */
  isStopped = false

  constructor(options: ApplyOptions) {
    this.options = options
    // Wakes the reader of the events on an interruption.
    options.environment.signal?.addEventListener('abort', () => this.events.wake(), { once: true })
  }

  get isAborted(): boolean {
    return this.options.environment.signal?.aborted === true
  }

  now(): number {
    return (this.options.clock ?? realClock).now()
  }

  /** Adds the entities that exist before the apply and remain. */
  addExistingEntities({ entries }: Plan): void {
    for (const { address, action, found } of entries) {
      if (found !== undefined && action !== 'delete' && action !== 'replace')
        this.entities.set(address, found.entity)
    }
  }

  /**
   * Runs a write request within the concurrency limit, which does not apply to waiting. Throws CancelledError after an
   * abort or stop.
   */
  private async withinLimit<T>(work: () => Promise<T>): Promise<T> {
    if (this.runningRequests >= (this.options.concurrency ?? 10)) {
      await new Promise<void>((resolve) => {
        this.queue.push(resolve)
      })
    } else this.runningRequests += 1
    try {
      if (this.isAborted || this.isStopped)
        throw new CancelledError('Nothing was started after the interruption.')
      return await work()
    } finally {
      const startNext = this.queue.shift()
      // A waiting request takes the place of the ended one.
      if (startNext === undefined) this.runningRequests -= 1
      else startNext()
    }
  }

  async runStep({ do: action, entry }: Step, onState: OnState): Promise<StepResult> {
    switch (action) {
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

  private instanceOf({ address }: PlanEntry): Instance {
    const instance = this.options.observed?.instances.get(address)
    if (instance === undefined) throw new Error(`no instance ${address}`)
    return instance
  }

  private requireStack(): Stack {
    if (this.options.stack === undefined) throw new Error('no stack')
    return this.options.stack
  }

  /** The client and the model of a site. An empty name stands for the effective context. */
  private async openSite(name: string): Promise<{ readonly client: Client; readonly model: Model }> {
    const client = await this.options.environment.client(name)
    return { client, model: await client.model() }
  }

  /** The source of the values of expressions: the variables, and the entities that exist now. */
  private valueSource(): ValueSource {
    const modelFor = (address: string) => {
      const wanted = this.options.observed?.desired.find((each) => each.address === address)
      return this.options.observed?.actual.model(wanted?.site ?? '')
    }
    return {
      ...this.options.environment.values,
      missing: 'error',
      entity: (address) => {
        const entity = this.entities.get(address)
        const model = modelFor(address)
        return entity === undefined || model === undefined ? undefined : { entity, model }
      },
    }
  }

  /** The keys of a resource. Expressions are replaced by values, and references by URLs: `storage: URL:/dev/vdb`. */
  private async resolveKeys(
    instance: Instance,
  ): Promise<{ readonly keys: KeyValues; readonly drafting: Omit<Drafting, 'client'> }> {
    await this.waitForAddresses(instance)
    const values = valuesFrom(this.valueSource())
    const keysAndTitle = keysOf(instance, values)
    if (keysAndTitle === undefined)
      throw new NotFoundError(`${instance.address} needs a value that does not exist.`)
    const keys = new Map(keysAndTitle.keys)
    for (const { key, to, detail } of instance.links) {
      const url = this.entities.get(to)?.location ?? ''
      const suffix = detail === undefined ? undefined : fill(detail, values)
      keys.set(key, [...(keys.get(key) ?? []), suffix === undefined ? url : `${url}:${suffix}`])
    }
    return { keys, drafting: { title: keysAndTitle.title, fill: (text) => fillDocument(text, values) } }
  }

  /** Waits for the IP addresses that the resource refers to, since a machine may be active before it has an address. */
  private async waitForAddresses({ resource }: Instance): Promise<void> {
    const templates = [...[...resource.values.values()].flat(), ...resource.documents]
    for (const { resource: name, index, attribute } of templates.flatMap(resourcesIn)) {
      const address = index === undefined ? name : `${name}[${index}]`
      const entity = this.entities.get(address)
      if (attribute !== 'ip' && attribute !== 'ips') continue
      if (entity?.location === undefined || attributeOf(entity, 'ip') !== undefined) continue
      const wanted = this.options.observed?.desired.find((each) => each.address === address)
      const { client } = await this.openSite(wanted?.site ?? '')
      const entityWithIp = await client.wait(
        entity.location,
        { for: 'ip' },
        this.waitOptions(() => {}),
      )
      if (entityWithIp !== undefined) this.entities.set(address, entityWithIp)
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

  private async create(entry: PlanEntry, onState: OnState): Promise<StepResult> {
    const instance = this.instanceOf(entry)
    const { client, model } = await this.openSite(entry.site)
    const earlierRecord = this.options.store.records.get(entry.address)
    if (instance.ends !== undefined) return this.createLink(entry, instance, client, onState)
    const newEntity = await withFilePosition(this.requireStack(), instance.resource, async () => {
      const { keys, drafting } = await this.resolveKeys(instance)
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
    if (earlierRecord?.doing === 'create' && earlierRecord.url === undefined) {
      if (earlierRecord.title === '') throw untitledError(entry)
      const url = await this.findInterrupted(client, earlierRecord)
      if (url !== undefined) {
        await this.options.store.set(entry.address, { ...record, url, doing: 'create' })
        const entity = await client.describe(url)
        return this.createMissingLinks(entry, instance, entity, newEntity, onState)
      }
    }
    const created = await this.withinLimit(async () => {
      await this.options.store.set(entry.address, { ...record, doing: 'create' })
      const result = await this.send(entry, client, newEntity, record)
      await this.options.store.set(entry.address, { ...record, url: result.url, doing: 'create' })
      return result
    })
    if (created.error !== undefined) throw created.error
    return this.makeReady(entry, instance, created.url, created.entity, onState)
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

  /** Determines whether a failed request created the entity: its URL if so, or `not created`, or `unknown`. */
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
    const candidateFact = error.facts?.['candidates']
    const candidates = Array.isArray(candidateFact)
      ? candidateFact.filter((url) => typeof url === 'string')
      : []
    const unrecorded = candidates.filter((url) => !isRecorded(url, this.options.store.records))
    const [only] = unrecorded
    if (only !== undefined && unrecorded.length === 1) return { url: only }
    if (record.title === '') return 'unknown'
    const url = await this.findByRecord(client, record).catch(() => undefined)
    return url === undefined ? 'unknown' : { url }
  }

  /**
   * An id for the new entity, so that concurrent applies create only one. Undefined if the provider does not keep such
   * an id, or if it is taken.
   */
  private async availableId(client: Client, newEntity: NewEntity): Promise<string | undefined> {
    const id = newEntity.id === undefined ? await client.idFor(newEntity) : undefined
    if (id === undefined) return undefined
    const existing = await ifExists(() => client.find(id, newEntity.kind))
    return existing === undefined ? id : undefined
  }

  /** Searches for an entity that an interrupted apply may have created. */
  private findInterrupted(client: Client, record: StateRecord): Promise<string | undefined> {
    return this.searchUntilFound(() => this.findByRecord(client, record))
  }

  /** Repeats a search for `settling` milliseconds, since a provider may list a new entity late. */
  private async searchUntilFound(search: () => Promise<string | undefined>): Promise<string | undefined> {
    const { settling = 10_000, clock = realClock, environment } = this.options
    const deadline = clock.now() + settling
    for (let pause = 500; ; pause = Math.min(pause * 2, 2000)) {
      const url = await search()
      const remaining = deadline - clock.now()
      if (url !== undefined || remaining <= 0) return url
      await clock.sleep(Math.min(pause, remaining), environment.signal)
    }
  }

  /**
   * The URL of an unrecorded entity that the record describes, by its title, or for a link by its source and target.
   */
  private async findByRecord(
    client: Client,
    { kind, title, ends }: StateRecord,
  ): Promise<string | undefined> {
    const { records } = this.options.store
    if (ends !== undefined) {
      const [source = '', target = ''] = ends
      const links = (await ifExists(() => client.linksBetween(source, target))) ?? []
      const owner = [...records.values()].find(({ url }) => url !== undefined && sameLocation(url, source))
      // The first unrecorded links are those that were created together with the source.
      const inlineCount = (owner?.links ?? []).filter((url) => sameLocation(url, target)).length
      return links.filter((url) => !isRecorded(url, records))[inlineCount]
    }
    if (title === '' || kind === '') return undefined
    const matching: Entity[] = []
    for await (const entity of client.list(kind)) {
      const { location } = entity
      if (entity.title === title && location !== undefined && !isRecorded(location, records))
        matching.push(entity)
    }
    if (matching.length > 1) throw ambiguousTitleError(title, title, matching)
    return matching[0]?.location
  }

  private async createLink(
    entry: PlanEntry,
    instance: Instance,
    client: Client,
    onState: OnState,
  ): Promise<StepResult> {
    const { store } = this.options
    const source = this.entities.get(instance.ends?.source ?? '')
    const target = this.entities.get(instance.ends?.target ?? '')
    if (source?.location === undefined || target?.location === undefined) {
      throw new NotFoundError(`${entry.address} cannot be created: its source or its target does not exist.`)
    }
    const { location: sourceUrl } = source
    const { location: targetUrl } = target
    const newLink = await withFilePosition(this.requireStack(), instance.resource, async () => {
      const { keys, drafting } = await this.resolveKeys(instance)
      return instance.resource.declaration.link(keys, targetUrl, { ...drafting, client })
    })
    const record: StateRecord = {
      site: entry.site,
      kind: entry.wanted?.kind ?? '',
      title: '',
      needs: instance.needs,
      ends: [sourceUrl, targetUrl],
    }
    const earlierRecord = store.records.get(entry.address)
    const existingUrl =
      earlierRecord?.doing === 'create' && earlierRecord.url === undefined
        ? await this.findInterrupted(client, record)
        : undefined
    const url = await this.withinLimit(async () => {
      if (existingUrl === undefined) await store.set(entry.address, { ...record, doing: 'create' })
      const linkUrl =
        existingUrl ??
        (await this.sendLink(client, source, withTargetKind(newLink, target), record, entry.address))
      await store.set(entry.address, { ...record, url: linkUrl, doing: 'create' })
      return linkUrl
    })
    return this.makeReady(entry, instance, url, undefined, onState)
  }

  /** Creates a link and returns its URL. If it was certainly not created, removes the record of `address`. */
  private async sendLink(
    client: Client,
    source: Entity,
    newLink: NewLink,
    record: StateRecord,
    address: string | undefined,
  ): Promise<string> {
    try {
      return (await client.link(source, newLink)).location
    } catch (error) {
      const outcome = await this.outcomeAfterError(error, client, record)
      if (outcome === 'not created' && address !== undefined) await this.options.store.set(address, undefined)
      if (typeof outcome === 'string') throw error
      return outcome.url
    }
  }

  /** Waits until the entity is ready, brings it to the state of the file, and completes its record. */
  private async makeReady(
    entry: PlanEntry,
    instance: Instance,
    url: string,
    knownEntity: Entity | undefined,
    onState: OnState,
  ): Promise<StepResult> {
    const { client, model } = await this.openSite(entry.site)
    const { store } = this.options
    const { declaration, state: wantedState } = instance.resource
    let note: string | undefined
    let entity: Entity | undefined = isReady(knownEntity, declaration.ready, model)
      ? knownEntity
      : await this.readCreated(entry, client, url)
    const isNew = entry.action === 'create' || entry.action === 'replace' || entry.record?.doing === 'create'
    // An entity that is being built may show the same state as a stopped one, but offers no actions.
    const isSettled = !isNew || (entity?.actions.length ?? 0) > 0
    const mustWait = wantedState === undefined ? isNew : !isSettled
    if (mustWait && entity !== undefined && stateOf(entity, model) !== undefined) {
      const result = await this.waitFor(client, url, declaration, entity, onState)
      if (typeof result === 'object') entity = result
      else if (wantedState === undefined) note = result
    }
    const currentState = entity === undefined ? undefined : stateOf(entity, model)
    if (wantedState !== undefined && entity !== undefined && currentState?.toLowerCase() !== wantedState) {
      entity = await this.reachState(wantedState, entry, instance, { ...entity, location: url }, onState)
    }
    if (entity !== undefined) this.entities.set(entry.address, { ...entity, location: url })
    const record = store.records.get(entry.address)
    if (record !== undefined) {
      const { doing: _, ...completed } = record
      await store.set(entry.address, completed)
    }
    const state = entity === undefined ? undefined : stateOf(entity, model)
    return { url, ...(state === undefined ? {} : { state }), ...(note === undefined ? {} : { note }) }
  }

  /** Reads a created entity. Entities that are created at the same time share one listing. */
  private async readCreated(entry: PlanEntry, client: Client, url: string): Promise<Entity> {
    const kind = this.options.store.records.get(entry.address)?.kind ?? ''
    const key = `${entry.site}\n${kind}`
    const lookup = this.lookups.get(key) ?? new EntityLookup(client, kind)
    this.lookups.set(key, lookup)
    return lookup.describe(url)
  }

  /** Returns the entity in its ready state, or a text that says why it is used although it is in another state. */
  private async waitFor(
    client: Client,
    url: string,
    { ready, isLink }: Pick<KindDeclaration, 'ready' | 'isLink'>,
    knownEntity: Entity | undefined,
    onState: OnState,
  ): Promise<Entity | string | undefined> {
    const wait = this.waitOptions(onState)
    const timeout = isLink ? Math.min(wait.timeout, linkTimeout) : wait.timeout
    const options = { ...wait, timeout, ...(knownEntity === undefined ? {} : { known: knownEntity }) }
    try {
      return await client.wait(url, { for: 'state', state: ready }, options)
    } catch (error) {
      // The client stops waiting if the state will not change any more. Only the state `error` is a failure here.
      const isUsable = error instanceof WaitFailedError && error.facts?.['state'] !== 'error'
      if (isUsable || (isLink && error instanceof TimeoutError)) return error.message
      throw error
    }
  }

  /** Triggers the action that leads to the state, and waits for the state. */
  private async reachState(
    state: string,
    entry: PlanEntry,
    { resource }: Instance,
    entity: Entity & { readonly location: string },
    onState: OnState,
  ): Promise<Entity | undefined> {
    const { client } = await this.openSite(entry.site)
    const action = resource.declaration.actions.get(state)
    const url = entity.location
    if (action === undefined) return client.wait(url, { for: 'state', state }, this.waitOptions(onState))
    await this.withinLimit(async () => {
      try {
        await client.trigger(entity, action, undefined, { readBack: false })
      } catch (error) {
        // The provider may refuse the action because the entity is in the state already.
        const currentState = error instanceof OcciError ? error.facts?.['state'] : undefined
        if (String(currentState).toLowerCase() !== state) throw error
      }
    })
    const wait = { ...this.waitOptions(onState), after: action }
    return client.wait(url, { for: 'state', state }, wait)
  }

  private async update(entry: PlanEntry, onState: OnState): Promise<StepResult> {
    const instance = this.instanceOf(entry)
    const { client, model } = await this.openSite(entry.site)
    const { store } = this.options
    const url = entry.url ?? ''
    const newEntity = await withFilePosition(this.requireStack(), instance.resource, async () => {
      const { keys, drafting } = await this.resolveKeys(instance)
      return instance.resource.declaration.entity(keys, { ...drafting, client })
    })
    const earlierRecord = store.records.get(entry.address)
    await store.set(entry.address, {
      ...this.recordOf(entry, instance, url),
      doing: earlierRecord?.doing ?? 'update',
    })
    const actual = await client.describe(url)
    const wanted = await withFilePosition(this.requireStack(), instance.resource, () =>
      client.expect(newEntity),
    )
    const differences = compare(wanted, actual, model)
    let entity: Entity = actual
    if (differences.length > 0) {
      entity = await this.withinLimit(() => client.update(actual, changesFor(differences, wanted)))
      // A machine may stop while it is resized, so this waits until it is in its earlier state again.
      const state = stateOf(actual, model)
      const isStable =
        state !== undefined && (actual.actions.length > 0 || state === instance.resource.declaration.ready)
      const result = isStable
        ? await this.waitFor(client, url, { ready: state, isLink: false }, undefined, onState)
        : undefined
      if (typeof result === 'object') entity = result
    }
    return this.createMissingLinks(entry, instance, { ...entity, location: url }, newEntity, onState)
  }

  /** The record of an existing entity, without `doing`. */
  private recordOf(entry: PlanEntry, instance: Instance, url: string): StateRecord {
    const earlierRecord = this.options.store.records.get(entry.address)
    const kind = entry.found?.entity.kind ?? entry.wanted?.kind ?? earlierRecord?.kind ?? ''
    const title = earlierRecord?.title ?? entry.found?.entity.title ?? entry.title
    const ends = (instance.ends === undefined ? [] : [instance.ends.source, instance.ends.target]).map(
      (end) => this.entities.get(end)?.location ?? '',
    )
    return {
      site: entry.site,
      kind,
      title: instance.ends === undefined ? title : '',
      url,
      needs: instance.needs,
      ...(instance.ends === undefined ? { links: earlierRecord?.links ?? [] } : { ends }),
    }
  }

  /** Creates missing links, after an interruption only if they do not appear within the settling time. */
  private async createMissingLinks(
    entry: PlanEntry,
    instance: Instance,
    entity: Entity,
    newEntity: NewEntity,
    onState: OnState,
  ): Promise<StepResult> {
    const { client } = await this.openSite(entry.site)
    const { store } = this.options
    const url = entity.location ?? ''
    const wasInterrupted = entry.record?.doing !== undefined
    for (const link of newEntity.links ?? []) {
      const record: StateRecord = {
        site: entry.site,
        kind: '',
        title: '',
        needs: [],
        ends: [url, link.target],
      }
      const existing = await client.linksBetween(url, link.target)
      const hasUnrecorded = existing.some((each) => !isRecorded(each, store.records))
      const isMissing =
        !hasUnrecorded && (!wasInterrupted || (await this.findLink(client, record)) === undefined)
      if (!isMissing) {
        await this.recordLink(entry.address, link.target)
        continue
      }
      const target = [...this.entities.values()].find((each) => each.location === link.target)
      await this.withinLimit(() =>
        this.sendLink(client, entity, withTargetKind(link, target), record, undefined),
      )
      await this.recordLink(entry.address, link.target)
    }
    return this.makeReady(entry, instance, url, undefined, onState)
  }

  /** Searches for an unrecorded link between the source and target of the record. */
  private findLink(client: Client, record: StateRecord): Promise<string | undefined> {
    const [source = '', target = ''] = record.ends ?? []
    return this.searchUntilFound(async () => {
      const links = await client.linksBetween(source, target)
      return links.find((url) => !isRecorded(url, this.options.store.records))
    })
  }

  /** Adds the target of a link to the record of a resource. */
  private async recordLink(address: string, target: string): Promise<void> {
    const record = this.options.store.records.get(address)
    if (record === undefined) return
    const links = record.links ?? []
    if (links.some((each) => sameLocation(each, target))) return
    await this.options.store.set(address, { ...record, links: [...links, target] })
  }

  private async adopt(entry: PlanEntry, onState: OnState): Promise<StepResult> {
    const instance = this.instanceOf(entry)
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
    if (doing !== undefined) return this.makeReady(entry, instance, url, undefined, onState)
    return { url }
  }

  private async unlink(entry: PlanEntry): Promise<StepResult> {
    const { client } = await this.openSite(entry.site)
    const { store } = this.options
    const url = entry.url ?? ''
    for (const target of entry.unlinks) {
      const record = store.records.get(entry.address)
      if (record !== undefined) await store.set(entry.address, { ...record, doing: 'update' })
      for (const link of await client.linksBetween(url, target)) {
        if (isRecorded(link, store.records)) continue
        await this.withinLimit(() => client.delete(link)).catch(ignoreNotFound)
        await client.wait(
          link,
          { for: 'deleted' },
          this.waitOptions(() => {}),
        )
      }
      const currentRecord = store.records.get(entry.address)
      if (currentRecord !== undefined) {
        const links = (currentRecord.links ?? []).filter((each) => !sameLocation(each, target))
        const { doing: _, ...completed } = currentRecord
        await store.set(entry.address, { ...completed, links })
      }
    }
    return { url }
  }

  private async delete(entry: PlanEntry): Promise<StepResult> {
    const { store } = this.options
    const record = store.records.get(entry.address) ?? entry.record
    if (record === undefined) return {}
    const { client } = await this.openSite(record.site)
    const url = record.url ?? (await this.findInterrupted(client, record))
    if (url === undefined) {
      if (record.title === '' && record.ends === undefined) throw untitledError(entry)
      await store.set(entry.address, undefined)
      return {}
    }
    await this.withinLimit(async () => {
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

function untitledError({ address }: PlanEntry): OutcomeUnknownError {
  return new OutcomeUnknownError(
    `It is unknown whether an earlier apply created ${address}, since it has no title.`,
    {
      hint: `Look for it at the provider. If it exists, run "occi stack import ${address} URL", otherwise "occi stack forget ${address}".`,
      at: address,
    },
  )
}

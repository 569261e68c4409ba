/** Reads the actual entities of a stack. One listing for each kind is enough if the provider lists whole entities. */
import { type Client, findAmong, locationKey, needsListing, sameLocation } from '../client/index.js'
import {
  AmbiguousError,
  isIncompleteListing,
  NotFoundError,
  OcciError,
  UsageError,
  withFacts,
  withPosition,
} from '../errors/errors.js'
import { type Entity, type Kind, type Model, type TypeId, termOf } from '../model/index.js'
import { changesFor, compare } from './compare.js'
import { type Instance, instancesOf } from './instances.js'
import type { Actual, Found, Wanted } from './plan.js'
import type { StateRecord, StateRecords } from './state.js'
import type { Values } from './template.js'
import type { Stack, StackResource } from './types.js'
import { fillDocument, keysOf, keyTextsOf, valuesFrom } from './values.js'

/** The environment of a stack: clients, and values for templates. */
export interface StackEnvironment {
  /** The client of a context. An empty name stands for the effective context. */
  readonly client: (site: string) => Promise<Client>
  readonly values: Pick<Values, 'environment' | 'variables'>
  readonly signal?: AbortSignal
}

/** The wanted and the actual entities of a stack. */
export interface Observation {
  readonly desired: readonly Wanted[]
  readonly actual: Actual
  readonly instances: ReadonlyMap<string, Instance>
}

/** Reads the actual entities. Throws the client's errors, with the place in the file if the file causes them. */
export async function observe(
  stack: Stack,
  records: StateRecords,
  environment: StackEnvironment,
): Promise<Observation> {
  const instances = instancesOf(stack)
  const sites = new Map<string, Site>()
  const siteOf = (name: string) => sites.get(name) as Site
  for (const name of new Set(instances.map(({ resource }) => siteName(resource)))) {
    const client = await environment.client(name)
    const model = await client.model(requestOptions(environment))
    const { listings } = await client.provider()
    sites.set(name, { name, client, model, listsEntities: listings === 'entities' })
    checkProvider(client, name, records)
  }
  const entities = await findInstances(stack, instances, records, siteOf, environment)
  const found = new Map<string, Found>()
  const desired: Wanted[] = []
  for (const instance of instances) {
    const { address, resource } = instance
    const site = siteOf(siteName(resource))
    const wanted = await withFilePosition(stack, resource, () =>
      wantedOf(instance, site, environment, (referenced) => {
        const entity = entities.get(referenced)?.entity
        const owner = instances.find((each) => each.address === referenced)?.resource
        return entity === undefined || owner === undefined
          ? undefined
          : { entity, model: siteOf(siteName(owner)).model }
      }),
    )
    desired.push(wanted)
    const located = entities.get(address)
    if (located !== undefined)
      found.set(address, await verify(wanted, located, site, entities, records, environment))
  }
  return {
    desired,
    actual: { found, records, model: (name) => siteOf(name).model },
    instances: new Map(instances.map((instance) => [instance.address, instance])),
  }
}

/** Throws UsageError if the state belongs to another provider, since everything would be created a second time. */
function checkProvider({ endpoint }: Client, site: string, records: StateRecords): void {
  const { origin } = new URL(endpoint)
  for (const [address, record] of records) {
    if (record.site !== site || record.url === undefined || new URL(record.url).origin === origin) continue
    throw new UsageError(
      `The state has ${address} at ${new URL(record.url).origin}, but the provider is ${origin}.`,
      {
        hint: 'Name the provider of the state with --endpoint or --context, or another state file with --state.',
        at: address,
      },
    )
  }
}

/** One provider of the stack. */
interface Site {
  readonly name: string
  readonly client: Client
  readonly model: Model
  /** Whether a listing has whole entities, not only locations. */
  readonly listsEntities: boolean
}

/** The context of a resource; empty if it has the context of the whole stack. */
function siteName({ site }: Pick<StackResource, 'site'>): string {
  return site ?? ''
}

function requestOptions({ signal }: Pick<StackEnvironment, 'signal'>): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

/** The kind in the provider's model; undefined for a link whose kind follows from its ends. */
export function kindOf({ declaration }: StackResource, model: Model): Kind | undefined {
  const { kind } = declaration
  return kind === undefined ? undefined : (model.kind(kind) ?? model.resolve(termOf(kind), { class: 'kind' }))
}

/** The resource as the file describes it. `entity` returns the resources to which expressions refer. */
async function wantedOf(
  instance: Instance,
  { name, client, model }: Site,
  environment: StackEnvironment,
  entity: Parameters<typeof valuesFrom>[0]['entity'],
): Promise<Wanted> {
  const { resource, address, needs, links, ends } = instance
  const kind = kindOf(resource, model)
  const values = valuesFrom({ ...environment.values, entity, missing: 'pending' })
  const keysAndTitle = keysOf(instance, values)
  const base = {
    address,
    site: name,
    kind: kind?.id,
    word: resource.word,
    existing: resource.existing,
    keyTexts: keyTextsOf(instance),
    needs,
    links,
    state: resource.state,
    title: keysAndTitle?.title ?? instance.title,
    ...(ends === undefined ? {} : { ends }),
  }
  if (keysAndTitle === undefined || resource.existing) return { ...base, entity: undefined }
  const { keys } = keysAndTitle
  const drafting = { client, title: keysAndTitle.title, fill: (text: string) => fillDocument(text, values) }
  if (ends !== undefined) {
    const link = await resource.declaration.link(keys, '', drafting)
    const attributes = new Map(
      link.attributes instanceof Map ? link.attributes : Object.entries(link.attributes ?? {}),
    ) as Entity['attributes']
    return {
      ...base,
      entity: { type: 'link', kind: kind?.id ?? ('' as TypeId), mixins: [], attributes, actions: [] },
    }
  }
  const newEntity = await resource.declaration.entity(keys, drafting)
  return { ...base, entity: await client.expect(newEntity, requestOptions(environment)) }
}

/** An entity, how it was found, and whether it comes from a listing, which may lack links and attributes. */
type Located = Pick<Found, 'entity' | 'by'> & { readonly isFromListing: boolean }

/** Finds the entities of all instances by their URLs in the state or by their titles, and links by their ends. */
async function findInstances(
  stack: Stack,
  instances: readonly Instance[],
  records: StateRecords,
  siteOf: (name: string) => Site,
  environment: StackEnvironment,
): Promise<ReadonlyMap<string, Located>> {
  const found = new Map<string, Located>()
  const groups = new Map<string, { readonly site: Site; readonly kind: Kind; readonly members: Instance[] }>()
  for (const instance of instances) {
    const { resource } = instance
    if (resource.declaration.isLink && !resource.existing) continue
    const site = siteOf(siteName(resource))
    const kind = await withFilePosition(stack, resource, async () => kindOf(resource, site.model))
    if (kind === undefined) continue
    const key = `${site.name}\n${kind.id}`
    const group = groups.get(key) ?? { site, kind, members: [] }
    group.members.push(instance)
    groups.set(key, group)
  }
  await Promise.all(
    [...groups.values()].map(async ({ site, kind, members }) => {
      const recordedUrl = (instance: Instance) => recordAt(records, instance.address, site.name)?.url
      const needsTitles = members.some((instance) => recordedUrl(instance) === undefined)
      const usesListing = needsTitles || (site.listsEntities && members.length > 1)
      const listedEntities = usesListing
        ? await listByLocation(site.client, kind, environment)
        : new Map<string, Entity>()
      const recordedKeys = recordedKeysAt(records, site.name)
      const search: SearchContext = { stack, site, kind, records, listedEntities, recordedKeys, environment }
      for (const instance of members) {
        const located = await findInstance(instance, search)
        if (located !== undefined) found.set(instance.address, located)
      }
    }),
  )
  const assignedUrls = new Set<string>()
  for (const instance of instances) {
    if (instance.ends === undefined) continue
    const site = siteOf(siteName(instance.resource))
    const located = await findLink(instance, site, { instances, records, found, assignedUrls, environment })
    if (located !== undefined) found.set(instance.address, located)
  }
  return found
}

/** Keys of the locations that the state has at a site. */
function recordedKeysAt(records: StateRecords, site: string): ReadonlySet<string> {
  return new Set(
    [...records.values()].flatMap((record) =>
      record.url === undefined || record.site !== site ? [] : [locationKey(record.url)],
    ),
  )
}

/** The record of an address. Undefined if it belongs to another site, and therefore to another resource. */
function recordAt(records: StateRecords, address: string, site: string): StateRecord | undefined {
  const record = records.get(address)
  return record?.site === site ? record : undefined
}

/**
 * Lists entities by location key. If the listing is incomplete, missing entities with a URL in the state are read
 * later.
 */
async function listByLocation(
  client: Client,
  kind: Kind,
  environment: StackEnvironment,
): Promise<Map<string, Entity>> {
  const listed = new Map<string, Entity>()
  try {
    for await (const entity of client.list(kind, requestOptions(environment))) {
      if (entity.location !== undefined) listed.set(locationKey(entity.location), entity)
    }
  } catch (error) {
    if (!isIncompleteListing(error)) throw error
  }
  return listed
}

/** The data for a search for the instances of one kind at a site. */
interface SearchContext {
  readonly stack: Stack
  readonly site: Site
  readonly kind: Kind
  readonly records: StateRecords
  /** The listed entities by location key. */
  readonly listedEntities: ReadonlyMap<string, Entity>
  /** Location keys of the URLs that the state has. */
  readonly recordedKeys: ReadonlySet<string>
  readonly environment: StackEnvironment
}

/** Finds an instance by its URL in the state, by its name if it is `existing`, or by its title. */
async function findInstance(instance: Instance, search: SearchContext): Promise<Located | undefined> {
  const { stack, site, kind, records, listedEntities, recordedKeys, environment } = search
  const { address, resource } = instance
  const record = recordAt(records, address, site.name)
  if (record?.url !== undefined) {
    const { url } = record
    const entity = listedEntities.get(locationKey(url))
    if (entity?.location !== undefined && sameLocation(entity.location, url)) {
      return { entity, by: 'state', isFromListing: true }
    }
    const currentEntity = await ifExists(() => site.client.describe(url, requestOptions(environment)))
    return currentEntity === undefined
      ? undefined
      : { entity: currentEntity, by: 'state', isFromListing: false }
  }
  if (resource.existing) {
    const name = existingName(resource)
    const { location, entity } = await withFilePosition(stack, resource, async () => {
      if (!needsListing(name)) return site.client.find(name, kind, requestOptions(environment))
      try {
        return findAmong(name, [...listedEntities.values()])
      } catch (error) {
        // The listing may be incomplete. If there is no such entity, the client's error suggests similar names.
        if (!(error instanceof NotFoundError)) throw error
        return site.client.find(name, kind, requestOptions(environment))
      }
    })
    const existing = entity ?? (await site.client.describe(location, requestOptions(environment)))
    return { entity: existing, by: 'state', isFromListing: false }
  }
  const title = await storedTitle(instance, site, environment)
  if (title === undefined) return undefined
  const titledEntities = [...listedEntities.values()].filter(
    (entity) => entity.title === title && !recordedKeys.has(locationKey(entity.location ?? '')),
  )
  const [only] = titledEntities
  if (only === undefined) return undefined
  if (titledEntities.length > 1) throw ambiguousTitleError(address, title, titledEntities)
  return { entity: only, by: record?.doing === 'create' ? 'interrupted' : 'title', isFromListing: true }
}

/** The name by which an existing resource is looked up. */
export function existingName({ values, name }: StackResource): string {
  return values.get('id')?.[0]?.source ?? values.get('title')?.[0]?.source ?? name
}

export function ambiguousTitleError(
  address: string,
  title: string,
  titledEntities: readonly Entity[],
): AmbiguousError {
  const locations = titledEntities.flatMap(({ location }) => location ?? [])
  return new AmbiguousError(
    `${titledEntities.length} resources are titled "${title}", and the state does not say which one is ${address}.`,
    {
      hint: `Choose one with "occi stack import ${address} URL". They are: ${locations.slice(0, 5).join(', ')}`,
      at: address,
      facts: { candidates: locations.map((location) => ({ location, title })) },
    },
  )
}

/** The title as the provider stores it. Undefined if it stores no titles. */
async function storedTitle(
  instance: Instance,
  { client }: Site,
  environment: StackEnvironment,
): Promise<string | undefined> {
  const { resource } = instance
  const values = valuesFrom({ ...environment.values, entity: () => undefined, missing: 'pending' })
  const keysAndTitle = keysOf(instance, values)
  const title = keysAndTitle?.title ?? instance.title
  const newEntity =
    keysAndTitle === undefined
      ? { kind: resource.declaration.kind ?? '', title }
      : await resource.declaration
          .entity(keysAndTitle.keys, { client, title, fill: (text) => fillDocument(text, values) })
          .catch(() => ({ kind: resource.declaration.kind ?? '', title }))
  return client.storedTitle({ ...newEntity, title }, requestOptions(environment))
}

/**
 * Finds a link. Links have no title, so without a record it is any link between its source and target that has no
 * record and is not assigned to another instance.
 */
async function findLink(
  { address, ends }: Instance,
  { name, client }: Site,
  { instances, records, found, assignedUrls, environment }: LinkSearchContext,
): Promise<Located | undefined> {
  const record = recordAt(records, address, name)
  const source = found.get(ends?.source ?? '')?.entity
  const target = found.get(ends?.target ?? '')?.entity
  if (record?.url !== undefined) {
    const { url } = record
    const sourceLink = linksIn(source).find(
      ({ location }) => location !== undefined && sameLocation(location, url),
    )
    if (sourceLink !== undefined) return { entity: sourceLink, by: 'state', isFromListing: true }
    const entity = await ifExists(() => client.describe(url, requestOptions(environment)))
    return entity === undefined ? undefined : { entity, by: 'state', isFromListing: false }
  }
  if (source?.location === undefined || target?.location === undefined) return undefined
  const inlineCount = instances
    .filter((instance) => instance.address === ends?.source)
    .flatMap(({ links }) => links.filter(({ to }) => to === ends?.target)).length
  const urls = await client.linksBetween(source.location, target.location, requestOptions(environment))
  // The first unrecorded links are those that were created together with the source.
  const unrecorded = urls.filter((each) => !isRecorded(each, records)).slice(inlineCount)
  const url = unrecorded.find((each) => !assignedUrls.has(each))
  if (url === undefined) return undefined
  assignedUrls.add(url)
  const entity = await client.describe(url, requestOptions(environment))
  return { entity, by: record?.doing === 'create' ? 'interrupted' : 'title', isFromListing: false }
}

/** The data for a search for links. */
interface LinkSearchContext {
  readonly instances: readonly Instance[]
  readonly records: StateRecords
  readonly found: ReadonlyMap<string, Located>
  /** URLs of links that are already assigned to other instances. */
  readonly assignedUrls: Set<string>
  readonly environment: StackEnvironment
}

function linksIn(entity: Entity | undefined) {
  return entity?.type === 'resource' ? entity.links : []
}

/** Returns the result of `read`, or undefined after a NotFoundError. */
export async function ifExists<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/**
 * Verifies an entity before changes are planned. A listing may lack links and attributes, so a listed entity that seems
 * to differ is read again by its URL. Also determines which differences cannot be changed, and which links exist
 * although the entity does not show them.
 */
async function verify(
  wanted: Wanted,
  { entity: firstRead, by, isFromListing }: Located,
  { client, model }: Site,
  entities: ReadonlyMap<string, Located>,
  records: StateRecords,
  environment: StackEnvironment,
): Promise<Found> {
  const targets = wanted.links.flatMap(({ to }) => entities.get(to)?.entity.location ?? [])
  const differencesOf = (entity: Entity) =>
    wanted.entity === undefined ? [] : compare(wanted.entity, entity, model)
  const missingTargets = (entity: Entity) => {
    const linkedTargets = linkTargetsOf(entity, records)
    return targets.filter((target) => !linkedTargets.some((each) => sameLocation(each, target)))
  }
  const { location: listedUrl } = firstRead
  const mustReadAgain =
    isFromListing &&
    !wanted.existing &&
    firstRead.type === 'resource' &&
    (differencesOf(firstRead).length > 0 || missingTargets(firstRead).length > 0)
  const entity =
    mustReadAgain && listedUrl !== undefined
      ? await client.describe(listedUrl, requestOptions(environment))
      : firstRead
  const fixed = new Map<string, string>()
  for (const difference of wanted.existing ? [] : differencesOf(entity)) {
    if (wanted.entity === undefined || wanted.ends !== undefined) continue
    const changes = changesFor([difference], wanted.entity)
    const [problem] = await client.changeProblems(entity, changes, requestOptions(environment))
    if (problem !== undefined) fixed.set(difference.name, problem.message)
  }
  const hiddenTargets: string[] = []
  for (const target of missingTargets(entity)) {
    const location = entity.location ?? ''
    const urls = await client.linksBetween(location, target, requestOptions(environment))
    if (urls.some((url) => !isRecorded(url, records))) hiddenTargets.push(target)
  }
  return { entity, by, linked: [...linkTargetsOf(entity, records), ...hiddenTargets], fixed }
}

/** URLs of the targets of an entity's links, except links that are resources of the stack. */
function linkTargetsOf(entity: Entity, records: StateRecords): readonly string[] {
  return linksIn(entity).flatMap(({ location, target }) =>
    target === undefined || (location !== undefined && isRecorded(location, records))
      ? []
      : [target.location],
  )
}

/** Whether the state has a record with this location. */
export function isRecorded(location: string, records: StateRecords): boolean {
  for (const { url } of records.values()) if (url !== undefined && sameLocation(url, location)) return true
  return false
}

/** Runs `work` for a resource. Adds the position of the key in the file to errors that the file causes. */
export async function withFilePosition<T>(
  { file }: Pick<Stack, 'file'>,
  { places, place, name }: StackResource,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isCausedByFile =
      error instanceof OcciError && ['usage', 'validation', 'not-found', 'ambiguous'].includes(error.code)
    if (!isCausedByFile || /^\S+:\d+:\d+: /.test(error.message)) throw error
    const key = error.at?.replace(/^--/, '') ?? ''
    const { line, column } = places.get(key) ?? places.get(`${key}s`) ?? place
    const message = error.message.replaceAll(/--([a-z][a-z-]*)/g, '$1')
    throw withPosition(
      withFacts(error, { file, line, column, resource: name }),
      `${file}:${line}:${column}`,
      `${file}:${line}:${column}: ${message}`,
    )
  }
}

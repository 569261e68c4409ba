/** Creation: by POST to the kind's collection, or by PUT to a path of the caller's choice (GFD.223 §5.3, §5.4). */
import {
  CancelledError,
  OcciError,
  PartialError,
  ProtocolError,
  ValidationError,
} from '../../errors/errors.js'
import {
  type Attributes,
  type Entity,
  type Kind,
  stateOf,
  type TypeId,
  throwProblems,
  validateCreate,
} from '../../model/index.js'
import { type Deviation, type Parsed, renderings } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { contentOf } from '../codec.js'
import { type CreateContext, readCreateAnswer } from '../create-answer.js'
import { differences, notAsAsked, rememberAsked } from '../differences.js'
import { type Draft, draftOf, sendable } from '../draft.js'
import { type Ask, read } from '../exchange.js'
import { isUrl, memberLocation, resolveUserLocation, sameLocation } from '../locations.js'
import { isTitled, keptTitle } from '../names.js'
import { asWritten } from '../outgoing-entity.js'
import { type Provider, sendsChosenId } from '../provider.js'
import { kindIn, lookUp } from '../resolve.js'
import { providerOf, type Session } from '../session.js'
import { noteCreated } from '../settling.js'
import type { Created, NewEntity, NewLink, RequestOptions } from '../types.js'
import {
  adopted,
  doneDespite,
  look,
  notSeen,
  outcomeUnknownError,
  type UncertainOutcome,
  write,
} from '../uncertain.js'
import { describeAt } from './describe.js'
import { kindOfPlace, link, readAgain } from './link.js'
import { list } from './list.js'
import { wait } from './wait.js'

export async function create(
  session: Session,
  wanted: NewEntity,
  options: RequestOptions = {},
): Promise<Created> {
  const { links = [] } = wanted
  const targetKinds = links.length === 0 ? undefined : await kindsOfTargets(session, links, options)
  const { provider, found } = await lookUp(session, options.signal, async (known) => {
    const place = placeOf(session, known, wanted)
    const draft = draftOf(session, known, wanted, { id: place.id, targetKinds })
    if (session.validate) {
      throwProblems(await validateCreate(known.model, draft.entity))
      mustBeListable(known, draft.entity)
    }
    return { place, draft }
  })
  const { place, draft } = found
  const { made, later } = await sendDraft(session, provider, place, draft, { links, options })
  for (const name of draft.entity.attributes.keys()) {
    const message = provider.effects.createNotes[name]
    if (message === undefined) continue
    session.onDeviation(
      { code: 'not-as-asked', message, place: { part: 'answer' } },
      { method: place.method, url: place.url },
    )
  }
  if (draft.title !== undefined && draft.title !== draft.entity.title) {
    const note = notAsAsked('title', draft.title, draft.entity.title)
    session.onDeviation(note, { method: place.method, url: place.url })
  }
  const seen =
    made.entity === undefined && losesFraction(provider, draft.entity.attributes)
      ? await readAgain(session, made, options)
      : made
  return later.length === 0 ? seen : linked(session, seen, later, options)
}

/** Sends the links with the resource; where these are refused, it is made without, and they are left for later. */
async function sendDraft(
  session: Session,
  provider: Provider,
  place: NewPlace,
  { entity, kind, later }: Draft,
  { links, options }: { readonly links: readonly NewLink[]; readonly options: RequestOptions },
): Promise<{ readonly made: Created; readonly later: readonly NewLink[] }> {
  const { refusedInline } = provider.effects
  try {
    return { made: await sendNew(session, provider, { entity, kind, ...place }, options), later }
  } catch (error) {
    const separate =
      refusedInline !== undefined &&
      entity.type === 'resource' &&
      entity.links.length > 0 &&
      error instanceof OcciError &&
      [400, 409].includes(error.http?.status ?? 0) &&
      refusedInline.test(error.http?.serverMessage ?? '')
    if (!separate) throw error
    const bare: Entity = { ...entity, links: [] }
    return { made: await sendNew(session, provider, { entity: bare, kind, ...place }, options), later: links }
  }
}

/** Throws ValidationError for a title after which the provider fails to list anything of that kind (Q65). */
function mustBeListable({ effects, profile }: Provider, { title }: Entity): void {
  const foreign = effects.titleCharacters === 'ascii' ? title?.match(/[^\x00-\x7f]/u)?.[0] : undefined
  if (foreign === undefined) return
  throw new ValidationError(
    `${profile.title} would take a title with "${foreign}", and then fail to list anything of this kind.`,
    { hint: 'Write the title in ASCII; --no-validate sends it all the same.', at: 'occi.core.title' },
  )
}

/** Whether a sent value will lose its fraction at this provider. */
function losesFraction({ effects }: Provider, sent: Attributes): boolean {
  return effects.wholeNumbers.some((name) => sent.has(name) && !Number.isInteger(Number(sent.get(name))))
}

/** The title under which this entity will be found; undefined where none is kept. */
export async function titleKept(
  session: Session,
  wanted: NewEntity,
  options: RequestOptions,
): Promise<string | undefined> {
  const { provider, found } = await lookUp(session, options.signal, (known) => {
    const kind = kindIn(known, wanted.kind)
    const { values, core } = sendable(known, kind.id, wanted.attributes)
    return { kind, values, title: wanted.title ?? core.title }
  })
  const { kind, values, title } = found
  return title === undefined ? undefined : keptTitle(provider, kind.id, title, values)
}

/** Describes link targets whose location does not tell their kind (erocci puts entities anywhere). */
async function kindsOfTargets(
  session: Session,
  links: readonly NewLink[],
  options: RequestOptions,
): Promise<ReadonlyMap<string, TypeId>> {
  const kinds = new Map<string, TypeId>()
  const provider = await providerOf(session, options.signal)
  for (const { target, kind, targetKind } of links) {
    const found =
      targetKind ?? (kind === undefined ? await kindOfPlace(session, provider, target, options) : undefined)
    if (found !== undefined) kinds.set(target, found)
  }
  return kinds
}

export interface NewPlace {
  readonly method: 'POST' | 'PUT'
  readonly url: string
}

interface Sending extends NewPlace {
  readonly entity: Entity
  readonly kind: Kind
}

/** Sends an entity and finds its location. Throws ServerError or OutcomeUnknownError with facts.created. */
export async function sendNew(
  session: Session,
  provider: Provider,
  { entity, kind, method, url }: Sending,
  options: RequestOptions,
): Promise<Created> {
  const request: Ask = {
    method,
    url,
    accept: acceptFor(provider),
    content: contentOf(
      provider.write,
      { what: 'entity', entity: asWritten(provider, entity) },
      provider.model,
    ),
    signal: options.signal,
    // Where the provider ignores the path of a PUT, a repeated one would create a second entity.
    repeatable: false,
  }
  const deviations: Deviation[] = []
  const report = (deviation: Deviation) => {
    deviations.push(deviation)
    session.onDeviation(deviation, request)
  }
  const context: CreateContext = {
    endpoint: session.endpoint,
    provider,
    report,
    url,
    chosen: method === 'PUT',
    sent: entity,
    collection: kind.location,
  }
  const result = await write(session, request)
  if (result.state === 'uncertain') {
    const seen = await afterDoubt(session, context, result, kind)
    if (seen instanceof OcciError) throw seen
    adopted({ onDeviation: report }, request, result.error)
    return { ...seen, deviations }
  }
  const parsed = readLeniently(session, request, result.response, report)
  const answer = readCreateAnswer(result.response, parsed, context)
  const location = answer.location ?? (await refind(session, context, kind, options))
  noteCreated(session, location)
  if (answer.entity === undefined) rememberAsked(session, location, entity)
  else for (const note of differences(provider, entity, answer.entity)) report(note)
  return { location, ...(answer.entity === undefined ? {} : { entity: answer.entity }), deviations }
}

/**
 * Requests a response in the family of the request: servers mishandle mixed renderings, and errors in
 * text/occi have no message (ooi-3).
 */
export function acceptFor(provider: Provider): Provider['write'] {
  const { carrier, entities } = renderings[provider.write]
  return carrier === 'headers' || entities === 'locations' ? 'text/plain' : provider.write
}

/** The entity exists now; a response that cannot be read must not hide that. */
function readLeniently(
  session: Session,
  request: Ask,
  response: HttpResponse,
  report: (deviation: Deviation) => void,
): Parsed {
  try {
    return read(session, request, response, 'any')
  } catch (error) {
    report({
      code: 'unreadable-answer',
      message: `the answer cannot be read: ${String(error)}`,
      place: { part: 'body' },
    })
    return {
      categories: [],
      entities: [],
      locations: [],
      references: [],
      attributes: new Map(),
      deviations: [],
    }
  }
}

function placeOf(
  session: Session,
  provider: Provider,
  { kind: ref, id }: NewEntity,
): NewPlace & { readonly id?: string } {
  const kind = kindIn(provider, ref)
  const collection = kind.location
  if (collection === undefined) {
    throw new ProtocolError(`The kind ${kind.id} has no location: nothing can be created of it.`, {
      restsOn: 'model',
    })
  }
  if (id === undefined) return { method: 'POST', url: collection }
  if (id.startsWith('/') || isUrl(id))
    return { method: 'PUT', url: resolveUserLocation(session.endpoint, id) }
  const parent = provider.effects.chosenPath === 'term' ? `${session.endpoint.url}${kind.term}/` : collection
  const sendsId = sendsChosenId(provider)
  return { method: 'PUT', url: memberLocation(parent, id), ...(sendsId ? { id } : {}) }
}

/** Searches for a created entity whose location the response does not tell. Throws if it is not found. */
async function refind(
  session: Session,
  { sent, report }: CreateContext,
  kind: Kind,
  options: RequestOptions,
): Promise<string> {
  const found = await likeThis(session, sent, kind, options)
  const [only] = found
  if (only !== undefined && found.length === 1) {
    report({
      code: 'no-location',
      message: `the provider did not say where; found again by what was sent: ${only}`,
      place: { part: 'answer' },
    })
    return only
  }
  throw new ProtocolError(`The ${kind.term} was created, but the provider did not say where.`, {
    hint:
      found.length === 0
        ? `List the ${kind.term} collection to find it.`
        : `It is one of: ${found.slice(0, 5).join(', ')}.`,
    facts: { created: true, candidates: found },
  })
}

async function afterDoubt(
  session: Session,
  context: CreateContext,
  doubt: UncertainOutcome,
  kind: Kind,
): Promise<OcciError | Omit<Created, 'deviations'>> {
  const { sent, chosen, url } = context
  const { error } = doubt
  const noun = kind.term
  const place = chosen ? url : (resultPlace(context, doubt) ?? ownIdPlace(context))
  if (place !== undefined) {
    const seen = await look(() => describeAt(session, place))
    if (seen === 'absent') return notSeen(doubt, `${place} is not there, but may come yet`)
    if (seen === 'unknown') return outcomeUnknownError(error, `whether ${place} was created cannot be told`)
    if (doubt.ended) return doneDespite(error, `${place} is there`, { created: place })
    // Another entity may have existed under the same name, so that the one sent is not there.
    if (differences(context.provider, sent, seen.entity).length > 0)
      return outcomeUnknownError(error, `${place} is there, but not as it was to be`, { candidates: [place] })
    return { location: place, entity: seen.entity }
  }
  if (sent.title === undefined) {
    return outcomeUnknownError(
      error,
      `whether a ${noun} was created cannot be told: it had no title to look for`,
    )
  }
  let found: readonly string[]
  try {
    found = await likeThis(session, sent, kind, {})
  } catch {
    return outcomeUnknownError(error, `whether a ${noun} was created cannot be told: listing failed too`)
  }
  if (found.length === 0)
    return notSeen(doubt, `no ${noun} titled "${sent.title}" is there, but it may come yet`)
  return outcomeUnknownError(error, `a ${noun} titled "${sent.title}" is there: ${found.join(', ')}`, {
    candidates: found,
  })
}

/** The target of a redirect, which may be the created entity unless it is the collection. */
function resultPlace({ collection }: CreateContext, { place }: UncertainOutcome): string | undefined {
  return place === undefined || (collection !== undefined && sameLocation(place, collection))
    ? undefined
    : place
}

function ownIdPlace({ sent, collection }: CreateContext): string | undefined {
  return sent.id === undefined || collection === undefined ? undefined : memberLocation(collection, sent.id)
}

/** Instances with the title and mixins that were sent. */
async function likeThis(
  session: Session,
  sent: Entity,
  kind: Kind,
  options: RequestOptions,
): Promise<readonly string[]> {
  if (sent.title === undefined && sent.id === undefined) return []
  const found: string[] = []
  for await (const entity of list(session, kind, options)) {
    const same =
      sent.id === undefined ? sent.title !== undefined && isTitled(entity, sent.title) : entity.id === sent.id
    if (same && entity.location !== undefined) found.push(entity.location)
  }
  return found
}

/**
 * Creates links that a provider does not accept inline. If one fails, the resource is kept and named in the
 * error.
 */
async function linked(
  session: Session,
  made: Created,
  links: readonly NewLink[],
  options: RequestOptions,
): Promise<Created> {
  const errors: { target: string; error: OcciError }[] = []
  for (const wanted of links) {
    try {
      await linkWhenReady(session, made.location, wanted, options)
    } catch (error) {
      errors.push({ target: wanted.target, error: error as OcciError })
    }
  }
  const [first] = errors
  if (first === undefined) return made
  throw new PartialError(
    `${made.location} was created, but not all its links: ${first.error.message}`,
    errors,
    {
      hint: 'Link the rest with `occi link create`, or delete it.',
      facts: { created: made.location },
    },
  )
}

/** A machine that is being built may refuse links (nova: 400 and 409). Waits for it and tries once more. */
async function linkWhenReady(
  session: Session,
  location: string,
  wanted: NewLink,
  options: RequestOptions,
): Promise<void> {
  try {
    await link(session, location, wanted, options)
  } catch (error) {
    const refused = error instanceof OcciError && [400, 409].includes(error.http?.status ?? 0)
    if (!refused || !(await becameActive(session, location, options))) throw error
    await link(session, location, wanted, options)
  }
}

/** Longest wait for a new machine before it is linked, in milliseconds. */
const longestBuild = 120_000

/**
 * Waits for the state active. Returns false where the machine was active before or does not become active.
 */
async function becameActive(session: Session, location: string, options: RequestOptions): Promise<boolean> {
  try {
    const { model } = await providerOf(session, options.signal)
    if (stateOf(await describeAt(session, location, options.signal), model) === 'active') return false
    await wait(session, location, { for: 'state', state: 'active' }, { ...options, timeout: longestBuild })
    return true
  } catch (error) {
    if (error instanceof CancelledError || !(error instanceof OcciError)) throw error
    return false
  }
}

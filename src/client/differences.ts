/** Compares an entity that was sent with the one that the provider shows. */
import { type AttributeValue, type Entity, type Link, type TypeId, termOf } from '../model/index.js'
import type { Deviation } from '../rendering/index.js'
import { sameEntity } from './entities.js'
import { inStandardUnits } from './prepare-entity.js'
import type { Provider } from './provider.js'
import type { Session } from './session.js'

/** A value that differs from the requested one. */
export interface Difference {
  /** Name of the attribute; `title` or `summary`; or the term of a template family (`os_tpl`, `resource_tpl`). */
  readonly name: string
  /** The requested value (in messages and comments: `requested`) as text, at most 80 characters. */
  readonly asked: string
  /** The value at the provider as text, at most 80 characters. Absent if the provider shows none. */
  readonly shown?: string
}

/** A deviation that reports a difference between the requested entity and the provider's. */
export interface DifferenceNote extends Deviation {
  /**
   * `not-as-asked`: another value than the requested one, a missing title or summary, or a missing attribute of the
   * kind. `not-taken`: a mixin, or an attribute of a mixin, that the provider does not show. It may have stored it
   * nevertheless.
   */
  readonly code: 'not-as-asked' | 'not-taken'
  /** Present if the code is `not-as-asked`. */
  readonly difference?: Difference
}

/** Returns a note for each difference between the entity that was sent and the provider's. */
export function differences(provider: Provider, sent: Entity, actual: Entity): readonly DifferenceNote[] {
  const notes: DifferenceNote[] = []
  if (sent.title !== undefined && actual.title !== sent.title) {
    notes.push(notAsRequested('title', sent.title, actual.title))
  }
  if (sent.type === 'resource' && sent.summary !== undefined) {
    const summary = actual.type === 'resource' ? actual.summary : undefined
    if (summary !== sent.summary) notes.push(notAsRequested('summary', sent.summary, summary))
  }
  notes.push(...attributeNotes(provider, sent, actual), ...mixinNotes(provider, sent, actual))
  if (sent.type === 'resource' && actual.type === 'resource') {
    for (const link of sent.links) {
      const actualLink = actual.links.find((candidate) => hasSameTarget(candidate, link))
      if (actualLink !== undefined) notes.push(...attributeNotes(provider, link, actualLink))
    }
  }
  return notes
}

/**
 * Compares an entity that was read with what was sent when this client created it, and reports the differences. Only
 * the first read after a creation is compared.
 */
export function compareWithRequest(session: Session, provider: Provider, url: string, entity: Entity): void {
  const sent = session.unreadCreations.get(url)
  if (sent === undefined) return
  session.unreadCreations.delete(url)
  for (const note of differences(provider, sent, entity)) session.onDeviation(note, { method: 'GET', url })
}

/** Limit of created entities that are kept until they are read. */
const maxUnreadCreations = 1000

/** Keeps what was sent, for the comparison by `compareWithRequest`. */
export function rememberCreated(session: Session, url: string, sent: Entity): void {
  if (session.unreadCreations.size < maxUnreadCreations) session.unreadCreations.set(url, sent)
}

/** Returns notes for attributes whose value differs or is missing. */
function attributeNotes(provider: Provider, sent: Entity, actual: Entity): readonly DifferenceNote[] {
  const notes: DifferenceNote[] = []
  const kindAttributes = provider.model.kind(sent.kind)?.attributes
  for (const [name, value] of sent.attributes) {
    const requestedValue = inStandardUnits(provider, name, value)
    const shownValue = actual.attributes.get(name)
    if (shownValue === undefined) {
      const belongsToKind = kindAttributes?.has(name) === true
      notes.push(
        belongsToKind ? notAsRequested(name, requestedValue, undefined) : notShown(`the attribute ${name}`),
      )
    } else if (!sameValue(shownValue, requestedValue))
      notes.push(notAsRequested(name, requestedValue, shownValue))
  }
  return notes
}

/**
 * Returns notes for requested mixins that the provider does not show. If it shows another template of the same family
 * (the mixins that depend on os_tpl, for example), that is a difference. Otherwise the mixin may be attached without
 * being shown (Q38).
 */
function mixinNotes({ model }: Provider, sent: Entity, actual: Entity): readonly DifferenceNote[] {
  const familiesOf = (id: TypeId) => model.mixin(id)?.depends ?? []
  return sent.mixins
    .filter((id) => !actual.mixins.includes(id))
    .map((id) => {
      const families = familiesOf(id)
      const replacement = actual.mixins.find((candidate) =>
        familiesOf(candidate).some((family) => families.includes(family)),
      )
      const [family] = families
      if (replacement === undefined || family === undefined) return notShown(`the mixin ${id}`)
      return notAsRequested(
        termOf(family),
        model.mixin(id)?.title ?? id,
        model.mixin(replacement)?.title ?? replacement,
      )
    })
}

/** The note for a value that differs from the requested one: its code is `not-as-asked`. */
export function notAsRequested(name: string, requestedValue: unknown, shownValue: unknown): DifferenceNote {
  const difference = {
    name,
    asked: excerpt(requestedValue),
    ...(shownValue === undefined ? {} : { shown: excerpt(shownValue) }),
  }
  const shownText = difference.shown === undefined ? 'shows none' : `shows "${difference.shown}"`
  return {
    code: 'not-as-asked',
    message: `${name}: "${difference.asked}" was requested, but the provider ${shownText}`,
    place: { part: 'answer' },
    difference,
  }
}

/**
 * The note, with the code `not-taken`, for something that the provider may have stored without showing it: `the mixin
 * …`, `the attribute …`.
 */
function notShown(subject: string): DifferenceNote {
  return { code: 'not-taken', message: `the provider does not show ${subject}`, place: { part: 'answer' } }
}

/** Whether two links have the same target, which is sent as a path and read as a URL. */
function hasSameTarget(actual: Link, sent: Link): boolean {
  const actualTarget = actual.target?.location
  const sentTarget = sent.target?.location
  if (actualTarget === undefined || sentTarget === undefined) return false
  return sameEntity(actualTarget, sentTarget) || actualTarget.endsWith(sentTarget)
}

/**
 * Whether two values are equal. A number equals its text, and surrounding white space is ignored. Arrays and objects
 * are not compared: they count as equal.
 */
export function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  if (typeof a === 'object' || typeof b === 'object') return true
  const textA = String(a).trim()
  const textB = String(b).trim()
  if (textA === textB) return true
  return typeof a !== 'boolean' && typeof b !== 'boolean' && textA !== '' && Number(textA) === Number(textB)
}

/** Returns a value as text, at most 80 characters. */
function excerpt(value: unknown): string {
  return String(value).slice(0, 80)
}

/** Compares a requested entity with the provider's. */
import { type AttributeValue, type Entity, type Link, type TypeId, termOf } from '../model/index.js'
import type { Deviation } from '../rendering/index.js'
import { inStandardUnits } from './draft.js'
import { sameEntity } from './entities.js'
import type { Provider } from './provider.js'
import type { Session } from './session.js'

/** A value that differs from the requested one. */
export interface Difference {
  /** Name of the attribute, or `title`, `summary`, `os_tpl` and the like. */
  readonly name: string
  readonly asked: string
  /** Absent if the provider returns no value. */
  readonly shown?: string
}

/** A note on a difference. `difference` is absent if the provider may only hide the value. */
export interface DifferenceNote extends Deviation {
  readonly code: 'not-as-asked' | 'not-taken'
  readonly difference?: Difference
}

/**
 * The differences between the sent entity and the provider's. `not-as-asked` means another value, a lost name, or a
 * missing attribute of the kind; `not-taken` means something that the provider may have stored without returning it
 * (a mixin and its attributes).
 */
export function differences(provider: Provider, sent: Entity, actual: Entity): readonly DifferenceNote[] {
  const notes: DifferenceNote[] = []
  const differs = (name: string, asked: unknown, shown: unknown) =>
    notes.push(notAsRequested(name, asked, shown))
  if (sent.title !== undefined && actual.title !== sent.title) differs('title', sent.title, actual.title)
  if (sent.type === 'resource' && sent.summary !== undefined) {
    const summary = actual.type === 'resource' ? actual.summary : undefined
    if (summary !== sent.summary) differs('summary', sent.summary, summary)
  }
  notes.push(...attributeNotes(provider, sent, actual), ...mixinNotes(provider, sent, actual))
  if (sent.type === 'resource' && actual.type === 'resource') {
    for (const link of sent.links) {
      const shown = actual.links.find((one) => hasSameTarget(one, link))
      if (shown !== undefined) notes.push(...attributeNotes(provider, link, shown))
    }
  }
  return notes
}

/** Compares a created entity with the first later read of it. */
export function compareWithRequest(session: Session, provider: Provider, url: string, entity: Entity): void {
  const sent = session.createdUnread.get(url)
  if (sent === undefined) return
  session.createdUnread.delete(url)
  for (const note of differences(provider, sent, entity)) session.onDeviation(note, { method: 'GET', url })
}

/** How many created entities are kept until they are read. */
const maxCreatedUnread = 1000

export function rememberCreated(session: Session, url: string, sent: Entity): void {
  if (session.createdUnread.size < maxCreatedUnread) session.createdUnread.set(url, sent)
}

function attributeNotes(provider: Provider, sent: Entity, actual: Entity): readonly DifferenceNote[] {
  const notes: DifferenceNote[] = []
  const own = provider.model.kind(sent.kind)?.attributes
  for (const [name, value] of sent.attributes) {
    const asked = inStandardUnits(provider, name, value)
    const shown = actual.attributes.get(name)
    if (shown === undefined) {
      notes.push(
        own?.has(name) === true ? notAsRequested(name, asked, undefined) : notShown(`the attribute ${name}`),
      )
    } else if (!sameValue(shown, asked)) notes.push(notAsRequested(name, asked, shown))
  }
  return notes
}

/**
 * Another template of the same family is a difference. A mixin that is not returned may still be attached (OCCI-OS).
 */
function mixinNotes({ model }: Provider, sent: Entity, actual: Entity): readonly DifferenceNote[] {
  const familiesOf = (id: TypeId) => model.mixin(id)?.depends ?? []
  return sent.mixins
    .filter((id) => !actual.mixins.includes(id))
    .map((id) => {
      const families = familiesOf(id)
      const replacement = actual.mixins.find((other) =>
        familiesOf(other).some((family) => families.includes(family)),
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

export function notAsRequested(name: string, asked: unknown, shown: unknown): DifferenceNote {
  const difference = {
    name,
    asked: excerpt(asked),
    ...(shown === undefined ? {} : { shown: excerpt(shown) }),
  }
  const actual = difference.shown === undefined ? 'shows none' : `shows "${difference.shown}"`
  return {
    code: 'not-as-asked',
    message: `${name}: "${difference.asked}" was requested, but the provider ${actual}`,
    place: { part: 'answer' },
    difference,
  }
}

function notShown(what: string): DifferenceNote {
  return { code: 'not-taken', message: `the provider does not show ${what}`, place: { part: 'answer' } }
}

/** Whether two links have the same target, which is sent as a path and read as a URL. */
function hasSameTarget(shown: Link, sent: Link): boolean {
  const one = shown.target?.location
  const other = sent.target?.location
  if (one === undefined || other === undefined) return false
  return sameEntity(one, other) || one.endsWith(other)
}

/** Whether two values are equal, apart from numbers as text and surrounding white space. */
export function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  if (typeof a === 'object' || typeof b === 'object') return true
  const [one, other] = [String(a).trim(), String(b).trim()]
  if (one === other) return true
  return typeof a !== 'boolean' && typeof b !== 'boolean' && one !== '' && Number(one) === Number(other)
}

function excerpt(value: unknown): string {
  return String(value).slice(0, 80)
}

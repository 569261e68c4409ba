/** Creates the errors for a name that matches no category, or several. */
import { alternatives } from '../basics/nearest.js'
import { AmbiguousError, NotFoundError } from '../errors/errors.js'
import { type Category, readableName } from './category.js'
import { type FindFilter, withoutLabel } from './category-index.js'
import { termOf } from './identifier.js'
import { suggest } from './suggest.js'

/** Returns the error for a name that matches none of the available categories. */
export function notFoundError(
  name: string,
  filter: FindFilter,
  available: readonly Category[],
): NotFoundError {
  const noun = nounFor(filter)
  const suggestions = suggest(name, namesOf(available))
  const list = suggestions.length === 0 ? listIfFew(available) : ''
  const count =
    available.length === 0
      ? `The provider has no ${noun.plural}.`
      : `${countOf(available.length, noun)}${list}.`
  return new NotFoundError(`There is no ${noun.singular} "${shortened(name)}".`, {
    hint: suggestions.length === 0 ? count : `Did you mean ${alternatives(suggestions)}? ${count}`,
    at: shortened(name),
    facts: { name, suggestions, count: available.length },
    basedOn: 'model',
  })
}

/** Returns the error for a name that matches several categories. */
export function ambiguousError(
  name: string,
  filter: FindFilter,
  candidates: readonly Category[],
): AmbiguousError {
  const listed = candidates.slice(0, MAX_CANDIDATES)
  const more = candidates.length > listed.length ? ` and ${candidates.length - listed.length} more` : ''
  return new AmbiguousError(
    `"${shortened(name)}" matches ${candidates.length} ${nounFor(filter).plural}: ${listed.map((category) => category.id).join(', ')}${more}.`,
    {
      hint: 'Give the whole identifier.',
      at: shortened(name),
      basedOn: 'model',
      facts: {
        name,
        count: candidates.length,
        candidates: listed.map(({ id, title }) => ({ id, ...(title !== undefined && { title }) })),
      },
    },
  )
}

/** The number of candidates that an AmbiguousError lists. */
const MAX_CANDIDATES = 20

/** The number of categories up to which a hint names all of them. */
const MAX_NAMED = 8

/** What a name should have matched, in words. */
interface Noun {
  readonly singular: string
  readonly plural: string
}

function nounFor(filter: FindFilter): Noun {
  switch (filter.dependsOn) {
    case 'os_tpl':
      return { singular: 'OS template', plural: 'OS templates' }
    case 'resource_tpl':
      return { singular: 'resource template (size)', plural: 'resource templates (sizes)' }
    case undefined:
      break
    default: {
      const root = termOf(filter.dependsOn)
      return { singular: `mixin of ${root}`, plural: `mixins of ${root}` }
    }
  }
  const noun = filter.class ?? (filter.appliesTo === undefined ? 'category' : 'mixin')
  return { singular: noun, plural: noun === 'category' ? 'categories' : `${noun}s` }
}

function countOf(count: number, noun: Noun): string {
  return `The provider has ${count} ${count === 1 ? noun.singular : noun.plural}`
}

/** Lists the names of categories after a colon, if there are only a few. */
function listIfFew(categories: readonly Category[]): string {
  if (categories.length > MAX_NAMED) return ''
  return `: ${categories.map((category) => shortened(readableName(category))).join(', ')}`
}

/** Yields the names with which a name that matches nothing is compared: terms and titles. */
function* namesOf(categories: readonly Category[]): Iterable<string> {
  for (const { term, title } of categories) {
    yield term
    const label = withoutLabel(title)
    if (label !== undefined) yield label
    if (title !== undefined) yield title
  }
}

/** Shortens a name for a message. */
function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}

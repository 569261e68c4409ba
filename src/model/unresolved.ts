/** Errors for a name that matches no category, or several. */
import { alternatives } from '../basics/nearest.js'
import { AmbiguousError, NotFoundError } from '../errors/errors.js'
import { type Category, readableName } from './category.js'
import { termOf } from './identifier.js'
import type { FindFilter } from './lookup.js'
import { withoutLabel } from './lookup.js'
import { suggest } from './suggest.js'

export function notFound(name: string, filter: FindFilter, available: readonly Category[]): NotFoundError {
  const noun = nounFor(filter)
  const suggestions = suggest(name, namesOf(available))
  const which = suggestions.length === 0 ? listOfFew(available) : ''
  const count =
    available.length === 0
      ? `The provider has no ${noun.many}.`
      : `${countOf(available.length, noun)}${which}.`
  return new NotFoundError(`There is no ${noun.one} "${shortened(name)}".`, {
    hint: suggestions.length === 0 ? count : `Did you mean ${alternatives(suggestions)}? ${count}`,
    at: shortened(name),
    facts: { name, suggestions, count: available.length },
    basedOn: 'model',
  })
}

export function ambiguous(name: string, filter: FindFilter, candidates: readonly Category[]): AmbiguousError {
  const listed = candidates.slice(0, MAX_CANDIDATES)
  const more = candidates.length > listed.length ? ` and ${candidates.length - listed.length} more` : ''
  return new AmbiguousError(
    `"${shortened(name)}" matches ${candidates.length} ${nounFor(filter).many}: ${listed.map((it) => it.id).join(', ')}${more}.`,
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

const MAX_CANDIDATES = 20
const MAX_NAMED = 8

interface Noun {
  readonly one: string
  readonly many: string
}

function nounFor(filter: FindFilter): Noun {
  switch (filter.dependsOn) {
    case 'os_tpl':
      return { one: 'OS template', many: 'OS templates' }
    case 'resource_tpl':
      return { one: 'resource template (size)', many: 'resource templates (sizes)' }
    case undefined:
      break
    default: {
      const root = termOf(filter.dependsOn)
      return { one: `mixin of ${root}`, many: `mixins of ${root}` }
    }
  }
  const noun = filter.class ?? (filter.appliesTo === undefined ? 'category' : 'mixin')
  return { one: noun, many: noun === 'category' ? 'categories' : `${noun}s` }
}

function countOf(count: number, noun: Noun): string {
  return `The provider has ${count} ${count === 1 ? noun.one : noun.many}`
}

/** The names of the categories, if there are only a few. */
function listOfFew(categories: readonly Category[]): string {
  if (categories.length > MAX_NAMED) return ''
  return `: ${categories.map((category) => shortened(readableName(category))).join(', ')}`
}

function* namesOf(categories: readonly Category[]): Iterable<string> {
  for (const { term, title } of categories) {
    yield term
    const label = withoutLabel(title)
    if (label !== undefined) yield label
    if (title !== undefined) yield title
  }
}

/** Shortens a name that the user typed. */
function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}

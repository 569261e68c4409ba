/** Errors for a name that matches no category, or several. */
import { alternatives } from '../basics/nearest.js'
import { AmbiguousError, NotFoundError } from '../errors/errors.js'
import { type Category, readableName } from './category.js'
import { termOf } from './identifier.js'
import type { FindFilter } from './lookup.js'
import { labelled } from './lookup.js'
import { suggest } from './suggest.js'

export function notFound(name: string, filter: FindFilter, there: readonly Category[]): NotFoundError {
  const noun = nounFor(filter)
  const suggestions = suggest(name, namesOf(there))
  const which = suggestions.length === 0 ? listOfFew(there) : ''
  const count =
    there.length === 0 ? `The provider has no ${noun.many}.` : `${counted(there.length, noun)}${which}.`
  return new NotFoundError(`There is no ${noun.one} "${shown(name)}".`, {
    hint: suggestions.length === 0 ? count : `Did you mean ${alternatives(suggestions)}? ${count}`,
    at: shown(name),
    facts: { name, suggestions, count: there.length },
    basedOn: 'model',
  })
}

export function ambiguous(name: string, filter: FindFilter, candidates: readonly Category[]): AmbiguousError {
  const listed = candidates.slice(0, MOST_LISTED)
  const more = candidates.length > listed.length ? ` and ${candidates.length - listed.length} more` : ''
  return new AmbiguousError(
    `"${shown(name)}" stands for ${candidates.length} ${nounFor(filter).many}: ${listed.map((it) => it.id).join(', ')}${more}.`,
    {
      hint: 'Give the whole identifier.',
      at: shown(name),
      basedOn: 'model',
      facts: {
        name,
        count: candidates.length,
        candidates: listed.map(({ id, title }) => ({ id, ...(title !== undefined && { title }) })),
      },
    },
  )
}

const MOST_LISTED = 20
const MOST_NAMED = 8

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

function counted(count: number, noun: Noun): string {
  return `The provider has ${count} ${count === 1 ? noun.one : noun.many}`
}

/** Lists the categories where there are only a few. */
function listOfFew(categories: readonly Category[]): string {
  if (categories.length > MOST_NAMED) return ''
  return `: ${categories.map((category) => shown(readableName(category))).join(', ')}`
}

function* namesOf(categories: readonly Category[]): Iterable<string> {
  for (const { term, title } of categories) {
    yield term
    const label = labelled(title)
    if (label !== undefined) yield label
    if (title !== undefined) yield title
  }
}

/** Shortens what a user typed for a message. */
function shown(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}

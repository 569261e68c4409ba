/** Several contexts named at once: `cesnet,ifca`, `@GROUP`, `@all`. */
import { nearest } from '../basics/nearest.js'
import { ConfigError } from '../errors/errors.js'
import type { ContextsSnapshot } from './snapshot.js'
import type { Context, Setting } from './types.js'

/** Names start with a letter or digit, so that a name is never an option, a path or `__proto__`. */
export function isContextName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)
}

/** The group of all contexts; `--all-contexts` is `@all`. */
export const everyContext = 'all'

/** The name under which a context keeps its groups, with commas between: `eu,gpu`. */
export const groupSetting = 'group' as const

export function groupsOf({ settings }: Context): readonly string[] {
  return wordsIn(settings[groupSetting] ?? '')
}

/**
 * The words of `--context`, each once. One word without `@` names a context alone, as a context of exactly
 * this name does, which a file edited by hand can have.
 */
export function wordsOf(value: string, contexts: readonly Context[]): readonly string[] {
  if (contexts.some(({ name }) => name === value)) return [value]
  return [...new Set(value.split(',').map((word) => word.trim()))]
}

/** Whether these words may name several contexts, so that each row says where it comes from. */
export function areSeveral(words: readonly string[]): boolean {
  return words.length > 1 || words[0]?.startsWith('@') === true
}

/**
 * The contexts that the words name, in their order, each once. Throws ConfigError for a context or group that
 * does not exist, a group without contexts, and an empty word.
 */
export function contextsNamed(named: Setting, { contexts, file }: ContextsSnapshot): readonly Context[] {
  const found = wordsOf(named.value, contexts).flatMap((word) =>
    word.startsWith('@')
      ? contextsOfGroup(word.slice(1), contexts, named.source)
      : [contextNamed(word, contexts, named.source)],
  )
  if (found.length > 0) return [...new Set(found)]
  throw new ConfigError('No context has been added yet.', { at: file, hint: addOne })
}

/** Throws ConfigError. */
export function contextNamed(name: string, contexts: readonly Context[], source: string): Context {
  const found = contexts.find((context) => context.name === name)
  if (found !== undefined) return found
  if (name === '') {
    throw new ConfigError(`A name of a context is empty (in ${source}).`, {
      at: source,
      hint: 'A shell variable that is not set?',
    })
  }
  const names = contexts.map((context) => context.name)
  throw new ConfigError(`There is no context "${name}" (named by ${source}).`, {
    at: source,
    hint: names.length === 0 ? 'No context has been added yet.' : known(name, names, ''),
    facts: { name, contexts: names },
  })
}

/** Throws ConfigError; `all` may be empty. */
export function contextsOfGroup(
  group: string,
  contexts: readonly Context[],
  source: string,
): readonly Context[] {
  if (group === everyContext) return contexts
  const found = contexts.filter((context) => groupsOf(context).includes(group))
  if (found.length > 0) return found
  const groups = groupsIn(contexts)
  throw new ConfigError(`There is no group "${group}" of contexts (named by ${source}).`, {
    at: source,
    hint:
      groups.length === 0
        ? `No context is in a group. Put one there: occi context set NAME --group ${isContextName(group) ? group : 'GROUP'}`
        : known(group, groups, '@'),
    facts: { group, groups: groups },
  })
}

/** The groups that contexts are in, each once, by name. */
export function groupsIn(contexts: readonly Context[]): readonly string[] {
  return [...new Set(contexts.flatMap(groupsOf))].sort()
}

/** The value that a context keeps. Throws ConfigError for what cannot be a name, and for none. */
export function groupsFrom(text: string): string {
  const groups = [...new Set(wordsIn(text).map((word) => word.replace(/^@/, '')))]
  const wrong = groups.find((name) => !isContextName(name) || name === everyContext)
  if (wrong === undefined && groups.length > 0) return groups.join(',')
  if (wrong === undefined) {
    throw new ConfigError('--group names no group.', {
      at: '--group',
      hint: 'Write --group eu,gpu; "occi context set NAME --unset group" takes it out of all.',
    })
  }
  throw new ConfigError(`"${wrong.slice(0, 80)}" cannot be the name of a group.`, {
    at: '--group',
    hint:
      wrong === everyContext
        ? 'Every context is in "@all" already.'
        : 'Use letters, digits, ".", "-" and "_", at most 64, beginning with a letter or a digit.',
  })
}

function wordsIn(text: string): readonly string[] {
  return text.split(',').flatMap((word) => word.trim() || [])
}

function known(word: string, there: readonly string[], sign: string): string {
  const near = nearest(word, there)
  const all = `Available: ${there.map((name) => sign + name).join(', ')}.`
  return near === undefined ? all : `Did you mean "${sign}${near}"? ${all}`
}

const addOne = 'Run: occi context add NAME --endpoint URL'

/** Reads the values of `--context` that name several contexts: `cesnet,ifca`, `@GROUP`, `@all`. */
import { nearestName } from '../basics/nearest.js'
import { ConfigError } from '../errors/errors.js'
import type { ContextsSnapshot } from './snapshot.js'
import type { Context, Setting } from './types.js'

/**
 * Whether a text can name a context. It starts with a letter or digit, so that it is no option, path or `__proto__`.
 */
export function isContextName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)
}

/** The name of the group of all contexts: `--all-contexts` is the same as `--context @all`. */
export const groupOfAll = 'all'

/** The name of the setting with the groups of a context, separated by commas: `eu,gpu`. */
export const groupSetting = 'group' as const

export function groupsOf({ settings }: Context): readonly string[] {
  return wordsIn(settings[groupSetting] ?? '')
}

/**
 * Splits the value of `--context` into words, without repetitions. If a context has exactly this name (possible in a
 * file edited by hand), the value is one word.
 */
export function wordsOf(value: string, contexts: readonly Context[]): readonly string[] {
  if (contexts.some(({ name }) => name === value)) return [value]
  return [...new Set(value.split(',').map((word) => word.trim()))]
}

/** Whether these words may name several contexts. */
export function mayNameSeveral(words: readonly string[]): boolean {
  return words.length > 1 || words[0]?.startsWith('@') === true
}

/**
 * Returns the contexts that a setting names, in the order of its words, each once. Throws ConfigError for a context or
 * group that does not exist, and for an empty word.
 */
export function contextsNamed(named: Setting, { contexts, file }: ContextsSnapshot): readonly Context[] {
  const contextList = wordsOf(named.value, contexts).flatMap((word) =>
    word.startsWith('@')
      ? contextsOfGroup(word.slice(1), contexts, named.source)
      : [contextNamed(word, contexts, named.source)],
  )
  if (contextList.length > 0) return [...new Set(contextList)]
  throw new ConfigError('No context has been added yet.', { at: file, hint: addContextHint })
}

/** Returns the context with this name. `source` is where the name comes from, for messages. Throws ConfigError. */
export function contextNamed(name: string, contexts: readonly Context[], source: string): Context {
  const context = contexts.find((candidate) => candidate.name === name)
  if (context !== undefined) return context
  if (name === '') {
    throw new ConfigError(`The name of a context is empty (in ${source}).`, {
      at: source,
      hint: 'Check for a shell variable that is not set.',
    })
  }
  const names = contexts.map((context) => context.name)
  throw new ConfigError(`There is no context "${name}" (named by ${source}).`, {
    at: source,
    hint: names.length === 0 ? 'No context has been added yet.' : availableHint(name, names, ''),
    facts: { name, contexts: names },
  })
}

/** Returns the contexts of a group. Throws ConfigError if there are none, except for `all`. */
export function contextsOfGroup(
  group: string,
  contexts: readonly Context[],
  source: string,
): readonly Context[] {
  if (group === groupOfAll) return contexts
  const members = contexts.filter((context) => groupsOf(context).includes(group))
  if (members.length > 0) return members
  const groups = groupsIn(contexts)
  throw new ConfigError(`There is no group "${group}" of contexts (named by ${source}).`, {
    at: source,
    hint:
      groups.length === 0
        ? `No context is in a group. Add one with: occi context set NAME --group ${isContextName(group) ? group : 'GROUP'}`
        : availableHint(group, groups, '@'),
    facts: { group, groups },
  })
}

/** Returns the groups of all contexts, sorted, without repetitions. */
export function groupsIn(contexts: readonly Context[]): readonly string[] {
  return [...new Set(contexts.flatMap(groupsOf))].sort()
}

/** Normalizes the value of `--group` for the setting. Throws ConfigError for an invalid name or an empty list. */
export function groupSettingFrom(text: string): string {
  const groups = [...new Set(wordsIn(text).map((word) => word.replace(/^@/, '')))]
  const invalid = groups.find((name) => !isContextName(name) || name === groupOfAll)
  if (invalid === undefined && groups.length > 0) return groups.join(',')
  if (invalid === undefined) {
    throw new ConfigError('--group names no group.', {
      at: '--group',
      hint: 'Write --group eu,gpu; "occi context set NAME --unset group" removes it from all groups.',
    })
  }
  throw new ConfigError(`"${invalid.slice(0, 80)}" cannot be the name of a group.`, {
    at: '--group',
    hint:
      invalid === groupOfAll
        ? 'Every context is in "@all" already.'
        : 'Use letters, digits, ".", "-" and "_", at most 64, beginning with a letter or a digit.',
  })
}

function wordsIn(text: string): readonly string[] {
  return text.split(',').flatMap((word) => word.trim() || [])
}

function availableHint(word: string, available: readonly string[], prefix: string): string {
  const similar = nearestName(word, available)
  const all = `Available: ${available.map((name) => prefix + name).join(', ')}.`
  return similar === undefined ? all : `Did you mean "${prefix}${similar}"? ${all}`
}

const addContextHint = 'Run: occi context add NAME --endpoint URL'

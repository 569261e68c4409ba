/** Names of the user for what a provider offers (`occi context alias`). */
import type { AliasFamily, Settings } from '../../config/types.js'
import { OcciError, withHint } from '../../errors/errors.js'

/** The mixin on which templates of a family depend. */
export const templateOf = { os: 'os_tpl', size: 'resource_tpl' } as const

/**
 * Finds what a word names: the word is looked up among the aliases of the context first. An error of `find`
 * about what an alias stands for says that it is one.
 */
export async function byAlias<T>(
  settings: Pick<Settings, 'aliases' | 'context'>,
  family: AliasFamily,
  word: string,
  find: (name: string) => Promise<T>,
): Promise<T> {
  const target = aliasOf(settings, family, word)
  if (target === undefined) return find(word)
  try {
    return await find(target)
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    const hint = `In context ${settings.context}, ${family} "${word}" is an alias for "${target}".`
    throw withHint(error, error.hint === undefined ? hint : `${hint} ${error.hint}`)
  }
}

/** What an alias stands for; undefined for a word that is none. */
export function aliasOf(
  { aliases }: Pick<Settings, 'aliases'>,
  family: AliasFamily,
  word: string,
): string | undefined {
  const names = aliases[family] ?? {}
  return Object.hasOwn(names, word) ? names[word] : undefined
}

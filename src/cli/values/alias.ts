/** Aliases of images, sizes and networks (`occi context alias`). */
import type { AliasFamily, Settings } from '../../config/types.js'
import { OcciError, withHint } from '../../errors/errors.js'

/** The term of the mixin on which all templates of a family depend. */
export const templateOf = { os: 'os_tpl', size: 'resource_tpl' } as const

/**
 * Calls `find` with the target of an alias, or with the word itself if it is not an alias. An error about the target
 * mentions the alias.
 */
export async function findByAlias<T>(
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

/** The target of an alias; undefined if the word is not an alias. */
export function aliasOf(
  { aliases }: Pick<Settings, 'aliases'>,
  family: AliasFamily,
  word: string,
): string | undefined {
  const names = aliases[family] ?? {}
  return Object.hasOwn(names, word) ? names[word] : undefined
}

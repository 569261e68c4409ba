/** `occi context alias`: names that the user chooses for images, sizes and networks of a provider. */
import { alternatives } from '../../../basics/nearest.js'
import { aliasFamilies } from '../../../config/index.js'
import type { AliasFamily, Context } from '../../../config/types.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { suggest } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { allDefinitions } from '../../options/definitions.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'

export const alias: CommandDeclaration = {
  path: ['context', 'alias'],
  summary: 'Name images, sizes and networks of a provider',
  description:
    'With the same aliases at several sites, one command works at all of them. --os, --size, --network and "occi explain" look up the aliases of the context first, and the shell completes them. With TARGET the alias is set; without it, aliases are listed. In the configuration file they are the member "aliases" of the context. "occi mixin list --of os_tpl --search TEXT" finds images; "occi model diff A B" proposes aliases.',
  arguments: [
    {
      name: 'CONTEXT',
      description: 'name of a context; default: all',
      required: false,
      completion: { of: 'context' },
    },
    {
      name: 'FAMILY',
      description: `what it names: ${aliasFamilies.join(', ')}`,
      required: false,
      completion: { of: 'words', words: aliasFamilies },
    },
    { name: 'ALIAS', description: 'the name that you choose', required: false },
    { name: 'TARGET', description: 'the name or identifier at the provider', required: false },
  ],
  options: [{ name: 'remove', description: 'remove this alias', env: 'none' }],
  examples: [
    { title: 'Name an image', command: 'occi context alias cesnet os ubuntu-24.04 uuid_ubuntu_2404' },
    { title: 'Name a network', command: 'occi context alias cesnet network public 24' },
    { title: 'List all aliases', command: 'occi context alias' },
    { title: 'Remove an alias', command: 'occi context alias cesnet os ubuntu-24.04 --remove' },
  ],
  contextless: true,
  run: async (context) => {
    const contexts = context.runtime.contexts(await allDefinitions())
    const name = context.word('CONTEXT')
    const family = familyOf(context.word('FAMILY'))
    const aliasName = context.word('ALIAS')
    const target = context.word('TARGET')
    const searched = name === undefined ? (await contexts.read()).contexts : [await contexts.get(name)]
    const matching = searched
      .flatMap(aliasesOf)
      .filter((each) => family === undefined || each.family === family)
      .filter((each) => aliasName === undefined || each.alias === aliasName)
    if (context.options.isSet('remove')) {
      if (name === undefined || family === undefined || aliasName === undefined || target !== undefined) {
        throw new UsageError('--remove requires CONTEXT, FAMILY and ALIAS, without TARGET', {
          hint: 'Run: occi context alias CONTEXT FAMILY ALIAS --remove',
          at: '--remove',
        })
      }
      if (matching.length === 0) throw noAliasError(context, searched, { name, family, aliasName })
      await contexts.setAlias(name, family, aliasName, undefined)
      context.inform(`Removed the alias "${aliasName}".`)
      return aliasOutput(matching, 'one')
    }
    if (name === undefined || family === undefined || aliasName === undefined)
      return aliasOutput(matching, 'list')
    if (target === undefined) {
      if (matching.length === 0) throw noAliasError(context, searched, { name, family, aliasName })
      return aliasOutput(matching, 'one')
    }
    checkWord('ALIAS', aliasName)
    checkWord('TARGET', target)
    await contexts.setAlias(name, family, aliasName, target)
    context.inform(`In context "${name}", ${family} "${aliasName}" now stands for "${target}".`)
    return aliasOutput([{ context: name, family, alias: aliasName, target }], 'one')
  },
}

interface NamedAlias {
  readonly context: string
  readonly family: AliasFamily
  readonly alias: string
  readonly target: string
}

function aliasesOf({ name, aliases = {} }: Context): readonly NamedAlias[] {
  return aliasFamilies.flatMap((family) =>
    Object.entries(aliases[family] ?? {}).map(([alias, target]) => ({
      context: name,
      family,
      alias,
      target,
    })),
  )
}

function familyOf(word: string | undefined): AliasFamily | undefined {
  const family = aliasFamilies.find((candidate) => candidate === word)
  if (word === undefined || family !== undefined) return family
  const [similar] = suggest(word, aliasFamilies)
  throw new UsageError(`There are no aliases for "${word}"`, {
    hint: similar === undefined ? `Use one of ${aliasFamilies.join(', ')}.` : `Did you mean ${similar}?`,
    at: 'FAMILY',
  })
}

/** Throws UsageError for a word that cannot be typed as the value of an option, or that is too long to be a name. */
function checkWord(argument: string, word: string): void {
  if (word.trim() === word && word !== '' && word.length <= maxWordLength && !/\p{Cc}/u.test(word)) return
  throw new UsageError(`${argument} cannot be ${JSON.stringify(word.slice(0, 80))}`, {
    hint: `Use a name of at most ${maxWordLength} characters that does not begin or end with a space.`,
    at: argument,
  })
}

/** The maximum number of characters of an alias or its target. */
const maxWordLength = 500

function noAliasError(
  { command }: CommandContext,
  contexts: readonly Context[],
  {
    name,
    family,
    aliasName,
  }: { readonly name: string; readonly family: AliasFamily; readonly aliasName: string },
): NotFoundError {
  const familyAliases = contexts
    .flatMap(aliasesOf)
    .flatMap((each) => (each.family === family ? each.alias : []))
  const similar = suggest(aliasName, familyAliases)
  return new NotFoundError(`The context "${name}" has no alias "${aliasName}" for ${family}`, {
    hint:
      similar.length > 0
        ? `Did you mean ${alternatives(similar)}?`
        : `To set it: occi ${command} ${name} ${family} ${aliasName} TARGET`,
    at: 'ALIAS',
  })
}

function aliasOutput(aliases: readonly NamedAlias[], shape: 'one' | 'list'): Output {
  return {
    shape,
    records: aliases.map(record),
    columns,
    empty: 'No aliases. Set one: occi context alias CONTEXT os ALIAS TARGET',
  }
}

function record(alias: NamedAlias): OutputRecord {
  return { data: { ...alias }, name: alias.alias, id: alias.target }
}

const columns: readonly Column[] = [
  { key: 'context', heading: 'CONTEXT', value: 'context' },
  { key: 'family', heading: 'FAMILY', value: 'family' },
  { key: 'alias', heading: 'ALIAS', value: 'alias', style: 'name' },
  { key: 'target', heading: 'TARGET', value: 'target' },
]

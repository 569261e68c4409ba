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
    const word = context.word('ALIAS')
    const target = context.word('TARGET')
    const searched = name === undefined ? (await contexts.read()).contexts : [await contexts.get(name)]
    const found = searched
      .flatMap(aliasesOf)
      .filter((each) => (family ?? each.family) === each.family && (word ?? each.alias) === each.alias)
    if (context.options.isSet('remove')) {
      if (name === undefined || family === undefined || word === undefined || target !== undefined) {
        throw new UsageError('--remove requires CONTEXT, FAMILY and ALIAS, without TARGET', {
          hint: 'Run: occi context alias CONTEXT FAMILY ALIAS --remove',
          at: '--remove',
        })
      }
      if (found.length === 0) throw noAliasError(context, searched, { name, family, word })
      await contexts.setAlias(name, family, word, undefined)
      context.inform(`Removed the alias "${word}".`)
      return aliasOutput(found, 'one')
    }
    if (name === undefined || family === undefined || word === undefined) return aliasOutput(found, 'list')
    if (target === undefined) {
      if (found.length === 0) throw noAliasError(context, searched, { name, family, word })
      return aliasOutput(found, 'one')
    }
    checkWord('ALIAS', word)
    checkWord('TARGET', target)
    await contexts.setAlias(name, family, word, target)
    context.inform(`In context "${name}", ${family} "${word}" now stands for "${target}".`)
    return aliasOutput([{ context: name, family, alias: word, target }], 'one')
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
  const found = aliasFamilies.find((family) => family === word)
  if (word === undefined || found !== undefined) return found
  const [near] = suggest(word, aliasFamilies)
  throw new UsageError(`There are no aliases for "${word}"`, {
    hint: near === undefined ? `Use one of ${aliasFamilies.join(', ')}.` : `Did you mean ${near}?`,
    at: 'FAMILY',
  })
}

/** Throws UsageError for a word that cannot be typed as the value of an option, or that is too long to be a name. */
function checkWord(argument: string, word: string): void {
  if (word.trim() === word && word !== '' && word.length <= maxLength && !/\p{Cc}/u.test(word)) return
  throw new UsageError(`${argument} cannot be ${JSON.stringify(word.slice(0, 80))}`, {
    hint: `Use a name of at most ${maxLength} characters that does not begin or end with a space.`,
    at: argument,
  })
}

const maxLength = 500

function noAliasError(
  { command }: CommandContext,
  contexts: readonly Context[],
  { name, family, word }: { readonly name: string; readonly family: AliasFamily; readonly word: string },
): NotFoundError {
  const known = contexts.flatMap(aliasesOf).flatMap((each) => (each.family === family ? each.alias : []))
  const near = suggest(word, known)
  return new NotFoundError(`The context "${name}" has no alias "${word}" for ${family}.`, {
    hint:
      near.length > 0
        ? `Did you mean ${alternatives(near)}?`
        : `To set it: occi ${command} ${name} ${family} ${word} TARGET`,
    at: 'ALIAS',
  })
}

function aliasOutput(found: readonly NamedAlias[], shape: 'one' | 'list'): Output {
  return {
    shape,
    records: found.map(record),
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

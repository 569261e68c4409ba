/** The keys that a stack file may have for each kind: the options of `occi KIND create`, from their declarations. */
import { join, resolve } from 'node:path'
import { UsageError } from '../../../errors/errors.js'
import { purposes, whyUnreadable } from '../../../files/index.js'
import { NETWORK, termOf } from '../../../model/index.js'
import type { Drafting, KeyDeclaration, KeyValues, KindDeclaration, Kinds } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { noValidateOption, validates } from '../../options/validation.js'
import { OptionValues } from '../../options/values.js'
import { createCommand } from '../base/create.js'
import { readNewEntity } from '../base/draft.js'
import { linkCommand, newLink } from '../base/link.js'
import type { Noun } from '../base/noun.js'
import { computeNoun } from '../compute.js'
import { link } from '../link.js'
import { networkNoun } from '../network.js'
import { storageNoun } from '../storage.js'

const nouns: readonly Noun[] = [computeNoun, networkNoun, storageNoun]

/** Options of create that are not keys, since a stack counts, waits and looks up resources itself. */
const excludedOptions = new Set([
  'count',
  'if-not-exists',
  'keep-on-failure',
  'wait',
  'wait-timeout',
  'no-validate',
  'kind',
  'any-of',
  'spread',
])

/**
 * `contextOf` returns the command context of a client, for its aliases. Relative paths in the stack file are resolved
 * against `folder`, the folder of that file.
 */
export function stackKinds(contextOf: (from: Drafting) => CommandContext, folder: string): Kinds {
  const invocation = (
    options: readonly OptionDeclaration[],
    keys: KeyValues,
    from: Drafting,
  ): CommandContext => {
    const context = contextOf(from)
    const values = validates(context) ? keys : new Map([...keys, [noValidateOption.name, ['true']]])
    return {
      ...context,
      client: async () => from.client,
      options: new OptionValues(options, values, () => undefined),
      words: (argument) => (argument === 'NAME' ? [from.title] : []),
      word: (argument) => (argument === 'NAME' ? from.title : undefined),
      runtime: {
        ...context.runtime,
        readFile: async (path, purpose) => {
          const bytes = await context.runtime.readFile(pathIn(folder, path, context.runtime.home), purpose)
          if (purpose.name !== purposes.userData.name) return bytes
          const text = bytes.toString('utf8')
          const filled = from.fill(text)
          return filled === text ? bytes : Buffer.from(filled)
        },
      },
    }
  }
  const ofNoun = (noun: Noun): KindDeclaration => {
    const { options } = createCommand(noun)
    const actions = new Map<string, string>()
    for (const { name, leadsTo } of noun.actions) {
      if (leadsTo !== undefined && !actions.has(leadsTo)) actions.set(leadsTo, name)
    }
    return {
      kind: noun.kind,
      isLink: false,
      keys: options.filter(({ name }) => !excludedOptions.has(name)).map(keyOf),
      ready: noun.ready,
      actions,
      entity: async (keys, from) =>
        (await readNewEntity(noun, invocation(options, keys, from), from.client)).entity,
      link: () => Promise.reject(new Error(`${noun.name} is not a link`)),
    }
  }
  const ofLink = (word: string): KindDeclaration => {
    const options = linkOptions()
    return {
      kind: word === 'link' ? undefined : word,
      isLink: true,
      keys: options.map(keyOf),
      ready: 'active',
      actions: new Map(),
      entity: () => Promise.reject(new Error(`${word} is a link`)),
      link: async (keys, target, from) => {
        const model = await from.client.model()
        const kind = word === 'link' ? undefined : model.resolve(termOf(word), { class: 'kind' })
        return newLink(model, { location: target, name: target }, kind, invocation(options, keys, from))
      },
    }
  }
  return {
    known: [...nouns.map(({ name }) => name), 'link'],
    declaration(word, isLink) {
      if (isLink || word === 'link') return ofLink(word)
      return ofNoun(nouns.find(({ name, kind }) => name === word || kind === word) ?? otherNoun(word))
    },
  }
}

/** The options of links: those of `occi link create` and `occi compute link`. */
function linkOptions(): readonly OptionDeclaration[] {
  const found = new Map<string, OptionDeclaration>()
  const created = link.commands.find(({ path }) => path[1] === 'create')?.options ?? []
  for (const option of [...created, ...linkCommand(computeNoun).options]) {
    if (!excludedOptions.has(option.name)) found.set(option.name, option)
  }
  return [...found.values()]
}

/** The noun of a kind that this program does not describe. Whether the provider offers it is checked later. */
function otherNoun(word: string): Noun {
  return {
    name: word,
    kind: word,
    one: termOf(word),
    many: `${termOf(word)} resources`,
    summary: word,
    sample: 'NAME',
    ready: 'active',
    columns: [],
    createParts: [],
    attributeOptions: [],
    actions: [],
    createExamples: [],
  }
}

function keyOf(option: OptionDeclaration): KeyDeclaration {
  const { name, description, repeatable, choices, completion, value = '' } = option
  const detail = /^NAME\[:([A-Z]+)\]$/.exec(value)?.[1]?.toLowerCase()
  const kind =
    completion?.of === 'network' ? NETWORK : completion?.of === 'entity' ? completion.kind : undefined
  const leadsTo = kind === undefined ? undefined : { kind, ...(detail === undefined ? {} : { detail }) }
  return {
    name,
    description,
    form: completion?.of === 'attribute' ? 'mapping' : repeatable === true ? 'list' : 'text',
    ...(choices === undefined ? {} : { choices }),
    ...(leadsTo === undefined ? {} : { linksTo: leadsTo }),
    ...(completion?.of === 'file' && repeatable === true ? { document: true as const } : {}),
  }
}

/** Resolves a path in a stack file against the folder of the file. `~/` is expanded here, since no shell does it. */
function pathIn(folder: string, path: string, home: string): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(folder, path)
}

/** The text of a document that a stack file names. Throws UsageError. */
export async function readDocument(context: CommandContext, folder: string, path: string): Promise<string> {
  try {
    const absolutePath = pathIn(folder, path, context.runtime.home)
    return (await context.runtime.readFile(absolutePath, purposes.userData)).toString('utf8')
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${whyUnreadable(cause)}`, { cause })
  }
}

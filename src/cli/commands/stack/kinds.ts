/** The keys that a stack file may have for each kind: the options of `occi KIND create`, from their declarations. */
import { join, resolve } from 'node:path'
import { omitUndefined } from '../../../basics/objects.js'
import { UsageError } from '../../../errors/errors.js'
import { purposes, unreadableReason } from '../../../files/index.js'
import { NETWORK, termOf } from '../../../model/index.js'
import type { Drafting, KeyDeclaration, KeyValues, KindDeclaration, Kinds } from '../../../stack/index.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { noValidateOption, shouldValidate } from '../../options/validation.js'
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
 * The declarations for stack files in `folder`, against which relative paths in them are resolved. `contextOf` returns
 * the command context of a client, which has its aliases.
 */
export function stackKinds(contextOf: (drafting: Drafting) => CommandContext, folder: string): Kinds {
  /** The context in which the options of a create command have the values of the keys. */
  const createContext = (
    options: readonly OptionDeclaration[],
    keys: KeyValues,
    drafting: Drafting,
  ): CommandContext => {
    const context = contextOf(drafting)
    const values = shouldValidate(context) ? keys : new Map([...keys, [noValidateOption.name, ['true']]])
    return {
      ...context,
      client: async () => drafting.client,
      options: new OptionValues(options, values, () => undefined),
      words: (argument) => (argument === 'NAME' ? [drafting.title] : []),
      word: (argument) => (argument === 'NAME' ? drafting.title : undefined),
      runtime: {
        ...context.runtime,
        readFile: async (path, purpose) => {
          const bytes = await context.runtime.readFile(pathIn(folder, path, context.runtime.home), purpose)
          if (purpose.name !== purposes.userData.name) return bytes
          const text = bytes.toString('utf8')
          const filledText = drafting.fill(text)
          return filledText === text ? bytes : Buffer.from(filledText)
        },
      },
    }
  }
  const nounDeclaration = (noun: Noun): KindDeclaration => {
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
      entity: async (keys, drafting) =>
        (await readNewEntity(noun, createContext(options, keys, drafting), drafting.client)).entity,
      link: () => Promise.reject(new Error(`${noun.name} is not a link`)),
    }
  }
  const linkDeclaration = (word: string): KindDeclaration => {
    const options = linkOptions()
    return {
      kind: word === 'link' ? undefined : word,
      isLink: true,
      keys: options.map(keyOf),
      ready: 'active',
      actions: new Map(),
      entity: () => Promise.reject(new Error(`${word} is a link`)),
      link: async (keys, target, drafting) => {
        const model = await drafting.client.model()
        const kind = word === 'link' ? undefined : model.resolve(termOf(word), { class: 'kind' })
        return newLink(
          model,
          { location: target, name: target },
          kind,
          createContext(options, keys, drafting),
        )
      },
    }
  }
  return {
    known: [...nouns.map(({ name }) => name), 'link'],
    declaration(word, isLink) {
      if (isLink || word === 'link') return linkDeclaration(word)
      const noun = nouns.find(({ name, kind }) => name === word || kind === word)
      return nounDeclaration(noun ?? genericNoun(word))
    },
  }
}

/** The options of links: those of `occi link create` and `occi compute link`. */
function linkOptions(): readonly OptionDeclaration[] {
  const options = new Map<string, OptionDeclaration>()
  const createOptions = link.commands.find(({ path }) => path[1] === 'create')?.options ?? []
  for (const option of [...createOptions, ...linkCommand(computeNoun).options]) {
    if (!excludedOptions.has(option.name)) options.set(option.name, option)
  }
  return [...options.values()]
}

/** A noun for a kind without a Noun in this program. Whether the provider offers the kind is checked later. */
function genericNoun(word: string): Noun {
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

/** The key of a stack file that stands for an option. */
function keyOf(option: OptionDeclaration): KeyDeclaration {
  const { name, description, repeatable, choices, completion, value = '' } = option
  // A value such as NAME[:MOUNTPOINT] has a detail after the name of the target.
  const detail = /^NAME\[:([A-Z]+)\]$/.exec(value)?.[1]?.toLowerCase()
  const kind = targetKindOf(option)
  return {
    name,
    description,
    form: formOf(option),
    ...omitUndefined({
      choices,
      linksTo: kind === undefined ? undefined : { kind, ...omitUndefined({ detail }) },
    }),
    ...(completion?.of === 'file' && repeatable === true ? { document: true as const } : {}),
  }
}

/** The kind of the resource to which the option links; undefined for other options. */
function targetKindOf({ completion }: OptionDeclaration): string | undefined {
  if (completion?.of === 'network') return NETWORK
  return completion?.of === 'entity' ? completion.kind : undefined
}

function formOf({ completion, repeatable }: OptionDeclaration): KeyDeclaration['form'] {
  if (completion?.of === 'attribute') return 'mapping'
  return repeatable === true ? 'list' : 'text'
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
    throw new UsageError(`${path} cannot be read: ${unreadableReason(cause)}`, { cause })
  }
}

/** `occi model diff`: compares the models of two providers. */
import { shellWord } from '../../basics/shell-word.js'
import type { Client } from '../../client/index.js'
import type { Aliases } from '../../config/types.js'
import { isBasedOnModel, OcciError } from '../../errors/errors.js'
import { type Category, type Model, NETWORK, readableName } from '../../model/index.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import type { Column, OutputRecord } from '../output/types.js'
import { type NamedOffer, proposeAliases, proposeTemplates } from '../records/alias-proposals.js'
import { definitionData } from '../records/category.js'
import { displayName, entityRecord, lastSegment } from '../records/entity.js'
import { aliasOf, templateOf } from '../values/alias.js'
import { withClientOf } from './context/context-settings.js'

export const modelDiff: CommandDeclaration = {
  path: ['model', 'diff'],
  summary: 'Compare what two providers offer',
  description:
    'Lists the categories that only the second provider has (added), that only the first has (removed), and that both define differently (changed). The list is empty if both offer the same. Titles and locations are not compared. For two contexts, networks are also compared by name, and an image, size or network that the second provider seems to have under another name is listed with the alias that makes one command work at both.',
  arguments: [
    { name: 'BEFORE', description: 'a context, or an endpoint', completion: { of: 'context' } },
    { name: 'AFTER', description: 'a context, or an endpoint', completion: { of: 'context' } },
  ],
  options: [],
  examples: [
    { title: 'Two contexts', command: 'occi model diff cesnet openstack' },
    {
      title: 'Aliases that make one command work at both',
      command: 'occi model diff cesnet openstack --query "[?alias].alias.command" -o value',
    },
    {
      title: 'Only images and sizes that are missing',
      command: "occi model diff cesnet openstack --query \"[?change=='removed' && class=='mixin'].name\"",
    },
    {
      title: 'A server before and after its upgrade',
      command: 'occi model diff https://old.example.org:8787 https://new.example.org:8787',
    },
  ],
  contextless: true,
  run: async (context) => {
    const before = await readOffer(context, context.word('BEFORE') ?? '')
    const after = await readOffer(context, context.word('AFTER') ?? '')
    const aliases = proposedAliases(before, after)
    return {
      shape: 'list',
      records: [
        ...categoryChanges(before.model, after.model, aliases),
        ...networkChanges(before, after, aliases),
      ],
      columns,
      empty: 'Both offer the same.',
    }
  },
}

const columns: readonly Column[] = [
  { key: 'change', heading: 'CHANGE', value: 'change' },
  { key: 'class', heading: 'CLASS', value: 'class' },
  { key: 'term', heading: 'TERM', value: 'name', style: 'name' },
  { key: 'scheme', heading: 'SCHEME', value: 'scheme', style: 'secondary' },
  { key: 'details', heading: 'DETAILS', value: 'details' },
]

/** What one of the two providers offers. */
interface Offer {
  readonly model: Model
  /** The networks; undefined for an endpoint, or if they cannot be listed. */
  readonly networks: readonly NamedOffer[] | undefined
  /** The context with its aliases; undefined for an endpoint. */
  readonly context: { readonly name: string; readonly aliases: Aliases } | undefined
}

function readOffer(context: CommandContext, contextOrEndpoint: string): Promise<Offer> {
  const { signal } = context
  if (contextOrEndpoint.includes('://') || contextOrEndpoint === 'sandbox:') {
    return withClientOf(context, { endpoint: contextOrEndpoint }, async (client) => ({
      model: await client.model({ signal }),
      networks: undefined,
      context: undefined,
    }))
  }
  return withClientOf(context, { context: contextOrEndpoint }, async (client, { settings }) => ({
    model: await client.model({ signal }),
    networks: await readNetworks(context, client, contextOrEndpoint),
    context: { name: contextOrEndpoint, aliases: settings.aliases },
  }))
}

/** Lists the networks: none if the model has no such kind. Undefined, with a warning, if they cannot be listed. */
async function readNetworks(
  context: CommandContext,
  client: Client,
  site: string,
): Promise<readonly NamedOffer[] | undefined> {
  try {
    const networks: NamedOffer[] = []
    for await (const network of client.list(NETWORK, { signal: context.signal })) {
      const name = displayName(entityRecord(network))
      const id = lastSegment(network.location)
      networks.push({ name, names: id === undefined ? [name] : [name, id] })
    }
    return networks
  } catch (error) {
    if (isBasedOnModel(error)) return []
    if (!(error instanceof OcciError) || error.code === 'cancelled') throw error
    await context.warn(`networks are not compared: ${site}: ${error.message}`)
    return undefined
  }
}

/** The JSON data of a proposed alias. */
type AliasData = OutputRecord['data']

/** Proposes aliases for the second context. The keys are family and name at the first provider: `os debian-12`. */
function proposedAliases(before: Offer, after: Offer): ReadonlyMap<string, AliasData> {
  const { context } = after
  if (before.context === undefined || context === undefined) return new Map()
  const proposals = [
    ...proposeTemplates('os', before.model, after.model),
    ...proposeTemplates('size', before.model, after.model),
    ...(before.networks === undefined || after.networks === undefined
      ? []
      : proposeAliases('network', before.networks, after.networks)),
  ].filter(({ family, alias }) => aliasOf(context, family, alias) === undefined)
  return new Map(
    proposals.map(({ family, alias, target }) => {
      const words = ['occi', 'context', 'alias', context.name, family, alias, target]
      return [`${family} ${alias}`, { family, alias, target, command: words.map(shellWord).join(' ') }]
    }),
  )
}

function categoryChanges(
  before: Model,
  after: Model,
  aliases: ReadonlyMap<string, AliasData>,
): readonly OutputRecord[] {
  const records: OutputRecord[] = []
  const images = new Set<Category>(before.templates(templateOf.os))
  const sizes = new Set<Category>(before.templates(templateOf.size))
  for (const category of before.categories) {
    const counterpart = after.get(category.id)
    if (counterpart === undefined) {
      const name = readableName(category)
      let alias: AliasData | undefined
      if (images.has(category)) alias = aliases.get(`os ${name}`)
      else if (sizes.has(category)) alias = aliases.get(`size ${name}`)
      records.push(categoryChangeRecord('removed', category, [], alias))
    } else {
      const details = differences(category, counterpart)
      if (details.length > 0) records.push(categoryChangeRecord('changed', counterpart, details))
    }
  }
  for (const category of after.categories) {
    if (before.get(category.id) === undefined) records.push(categoryChangeRecord('added', category, []))
  }
  return records
}

function categoryChangeRecord(
  change: string,
  category: Category,
  details: readonly string[],
  alias?: AliasData,
): OutputRecord {
  const { class: categoryClass, id, term, scheme, title } = category
  const data = { change, class: categoryClass, id, name: term, scheme, title: title ?? null }
  return {
    data: { ...data, details: [...details, ...aliasDetails(alias)], ...(alias !== undefined && { alias }) },
    category,
    name: term,
    id,
    url: id,
  }
}

function aliasDetails(alias: AliasData | undefined): readonly string[] {
  return alias === undefined ? [] : [`alias: ${String(alias['command'])}`]
}

/** The networks whose names only one provider has. */
function networkChanges(
  { networks: before }: Offer,
  { networks: after }: Offer,
  aliases: ReadonlyMap<string, AliasData>,
): readonly OutputRecord[] {
  if (before === undefined || after === undefined) return []
  const removed = before.filter(({ name }) => !after.some((network) => network.name === name))
  const added = after.filter(({ name }) => !before.some((network) => network.name === name))
  return [
    ...removed.map((network) =>
      networkChangeRecord('removed', network, aliases.get(`network ${network.name}`)),
    ),
    ...added.map((network) => networkChangeRecord('added', network)),
  ]
}

function networkChangeRecord(change: string, { name, names }: NamedOffer, alias?: AliasData): OutputRecord {
  const id = names.at(-1) ?? name
  const data = { change, class: 'network', id, name, scheme: null, title: name }
  return {
    data: { ...data, details: aliasDetails(alias), ...(alias !== undefined && { alias }) },
    name,
    id,
  }
}

function differences(before: Category, after: Category): readonly string[] {
  if (before.class !== after.class) return [`was a ${before.class}, is a ${after.class}`]
  return [
    ...listDetails('action', relatedIds(before, 'actions'), relatedIds(after, 'actions')),
    ...listDetails('depends on', relatedIds(before, 'depends'), relatedIds(after, 'depends')),
    ...listDetails('applies to', relatedIds(before, 'applies'), relatedIds(after, 'applies')),
    ...parentDetails(before, after),
    ...attributeDetails(before, after),
  ]
}

function relatedIds(category: Category, member: 'actions' | 'depends' | 'applies'): readonly string[] {
  if (category.class === 'action') return []
  if (member === 'actions') return category.actions
  return category.class === 'mixin' ? category[member] : []
}

function listDetails(
  relation: string,
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  return [
    ...after.filter((id) => !before.includes(id)).map((id) => `+ ${relation} ${id}`),
    ...before.filter((id) => !after.includes(id)).map((id) => `- ${relation} ${id}`),
  ]
}

function parentDetails(before: Category, after: Category): readonly string[] {
  if (before.class !== 'kind' || after.class !== 'kind' || before.parent === after.parent) return []
  return [`parent: ${before.parent ?? 'none'} → ${after.parent ?? 'none'}`]
}

function attributeDetails(before: Category, after: Category): readonly string[] {
  const details = listDetails('attribute', [...before.attributes.keys()], [...after.attributes.keys()])
  const changed = [...before.attributes].flatMap(([name, definition]) => {
    const counterpart = after.attributes.get(name)
    if (counterpart === undefined) return []
    const [oldData, newData] = [definitionData(definition), definitionData(counterpart)]
    return comparedMembers.flatMap((key) => {
      const [from, to] = [JSON.stringify(oldData[key]), JSON.stringify(newData[key])]
      return from === to ? [] : [`attribute ${name}: ${key} ${from} → ${to}`]
    })
  })
  return [...details, ...changed]
}

const comparedMembers = ['type', 'required', 'mutable', 'default', 'pattern'] as const

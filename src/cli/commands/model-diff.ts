/** `occi model diff`: compares the models of two providers. */
import type { Category, Model } from '../../model/index.js'
import type { CommandDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import type { Column, OutputRecord } from '../output/types.js'
import { definitionData } from '../records/category.js'
import { type ContextOrEndpoint, withClientOf } from './context/context-settings.js'

export const diff: CommandDeclaration = {
  path: ['model', 'diff'],
  summary: 'Compare what two providers offer',
  description:
    'Lists what the second one has in addition (added), what it lacks (removed), and what both define differently (changed). Two that offer the same give an empty list. Titles and locations are not compared.',
  arguments: [
    { name: 'BEFORE', description: 'a context, or an endpoint', completion: { of: 'context' } },
    { name: 'AFTER', description: 'a context, or an endpoint', completion: { of: 'context' } },
  ],
  options: [],
  examples: [
    { title: 'Two contexts', command: 'occi model diff cesnet openstack' },
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
    const before = await modelOf(context, context.word('BEFORE') ?? '')
    const after = await modelOf(context, context.word('AFTER') ?? '')
    return {
      shape: 'list',
      records: differences(before, after),
      columns,
      empty: 'They offer the same.',
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

function modelOf(context: CommandContext, word: string): Promise<Model> {
  const place: ContextOrEndpoint =
    word.includes('://') || word === 'sandbox:' ? { endpoint: word } : { context: word }
  return withClientOf(context, place, (client) => client.model({ signal: context.signal }))
}

function differences(before: Model, after: Model): readonly OutputRecord[] {
  const records: OutputRecord[] = []
  for (const category of before.categories) {
    const now = after.get(category.id)
    if (now === undefined) records.push(record('removed', category, []))
    else {
      const details = detailsOf(category, now)
      if (details.length > 0) records.push(record('changed', now, details))
    }
  }
  for (const category of after.categories) {
    if (before.get(category.id) === undefined) records.push(record('added', category, []))
  }
  return records
}

function record(change: string, category: Category, details: readonly string[]): OutputRecord {
  const { class: of, id, term, scheme, title } = category
  return {
    data: { change, class: of, id, name: term, scheme, title: title ?? null, details },
    category,
    name: term,
    id,
    url: id,
  }
}

function detailsOf(before: Category, after: Category): readonly string[] {
  if (before.class !== after.class) return [`was a ${before.class}, is a ${after.class}`]
  return [
    ...listDetails('action', relations(before, 'actions'), relations(after, 'actions')),
    ...listDetails('depends on', relations(before, 'depends'), relations(after, 'depends')),
    ...listDetails('applies to', relations(before, 'applies'), relations(after, 'applies')),
    ...parentDetails(before, after),
    ...attributeDetails(before, after),
  ]
}

function relations(category: Category, which: 'actions' | 'depends' | 'applies'): readonly string[] {
  if (category.class === 'action') return []
  if (which === 'actions') return category.actions
  return category.class === 'mixin' ? category[which] : []
}

function listDetails(what: string, before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...after.filter((id) => !before.includes(id)).map((id) => `+ ${what} ${id}`),
    ...before.filter((id) => !after.includes(id)).map((id) => `- ${what} ${id}`),
  ]
}

function parentDetails(before: Category, after: Category): readonly string[] {
  if (before.class !== 'kind' || after.class !== 'kind' || before.parent === after.parent) return []
  return [`parent: ${before.parent ?? 'none'} → ${after.parent ?? 'none'}`]
}

function attributeDetails(before: Category, after: Category): readonly string[] {
  const details = listDetails('attribute', [...before.attributes.keys()], [...after.attributes.keys()])
  const changed = [...before.attributes].flatMap(([name, definition]) => {
    const other = after.attributes.get(name)
    if (other === undefined) return []
    const [was, is] = [definitionData(definition), definitionData(other)]
    return compared.flatMap((key) => {
      const [one, two] = [JSON.stringify(was[key]), JSON.stringify(is[key])]
      return one === two ? [] : [`attribute ${name}: ${key} ${one} → ${two}`]
    })
  })
  return [...details, ...changed]
}

const compared = ['type', 'required', 'mutable', 'default', 'pattern'] as const

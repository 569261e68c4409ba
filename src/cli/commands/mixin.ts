/** `occi mixin`: images, sizes and whatever else can be put on a resource. */
import { termOf } from '../../model/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext } from '../context.js'
import type { Output } from '../output/types.js'
import { categoryRecord, describeCategoryColumns, mixinColumns } from '../records/category.js'

const list: CommandDeclaration = {
  path: ['mixin', 'list'],
  summary: 'List mixins: images, sizes and others',
  arguments: [],
  options: [
    {
      name: 'of',
      value: 'MIXIN',
      description: 'only those that depend on it: os_tpl (images), resource_tpl (sizes)',
      completion: { of: 'words', words: ['os_tpl', 'resource_tpl'] },
      env: 'none',
    },
    {
      name: 'search',
      value: 'TEXT',
      description: 'only those with this in their term or title',
      env: 'none',
    },
    {
      name: 'applies-to',
      value: 'KIND',
      description: 'only those that can be put on this kind',
      completion: { of: 'kind' },
      env: 'none',
    },
  ],
  examples: [
    { say: 'Images', command: 'occi mixin list --of os_tpl' },
    { say: 'Sizes', command: 'occi mixin list --of resource_tpl' },
    { say: 'Images with debian in their name', command: 'occi mixin list --of os_tpl --search debian' },
  ],
  run: listMixins,
}

const describe: CommandDeclaration = {
  path: ['mixin', 'describe'],
  summary: 'Show all about a mixin',
  arguments: [
    {
      name: 'MIXIN',
      description: 'term, title, identifier, or the beginning of one that fits only one',
      completion: { of: 'mixin' },
    },
  ],
  options: [],
  examples: [
    { say: 'What a size means', command: 'occi mixin describe small' },
    { say: 'As JSON', command: 'occi mixin describe debian-12 -o json' },
  ],
  run: async (context) => {
    const model = await (await context.client()).model({ signal: context.signal })
    const found = model.resolve(context.word('MIXIN') ?? '', { class: 'mixin' })
    return { shape: 'one', records: [categoryRecord(found)], columns: describeCategoryColumns }
  },
}

export const mixin: CommandGroup = {
  name: 'mixin',
  summary: 'Mixins: the images and sizes of the provider, and what else can be put on a resource',
  commands: [list, describe],
}

async function listMixins(context: CommandContext): Promise<Output> {
  const model = await (await context.client()).model({ signal: context.signal })
  const of = context.options.text('of')
  const search = context.options.text('search')?.toLowerCase()
  const applies = context.options.text('applies-to')
  const kind = applies === undefined ? undefined : model.resolve(applies, { class: 'kind' }).id
  const family =
    of === undefined
      ? model.mixins
      : of === 'os_tpl' || of === 'resource_tpl'
        ? model.templates(of)
        : model.mixins.filter((each) => model.dependsOn(each.id, model.resolve(of, { class: 'mixin' }).id))
  const found = family.filter(
    (each) =>
      (search === undefined ||
        each.term.toLowerCase().includes(search) ||
        (each.title ?? '').toLowerCase().includes(search)) &&
      (kind === undefined || model.applies(each, kind)),
  )
  return {
    shape: 'list',
    records: found.map(categoryRecord),
    columns: mixinColumns,
    empty: of === undefined ? 'No mixin fits.' : `No mixin depends on ${termOf(of)} here, or none fits.`,
  }
}

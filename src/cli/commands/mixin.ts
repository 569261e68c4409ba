/** `occi mixin`: images, sizes and other mixins. */

import { omitUndefined } from '../../basics/objects.js'
import { UsageError } from '../../errors/errors.js'
import { isTerm12, type Kind, type Mixin, type Model, parseIdentifier, termOf } from '../../model/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext, Invocation } from '../context.js'
import type { Output, OutputRecord } from '../output/types.js'
import { categoryRecord, describeCategoryColumns, mixinColumns } from '../records/category.js'
import { idColumn, nameColumn, stateColumn, urlColumn } from '../records/columns.js'
import { entityRecord, locationRecord } from '../records/entity.js'
import { nameOptionOnError } from '../values/option-errors.js'
import { changeOutput, outputIfRequested } from './base/change-output.js'
import { needsConfirmation } from './base/confirmation.js'
import { readableItems } from './base/readable.js'
import { findTarget, nameFinder, orIfNotFound, readNames } from './base/targets.js'

const list: CommandDeclaration = {
  path: ['mixin', 'list'],
  summary: 'List mixins: images, sizes and others',
  arguments: [],
  options: [
    {
      name: 'of',
      value: 'MIXIN',
      description: 'only mixins that depend on this one: os_tpl (images), resource_tpl (sizes)',
      completion: { of: 'words', words: ['os_tpl', 'resource_tpl'] },
      env: 'none',
    },
    {
      name: 'search',
      value: 'TEXT',
      description: 'only mixins with this text in their term or title',
      env: 'none',
    },
    {
      name: 'applies-to',
      value: 'KIND',
      description: 'only mixins that apply to this kind',
      completion: { of: 'kind' },
      env: 'none',
    },
  ],
  examples: [
    { title: 'Images', command: 'occi mixin list --of os_tpl' },
    { title: 'Sizes', command: 'occi mixin list --of resource_tpl' },
    { title: 'Images with debian in their name', command: 'occi mixin list --of os_tpl --search debian' },
  ],
  atSites: 'reads',
  run: listMixins,
}

const describe: CommandDeclaration = {
  path: ['mixin', 'describe'],
  summary: 'Show details of a mixin',
  arguments: [
    {
      name: 'MIXIN',
      description: 'term, title or identifier, or an unambiguous beginning of one',
      completion: { of: 'mixin' },
    },
  ],
  options: [],
  examples: [
    { title: 'The cores and memory of a size', command: 'occi mixin describe small' },
    { title: 'As JSON', command: 'occi mixin describe debian-12 -o json' },
  ],
  atSites: 'reads',
  run: async (context) => {
    const model = await (await context.client()).model({ signal: context.signal })
    const definition = model.resolve(context.word('MIXIN') ?? '', { class: 'mixin' })
    return { shape: 'one', records: [categoryRecord(definition)], columns: describeCategoryColumns }
  },
}

const defaultScheme = 'http://example.org/occi/tags#'

const resourceArgument = {
  name: 'NAME',
  description:
    'resource: id, beginning of an id, title, path or URL, also NAME@CONTEXT; "-" reads names from standard input',
  variadic: true,
  completion: { of: 'entity' },
} as const

const mixinArgument = {
  name: 'MIXIN',
  description: 'term, title or identifier',
  completion: { of: 'mixin' },
} as const

const create: CommandDeclaration = {
  path: ['mixin', 'create'],
  summary: 'Define a new mixin (a tag)',
  arguments: [{ name: 'TERM', description: 'the term, or the whole identifier: SCHEME#TERM' }],
  options: [
    { name: 'scheme', value: 'URI', description: 'scheme of the mixin', default: defaultScheme, env: 'none' },
    { name: 'title', value: 'TITLE', description: 'title of the mixin', env: 'none' },
    { name: 'location', value: 'PATH/', description: 'path of the collection of its members', env: 'none' },
  ],
  examples: [
    { title: 'A tag', command: 'occi mixin create production' },
    { title: 'With a scheme', command: 'occi mixin create http://example.org/tags#production' },
  ],
  run: async (context) => {
    const client = await context.client()
    const { scheme, term } = identifierOf(context)
    const title = context.options.text('title')
    const location = context.options.text('location')
    const defined = await client.defineMixin(
      {
        scheme,
        term,
        ...omitUndefined({ title, location }),
      },
      { signal: context.signal },
    )
    context.inform(`Defined ${defined.id}.`)
    context.inform(`Next: occi mixin attach ${defined.term} NAME`)
    return {
      shape: 'one',
      records: [categoryRecord(defined)],
      columns: describeCategoryColumns,
      pipeFormat: 'id',
    }
  },
}

const remove: CommandDeclaration = {
  path: ['mixin', 'delete'],
  summary: 'Delete a mixin that a user defined; its resources stay',
  arguments: [mixinArgument],
  options: [],
  examples: [
    { title: 'A tag', command: 'occi mixin delete production' },
    { title: 'In a script', command: 'occi mixin delete production --yes' },
  ],
  run: async (context) => {
    const client = await context.client()
    const name = context.word('MIXIN') ?? ''
    const mixin = (await client.model({ signal: context.signal })).resolve(name, { class: 'mixin' })
    const { id } = mixin
    if (needsConfirmation(context)) {
      await context.prompts.confirm({
        message: `Delete ${id}?`,
        withoutPrompt: 'Use --yes to delete without confirmation.',
      })
    }
    await client.undefineMixin(id, { signal: context.signal })
    context.inform(`Deleted ${id}.`)
    const record = categoryRecord(mixin)
    return outputIfRequested(context, { ...record, data: { ...record.data, deleted: true } })
  },
}

function membershipCommand(
  verb: 'attach' | 'detach' | 'set',
  summary: string,
  exampleTitle: string,
): CommandDeclaration {
  return {
    path: ['mixin', verb],
    summary,
    arguments: [mixinArgument, verb === 'set' ? { ...resourceArgument, required: false } : resourceArgument],
    options: [],
    examples: [
      { title: exampleTitle, command: `occi mixin ${verb} production web db` },
      {
        title: 'For the machines of a list',
        command: `occi compute list --where state=active -o name | occi mixin ${verb} production -`,
      },
    ],
    atSites: 'writes',
    run: (context) => changeMembers(verb, context),
  }
}

const members: CommandDeclaration = {
  path: ['mixin', 'members'],
  summary: 'List the resources that have a mixin',
  arguments: [mixinArgument],
  options: [],
  examples: [
    { title: 'All resources with a tag', command: 'occi mixin members production' },
    { title: 'Stop them all', command: 'occi mixin members production -o name | occi compute stop -' },
  ],
  atSites: 'reads',
  run: async (context) => {
    const client = await context.client()
    const { id } = (await client.model({ signal: context.signal })).resolve(context.word('MIXIN') ?? '', {
      class: 'mixin',
    })
    const records: OutputRecord[] = []
    const entities = readableItems(context, client.list(id, { signal: context.signal }))
    for await (const entity of entities) records.push(entityRecord(entity))
    return {
      shape: 'list',
      records,
      columns: memberColumns,
      empty: 'No resource has this mixin.\nNext: occi mixin attach MIXIN NAME',
    }
  },
}

const memberColumns = [
  nameColumn,
  idColumn,
  { key: 'kind', heading: 'KIND', value: 'kindTerm' },
  stateColumn,
  urlColumn,
]

export const mixin: CommandGroup = {
  name: 'mixin',
  summary: 'Mixins: images, sizes and others that can be attached to a resource',
  commands: [
    list,
    describe,
    create,
    remove,
    membershipCommand('attach', 'Attach a mixin to resources', 'Tag two machines'),
    membershipCommand('detach', 'Detach a mixin from resources', 'Untag two machines'),
    membershipCommand('set', 'Make these resources the only ones with a mixin', 'Exactly these two machines'),
    members,
  ],
}

/** The identifier of the new mixin. Throws UsageError for a term that OCCI 1.2 does not allow. */
function identifierOf(context: Invocation): { readonly scheme: string; readonly term: string } {
  const word = context.word('TERM') ?? ''
  const identifier = word.includes('#') ? parseIdentifier(word) : undefined
  const scheme = identifier?.scheme ?? context.options.text('scheme') ?? defaultScheme
  const term = identifier?.term ?? word
  if (!isTerm12(term)) {
    throw new UsageError(`"${term}" is not a term`, {
      at: 'TERM',
      hint: 'Use letters, digits, "-", "_" and ".", beginning with a letter or digit.',
    })
  }
  return { scheme: scheme.endsWith('#') ? scheme : `${scheme}#`, term }
}

async function changeMembers(
  verb: 'attach' | 'detach' | 'set',
  context: CommandContext,
): Promise<Output | undefined> {
  const client = await context.client()
  const model = await client.model({ signal: context.signal })
  const definition = model.resolve(context.word('MIXIN') ?? '', { class: 'mixin' })
  const { id } = definition
  const { linkKinds, listableResourceKinds } = await import('../../client/index.js')
  // A mixin that names no kinds applies to all kinds. Links have no titles, so they are then searched last.
  const applicable = (kinds: readonly Kind[]) =>
    kinds.filter((kind) => kind.location !== undefined && model.applies(definition, kind.id))
  const links = applicable(linkKinds(model))
  const resources = applicable(listableResourceKinds(model))
  const kindsToSearchFirst = definition.applies.length > 0 ? [...resources, ...links] : resources
  const names = await readNames(context)
  const find = await nameFinder(context, client, kindsToSearchFirst, names)
  const targets = []
  for (const name of names)
    targets.push(await orIfNotFound(find(name), () => findTarget(client, name, links, context)))
  const locations = targets.map(({ location }) => location)
  const options = { signal: context.signal }
  if (verb === 'attach') await client.attachMixin(id, locations, options)
  else if (verb === 'detach') await client.detachMixin(id, locations, options)
  else await client.setMixinMembers(id, locations, options)
  context.inform(messages[verb](termOf(id), targets.map(({ name }) => name).join(', ')))
  return changeOutput(
    context,
    locations.map((location) => locationRecord(location)),
    { single: targets.length === 1 },
  )
}

const messages = {
  attach: (mixin: string, names: string) => `Attached ${mixin} to ${names}.`,
  detach: (mixin: string, names: string) => `Detached ${mixin} from ${names}.`,
  set: (mixin: string, names: string) =>
    names === '' ? `No resource has ${mixin} any more.` : `Only these resources have ${mixin} now: ${names}.`,
} as const

/** The mixins that depend on the mixin of this name. */
async function dependents(model: Model, name: string): Promise<readonly Mixin[]> {
  const { id } = await nameOptionOnError('--of', () => model.resolve(name, { class: 'mixin' }))
  return model.mixins.filter((candidate) => model.dependsOn(candidate.id, id))
}

async function listMixins(context: CommandContext): Promise<Output> {
  const model = await (await context.client()).model({ signal: context.signal })
  const parentName = context.options.text('of')
  const search = context.options.text('search')?.toLowerCase()
  const kindName = context.options.text('applies-to')
  const kind =
    kindName === undefined
      ? undefined
      : await nameOptionOnError('--applies-to', () => model.resolve(kindName, { class: 'kind' }).id)
  const family =
    parentName === undefined
      ? model.mixins
      : parentName === 'os_tpl' || parentName === 'resource_tpl'
        ? model.templates(parentName)
        : await dependents(model, parentName)
  const matches = family.filter(
    (candidate) =>
      (search === undefined ||
        candidate.term.toLowerCase().includes(search) ||
        (candidate.title ?? '').toLowerCase().includes(search)) &&
      (kind === undefined || model.applies(candidate, kind)),
  )
  return {
    shape: 'list',
    records: matches.map(categoryRecord),
    columns: mixinColumns,
    empty:
      parentName === undefined
        ? 'No mixin matches.'
        : `No mixin that depends on ${termOf(parentName)} matches.`,
  }
}

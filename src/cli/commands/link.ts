/** `occi link`: links of all kinds. */
import { shellWord } from '../../basics/shell-word.js'
import type { Client } from '../../client/index.js'
import { UsageError } from '../../errors/errors.js'
import type { Kind, TypeId } from '../../model/index.js'
import { LINK, termOf } from '../../model/index.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext, Surroundings } from '../context.js'
import { noValidateOption } from '../options/validation.js'
import type { Column, Output, OutputRecord } from '../output/types.js'
import { idColumn, ipsColumn, nameColumn, stateColumn, urlColumn } from '../records/columns.js'
import { entityRecord, lastSegment } from '../records/entity.js'
import { nameOptionOnError } from '../values/option-errors.js'
import { withAnswers } from './base/answers.js'
import { deleteNamed } from './base/delete.js'
import { describe } from './base/describe.js'
import { attributeOption, mixinOption } from './base/draft.js'
import { linkNamed } from './base/link.js'
import { findTarget, nameArgument, orIfNotFound, type Subject } from './base/targets.js'
import { waitOptions, waitTimeoutOption } from './base/wait-options.js'
import { loadOrWatch, watchOption } from './base/watch.js'

/** The column for one end of a link: its short name, in tables its title if it is known. */
function endColumn(key: 'source' | 'target'): Column {
  const endOf = ({ entity }: OutputRecord) => (entity?.type === 'link' ? entity[key] : undefined)
  return {
    key,
    heading: key.toUpperCase(),
    value: (record) => lastSegment(endOf(record)?.location),
    display: (name, record) => endOf(record)?.title ?? name,
  }
}

const columns: readonly Column[] = [
  idColumn,
  { key: 'kind', heading: 'KIND', value: 'kindTerm' },
  stateColumn,
  endColumn('source'),
  endColumn('target'),
  ipsColumn,
  { ...nameColumn, wide: true },
  urlColumn,
]

const list: CommandDeclaration = {
  path: ['link', 'list'],
  summary: 'List links',
  arguments: [],
  options: [
    {
      name: 'of',
      value: 'NAME',
      description: 'only the links of this resource',
      completion: { of: 'entity' },
      env: 'none',
    },
    {
      name: 'kind',
      value: 'KIND',
      description: 'only links of this kind',
      completion: { of: 'kind' },
      env: 'none',
    },
    watchOption,
  ],
  examples: [
    { title: 'All links', command: 'occi link list' },
    { title: 'What a machine is linked with', command: 'occi link list --of web' },
    { title: 'Network interfaces only', command: 'occi link list --kind networkinterface' },
  ],
  atSites: 'reads',
  run: (context) => loadOrWatch(context, listLinks),
}

const describeLink: CommandDeclaration = {
  path: ['link', 'describe'],
  summary: 'Show details of a link',
  arguments: [nameArgument(undefined, 'link')],
  options: [watchOption],
  examples: [
    { title: 'By its id', command: 'occi link describe 9d2c' },
    {
      title: 'All links of a machine, as JSON',
      command: 'occi link list --of web -o name | occi link describe - -o json',
    },
  ],
  atSites: 'reads',
  run: async (context) => describe(context, { ...(await kindsToSearch(context)), many: 'links' }),
}

const deleteLink: CommandDeclaration = {
  path: ['link', 'delete'],
  summary: 'Delete a link; the linked resources stay',
  arguments: [nameArgument(undefined, 'link')],
  options: [
    { name: 'wait', description: 'wait until it no longer exists', group: 'Waiting' },
    waitTimeoutOption,
  ],
  examples: [
    { title: 'By its id', command: 'occi link delete 9d2c' },
    {
      title: 'In a script: without a question, and wait until it no longer exists',
      command: 'occi link delete 9d2c --yes --wait',
    },
  ],
  atSites: 'writes',
  run: async (context) =>
    deleteNamed(context, { ...(await kindsToSearch(context)), one: 'link', many: 'links' }),
}

const createLink: CommandDeclaration = {
  path: ['link', 'create'],
  summary: 'Link two resources of any kind',
  arguments: [
    {
      name: 'SOURCE',
      description: 'the resource that has the link',
      required: false,
      completion: { of: 'entity' },
    },
    {
      name: 'TARGET',
      description: 'the resource that it is linked to',
      required: false,
      completion: { of: 'entity' },
    },
  ],
  options: [
    {
      name: 'kind',
      value: 'KIND',
      description: 'kind of the link; default: by the kinds of both resources',
      completion: { of: 'kind' },
      env: 'none',
    },
    { ...mixinOption, description: 'a mixin of the link' },
    attributeOption(LINK),
    noValidateOption,
    ...waitOptions(LINK, 'active'),
  ],
  examples: [
    { title: 'A network interface', command: 'occi link create web public --kind networkinterface' },
    {
      title: 'A volume at a mount point',
      command:
        'occi link create web data --kind storagelink --attribute occi.storagelink.mountpoint=/dev/vdb',
    },
  ],
  atSites: 'writes',
  run: runCreateLink,
}

/** Creates the link that the arguments describe. Without arguments, the user is asked for them. */
async function runCreateLink(invocation: CommandContext): Promise<Output | undefined> {
  const ask = async (context: CommandContext) => (await import('./create/interview.js')).askForLink(context)
  const context =
    invocation.word('SOURCE') === undefined
      ? await withAnswers(invocation, createLink.options, ask)
      : invocation
  const [source, target] = [context.word('SOURCE'), context.word('TARGET')]
  if (source === undefined || target === undefined) {
    const missing = source === undefined ? 'SOURCE' : 'TARGET'
    throw new UsageError(`${missing} is missing: occi link create SOURCE TARGET`, {
      hint: `For example: ${createLink.examples[0]?.command ?? ''}`,
      at: missing,
    })
  }
  return linkNamed(context, source, undefined, 'occi link delete')
}

export const link: CommandGroup = {
  name: 'link',
  summary: 'Links between resources: list, describe, create, delete',
  description:
    '"occi compute link NAME TARGET" also creates a link, and "occi compute unlink NAME TARGET" deletes it.',
  commands: [list, describeLink, createLink, deleteLink],
}

async function listLinks(context: CommandContext): Promise<Output> {
  const client = await context.client()
  const resource = context.options.text('of')
  const kind = await kindOption(client, context)
  const records =
    resource !== undefined
      ? linksOfResource(client, resource, kind, context)
      : linksOfKinds(client, kind !== undefined ? [kind] : await listableKinds(client, context), context)
  return {
    shape: 'list',
    records,
    columns,
    empty: 'There are no links.\nNext: occi compute link NAME TARGET',
  }
}

/** The identifier of the kind that --kind names; undefined without the option. */
async function kindOption(client: Client, { options, signal }: CommandContext): Promise<TypeId | undefined> {
  const name = options.text('kind')
  if (name === undefined) return undefined
  return nameOptionOnError(
    '--kind',
    async () => (await client.model({ signal })).resolve(name, { class: 'kind' }).id,
  )
}

async function* linksOfKinds(
  client: Client,
  kinds: readonly (Kind | TypeId)[],
  context: Surroundings,
): AsyncGenerator<OutputRecord> {
  const seenUrls = new Set<string>()
  for (const kind of kinds) {
    for await (const entity of client.list(kind, { signal: context.signal })) {
      const url = entity.location ?? ''
      // The collection of a kind may also contain links of derived kinds.
      if (url !== '' && seenUrls.has(url)) continue
      seenUrls.add(url)
      yield entityRecord(entity)
    }
  }
}

async function* linksOfResource(
  client: Client,
  name: string,
  kind: TypeId | undefined,
  context: Surroundings,
): AsyncGenerator<OutputRecord> {
  const { linkSourceKinds } = await import('../../client/index.js')
  const model = await client.model({ signal: context.signal })
  const { usual, others } = linkSourceKinds(model)
  const { location, entity } = await orIfNotFound(findTarget(client, name, usual, context), () =>
    findTarget(client, name, others, context),
  )
  const resource = entity ?? (await client.describe(location, { signal: context.signal }))
  if (resource.type !== 'resource') {
    throw new UsageError(`${name} is a link and has no links`, {
      hint: `Name a resource. To show the link: occi link describe ${shellWord(name)}`,
      at: '--of',
    })
  }
  for (const resourceLink of resource.links) {
    // As in the collection of a kind, links of derived kinds are included.
    if (kind !== undefined && !model.isA(resourceLink.kind, kind)) continue
    yield entityRecord({ ...resourceLink, source: resourceLink.source ?? { location } })
  }
}

/** The link kinds that have a collection. */
async function listableKinds(client: Client, { signal }: Surroundings): Promise<readonly Kind[]> {
  const { linkKinds } = await import('../../client/index.js')
  return linkKinds(await client.model({ signal })).filter(({ location }) => location !== undefined)
}

/**
 * The kinds in whose collections the named links are searched. No kind and no collections if all names are paths,
 * which need no search.
 */
async function kindsToSearch(context: CommandContext): Promise<Pick<Subject, 'kind' | 'collections'>> {
  if (context.words('NAME').every((word) => word.includes('/'))) return { kind: undefined }
  const kinds = await listableKinds(await context.client(), context)
  const [onlyKind] = kinds
  return kinds.length === 1 && onlyKind !== undefined
    ? { kind: termOf(onlyKind.id) }
    : { kind: undefined, collections: kinds }
}

/** `occi NOUN link NAME TARGET` and `occi NOUN unlink NAME [TARGET]`. */
import type { Client, NewLink } from '../../../client/index.js'
import { NotFoundError, OcciError } from '../../../errors/errors.js'
import type { Entity, Link, TypeId } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { callIt, entityRecord, lastSegment, locationRecord } from '../../records/entity.js'
import { type Assignment, parseAssignment, toAttributes } from '../../values/assignment.js'
import { at } from '../../values/place.js'
import { mixinNamed } from '../create/mixin.js'
import type { Noun } from '../noun.js'
import { changed, checkColumns, wantsData } from './changed.js'
import { madeAllTheSame } from './create.js'
import { article } from './describe.js'
import { attributeOption } from './drafting.js'
import { findTarget } from './targets.js'
import { checkTimeout, inState, waitFor, waitOptions, wantedState } from './wait-options.js'

const linkKind = 'http://schemas.ogf.org/occi/core#link'

export function linkCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'link'],
    summary: `Link ${article(noun.one)} with something else`,
    description: 'The kind of the link follows from what is linked, unless --kind says it.',
    arguments: [
      { name: 'NAME', description: `the ${noun.one}`, completion: { of: 'entity', kind: noun.kind } },
      {
        name: 'TARGET',
        description: 'what it is to be linked with, a network or a volume',
        completion: { of: 'entity' },
      },
    ],
    options: [
      {
        name: 'kind',
        value: 'KIND',
        description: 'kind of the link: networkinterface, storagelink, …',
        completion: { of: 'kind' },
        env: 'none',
      },
      { name: 'mountpoint', value: 'PATH', description: 'where a volume appears: /dev/vdb', env: 'none' },
      { name: 'address', value: 'IP', description: 'address in a network', env: 'none' },
      {
        name: 'mixin',
        value: 'MIXIN',
        description: 'a mixin of the link',
        repeatable: true,
        completion: { of: 'mixin' },
        env: 'none',
      },
      attributeOption(linkKind),
      ...waitOptions(linkKind, 'active'),
    ],
    examples: [
      { say: 'Attach a volume', command: `occi ${noun.name} link ${noun.sample} data --mountpoint /dev/vdb` },
      { say: 'Connect with a network', command: `occi ${noun.name} link ${noun.sample} public --wait` },
    ],
    run: (context) => link(noun, context),
  }
}

export function unlinkCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'unlink'],
    summary: `Take a link of ${article(noun.one)} away`,
    description: 'TARGET is what it is linked with, or the link itself. What was linked stays.',
    arguments: [
      { name: 'NAME', description: `the ${noun.one}`, completion: { of: 'entity', kind: noun.kind } },
      {
        name: 'TARGET',
        description: 'the network or volume that it is linked with, or the link',
        completion: { of: 'entity' },
      },
    ],
    options: [
      { name: 'wait', description: 'wait until the link is gone', group: 'Waiting' },
      {
        name: 'wait-timeout',
        value: 'DURATION',
        description: 'give up waiting after this long; exit status 9',
        default: '10m',
        group: 'Waiting',
      },
    ],
    examples: [
      { say: 'Detach a volume', command: `occi ${noun.name} unlink ${noun.sample} data` },
      {
        say: 'Leave a network, and wait until it is done',
        command: `occi ${noun.name} unlink ${noun.sample} public --wait`,
      },
    ],
    run: (context) => unlink(noun, context),
  }
}

function link(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  return linkNamed(context, context.word('NAME') ?? '', noun.kind, `occi ${noun.name} unlink`)
}

/** Links what SOURCE names with TARGET, by the options of the command. `undo` begins the command that unlinks. */
export async function linkNamed(
  context: CommandContext,
  name: string,
  kind: string | undefined,
  undo: string,
): Promise<Output | undefined> {
  const state = wantedState(context, 'active')
  await checkColumns(context, describeColumns([]))
  const client = await context.client()
  const source = await findTarget(client, name, kind, context)
  const target = await findTarget(client, context.word('TARGET') ?? '', undefined, context)
  const created = await client.link(source.location, await newLink(client, target.location, context), {
    signal: context.signal,
  })
  let entity = created.entity
  try {
    if (state !== undefined) {
      entity = await waitFor(context, client, created.location, 'the link', { for: 'state', state })
    } else if (entity === undefined && wantsData(context)) {
      entity = await client.describe(created.location, { signal: context.signal })
    }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    // The link is there: what is known of it is printed all the same.
    context.fail(madeAllTheSame(error, created.location))
  }
  const record = entity === undefined ? locationRecord(created.location) : entityRecord(entity)
  context.say(`Linked ${source.name} with ${target.name}${inState(entity)}.`)
  context.say(
    kind === undefined
      ? `Next: ${undo} ${record.name ?? created.location}`
      : `Next: ${undo} ${source.name} ${target.name}`,
  )
  return { shape: 'one', records: [record], columns: describeColumns([record]), pipeFormat: 'name' }
}

async function newLink(client: Client, target: string, context: CommandContext): Promise<NewLink> {
  const { options } = context
  const given: Assignment[] = options.all('attribute').map((text) => parseAssignment(text))
  const mountpoint = options.has('mountpoint') ? options.text('mountpoint') : undefined
  const address = options.has('address') ? options.text('address') : undefined
  if (mountpoint !== undefined) given.push({ name: 'occi.storagelink.mountpoint', text: mountpoint })
  if (address !== undefined) given.push({ name: 'occi.networkinterface.address', text: address })
  const kind = options.text('kind')
  const mixins = options.all('mixin')
  const model =
    given.length === 0 && kind === undefined && mixins.length === 0
      ? undefined
      : await client.model({ signal: context.signal })
  const kindId: TypeId | undefined =
    kind === undefined ? undefined : await at('--kind', () => model?.resolve(kind, { class: 'kind' }).id)
  const mixinIds: string[] = []
  for (const word of mixins)
    mixinIds.push(model === undefined ? word : (await mixinNamed(model, word, '--mixin')).id)
  const definitions = new Map(model?.categories.flatMap((category) => [...category.attributes]) ?? [])
  return {
    target,
    ...(kindId === undefined ? {} : { kind: kindId }),
    ...(mixinIds.length === 0 ? {} : { mixins: mixinIds }),
    ...(given.length === 0 ? {} : { attributes: toAttributes(given, definitions) }),
  }
}

async function unlink(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  checkTimeout(context)
  const client = await context.client()
  const source = await findTarget(client, context.word('NAME') ?? '', noun.kind, context)
  const word = context.word('TARGET') ?? ''
  const entity = source.entity ?? (await client.describe(source.location, { signal: context.signal }))
  const own = linksTo(entity, word)
  const removed =
    own.length > 0
      ? await removeOwn(client, own, context)
      : await removeTo(client, source.location, word, context)
  if (removed.length === 0) {
    throw new NotFoundError(`${source.name} has no link with ${word}`, {
      hint: `occi ${noun.name} describe ${source.name} shows its links.`,
      at: 'TARGET',
    })
  }
  if (context.options.on('wait')) {
    for (const location of removed) await waitFor(context, client, location, 'the link', { for: 'deleted' })
  }
  const records = removed.map((location) => locationRecord(location, { deleted: true }))
  for (const record of records) context.say(`Removed the link ${callIt(record)}; ${word} itself stays.`)
  return changed(context, records, records.length === 1)
}

/** Links that the word names: the link itself, or what it leads to. */
function linksTo(entity: Entity, word: string): readonly Link[] {
  if (entity.type !== 'resource') return []
  const fits = (link: Link) =>
    [
      link.location,
      link.id,
      lastSegment(link.location),
      link.target?.location,
      lastSegment(link.target?.location),
    ].includes(word)
  return entity.links.filter((link) => link.location !== undefined && fits(link))
}

async function removeOwn(
  client: Client,
  links: readonly Link[],
  context: CommandContext,
): Promise<readonly string[]> {
  const removed: string[] = []
  for (const { location } of links) {
    if (location === undefined) continue
    await client.delete(location, { signal: context.signal })
    removed.push(location)
  }
  return removed
}

async function removeTo(
  client: Client,
  source: string,
  word: string,
  context: CommandContext,
): Promise<readonly string[]> {
  const target = await findTarget(client, word, undefined, context)
  return client.unlink(source, target.location, { signal: context.signal })
}

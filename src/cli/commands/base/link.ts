/** `occi NOUN link NAME TARGET` and `occi NOUN unlink NAME [TARGET]`. */

import { shellWord } from '../../../basics/shell-word.js'
import type { Client, NewLink } from '../../../client/index.js'
import { AmbiguousError, NotFoundError, OcciError } from '../../../errors/errors.js'
import type { Entity, Kind, Link, Model } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Invocation, Surroundings } from '../../context.js'
import { noValidateOption } from '../../options/validation.js'
import type { Output } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { displayName, entityRecord, lastSegment, locationRecord } from '../../records/entity.js'
import { type Assignment, parseAssignment, toAttributes } from '../../values/assignment.js'
import { nameOptionOnError } from '../../values/place.js'
import { withCreatedLocation } from './after-create.js'
import { changeOutput, checkColumns, needsData } from './change-output.js'
import { article } from './describe.js'
import { attributeOption } from './draft.js'
import { mixinNamed } from './mixin.js'
import type { Noun } from './noun.js'
import { findTarget, orFindElsewhere } from './targets.js'
import {
  checkTimeout,
  inState,
  waitFor,
  waitForUnlinkOptions,
  waitOptions,
  wantedState,
} from './wait-options.js'
import type { Target } from './where-filter.js'

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
      noValidateOption,
      ...waitOptions(linkKind, 'active'),
    ],
    examples: [
      {
        title: 'Attach a volume',
        command: `occi ${noun.name} link ${noun.sample} data --mountpoint /dev/vdb`,
      },
      { title: 'Connect with a network', command: `occi ${noun.name} link ${noun.sample} public --wait` },
    ],
    atSites: 'writes',
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
    options: waitForUnlinkOptions,
    examples: [
      { title: 'Detach a volume', command: `occi ${noun.name} unlink ${noun.sample} data` },
      {
        title: 'Leave a network, and wait until it is done',
        command: `occi ${noun.name} unlink ${noun.sample} public --wait`,
      },
    ],
    atSites: 'writes',
    run: (context) => unlink(noun, context),
  }
}

function link(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  return linkNamed(context, context.word('NAME') ?? '', noun.kind, `occi ${noun.name} unlink`)
}

/** Links SOURCE with TARGET, by the options of the command. `undo` begins the command that unlinks them. */
export async function linkNamed(
  context: CommandContext,
  name: string,
  kind: string | undefined,
  undo: string,
): Promise<Output | undefined> {
  const state = wantedState(context, 'active', 'networkinterface')
  await checkColumns(context, describeColumns([]))
  const client = await context.client()
  const model = await client.model({ signal: context.signal })
  const word = context.options.text('kind')
  const linkKind =
    word === undefined
      ? undefined
      : await nameOptionOnError('--kind', () => model.resolve(word, { class: 'kind' }))
  const { linkSourceKinds, linkTargetKinds } = await import('../../../client/index.js')
  const { first, rest } = linkSourceKinds(model)
  const source =
    kind === undefined
      ? await orFindElsewhere(findTarget(client, name, first, context), () =>
          findTarget(client, name, rest, context),
        )
      : await findTarget(client, name, kind, context)
  const targets = linkTargetKinds(model, linkKind)
  const target = await findTarget(client, context.word('TARGET') ?? '', targets, context)
  const created = await client.link(
    source.entity ?? source.location,
    await newLink(model, target, linkKind, context),
    {
      signal: context.signal,
    },
  )
  let entity = created.entity
  try {
    if (state !== undefined) {
      entity = await waitFor(context, client, created.location, 'the link', { for: 'state', state })
    } else if (entity === undefined && needsData(context)) {
      entity = await client.describe(created.location, { signal: context.signal })
    }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    // The link exists, so what is known of it is printed.
    context.fail(withCreatedLocation(error, created.location))
  }
  const record = entity === undefined ? locationRecord(created.location) : entityRecord(entity)
  context.inform(`Linked ${source.name} with ${target.name}${inState(entity)}.`)
  context.inform(
    kind === undefined
      ? `Next: ${undo} ${record.id ?? created.location}`
      : `Next: ${undo} ${source.name} ${target.name}`,
  )
  return { shape: 'one', records: [record], columns: describeColumns([record]), pipeFormat: 'id' }
}

/** The link that the options of a command say. */
export async function newLink(
  model: Model,
  { location, entity }: Target,
  kind: Kind | undefined,
  { options }: Invocation,
): Promise<NewLink> {
  const given: Assignment[] = options.all('attribute').map((text) => parseAssignment(text))
  const mountpoint = options.has('mountpoint') ? options.text('mountpoint') : undefined
  const address = options.has('address') ? options.text('address') : undefined
  if (mountpoint !== undefined) given.push({ name: 'occi.storagelink.mountpoint', text: mountpoint })
  if (address !== undefined) given.push({ name: 'occi.networkinterface.address', text: address })
  const mixinIds: string[] = []
  for (const word of options.all('mixin')) mixinIds.push((await mixinNamed(model, word, '--mixin')).id)
  const definitions = new Map(model.categories.flatMap((category) => [...category.attributes]))
  return {
    target: location,
    ...(entity === undefined ? {} : { targetKind: entity.kind }),
    ...(kind === undefined ? {} : { kind: kind.id }),
    ...(mixinIds.length === 0 ? {} : { mixins: mixinIds }),
    ...(given.length === 0 ? {} : { attributes: toAttributes(given, definitions) }),
  }
}

async function unlink(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  checkTimeout(context)
  const client = await context.client()
  const source = await findTarget(client, context.word('NAME') ?? '', noun.kind, context)
  const word = context.word('TARGET') ?? ''
  const removed = await removeLinks(client, source, word, context)
  if (removed.length === 0) {
    throw new NotFoundError(`${source.name} has no link with ${word}`, {
      hint: `occi ${noun.name} describe ${shellWord(source.name)} shows its links.`,
      at: 'TARGET',
    })
  }
  if (context.options.isSet('wait')) {
    for (const location of removed) await waitFor(context, client, location, 'the link', { for: 'deleted' })
  }
  const records = removed.map((location) => locationRecord(location, { deleted: true }))
  for (const record of records)
    context.inform(`Removed the link ${displayName(record)}; ${word} itself stays.`)
  return changeOutput(context, records, records.length === 1)
}

/** Links that a word names by id or location, either their own or that of their target. */
function linksTo(
  entity: Entity,
  word: string,
  matches: (place: string, word: string) => boolean,
): readonly Link[] {
  if (entity.type !== 'resource') return []
  return entity.links.filter(({ location, id, target }) =>
    location === undefined
      ? false
      : [location, target?.location].some((place) => place !== undefined && matches(place, word)) ||
        id === word,
  )
}

const byId = (place: string, word: string) => lastSegment(place) === word
const byBeginning = (place: string, word: string) =>
  word.length >= shortestBeginning && lastSegment(place)?.startsWith(word) === true
/** The same minimum as for names in collections. */
const shortestBeginning = 3

/**
 * Deletes links of a source, which shows its links and their targets. Targets are described only where their
 * titles are needed.
 */
async function removeLinks(
  client: Client,
  { location, entity: listed }: Target,
  word: string,
  context: Surroundings,
): Promise<readonly string[]> {
  const { signal } = context
  const shows = (entity: Entity | undefined) => entity?.type === 'resource' && entity.links.length > 0
  // A collection may list its members without their links.
  const source = listed !== undefined && shows(listed) ? listed : await client.describe(location, { signal })
  if (!shows(source)) return removeListedLinks(client, source, word, context)
  const { sameLocation } = await import('../../../client/index.js')
  const direct = word.includes('/')
    ? linksTo(source, (await client.find(word)).location, sameLocation)
    : linksTo(source, word, byId)
  const named = direct.length > 0 ? direct : await linksToNamed(client, source, word, context)
  const links = named.length > 0 ? named : linksTo(source, word, byBeginning)
  // A machine may show that it is in a public network, and not in which (snf-occi 2017).
  if (links.length === 0) {
    return removeListedLinks(client, source, word, context).catch(noneFound)
  }
  for (const link of links) await client.delete(link, { signal })
  return links.flatMap((link) => link.location ?? [])
}

/** For a source that does not show its links: they are looked for in the collections of links. */
async function removeListedLinks(
  client: Client,
  source: Entity,
  word: string,
  context: Surroundings,
): Promise<readonly string[]> {
  const { signal } = context
  const { linkTargetKinds } = await import('../../../client/index.js')
  const targets = linkTargetKinds(await client.model({ signal }))
  const target = await findTarget(client, word, targets, context)
  return client.unlink(source, target.location, { signal }).catch(noneFound)
}

/** An empty list where a look-up found nothing. A 404 of the provider is still an error. */
function noneFound(error: unknown): readonly string[] {
  if (error instanceof NotFoundError && error.http === undefined) return []
  throw error
}

/** Links whose target has that title. Throws AmbiguousError where different targets have it. */
async function linksToNamed(
  client: Client,
  source: Entity,
  word: string,
  { signal }: Surroundings,
): Promise<readonly Link[]> {
  const links = source.type === 'resource' ? source.links : []
  const targets = [...new Set(links.flatMap(({ target }) => target?.location ?? []))]
  const described = await Promise.all(
    targets.map((target) => client.describe(target, { signal }).catch(() => undefined)),
  )
  const named = new Set(
    described.flatMap((entity) => (entity?.title === word ? (entity.location ?? []) : [])),
  )
  if (named.size > 1) {
    throw new AmbiguousError(`"${word}" is the title of ${named.size} things that it is linked with`, {
      hint: 'Name one by its id, or name the link.',
      at: 'TARGET',
      facts: { candidates: [...named].map((location) => ({ location, title: word })) },
    })
  }
  return links.filter(({ location, target }) => location !== undefined && named.has(target?.location ?? ''))
}

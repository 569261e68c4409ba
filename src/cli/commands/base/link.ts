/** `occi NOUN link NAME TARGET` and `occi NOUN unlink NAME TARGET`. */

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
import { nameOptionOnError } from '../../values/option-errors.js'
import { withCreatedLocation } from './after-create.js'
import { changeOutput, checkColumns, needsData } from './change-output.js'
import { withArticle } from './describe.js'
import { attributeOption, mixinOption } from './draft.js'
import { mixinNamed } from './mixin.js'
import type { Noun } from './noun.js'
import { findTarget, orIfNotFound } from './targets.js'
import {
  checkTimeout,
  inState,
  requestedStateOf,
  waitFor,
  waitForUnlinkOptions,
  waitOptions,
} from './wait-options.js'
import type { Target } from './where-filter.js'

const coreLink = 'http://schemas.ogf.org/occi/core#link'

export function linkCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'link'],
    summary: `Link ${withArticle(noun.one)} with another resource`,
    description: 'The kind of the link is derived from the target, unless --kind names it.',
    arguments: [
      { name: 'NAME', description: `the ${noun.one}`, completion: { of: 'entity', kind: noun.kind } },
      {
        name: 'TARGET',
        description: 'the resource to link it with: a network or a volume',
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
      {
        name: 'mountpoint',
        value: 'PATH',
        description: 'device of an attached volume: /dev/vdb',
        env: 'none',
      },
      { name: 'address', value: 'IP', description: 'address in a network', env: 'none' },
      { ...mixinOption, description: 'a mixin of the link' },
      attributeOption(coreLink),
      noValidateOption,
      ...waitOptions(coreLink, 'active'),
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
    summary: `Remove a link of ${withArticle(noun.one)}`,
    description: 'TARGET is the resource at the other end, or the link itself. Both resources remain.',
    arguments: [
      { name: 'NAME', description: `the ${noun.one}`, completion: { of: 'entity', kind: noun.kind } },
      {
        name: 'TARGET',
        description: 'the network or volume at the other end, or the link',
        completion: { of: 'entity' },
      },
    ],
    options: waitForUnlinkOptions,
    examples: [
      { title: 'Detach a volume', command: `occi ${noun.name} unlink ${noun.sample} data` },
      {
        title: 'Disconnect from a network, and wait until the link no longer exists',
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

/**
 * Links the resource called `name` with TARGET, with the options of the command. `kind` is the kind of the resource;
 * undefined for any. `undoCommand` is the command that removes the link, without its arguments.
 */
export async function linkNamed(
  context: CommandContext,
  name: string,
  kind: string | undefined,
  undoCommand: string,
): Promise<Output | undefined> {
  const state = requestedStateOf(context, 'active', coreLink)
  await checkColumns(context, describeColumns([]))
  const client = await context.client()
  const model = await client.model({ signal: context.signal })
  const kindName = context.options.text('kind')
  const linkKind =
    kindName === undefined
      ? undefined
      : await nameOptionOnError('--kind', () => model.resolve(kindName, { class: 'kind' }))
  const { linkSourceKinds, linkTargetKinds } = await import('../../../client/index.js')
  const { usual: usualKinds, others: otherKinds } = linkSourceKinds(model)
  const source =
    kind === undefined
      ? await orIfNotFound(findTarget(client, name, usualKinds, context), () =>
          findTarget(client, name, otherKinds, context),
        )
      : await findTarget(client, name, kind, context)
  const targetKinds = linkTargetKinds(model, linkKind)
  const target = await findTarget(client, context.word('TARGET') ?? '', targetKinds, context)
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
    // The link exists, so its location is printed.
    context.fail(withCreatedLocation(error, created.location))
  }
  const record = entity === undefined ? locationRecord(created.location) : entityRecord(entity)
  context.inform(`Linked ${source.name} with ${target.name}${inState(entity)}.`)
  context.inform(
    kind === undefined
      ? `Next: ${undoCommand} ${shellWord(record.id ?? created.location)}`
      : `Next: ${undoCommand} ${shellWord(source.name)} ${shellWord(target.name)}`,
  )
  return { shape: 'one', records: [record], columns: describeColumns([record]), pipeFormat: 'id' }
}

/** The new link to a target, with the attributes and mixins of the options. */
export async function newLink(
  model: Model,
  { location, entity }: Target,
  kind: Kind | undefined,
  { options }: Invocation,
): Promise<NewLink> {
  const assignments: Assignment[] = options.all('attribute').map((text) => parseAssignment(text))
  const mountpoint = options.has('mountpoint') ? options.text('mountpoint') : undefined
  const address = options.has('address') ? options.text('address') : undefined
  if (mountpoint !== undefined) assignments.push({ name: 'occi.storagelink.mountpoint', text: mountpoint })
  if (address !== undefined) assignments.push({ name: 'occi.networkinterface.address', text: address })
  const mixinIds: string[] = []
  for (const word of options.all('mixin')) mixinIds.push((await mixinNamed(model, word, '--mixin')).id)
  const definitions = new Map(model.categories.flatMap((category) => [...category.attributes]))
  return {
    target: location,
    ...(entity === undefined ? {} : { targetKind: entity.kind }),
    ...(kind === undefined ? {} : { kind: kind.id }),
    ...(mixinIds.length === 0 ? {} : { mixins: mixinIds }),
    ...(assignments.length === 0 ? {} : { attributes: toAttributes(assignments, definitions) }),
  }
}

async function unlink(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  checkTimeout(context)
  const client = await context.client()
  const source = await findTarget(client, context.word('NAME') ?? '', noun.kind, context)
  const word = context.word('TARGET') ?? ''
  const locations = await removeLinks(client, source, word, context)
  if (locations.length === 0) {
    throw new NotFoundError(`${source.name} is not linked with ${word}`, {
      hint: `occi ${noun.name} describe ${shellWord(source.name)} shows its links.`,
      at: 'TARGET',
    })
  }
  if (context.options.isSet('wait')) {
    for (const location of locations) await waitFor(context, client, location, 'the link', { for: 'deleted' })
  }
  const records = locations.map((location) => locationRecord(location, { deleted: true }))
  for (const record of records)
    context.inform(`Removed the link ${displayName(record)}; ${word} itself was not deleted.`)
  return changeOutput(context, records, { single: records.length === 1 })
}

/**
 * The links of an entity whose id is the word, or for which `matches` holds with their location or that of their
 * target.
 */
function linksMatching(
  entity: Entity,
  word: string,
  matches: (location: string, word: string) => boolean,
): readonly Link[] {
  if (entity.type !== 'resource') return []
  return entity.links.filter(({ location, id, target }) => {
    if (location === undefined) return false
    return id === word || [location, target?.location].some((url) => url !== undefined && matches(url, word))
  })
}

const hasId = (location: string, word: string) => lastSegment(location) === word
const hasIdPrefix = (location: string, word: string) =>
  word.length >= minPrefixLength && lastSegment(location)?.startsWith(word) === true
/** The minimum length of the beginning of an id, as for names in collections. */
const minPrefixLength = 3

/**
 * Deletes the links of the source that the word names, itself or by their target, and returns their locations. Links
 * that the source does not show are searched in the collections of links.
 */
async function removeLinks(
  client: Client,
  { location, entity: listed }: Target,
  word: string,
  context: Surroundings,
): Promise<readonly string[]> {
  const { signal } = context
  const showsLinks = (entity: Entity) => entity.type === 'resource' && entity.links.length > 0
  // A collection may list its members without their links.
  const source =
    listed !== undefined && showsLinks(listed) ? listed : await client.describe(location, { signal })
  if (!showsLinks(source)) return removeListedLinks(client, source, word, context)
  const { sameLocation } = await import('../../../client/index.js')
  let links = word.includes('/')
    ? linksMatching(source, (await client.find(word)).location, sameLocation)
    : linksMatching(source, word, hasId)
  if (links.length === 0) links = await linksToTitle(client, source, word, context)
  if (links.length === 0) links = linksMatching(source, word, hasIdPrefix)
  // A machine may show that it is in a public network, but not in which one (quirk Q63).
  if (links.length === 0) {
    return removeListedLinks(client, source, word, context).catch(emptyIfNotFound)
  }
  for (const link of links) await client.delete(link, { signal })
  return links.flatMap((link) => link.location ?? [])
}

/**
 * Deletes the links from the source to the resource that the word names, which are searched in the collections of
 * links.
 */
async function removeListedLinks(
  client: Client,
  source: Entity,
  word: string,
  context: Surroundings,
): Promise<readonly string[]> {
  const { signal } = context
  const { linkTargetKinds } = await import('../../../client/index.js')
  const targetKinds = linkTargetKinds(await client.model({ signal }))
  const target = await findTarget(client, word, targetKinds, context)
  return client.unlink(source, target.location, { signal }).catch(emptyIfNotFound)
}

/** Returns an empty list if a look-up found nothing. A 404 response is still thrown. */
function emptyIfNotFound(error: unknown): readonly string[] {
  if (error instanceof NotFoundError && error.http === undefined) return []
  throw error
}

/** The links whose target has the title. Reads each target. Throws AmbiguousError if several targets have the title. */
async function linksToTitle(
  client: Client,
  source: Entity,
  title: string,
  { signal }: Surroundings,
): Promise<readonly Link[]> {
  const links = source.type === 'resource' ? source.links : []
  const targets = [...new Set(links.flatMap(({ target }) => target?.location ?? []))]
  const targetEntities = await Promise.all(
    targets.map((target) => client.describe(target, { signal }).catch(() => undefined)),
  )
  const titledLocations = new Set(
    targetEntities.flatMap((entity) => (entity?.title === title ? (entity.location ?? []) : [])),
  )
  if (titledLocations.size > 1) {
    throw new AmbiguousError(`${titledLocations.size} linked resources are titled "${title}"`, {
      hint: 'Use the id of one of them, or of the link.',
      at: 'TARGET',
      facts: { candidates: [...titledLocations].map((location) => ({ location, title })) },
    })
  }
  return links.filter(
    ({ location, target }) => location !== undefined && titledLocations.has(target?.location ?? ''),
  )
}

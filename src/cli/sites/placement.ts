/** Looks up the names of a command at its sites. */
import type { Setting, Settings } from '../../config/types.js'
import { NotFoundError, OcciError, UsageError } from '../../errors/errors.js'
import { atSites } from '../../federation/index.js'
import type { CommandDeclaration, AtSites as SitesMode } from '../command.js'
import { nameFinder, readNames } from '../commands/base/targets.js'
import type { CommandContext } from '../context.js'
import type { OpenContext } from '../open-context.js'
import { allDefinitions } from '../options/definitions.js'
import { siteTimeoutOf } from '../runtime/network.js'
import { isAssignment } from '../values/assignment.js'
import { addressOf } from './address.js'
import {
  keyOf,
  locateNames,
  type NameWords,
  type Placement,
  type SiteLookup,
  unknownContextError,
} from './names.js'
import { createQueue, type OpenAt, openAtSite, sitesInSetting } from './open.js'

interface PlacementRequest {
  readonly command: CommandDeclaration
  /** The setting that names several sites, if any. */
  readonly siteSetting: Setting | undefined
  readonly mode: SitesMode
  readonly openAt: OpenAt
  readonly onOpened: (context: OpenContext) => void
}

/** Used as the setting that names a site if the site is part of a name: `web@cesnet`. */
export const nameAsSetting: Setting = { value: '', origin: 'flag', source: 'NAME@CONTEXT' }

/**
 * Returns the sites of the command's names. Undefined if the command has no names, or if none of them contains a
 * context and all belong to the context in use. Throws the errors of locateNames.
 */
export async function placementOf(
  request: PlacementRequest,
  parent: CommandContext,
): Promise<Placement | undefined> {
  const { command, siteSetting, mode } = request
  const names = await namesOf(command, parent)
  if (names.every(({ words }) => words.length === 0)) return undefined
  const { contexts } = await parent.runtime.contexts(await allDefinitions()).read()
  const contextInUse = currentContext(parent.settings)
  const sites =
    siteSetting !== undefined
      ? (await sitesInSetting(parent, siteSetting)).map(({ name }) => name)
      : contextInUse === undefined
        ? []
        : [contextInUse]
  if (siteSetting === undefined && contexts.length === 0) return undefined
  const placement = await locateNames({
    names,
    sites,
    isMultiSite: siteSetting !== undefined,
    contexts,
    writes: mode === 'writes',
    lookUp: (namesToFind) => lookUpAtSites(namesToFind, sites, request, parent),
  })
  if (siteSetting === undefined && !placement.siteIsFixed) {
    const error = unknownContextIn(names, contexts)
    if (error !== undefined && sites.length === 0 && !hasEndpoint(parent.settings)) throw error
    return undefined
  }
  return placement
}

type NamesToFind = readonly Pick<NameWords, 'argument' | 'words'>[]

/** Looks up the names at all sites at the same time. */
async function lookUpAtSites(
  names: NamesToFind,
  sites: readonly string[],
  { command, siteSetting = nameAsSetting, openAt, onOpened }: PlacementRequest,
  parent: CommandContext,
): Promise<readonly SiteLookup[]> {
  const queue = createQueue()
  const results = atSites<{ readonly name: string }, SiteLookup>(
    sites.map((name) => ({ name })),
    async function* (site, time) {
      const { context } = await openAtSite(site, { parent, siteSetting, time, queue, openAt })
      onOpened(context)
      yield await lookUpNames(site.name, names, command, context)
    },
    {
      siteTimeout: siteTimeoutOf(parent.settings),
      signal: parent.signal,
      onWaiting: (waiting) => {
        if (waiting.length > 0) parent.progress.show('Looking for names at', waiting.join(', '))
      },
    },
  )
  const lookups: SiteLookup[] = []
  for await (const { item } of results) lookups.push(item)
  for (const { site, error } of results.failures) lookups.push({ site: site.name, missing: new Map(), error })
  return lookups
}

/** Replaces the error for a name that was not found if the name ends with an unknown context: `web@cesnte`. */
export async function explainUnknownContext(
  error: unknown,
  command: CommandDeclaration,
  parent: CommandContext,
): Promise<unknown> {
  if (!(error instanceof NotFoundError)) return error
  const { contexts } = await parent.runtime.contexts(await allDefinitions()).read()
  const name = error.facts?.['name']
  const names = (await namesOf(command, parent)).map((each) => ({
    ...each,
    words: each.words.filter((word) => word === name),
  }))
  return contexts.length === 0 ? error : (unknownContextIn(names, contexts) ?? error)
}

function unknownContextIn(
  names: readonly NameWords[],
  contexts: Parameters<typeof addressOf>[1],
): OcciError | undefined {
  for (const { words, isShared } of names) {
    for (const word of words) {
      const address = isShared(word) ? undefined : addressOf(word, contexts)
      if (address?.location === 'unknown') return unknownContextError(address.name, address.site, contexts)
    }
  }
  return undefined
}

async function namesOf(command: CommandDeclaration, parent: CommandContext): Promise<readonly NameWords[]> {
  const names: NameWords[] = []
  for (const { name, variadic, acceptsAttributes, completion } of command.arguments) {
    if (completion?.of !== 'entity') continue
    names.push({
      argument: name,
      words: variadic === true ? await readNames(parent, name) : parent.words(name),
      isShared: (word) => acceptsAttributes === true && isAssignment(word),
    })
  }
  return names
}

/** The context in use; undefined if the endpoint does not come from a context. */
function currentContext(settings: Settings): string | undefined {
  const endpoint = settings.setting('endpoint')
  return endpoint === undefined || endpoint.origin === 'context' ? settings.context : undefined
}

function hasEndpoint(settings: Settings): boolean {
  return settings.get('endpoint') !== undefined || settings.get('auth-url') !== undefined
}

async function lookUpNames(
  site: string,
  names: NamesToFind,
  { arguments: declared }: CommandDeclaration,
  context: CommandContext,
): Promise<SiteLookup> {
  const client = await context.client()
  const missing = new Map<string, OcciError>()
  for (const { argument, words } of names) {
    const completion = declared.find(({ name }) => name === argument)?.completion
    const kind = completion?.of === 'entity' ? completion.kind : undefined
    const find = await nameFinder(context, client, kind, words)
    for (const word of words) {
      try {
        await find(word)
      } catch (error) {
        // An ambiguous name exists at the site. A URL of another server (UsageError) does not.
        if (error instanceof NotFoundError || error instanceof UsageError)
          missing.set(keyOf(argument, word), error)
        else if (!(error instanceof OcciError) || error.code !== 'ambiguous') throw error
      }
    }
  }
  return { site, missing }
}

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
  unknownContext,
} from './names.js'
import { createQueue, type OpenAt, openAtSite, sitesNamed } from './open.js'

interface PlacementRequest {
  readonly command: CommandDeclaration
  /** The setting that names several sites, if any. */
  readonly named: Setting | undefined
  readonly mode: SitesMode
  readonly openAt: OpenAt
  readonly opened: (context: OpenContext) => void
}

/** The origin of a site that only a name contains: `web@cesnet`. */
export const siteInName: Setting = { value: '', origin: 'flag', source: 'NAME@CONTEXT' }

/**
 * Undefined if the command has no names, or if all of them are at the site in use and none contains its context.
 * Throws like locateNames.
 */
export async function placementOf(
  { command, named, mode, openAt, opened }: PlacementRequest,
  parent: CommandContext,
): Promise<Placement | undefined> {
  const names = await namesOf(command, parent)
  if (names.every(({ words }) => words.length === 0)) return undefined
  const { contexts } = await parent.runtime.contexts(await allDefinitions()).read()
  const current = currentContext(parent.settings)
  const sites =
    named !== undefined
      ? (await sitesNamed(parent, named)).map(({ name }) => name)
      : current === undefined
        ? []
        : [current]
  if (named === undefined && contexts.length === 0) return undefined
  const placement = await locateNames({
    names,
    sites,
    several: named !== undefined,
    contexts,
    writes: mode === 'writes',
    lookUp: async (wanted) => {
      const queue = createQueue()
      const results = atSites<{ readonly name: string }, SiteLookup>(
        sites.map((name) => ({ name })),
        async function* (site, time) {
          const by = named ?? siteInName
          const { context } = await openAtSite(site, { parent, by, time, queue, openAt })
          opened(context)
          yield await lookUpNames(site.name, wanted, command, context)
        },
        {
          siteTimeout: siteTimeoutOf(parent.settings),
          signal: parent.signal,
          onWaiting: (waiting) => {
            if (waiting.length > 0) parent.progress.show('Looking for names at', waiting.join(', '))
          },
        },
      )
      const found: SiteLookup[] = []
      for await (const { item } of results) found.push(item)
      const failed = results.failures.map(({ site, error }) => ({
        site: site.name,
        missing: new Map(),
        error,
      }))
      return [...found, ...failed]
    },
  })
  if (named === undefined && !placement.siteIsFixed) {
    const unknown = unknownContextIn(names, contexts)
    if (unknown !== undefined && sites.length === 0 && !hasEndpoint(parent.settings)) throw unknown
    return undefined
  }
  return placement
}

/** Replaces the error for a name that was not found if the name ends in an unknown context: `web@cesnte`. */
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
      if (address?.location === 'unknown') return unknownContext(address.name, address.site, contexts)
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

/** The context in use; undefined if the endpoint has another origin. */
function currentContext(settings: Settings): string | undefined {
  const endpoint = settings.setting('endpoint')
  return endpoint === undefined || endpoint.origin === 'context' ? settings.context : undefined
}

function hasEndpoint(settings: Settings): boolean {
  return settings.get('endpoint') !== undefined || settings.get('auth-url') !== undefined
}

async function lookUpNames(
  site: string,
  wanted: readonly Pick<NameWords, 'argument' | 'words'>[],
  { arguments: declared }: CommandDeclaration,
  context: CommandContext,
): Promise<SiteLookup> {
  const client = await context.client()
  const missing = new Map<string, OcciError>()
  for (const { argument, words } of wanted) {
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

/** Finds the sites that a command line names, and opens the command's context at each. */
import { type ContextsSnapshot, contextsNamed } from '../../config/index.js'
import type { Setting } from '../../config/types.js'
import type { SiteTime } from '../../federation/index.js'
import type { CommandContext, Connector } from '../context.js'
import type { OpenContext, SiteRun } from '../open-context.js'
import { allDefinitions } from '../options/definitions.js'
import type { Prompts } from '../prompts.js'
import type { Runtime, SettingsRequest } from '../runtime.js'
import type { Sink, Streams } from '../streams.js'

/** A site of the command line. */
export interface NamedSite {
  /** The name of its context in the configuration. */
  readonly name: string
}

/** The sites that a setting names, in its order, each once. Throws ConfigError. */
export async function sitesInSetting(
  context: CommandContext,
  siteSetting: Setting,
): Promise<readonly NamedSite[]> {
  return contextsNamed(siteSetting, await contextsOf(context)).map(({ name }) => ({ name }))
}

const snapshots = new WeakMap<CommandContext, Promise<ContextsSnapshot>>()

/** The contexts in the configuration, read once for all sites of a command. */
async function contextsOf(parent: CommandContext): Promise<ContextsSnapshot> {
  const definitions = await allDefinitions()
  const reading = snapshots.get(parent) ?? parent.runtime.contexts(definitions).read()
  snapshots.set(parent, reading)
  return reading
}

/** Opens the command's context at a site, which is named by its context. Implemented by program.ts. */
export type OpenAt = (
  site: string,
  runtime: Runtime & Connector,
  settings: SiteSettings,
) => Promise<OpenContext>

/** What differs between the command at a site and the parent command. */
interface SiteSettings {
  /** The setting that names the site. */
  readonly siteSetting: Setting
  /** Settings that override those of the command line. */
  readonly flags: Readonly<Record<string, string>>
  readonly words?: SiteWords | undefined
  /** Undefined if the command runs at this site only. */
  readonly siteRun?: SiteRun
  /** The context of an earlier run at this site, whose connection is reused. */
  readonly earlierContext?: OpenContext | undefined
}

/** The words at a site, by the names of the arguments. */
export type SiteWords = ReadonlyMap<string, readonly string[]>

interface SiteContext {
  readonly context: OpenContext
  /** The text that the command has written to standard output itself. */
  readonly writtenText: () => string
}

interface OpenAtSiteOptions {
  readonly parent: CommandContext
  /** The setting that names the site. */
  readonly siteSetting: Setting
  readonly time: SiteTime
  /** Shared by the sites, so that only one of them prompts the user at a time. */
  readonly queue: Queue
  readonly openAt: OpenAt
  readonly words?: SiteWords | undefined
  /** Replaces the confirmation prompts of the site. */
  readonly confirmPrompts?: Pick<Prompts, 'confirm' | 'confirmTyped'> | undefined
  /** The context of an earlier run at this site, whose connection is reused. */
  readonly earlierContext?: OpenContext | undefined
  readonly onWatch?: SiteRun['onWatch']
}

/** Opens the command's context at a site. The caller closes it. */
export async function openAtSite(
  { name }: NamedSite,
  {
    parent,
    siteSetting,
    time,
    queue,
    openAt,
    words,
    confirmPrompts,
    earlierContext,
    onWatch = () => {},
  }: OpenAtSiteOptions,
): Promise<SiteContext> {
  let text = ''
  // Waiting for the user does not count towards --site-timeout.
  const askInTurn = async <T>(prompt: () => Promise<T>): Promise<T> =>
    time.pauseTimeout(() =>
      queue(async () => {
        await parent.progress.stop()
        return prompt()
      }),
    )
  const { runtime } = parent
  const write = async (chunk: string) => {
    text += chunk
  }
  const contexts = await contextsOf(parent)
  // Inherits from the runtime instead of copying it, because reading some members has a cost.
  const siteRuntime = Object.assign(Object.create(runtime) as Runtime & Connector, {
    streams: (preferences: Parameters<Runtime['streams']>[0]): Streams =>
      withStdout(runtime.streams(preferences), write),
    settings: (request: SettingsRequest) => runtime.settings({ ...request, contexts }),
    prompts: (streams: Streams) => ({
      ...queuedPrompts(runtime.prompts(streams), name, askInTurn),
      ...confirmPrompts,
    }),
  })
  Object.defineProperty(siteRuntime, 'signal', { value: time.signal })
  const output = parent.settings.get('output')
  const record = parent.settings.get('record')
  const context = await openAt(name, siteRuntime, {
    siteSetting,
    words,
    earlierContext,
    siteRun: { name, parent, onWatch },
    flags: {
      ...(output === undefined ? {} : { output }),
      ...(record === undefined || record === '' ? {} : { record: fileOfSite(record, name) }),
    },
  })
  return { context, writtenText: () => text }
}

function withStdout(streams: Streams, write: Sink['write']): Streams {
  const { out } = streams
  const sink: Sink = { write, terminal: out.terminal, color: out.color, width: out.width, height: out.height }
  return Object.create(streams, { out: { value: sink } }) as Streams
}

/** `report.har` → `report-cesnet.har`: each site has its own recording, since a recording has one endpoint. */
function fileOfSite(file: string, site: string): string {
  const extension = /\.[^./\\]+$/.exec(file)?.[0] ?? ''
  return `${file.slice(0, file.length - extension.length)}-${site}${extension}`
}

/** Runs the work when all work that was queued earlier has ended. */
type Queue = <T>(work: () => Promise<T>) => Promise<T>

export function createQueue(): Queue {
  let lastWork: Promise<unknown> = Promise.resolve()
  return (work) => {
    const currentWork = lastWork.then(work)
    lastWork = currentWork.catch(() => {})
    return currentWork
  }
}

function queuedPrompts(
  prompts: Prompts,
  site: string,
  ask: <T>(prompt: () => Promise<T>) => Promise<T>,
): Prompts {
  const withSiteName = <Q extends { readonly message: string }>(question: Q): Q => ({
    ...question,
    message: `${site}: ${question.message}`,
  })
  return {
    confirm: (question) => ask(() => prompts.confirm(withSiteName(question))),
    confirmTyped: (question, expected) => ask(() => prompts.confirmTyped(withSiteName(question), expected)),
    select: (question, choices) => ask(() => prompts.select(withSiteName(question), choices)),
    search: (question, choices) => ask(() => prompts.search(withSiteName(question), choices)),
    text: (question, initial) => ask(() => prompts.text(withSiteName(question), initial)),
    password: (question) => ask(() => prompts.password(withSiteName(question))),
  }
}

/** The sites that a command line names, and the context of the command at each. */
import { type ContextsSnapshot, contextsNamed } from '../../config/index.js'
import type { Setting } from '../../config/types.js'
import type { SiteTime } from '../../federation/index.js'
import type { CommandContext, Connector } from '../context.js'
import type { OpenContext, SiteRun } from '../open-context.js'
import { allDefinitions } from '../options/definitions.js'
import type { Prompts } from '../prompts.js'
import type { Runtime, SettingsRequest } from '../runtime.js'
import type { Sink, Streams } from '../streams.js'

/** A site of the command line: its context by name. */
export interface NamedSite {
  readonly name: string
}

/** The sites in the order in which they are named, each once. Throws ConfigError. */
export async function sitesNamed(context: CommandContext, named: Setting): Promise<readonly NamedSite[]> {
  return contextsNamed(named, await contextsOf(context)).map(({ name }) => ({ name }))
}

const read = new WeakMap<CommandContext, Promise<ContextsSnapshot>>()

/** The contexts as one command sees them: read once for all of its sites. */
async function contextsOf(parent: CommandContext): Promise<ContextsSnapshot> {
  const definitions = await allDefinitions()
  const reading = read.get(parent) ?? parent.runtime.contexts(definitions).read()
  read.set(parent, reading)
  return reading
}

/** Opens the command's context at a site, by the name of its context; program.ts knows the words of the command. */
export type OpenAt = (site: string, runtime: Runtime & Connector, more: SiteSettings) => Promise<OpenContext>

/** What a site has of its own, instead of what the parent command has. */
interface SiteSettings {
  readonly by: Setting
  readonly flags: Readonly<Record<string, string>>
  /** The words of arguments. */
  readonly words?: SiteWords | undefined
  /** Undefined where the command runs at this site only. */
  readonly among?: SiteRun
  /** An earlier run of the command at this site, whose connection is used. */
  readonly before?: OpenContext | undefined
}

export type SiteWords = ReadonlyMap<string, readonly string[]>

interface AtSite {
  readonly context: OpenContext
  /** What the command has written to standard output, and not returned. */
  readonly written: () => string
}

/** The caller closes the context. `queue` is shared by the sites, so that they ask the user one after the other. */
export async function openAtSite(
  { name }: NamedSite,
  {
    parent,
    by,
    time,
    queue,
    openAt,
    words,
    confirming,
    before,
    onWatch = () => {},
  }: {
    readonly parent: CommandContext
    readonly by: Setting
    readonly time: SiteTime
    readonly queue: Queue
    readonly openAt: OpenAt
    readonly words?: SiteWords | undefined
    /** Asks in place of the prompts of the site. */
    readonly confirming?: Pick<Prompts, 'confirm' | 'confirmTyped'> | undefined
    readonly before?: OpenContext | undefined
    readonly onWatch?: SiteRun['onWatch']
  },
): Promise<AtSite> {
  let text = ''
  const ask = async <T>(prompt: () => Promise<T>): Promise<T> =>
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
  // Inherits, because reading some members has a cost.
  const there = Object.assign(Object.create(runtime) as Runtime & Connector, {
    streams: (preferences: Parameters<Runtime['streams']>[0]): Streams =>
      withStdout(runtime.streams(preferences), write),
    settings: (request: SettingsRequest) => runtime.settings({ ...request, contexts }),
    prompts: (streams: Streams) => ({
      ...queuedPrompts(runtime.prompts(streams), name, ask),
      ...confirming,
    }),
  })
  Object.defineProperty(there, 'signal', { value: time.signal })
  const output = parent.settings.get('output')
  const record = parent.settings.get('record')
  const context = await openAt(name, there, {
    by,
    words,
    before,
    among: { name, parent: parent, onWatch },
    flags: {
      ...(output === undefined ? {} : { output }),
      ...(record === undefined || record === '' ? {} : { record: fileOfSite(record, name) }),
    },
  })
  return { context, written: () => text }
}

function withStdout(streams: Streams, write: Sink['write']): Streams {
  const { out } = streams
  const sink: Sink = { write, terminal: out.terminal, color: out.color, width: out.width, height: out.height }
  return Object.create(streams, { out: { value: sink } }) as Streams
}

/** `report.har` is `report-cesnet.har`: a recording has one endpoint. */
function fileOfSite(file: string, site: string): string {
  const ending = /\.[^./\\]+$/.exec(file)?.[0] ?? ''
  return `${file.slice(0, file.length - ending.length)}-${site}${ending}`
}

/** Runs one piece of work after the other. */
type Queue = <T>(work: () => Promise<T>) => Promise<T>

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const current = last.then(work)
    last = current.catch(() => {})
    return current
  }
}

function queuedPrompts(
  prompts: Prompts,
  site: string,
  ask: <T>(prompt: () => Promise<T>) => Promise<T>,
): Prompts {
  const at = <Q extends { readonly message: string }>(question: Q): Q => ({
    ...question,
    message: `${site}: ${question.message}`,
  })
  return {
    confirm: (question) => ask(() => prompts.confirm(at(question))),
    confirmTyped: (question, expected) => ask(() => prompts.confirmTyped(at(question), expected)),
    select: (question, choices) => ask(() => prompts.select(at(question), choices)),
    search: (question, choices) => ask(() => prompts.search(at(question), choices)),
    text: (question, initial) => ask(() => prompts.text(at(question), initial)),
    password: (question) => ask(() => prompts.password(at(question))),
  }
}

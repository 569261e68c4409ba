/** Contexts: named sets of settings in config.json. */
import { ConfigError } from '../errors/errors.js'
import { withLock } from '../files/index.js'
import { isContextName } from './sites.js'
import {
  type ContextsPlace,
  type ContextsSnapshot,
  configFile,
  configuration,
  readContexts,
  type StoredContext,
} from './snapshot.js'
import { changeStored } from './store.js'
import type { AliasFamily, Context } from './types.js'

/** Each change reads, changes and writes the file atomically under a lock. All methods throw ConfigError. */
export interface Contexts {
  read(): Promise<ContextsSnapshot>
  get(name: string): Promise<Context>
  /** Throws for an existing name. The first context becomes the current one. */
  add(context: Context): Promise<void>
  /** Changes settings of a context and creates it if needed; undefined removes a setting. */
  set(name: string, changes: Readonly<Record<string, string | undefined>>): Promise<void>
  /** Defines an alias for an image, size or network of the context's provider; undefined removes it. */
  setAlias(name: string, family: AliasFamily, alias: string, target: string | undefined): Promise<void>
  use(name: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** After the current context was removed, there is no current one. */
  remove(name: string): Promise<void>
}

export function openContexts(place: ContextsPlace): Contexts {
  const file = configFile(place.folder)
  const change = (edit: (now: Editable) => void) =>
    withLock(file, async () => {
      const snapshot = await readContexts(place)
      const now = {
        current: snapshot.current,
        contexts: new Map(snapshot.contexts.map((it) => [it.name, it])),
      }
      edit(now)
      await changeStored(file, configuration, {
        current: now.current,
        contexts: Object.fromEntries([...now.contexts.values()].map((it) => [it.name, toStored(it)])),
      })
    })
  return {
    read: () => readContexts(place),
    get: async (name) => existing(name, byName(await readContexts(place))),
    add: (context) =>
      change((now) => {
        checkName(context.name)
        if (now.contexts.has(context.name)) {
          throw new ConfigError(`There is a context "${context.name}" already.`, { at: context.name })
        }
        if (now.contexts.size === 0) now.current ??= context.name
        now.contexts.set(context.name, context)
      }),
    set: (name, changes) =>
      change((now) => {
        checkName(name)
        const before = now.contexts.get(name)
        const settings = { ...before?.settings, ...changes }
        if (now.contexts.size === 0) now.current ??= name
        now.contexts.set(name, { ...before, name, settings: withoutUndefined(settings) })
      }),
    setAlias: (name, family, alias, target) =>
      change((now) => {
        const context = existing(name, now.contexts)
        const others = Object.entries(context.aliases?.[family] ?? {}).filter(([each]) => each !== alias)
        const names = target === undefined ? others : [...others, [alias, target] as const]
        now.contexts.set(name, {
          ...context,
          aliases: { ...context.aliases, [family]: Object.fromEntries(names) },
        })
      }),
    use: (name) =>
      change((now) => {
        now.current = existing(name, now.contexts).name
      }),
    rename: (from, to) =>
      change((now) => {
        checkName(to)
        existing(from, now.contexts)
        if (now.contexts.has(to)) throw new ConfigError(`There is a context "${to}" already.`, { at: to })
        // Rebuilt, so that the renamed context keeps its position.
        const renamed = [...now.contexts.values()].map((it) => (it.name === from ? { ...it, name: to } : it))
        now.contexts = new Map(renamed.map((it) => [it.name, it]))
        if (now.current === from) now.current = to
      }),
    remove: (name) =>
      change((now) => {
        now.contexts.delete(existing(name, now.contexts).name)
        if (now.current === name) now.current = undefined
      }),
  }
}

/** The context in the form of the file, without empty alias families. */
function toStored({ settings, aliases = {} }: Context): StoredContext {
  const families = Object.entries(aliases).filter(([, names]) => Object.keys(names).length > 0)
  return families.length === 0 ? { ...settings } : { ...settings, aliases: Object.fromEntries(families) }
}

interface Editable {
  current: string | undefined
  contexts: Map<string, Context>
}

function checkName(name: string): void {
  if (isContextName(name)) return
  throw new ConfigError(`"${name.slice(0, 80)}" cannot be the name of a context.`, {
    at: 'name',
    hint: 'Use letters, digits, ".", "-" and "_", at most 64, beginning with a letter or a digit.',
  })
}

function existing(name: string, contexts: ReadonlyMap<string, Context>): Context {
  const found = contexts.get(name)
  if (found !== undefined) return found
  throw new ConfigError(`There is no context "${name}".`, {
    at: name,
    hint:
      contexts.size === 0
        ? 'No context has been added yet.'
        : `Available: ${[...contexts.keys()].join(', ')}.`,
  })
}

function byName({ contexts }: ContextsSnapshot): ReadonlyMap<string, Context> {
  return new Map(contexts.map((context) => [context.name, context]))
}

function withoutUndefined(settings: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** Contexts: named sets of settings in config.json. */
import { ConfigError } from '../errors/errors.js'
import { withLock } from '../files/index.js'
import { isContextName } from './sites.js'
import {
  type ContextsOptions,
  type ContextsSnapshot,
  configFile,
  configuration,
  readContexts,
  type StoredContext,
} from './snapshot.js'
import { changeStoredFile } from './store.js'
import type { AliasFamily, Context } from './types.js'

/**
 * Reads and changes the contexts. Each change replaces the file atomically under a lock. All methods throw ConfigError.
 */
export interface Contexts {
  read(): Promise<ContextsSnapshot>
  get(name: string): Promise<Context>
  /** Adds a context. Throws if the name exists. The first context becomes the current one. */
  add(context: Context): Promise<void>
  /** Changes settings of a context and creates it if needed; undefined removes a setting. */
  set(name: string, changes: Readonly<Record<string, string | undefined>>): Promise<void>
  /** Defines an alias for an image, size or network of the context's provider; undefined removes it. */
  setAlias(name: string, family: AliasFamily, alias: string, target: string | undefined): Promise<void>
  /** Makes a context the current one. */
  use(name: string): Promise<void>
  rename(oldName: string, newName: string): Promise<void>
  /** Removes a context. If it was the current one, there is no current context afterwards. */
  remove(name: string): Promise<void>
}

export function openContexts(options: ContextsOptions): Contexts {
  const file = configFile(options.folder)
  const changeContexts = (edit: (draft: ContextsDraft) => void) =>
    withLock(file, async () => {
      const snapshot = await readContexts(options)
      const draft = {
        current: snapshot.current,
        contexts: new Map(snapshot.contexts.map((context) => [context.name, context])),
      }
      edit(draft)
      await changeStoredFile(file, configuration, {
        current: draft.current,
        contexts: Object.fromEntries(
          [...draft.contexts.values()].map((context) => [context.name, toStored(context)]),
        ),
      })
    })
  return {
    read: () => readContexts(options),
    get: async (name) => requireContext(name, contextsByName(await readContexts(options))),
    add: (context) =>
      changeContexts((draft) => {
        checkName(context.name)
        if (draft.contexts.has(context.name)) {
          throw new ConfigError(`There is a context "${context.name}" already.`, { at: context.name })
        }
        if (draft.contexts.size === 0) draft.current ??= context.name
        draft.contexts.set(context.name, context)
      }),
    set: (name, changes) =>
      changeContexts((draft) => {
        checkName(name)
        const existing = draft.contexts.get(name)
        const settings = { ...existing?.settings, ...changes }
        if (draft.contexts.size === 0) draft.current ??= name
        draft.contexts.set(name, { ...existing, name, settings: withoutUndefined(settings) })
      }),
    setAlias: (name, family, alias, target) =>
      changeContexts((draft) => {
        const context = requireContext(name, draft.contexts)
        const otherAliases = Object.entries(context.aliases?.[family] ?? {}).filter(
          ([existingAlias]) => existingAlias !== alias,
        )
        const aliases = target === undefined ? otherAliases : [...otherAliases, [alias, target] as const]
        draft.contexts.set(name, {
          ...context,
          aliases: { ...context.aliases, [family]: Object.fromEntries(aliases) },
        })
      }),
    use: (name) =>
      changeContexts((draft) => {
        draft.current = requireContext(name, draft.contexts).name
      }),
    rename: (oldName, newName) =>
      changeContexts((draft) => {
        checkName(newName)
        requireContext(oldName, draft.contexts)
        if (draft.contexts.has(newName)) {
          throw new ConfigError(`There is a context "${newName}" already.`, { at: newName })
        }
        // A new map, so that the renamed context keeps its position.
        draft.contexts = new Map(
          [...draft.contexts].map(([name, context]) =>
            name === oldName ? [newName, { ...context, name: newName }] : [name, context],
          ),
        )
        if (draft.current === oldName) draft.current = newName
      }),
    remove: (name) =>
      changeContexts((draft) => {
        draft.contexts.delete(requireContext(name, draft.contexts).name)
        if (draft.current === name) draft.current = undefined
      }),
  }
}

/** Returns a context in the form of the file, without empty families of aliases. */
function toStored({ settings, aliases = {} }: Context): StoredContext {
  const families = Object.entries(aliases).filter(([, names]) => Object.keys(names).length > 0)
  return families.length === 0 ? { ...settings } : { ...settings, aliases: Object.fromEntries(families) }
}

interface ContextsDraft {
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

function requireContext(name: string, contexts: ReadonlyMap<string, Context>): Context {
  const context = contexts.get(name)
  if (context !== undefined) return context
  throw new ConfigError(`There is no context "${name}".`, {
    at: name,
    hint:
      contexts.size === 0
        ? 'No context has been added yet.'
        : `Available: ${[...contexts.keys()].join(', ')}.`,
  })
}

function contextsByName({ contexts }: ContextsSnapshot): ReadonlyMap<string, Context> {
  return new Map(contexts.map((context) => [context.name, context]))
}

function withoutUndefined(settings: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

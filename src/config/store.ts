/** The one place that touches conf, and only to write: reading goes through snapshot.ts. */
import { basename, dirname, extname } from 'node:path'
import { fileError, makeFolder, PRIVATE_FILE, throughLinks } from './files.js'
import { configFile } from './snapshot.js'
import type { Context } from './types.js'

/**
 * Writes config.json (atomic, mode 0600), keeping what else is in it. Call under the lock and after a
 * successful read: conf would throw a bare SyntaxError on garbage. Throws ConfigError.
 */
export async function storeContexts(
  folder: string,
  current: string | undefined,
  contexts: readonly Context[],
): Promise<void> {
  const file = configFile(folder)
  try {
    makeFolder(folder)
    const target = throughLinks(file)
    const { default: Conf } = await import('conf')
    const conf = new Conf<Record<string, unknown>>({
      cwd: dirname(target),
      configName: basename(target, extname(target)),
      fileExtension: extname(target),
      projectName: 'occi',
      // Without these two conf writes to occi-nodejs, readable by everybody.
      projectSuffix: '',
      configFileMode: PRIVATE_FILE,
      // Setting names may hold dots, and `a.__proto__.b` must not be a path into an object.
      accessPropertiesByDotNotation: false,
      deserialize: (text) => (text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>)),
    })
    const { current: _, ...rest } = conf.store
    conf.store = {
      ...rest,
      version: 1,
      ...(current !== undefined && { current }),
      contexts: Object.fromEntries(contexts.map(({ name, settings }) => [name, settings])),
    }
  } catch (cause) {
    throw fileError('write', file, cause)
  }
}

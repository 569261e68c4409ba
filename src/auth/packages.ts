/**
 * Finds the entry file of an installed package. The CLI is one bundled file outside the user's node_modules,
 * so import('package') would search the wrong folders, and require.resolve refuses ESM-only packages.
 */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRecord } from '../basics/objects.js'
import { purposes, readBytes } from '../files/index.js'

/** Returns the text if it is a package name (NAME or @scope/NAME), and undefined for anything else (paths, URLs). */
export function packageName(text: string): string | undefined {
  return /^(?:@[a-z0-9~-][a-z0-9._~-]{0,100}\/)?[a-z0-9~-][a-z0-9._~-]{0,200}$/.test(text) ? text : undefined
}

/**
 * Resolves with the file URL of the module that `import specifier` would load from the first folder in which the
 * package is found. Undefined if it is in none of them, or the specifier is not the name of a package (but a path, a
 * URL or a file in a package).
 */
export async function resolvePackage(
  specifier: string,
  folders: readonly string[],
): Promise<string | undefined> {
  if (packageName(specifier) === undefined) return undefined
  for (const folder of folders) {
    const searchPaths = createRequire(join(folder, 'any.js')).resolve.paths(specifier) ?? []
    for (const searchPath of searchPaths) {
      const entry = await entryOf(join(searchPath, specifier))
      if (entry !== undefined) return pathToFileURL(entry).href
    }
  }
  return undefined
}

async function entryOf(root: string): Promise<string | undefined> {
  let manifest: unknown
  try {
    manifest = JSON.parse((await readBytes(join(root, 'package.json'), purposes.manifest)).toString('utf8'))
  } catch {
    return undefined
  }
  if (!isRecord(manifest)) return undefined
  const exportedFile = exportOf(manifest['exports'])
  const main = manifest['main']
  return join(root, exportedFile ?? (typeof main === 'string' ? main : 'index.js'))
}

/** The conditions of `exports` that hold for import() in Node, and the package itself ("."). */
const importConditions: ReadonlySet<string> = new Set([
  '.',
  'node',
  'node-addons',
  'import',
  'module-sync',
  'default',
])

/**
 * Returns the file that `exports` of package.json names for import(): that of the first condition that Node knows, in
 * the order of the object. `exports` is a path, an object of conditions, or an object whose member "." is one of these.
 */
function exportOf(exports: unknown, depth = 0): string | undefined {
  if (typeof exports === 'string') return exports
  if (!isRecord(exports) || depth > 5) return undefined
  for (const [condition, target] of Object.entries(exports)) {
    if (!importConditions.has(condition)) continue
    const file = exportOf(target, depth + 1)
    if (file !== undefined) return file
  }
  return undefined
}

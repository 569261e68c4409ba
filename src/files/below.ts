/** Lists the files below a folder. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface FilesBelow {
  /** Sorted by name. */
  readonly files: readonly string[]
  /** Folders that could not be read. */
  readonly unreadable: readonly string[]
  /** Whether the folder holds more files than are listed. */
  readonly truncated: boolean
}

/** Bounds the work when a large folder, such as a home folder, is given by mistake. */
const fileLimit = 100_000
const skippedFolders: ReadonlySet<string> = new Set(['.git', 'node_modules', '.svn', '.hg'])

/** Does not follow symbolic links. Throws the system's error when the folder itself cannot be read. */
export async function filesBelow(folder: string): Promise<FilesBelow> {
  const files: string[] = []
  const unreadable: string[] = []
  const folders = [folder]
  let truncated = false
  for (let next = folders.pop(); next !== undefined && !truncated; next = folders.pop()) {
    try {
      for (const entry of await readdir(next, { withFileTypes: true })) {
        if (entry.isDirectory() && !skippedFolders.has(entry.name)) folders.push(join(next, entry.name))
        else if (entry.isFile()) files.push(join(next, entry.name))
      }
    } catch (error) {
      if (next === folder) throw error
      unreadable.push(next)
    }
    truncated = files.length > fileLimit
  }
  return { files: files.sort(), unreadable, truncated }
}

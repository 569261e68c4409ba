/** Lists the files below a folder. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface FilesBelow {
  /** Sorted by name. */
  readonly files: readonly string[]
  /** Folders that could not be read. */
  readonly unread: readonly string[]
  /** Whether the folder holds more files than are listed. */
  readonly more: boolean
}

/** Bounds the work when a large folder, such as a home folder, is given by mistake. */
const fileLimit = 100_000
const skipped: ReadonlySet<string> = new Set(['.git', 'node_modules', '.svn', '.hg'])

/** Does not follow symbolic links. Throws the system's error when the folder itself cannot be read. */
export async function filesBelow(folder: string): Promise<FilesBelow> {
  const files: string[] = []
  const unread: string[] = []
  const folders = [folder]
  let more = false
  for (let next = folders.pop(); next !== undefined && !more; next = folders.pop()) {
    try {
      for (const entry of await readdir(next, { withFileTypes: true })) {
        if (entry.isDirectory() && !skipped.has(entry.name)) folders.push(join(next, entry.name))
        else if (entry.isFile()) files.push(join(next, entry.name))
      }
    } catch (error) {
      if (next === folder) throw error
      unread.push(next)
    }
    more = files.length > fileLimit
  }
  return { files: files.sort(), unread, more }
}

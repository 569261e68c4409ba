/** The files below a folder, for a search in them. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface FilesBelow {
  /** In order of their names. */
  readonly files: readonly string[]
  /** Folders that could not be read. */
  readonly unread: readonly string[]
  /** There are more files than are looked at. */
  readonly more: boolean
}

/** A home folder named by mistake must end, too. */
const mostFiles = 100_000
const skipped: ReadonlySet<string> = new Set(['.git', 'node_modules', '.svn', '.hg'])

/** Symbolic links are not followed. Throws the system's error where the folder itself cannot be read. */
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
    more = files.length > mostFiles
  }
  return { files: files.sort(), unread, more }
}

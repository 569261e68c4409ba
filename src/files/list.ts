import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The files in a folder and its subfolders. */
export interface FileList {
  /** The paths, sorted. */
  readonly files: readonly string[]
  /** Folders that could not be read. */
  readonly unreadable: readonly string[]
  /** Whether listing stopped because there are too many files. Other files may be missing then. */
  readonly truncated: boolean
}

/**
 * The number of files after which listing stops. A user may name a large folder by mistake, such as the home folder.
 */
const fileLimit = 100_000
const skippedFolders: ReadonlySet<string> = new Set(['.git', 'node_modules', '.svn', '.hg'])

/**
 * Lists the files in a folder and its subfolders, without following symbolic links. Throws the system's error if the
 * folder itself cannot be read.
 */
export async function listFiles(folder: string): Promise<FileList> {
  const files: string[] = []
  const unreadable: string[] = []
  const folders = [folder]
  let truncated = false
  for (let current = folders.pop(); current !== undefined && !truncated; current = folders.pop()) {
    try {
      for (const entry of await readdir(current, { withFileTypes: true })) {
        if (entry.isDirectory() && !skippedFolders.has(entry.name)) folders.push(join(current, entry.name))
        else if (entry.isFile()) files.push(join(current, entry.name))
      }
    } catch (error) {
      if (current === folder) throw error
      unreadable.push(current)
    }
    truncated = files.length > fileLimit
  }
  return { files: files.sort(), unreadable, truncated }
}

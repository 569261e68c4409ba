/** The list of files in working folders that the user trusts, by path and hash of the content, as in direnv. */

import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isRecord } from '../basics/objects.js'
import { ConfigError } from '../errors/errors.js'
import { withLock } from '../files/index.js'
import { changeStoredFile, readStoredFile, type StoredFormat } from './store.js'

interface TrustedFile {
  readonly file: string
  /** SHA-256 of the trusted content. */
  readonly digest: string
}

export interface TrustedFiles {
  /** Whether exactly this content of the file is trusted. Throws ConfigError if others could have written the list. */
  isTrusted(file: string, text: string): boolean
  trust(file: string, text: string): Promise<void>
  /** Removes files from the list. Resolves with those that were in it. */
  untrust(files: readonly string[]): Promise<readonly string[]>
  list(): readonly TrustedFile[]
}

/** Opens the list in `folder` (Folders.config), which only the user may write. */
export function openTrustedFiles(folder: string): TrustedFiles {
  const path = join(folder, 'trusted.json')
  const changeList = (edit: (files: Map<string, string>) => void) =>
    withLock(path, async () => {
      const files = new Map(readList(path))
      edit(files)
      await changeStoredFile(path, trustedList, { files: Object.fromEntries(files) })
    })
  return {
    isTrusted: (file, text) => {
      const digest = readList(path).get(realPath(file))
      // The hash is computed only for listed files, because most are not listed and loading node:crypto takes time.
      return digest !== undefined && digest === digestOf(text)
    },
    trust: (file, text) => changeList((files) => files.set(realPath(file), digestOf(text))),
    async untrust(files) {
      const removed: string[] = []
      await changeList((trustedFiles) => {
        for (const file of files.map(realPath)) if (trustedFiles.delete(file)) removed.push(file)
      })
      return removed
    },
    list: () => [...readList(path)].map(([file, digest]) => ({ file, digest })),
  }
}

const trustedList: StoredFormat<{ files: Record<string, string> }> = {
  schema: { files: { type: 'object', additionalProperties: { type: 'string' } } },
  defaults: { files: {} },
  version: '1.0.0',
  migrations: {},
}

function readList(path: string): ReadonlyMap<string, string> {
  const { content } = readStoredFile(path, { links: 'refuse' })
  const files = isRecord(content) ? (content['files'] ?? {}) : undefined
  if (!isRecord(files) || Object.values(files).some((digest) => typeof digest !== 'string')) {
    throw new ConfigError(`${path} is not a list of trusted files.`, { at: path, hint: 'Move it away.' })
  }
  return new Map(Object.entries(files) as [string, string][])
}

/**
 * The path of a file with all links in its folder resolved. If the file itself is a link, it is not followed, because
 * relative paths in a trusted file are relative to the link's folder.
 */
function realPath(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file))
  } catch {
    return file
  }
}

function digestOf(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex')
}

/** The list of working-folder files that the user trusts, by path and content hash, as in direnv. */

import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isRecord } from '../basics/objects.js'
import { ConfigError } from '../errors/errors.js'
import { withLock } from '../files/index.js'
import { changeStored, readStored, type StoredFormat } from './store.js'

interface TrustedFile {
  readonly file: string
  /** SHA-256 of the trusted content. */
  readonly digest: string
}

export interface TrustedFiles {
  /**
   * Whether exactly this content of the file is trusted. Throws ConfigError when the list itself cannot be
   * trusted.
   */
  isTrusted(file: string, text: string): boolean
  trust(file: string, text: string): Promise<void>
  /** Returns the files that were trusted before. */
  distrust(files: readonly string[]): Promise<readonly string[]>
  list(): readonly TrustedFile[]
}

/** Stored in `folder` (Folders.config), which only the user may write. */
export function openTrustedFiles(folder: string): TrustedFiles {
  const path = join(folder, 'trusted.json')
  const change = (edit: (files: Map<string, string>) => void) =>
    withLock(path, async () => {
      const files = new Map(listed(path))
      edit(files)
      await changeStored(path, trustedList, { files: Object.fromEntries(files) })
    })
  return {
    isTrusted: (file, text) => {
      const digest = listed(path).get(realPath(file))
      // Hash only files in listed folders, since most are not and loading the hash module takes time.
      return digest !== undefined && digest === digestOf(text)
    },
    trust: (file, text) => change((files) => files.set(realPath(file), digestOf(text))),
    async distrust(files) {
      const gone: string[] = []
      await change((listed) => {
        for (const file of files.map(realPath)) if (listed.delete(file)) gone.push(file)
      })
      return gone
    },
    list: () => [...listed(path)].map(([file, digest]) => ({ file, digest })),
  }
}

const trustedList: StoredFormat<{ files: Record<string, string> }> = {
  schema: { files: { type: 'object', additionalProperties: { type: 'string' } } },
  defaults: { files: {} },
  version: '1.0.0',
  migrations: {},
}

function listed(path: string): ReadonlyMap<string, string> {
  const { content } = readStored(path, { links: 'refuse' })
  const files = isRecord(content) ? (content['files'] ?? {}) : undefined
  if (!isRecord(files) || Object.values(files).some((digest) => typeof digest !== 'string')) {
    throw new ConfigError(`${path} is not a list of trusted files.`, { at: path, hint: 'Move it away.' })
  }
  return new Map(Object.entries(files) as [string, string][])
}

/**
 * The canonical path of a file, whatever links its folder is reached by. A link in place of the file itself
 * is not followed: paths and commands in a trusted file would then be relative to the link's folder.
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

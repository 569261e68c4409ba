/** Which files of working folders the user has said to believe, by path and content, as direnv keeps them. */
import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '../errors/errors.js'
import { locked } from './lock.js'
import { changeStored, readStored, type StoredFormat } from './store.js'

export interface TrustedFile {
  readonly file: string
  /** SHA-256 of the content that is trusted. */
  readonly digest: string
}

export interface TrustedFiles {
  /** Whether exactly this content of the file is trusted. Throws ConfigError where the list itself cannot be. */
  isTrusted(file: string, text: string): boolean
  trust(file: string, text: string): Promise<void>
  /** Answers which of them were trusted. */
  distrust(files: readonly string[]): Promise<readonly string[]>
  list(): readonly TrustedFile[]
}

/** Kept in `folder` (Folders.config), which only the user may write. */
export function openTrustedFiles(folder: string): TrustedFiles {
  const path = join(folder, 'trusted.json')
  const change = (edit: (files: Map<string, string>) => void) =>
    locked(path, async () => {
      const files = new Map(listed(path))
      edit(files)
      await changeStored(path, trustedList, { files: Object.fromEntries(files) })
    })
  return {
    isTrusted: (file, text) => {
      const digest = listed(path).get(realPath(file))
      // Most folders are not listed: the hash, and the module that makes it, are for those that are.
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * One name for a file, whatever links lead to its folder. A link in the place of the file itself is not followed:
 * the paths and commands in a trusted file would mean those of the folder that the link was put into.
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

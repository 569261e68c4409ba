/** Reads and writes settings files. Only this module loads the package `conf`, and only to write. */
import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Options, Schema } from 'conf'
import { ConfigError } from '../errors/errors.js'
import {
  createFolder,
  fileError,
  PRIVATE_FILE,
  readIfExists,
  resolveLinks,
  writeAtomically,
} from '../files/index.js'
import { parseJsonFile } from './json.js'
import { type OwnedOptions, readOwnedFile } from './owned.js'

type StoredContent = Record<string, unknown>

/** The format of a file, for conf. */
export interface StoredFormat<T extends StoredContent> {
  readonly schema: Schema<T>
  readonly defaults: Readonly<T>
  /**
   * The version of the format. conf stores it in the file, and runs each migration once, when a file is older than the
   * migration's version.
   */
  readonly version: string
  readonly migrations: NonNullable<Options<T>['migrations']>
}

interface StoredFile {
  readonly content: unknown
  /** Permission bits; undefined when there is no file, and on systems without them (Windows). */
  readonly mode: number | undefined
}

/**
 * Reads a file; the content of a missing or empty one is an empty object. The caller validates the content. conf is not
 * used, because every command reads settings: loading conf takes 79 ms, it accepts files of any size and owner, and its
 * errors quote the content. Throws ConfigError.
 */
export function readStoredFile(file: string, options: OwnedOptions = {}): StoredFile {
  const ownedFile = readOwnedFile(file, options)
  const text = ownedFile?.text.trim() ?? ''
  return { content: text === '' ? {} : parseJsonFile(file, ownedFile?.text ?? ''), mode: ownedFile?.mode }
}

/**
 * Replaces members of the file in one atomic write and preserves the others; undefined removes a member. Sets mode
 * 0600. Call it under the lock, after a successful read. Throws ConfigError.
 *
 * conf does not notice an incomplete write on a full disk. Therefore it changes a copy (the draft), and writeAtomically
 * replaces the file with the result.
 */
export async function changeStoredFile<T extends StoredContent>(
  file: string,
  { schema, defaults, version, migrations }: StoredFormat<T>,
  changes: { readonly [K in keyof T]?: T[K] | undefined },
): Promise<void> {
  let draft: string | undefined
  try {
    createFolder(dirname(file))
    const target = resolveLinks(file)
    draft = join(dirname(target), `.${basename(target)}.draft`)
    const previousText = await readIfExists(target)
    const { default: Conf } = await import('conf')
    rmSync(draft, { force: true })
    // `cache`: like a cache, the draft may be lost in a power failure.
    if (previousText !== undefined) await writeAtomically(draft, previousText, PRIVATE_FILE, 'cache')
    // What conf last wrote into the draft.
    let text = ''
    const location = { cwd: dirname(draft), configName: basename(draft, '.draft'), fileExtension: 'draft' }
    const conf = new Conf<T>({
      ...location,
      // By default conf would create a file that everybody can read.
      configFileMode: PRIVATE_FILE,
      // Setting names may contain dots, and `a.__proto__.b` must not become a path into an object.
      accessPropertiesByDotNotation: false,
      deserialize: (draftText) => (draftText.trim() === '' ? {} : JSON.parse(draftText)) as T,
      serialize: (content) => {
        text = JSON.stringify(content, undefined, '\t')
        return text
      },
      schema,
      // The validator would otherwise print warnings to standard error.
      ajvOptions: { allowUnionTypes: true },
      defaults,
      projectVersion: version,
      migrations,
    })
    const content = Object.entries({ ...conf.store, ...changes }).filter(([, value]) => value !== undefined)
    conf.store = Object.fromEntries(content) as T
    await writeAtomically(target, text)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw cause instanceof Error && cause.message.startsWith('Config schema violation')
      ? new ConfigError(`Cannot write ${file}: ${cause.message}.`, { at: file, cause })
      : fileError('write', file, cause)
  } finally {
    if (draft !== undefined) rmSync(draft, { force: true })
  }
}

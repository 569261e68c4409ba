/** Reads and writes settings files. The only module that loads conf, and only for writing. */
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

/** The file's schema, defaults, version and migrations, for conf. */
export interface StoredFormat<T extends StoredContent> {
  readonly schema: Schema<T>
  readonly defaults: Readonly<T>
  /** The version of the format. conf stores it in the file and runs the migrations of later versions once. */
  readonly version: string
  readonly migrations: NonNullable<Options<T>['migrations']>
}

interface StoredFile {
  readonly content: unknown
  /** Permission bits; undefined when there is no file, and on systems without them (Windows). */
  readonly mode: number | undefined
}

/**
 * Reads a file without conf, since every command reads: loading conf and its validator takes 79 ms, and conf reads
 * files of any size and owner and quotes them in errors. The caller validates the content. The content of a missing
 * or empty file is an empty object. Throws ConfigError.
 */
export function readStoredFile(file: string, options: OwnedOptions = {}): StoredFile {
  const ownedFile = readOwnedFile(file, options)
  const text = ownedFile?.text.trim() ?? ''
  return { content: text === '' ? {} : parseJsonFile(file, ownedFile?.text ?? ''), mode: ownedFile?.mode }
}

/**
 * Replaces members of the file in one atomic write and preserves the others; undefined removes a member. Sets
 * mode 0600. Call it under the lock, after a successful read. Throws ConfigError.
 *
 * conf works on a draft next to the file, because it does not notice a write that a full disk cut short; the resulting
 * draft is then written to the file by writeAtomically.
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
    if (previousText !== undefined) await writeAtomically(draft, previousText, PRIVATE_FILE, 'cache')
    let text = ''
    const location = { cwd: dirname(draft), configName: basename(draft, '.draft'), fileExtension: 'draft' }
    const conf = new Conf<T>({
      ...location,
      projectName: 'occi',
      // By default conf would write to occi-nodejs, readable by everybody.
      projectSuffix: '',
      configFileMode: PRIVATE_FILE,
      // Setting names may contain dots, and `a.__proto__.b` must not become a path into an object.
      accessPropertiesByDotNotation: false,
      deserialize: (text) => (text.trim() === '' ? {} : JSON.parse(text)) as T,
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

/**
 * The state file: a first line that says what it is, then one line per batch of changes, each on disk before
 * it counts. A line without its line end was never acknowledged. When much of it is history, it is
 * written anew beside and renamed into place.
 */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from '../../errors/errors.js'
import { purposes } from '../../files/index.js'
import { Cloud } from './cloud.js'
import { codeOf } from './lock.js'
import { type Change, decodeChanges, encodeChanges } from './record.js'

const magic = '{"occi-sandbox":1}'

export class Journal {
  readonly path: string
  readonly #seed: () => readonly Change[]
  #cloud = new Cloud()
  #file: FileHandle | undefined
  #inode = -1n
  /** Bytes that have been taken over into the cloud. */
  #offset = 0
  #changes = 0

  constructor(path: string, seed: () => readonly Change[]) {
    this.path = path
    this.#seed = seed
  }

  get cloud(): Cloud {
    return this.#cloud
  }

  /** Takes over what other processes have written. Without a file the cloud is as new. */
  async refresh(): Promise<void> {
    const at = await statOf(this.path)
    if (at === undefined) {
      if (this.#inode !== -1n || this.#offset === 0) await this.#start()
      return
    }
    if (at.ino !== this.#inode || at.size < this.#offset || this.#file === undefined) {
      await this.#open()
      return
    }
    if (at.size > this.#offset) await this.#readOn()
  }

  /** Makes the file if there is none. Only with the lock. */
  async ensure(): Promise<void> {
    if (this.#file !== undefined) return
    await this.#rewrite(this.#cloud.snapshot())
  }

  /** Writes changes that the cloud has already; throws when they are not on disk. Only with the lock. */
  async append(changes: readonly Change[]): Promise<void> {
    const file = this.#file
    if (file === undefined) throw new Error('the journal is not open')
    const line = Buffer.from(`${encodeChanges(changes)}\n`, 'utf8')
    try {
      // A torn line of a process that was killed ends where the acknowledged ones end.
      await file.truncate(this.#offset)
      for (let done = 0; done < line.length; ) {
        const { bytesWritten } = await file.write(line, done, line.length - done, this.#offset + done)
        done += bytesWritten
      }
      await file.datasync()
    } catch (error) {
      await file.truncate(this.#offset).catch(() => {})
      throw error
    }
    this.#offset += line.length
    this.#changes += changes.length
    if (this.#changes > 2000 && this.#changes > 4 * this.#cloud.size)
      await this.#rewrite(this.#cloud.snapshot())
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    this.#inode = -1n
  }

  /** The state before anything was written. */
  async #start(): Promise<void> {
    await this.close()
    this.#reset()
    const seed = this.#seed()
    for (const change of seed) this.#cloud.apply(change)
    this.#offset = 1
  }

  async #open(): Promise<void> {
    await this.close()
    let file: FileHandle
    try {
      file = await open(this.path, 'r+')
    } catch (error) {
      throw unreadable(this.path, error)
    }
    this.#reset()
    this.#file = file
    this.#inode = (await file.stat({ bigint: true })).ino
    await this.#readOn()
  }

  #reset(): void {
    this.#cloud = new Cloud()
    this.#offset = 0
    this.#changes = 0
  }

  async #readOn(): Promise<void> {
    const file = this.#file
    if (file === undefined) return
    const stats = await file.stat()
    const { size } = stats
    const { limit } = purposes.practiceCloud
    if (!stats.isFile() || size > limit) {
      throw new ConfigError(
        stats.isFile()
          ? `${this.path} is larger than ${limit / 1_048_576} MiB, the limit for the state of a practice cloud`
          : `${this.path} is not a regular file`,
        { hint: 'Name another file with --state.', at: this.path },
      )
    }
    const bytes = Buffer.alloc(size - this.#offset)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset)
    const end = bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1
    const lines = bytes.subarray(0, end).toString('utf8').split('\n')
    lines.pop()
    if (this.#offset === 0 && lines.shift() !== magic) {
      throw new ConfigError(`${this.path} is not a state file of the sandbox`, {
        hint: 'Name another file with --state, or forget this one with: occi sandbox reset',
      })
    }
    for (const line of lines) this.#take(line)
    this.#offset += end
  }

  #take(line: string): void {
    let changes: readonly Change[]
    try {
      changes = decodeChanges(line)
    } catch (error) {
      throw new ConfigError(`${this.path} is damaged`, {
        cause: error,
        hint: 'Start anew with: occi sandbox reset',
      })
    }
    for (const change of changes) this.#cloud.apply(change)
    this.#changes += changes.length
  }

  async #rewrite(snapshot: readonly Change[]): Promise<void> {
    const temporary = `${this.path}.${randomUUID()}.tmp`
    const text = `${magic}\n${encodeChanges(snapshot)}\n`
    const file = await open(temporary, 'wx+', 0o600)
    try {
      await file.writeFile(text, 'utf8')
      await file.sync()
      await rename(temporary, this.path)
    } catch (error) {
      await file.close()
      await unlink(temporary).catch(() => {})
      throw error
    }
    await syncFolder(dirname(this.path))
    await this.close()
    this.#file = file
    this.#inode = (await file.stat({ bigint: true })).ino
    this.#offset = Buffer.byteLength(text, 'utf8')
    this.#changes = snapshot.length
  }
}

async function statOf(path: string) {
  try {
    const found = await stat(path, { bigint: true })
    return { ino: found.ino, size: Number(found.size) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unreadable(path, error)
  }
}

/** So that the new name survives a power cut; not every system can do it. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch {}
}

function unreadable(path: string, cause: unknown): ConfigError {
  return new ConfigError(`The sandbox's state file ${path} cannot be opened (${codeOf(cause) ?? 'error'})`, {
    cause,
    hint: 'Check the path and its permissions, or name another file with --state.',
  })
}

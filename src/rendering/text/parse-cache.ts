/** Caches for text that recurs in thousands of categories, such as the `rel` and `attributes` of templates. */
import type { AttributeDefinitions } from '../../model/index.js'

/** The caches that are used while one message is read. */
export class ParseCache {
  readonly definitionLists = new TextCache<AttributeDefinitions>()
  readonly relLists = new TextCache<readonly string[]>()
  readonly actionLists = new TextCache<readonly string[]>()
}

const maxEntries = 2000

/** After this number of misses, the cache is used only if at least as many look-ups were hits. */
const maxMisses = 2000

/**
 * A cache of at most `maxEntries` values by text. It stops looking up if hits are rare, as in a model that was made to
 * slow the client down.
 */
export class TextCache<T> {
  private readonly entries = new Map<string, T>()
  private lastKey = ''
  private lastValue: T | undefined
  private hits = 0
  private misses = 0

  /** Returns the value that was added for the text, if the cache still has it. */
  get(key: string): T | undefined {
    // Comparing with the last key is cheaper than hashing, and most repetitions follow immediately.
    if (key === this.lastKey) return this.lastValue
    const value = this.lookUp(key)
    if (value !== undefined) this.remember(key, value)
    return value
  }

  private lookUp(key: string): T | undefined {
    if (this.misses > maxMisses && this.hits < this.misses) return undefined
    const value = this.entries.get(key)
    if (value === undefined) this.misses++
    else this.hits++
    return value
  }

  /** Adds a value unless the cache is full, and returns it. */
  add(key: string, value: T): T {
    this.remember(key, value)
    if (this.entries.size < maxEntries) this.entries.set(key, value)
    return value
  }

  private remember(key: string, value: T): void {
    this.lastKey = key
    this.lastValue = value
  }
}

/** Caches for text that recurs in thousands of templates. They live for one parse. */
import type { AttributeDefinitions } from '../../model/index.js'

/** The caches of one parse. */
export class ParseCache {
  readonly definitionLists = new TextCache<AttributeDefinitions>()
  readonly relLists = new TextCache<readonly string[]>()
  readonly actionLists = new TextCache<readonly string[]>()
}

/**
 * A bounded cache. It stops looking up when hits are rare, so that a hostile model does not make it costly.
 */
export class TextCache<T> {
  private readonly entries = new Map<string, T>()
  private lastKey = ''
  private last: T | undefined
  private hits = 0
  private misses = 0

  get(key: string): T | undefined {
    // Comparing with the last key is cheaper than hashing, and most repetitions follow immediately.
    if (key === this.lastKey) return this.last
    const found = this.lookUp(key)
    if (found !== undefined) this.remember(key, found)
    return found
  }

  private lookUp(key: string): T | undefined {
    if (this.misses > 2000 && this.hits < this.misses) return undefined
    const found = this.entries.get(key)
    if (found === undefined) this.misses++
    else this.hits++
    return found
  }

  add(key: string, value: T): T {
    this.remember(key, value)
    if (this.entries.size < 2000) this.entries.set(key, value)
    return value
  }

  private remember(key: string, value: T): void {
    this.lastKey = key
    this.last = value
  }
}

/** Caches of one parse for text that recurs. */
import type { AttributeDefinitions } from '../../model/index.js'

/** Caches what recurs in thousands of templates. It lives for one parse. */
export class Memory {
  readonly definitionLists = new Recollection<AttributeDefinitions>()
  readonly typeIds = new Recollection<readonly string[]>()
  private one: readonly [string] = ['']

  /** A list with one element; the same list for the same text. */
  single(text: string): readonly string[] {
    if (this.one[0] !== text) this.one = [text]
    return this.one
  }
}

/**
 * A bounded cache that stops caching when nothing recurs, so that a hostile model does not make it costly.
 */
class Recollection<T> {
  private readonly known = new Map<string, T>()
  private lastKey = ''
  private last: T | undefined
  private hits = 0
  private misses = 0

  get(key: string): T | undefined {
    // Comparing with the last key is cheaper than hashing, and most repetitions follow immediately.
    if (key === this.lastKey) return this.last
    const found = this.lookUp(key)
    if (found !== undefined) this.keep(key, found)
    return found
  }

  private lookUp(key: string): T | undefined {
    if (this.misses > 2000 && this.hits < this.misses) return undefined
    const found = this.known.get(key)
    if (found === undefined) this.misses++
    else this.hits++
    return found
  }

  add(key: string, value: T): T {
    this.keep(key, value)
    if (this.known.size < 2000) this.known.set(key, value)
    return value
  }

  private keep(key: string, value: T): void {
    this.lastKey = key
    this.last = value
  }
}

/** Pages of a collection (GFD.223 §5.7): there is no total and no next link, so it is asked until nothing new comes. */
import { UsageError } from '../errors/errors.js'
import type { Provider } from './provider.js'
import type { ListOptions } from './types.js'

export interface Page<T> {
  readonly members: Iterable<T> | AsyncIterable<T>
  /** A `Link: <…>; rel="next"` where a provider is kind enough. */
  readonly next?: string | undefined
}

/** Members of a page, where pages are asked for by number. */
export function pagesBy({ effects }: Provider, { pageSize }: ListOptions): number | undefined {
  return pageSize ?? effects.pageSize
}

/** The members of a collection, in pages where that is asked for or this provider's way. */
export function paged<T>(
  { effects }: Provider,
  url: string,
  { pageSize }: ListOptions,
  fetch: (url: string) => Promise<Page<T>>,
  identity: (member: T) => string | undefined,
): AsyncGenerator<T, void, undefined> {
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize > 0)) {
    throw new UsageError(`The page size is not a positive number: ${pageSize}`)
  }
  return pages(
    url,
    pageSize ?? effects.pageSize,
    pageSize === undefined ? 'when-full' : 'from-start',
    fetch,
    identity,
  )
}

/**
 * All members, page by page. With `size`, page 1 is what came unasked when `first` is given; a provider
 * that ignores the parameters repeats itself, which ends it, as does a page that is not full.
 */
async function* pages<T>(
  url: string,
  size: number | undefined,
  asked: 'from-start' | 'when-full',
  fetch: (url: string) => Promise<Page<T>>,
  identity: (member: T) => string | undefined,
): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>()
  const visited = new Set<string>()
  let number = 1
  let target: string | undefined = asked === 'from-start' && size !== undefined ? pageUrl(url, 1, size) : url
  while (target !== undefined && !visited.has(target) && visited.size < mostPages) {
    visited.add(target)
    const page: Page<T> = await fetch(target)
    let fresh = 0
    let count = 0
    for await (const member of page.members) {
      count++
      const id = identity(member)
      if (id !== undefined && size !== undefined) {
        if (seen.has(id)) continue
        seen.add(id)
      }
      fresh++
      yield member
    }
    number++
    if (page.next !== undefined) target = page.next
    else if (size === undefined || fresh === 0 || count < size) target = undefined
    // More than a page of them: the provider gives all at once.
    else target = count > size ? undefined : pageUrl(url, number, size)
  }
}

/** A provider that makes up members for ever must not be followed for ever. */
const mostPages = 100_000

function pageUrl(url: string, page: number, size: number): string {
  const target = new URL(url)
  target.searchParams.set('page', String(page))
  target.searchParams.set('number', String(size))
  return target.href
}

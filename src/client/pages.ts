/**
 * Pages of a collection (GFD.223 §5.7). There is no total and no link to the next page, so pages are
 * requested until one brings nothing new.
 */
import { UsageError } from '../errors/errors.js'
import type { Provider } from './provider.js'
import type { ListOptions } from './types.js'

export interface Page<T> {
  readonly members: Iterable<T> | AsyncIterable<T>
  /** The next page by `Link: <…>; rel="next"`, if the provider sends it. */
  readonly next?: string | undefined
}

/** Page size where pages are requested by number. */
export function pagesBy({ effects }: Provider, { pageSize }: ListOptions): number | undefined {
  return pageSize ?? effects.pageSize
}

/** The members of a collection, in pages where the caller or the provider requires it. */
export function paged<T>(
  { effects }: { readonly effects: Pick<Provider['effects'], 'pageSize'> },
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
 * Yields all members, page by page. `first` is page 1 if it has been read already. A page that repeats the
 * one before (the provider ignores the parameters) or is not full ends the listing.
 */
async function* pages<T>(
  url: string,
  size: number | undefined,
  paging: 'from-start' | 'when-full',
  fetch: (url: string) => Promise<Page<T>>,
  identity: (member: T) => string | undefined,
): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>()
  const visited = new Set<string>()
  let number = 1
  let target: string | undefined = paging === 'from-start' && size !== undefined ? pageUrl(url, 1, size) : url
  while (target !== undefined && !visited.has(target) && visited.size < maxPages) {
    visited.add(target)
    const page: Page<T> = await fetch(target)
    let newMembers = 0
    let count = 0
    for await (const member of page.members) {
      count++
      const id = identity(member)
      if (id !== undefined && size !== undefined) {
        if (seen.has(id)) continue
        seen.add(id)
      }
      newMembers++
      yield member
    }
    number++
    if (page.next !== undefined) target = page.next
    else if (size === undefined || newMembers === 0 || count < size) target = undefined
    // More members than a page has: the provider sends all at once.
    else target = count > size ? undefined : pageUrl(url, number, size)
  }
}

/** Bounds the requests to a provider that generates members endlessly. */
const maxPages = 100_000

function pageUrl(url: string, page: number, size: number): string {
  const target = new URL(url)
  target.searchParams.set('page', String(page))
  target.searchParams.set('number', String(size))
  return target.href
}

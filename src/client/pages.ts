/**
 * Pages of a collection (GFD.223 §5.7). The standard defines neither a total nor a link to the next
 * page. Some providers send such a link, which is followed; otherwise pages are requested until one brings nothing new.
 */
import { UsageError } from '../errors/errors.js'
import type { Provider } from './provider.js'
import type { ListOptions } from './types.js'

export interface Page<T> {
  readonly members: Iterable<T> | AsyncIterable<T>
  /** The next page by `Link: <…>; rel="next"`, if the provider sends it. */
  readonly next?: string | undefined
}

/** The part of Provider that pages depend on. */
interface PageSource {
  readonly effects: Pick<Provider['effects'], 'pageSize'>
}

/** The page size that the caller or the provider requires; undefined to request whole collections. */
export function effectivePageSize({ effects }: PageSource, { pageSize }: ListOptions): number | undefined {
  return pageSize ?? effects.pageSize
}

/** The members of a collection, in pages where the caller or the provider requires it. */
export function paged<T>(
  provider: PageSource,
  url: string,
  options: ListOptions,
  fetch: (url: string) => Promise<Page<T>>,
  identity: (member: T) => string | undefined,
): AsyncGenerator<T, void, undefined> {
  const { pageSize } = options
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize > 0)) {
    throw new UsageError(`The page size is not a positive number: ${pageSize}`)
  }
  return pages(
    url,
    effectivePageSize(provider, options),
    pageSize === undefined ? 'when-full' : 'from-start',
    fetch,
    identity,
  )
}

/**
 * Yields all members, page by page. With `from-start` the first request asks for page 1. With `when-full` it asks for
 * the whole collection, and only a response with exactly `size` members is followed by a request for page 2. A page
 * ends the listing if it repeats earlier members (the provider ignores the parameters) or is not full.
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

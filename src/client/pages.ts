/**
 * Lists collections page by page (GFD.223 §5.7). The standard defines neither a total nor a link to the next page. Some
 * providers send such a link, which is followed; from others, pages are requested until one has no new members.
 */
import { UsageError } from '../errors/errors.js'
import type { Provider } from './provider.js'
import type { ListOptions } from './types.js'

/** One page of a collection. */
export interface Page<T> {
  readonly members: Iterable<T> | AsyncIterable<T>
  /** The URL of the next page, if the provider sends it (`Link: <…>; rel="next"`). */
  readonly next?: string | undefined
}

/** The part of Provider that pages depend on. */
interface PageSource {
  readonly effects: Pick<Provider['effects'], 'pageSize'>
}

/** Returns the page size that the caller or the provider requires; undefined if collections are requested whole. */
export function effectivePageSize({ effects }: PageSource, { pageSize }: ListOptions): number | undefined {
  return pageSize ?? effects.pageSize
}

/**
 * Yields the members of a collection, which is requested in pages if the caller or the provider requires that.
 * `keyOf` identifies a member, for detecting repetitions. Throws UsageError for an invalid page size.
 */
export function paged<T>(
  provider: PageSource,
  url: string,
  options: ListOptions,
  fetch: (url: string) => Promise<Page<T>>,
  keyOf: (member: T) => string | undefined,
): AsyncGenerator<T, void, undefined> {
  const { pageSize } = options
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize > 0)) {
    throw new UsageError(`The page size is not a positive whole number: ${pageSize}`)
  }
  return pages(
    url,
    effectivePageSize(provider, options),
    pageSize === undefined ? 'when-full' : 'from-start',
    fetch,
    keyOf,
  )
}

/**
 * Yields all members, page by page. With `from-start`, page 1 is requested first. With `when-full`, the whole
 * collection is requested first, and page 2 only if the response has exactly `size` members. The listing ends with a
 * page that is not full, or that has only earlier members (the provider ignores the parameters).
 */
async function* pages<T>(
  url: string,
  size: number | undefined,
  paging: 'from-start' | 'when-full',
  fetch: (url: string) => Promise<Page<T>>,
  keyOf: (member: T) => string | undefined,
): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>()
  const visited = new Set<string>()
  let pageNumber = 1
  let target: string | undefined = paging === 'from-start' && size !== undefined ? pageUrl(url, 1, size) : url
  while (target !== undefined && !visited.has(target) && visited.size < maxPages) {
    visited.add(target)
    const page: Page<T> = await fetch(target)
    let newMembers = 0
    let count = 0
    for await (const member of page.members) {
      count++
      const key = keyOf(member)
      if (key !== undefined && size !== undefined) {
        if (seen.has(key)) continue
        seen.add(key)
      }
      newMembers++
      yield member
    }
    pageNumber++
    // With more members than the page size, the provider ignores it and has sent the whole collection.
    const mayHaveMore = size !== undefined && newMembers > 0 && count === size
    target = page.next ?? (mayHaveMore ? pageUrl(url, pageNumber, size) : undefined)
  }
}

/** Limit of requests for one listing, in case a provider generates pages endlessly. */
const maxPages = 100_000

function pageUrl(url: string, page: number, size: number): string {
  const target = new URL(url)
  target.searchParams.set('page', String(page))
  target.searchParams.set('number', String(size))
  return target.href
}

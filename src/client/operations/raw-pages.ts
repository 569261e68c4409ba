/** Sends a GET of a collection page after page, and yields the responses unchanged. */
import { UsageError } from '../../errors/errors.js'
import type { Parsed } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { parseResponse } from '../codec.js'
import { isSuccess } from '../exchange.js'
import { resolveUserLocation } from '../locations.js'
import { paged } from '../pages.js'
import type { Session } from '../session.js'
import type { RawRequest, RequestOptions } from '../types.js'
import { nextPage } from './list-locations.js'
import { raw } from './raw.js'

/**
 * Yields the response for each page. As in `list`, the next page is found by `Link: <…>; rel="next"`, or by its number
 * if the path contains a page size (`?number=50`) or the provider is known to send pages. Ends with the last page, or
 * with the first response that is not a success. A page without new members is yielded only if it is the only response.
 * Throws the errors of `raw`.
 */
export async function* rawPages(
  session: Session,
  request: RawRequest,
  { signal }: RequestOptions = {},
): AsyncGenerator<HttpResponse, void, undefined> {
  if (request.method.toUpperCase() !== 'GET') {
    throw new UsageError(`Pages can be requested only with GET, not with ${request.method.slice(0, 40)}.`)
  }
  const url = resolveUserLocation(session.endpoint, request.path)
  const pageSize = pageSizeIn(url)
  // Raw requests must also work if the query interface fails; then the provider is unknown.
  const provider =
    pageSize === undefined ? await session.provider.get(signal).catch(() => undefined) : undefined
  const responses: HttpResponse[] = []
  const members = paged(
    provider ?? { effects: { pageSize } },
    url,
    { pageSize },
    async (page) => {
      const response = await raw(session, { ...request, path: page }, { signal })
      responses.push(response)
      if (!isSuccess(response)) return { members: [] }
      return { members: memberKeys(response), next: nextPage(session, response.headers) }
    },
    (member) => member,
  )
  let hasMembers = false
  for await (const _ of members) {
    hasMembers ||= responses.length > 0
    yield* responses.splice(0)
  }
  // Pages without new members at the end are yielded only if no page had members, or if they are refusals.
  yield* responses.filter((response) => !hasMembers || !isSuccess(response))
}

/** Returns the page size in a URL: `?number=50`. */
function pageSizeIn(url: string): number | undefined {
  const text = new URL(url).searchParams.get('number')
  return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined
}

/** Returns keys that identify the members of a page. A response that cannot be read counts as one member. */
function memberKeys(response: HttpResponse): readonly string[] {
  let parsed: Parsed
  try {
    parsed = parseResponse(response, 'collection')
  } catch {
    return [response.body]
  }
  const entities = parsed.entities.flatMap(({ location, id }) => location ?? id ?? [])
  return [...new Set([...parsed.locations, ...entities])]
}

/** Collects the parts of a listing that could not be read. They are reported at the end of the listing. */
import { headerValue } from '../basics/http.js'
import { OcciError, PartialError, ProtocolError } from '../errors/errors.js'
import { describePlace, type Parsed } from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'
import type { ClientRequest } from './exchange.js'
import type { ResolvedFilter } from './filter.js'
import type { ListOptions } from './types.js'

/** A part of a listing that could not be read. */
export interface UnreadPart {
  /** A location, or a place in the response. */
  readonly target: string
  readonly error: OcciError
}

/** Options of a listing with a resolved filter. */
export interface ListingOptions extends Omit<ListOptions, 'filter'> {
  readonly filter?: ResolvedFilter | undefined
  /** The listing adds the parts that it cannot read to this array. */
  readonly unread: UnreadPart[]
}

/**
 * Returns the parts of a response that could not be read. With a page size, a response that declares itself incomplete
 * (`not-whole`) is expected.
 */
export function unreadPartsOf(
  { deviations }: Pick<Parsed, 'deviations'>,
  { url }: Pick<ClientRequest, 'url'>,
  pageSize?: number,
): readonly UnreadPart[] {
  return deviations
    .filter(({ lost, code }) => lost === true && !(pageSize !== undefined && code === 'not-whole'))
    .map(({ message, place }) => ({
      target: `${url} (${describePlace(place)})`,
      error: new ProtocolError(message, { http: { method: 'GET', url } }),
    }))
}

/** Throws PartialError if any part could not be read. */
export function throwIfIncomplete(unread: readonly UnreadPart[], url: string): void {
  const [first] = unread
  if (first === undefined) return
  const parts = unread.length === 1 ? 'One part' : `${unread.length} parts`
  throw new PartialError(`${parts} of ${url} could not be read`, unread, {
    hint: 'All other parts were read; the missing ones are named above.',
    facts: { incomplete: url },
  })
}

/**
 * Adds a part to `unread` if a response declares itself incomplete: by its status (RFC 9110 §15.3.7), by Content-Range,
 * or by an error beside the members (`message`).
 */
export function notePartialListing(
  unread: UnreadPart[],
  { method, url }: Pick<ClientRequest, 'method' | 'url'>,
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
  message?: string,
): void {
  const range = headerValue(headers, 'content-range')
  const addPart = (message: string) =>
    unread.push({ target: url, error: new ProtocolError(message, { http: { method, url, status } }) })
  if (status === 206) addPart('The provider answered 206: this is only a part of the listing.')
  else if (range !== undefined) addPart(`The answer is only a part of the listing: ${range.slice(0, 80)}`)
  if (message !== undefined) addPart(`The provider adds to the listing: ${message.slice(0, 300)}`)
}

/**
 * Returns an error that concerns one item of a listing. Rethrows any other, such as a failed login, which concerns all.
 */
export function itemErrorOrRethrow(error: unknown): OcciError {
  const itemErrors = ['server', 'forbidden', 'protocol', 'conflict', 'not-found', 'timeout', 'network']
  if (error instanceof OcciError && itemErrors.includes(error.code)) return error
  throw error
}

/** Parts of a listing that could not be read. They are reported after the rest has been delivered. */
import { headerValue } from '../basics/http.js'
import { OcciError, PartialError, ProtocolError } from '../errors/errors.js'
import { describePlace, type Parsed } from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'
import type { ClientRequest } from './exchange.js'
import type { ResolvedFilter } from './filter.js'
import type { ListOptions } from './types.js'

export interface UnreadPart {
  /** A location, or a place in the response. */
  readonly target: string
  readonly error: OcciError
}

/** Options of a listing that collect its missing parts. */
export interface ListingOptions extends Omit<ListOptions, 'filter'> {
  readonly filter?: ResolvedFilter | undefined
  readonly unread: UnreadPart[]
}

/** The parts of a response that could not be read. One page of several is not expected to be complete. */
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

/** Throws PartialError when something is missing. */
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
 * Notes parts that a response declares as missing: by its status (RFC 9110 §15.3.7) or by an error beside the members.
 */
export function notePartialListing(
  unread: UnreadPart[],
  { method, url }: Pick<ClientRequest, 'method' | 'url'>,
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
  message?: string,
): void {
  const range = headerValue(headers, 'content-range')
  const addNote = (message: string) =>
    unread.push({ target: url, error: new ProtocolError(message, { http: { method, url, status } }) })
  if (status === 206) addNote('The provider answered 206: this is only a part of the listing.')
  else if (range !== undefined) addNote(`The answer is only a part of the listing: ${range.slice(0, 80)}`)
  if (message !== undefined) addNote(`The provider adds to the listing: ${message.slice(0, 300)}`)
}

/**
 * Returns the failure of one item. Throws a failure that affects all items, as of the login or the network.
 */
export function itemErrorOrRethrow(error: unknown): OcciError {
  const itemErrors = ['server', 'forbidden', 'protocol', 'conflict', 'not-found', 'timeout', 'network']
  if (error instanceof OcciError && itemErrors.includes(error.code)) return error
  throw error
}

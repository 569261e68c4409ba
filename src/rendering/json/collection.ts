/** Reads a collection while it arrives, so that memory does not grow with its size. */
import type { Entity } from '../../model/index.js'
import { Diagnostics } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { Deviation, Parsed, ParseOptions } from '../types.js'
import { JsonObject, parseJson } from './parse.js'
import { checkTotal, readItem, readRoot } from './read.js'
import { JsonReader } from './reader.js'
import { ListSplitter } from './split.js'

/** An entity, or its location if the provider does not render it (erocci). */
export type Member = Entity | string

/** Reads the text of a collection in chunks. */
interface CollectionReader {
  /** Returns the members that this chunk completes. Throws ParseError. */
  push(chunk: string): readonly Member[]
  /** Returns the remaining members. Throws ParseError if the text ends too early. */
  end(): readonly Member[]
  readonly deviations: readonly Deviation[]
  /** Set by `end`: the error that the provider sent instead of members, or beside an incomplete list of them. */
  readonly error: Parsed['error']
}

/**
 * Creates a reader for a collection in any JSON dialect, with the same result as readMessage. Chunks are decoded text
 * that may be cut anywhere. Memory is bounded by the longest member. `limits.size` applies to each member,
 * `limits.elements` to each list. A list may mix entities and locations. The locations in the member `locations` count
 * only if the collection has no other members.
 */
export function collectionReader(options: ParseOptions = {}): CollectionReader {
  const diagnostics = new Diagnostics(options)
  const splitter = new ListSplitter(diagnostics)
  let memberCount = 0
  let isBlank = true
  let error: Parsed['error']

  const countAndReturn = (members: Member[]): readonly Member[] => {
    memberCount += members.length
    return members
  }
  return {
    deviations: diagnostics.deviations,
    get error() {
      return error
    },
    push(chunk) {
      isBlank &&= chunk.trim() === ''
      const members: Member[] = []
      for (const { list, text, origin } of splitter.push(chunk)) {
        try {
          const node = parseJson(text, diagnostics, origin)
          const result = readItem(new JsonReader(text, diagnostics, origin), node, list)
          members.push(...result.entities, ...result.locations)
        } catch (itemError) {
          if (itemError instanceof ParseError && itemError.parseCode === 'E_LIMIT') throw itemError
          diagnostics.recoverFrom(itemError)
        }
      }
      return countAndReturn(members)
    },
    end() {
      if (isBlank) return []
      const { text, origin } = splitter.end()
      const root = parseJson(text, diagnostics, origin)
      if (splitter.hasReturnedLinks && root instanceof JsonObject && root.members.has('kind')) {
        throw new ParseError(
          'E_LIMIT',
          'An entity has more links than can be kept before its kind is known',
          {
            part: 'body',
          },
        )
      }
      const reader = new JsonReader(text, diagnostics, origin)
      const result = readRoot(reader, root)
      const members = [...result.entities, ...result.locations]
      // An error beside members means that further members are missing, while a message beside them is ignored.
      const hasError = root instanceof JsonObject && root.members.has('error')
      error = memberCount + members.length === 0 || hasError ? result.error : undefined
      const lastMembers = memberCount + members.length > 0 ? members : result.listedLocations
      const otherContent = result.categories.length + result.references.length + result.attributes.size
      if (memberCount + lastMembers.length === 0 && (otherContent > 0 || result.action !== undefined)) {
        reader.tolerateIncomplete('not-a-listing', 'E_TYPE', 'The answer is not a listing', root)
      }
      checkTotal(reader, result.total, memberCount + lastMembers.length)
      return countAndReturn(lastMembers)
    },
  }
}

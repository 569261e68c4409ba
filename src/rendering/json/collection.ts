/** Reads a collection while it arrives, so that memory does not grow with its size. */
import type { Entity } from '../../model/index.js'
import { Diagnostics } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { Deviation, Parsed, ParseOptions } from '../types.js'
import { JsonObject, parseJson } from './parse.js'
import { checkTotal, readItem, readRoot } from './read.js'
import { JsonReader } from './reader.js'
import { Splitter } from './split.js'

/** An entity, or its location if the provider does not render it (erocci). */
export type Member = Entity | string

interface CollectionReader {
  /** Returns the members that this chunk completes. Throws ParseError. */
  push(chunk: string): readonly Member[]
  /** Returns the remaining members. Throws ParseError when the text is cut off. */
  end(): readonly Member[]
  readonly deviations: readonly Deviation[]
  /** Set after `end`: the error that the provider sent instead of members. */
  readonly error: Parsed['error']
}

/**
 * Reads a collection in any JSON dialect with the same result as readMessage. Chunks are decoded text that may be
 * cut anywhere. Memory is bounded by the longest member; `limits.size` applies to each member, `limits.elements`
 * to each list. A list may mix entities and strings. Locations outside the lists count as members only if there are
 * no others.
 */
export function collectionReader(options: ParseOptions = {}): CollectionReader {
  const diagnostics = new Diagnostics(options)
  const splitter = new Splitter(diagnostics)
  let count = 0
  let blank = true
  let error: Parsed['error']

  const counted = (members: Member[]): readonly Member[] => {
    count += members.length
    return members
  }
  return {
    deviations: diagnostics.deviations,
    get error() {
      return error
    },
    push(chunk) {
      blank &&= chunk.trim() === ''
      const members: Member[] = []
      for (const { list, text, origin } of splitter.push(chunk)) {
        try {
          const node = parseJson(text, diagnostics, origin)
          const found = readItem(new JsonReader(text, diagnostics, origin), node, list)
          members.push(...found.entities, ...found.locations)
        } catch (error) {
          if (error instanceof ParseError && error.parseCode === 'E_LIMIT') throw error
          diagnostics.recoverFrom(error)
        }
      }
      return counted(members)
    },
    end() {
      if (blank) return []
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
      const found = readRoot(reader, root)
      const members = [...found.entities, ...found.locations]
      // An error beside members means that others are missing; a message is ignored.
      const hasError = root instanceof JsonObject && root.members.has('error')
      error = count + members.length === 0 || hasError ? found.error : undefined
      const last = count + members.length > 0 ? members : found.listedLocations
      const others = found.categories.length + found.references.length + found.attributes.size
      if (count + last.length === 0 && (others > 0 || found.action !== undefined)) {
        reader.tolerateLoss('not-a-listing', 'E_TYPE', 'The answer is not a listing', root)
      }
      checkTotal(reader, found.total, count + last.length)
      return counted(last)
    },
  }
}

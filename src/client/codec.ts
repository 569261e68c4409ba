/** Prints the content of requests and parses responses, with the settings that all providers understand. */
import type { HeaderPair } from '../basics/http.js'
import type { Model } from '../model/index.js'
import {
  type Message,
  type Parsed,
  type ParseOptions,
  type Printable,
  type RenderingName,
  readMessage,
  renderings,
} from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'

/** The content of a request: headers of the rendering, Content-Type and body. */
export interface Content {
  readonly rendering: RenderingName
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

/**
 * Returns the media type of a rendering, without parameters: some servers refuse them (Q3, M2) or fail to negotiate
 * (E3).
 */
export function mediaTypeOf(name: RenderingName): string {
  return renderings[name].mediaTypes[0] ?? name
}

/** Prints the content of a request. Throws ParseError if the rendering cannot express it. */
export function contentOf(name: RenderingName, printable: Printable, model?: Model): Content {
  const message = renderings[name].print(printable, {
    // All servers understand one header for each value, with the kind first. rOCCI-server 1.1 loses the values of
    // joined headers.
    lists: 'repeated',
    ...(model === undefined ? {} : { describe: (id) => model.get(id) }),
  })
  return {
    rendering: name,
    headers: [...message.headers, ['Content-Type', mediaTypeOf(name)]],
    body: message.body,
  }
}

/**
 * Limits for parsing responses. They are high, since listings may be long and the transport already limits responses.
 */
export const responseLimits: NonNullable<ParseOptions['limits']> = {
  size: 512 * 1024 * 1024,
  elements: 5_000_000,
  lineLength: 64 * 1024 * 1024,
}

/** Reads a response by its actual content rather than by its Content-Type. Throws ParseError. */
export function parseResponse(response: HttpResponse, expect: ParseOptions['expect'] = 'any'): Parsed {
  return readMessage(messageOf(response), { expect, limits: responseLimits, recover: true })
}

/** Picks the parts of a response that are parsed. */
function messageOf(response: Pick<HttpResponse, 'headers' | 'body'>): Message {
  return { headers: response.headers, body: response.body }
}

/**
 * JSON dialects with the same media type: that of GFD.226 (`json`), rOCCI's nested form (`json-1.1`), and pyssf's
 * arrays of whole categories (`other`, Q42).
 */
export type JsonDialect = 'json' | 'json-1.1' | 'other'

/** Recognises the dialect of a model in JSON; undefined if it is not JSON. */
export function jsonDialect(body: string): JsonDialect | undefined {
  const start = body.slice(0, 1000).trimStart()
  if (start.startsWith('[')) return 'other'
  if (!start.startsWith('{')) return undefined
  return /"attributes"\s*:\s*\{\s*"occi"\s*:\s*\{/.test(body.slice(0, 200_000)) ? 'json-1.1' : 'json'
}

/** Between messages and the model: which media type names a rendering, and how this provider is printed to. */
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
import type { HeaderPair, HttpResponse } from '../transport/index.js'

/** What is sent with a request: the headers that the rendering makes, Content-Type, and the body. */
export interface Content {
  readonly rendering: RenderingName
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

/** One bare type: parameters are refused (pyssf, MartServer) or break negotiation (erocci). */
export function mediaTypeOf(name: RenderingName): string {
  return renderings[name].mediaTypes[0] ?? name
}

/** Throws ParseError for what the rendering cannot carry. */
export function contentOf(name: RenderingName, what: Printable, model?: Model): Content {
  const message = renderings[name].print(what, {
    // Only the kind first and one header each is understood by all (rOCCI-server 1.1 loses the rest).
    lists: 'repeated',
    ...(model === undefined ? {} : { describe: (id) => model.get(id) }),
  })
  return {
    rendering: name,
    headers: [...message.headers, ['Content-Type', mediaTypeOf(name)]],
    body: message.body,
  }
}

/** The transport bounds what is read; lists of a hundred thousand members are legitimate. */
export const answerLimits: NonNullable<ParseOptions['limits']> = {
  size: 512 * 1024 * 1024,
  elements: 5_000_000,
  lineLength: 64 * 1024 * 1024,
}

/** Reads an answer by where its data is, whatever Content-Type says. Throws ParseError. */
export function parseAnswer(response: HttpResponse, expect: ParseOptions['expect'] = 'any'): Parsed {
  return readMessage(messageOf(response), { expect, limits: answerLimits, recover: true })
}

export function messageOf(response: Pick<HttpResponse, 'headers' | 'body'>): Message {
  return { headers: response.headers, body: response.body }
}

/** Dialects that share one media type: GFD.226, rOCCI's nested one, and pyssf's arrays of whole categories. */
export type JsonDialect = 'json' | 'json-1.1' | 'other'

export function jsonDialect(body: string): JsonDialect | undefined {
  const start = body.slice(0, 1000).trimStart()
  if (start.startsWith('[')) return 'other'
  if (!start.startsWith('{')) return undefined
  return /"attributes"\s*:\s*\{\s*"occi"\s*:\s*\{/.test(body.slice(0, 200_000)) ? 'json-1.1' : 'json'
}

/** The text renderings of GFD.229: in the body (text/plain) and in headers (text/occi). */
import type { HeaderPair } from '../../basics/http.js'
import { Diagnostics } from '../diagnostics.js'
import type { Message, ParseOptions, Printable, PrintOptions, Rendering } from '../types.js'
import type { TextMessage } from './message.js'
import { printFields } from './print.js'
import { readBody, readHeaders } from './read.js'
import { toModel } from './to-model.js'

/** Fields in the body, one on each line, separated by CRLF. */
export const textPlain: Rendering = {
  name: 'text/plain',
  mediaTypes: ['text/plain', 'text/occi+plain'],
  carrier: 'body',
  entities: 'text',
  collections: 'locations',
  recognisedBy: 'content',
  parse(message, options = {}) {
    const diagnostics = new Diagnostics(options)
    return toModel(readBody(message.body, diagnostics), options.expect ?? 'any', diagnostics)
  },
  print(printable, options = {}) {
    const body = printFieldPairs(printable, options)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
    return { headers: [], body }
  },
  printError: (_, message) => ({ headers: [], body: `${message}\r\n` }),
}

/** Fields in headers. The body is empty, or `OK` in a response. */
export const textOcci: Rendering = {
  name: 'text/occi',
  mediaTypes: ['text/occi'],
  carrier: 'headers',
  entities: 'text',
  collections: 'locations',
  recognisedBy: 'content',
  parse(message, options = {}) {
    const diagnostics = new Diagnostics(options)
    const headers = message.headers.map(asCollectionLocation)
    return toModel(readHeaders(headers, diagnostics), options.expect ?? 'any', diagnostics, 'headers')
  },
  print(printable, options = {}): Message {
    return {
      headers: printFieldPairs(printable, options),
      body: options.direction === 'response' ? 'OK' : '',
    }
  },
  printError: (_, message) => ({ headers: [['X-OCCI-Error', message]], body: `${message}\r\n` }),
}

/** Reads the fields of a message as written, for output that must show a response unchanged. Throws ParseError. */
export function readFields(
  message: Message,
  source: 'body' | 'headers',
  options: ParseOptions = {},
): TextMessage {
  const diagnostics = new Diagnostics(options)
  return source === 'body' ? readBody(message.body, diagnostics) : readHeaders(message.headers, diagnostics)
}

/** Reads `Location` as X-OCCI-Location, since rOCCI-server lists a collection in it. */
function asCollectionLocation([name, value]: HeaderPair): HeaderPair {
  return name.toLowerCase() === 'location' ? ['X-OCCI-Location', value] : [name, value]
}

/** Prints fields, either one for each value or one with all values of the same name. */
function printFieldPairs(printable: Printable, options: PrintOptions): HeaderPair[] {
  const pairs = printFields(printable, options)
  if (options.lists !== 'joined') return pairs
  const joined = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const values = joined.get(name)
    if (values === undefined) joined.set(name, [value])
    else values.push(value)
  }
  return [...joined].map(([name, values]) => [name, values.join(', ')])
}

import type { HeaderPair } from '../../basics/http.js'
import { Diagnostics } from '../diagnostics.js'
import type { Message, ParseOptions, Printable, PrintOptions, Rendering } from '../types.js'
import type { TextMessage } from './generic.js'
import { readBody, readHeaders } from './message.js'
import { printFields } from './print.js'
import { toModel } from './to-model.js'

/** GFD.229 in the body: one field per line, separated by CRLF. */
export const textPlain: Rendering = {
  name: 'text/plain',
  mediaTypes: ['text/plain', 'text/occi+plain'],
  carrier: 'body',
  entities: 'text',
  collections: 'locations',
  recognisedBy: 'shape',
  parse(message, options = {}) {
    const diagnostics = new Diagnostics(options)
    return toModel(readBody(message.body, diagnostics), options.expect ?? 'any', diagnostics)
  },
  print(printable, options = {}) {
    const body = fields(printable, options)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
    return { headers: [], body }
  },
  printError: (_, message) => ({ headers: [], body: `${message}\r\n` }),
}

/** GFD.229 in header fields. The body is empty, or `OK` in a response. */
export const textOcci: Rendering = {
  name: 'text/occi',
  mediaTypes: ['text/occi'],
  carrier: 'headers',
  entities: 'text',
  collections: 'locations',
  recognisedBy: 'shape',
  parse(message, options = {}) {
    const diagnostics = new Diagnostics(options)
    const headers = message.headers.map(collectionLocation)
    return toModel(readHeaders(headers, diagnostics), options.expect ?? 'any', diagnostics, 'headers')
  },
  print(printable, options = {}): Message {
    return { headers: fields(printable, options), body: options.direction === 'response' ? 'OK' : '' }
  },
  printError: (_, message) => ({ headers: [['X-OCCI-Error', message]], body: `${message}\r\n` }),
}

/**
 * The parts of a message as written, for output that must show a response unchanged. Throws ParseError.
 */
export function readParts(
  message: Message,
  from: 'body' | 'headers',
  options: ParseOptions = {},
): TextMessage {
  const diagnostics = new Diagnostics(options)
  return from === 'body' ? readBody(message.body, diagnostics) : readHeaders(message.headers, diagnostics)
}

/** rOCCI-server lists a collection in the `Location` header. */
function collectionLocation([name, value]: HeaderPair): HeaderPair {
  return name.toLowerCase() === 'location' ? ['X-OCCI-Location', value] : [name, value]
}

function fields(printable: Printable, options: PrintOptions): HeaderPair[] {
  const single = printFields(printable, options)
  if (options.lists !== 'joined') return single
  const joined = new Map<string, string[]>()
  for (const [name, value] of single) {
    const values = joined.get(name)
    if (values === undefined) joined.set(name, [value])
    else values.push(value)
  }
  return [...joined].map(([name, values]) => [name, values.join(', ')])
}

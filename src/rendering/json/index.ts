/** The JSON of OCCI 1.2. */
import type { Rendering } from '../types.js'
import { printJson } from './print.js'
import { readJson } from './read.js'

/** application/occi+json of OCCI 1.2 (GFD.226). Reads all JSON dialects, and writes this one. */
export const json: Rendering = {
  name: 'json',
  mediaTypes: ['application/occi+json', 'application/json'],
  carrier: 'body',
  entities: 'typed',
  collections: 'entities',
  recognisedBy: 'content',
  parse: readJson,
  print: printJson,
  printError: (status, message) => ({
    headers: [],
    body: JSON.stringify({ error: { code: String(status), message } }),
  }),
}

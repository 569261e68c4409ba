import { readJson } from '../json/read.js'
import type { Rendering } from '../types.js'
import { printNested } from './print.js'

/** The JSON of rOCCI up to version 4 and its servers, which has the same media type. Reads all dialects. */
export const json11: Rendering = {
  name: 'json-1.1',
  mediaTypes: ['application/occi+json', 'application/json'],
  parse: readJson,
  print: printNested,
}

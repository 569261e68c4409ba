/** The JSON of rOCCI, for OCCI 1.1. */
import { json } from '../json/index.js'
import type { Rendering } from '../types.js'
import { printNested } from './print.js'

/** The JSON of rOCCI up to version 4 and of its servers, with the media type of OCCI 1.2. Reads all JSON dialects. */
export const json11: Rendering = {
  ...json,
  name: 'json-1.1',
  print: printNested,
}

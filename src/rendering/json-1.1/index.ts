import { json } from '../json/index.js'
import type { Rendering } from '../types.js'
import { printNested } from './print.js'

/** The JSON of rOCCI up to version 4 and its servers, which has the same media type. Reads all dialects. */
export const json11: Rendering = {
  ...json,
  name: 'json-1.1',
  print: printNested,
}

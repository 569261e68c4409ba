/** The library's renderings, with their errors converted to refusals. */
import { OcciError } from '../../errors/errors.js'
import { type Rendering, type RenderingName, renderings } from '../../rendering/index.js'
import { Fault } from '../fault.js'

export function codec(name: RenderingName): Rendering {
  return renderings[name]
}

/** Converts an error of a rendering to a Fault. */
export function faultOf(error: unknown): unknown {
  if (!(error instanceof OcciError)) return error
  const code = error.facts?.['parseCode']
  return new Fault(statuses.get(code) ?? 400, error.message)
}

const statuses: ReadonlyMap<unknown, number> = new Map([
  ['E_LIMIT', 413],
  ['E_CONFLICT', 409],
  // A rendering that cannot express the whole response is not acceptable (GFD.185 §3.6.7).
  ['E_RENDER', 406],
])

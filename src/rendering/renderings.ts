/** The registry: one line per rendering. */
import { json } from './json/index.js'
import { json11 } from './json-1.1/index.js'
import { parseMediaType } from './media.js'
import { textOcci, textPlain } from './text/index.js'
import type { Rendering, RenderingName } from './types.js'
import { uriList } from './uri-list.js'

export const renderings: Readonly<Record<RenderingName, Rendering>> = {
  'text/plain': textPlain,
  'text/occi': textOcci,
  'text/uri-list': uriList,
  json,
  'json-1.1': json11,
}

/** Media types of no rendering, that servers use for one all the same (wire-formats §4.8). */
const aliases: Readonly<Record<string, RenderingName>> = {
  'application/json+occi': 'json',
  'application/json:occi': 'json',
}

/** The rendering of a Content-Type, parameters ignored. Undefined for a foreign type, or for none. */
export function renderingFor(contentType: string | undefined): Rendering | undefined {
  const type = contentType === undefined ? undefined : parseMediaType(contentType)?.type
  if (type === undefined) return undefined
  const alias = Object.hasOwn(aliases, type) ? aliases[type] : undefined
  if (alias !== undefined) return renderings[alias]
  return Object.values(renderings).find((rendering) => rendering.mediaTypes.includes(type))
}

export function isRenderingName(name: string): name is RenderingName {
  return Object.hasOwn(renderings, name)
}

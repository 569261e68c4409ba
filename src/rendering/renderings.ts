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

/** Unregistered media types that servers use for a rendering. */
const aliases: Readonly<Record<string, RenderingName>> = {
  'application/json+occi': 'json',
  'application/json:occi': 'json',
}

const byType: ReadonlyMap<string, Rendering> = new Map([
  // Of two renderings with the same media type the first one is meant; the reversed order makes it win.
  ...Object.values(renderings)
    .reverse()
    .flatMap((rendering) => rendering.mediaTypes.map((type) => [type, rendering] as const)),
  ...Object.entries(aliases).map(([type, name]) => [type, renderings[name]] as const),
])

/** The rendering for a Content-Type, ignoring parameters. Undefined for an unknown type, or none. */
export function renderingFor(contentType: string | undefined): Rendering | undefined {
  if (contentType === undefined) return undefined
  const plainly = byType.get(contentType)
  if (plainly !== undefined) return plainly
  const type = parseMediaType(contentType)?.type
  return type === undefined ? undefined : byType.get(type)
}

export function isRenderingName(name: string): name is RenderingName {
  return Object.hasOwn(renderings, name)
}

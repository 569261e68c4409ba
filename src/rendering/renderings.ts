/** The registry: one line per rendering. */
import { json } from './json/index.js'
import { json11 } from './json-1.1/index.js'
import { parseMediaType } from './media.js'
import { textOcci, textPlain } from './text/index.js'
import type { Rendering } from './types.js'
import { uriList } from './uri-list.js'

export const renderings = {
  'text/plain': textPlain,
  'text/occi': textOcci,
  'text/uri-list': uriList,
  json,
  'json-1.1': json11,
} as const satisfies Readonly<Record<string, Rendering>>

/**
 * Short names of the renderings, which `--media-type` accepts; `text/plain` and `json` (GFD.226) are the common
 * ones.
 */
export type RenderingName = keyof typeof renderings

export const renderingNames = Object.keys(renderings) as readonly RenderingName[]

/** Renderings in which a client can send and receive entities. */
export const entityRenderings = renderingNames.filter((name) => renderings[name].entities !== 'locations')

/** Non-standard media types that servers use for a rendering. */
const aliases: Readonly<Record<string, RenderingName>> = {
  'application/json+occi': 'json',
  'application/json:occi': 'json',
}

type Registered = Rendering & { readonly name: RenderingName }

const byType: ReadonlyMap<string, Registered> = new Map([
  // The first of two renderings with the same media type has to win, hence the reversed order.
  ...[...renderingNames]
    .reverse()
    .flatMap((name) => renderings[name].mediaTypes.map((type) => [type, registered(name)] as const)),
  ...Object.entries(aliases).map(([type, name]) => [type, registered(name)] as const),
])

/** The rendering for a Content-Type, ignoring parameters. Undefined for an unknown type, or none. */
export function renderingFor(contentType: string | undefined): Registered | undefined {
  if (contentType === undefined) return undefined
  const exact = byType.get(contentType)
  if (exact !== undefined) return exact
  const type = parseMediaType(contentType)?.type
  return type === undefined ? undefined : byType.get(type)
}

function registered(name: RenderingName): Registered {
  return { ...renderings[name], name }
}

export function isRenderingName(name: string): name is RenderingName {
  return Object.hasOwn(renderings, name)
}

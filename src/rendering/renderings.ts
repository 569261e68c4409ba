/** The registry of renderings: one line for each. */
import { json } from './json/index.js'
import { json11 } from './json-1.1/index.js'
import { parseMediaType } from './media.js'
import { textOcci, textPlain } from './text/index.js'
import type { Rendering } from './types.js'
import { uriList } from './uri-list.js'

/** All renderings by name. */
export const renderings = {
  'text/plain': textPlain,
  'text/occi': textOcci,
  'text/uri-list': uriList,
  json,
  'json-1.1': json11,
} as const satisfies Readonly<Record<string, Rendering>>

/** Short names of the renderings, which `--media-type` accepts. */
export type RenderingName = keyof typeof renderings

export const renderingNames = Object.keys(renderings) as readonly RenderingName[]

/** Renderings that can hold entities with their attributes. */
export const entityRenderings = renderingNames.filter((name) => renderings[name].entities !== 'locations')

/** Non-standard media types that servers use for a rendering. */
const aliases: Readonly<Record<string, RenderingName>> = {
  'application/json+occi': 'json',
  'application/json:occi': 'json',
}

type RegisteredRendering = Rendering & { readonly name: RenderingName }

const byMediaType: ReadonlyMap<string, RegisteredRendering> = new Map([
  // In reverse order, so that of several renderings with the same media type the first is found.
  ...[...renderingNames]
    .reverse()
    .flatMap((name) => renderings[name].mediaTypes.map((type) => [type, withRegisteredName(name)] as const)),
  ...Object.entries(aliases).map(([type, name]) => [type, withRegisteredName(name)] as const),
])

/** Returns the rendering of a Content-Type, ignoring parameters. Undefined for an unknown or absent type. */
export function renderingFor(contentType: string | undefined): RegisteredRendering | undefined {
  if (contentType === undefined) return undefined
  const exact = byMediaType.get(contentType)
  if (exact !== undefined) return exact
  const type = parseMediaType(contentType)?.type
  return type === undefined ? undefined : byMediaType.get(type)
}

function withRegisteredName(name: RenderingName): RegisteredRendering {
  return { ...renderings[name], name }
}

export function isRenderingName(name: string): name is RenderingName {
  return Object.hasOwn(renderings, name)
}

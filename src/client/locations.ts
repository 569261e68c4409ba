/**
 * Resolves locations against the endpoint. Providers return relative or absolute ones, with unescaped blanks, and with
 * other host names than the endpoint's (behind a proxy, or `localhost` for `127.0.0.1`). All become URLs at the
 * endpoint, since credentials must be sent only there.
 */
import { UsageError } from '../errors/errors.js'
import type { Deviation } from '../rendering/index.js'

/** The parsed URL of an endpoint. */
export interface Endpoint {
  /** Ends in `/`. */
  readonly url: string
  readonly origin: string
  /** The path of the URL: `/` or `/occi1.1/`. */
  readonly basePath: string
  /**
   * Matches URLs below the endpoint that parsing would not change. Segments with a leading dot must be excluded
   * separately.
   */
  readonly plainUrl: RegExp
}

interface Resolved {
  readonly url: string
  readonly deviation?: Deviation
}

/** Parses the URL of an endpoint, without query, fragment and user. Throws UsageError unless it is an http(s) URL. */
export function endpointOf(text: string): Endpoint {
  const url = parseUrl(text)
  if (url === undefined || !isHttp(url)) {
    throw new UsageError(`The endpoint is not an http(s) URL: ${text.slice(0, 200)}`, {
      hint: 'Give it in full, for example https://occi.example.org:11443/.',
      at: 'endpoint',
    })
  }
  const path = withoutQueryPath(url.pathname)
  const basePath = path.endsWith('/') ? path : `${path}/`
  const endpointUrl = url.origin + basePath
  const plainUrl = new RegExp(`^${endpointUrl.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}[A-Za-z0-9_~.:/-]*$`)
  return { url: endpointUrl, origin: url.origin, basePath, plainUrl }
}

/**
 * Converts a provider's location to an absolute URL below the endpoint. Another host is replaced, which is a deviation.
 * Undefined if the text is not a location: it is empty, not a valid URL, or has another scheme than http and https.
 */
export function resolveLocation(endpoint: Endpoint, location: string): Resolved | undefined {
  if (isPlainlyBelow(endpoint, location)) return { url: location }
  const text = withoutAngleBrackets(location)
  if (text === '' || (hasScheme(text) && !/^https?:/i.test(text))) return undefined
  const url = parseUrl(text, endpoint.url)
  if (url === undefined) return undefined
  const path = withBasePath(endpoint, url.pathname) + url.search
  if (url.origin === endpoint.origin) return { url: endpoint.origin + path }
  return {
    url: endpoint.origin + path,
    deviation: {
      code: 'foreign-location',
      message: `location ${url.origin} is not the endpoint's; taken as ${endpoint.origin}${path}`,
      place: { part: 'location' },
    },
  }
}

/**
 * Converts a URL or path from the user to an absolute URL below the endpoint. Throws UsageError for a URL of another
 * server. Different names of the loopback address count as the same server.
 */
export function resolveUserLocation(endpoint: Endpoint, text: string): string {
  const url = parseUrl(withoutAngleBrackets(text), endpoint.url)
  if (url === undefined || !isHttp(url)) {
    throw new UsageError(`Not a URL or path below ${endpoint.url}: ${text.slice(0, 200)}`)
  }
  const endpointUrl = new URL(endpoint.url)
  const isSameServer =
    url.origin === endpointUrl.origin ||
    (url.port === endpointUrl.port && isLoopback(url) && isLoopback(endpointUrl))
  if (!isSameServer) {
    throw new UsageError(`${url.origin} is not the endpoint ${endpoint.origin}`, {
      hint: 'Name the other provider with `endpoint`; credentials are sent to the endpoint only.',
      at: text.slice(0, 200),
    })
  }
  return endpoint.origin + withBasePath(endpoint, url.pathname) + url.search
}

/** Returns the path and query of a URL. */
export function pathOf(url: string): string {
  const parsedUrl = parseUrl(url, 'http://localhost/')
  return parsedUrl === undefined ? url : parsedUrl.pathname + parsedUrl.search
}

/** Whether two locations are the same instance, ignoring host, escaping and a final slash. */
export function sameLocation(a: string, b: string): boolean {
  return a === b || locationKey(a) === locationKey(b)
}

/** Returns a text that is equal for all locations of one instance: the unescaped path, without host and final slash. */
export function locationKey(location: string): string {
  const plainPath = plainLocation.exec(location)?.[1]
  if (plainPath !== undefined && !plainPath.includes('/.')) return withoutFinalSlash(plainPath)
  const url = parseUrl(location, 'http://localhost/')
  const path = decodeIfPossible(url?.pathname ?? location)
  return withoutFinalSlash(path)
}

/** Matches locations that parsing and decoding would not change, and captures the path. */
const plainLocation = /^(?:https?:\/\/[a-z0-9.-]+(?::\d+)?)?(\/(?!\/)[A-Za-z0-9_~.:/-]*)$/

function withoutFinalSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Returns the last segment of the path, unescaped: the id that users see. */
export function lastSegment(location: string): string {
  const key = locationKey(location)
  return key.slice(key.lastIndexOf('/') + 1)
}

/**
 * Returns the location of the entity with this id in a collection. A prefix `urn:uuid:` of the id is not part of it.
 */
export function memberLocation(collection: string, id: string): string {
  const parent = collection.endsWith('/') ? collection : `${collection}/`
  return parent + encodeForUrl(withoutUrn(id)).replaceAll('%3A', ':').replaceAll('%40', '@')
}

/** Removes the prefix `urn:uuid:` from an id. */
export function withoutUrn(id: string): string {
  return /^urn:uuid:/i.test(id) ? id.slice('urn:uuid:'.length) : id
}

/** Whether a text begins as an http(s) URL. */
export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text)
}

/** Removes the path of the query interface, which users copy along with the endpoint. */
function withoutQueryPath(path: string): string {
  for (const ending of ['/.well-known/org/ogf/occi/-/', '/.well-known/org/ogf/occi/-', '/-/', '/-']) {
    if (path.endsWith(ending)) return path.slice(0, -ending.length)
  }
  return path
}

function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

function isHttp(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:'
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/**
 * Whether a location is a URL below the endpoint that needs no parsing. Most are, which makes long lists much faster.
 */
function isPlainlyBelow({ plainUrl }: Endpoint, location: string): boolean {
  return plainUrl.test(location) && !location.includes('/.')
}

/** Whether a text begins with the scheme of a URL. */
function hasScheme(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]{0,30}:/.test(text)
}

/** Adds the base path of the endpoint, which providers often omit (under WSGI, or Rails in a subfolder). */
function withBasePath({ basePath }: Endpoint, path: string): string {
  if (basePath === '/' || path.startsWith(basePath) || `${path}/` === basePath) return path
  return basePath + path.slice(1)
}

function withoutAngleBrackets(location: string): string {
  const text = location.trim()
  return text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1).trim() : text
}

function decodeIfPossible(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Encodes text as a part of a URL. A lone surrogate, which cannot be encoded, is replaced. */
export function encodeForUrl(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}

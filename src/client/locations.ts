/**
 * Resolves locations against the endpoint. Providers return relative or absolute ones, with internal host names
 * (behind a proxy, `localhost` for `127.0.0.1`) and unescaped blanks. Credentials must be sent to the endpoint only.
 */
import { UsageError } from '../errors/errors.js'
import type { Deviation } from '../rendering/index.js'

export interface Endpoint {
  /** Ends in `/`. */
  readonly url: string
  readonly origin: string
  /** `/` or `/occi1.1/`. */
  readonly basePath: string
  /**
   * Matches locations below the endpoint that parsing would not change, except for segments with a leading
   * dot.
   */
  readonly plainUrl: RegExp
}

interface Resolved {
  readonly url: string
  readonly deviation?: Deviation
}

/** Throws UsageError unless it is an absolute http(s) URL. Query, fragment and user are dropped. */
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
  const base = url.origin + basePath
  const plainUrl = new RegExp(`^${base.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}[A-Za-z0-9_~.:/-]*$`)
  return { url: base, origin: url.origin, basePath, plainUrl }
}

/**
 * Converts a provider's location to an absolute URL below the endpoint. Another host is replaced, with a
 * deviation. Undefined when it is not a location (another URL scheme, empty).
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
 * Resolves a URL or path that a user typed. Throws UsageError for a URL of another server, except another
 * name of the loopback address.
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

/** The path of a URL. Ends of links are sent as paths, since the server may have other host names. */
export function pathOf(url: string): string {
  const parsedUrl = parseUrl(url, 'http://localhost/')
  return parsedUrl === undefined ? url : parsedUrl.pathname + parsedUrl.search
}

/** Whether two locations are the same instance, ignoring host, escaping and a final slash. */
export function sameLocation(a: string, b: string): boolean {
  return a === b || locationKey(a) === locationKey(b)
}

export function locationKey(location: string): string {
  const plainPath = plainLocation.exec(location)?.[1]
  if (plainPath !== undefined && !plainPath.includes('/.')) return withoutFinalSlash(plainPath)
  const url = parseUrl(location, 'http://localhost/')
  const path = decodeIfPossible(url?.pathname ?? location)
  return withoutFinalSlash(path)
}

/** Matches locations that neither parsing nor decoding changes, and captures the path. */
const plainLocation = /^(?:https?:\/\/[a-z0-9.-]+(?::\d+)?)?(\/(?!\/)[A-Za-z0-9_~.:/-]*)$/

function withoutFinalSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** The last segment of the path, unescaped: the id that users see. */
export function lastSegment(location: string): string {
  const key = locationKey(location)
  return key.slice(key.lastIndexOf('/') + 1)
}

/** The location of `member` in a collection, without the prefix `urn:uuid:` (rOCCI-core, ooi, MartServer). */
export function memberLocation(collection: string, member: string): string {
  const bare = withoutUrn(member)
  const base = collection.endsWith('/') ? collection : `${collection}/`
  return base + encodeForUrl(bare).replaceAll('%3A', ':').replaceAll('%40', '@')
}

export function withoutUrn(id: string): string {
  return /^urn:uuid:/i.test(id) ? id.slice('urn:uuid:'.length) : id
}

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

/** True for most locations; the check makes a list of 100,000 three times as fast. */
function isPlainlyBelow({ plainUrl }: Endpoint, location: string): boolean {
  return plainUrl.test(location) && !location.includes('/.')
}

/** Whether a text begins with the scheme of a URL. */
function hasScheme(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]{0,30}:/.test(text)
}

/** Adds the base path of the endpoint, which providers often omit (WSGI, relative roots of Rails). */
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

/** Encodes text for a URL. A lone surrogate, which cannot be encoded, is replaced. */
export function encodeForUrl(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}

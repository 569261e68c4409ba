/** Checks a request before it is routed: credentials, OCCI version, media types and size. */
import { headerValue } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { Fault } from '../fault.js'
import type { HttpRequest, Persona } from '../personas/persona.js'
import type { SandboxRequest } from '../types.js'
import { type AuthContext, checkCredentials, checkVersion } from './guard.js'
import { type MediaChoice, negotiate, requestRendering } from './negotiate.js'
import { maxBody, splitTarget } from './read.js'

interface AdmittedRequest {
  readonly http: HttpRequest
  readonly responseMedia: MediaChoice
  /** A refusal that is sent after the request was carried out, as by erocci (E5). */
  readonly delayedFault?: Fault
}

/** Checks a request and chooses the media type of its response. Throws Fault 400, 401, 404, 406, 413, 415 or 501. */
export function admit(request: SandboxRequest, persona: Persona, authContext: AuthContext): AdmittedRequest {
  const http = readRequest(request, persona)
  checkCredentials(request.headers, authContext)
  checkVersion(headerValue(request.headers, 'user-agent'), persona.versions)
  const accept = headerValue(request.headers, 'accept')
  if (Buffer.byteLength(request.body) > maxBody) throw new Fault(413, 'The message is too large')
  if (persona.behaviour.writesBeforeRefusing !== true || !mayHaveMessage(http)) {
    return { http, responseMedia: negotiate(accept, persona.media) }
  }
  // The request is carried out even if one of its media types is not supported.
  const negotiation = attempt(() => negotiate(accept, persona.media))
  const reading = attempt(() => requestRendering(http.contentType ?? '', persona.media))
  const [fallback] = persona.media.produces
  const responseMedia = negotiation.result ?? fallback
  if (responseMedia === undefined) throw new Fault(406, 'This provider has no renderings')
  const delayedFault = negotiation.fault ?? reading.fault
  return {
    http: reading.fault === undefined ? http : { ...http, contentType: 'text/occi' },
    responseMedia,
    ...omitUndefined({ delayedFault }),
  }
}

/** Calls a function and returns its result, or the Fault that it throws. */
function attempt<T>(action: () => T): { readonly result?: T; readonly fault?: Fault } {
  try {
    return { result: action() }
  } catch (error) {
    if (error instanceof Fault) return { fault: error }
    throw error
  }
}

function mayHaveMessage({ method }: HttpRequest): boolean {
  return method === 'POST' || method === 'PUT'
}

/**
 * The request with its path relative to the base path, still percent-encoded. Throws Fault 404 when the path is not
 * below the base path.
 */
function readRequest(request: SandboxRequest, persona: Persona): HttpRequest {
  const { path, query } = splitTarget(request.target)
  const { basePath } = persona.behaviour
  if (basePath !== '' && !path.startsWith(`${basePath}/`)) throw new Fault(404, `Nothing exists at ${path}`)
  const http: HttpRequest = {
    method: request.method,
    path: path.slice(basePath.length),
    query,
    headers: request.headers,
    body: request.body,
    ...omitUndefined({ contentType: headerValue(request.headers, 'content-type') }),
  }
  return persona.rewriteRequest?.(http) ?? http
}

/** Checks a request before it is routed: credentials, versions, media types and size. */
import { headerValue } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { Fault } from '../fault.js'
import type { HttpRequest, Persona } from '../personas/persona.js'
import type { SandboxRequest } from '../types.js'
import { type Admission, checkCredentials, checkVersion } from './guard.js'
import { type MediaChoice, negotiate, requestRendering } from './negotiate.js'
import { maxBody, splitTarget } from './read.js'

interface Admitted {
  readonly read: HttpRequest
  readonly chosen: MediaChoice
  /** A refusal that is sent only after the request was carried out, as erocci does (E5). */
  readonly delayedFault?: Fault
}

/**
 * Checks a request and chooses the rendering of its response. Throws Fault 400, 401, 404, 406, 413, 415 or 501.
 */
export function admit(request: SandboxRequest, persona: Persona, admission: Admission): Admitted {
  const read = readRequest(request, persona)
  checkCredentials(request.headers, admission)
  checkVersion(headerValue(request.headers, 'user-agent'), persona.versions)
  const accept = headerValue(request.headers, 'accept')
  if (Buffer.byteLength(request.body) > maxBody) throw new Fault(413, 'The message is too large')
  if (persona.behaviour.writesBeforeRefusing !== true || !carriesMessage(read)) {
    return { read, chosen: negotiate(accept, persona.media) }
  }
  const answers = attempt(() => negotiate(accept, persona.media))
  const reads = attempt(() => requestRendering(read.contentType ?? '', persona.media))
  const [fallback] = persona.media.produces
  const chosen = answers.result ?? fallback
  if (chosen === undefined) throw new Fault(406, 'This provider has no renderings')
  const delayedFault = answers.fault ?? reads.fault
  return {
    read: reads.fault === undefined ? read : { ...read, contentType: 'text/occi' },
    chosen,
    ...omitUndefined({ delayedFault }),
  }
}

function attempt<T>(work: () => T): { readonly result?: T; readonly fault?: Fault } {
  try {
    return { result: work() }
  } catch (error) {
    if (error instanceof Fault) return { fault: error }
    throw error
  }
}

function carriesMessage(read: HttpRequest): boolean {
  return read.method === 'POST' || read.method === 'PUT'
}

/** The request with its path relative to the base path and still percent-encoded. Throws Fault 404 outside of it. */
function readRequest(request: SandboxRequest, persona: Persona): HttpRequest {
  const { path: outer, query } = splitTarget(request.target)
  const { basePath } = persona.behaviour
  if (basePath !== '' && !outer.startsWith(`${basePath}/`)) throw new Fault(404, `Nothing exists at ${outer}`)
  const type = headerValue(request.headers, 'content-type')
  const read: HttpRequest = {
    method: request.method,
    path: outer.slice(basePath.length),
    query,
    headers: request.headers,
    body: request.body,
    ...omitUndefined({ contentType: type }),
  }
  return persona.rewriteRequest?.(read) ?? read
}

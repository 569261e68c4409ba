/** Creates the sandbox: one function from requests to responses, without sockets. */
import { headerValue, isSafeMethod } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { ConfigError, OcciError } from '../errors/errors.js'
import { Catalog } from './catalog/catalog.js'
import { Fault } from './fault.js'
import { admit } from './http/admission.js'
import { maxUserAgentLength } from './http/guard.js'
import type { MediaChoice } from './http/negotiate.js'
import { present, presentFault } from './http/present.js'
import { readPayload } from './http/read.js'
import { type IdentityService, identityService } from './identity/keystone.js'
import type { OperationName } from './operations/behaviour.js'
import type { Context, Outcome } from './operations/context.js'
import { operations } from './operations/operations.js'
import { absentFault } from './operations/paths.js'
import type { Payload } from './operations/payload.js'
import { allowedMethods, pathType, type RouteRequest, route } from './operations/route.js'
import type { Exchange, HttpRequest, Persona, Rule, RuleRequest } from './personas/persona.js'
import type { Cloud } from './state/cloud.js'
import type { Store } from './state/store.js'
import type { Clock, MakeUuid, Sandbox, SandboxAuth, SandboxRequest, SandboxResponse } from './types.js'

interface SandboxSettings {
  readonly store: Store
  readonly clock: Clock
  readonly uuid: MakeUuid
  readonly persona: Persona
  readonly auth: SandboxAuth
  /** The factor for the durations of state changes. Default 1, like a fast real cloud. 0 makes them immediate. */
  readonly durationFactor?: number
  /** Highest number of machines. Default: no limit. */
  readonly machineLimit?: number
}

/** Creates a sandbox that imitates the server of a persona. */
export function createSandbox(settings: SandboxSettings): Sandbox {
  const catalog = new Catalog(settings.persona.categories)
  const { auth, clock, uuid, persona } = settings
  const identity =
    auth.method === 'keystone'
      ? identityService({ ...auth, clock, uuid, basePath: persona.behaviour.basePath })
      : undefined
  return {
    handle: async (request) =>
      identity?.answer(request, originOf(request)) ?? respond(request, settings, catalog, identity),
    close: () => settings.store.close(),
  }
}

/** Answers a request: checks it, runs its operation, and writes the response in the style of the persona. */
async function respond(
  request: SandboxRequest,
  settings: SandboxSettings,
  personaCatalog: Catalog,
  identity: IdentityService | undefined,
): Promise<SandboxResponse> {
  const {
    persona,
    store,
    durationFactor = 1,
    uuid,
    clock,
    machineLimit = Number.POSITIVE_INFINITY,
  } = settings
  const { behaviour } = persona
  const origin = originOf(request)
  // `operate` replaces it with the catalog that includes the user-defined mixins.
  let catalog = personaCatalog
  const describe = (id: string) => catalog.get(id)
  let responseMedia: MediaChoice | undefined
  let outcome: Exchange['outcome']
  let response: SandboxResponse
  try {
    const admitted = admit(request, persona, { auth: settings.auth, identity, origin })
    const { http } = admitted
    responseMedia = admitted.responseMedia
    const isUriList = responseMedia.rendering === 'text/uri-list'
    const operate = (cloud: Cloud): Outcome | AllowedMethods => {
      catalog = personaCatalog.withMixins(cloud.mixins())
      const answersGone = behaviour.remembersDeleted === true && acceptsGone(request)
      const now = clock()
      const context: Context = {
        cloud,
        catalog,
        now,
        durationFactor,
        machineLimit,
        uuid,
        behaviour,
        answersGone,
      }
      return http.method === 'OPTIONS'
        ? { allow: allowedMethods(pathType(http.path, persona.queryPaths, catalog, cloud)) }
        : runOperation(http, context, persona, isUriList)
    }
    const result = await (isSafeMethod(http.method) ? store.read(operate) : store.update(operate))
    if ('allow' in result) return optionsResponse(result.allow, persona, responseMedia)
    if (admitted.delayedFault !== undefined) throw admitted.delayedFault
    outcome = result
    response = present(result, { persona, origin, responseMedia, describe })
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault(500, internalMessage(error))
    const { status, message, code, subject } = fault
    outcome = { what: 'error', status, message, code, subject }
    response = presentFault(fault, persona, responseMedia)
    if (error instanceof ConfigError) response = { ...response, cause: error }
  }
  if (persona.rewriteResponse !== undefined) {
    const { method, target } = request
    response = persona.rewriteResponse({
      method,
      path: target.split('?')[0] ?? target,
      target,
      origin,
      accept: headerValue(request.headers, 'accept'),
      rendering: responseMedia?.rendering ?? 'text/plain',
      ...omitUndefined({ type: responseMedia?.type }),
      outcome,
      response,
      describe,
    })
  }
  return request.method === 'HEAD' ? { ...response, body: '' } : response
}

/** The result of OPTIONS. */
interface AllowedMethods {
  /** Value of the Allow header. */
  readonly allow: string
}

/** Scheme and host that the client used. */
function originOf({ headers, scheme = 'http' }: SandboxRequest): string {
  return `${scheme}://${headerValue(headers, 'host') ?? 'sandbox'}`
}

/** Selects the operation of a request, applies the rules of the persona, and runs the operation. */
function runOperation(http: HttpRequest, context: Context, persona: Persona, isUriList: boolean): Outcome {
  const { cloud, catalog } = context
  const { method, path, query } = http
  const record = cloud.entity(path)
  let payload: Payload | undefined
  // The message is parsed once, with the expectation of the first call.
  const payloadFor = (operation: OperationName): Payload => {
    const assumedKind = record === undefined ? undefined : catalog.kind(record.kind)
    payload ??= readPayload(http, operations[operation].expect, persona.media, catalog, assumedKind)
    return payload
  }
  const routeRequest: RouteRequest = {
    method,
    path,
    action: query.get('action'),
    queryPaths: persona.queryPaths,
    hasKind: () =>
      payloadFor('create').drafts.some((draft) => draft.kind !== undefined && draft.id === undefined),
    absentFault: () => absentFault(context, path),
  }
  const operation = route(routeRequest, catalog, cloud)
  const refusal = context.behaviour.refusedOperations.get(operation)
  if (refusal !== undefined) throw new Fault(refusal.status, refusal.message)
  checkRules(persona.rules ?? [], {
    operation,
    http,
    accept: headerValue(http.headers, 'accept'),
    get payload() {
      return payloadFor(operation)
    },
    get json() {
      return parseJson(http.body)
    },
    record,
    context,
  })
  return operations[operation].run(context, { path, query, payload: payloadFor(operation), isUriList })
}

/**
 * Whether deleted entities are answered with 410 (GFD.185 §3.6.8). Clients that accept text and announce no OCCI
 * version get 404, because the conformance test pOCCI accepts no other status.
 */
function acceptsGone({ headers }: SandboxRequest): boolean {
  const userAgent = (headerValue(headers, 'user-agent') ?? '').slice(0, maxUserAgentLength)
  return /\bOCCI\/\d/.test(userAgent) || !/^text\//.test(headerValue(headers, 'accept') ?? '')
}

/** Throws Fault for the first rule that the request breaks. */
function checkRules(rules: readonly Rule[], request: RuleRequest): void {
  for (const { operations, when, status, message } of rules) {
    if (operations !== undefined && !operations.includes(request.operation)) continue
    const refused = when(request)
    if (refused === false) continue
    const detail = refused === true ? '' : refused
    throw new Fault(status, typeof message === 'string' ? message : message(detail))
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The message of an internal error. It includes the hint about a damaged state file, because the sandbox has no log
 * that users could read.
 */
function internalMessage(error: unknown): string {
  if (error instanceof OcciError) return [error.message, error.hint ?? ''].join(' ').trim()
  return `The sandbox failed: ${error instanceof Error ? error.message : String(error)}`
}

/** The response to OPTIONS: that of a fault without a message, which has the same headers. */
function optionsResponse(allow: string, persona: Persona, responseMedia: MediaChoice): SandboxResponse {
  const empty = presentFault(new Fault(200, '', { headers: [['Allow', allow]] }), persona, responseMedia)
  return { ...empty, headers: empty.headers.filter(([name]) => name !== 'X-OCCI-Error'), body: '' }
}

/** The provider: one function from request to response, without sockets. */
import { headerValue, isSafeMethod } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { ConfigError, OcciError } from '../errors/errors.js'
import { Catalog } from './catalog/catalog.js'
import { Fault } from './fault.js'
import { admit } from './http/authorization.js'
import type { MediaChoice } from './http/negotiate.js'
import { present, presentFault } from './http/present.js'
import { readPayload } from './http/read.js'
import { type IdentityService, identityService } from './identity/keystone.js'
import type { OperationName } from './operations/behaviour.js'
import type { Context, Outcome } from './operations/context.js'
import { operations } from './operations/operations.js'
import { absentFault } from './operations/paths.js'
import { emptyPayload, type Payload } from './operations/payload.js'
import { allowedMethods, pathType, route } from './operations/route.js'
import type { Answer, HttpRequest, Persona, Rule, RuleRequest } from './personas/persona.js'
import type { Cloud } from './state/cloud.js'
import type { Store } from './state/store.js'
import type { Clock, MakeUuid, Sandbox, SandboxAuth, SandboxRequest, SandboxResponse } from './types.js'

interface SandboxSettings {
  readonly store: Store
  readonly clock: Clock
  readonly uuid: MakeUuid
  readonly persona: Persona
  readonly auth: SandboxAuth
  /** Factor on the durations of transitions. 1 (default) is like a fast real cloud, 0 is immediate. */
  readonly speed?: number
  /** Highest number of machines. Default: no limit. */
  readonly machineLimit?: number
}

export function createSandbox(settings: SandboxSettings): Sandbox {
  const catalog = new Catalog(settings.persona.categories)
  const { auth, clock, uuid, persona } = settings
  const identity =
    auth.method === 'keystone'
      ? identityService({ ...auth, clock, uuid, basePath: persona.behaviour.basePath })
      : undefined
  return {
    handle: async (request) =>
      identity?.answer(request, originOf(request)) ?? answer(request, settings, catalog, identity),
    close: () => settings.store.close(),
  }
}

async function answer(
  request: SandboxRequest,
  settings: SandboxSettings,
  base: Catalog,
  identity: IdentityService | undefined,
): Promise<SandboxResponse> {
  const { persona, store } = settings
  const accept = headerValue(request.headers, 'accept')
  const origin = originOf(request)
  let chosen: MediaChoice | undefined
  let describe: Answer['describe'] = (id) => base.get(id)
  let outcome: Answer['outcome']
  let response: SandboxResponse
  try {
    const admitted = admit(request, persona, { auth: settings.auth, identity, origin })
    const { read } = admitted
    chosen = admitted.chosen
    const asUris = chosen.rendering === 'text/uri-list'
    const run = (cloud: Cloud): Outcome | { readonly allow: string } => {
      const catalog = base.with(cloud.mixins())
      describe = (id) => catalog.get(id)
      const { speed = 1, uuid, clock, machineLimit = Number.POSITIVE_INFINITY } = settings
      const { behaviour } = persona
      const answersGone = behaviour.remembersDeleted === true && acceptsGone(request)
      const now = clock()
      const context: Context = { cloud, catalog, now, speed, machineLimit, uuid, behaviour, answersGone }
      return carryOut(read, context, persona, asUris)
    }
    const result = await (isSafeMethod(read.method) ? store.read(run) : store.update(run))
    if ('allow' in result) return optionsResponse(result.allow, persona, chosen)
    if (admitted.delayedFault !== undefined) throw admitted.delayedFault
    outcome = result
    response = present(result, { persona, origin, chosen, describe })
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault(500, internalMessage(error))
    outcome = { what: 'error', status: fault.status, message: fault.message }
    response = presentFault(fault, persona, chosen)
    if (error instanceof ConfigError) response = { ...response, cause: error }
  }
  if (persona.rewriteResponse !== undefined) {
    const rendering = chosen?.rendering ?? 'text/plain'
    const { method, target } = request
    const path = target.split('?')[0] ?? target
    response = persona.rewriteResponse({
      ...{ method, path, target, origin, accept, rendering, outcome, response, describe },
      ...omitUndefined({ type: chosen?.type }),
    })
  }
  return request.method === 'HEAD' ? { ...response, body: '' } : response
}

/** Scheme and host that the client used. */
function originOf({ headers, scheme = 'http' }: SandboxRequest): string {
  return `${scheme}://${headerValue(headers, 'host') ?? 'sandbox'}`
}

function carryOut(
  http: HttpRequest,
  context: Context,
  persona: Persona,
  asUris: boolean,
): Outcome | { readonly allow: string } {
  const { cloud, catalog } = context
  let payload: Payload | undefined
  // Read once: the first operation that needs the payload decides how it is parsed.
  const load = (name: OperationName): Payload => {
    const target = cloud.entity(http.path)
    const assumed = target === undefined ? undefined : catalog.kind(target.kind)
    payload ??= readPayload(http, operations[name].expect, persona.media, catalog, assumed)
    return payload
  }
  const action = http.query.get('action')
  const { method, path, query } = http
  const { queryPaths } = persona
  if (method === 'OPTIONS') return { allow: allowedMethods(pathType({ path, queryPaths }, catalog, cloud)) }
  const kindNamed = () =>
    load('create').drafts.some((draft) => draft.kind !== undefined && draft.id === undefined)
  const routed = { method, path, action, queryPaths, kindNamed, absent: () => absentFault(context, path) }
  const name = route(routed, catalog, cloud)
  const refusal = context.behaviour.refusedOperations.get(name)
  if (refusal !== undefined) throw new Fault(refusal.status, refusal.message)
  checkRules(persona.rules ?? [], {
    operation: name,
    http,
    accept: headerValue(http.headers, 'accept'),
    get payload() {
      return load(name)
    },
    get json() {
      return parseJson(http.body)
    },
    record: cloud.entity(path),
    context,
  })
  return operations[name].run(context, { path, query, payload: load(name) ?? emptyPayload, asUris })
}

/**
 * Whether deleted entities are answered with 410 (GFD.185 §3.6.8). pOCCI, a conformance test, accepts 404 only; so
 * clients that accept text and announce no OCCI version get 404.
 */
function acceptsGone({ headers }: SandboxRequest): boolean {
  const announces = /\bOCCI\/\d/.test((headerValue(headers, 'user-agent') ?? '').slice(0, 2000))
  return announces || !/^text\//.test(headerValue(headers, 'accept') ?? '')
}

/** Throws Fault for the first rule that the request breaks. */
function checkRules(rules: readonly Rule[], request: RuleRequest): void {
  for (const { at, when, status, message } of rules) {
    if (at !== undefined && !at.includes(request.operation)) continue
    const broken = when(request)
    if (broken === false) continue
    const detail = broken === true ? '' : broken
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

function optionsResponse(allow: string, persona: Persona, chosen: MediaChoice): SandboxResponse {
  const empty = presentFault(new Fault(200, '', [['Allow', allow]]), persona, chosen)
  return { ...empty, headers: empty.headers.filter(([name]) => name !== 'X-OCCI-Error'), body: '' }
}

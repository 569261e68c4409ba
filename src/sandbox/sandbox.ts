/** The provider: one function from request to response, without sockets. */
import { headerValue, isSafeMethod } from '../basics/http.js'
import { omitUndefined as withoutUndefined } from '../basics/objects.js'
import { ConfigError, OcciError } from '../errors/errors.js'
import { Catalog } from './catalog/catalog.js'
import { Fault } from './fault.js'
import { admit } from './http/authorization.js'
import type { Chosen } from './http/negotiate.js'
import { present, presentFault } from './http/present.js'
import { readPayload } from './http/read.js'
import { type IdentityService, identityService } from './identity/keystone.js'
import type { OperationName } from './operations/behaviour.js'
import type { Context, Outcome } from './operations/context.js'
import { operations } from './operations/operations.js'
import { absent } from './operations/paths.js'
import { emptyPayload, type Payload } from './operations/payload.js'
import { allowed, placeOf, route } from './operations/route.js'
import type { Answer, Persona, ReadRequest, Rule, RuleRequest } from './personas/persona.js'
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
  /** How many machines there is room for. Default: any number. */
  readonly machines?: number
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
  let chosen: Chosen | undefined
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
      const { speed = 1, uuid, clock, machines = Number.POSITIVE_INFINITY } = settings
      const { behaviour } = persona
      const tellsDeleted = behaviour.remembersDeleted === true && expectsGone(request)
      const common = { now: clock(), speed, machines, uuid }
      const context: Context = { cloud, catalog, ...common, behaviour, tellsDeleted }
      return carryOut(read, context, persona, asUris)
    }
    const result = await (isSafeMethod(read.method) ? store.read(run) : store.update(run))
    if ('allow' in result) return options(result.allow, persona, chosen)
    if (admitted.late !== undefined) throw admitted.late
    outcome = result
    response = present(result, { persona, origin, chosen, describe })
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault(500, internal(error))
    outcome = { what: 'error', status: fault.status, message: fault.message }
    response = presentFault(fault, persona, chosen)
    if (error instanceof ConfigError) response = { ...response, cause: error }
  }
  if (persona.deviate !== undefined) {
    const rendering = chosen?.rendering ?? 'text/plain'
    const { method, target } = request
    const path = target.split('?')[0] ?? target
    response = persona.deviate({
      ...{ method, path, target, origin, accept, rendering, outcome, response, describe },
      ...withoutUndefined({ type: chosen?.type }),
    })
  }
  return request.method === 'HEAD' ? { ...response, body: '' } : response
}

/** Scheme and host that the client used. */
function originOf({ headers, scheme = 'http' }: SandboxRequest): string {
  return `${scheme}://${headerValue(headers, 'host') ?? 'sandbox'}`
}

function carryOut(
  read: ReadRequest,
  context: Context,
  persona: Persona,
  asUris: boolean,
): Outcome | { readonly allow: string } {
  const { cloud, catalog } = context
  let payload: Payload | undefined
  const load = (name: OperationName): Payload => {
    const target = cloud.entity(read.path)
    const assumed = target === undefined ? undefined : catalog.kind(target.kind)
    payload ??= readPayload(read, operations[name].expect, persona.media, catalog, assumed)
    return payload
  }
  const action = read.query.get('action')
  const { method, path, query } = read
  const { queryPaths } = persona
  if (method === 'OPTIONS') return { allow: allowed(placeOf({ path, queryPaths }, catalog, cloud)) }
  const kindNamed = () =>
    load('create').drafts.some((draft) => draft.kind !== undefined && draft.id === undefined)
  const routed = { method, path, action, queryPaths, kindNamed, absent: () => absent(context, path) }
  const name = route(routed, catalog, cloud)
  const refusal = context.behaviour.refused.get(name)
  if (refusal !== undefined) throw new Fault(refusal.status, refusal.message)
  checkRules(persona.rules ?? [], {
    operation: name,
    read,
    accept: headerValue(read.headers, 'accept'),
    get payload() {
      return load(name)
    },
    get json() {
      return jsonOf(read.body)
    },
    record: cloud.entity(path),
    context,
  })
  return operations[name].run(context, { path, query, payload: load(name) ?? emptyPayload, asUris })
}

/**
 * Whether the client gets 410 (GFD.185 §3.6.8). pOCCI accepts only 404, so clients that request text and do
 * not announce an OCCI version get 404.
 */
function expectsGone({ headers }: SandboxRequest): boolean {
  const announces = /\bOCCI\/\d/.test((headerValue(headers, 'user-agent') ?? '').slice(0, 2000))
  return announces || !/^text\//.test(headerValue(headers, 'accept') ?? '')
}

/** Throws Fault for the first rule that the request breaks. */
function checkRules(rules: readonly Rule[], asked: RuleRequest): void {
  for (const { at, when, status, message } of rules) {
    if (at !== undefined && !at.includes(asked.operation)) continue
    const broken = when(asked)
    if (broken === false) continue
    const what = broken === true ? '' : broken
    throw new Fault(status, typeof message === 'string' ? message : message(what))
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The message of an internal error. Users of the sandbox have no server log, so it includes what is wrong
 * with a state file.
 */
function internal(error: unknown): string {
  if (error instanceof OcciError) return [error.message, error.hint ?? ''].join(' ').trim()
  return `The sandbox failed: ${error instanceof Error ? error.message : String(error)}`
}

function options(allow: string, persona: Persona, chosen: Chosen): SandboxResponse {
  const empty = presentFault(new Fault(200, '', [['Allow', allow]]), persona, chosen)
  return { ...empty, headers: empty.headers.filter(([name]) => name !== 'X-OCCI-Error'), body: '' }
}

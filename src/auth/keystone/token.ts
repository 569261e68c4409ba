/** Reads Keystone tokens of both versions, from answers and from the cache, and finds OCCI endpoints in them. */
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import { UsageError } from '../../errors/errors.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'

interface NamedEntity {
  readonly id: string
  readonly name: string
  readonly domain?: string
}

/** An OCCI endpoint in the service catalogue. Other services are ignored. */
interface OcciService {
  readonly url: string
  readonly interface: string
  readonly region?: string
}

export interface KeystoneToken {
  /** The text that authenticates requests: a secret. */
  readonly id: string
  /** The version of the API that issued the token. */
  readonly version: 2 | 3
  /** In ISO 8601, by Keystone's clock. */
  readonly expires: string
  /** In ISO 8601, by Keystone's clock. */
  readonly issued?: string
  readonly user?: NamedEntity
  readonly project?: NamedEntity
  readonly domain?: NamedEntity
  readonly system?: boolean
  /** The id of the trust that the token is limited to. */
  readonly trust?: string
  /** The requests that an application credential allows, such as `GET /compute/*`. Absent without access rules. */
  readonly accessRules?: readonly string[]
  readonly roles: readonly string[]
  readonly services: readonly OcciService[]
}

/** Marks a time as UTC if it has no time zone. Keystone's times are in UTC, but JavaScript would read them as local. */
function inUtc(time: string | undefined): string | undefined {
  return time === undefined || /(Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`
}

/** Reads a token of v3, whose id is in X-Subject-Token. Undefined when the body is not a token. */
export function tokenV3(id: string, body: string): KeystoneToken | undefined {
  const token = valueAt(parseJson(body), 'token')
  const expires = inUtc(textAt(token, 'expires_at'))
  if (expires === undefined || Number.isNaN(Date.parse(expires))) return undefined
  return {
    id,
    version: 3,
    expires,
    ...omitUndefined({
      user: namedEntity(valueAt(token, 'user')),
      project: namedEntity(valueAt(token, 'project')),
      domain: namedEntity(valueAt(token, 'domain')),
      issued: inUtc(textAt(token, 'issued_at')),
      trust: textAt(token, 'OS-TRUST:trust', 'id'),
      accessRules: accessRules(token),
    }),
    ...(valueAt(token, 'system', 'all') === true ? { system: true } : {}),
    roles: namesOf(listAt(token, 'roles')),
    services: listAt(token, 'catalog')
      .filter(isOcci)
      .flatMap((service) => listAt(service, 'endpoints'))
      .flatMap((endpoint) => {
        const url = textAt(endpoint, 'url')
        if (url === undefined) return []
        const region = textAt(endpoint, 'region') ?? textAt(endpoint, 'region_id')
        return [{ url, interface: textAt(endpoint, 'interface') ?? 'public', ...omitUndefined({ region }) }]
      }),
  }
}

/** Reads a token of v2.0, whose id is in the body, too. Undefined when the body is not a token. */
export function tokenV2(body: string): KeystoneToken | undefined {
  const access = valueAt(parseJson(body), 'access')
  const id = textAt(access, 'token', 'id')
  const expires = inUtc(textAt(access, 'token', 'expires'))
  if (id === undefined || expires === undefined || Number.isNaN(Date.parse(expires))) return undefined
  return {
    id,
    version: 2,
    expires,
    ...omitUndefined({
      user: namedEntity(valueAt(access, 'user')),
      project: namedEntity(valueAt(access, 'token', 'tenant')),
      issued: inUtc(textAt(access, 'token', 'issued_at')),
    }),
    roles: namesOf(listAt(access, 'user', 'roles')),
    services: listAt(access, 'serviceCatalog')
      .filter(isOcci)
      .flatMap((service) => listAt(service, 'endpoints'))
      .flatMap((endpoint) =>
        ['public', 'internal', 'admin'].flatMap((kind) => {
          const url = textAt(endpoint, `${kind}URL`)
          const region = textAt(endpoint, 'region')
          return url === undefined ? [] : [{ url, interface: kind, ...omitUndefined({ region }) }]
        }),
      ),
  }
}

/**
 * Returns the OCCI endpoint in the catalogue for an interface and a region. Returns a UsageError if OCCI has only other
 * interfaces or regions, or several regions and the request names none; undefined if the catalogue has no OCCI.
 */
export function occiEndpoint(
  { services }: Pick<KeystoneToken, 'services'>,
  request: { readonly interface: string; readonly region: string | undefined },
): string | UsageError | undefined {
  const usable = services.filter(({ url }) => URL.canParse(url) && /^https?:/i.test(url))
  const matching = usable.filter(
    (service) =>
      service.interface === request.interface &&
      (request.region === undefined || service.region === request.region),
  )
  const [first] = matching
  if (
    first !== undefined &&
    matching.every(({ url, region }) => url === first.url || region === first.region)
  )
    return first.url
  if (usable.length === 0) return undefined
  const hint = `Keystone's catalogue has: ${describeRegions(usable)}. Give \`region\` (OS_REGION_NAME) and \`interface\` (OS_INTERFACE).`
  const kind = `interface "${plainText(request.interface)}"`
  if (first !== undefined) {
    return new UsageError(`Several regions have an OCCI endpoint with the ${kind}, and none was chosen`, {
      hint,
    })
  }
  const inRegion = request.region === undefined ? '' : ` in the region "${plainText(request.region)}"`
  return new UsageError(`There is no OCCI endpoint${inRegion} with the ${kind}`, { hint })
}

/** Returns the regions with their interfaces: `RegionOne (internal, public), RegionTwo (public)`. */
function describeRegions(services: readonly OcciService[]): string {
  const regions = new Map<string, Set<string>>()
  for (const { region = 'no region', interface: kind } of services) {
    regions.set(region, (regions.get(region) ?? new Set()).add(kind))
  }
  return [...regions]
    .map(([region, kinds]) => `${plainText(region)} (${[...kinds].sort().map(plainText).join(', ')})`)
    .sort()
    .join(', ')
}

/** A token as stored in the cache. */
export interface CachedToken extends KeystoneToken {
  /** When the token has to be renewed. In ISO 8601, by this computer's clock. */
  readonly usableUntil: string
}

export function serializeToken(token: CachedToken): string {
  return JSON.stringify(token)
}

export function parseCachedToken(text: string | undefined): CachedToken | undefined {
  if (text === undefined) return undefined
  const value = parseJson(text)
  const isComplete =
    textAt(value, 'id') !== undefined &&
    !Number.isNaN(Date.parse(textAt(value, 'expires') ?? '')) &&
    !Number.isNaN(Date.parse(textAt(value, 'usableUntil') ?? '')) &&
    Array.isArray(valueAt(value, 'roles')) &&
    Array.isArray(valueAt(value, 'services'))
  return isComplete ? (value as CachedToken) : undefined
}

/** Whether the type of a service is `occi` (as in the README of occi-os), `occi_api` or `occi-api`, in any case. */
function isOcci(service: unknown): boolean {
  return ['occi', 'occi_api', 'occi-api'].includes((textAt(service, 'type') ?? '').toLowerCase())
}

function accessRules(token: unknown): readonly string[] | undefined {
  const rules = listAt(token, 'application_credential', 'access_rules')
  const describeRule = (rule: unknown) =>
    `${textAt(rule, 'method') ?? ''} ${textAt(rule, 'path') ?? ''}`.trim()
  return rules.length === 0 ? undefined : rules.map(describeRule)
}

function namedEntity(value: unknown): NamedEntity | undefined {
  const id = textAt(value, 'id')
  const name = textAt(value, 'name') ?? textAt(value, 'username')
  if (id === undefined && name === undefined) return undefined
  const domain = textAt(value, 'domain', 'name') ?? textAt(value, 'domain', 'id')
  return { id: id ?? name ?? '', name: name ?? id ?? '', ...omitUndefined({ domain }) }
}

function namesOf(values: readonly unknown[]): readonly string[] {
  return values.flatMap((value) => textAt(value, 'name') ?? [])
}

/** A Keystone token of either version, its properties, and its form in the cache. */
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import { UsageError } from '../../errors/errors.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'

interface Named {
  readonly id: string
  readonly name: string
  readonly domain?: string
}

/** An OCCI endpoint in the service catalogue; other services are ignored. */
interface OcciService {
  readonly url: string
  readonly interface: string
  readonly region?: string
}

export interface KeystoneToken {
  readonly id: string
  readonly version: 2 | 3
  /** ISO 8601, by Keystone's clock. */
  readonly expires: string
  readonly issued?: string
  readonly user?: Named
  readonly project?: Named
  readonly domain?: Named
  readonly system?: boolean
  /** Id of the trust that the token is limited to. */
  readonly trust?: string
  /** The requests that an application credential allows, such as `GET /compute/*`. Absent without access rules. */
  readonly accessRules?: readonly string[]
  readonly roles: readonly string[]
  readonly services: readonly OcciService[]
}

/** Keystone's times are in UTC, also those without a time zone, which JavaScript takes for local ones. */
function utc(time: string | undefined): string | undefined {
  return time === undefined || /(Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`
}

/** v3: the id comes from X-Subject-Token. Undefined when the body is not a token. */
export function tokenV3(id: string, body: string): KeystoneToken | undefined {
  const token = valueAt(parseJson(body), 'token')
  const expires = utc(textAt(token, 'expires_at'))
  if (expires === undefined || Number.isNaN(Date.parse(expires))) return undefined
  return {
    id,
    version: 3,
    expires,
    ...omitUndefined({
      user: named(valueAt(token, 'user')),
      project: named(valueAt(token, 'project')),
      domain: named(valueAt(token, 'domain')),
      issued: utc(textAt(token, 'issued_at')),
      trust: textAt(token, 'OS-TRUST:trust', 'id'),
      accessRules: accessRules(token),
    }),
    ...(valueAt(token, 'system', 'all') === true ? { system: true } : {}),
    roles: names(listAt(token, 'roles')),
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

/** v2.0: the token and its id are in the body. Undefined when the body is not a token. */
export function tokenV2(body: string): KeystoneToken | undefined {
  const access = valueAt(parseJson(body), 'access')
  const id = textAt(access, 'token', 'id')
  const expires = utc(textAt(access, 'token', 'expires'))
  if (id === undefined || expires === undefined || Number.isNaN(Date.parse(expires))) return undefined
  return {
    id,
    version: 2,
    expires,
    ...omitUndefined({
      user: named(valueAt(access, 'user')),
      project: named(valueAt(access, 'token', 'tenant')),
      issued: utc(textAt(access, 'token', 'issued_at')),
    }),
    roles: names(listAt(access, 'user', 'roles')),
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
 * The OCCI endpoint in the catalogue for an interface and a region. Returns a UsageError if OCCI has only other
 * interfaces or regions, or has several regions and none was chosen; undefined if the catalogue has no OCCI.
 */
export function occiEndpoint(
  { services }: Pick<KeystoneToken, 'services'>,
  wanted: { readonly interface: string; readonly region: string | undefined },
): string | UsageError | undefined {
  const usable = services.filter(({ url }) => URL.canParse(url) && /^https?:/i.test(url))
  const fitting = usable.filter(
    (service) =>
      service.interface === wanted.interface &&
      (wanted.region === undefined || service.region === wanted.region),
  )
  const [first] = fitting
  if (first !== undefined && fitting.every(({ url, region }) => url === first.url || region === first.region))
    return first.url
  if (usable.length === 0) return undefined
  const hint = `Keystone's catalogue has: ${describeRegions(usable)}. Give \`region\` (OS_REGION_NAME) and \`interface\` (OS_INTERFACE).`
  const kind = `interface "${plainText(wanted.interface)}"`
  return new UsageError(
    first !== undefined
      ? `Several regions have an OCCI endpoint with the ${kind}, and none was chosen`
      : wanted.region === undefined
        ? `There is no OCCI endpoint with the ${kind}`
        : `There is no OCCI endpoint in the region "${plainText(wanted.region)}" with the ${kind}`,
    { hint },
  )
}

/** `RegionOne (internal, public), RegionTwo (public)`. */
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

/** A token as it is kept in the cache. */
export interface CachedToken extends KeystoneToken {
  /** ISO 8601, by this computer's clock. */
  readonly usableUntil: string
}

export function serializeToken(token: CachedToken): string {
  return JSON.stringify(token)
}

export function parseCachedToken(text: string | undefined): CachedToken | undefined {
  if (text === undefined) return undefined
  const value = parseJson(text)
  const complete =
    textAt(value, 'id') !== undefined &&
    !Number.isNaN(Date.parse(textAt(value, 'expires') ?? '')) &&
    !Number.isNaN(Date.parse(textAt(value, 'usableUntil') ?? '')) &&
    Array.isArray(valueAt(value, 'roles')) &&
    Array.isArray(valueAt(value, 'services'))
  return complete ? (value as CachedToken) : undefined
}

/** Whether a service is registered as `occi` (occi-os README) or `occi_api`, in upper or lower case. */
function isOcci(service: unknown): boolean {
  return ['occi', 'occi_api', 'occi-api'].includes((textAt(service, 'type') ?? '').toLowerCase())
}

function accessRules(token: unknown): readonly string[] | undefined {
  const rules = listAt(token, 'application_credential', 'access_rules')
  const describeRule = (rule: unknown) =>
    `${textAt(rule, 'method') ?? ''} ${textAt(rule, 'path') ?? ''}`.trim()
  return rules.length === 0 ? undefined : rules.map(describeRule)
}

function named(value: unknown): Named | undefined {
  const id = textAt(value, 'id')
  const name = textAt(value, 'name') ?? textAt(value, 'username')
  if (id === undefined && name === undefined) return undefined
  const domain = textAt(value, 'domain', 'name') ?? textAt(value, 'domain', 'id')
  return { id: id ?? name ?? '', name: name ?? id ?? '', ...omitUndefined({ domain }) }
}

function names(values: readonly unknown[]): readonly string[] {
  return values.flatMap((value) => textAt(value, 'name') ?? [])
}

/** A Keystone token of either version, its properties, and its form in the cache. */
import { present } from '../../basics/objects.js'
import { at, listAt, parseJson, textAt } from '../json.js'

export interface Named {
  readonly id: string
  readonly name: string
  readonly domain?: string
}

/** The entries of the catalogue that are used: services that speak OCCI. */
export interface OcciService {
  readonly url: string
  readonly interface: string
  readonly region?: string
}

export interface KeystoneToken {
  readonly id: string
  readonly version: 2 | 3
  /** ISO 8601. */
  readonly expires: string
  readonly user?: Named
  readonly project?: Named
  readonly domain?: Named
  readonly system?: boolean
  readonly roles: readonly string[]
  readonly services: readonly OcciService[]
}

/** v3: the id comes from X-Subject-Token. Undefined when the body is not a token. */
export function tokenV3(id: string, body: string): KeystoneToken | undefined {
  const token = at(parseJson(body), 'token')
  const expires = textAt(token, 'expires_at')
  if (expires === undefined || Number.isNaN(Date.parse(expires))) return undefined
  return {
    id,
    version: 3,
    expires,
    ...present({
      user: named(at(token, 'user')),
      project: named(at(token, 'project')),
      domain: named(at(token, 'domain')),
    }),
    ...(at(token, 'system', 'all') === true ? { system: true } : {}),
    roles: names(listAt(token, 'roles')),
    services: listAt(token, 'catalog')
      .filter(isOcci)
      .flatMap((service) => listAt(service, 'endpoints'))
      .flatMap((endpoint) => {
        const url = textAt(endpoint, 'url')
        if (url === undefined) return []
        const region = textAt(endpoint, 'region') ?? textAt(endpoint, 'region_id')
        return [{ url, interface: textAt(endpoint, 'interface') ?? 'public', ...present({ region }) }]
      }),
  }
}

/** v2.0: everything is in the body. */
export function tokenV2(body: string): KeystoneToken | undefined {
  const access = at(parseJson(body), 'access')
  const id = textAt(access, 'token', 'id')
  const expires = textAt(access, 'token', 'expires')
  if (id === undefined || expires === undefined || Number.isNaN(Date.parse(expires))) return undefined
  return {
    id,
    version: 2,
    expires,
    ...present({ user: named(at(access, 'user')), project: named(at(access, 'token', 'tenant')) }),
    roles: names(listAt(access, 'user', 'roles')),
    services: listAt(access, 'serviceCatalog')
      .filter(isOcci)
      .flatMap((service) => listAt(service, 'endpoints'))
      .flatMap((endpoint) =>
        ['public', 'internal', 'admin'].flatMap((kind) => {
          const url = textAt(endpoint, `${kind}URL`)
          const region = textAt(endpoint, 'region')
          return url === undefined ? [] : [{ url, interface: kind, ...present({ region }) }]
        }),
      ),
  }
}

/** The OCCI endpoint in the catalogue for an interface and, if given, a region. */
export function occiEndpoint(
  token: KeystoneToken,
  wanted: { readonly interface: string; readonly region: string | undefined },
): string | undefined {
  return token.services.find(
    (service) =>
      service.interface === wanted.interface &&
      (wanted.region === undefined || service.region === wanted.region) &&
      URL.canParse(service.url) &&
      /^https?:/i.test(service.url),
  )?.url
}

export function freeze(token: KeystoneToken): string {
  return JSON.stringify(token)
}

export function thaw(text: string | undefined): KeystoneToken | undefined {
  if (text === undefined) return undefined
  const value = parseJson(text)
  const complete =
    textAt(value, 'id') !== undefined &&
    !Number.isNaN(Date.parse(textAt(value, 'expires') ?? '')) &&
    Array.isArray(at(value, 'roles')) &&
    Array.isArray(at(value, 'services'))
  return complete ? (value as KeystoneToken) : undefined
}

/** Registered as `occi` (occi-os README) or `occi_api`, in either case. */
function isOcci(service: unknown): boolean {
  return ['occi', 'occi_api', 'occi-api'].includes((textAt(service, 'type') ?? '').toLowerCase())
}

function named(value: unknown): Named | undefined {
  const id = textAt(value, 'id')
  const name = textAt(value, 'name') ?? textAt(value, 'username')
  if (id === undefined && name === undefined) return undefined
  const domain = textAt(value, 'domain', 'name') ?? textAt(value, 'domain', 'id')
  return { id: id ?? name ?? '', name: name ?? id ?? '', ...present({ domain }) }
}

function names(values: readonly unknown[]): readonly string[] {
  return values.flatMap((value) => textAt(value, 'name') ?? [])
}

/** Finds the versions of the Identity API that a Keystone supports, and their URLs. */

import { headerValue } from '../../basics/http.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { bareUrl, type HttpResponse, type Transport } from '../../transport/index.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'
import { type KeystoneUrl, onHostOf, withoutSlash } from './urls.js'

interface KeystoneApi {
  readonly version: 2 | 3
  /** `https://host:5000/v3`, without a slash at the end. */
  readonly url: string
}

type Log = (step: string) => void

/**
 * Requests base/, base/v3 and base/v2.0 in turn, until one lists its versions. Prefers v3. Throws AuthError naming
 * each URL and its response; errors of the transport are passed on.
 */
export async function discoverKeystone(
  transport: Transport,
  target: KeystoneUrl,
  wantedVersion: 2 | 3 | undefined,
  log: Log,
): Promise<KeystoneApi> {
  const tried: string[] = []
  const found = new Map<2 | 3, string>()
  for (const path of ['/', '/v3', '/v2.0']) {
    const url = `${target.base}${path}`
    const response = await transport.send({ method: 'GET', url, headers: [['Accept', 'application/json']] })
    const versions = versionsIn(response)
    const outcome = describe(response, versions)
    tried.push(`${bareUrl(url)}: ${outcome}`)
    log(`GET ${bareUrl(url)} answered ${outcome}`)
    for (const { version, self } of versions) if (!found.has(version)) found.set(version, self ?? '')
    if (found.has(wantedVersion ?? 3)) break
    if (wantedVersion === undefined && path !== '/' && found.size > 0) break
  }
  const version = wantedVersion ?? (found.has(3) ? 3 : found.has(2) ? 2 : undefined)
  if (version !== undefined && found.has(version)) {
    return { version, url: await versionUrl(transport, target, version, found.get(version) ?? '', log) }
  }
  const assumed = wantedVersion === undefined || wantedVersion === target.version ? target.version : undefined
  if (assumed !== undefined && found.size === 0) {
    // Discovery may require a login although /v3 itself does not.
    log(`there is no list of versions; using v${assumed}, which the URL names`)
    return { version: assumed, url: `${target.base}/${segment[assumed]}` }
  }
  if (found.size > 0) {
    const offers = [...found.keys()].map((offered) => `v${offered}`).join(', ')
    throw new AuthError(
      `Keystone at ${target.base} does not support v${wantedVersion}; it offers ${offers}`,
      {
        hint: `Omit \`keystone-version\`, or use ${offers.slice(1)}.`,
        facts: { tried },
      },
    )
  }
  throw new AuthError(`${target.base} does not answer like Keystone: ${tried[0] ?? ''}`, {
    hint: `Check \`auth-url\` (OS_AUTH_URL). Tried ${tried.join('; ')}.`,
    facts: { tried },
  })
}

const segment = { 2: 'v2.0', 3: 'v3' } as const

interface Offered {
  readonly version: 2 | 3
  readonly self: string | undefined
}

/** The versions in `versions.values` (Keystone's 300), `versions` (a bare list), or `version` (one; keystorm's root). */
function versionsIn(response: HttpResponse): readonly Offered[] {
  const body = parseJson(response.body)
  const single = valueAt(body, 'version')
  const values = [
    ...listAt(body, 'versions', 'values'),
    ...listAt(body, 'versions'),
    ...(single === undefined ? [] : [single]),
  ]
  return values.flatMap((value) => {
    const version = /^v?([23])(?:\D|$)/.exec(textAt(value, 'id') ?? '')?.[1]
    if (version === undefined) return []
    const self = listAt(value, 'links').find((link) => textAt(link, 'rel') === 'self')
    return [{ version: version === '3' ? 3 : 2, self: textAt(self, 'href') }]
  })
}

/**
 * The URL of a version, below the base URL. The self link is only a hint, since behind TLS terminators and proxies it
 * names another host or scheme; its path is tried if the URL below the base does not list the version.
 */
async function versionUrl(
  transport: Transport,
  target: KeystoneUrl,
  version: 2 | 3,
  self: string,
  log: Log,
): Promise<string> {
  const ownUrl = `${target.base}/${segment[version]}`
  const link = self === '' ? undefined : onHostOf(self, target.base)
  if (link === undefined) return ownUrl
  if (link.rewritten)
    log(`the self link ${bareUrl(self)} names another host; staying at ${new URL(ownUrl).origin}`)
  const linkUrl = withoutSlash(link.url)
  if (linkUrl === ownUrl) return ownUrl
  for (const url of [ownUrl, linkUrl]) {
    const response = await transport.send({ method: 'GET', url, headers: [['Accept', 'application/json']] })
    const hasVersion = versionsIn(response).some((offered) => offered.version === version)
    log(`GET ${bareUrl(url)} answered ${response.status}${hasVersion ? `, v${version}` : ''}`)
    if (hasVersion) return url
  }
  return ownUrl
}

function describe(response: HttpResponse, versions: readonly Offered[]): string {
  const status = `${response.status} ${plainText(response.reason)}`.trim()
  if (versions.length > 0) return `${status}, ${versions.map(({ version }) => `v${version}`).join(', ')}`
  const type = plainText(headerValue(response.headers, 'content-type') ?? 'no Content-Type').slice(0, 60)
  const line = plainText(response.body.trimStart().split('\n', 1)[0] ?? '').slice(0, 80)
  return `${status}, ${type}${line === '' ? '' : `, "${line}"`}`
}

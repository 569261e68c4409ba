/** Finds the versions of the Identity API that a Keystone server supports, and their URLs. */

import { headerValue } from '../../basics/http.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { bareUrl, type HttpResponse, type Transport } from '../../transport/index.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'
import { type KeystoneUrl, withOriginOf, withoutSlash } from './urls.js'

interface KeystoneApi {
  readonly version: 2 | 3
  /** `https://host:5000/v3`, without a slash at the end. */
  readonly url: string
}

type Log = (step: string) => void

/**
 * Finds the URL of the requested version, by default the newest. Requests BASE/, BASE/v3 and BASE/v2.0 in turn until
 * one lists the requested version. Throws AuthError, which names each URL and its response. Errors of the transport are
 * passed on.
 */
export async function discoverKeystone(
  transport: Transport,
  target: KeystoneUrl,
  requestedVersion: 2 | 3 | undefined,
  log: Log,
): Promise<KeystoneApi> {
  const triedUrls: string[] = []
  const selfLinks = new Map<2 | 3, string | undefined>()
  for (const path of ['/', '/v3', '/v2.0']) {
    const url = `${target.base}${path}`
    const response = await transport.send({ method: 'GET', url, headers: [['Accept', 'application/json']] })
    const versions = versionsIn(response)
    const outcome = describeResponse(response, versions)
    triedUrls.push(`${bareUrl(url)}: ${outcome}`)
    log(`GET ${bareUrl(url)} answered ${outcome}`)
    for (const { version, selfLink } of versions)
      if (!selfLinks.has(version)) selfLinks.set(version, selfLink)
    if (selfLinks.has(requestedVersion ?? 3)) break
    if (requestedVersion === undefined && path !== '/' && selfLinks.size > 0) break
  }
  const candidates = requestedVersion === undefined ? ([3, 2] as const) : [requestedVersion]
  const version = candidates.find((candidate) => selfLinks.has(candidate))
  if (version !== undefined) {
    return { version, url: await versionUrl(transport, target, version, selfLinks.get(version), log) }
  }
  const assumed =
    requestedVersion === undefined || requestedVersion === target.version ? target.version : undefined
  if (assumed !== undefined && selfLinks.size === 0) {
    // A site may require a login for its lists of versions, but not for /v3/auth/tokens.
    log(`there is no list of versions; using v${assumed}, which the URL names`)
    return { version: assumed, url: `${target.base}/${versionSegments[assumed]}` }
  }
  if (selfLinks.size > 0) {
    const offers = [...selfLinks.keys()].map((offered) => `v${offered}`).join(', ')
    throw new AuthError(
      `Keystone at ${target.base} does not support v${requestedVersion}; it offers ${offers}`,
      {
        hint: `Omit \`keystone-version\`, or use ${offers.slice(1)}.`,
        facts: { tried: triedUrls },
      },
    )
  }
  throw new AuthError(`${target.base} does not answer like Keystone: ${triedUrls[0] ?? ''}`, {
    hint: `Check \`auth-url\` (OS_AUTH_URL). Tried ${triedUrls.join('; ')}.`,
    facts: { tried: triedUrls },
  })
}

const versionSegments = { 2: 'v2.0', 3: 'v3' } as const

interface OfferedVersion {
  readonly version: 2 | 3
  readonly selfLink: string | undefined
}

/**
 * Returns the versions in a response: in `versions.values` (Keystone's 300), `versions` (a plain list) or `version` (a
 * single one, as in the root of keystorm).
 */
function versionsIn(response: HttpResponse): readonly OfferedVersion[] {
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
    const selfLink = listAt(value, 'links').find((link) => textAt(link, 'rel') === 'self')
    return [{ version: version === '3' ? 3 : 2, selfLink: textAt(selfLink, 'href') }]
  })
}

/**
 * Returns the URL of a version. Behind TLS terminators and proxies, the self link may name another host or scheme.
 * Therefore BASE/v3 or BASE/v2.0 takes precedence, and the path of the self link is used only if that URL does not list
 * the version.
 */
async function versionUrl(
  transport: Transport,
  target: KeystoneUrl,
  version: 2 | 3,
  selfLink: string | undefined,
  log: Log,
): Promise<string> {
  const urlBelowBase = `${target.base}/${versionSegments[version]}`
  const link = selfLink === undefined ? undefined : withOriginOf(selfLink, target.base)
  if (selfLink === undefined || link === undefined) return urlBelowBase
  if (link.rewritten)
    log(`the self link ${bareUrl(selfLink)} names another host; staying at ${new URL(urlBelowBase).origin}`)
  const linkUrl = withoutSlash(link.url)
  if (linkUrl === urlBelowBase) return urlBelowBase
  for (const url of [urlBelowBase, linkUrl]) {
    const response = await transport.send({ method: 'GET', url, headers: [['Accept', 'application/json']] })
    const hasVersion = versionsIn(response).some((offered) => offered.version === version)
    log(`GET ${bareUrl(url)} answered ${response.status}${hasVersion ? `, v${version}` : ''}`)
    if (hasVersion) return url
  }
  return urlBelowBase
}

/** Describes a response in messages: its versions, or its content type and first line. */
function describeResponse(response: HttpResponse, versions: readonly OfferedVersion[]): string {
  const status = `${response.status} ${plainText(response.reason)}`.trim()
  if (versions.length > 0) return `${status}, ${versions.map(({ version }) => `v${version}`).join(', ')}`
  const type = plainText(headerValue(response.headers, 'content-type') ?? 'no Content-Type').slice(0, 60)
  const line = plainText(response.body.trimStart().split('\n', 1)[0] ?? '').slice(0, 80)
  return `${status}, ${type}${line === '' ? '' : `, "${line}"`}`
}

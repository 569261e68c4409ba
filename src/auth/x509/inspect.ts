/** Reads a certificate's subject, lifetime, proxy kind (RFC 3820) and VOMS attributes. */
import { X509Certificate } from 'node:crypto'
import { extension, primitives } from './der.js'

export interface Inspected {
  /** `/DC=org/DC=lab/CN=Demo User 1`, of the first certificate. */
  readonly subject: string
  /** The subject without the CNs that proxies add. */
  readonly holder: string
  readonly issuer: string
  readonly from: Date
  /** The earliest expiry in the chain, VOMS attributes included. */
  readonly until: Date
  /** `proxy`: RFC 3820. `legacy-proxy`: Globus 2 style, which every OpenSSL refuses. */
  readonly kind: 'certificate' | 'proxy' | 'legacy-proxy'
  readonly vo?: string
  readonly fqans: readonly string[]
  /** The expiry of the VOMS attributes. */
  readonly voUntil?: Date
  /** Hex SHA-256 of the first certificate. */
  readonly fingerprint: string
  /** Whether each certificate is followed by its issuer, up to the first that is not a proxy. */
  readonly complete: boolean
}

/** id-pe-proxyCertInfo 1.3.6.1.5.5.7.1.14 (RFC 3820 §3.8) */
const proxyCertInfo = '2b0601050507010e'
/** VOMS attribute certificates 1.3.6.1.4.1.8005.100.100.5 */
const vomsAttributes = '2b06010401be45646405'

/** Throws the error of node:crypto when the input is not a certificate. */
export function inspect(chain: readonly (string | Uint8Array)[]): Inspected {
  const certificates = chain.map((certificate) => new X509Certificate(certificate))
  const [first] = certificates
  if (first === undefined) throw new Error('no certificate')
  const proxies = countProxies(certificates)
  const holder = certificates[proxies] ?? first
  const voms = certificates
    .slice(0, Math.max(proxies, 1))
    .map(({ raw }) => vomsOf(raw))
    .find((found) => found !== undefined)
  const ends = certificates.slice(0, proxies + 1).map(({ validTo }) => Date.parse(validTo))
  return {
    subject: slashes(first.subject),
    holder:
      proxies > 0 && certificates[proxies] === undefined ? withoutProxyNames(first) : slashes(holder.subject),
    issuer: slashes(holder.issuer),
    from: new Date(first.validFrom),
    until: new Date(Math.min(...ends, ...(voms?.until === undefined ? [] : [voms.until.getTime()]))),
    kind: proxyKind(first),
    ...(voms?.vo === undefined ? {} : { vo: voms.vo }),
    fqans: voms?.fqans ?? [],
    ...(voms?.until === undefined ? {} : { voUntil: voms.until }),
    fingerprint: first.fingerprint256.replaceAll(':', '').toLowerCase(),
    complete: proxies === 0 || certificates[proxies] !== undefined,
  }
}

function proxyKind(certificate: X509Certificate): Inspected['kind'] {
  if (extension(certificate.raw, proxyCertInfo) !== undefined) return 'proxy'
  const names = certificate.subject.split('\n')
  const last = names.at(-1)
  const legacy = last === 'CN=proxy' || last === 'CN=limited proxy'
  return legacy && names.slice(0, -1).join('\n') === certificate.issuer ? 'legacy-proxy' : 'certificate'
}

/** The number of proxies before the user's own certificate. */
function countProxies(certificates: readonly X509Certificate[]): number {
  const end = certificates.findIndex((certificate) => proxyKind(certificate) === 'certificate')
  return end === -1 ? certificates.length : end
}

function withoutProxyNames(certificate: X509Certificate): string {
  return slashes(certificate.issuer)
}

/** Node writes one attribute per line; grid tools write them on one line with slashes. */
function slashes(name: string): string {
  return name
    .split('\n')
    .map((part) => `/${part}`)
    .join('')
}

interface Voms {
  readonly vo: string | undefined
  readonly fqans: readonly string[]
  readonly until: Date | undefined
}

/** The policy authority `vo://host:port`, the FQANs and the expiry of an attribute certificate (RFC 5755). */
function vomsOf(certificate: Uint8Array): Voms | undefined {
  const value = extension(certificate, vomsAttributes)
  if (value === undefined) return undefined
  let vo: string | undefined
  const fqans: string[] = []
  const times: Date[] = []
  for (const { tag, content } of primitives(value)) {
    if (tag === 0x18) times.push(generalizedTime(content))
    if (tag !== 0x86 && tag !== 0x04 && tag !== 0x16 && tag !== 0x0c) continue
    if (content.length > 500) continue
    const text = Buffer.from(content).toString('latin1')
    vo ??= /^([\w.-]{1,200}):\/\/[\w.-]{1,200}(?::\d{1,5})?$/.exec(text)?.[1]
    if (/^\/[\x21-\x7e]{1,400}$/.test(text)) fqans.push(text)
  }
  return { vo: vo ?? fqans[0]?.split('/')[1], fqans, until: times[1] }
}

function generalizedTime(content: Uint8Array): Date {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(Buffer.from(content).toString('latin1'))
  if (found === null) return new Date(Number.NaN)
  const [, year, month, day, hour, minute, second] = found
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

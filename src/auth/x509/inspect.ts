/** Inspects a certificate chain: its holder, its validity, whether it is a proxy, and its VOMS attributes. */
import { X509Certificate } from 'node:crypto'
import { derHex, extensionValue, primitives } from './der.js'
import { type VomsAttributes, vomsAttributes } from './voms.js'

/**
 * `proxy` is a proxy certificate of RFC 3820, `gt3-proxy` one of its draft, `legacy-proxy` one of Globus 2. OpenSSL
 * refuses the last two.
 */
type CertificateKind = 'certificate' | 'proxy' | 'gt3-proxy' | 'legacy-proxy'

export interface Inspection {
  /** The subject of the first certificate: `/DC=org/DC=lab/CN=Demo User 1/CN=1234`. */
  readonly subject: string
  /** The subject of the person's certificate, without the CNs that proxies add. */
  readonly holder: string
  readonly issuer: string
  /** The latest start in the chain up to the person's certificate. */
  readonly validFrom: Date
  /** The earliest end in the chain up to the person's certificate. */
  readonly validUntil: Date
  /** The end of the person's certificate, if the chain contains it. */
  readonly holderValidUntil: Date | undefined
  readonly kind: CertificateKind
  /** Whether it is a limited proxy, with which some services refuse to start anything. */
  readonly limited: boolean
  /** The attributes of the first proxy that has any. They may expire before the proxy. */
  readonly voms: readonly VomsAttributes[]
  /** Hex SHA-256 of the first certificate. */
  readonly fingerprint: string
  /** Whether the chain contains the person's certificate, which signed the proxy. */
  readonly complete: boolean
}

/** id-pe-proxyCertInfo 1.3.6.1.5.5.7.1.14 (RFC 3820 §3.8) */
const proxyCertInfoOid = '2b0601050507010e'
/** The extension of the same meaning in the draft that Globus 3 followed, 1.3.6.1.4.1.3536.1.222 */
const draftProxyCertInfoOid = '2b060104019b5001815e'
/** The policy language by which Globus marks limited proxies, 1.3.6.1.4.1.3536.1.1.1.9 */
const limitedPolicyOid = '2b060104019b5001010109'

/**
 * Inspects a chain in which each certificate precedes its issuer. Throws an error of node:crypto for unreadable ones.
 */
export function inspect(chain: readonly (string | Uint8Array)[]): Inspection {
  const certificates = chain.map((certificate) => new X509Certificate(certificate))
  const [leaf] = certificates
  if (leaf === undefined) throw new Error('no certificate')
  const holderIndex = certificates.findIndex((certificate) => kindOf(certificate) === 'certificate')
  const proxies = certificates.slice(0, holderIndex === -1 ? certificates.length : holderIndex)
  const holder = holderIndex === -1 ? undefined : certificates[holderIndex]
  const relevant = holder === undefined ? proxies : [...proxies, holder]
  return {
    subject: gridName(leaf.subject),
    holder: gridName(holder?.subject ?? proxies.at(-1)?.issuer ?? leaf.subject),
    issuer: gridName((holder ?? proxies.at(-1) ?? leaf).issuer),
    validFrom: new Date(Math.max(...relevant.map(({ validFrom }) => Date.parse(validFrom)))),
    validUntil: new Date(Math.min(...relevant.map(({ validTo }) => Date.parse(validTo)))),
    holderValidUntil: holder === undefined ? undefined : new Date(holder.validTo),
    kind: kindOf(leaf),
    limited: proxies.some(isLimited),
    voms: relevant.map(({ raw }) => vomsAttributes(raw)).find((attributes) => attributes.length > 0) ?? [],
    fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    complete: holder !== undefined,
  }
}

function kindOf(certificate: X509Certificate): CertificateKind {
  if (extensionValue(certificate.raw, proxyCertInfoOid) !== undefined) return 'proxy'
  if (extensionValue(certificate.raw, draftProxyCertInfoOid) !== undefined) return 'gt3-proxy'
  const names = certificate.subject.split('\n')
  const isLegacyName = /^CN=(limited )?proxy$/.test(names.at(-1) ?? '')
  return isLegacyName && names.slice(0, -1).join('\n') === certificate.issuer ? 'legacy-proxy' : 'certificate'
}

function isLimited(proxy: X509Certificate): boolean {
  const info = extensionValue(proxy.raw, proxyCertInfoOid) ?? extensionValue(proxy.raw, draftProxyCertInfoOid)
  if (info === undefined) return proxy.subject.endsWith('\nCN=limited proxy')
  // The first object identifier is the policy language.
  const language = [...primitives(info)].find(({ tag }) => tag === 0x06)
  return derHex(language) === limitedPolicyOid
}

/**
 * Returns a name as grids write it, on one line with slashes. Node puts each attribute on a line, with the escapes of
 * RFC 2253.
 */
function gridName(name: string): string {
  return name
    .split('\n')
    .map((part) => `/${part.replace(/\\([ #"+,;<>\\=])/g, '$1')}`)
    .join('')
}

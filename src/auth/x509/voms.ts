/**
 * Reads VOMS attributes: attribute certificates (RFC 5755) in an extension of a proxy. Their signatures are not
 * checked.
 */
import { type DerValue, derChildren, derHex, derTime, derValues, extensionValue } from './der.js'

export interface VomsAttributes {
  readonly vo: string | undefined
  /** The groups and roles (fully qualified attribute names), in the certificate's order; the first is the default. */
  readonly fqans: readonly string[]
  readonly validUntil: Date | undefined
}

/** The extension with VOMS attribute certificates, 1.3.6.1.4.1.8005.100.100.5 */
const attributeCertificatesOid = '2b06010401be45646405'
/** The attribute with the FQANs, 1.3.6.1.4.1.8005.100.100.4 */
const fqanAttributeOid = '2b06010401be45646404'

const sequenceTag = 0x30
const setTag = 0x31
const octetStringTag = 0x04
const policyAuthorityTag = 0xa0
const uriTag = 0x86

/** Returns one entry for each VO, in order; none if the certificate (in DER) has no VOMS attributes. */
export function vomsAttributes(certificate: Uint8Array): readonly VomsAttributes[] {
  const value = extensionValue(certificate, attributeCertificatesOid)
  if (value === undefined) return []
  return derChildren(derValues(value)[0])
    .flatMap((list) => derChildren(list))
    .map(attributesOf)
}

function attributesOf(certificate: DerValue): VomsAttributes {
  // version, holder, issuer, signature, serialNumber, attrCertValidityPeriod, attributes (RFC 5755 §4.1)
  const fields = derChildren(derChildren(certificate)[0])
  const validity = fields
    .map((field) => derChildren(field))
    .find((pair) => pair.length === 2 && pair.every((time) => derTime(time) !== undefined))
  const fqanAttributes = fields
    .filter(({ tag }) => tag === sequenceTag)
    .flatMap(derChildren)
    .filter(hasFqans)
  const values = childrenWithTag(fqanAttributes, setTag).flatMap(derChildren)
  const fqans = childrenWithTag(childrenWithTag(values, sequenceTag), octetStringTag)
    .map(text)
    .filter((fqan) => /^\/[\x21-\x7e]{1,400}$/.test(fqan))
  const authority = childrenWithTag(childrenWithTag(values, policyAuthorityTag), uriTag)
    .map((name) => /^([\w.-]{1,200}):\/\//.exec(text(name))?.[1])
    .find((name) => name !== undefined)
  return {
    vo: authority ?? fqans[0]?.split('/')[1],
    fqans,
    validUntil: derTime(validity?.[1]),
  }
}

function childrenWithTag(values: readonly DerValue[], childTag: number): readonly DerValue[] {
  return values.flatMap(derChildren).filter(({ tag }) => tag === childTag)
}

function hasFqans(attribute: DerValue): boolean {
  const [name] = derChildren(attribute)
  return derHex(name) === fqanAttributeOid
}

function text({ content }: DerValue): string {
  return Buffer.from(content).toString('latin1')
}

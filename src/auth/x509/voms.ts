/** VOMS attributes: attribute certificates (RFC 5755) in an extension of a proxy. Their signatures are not checked. */
import { type Der, derChildren, derHex, derTime, derValues, extension } from './der.js'

export interface VomsAttributes {
  readonly vo: string | undefined
  /** In the order of the attribute certificate; the first is the default. */
  readonly fqans: readonly string[]
  readonly validUntil: Date | undefined
}

/** VOMS attribute certificates 1.3.6.1.4.1.8005.100.100.5 */
const attributeCertificates = '2b06010401be45646405'
/** The attribute that holds the FQANs, 1.3.6.1.4.1.8005.100.100.4 */
const fqanAttribute = '2b06010401be45646404'

const sequence = 0x30
const set = 0x31
const octets = 0x04
const policyAuthority = 0xa0
const uri = 0x86

/** One entry for each VO, in order; empty where the certificate, in DER, has no VOMS attributes. */
export function vomsAttributes(certificate: Uint8Array): readonly VomsAttributes[] {
  const value = extension(certificate, attributeCertificates)
  if (value === undefined) return []
  return derChildren(derValues(value)[0])
    .flatMap((list) => derChildren(list))
    .map(attributesOf)
}

function attributesOf(certificate: Der): VomsAttributes {
  // version, holder, issuer, signature, serialNumber, attrCertValidityPeriod, attributes (RFC 5755 §4.1)
  const fields = derChildren(derChildren(certificate)[0])
  const times = fields
    .map((field) => derChildren(field))
    .find((pair) => pair.length === 2 && pair.every((time) => derTime(time) !== undefined))
  const values = fields
    .filter(({ tag }) => tag === sequence)
    .flatMap(derChildren)
    .filter((attribute) => isFqans(attribute))
    .flatMap((attribute) => derChildren(attribute).filter(({ tag }) => tag === set))
    .flatMap(derChildren)
  const fqans = values
    .flatMap(derChildren)
    .filter(({ tag }) => tag === sequence)
    .flatMap(derChildren)
    .filter(({ tag }) => tag === octets)
    .map(text)
    .filter((fqan) => /^\/[\x21-\x7e]{1,400}$/.test(fqan))
  const authority = values
    .flatMap(derChildren)
    .filter(({ tag }) => tag === policyAuthority)
    .flatMap(derChildren)
    .filter(({ tag }) => tag === uri)
    .map((name) => /^([\w.-]{1,200}):\/\//.exec(text(name))?.[1])
    .find((name) => name !== undefined)
  return {
    vo: authority ?? fqans[0]?.split('/')[1],
    fqans,
    validUntil: derTime(times?.[1]),
  }
}

function isFqans(attribute: Der): boolean {
  const [name] = derChildren(attribute)
  return derHex(name) === fqanAttribute
}

function text({ content }: Der): string {
  return Buffer.from(content).toString('latin1')
}

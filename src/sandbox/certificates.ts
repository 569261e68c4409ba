/**
 * Creates certificates for `sandbox serve --auth x509`: of an authority, a server on loopback and a client (X.509,
 * RFC 5280). Node cannot create certificates, and the packages that can have a dozen dependencies each.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface ThrowawayCertificates {
  /** Certificate of the authority. All certificates and keys are in PEM. */
  readonly ca: string
  /** For 127.0.0.1, ::1 and localhost. */
  readonly server: { readonly key: string; readonly cert: string }
  /** `subject` is written as in OpenSSL: `/O=Practice cloud/CN=ada`. */
  readonly client: { readonly key: string; readonly cert: string; readonly subject: string }
}

/**
 * Creates the certificates; `user` is the name in that of the client. They are valid from one hour before `now`
 * (milliseconds since the epoch) until a week after it.
 */
export function throwawayCertificates(user: string, now: number): ThrowawayCertificates {
  const authority: Party = { name: [...organisation, [commonName, 'Throwaway authority']], ...generateKeys() }
  const server: Party = { name: [...organisation, [commonName, 'localhost']], ...generateKeys() }
  const client: Party = { name: [...organisation, [commonName, user]], ...generateKeys() }
  const certify = (subject: Party, extensions: readonly Buffer[]) =>
    certificate({ subject, authority, extensions, now })
  return {
    ca: certify(authority, [
      extension(basicConstraints, true, sequence(boolean(true))),
      // keyCertSign and cRLSign
      extension(keyUsage, true, bitString(Buffer.from([0x06]), 1)),
    ]),
    server: {
      key: privateKeyPem(server),
      cert: certify(server, [
        extension(
          subjectAltName,
          false,
          sequence(dnsName('localhost'), ipAddress([127, 0, 0, 1]), ipAddress(loopbackIPv6)),
        ),
      ]),
    },
    client: {
      key: privateKeyPem(client),
      cert: certify(client, [extension(extendedKeyUsage, false, sequence(oid(clientAuth)))]),
      subject: `/O=Practice cloud/CN=${user}`,
    },
  }
}

/** A distinguished name: pairs of an attribute's object identifier and its value. */
type Name = readonly (readonly [attribute: string, value: string])[]

/** The subject or the issuer of a certificate. */
interface Party {
  readonly name: Name
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const commonName = '2.5.4.3'
const organisation: Name = [['2.5.4.10', 'Practice cloud']]
const keyUsage = '2.5.29.15'
const subjectAltName = '2.5.29.17'
const basicConstraints = '2.5.29.19'
const extendedKeyUsage = '2.5.29.37'
const clientAuth = '1.3.6.1.5.5.7.3.2'
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const loopbackIPv6 = [...new Array<number>(15).fill(0), 1]
/** In milliseconds. */
const hour = 3_600_000

function generateKeys(): Pick<Party, 'publicKey' | 'privateKey'> {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
}

function privateKeyPem({ privateKey }: Party): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

interface CertificateParts {
  readonly subject: Party
  readonly authority: Party
  readonly extensions: readonly Buffer[]
  readonly now: number
}

/** A certificate in PEM, signed by the authority. */
function certificate({ subject, authority, extensions, now }: CertificateParts): string {
  const algorithm = sequence(oid(ecdsaWithSha256))
  const content = sequence(
    // Version 3
    tagged(0xa0, integer(Buffer.from([2]))),
    // Serial number: positive, and without a leading zero byte
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    distinguishedName(authority.name),
    sequence(time(now - hour), time(now + 7 * 24 * hour)),
    distinguishedName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  )
  const der = sequence(content, algorithm, bitString(sign('sha256', content, authority.privateKey), 0))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** Encodes a value in DER (X.690): tag, length, content. */
function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag, ...encodedLength(body.length)]), body])
}

/** A length in DER: one byte below 128, otherwise the number of bytes and the bytes. */
function encodedLength(size: number): readonly number[] {
  if (size < 0x80) return [size]
  if (size < 0x100) return [0x81, size]
  return [0x82, size >> 8, size & 0xff]
}

function sequence(...content: readonly Buffer[]): Buffer {
  return tagged(0x30, ...content)
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes)
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]))
}

function bitString(bytes: Buffer, unusedBits: number): Buffer {
  return tagged(0x03, Buffer.from([unusedBits]), bytes)
}

/** Encodes an object identifier. */
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** Encodes a component of an object identifier in groups of seven bits. */
function base128(value: number): readonly number[] {
  const digits = [value & 0x7f]
  for (let remaining = value >> 7; remaining > 0; remaining >>= 7) digits.unshift((remaining & 0x7f) | 0x80)
  return digits
}

/** Encodes a name as a sequence of sets (0x31), each with one attribute whose value is a UTF8String (0x0c). */
function distinguishedName(parts: Name): Buffer {
  return sequence(
    ...parts.map(([attribute, value]) =>
      tagged(0x31, sequence(oid(attribute), tagged(0x0c, Buffer.from(value, 'utf8')))),
    ),
  )
}

/** Encodes a time as UTCTime, which RFC 5280 §4.1.2.5 requires for years up to 2049. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replaceAll(/\D/g, '').slice(2, 14)
  return tagged(0x17, Buffer.from(`${text}Z`, 'latin1'))
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), tagged(0x04, value))
}

function dnsName(host: string): Buffer {
  return tagged(0x82, Buffer.from(host, 'latin1'))
}

function ipAddress(bytes: readonly number[]): Buffer {
  return tagged(0x87, Buffer.from(bytes))
}

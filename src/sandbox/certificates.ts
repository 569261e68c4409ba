/**
 * Throwaway certificates for `sandbox serve --auth x509`: an authority, a server on loopback and a client (X.509,
 * RFC 5280). Node can sign data but cannot create certificates, and the packages for that have a dozen dependencies each.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface ThrowawayCertificates {
  /** Certificate of the authority. All certificates and keys are in PEM. */
  readonly ca: string
  /** For 127.0.0.1, ::1 and localhost. */
  readonly server: { readonly key: string; readonly cert: string }
  readonly client: { readonly key: string; readonly cert: string; readonly subject: string }
}

/**
 * Creates certificates for a user of this name. They are valid from one hour before `now` (milliseconds since the
 * epoch) until a week after it.
 */
export function throwawayCertificates(user: string, now: number): ThrowawayCertificates {
  const authority: Party = { name: [...organisation, [commonName, 'Throwaway authority']], ...keys() }
  const server: Party = { name: [...organisation, [commonName, 'localhost']], ...keys() }
  const client: Party = { name: [...organisation, [commonName, user]], ...keys() }
  const certify = (subject: Party, extensions: readonly Buffer[]) =>
    certificate({ subject, authority, extensions, now })
  return {
    ca: certify(authority, [
      extension(basicConstraints, true, sequence(boolean(true))),
      // keyCertSign and cRLSign
      extension(keyUsage, true, bits(Buffer.from([0x06]), 1)),
    ]),
    server: {
      key: pem(server),
      cert: certify(server, [
        extension(subjectAltName, false, sequence(dns('localhost'), ip([127, 0, 0, 1]), ip(v6Loopback))),
      ]),
    },
    client: {
      key: pem(client),
      cert: certify(client, [extension(extendedKeyUsage, false, sequence(oid(clientAuth)))]),
      subject: `/O=Practice cloud/CN=${user}`,
    },
  }
}

type Name = readonly (readonly [attribute: string, value: string])[]

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
const v6Loopback = [...new Array<number>(15).fill(0), 1]
const hour = 3_600_000

function keys(): Pick<Party, 'publicKey' | 'privateKey'> {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
}

function pem({ privateKey }: Party): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

interface CertificateParts {
  readonly subject: Party
  readonly authority: Party
  readonly extensions: readonly Buffer[]
  readonly now: number
}

function certificate({ subject, authority, extensions, now }: CertificateParts): string {
  const algorithm = sequence(oid(ecdsaWithSha256))
  const content = sequence(
    // Version 3
    tagged(0xa0, integer(Buffer.from([2]))),
    // Serial number: positive, and without a leading zero byte
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    name(authority.name),
    sequence(time(now - hour), time(now + 7 * 24 * hour)),
    name(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  )
  const der = sequence(content, algorithm, bits(sign('sha256', content, authority.privateKey), 0))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** One value in DER (X.690): tag, length, content. */
function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const size = body.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
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

function bits(bytes: Buffer, unused: number): Buffer {
  return tagged(0x03, Buffer.from([unused]), bytes)
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f]
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function name(parts: Name): Buffer {
  return sequence(
    ...parts.map(([attribute, value]) =>
      tagged(0x31, sequence(oid(attribute), tagged(0x0c, Buffer.from(value, 'utf8')))),
    ),
  )
}

/** UTCTime, which RFC 5280 §4.1.2.5 requires for years up to 2049. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replaceAll(/\D/g, '').slice(2, 14)
  return tagged(0x17, Buffer.from(`${text}Z`, 'latin1'))
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), tagged(0x04, value))
}

function dns(host: string): Buffer {
  return tagged(0x82, Buffer.from(host, 'latin1'))
}

function ip(bytes: readonly number[]): Buffer {
  return tagged(0x87, Buffer.from(bytes))
}

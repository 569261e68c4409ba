/**
 * Revocation lists beside the authorities of a hashed directory (`1a2b3c4d.r0`, as fetch-crl keeps them). As
 * with Globus, an authority without a list revokes nothing, and one whose list has ended is not trusted.
 */

import { constants, type KeyObject, verify, X509Certificate } from 'node:crypto'
import { plainText } from '../../basics/words.js'
import { DistrustError } from '../../transport/index.js'
import { type Der, derChildren, derHex, derTime, derValues } from './der.js'
import { pemBlocks } from './pem.js'

/** A certificate of the directory in PEM, and the files with lists that its hash names. */
export interface ListedAuthority {
  readonly certificate: string
  readonly lists: readonly string[]
}

interface RevocationInput {
  readonly authorities: readonly ListedAuthority[]
  readonly read: (path: string) => Promise<Uint8Array>
  readonly now: () => Date
}

/**
 * A function for `TlsMaterial.checkServer`. It throws DistrustError where a certificate is revoked, or where
 * the list of its authority has ended, is damaged or is not signed by it. Lists are read once, when needed.
 */
export function revocationCheck(input: RevocationInput): (chain: readonly Uint8Array[]) => Promise<void> {
  let bySubject: ReadonlyMap<string, readonly Authority[]> | undefined
  const read = new Map<string, Promise<readonly RevocationList[]>>()
  const listsIn = (path: string) => {
    const lists = read.get(path) ?? input.read(path).then((bytes) => parseLists(path, bytes))
    read.set(path, lists)
    return lists
  }
  return async (chain) => {
    bySubject ??= authoritiesBySubject(input.authorities)
    for (const der of chain) {
      const certificate = new X509Certificate(der)
      if (certificate.subject === certificate.issuer) continue
      const authorities = bySubject.get(certificate.issuer) ?? []
      const paths = [...new Set(authorities.flatMap(({ lists }) => lists))]
      const found = (await Promise.all(paths.map(listsIn))).flat()
      checkCertificate(certificate, authorities, found, input.now())
    }
  }
}

interface Authority {
  readonly name: Uint8Array
  readonly key: KeyObject
  readonly lists: readonly string[]
}

function authoritiesBySubject(
  authorities: readonly ListedAuthority[],
): ReadonlyMap<string, readonly Authority[]> {
  const found = new Map<string, Authority[]>()
  for (const { certificate: text, lists } of authorities) {
    if (lists.length === 0) continue
    const certificate = parseCertificate(text)
    if (certificate === undefined) continue
    const same = found.get(certificate.subject) ?? []
    same.push({ name: subjectName(certificate.raw), key: certificate.publicKey, lists })
    found.set(certificate.subject, same)
  }
  return found
}

/** Undefined for an unreadable certificate, which no TLS library accepts as an authority either. */
function parseCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

/** The subject in DER: after version, serialNumber, signature, issuer and validity (RFC 5280 §4.1). */
function subjectName(certificate: Uint8Array): Uint8Array {
  const fields = derChildren(derChildren(derValues(certificate)[0])[0])
  return fields[fields[0]?.tag === 0xa0 ? 5 : 4]?.content ?? new Uint8Array()
}

function checkCertificate(
  certificate: X509Certificate,
  authorities: readonly Authority[],
  lists: readonly RevocationList[],
  now: Date,
): void {
  // Two names may have the same hash.
  const matching = lists.filter(({ issuer }) =>
    authorities.some(({ name }) => Buffer.compare(name, issuer) === 0),
  )
  const [first] = matching
  if (first === undefined) return
  const genuine = matching.filter((list) => authorities.some(({ key }) => isSignedBy(list, key)))
  if (genuine.length === 0) {
    throw new DistrustError(
      `cannot be checked: the revocation list ${plainText(first.path)} is not signed by the authority`,
      refetch,
    )
  }
  const serial = withoutZeros(certificate.serialNumber)
  const revoking = genuine.find(({ revoked }) => revoked.has(serial))
  if (revoking !== undefined) {
    throw new DistrustError(
      `has been revoked by its authority (${plainText(revoking.path)})`,
      'Do not send anything to it; tell the provider, who has to get a new certificate.',
    )
  }
  if (
    genuine.some(
      ({ thisUpdate, nextUpdate }) => thisUpdate <= now && (nextUpdate === undefined || nextUpdate > now),
    )
  )
    return
  const latest = genuine.reduce((one, other) => (other.thisUpdate > one.thisUpdate ? other : one))
  const state =
    latest.thisUpdate > now
      ? `begins only on ${latest.thisUpdate.toISOString()}`
      : `ended on ${latest.nextUpdate?.toISOString() ?? 'an unknown day'}`
  throw new DistrustError(
    `cannot be checked: the revocation list of its authority, ${plainText(latest.path)}, ${state}`,
    latest.thisUpdate > now ? `Check the clock of this machine. ${refetch}` : refetch,
  )
}

const refetch =
  'Run fetch-crl, or ask the administrator of the directory of authorities to run it. `ca-file` with the file of the authority trusts it without a list.'

interface RevocationList {
  readonly path: string
  readonly issuer: Uint8Array
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  /** Serial numbers in hex, without leading zeros. */
  readonly revoked: ReadonlySet<string>
  readonly signed: Uint8Array
  readonly algorithm: Der | undefined
  readonly signature: Uint8Array
}

/** Throws DistrustError when there is no list in the file. */
function parseLists(path: string, bytes: Uint8Array): readonly RevocationList[] {
  const text = Buffer.from(bytes).toString('latin1')
  const found = text.includes('-----BEGIN ')
    ? pemBlocks(text)
        .filter(({ label }) => label === 'X509 CRL')
        .map((block) => Buffer.from(block.text.replace(/-----[^-]+-----/g, ''), 'base64'))
    : [bytes]
  const lists = found.map((der) => parseList(path, der))
  if (lists.length === 0) throw damaged(path)
  // A list with a critical extension may cover only some certificates, so it is not used (RFC 5280 §5.2).
  return lists.flatMap(({ list, partial }) => (partial ? [] : [list]))
}

function parseList(
  path: string,
  der: Uint8Array,
): { readonly list: RevocationList; readonly partial: boolean } {
  const [body, algorithm, signature] = allChildren(derValues(der)[0], path)
  const fields = allChildren(body, path)
  const start = fields[0]?.tag === 0x02 ? 1 : 0
  const [, issuer, thisUpdate, ...rest] = fields.slice(start)
  const from = derTime(thisUpdate)
  if (body === undefined || issuer === undefined || from === undefined || signature?.tag !== 0x03) {
    throw damaged(path)
  }
  const nextUpdate = derTime(rest[0])
  const entries = rest.find(({ tag }) => tag === 0x30)
  const extensions = rest.find(({ tag }) => tag === 0xa0)
  const revoked = entries === undefined ? [] : allChildren(entries, path)
  return {
    partial: derChildren(derChildren(extensions)[0]).some((each) => derChildren(each)[1]?.tag === 0x01),
    list: {
      path,
      issuer: issuer.content,
      thisUpdate: from,
      nextUpdate,
      revoked: new Set(revoked.map((entry) => withoutZeros(derHex(derChildren(entry)[0])))),
      signed: body.whole,
      algorithm,
      // The first byte counts the unused bits of the last.
      signature: signature.content.subarray(1),
    },
  }
}

/** All values in a constructed value. Throws if they do not fill it, since a malformed entry would hide those after it. */
function allChildren(value: Der | undefined, path: string): readonly Der[] {
  const values = derChildren(value)
  const length = values.reduce((sum, each) => sum + each.whole.length, 0)
  if (value === undefined || length !== value.content.length) throw damaged(path)
  return values
}

function damaged(path: string): DistrustError {
  return new DistrustError(`cannot be checked: the revocation list ${plainText(path)} is damaged`, refetch)
}

function withoutZeros(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '')
}

/** Signature algorithms (RFC 3279, 4055, 5758, 8410) by the hex of their OID; null: the key decides. */
const digests: Readonly<Record<string, string | null>> = {
  '2a864886f70d010105': 'sha1',
  '2a864886f70d01010e': 'sha224',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha1',
  '2a8648ce3d040301': 'sha224',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
  '2b6571': null,
}
const rsaPss = '2a864886f70d01010a'
/** Hash functions in the parameters of RSA-PSS. */
const hashes: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

function isSignedBy({ algorithm, signed, signature }: RevocationList, key: KeyObject): boolean {
  const [name, parameters] = derChildren(algorithm)
  const oid = derHex(name)
  try {
    if (oid === rsaPss) {
      const hash = derChildren(parameters).find(({ tag }) => tag === 0xa0)
      const digest = hashes[derHex(derChildren(derChildren(hash)[0])[0])]
      if (digest === undefined) return false
      const padding = constants.RSA_PKCS1_PSS_PADDING
      return verify(digest, signed, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature)
    }
    const digest = digests[oid]
    return digest !== undefined && verify(digest, signed, key, signature)
  } catch {
    // A key of another kind than the signature.
    return false
  }
}

/**
 * Checks certificates by the revocation lists in a hashed directory (`1a2b3c4d.r0`, written by fetch-crl). As with
 * Globus, an authority without a list revokes nothing, and an authority whose list has ended is not trusted.
 */

import { constants, type KeyObject, verify, X509Certificate } from 'node:crypto'
import { plainText } from '../../basics/words.js'
import { DistrustError } from '../../transport/index.js'
import { type DerValue, derChildren, derHex, derTime, derValues } from './der.js'
import { pemBlocks } from './pem.js'

/** A CA certificate in PEM, and the paths of the revocation lists with its hash. */
export interface AuthorityWithLists {
  readonly certificate: string
  readonly listFiles: readonly string[]
}

interface RevocationInput {
  readonly authorities: readonly AuthorityWithLists[]
  readonly readFile: (path: string) => Promise<Uint8Array>
  readonly now: () => Date
}

/**
 * Returns a function for `TlsMaterial.checkServer`. It throws DistrustError if a certificate is revoked, or the list of
 * its authority has ended, is damaged or is not signed by the authority. Each list is read once, when needed.
 */
export function revocationCheck(input: RevocationInput): (chain: readonly Uint8Array[]) => Promise<void> {
  let bySubject: ReadonlyMap<string, readonly Authority[]> | undefined
  const listsByPath = new Map<string, Promise<readonly RevocationList[]>>()
  const listsIn = (path: string) => {
    const lists = listsByPath.get(path) ?? input.readFile(path).then((bytes) => parseLists(path, bytes))
    listsByPath.set(path, lists)
    return lists
  }
  return async (chain) => {
    bySubject ??= authoritiesBySubject(input.authorities)
    for (const der of chain) {
      const certificate = new X509Certificate(der)
      if (certificate.subject === certificate.issuer) continue
      const authorities = bySubject.get(certificate.issuer) ?? []
      const paths = [...new Set(authorities.flatMap(({ listFiles }) => listFiles))]
      const lists = (await Promise.all(paths.map(listsIn))).flat()
      checkCertificate(certificate, authorities, lists, input.now())
    }
  }
}

interface Authority {
  /** The subject in DER. */
  readonly subject: Uint8Array
  readonly key: KeyObject
  readonly listFiles: readonly string[]
}

function authoritiesBySubject(
  authorities: readonly AuthorityWithLists[],
): ReadonlyMap<string, readonly Authority[]> {
  const bySubject = new Map<string, Authority[]>()
  for (const { certificate: text, listFiles } of authorities) {
    if (listFiles.length === 0) continue
    const certificate = parseCertificate(text)
    if (certificate === undefined) continue
    const sameSubject = bySubject.get(certificate.subject) ?? []
    sameSubject.push({ subject: subjectName(certificate.raw), key: certificate.publicKey, listFiles })
    bySubject.set(certificate.subject, sameSubject)
  }
  return bySubject
}

/** Returns undefined for an unreadable certificate, which no TLS library accepts as an authority either. */
function parseCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

/** Returns the subject in DER, which follows version, serialNumber, signature, issuer and validity (RFC 5280 §4.1). */
function subjectName(certificate: Uint8Array): Uint8Array {
  const fields = derChildren(derChildren(derValues(certificate)[0])[0])
  return fields[fields[0]?.tag === 0xa0 ? 5 : 4]?.content ?? new Uint8Array()
}

/** Throws DistrustError if the lists revoke the certificate or none of them is valid now. */
function checkCertificate(
  certificate: X509Certificate,
  authorities: readonly Authority[],
  lists: readonly RevocationList[],
  now: Date,
): void {
  // Authorities with different subjects may have the same hash.
  const issuerLists = lists.filter(({ issuer }) =>
    authorities.some(({ subject }) => Buffer.compare(subject, issuer) === 0),
  )
  const [firstList] = issuerLists
  if (firstList === undefined) return
  const signedLists = issuerLists.filter((list) => authorities.some(({ key }) => isSignedBy(list, key)))
  if (signedLists.length === 0) {
    throw new DistrustError(
      `cannot be checked: the revocation list ${plainText(firstList.path)} is not signed by the authority`,
      refetchHint,
    )
  }
  const serial = withoutLeadingZeros(certificate.serialNumber)
  const revokingList = signedLists.find(({ revokedSerials }) => revokedSerials.has(serial))
  if (revokingList !== undefined) {
    throw new DistrustError(
      `has been revoked by its authority (${plainText(revokingList.path)})`,
      'Do not send anything to it; tell the provider, who has to get a new certificate.',
    )
  }
  const isCurrent = ({ thisUpdate, nextUpdate }: RevocationList) =>
    thisUpdate <= now && (nextUpdate === undefined || nextUpdate > now)
  if (signedLists.some(isCurrent)) return
  const latest = signedLists.reduce((latestSoFar, list) =>
    list.thisUpdate > latestSoFar.thisUpdate ? list : latestSoFar,
  )
  const state =
    latest.thisUpdate > now
      ? `begins only on ${latest.thisUpdate.toISOString()}`
      : `ended on ${latest.nextUpdate?.toISOString() ?? 'an unknown day'}`
  throw new DistrustError(
    `cannot be checked: the revocation list of its authority, ${plainText(latest.path)}, ${state}`,
    latest.thisUpdate > now ? `Check the clock of this machine. ${refetchHint}` : refetchHint,
  )
}

const refetchHint =
  'Run fetch-crl, or ask the administrator of the CA directory to run it. To trust the authority without a list, give its file by `ca-file`.'

interface RevocationList {
  readonly path: string
  readonly issuer: Uint8Array
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  /** Serial numbers in hex, without leading zeros. */
  readonly revokedSerials: ReadonlySet<string>
  /** The part of the list that the signature covers. */
  readonly signedBytes: Uint8Array
  readonly algorithm: DerValue | undefined
  readonly signature: Uint8Array
}

/** Parses the lists in a file, PEM or DER. Throws DistrustError when there is none. */
function parseLists(path: string, bytes: Uint8Array): readonly RevocationList[] {
  const text = Buffer.from(bytes).toString('latin1')
  const ders = text.includes('-----BEGIN ')
    ? pemBlocks(text)
        .filter(({ label }) => label === 'X509 CRL')
        .map((block) => Buffer.from(block.text.replace(/-----[^-]+-----/g, ''), 'base64'))
    : [bytes]
  const lists = ders.map((der) => parseList(path, der))
  if (lists.length === 0) throw damagedList(path)
  // A list with a critical extension may cover only some certificates, so it is not used (RFC 5280 §5.2).
  return lists.filter(({ isPartial }) => !isPartial).map(({ list }) => list)
}

function parseList(
  path: string,
  der: Uint8Array,
): { readonly list: RevocationList; readonly isPartial: boolean } {
  const [body, algorithm, signature] = allChildren(derValues(der)[0], path)
  const fields = allChildren(body, path)
  const versionFields = fields[0]?.tag === 0x02 ? 1 : 0
  const [, issuer, thisUpdate, ...remainingFields] = fields.slice(versionFields)
  const thisUpdateTime = derTime(thisUpdate)
  if (body === undefined || issuer === undefined || thisUpdateTime === undefined || signature?.tag !== 0x03) {
    throw damagedList(path)
  }
  const nextUpdate = derTime(remainingFields[0])
  const entries = remainingFields.find(({ tag }) => tag === 0x30)
  const extensions = remainingFields.find(({ tag }) => tag === 0xa0)
  const revokedEntries = entries === undefined ? [] : allChildren(entries, path)
  return {
    // Only a critical extension has a BOOLEAN after its identifier.
    isPartial: derChildren(derChildren(extensions)[0]).some(
      (extension) => derChildren(extension)[1]?.tag === 0x01,
    ),
    list: {
      path,
      issuer: issuer.content,
      thisUpdate: thisUpdateTime,
      nextUpdate,
      revokedSerials: new Set(
        revokedEntries.map((entry) => withoutLeadingZeros(derHex(derChildren(entry)[0]))),
      ),
      signedBytes: body.encoded,
      algorithm,
      // The first byte of a BIT STRING is the number of unused bits in the last byte.
      signature: signature.content.subarray(1),
    },
  }
}

/** Returns all values in a constructed value. Throws if one is malformed, because it would hide those after it. */
function allChildren(value: DerValue | undefined, path: string): readonly DerValue[] {
  const values = derChildren(value)
  const length = values.reduce((sum, each) => sum + each.encoded.length, 0)
  if (value === undefined || length !== value.content.length) throw damagedList(path)
  return values
}

function damagedList(path: string): DistrustError {
  return new DistrustError(
    `cannot be checked: the revocation list ${plainText(path)} is damaged`,
    refetchHint,
  )
}

function withoutLeadingZeros(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '')
}

/**
 * Hash functions by the OIDs of signature algorithms in hex (RFC 3279, 4055, 5758, 8410). Null for Ed25519 and Ed448,
 * whose keys determine the hash.
 */
const hashesBySignature: Readonly<Record<string, string | null>> = {
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
const rsaPssOid = '2a864886f70d01010a'
/** Hash functions by their OIDs in the parameters of RSA-PSS (RFC 4055 §2.1), in hex. */
const hashesByOid: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

function isSignedBy({ algorithm, signedBytes, signature }: RevocationList, key: KeyObject): boolean {
  const [name, parameters] = derChildren(algorithm)
  const oid = derHex(name)
  try {
    if (oid === rsaPssOid) {
      const hash = derChildren(parameters).find(({ tag }) => tag === 0xa0)
      const digest = hashesByOid[derHex(derChildren(derChildren(hash)[0])[0])]
      if (digest === undefined) return false
      const padding = constants.RSA_PKCS1_PSS_PADDING
      const saltLength = constants.RSA_PSS_SALTLEN_AUTO
      return verify(digest, signedBytes, { key, padding, saltLength }, signature)
    }
    const digest = hashesBySignature[oid]
    return digest !== undefined && verify(digest, signedBytes, key, signature)
  } catch {
    // The key is of another kind than the signature.
    return false
  }
}

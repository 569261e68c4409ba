/** Pure functions that compute the Authorization header of HTTP Digest (RFC 7616 §3.4). */
import { createHash } from 'node:crypto'

export type Qop = 'auth' | 'auth-int'

export interface Algorithm {
  /** The name used in headers: `SHA-256-sess`. */
  readonly name: string
  /** Whether the challenge names no algorithm: then MD5 is used, and the header omits its name. */
  readonly implied: boolean
  /** The name of the hash function in node:crypto. */
  readonly hash: string
  /** Whether it is a `-sess` variant. */
  readonly session: boolean
}

export interface DigestInput {
  readonly username: string
  readonly password: string
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  readonly algorithm: Algorithm
  readonly qop: Qop | undefined
  readonly userhash: boolean
  /** Whether the challenge contains charset=UTF-8. */
  readonly utf8: boolean
  readonly cnonce: string
  /** The number of this request with the nonce (`nc`), from 1. */
  readonly count: number
  readonly method: string
  /** The request target: path and query. */
  readonly uri: string
  readonly body: string | Uint8Array | undefined
}

const hashes: Readonly<Record<string, string>> = {
  md5: 'md5',
  'sha-256': 'sha256',
  'sha-512-256': 'sha512-256',
}

export function algorithmOf(name: string | undefined): Algorithm | undefined {
  const spelling = name ?? 'MD5'
  const lowerCaseName = spelling.toLowerCase()
  const session = lowerCaseName.endsWith('-sess')
  const baseName = session ? lowerCaseName.slice(0, -'-sess'.length) : lowerCaseName
  const hash = Object.hasOwn(hashes, baseName) ? hashes[baseName] : undefined
  return hash === undefined ? undefined : { name: spelling, implied: name === undefined, hash, session }
}

/** Returns the value of the Authorization header. */
export function digestHeader(input: DigestInput): string {
  const nc = nonceCount(input)
  const parts = [
    `Digest ${usernameParameter(input)}`,
    `realm=${quoted(input.realm)}`,
    `nonce=${quoted(input.nonce)}`,
    `uri=${quoted(input.uri)}`,
    ...(input.algorithm.implied ? [] : [`algorithm=${input.algorithm.name}`]),
    ...(input.qop === undefined ? [] : [`qop=${input.qop}`, `nc=${nc}`]),
    // Without qop the cnonce is only sent with a -sess algorithm, whose A1 (the hash of the credentials) contains it.
    ...(input.qop === undefined && !input.algorithm.session ? [] : [`cnonce=${quoted(input.cnonce)}`]),
    `response="${digestResponse(input)}"`,
    ...(input.opaque === undefined ? [] : [`opaque=${quoted(input.opaque)}`]),
    ...(input.userhash ? ['userhash=true'] : []),
  ]
  return parts.join(', ')
}

/**
 * Returns the expected `rspauth` of Authentication-Info (RFC 7616 §3.5), computed like `response`, but with an empty
 * method. Undefined for auth-int, which cannot be checked: its hash includes the body before decoding, which the
 * transport does not keep, and WEBrick uses the body of the request instead.
 */
export function expectedRspauth(input: DigestInput): string | undefined {
  return input.qop === 'auth-int' ? undefined : digestResponse({ ...input, method: '' })
}

function digestResponse(input: DigestInput): string {
  const { hash } = input.algorithm
  const nc = nonceCount(input)
  const credentialsHash = hexDigest(hash, `${input.username}:${input.realm}:${input.password}`)
  const a1 = input.algorithm.session
    ? hexDigest(hash, `${credentialsHash}:${input.nonce}:${input.cnonce}`)
    : credentialsHash
  const target = `${input.method}:${input.uri}`
  const a2 = hexDigest(
    hash,
    input.qop === 'auth-int' ? `${target}:${hexDigest(hash, input.body ?? '')}` : target,
  )
  return input.qop === undefined
    ? hexDigest(hash, `${a1}:${input.nonce}:${a2}`)
    : hexDigest(hash, `${a1}:${input.nonce}:${nc}:${input.cnonce}:${input.qop}:${a2}`)
}

/**
 * Returns the `username` parameter. userhash hides the name (RFC 7616 §3.4.4). A name with non-ASCII characters is sent
 * as `username*` to servers that announce charset=UTF-8, and as plain UTF-8 to others, such as Apache, which does not
 * accept `username*`.
 */
function usernameParameter(input: DigestInput): string {
  const { username, realm, algorithm } = input
  if (input.userhash) return `username="${hexDigest(algorithm.hash, `${username}:${realm}`)}"`
  if (input.utf8 && !isAscii(username)) return `username*=UTF-8''${encodeExtended(username)}`
  return `username=${quoted(username)}`
}

function nonceCount({ count }: DigestInput): string {
  return count.toString(16).padStart(8, '0')
}

function hexDigest(hash: string, data: string | Uint8Array): string {
  return createHash(hash).update(data).digest('hex')
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** Encodes an extended value (RFC 8187 §3.2). encodeURIComponent leaves four characters that must be escaped, too. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7e) return false
  return true
}

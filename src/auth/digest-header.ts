/** Computes the Authorization header of RFC 7616 §3.4. Pure functions. */
import { createHash } from 'node:crypto'

export type Qop = 'auth' | 'auth-int'

export interface Algorithm {
  /** The name used in headers: `SHA-256-sess`. */
  readonly name: string
  /** Whether the challenge names no algorithm: then MD5 is used, and the header omits its name. */
  readonly implied: boolean
  readonly hash: string
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
  const written = name ?? 'MD5'
  const lower = written.toLowerCase()
  const session = lower.endsWith('-sess')
  const base = session ? lower.slice(0, -'-sess'.length) : lower
  const hash = Object.hasOwn(hashes, base) ? hashes[base] : undefined
  return hash === undefined ? undefined : { name: written, implied: name === undefined, hash, session }
}

/** The value of Authorization. */
export function digestHeader(input: DigestInput): string {
  const nc = nonceCount(input)
  const parts = [
    `Digest ${usernameParameter(input)}`,
    `realm=${quoted(input.realm)}`,
    `nonce=${quoted(input.nonce)}`,
    `uri=${quoted(input.uri)}`,
    ...(input.algorithm.implied ? [] : [`algorithm=${input.algorithm.name}`]),
    ...(input.qop === undefined ? [] : [`qop=${input.qop}`, `nc=${nc}`]),
    // Without qop the header contains the cnonce only if A1 does.
    ...(input.qop === undefined && !input.algorithm.session ? [] : [`cnonce=${quoted(input.cnonce)}`]),
    `response="${digestResponse(input)}"`,
    ...(input.opaque === undefined ? [] : [`opaque=${quoted(input.opaque)}`]),
    ...(input.userhash ? ['userhash=true'] : []),
  ]
  return parts.join(', ')
}

/**
 * The expected `rspauth` of Authentication-Info (RFC 7616 §3.5), computed like `response`, with an empty method.
 * Undefined for auth-int, which cannot be checked: its hash includes the body before decoding, which the transport
 * does not keep, and WEBrick uses the body of the request instead.
 */
export function digestProof(input: DigestInput): string | undefined {
  return input.qop === 'auth-int' ? undefined : digestResponse({ ...input, method: '' })
}

function digestResponse(input: DigestInput): string {
  const { hash } = input.algorithm
  const nc = nonceCount(input)
  const user = hex(hash, `${input.username}:${input.realm}:${input.password}`)
  const a1 = input.algorithm.session ? hex(hash, `${user}:${input.nonce}:${input.cnonce}`) : user
  const target = `${input.method}:${input.uri}`
  const a2 = hex(hash, input.qop === 'auth-int' ? `${target}:${hex(hash, input.body ?? '')}` : target)
  return input.qop === undefined
    ? hex(hash, `${a1}:${input.nonce}:${a2}`)
    : hex(hash, `${a1}:${input.nonce}:${nc}:${input.cnonce}:${input.qop}:${a2}`)
}

/**
 * The `username` parameter. userhash hides the name (RFC 7616 §3.4.4). A name with non-ASCII characters is sent as
 * `username*` to servers that announce charset=UTF-8, and as plain UTF-8 to others: Apache accepts that, but not
 * `username*`.
 */
function usernameParameter(input: DigestInput): string {
  const { username, realm, algorithm } = input
  if (input.userhash) return `username="${hex(algorithm.hash, `${username}:${realm}`)}"`
  if (input.utf8 && !isAscii(username)) return `username*=UTF-8''${encodeExtended(username)}`
  return `username=${quoted(username)}`
}

function nonceCount({ count }: DigestInput): string {
  return count.toString(16).padStart(8, '0')
}

function hex(hash: string, data: string | Uint8Array): string {
  return createHash(hash).update(data).digest('hex')
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** RFC 8187 §3.2. encodeURIComponent leaves four characters unescaped that must be escaped here. */
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

/**
 * Parses WWW-Authenticate (RFC 9110 §11.6.1) in one pass, including malformed headers of real servers: `Keystone
 * uri='…'` (occi-os, rOCCI-server), `Keystone uri=https://…` (Repose), missing commas.
 */
import type { HeaderPair } from '../basics/http.js'

export interface Challenge {
  /** Lower case: `basic`, `keystone`. */
  readonly scheme: string
  readonly token68?: string
  /** Names in lower case. If a name is repeated, the first value is used. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Returns all challenges in the headers with this name, in order. Takes linear time; never throws. */
export function parseChallenges(
  headers: readonly HeaderPair[],
  name = 'www-authenticate',
): readonly Challenge[] {
  const challenges: Challenge[] = []
  for (const [header, value] of headers) {
    if (header.toLowerCase() === name) readHeader(value, challenges)
  }
  return challenges
}

/** Returns the URL of Keystone as written in a challenge: `Keystone uri=…`, or Synnefo's `snf-auth uri=…`. */
export function keystoneUri(challenges: readonly Challenge[]): string | undefined {
  for (const { scheme, parameters } of challenges) {
    const uri = parameters.get('uri')
    if ((scheme === 'keystone' || scheme === 'snf-auth') && uri !== undefined && uri !== '') return uri
  }
  return undefined
}

/** Parses an `auth-param` list without a scheme, as in Authentication-Info (RFC 7615 §3). */
export function parseParameters(value: string): ReadonlyMap<string, string> {
  const challenges: Challenge[] = []
  readHeader(`x ${value}`, challenges)
  return challenges[0]?.parameters ?? new Map()
}

/** A challenge whose parameters are still being read. */
interface OpenChallenge {
  scheme: string
  token68?: string
  parameters: Map<string, string>
}

function readHeader(text: string, challenges: Challenge[]): void {
  let position = 0
  let current: OpenChallenge | undefined
  while (position < text.length) {
    position = skip(text, position, isSeparator)
    if (position >= text.length) break
    const wordEnd = skip(text, position, isToken)
    if (wordEnd === position) {
      // A token was expected; skip a stray quote or control character.
      position += 1
      continue
    }
    const word = text.slice(position, wordEnd)
    const afterWord = skip(text, wordEnd, isSpace)
    if (text[afterWord] === '=' && current !== undefined) {
      const [value, valueEnd] = readValue(text, skip(text, afterWord + 1, isSpace))
      const name = word.toLowerCase()
      if (!current.parameters.has(name)) current.parameters.set(name, value)
      position = valueEnd
      continue
    }
    current = { scheme: word.toLowerCase(), parameters: new Map() }
    challenges.push(current)
    position = afterWord
    const token68 = afterWord > wordEnd ? readToken68(text, afterWord) : undefined
    if (token68 !== undefined) {
      current.token68 = token68
      position += token68.length
    }
  }
}

/**
 * Reads token68 = 1*( ALPHA / DIGIT / "-._~+/" ) *"=" after a scheme (RFC 9110 §11.2). The end or a comma must follow.
 */
function readToken68(text: string, start: number): string | undefined {
  const end = skip(text, skip(text, start, isToken68), isEquals)
  const after = skip(text, end, isSpace)
  if (end === start || (after < text.length && text[after] !== ',')) return undefined
  return text.slice(start, end)
}

function readValue(text: string, start: number): readonly [string, number] {
  const quote = text[start]
  if (quote === '"') return readQuoted(text, start + 1)
  if (quote === "'") {
    // Single quotes are not quotes in the RFC, but old keystonemiddleware and occi-os use them.
    const end = text.indexOf("'", start + 1)
    if (end !== -1) return [text.slice(start + 1, end), end + 1]
  }
  const end = skip(text, start, isUnquoted)
  return [text.slice(start, end), end]
}

function readQuoted(text: string, start: number): readonly [string, number] {
  let value = ''
  let pieceStart = start
  for (let position = start; position < text.length; position += 1) {
    const character = text[position]
    if (character === '"') return [value + text.slice(pieceStart, position), position + 1]
    if (character === '\\' && position + 1 < text.length) {
      value += text.slice(pieceStart, position)
      position += 1
      pieceStart = position
    }
  }
  return [value + text.slice(pieceStart), text.length]
}

function skip(text: string, start: number, accepts: (code: number) => boolean): number {
  let position = start
  while (position < text.length && accepts(text.charCodeAt(position))) position += 1
  return position
}

const tokenCharacters = new Set(
  [..."!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((character) =>
    character.charCodeAt(0),
  ),
)
const token68Characters = new Set(
  [...'-._~+/0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((character) =>
    character.charCodeAt(0),
  ),
)

const isSpace = (code: number) => code === 0x20 || code === 0x09
const isSeparator = (code: number) => isSpace(code) || code === 0x2c
const isEquals = (code: number) => code === 0x3d
const isToken = (code: number) => tokenCharacters.has(code)
const isToken68 = (code: number) => token68Characters.has(code)
/** Only white space, commas and double quotes end an unquoted value, because it may be a URL. */
const isUnquoted = (code: number) => !isSeparator(code) && code !== 0x22

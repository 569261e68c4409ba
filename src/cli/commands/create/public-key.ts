/** Reads public keys of OpenSSH (RFC 4253 §6.6). The error for another file names its format and how to convert it. */
import { shellWord } from '../../../basics/shell-word.js'
import { UsageError } from '../../../errors/errors.js'

/** The line of the only key in a file. `file` is `-` for standard input. Throws UsageError. */
export function publicKeyIn(bytes: Buffer, file: string): string {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const path = file === '-' ? 'FILE' : shellWord(file)
  const keyError = ({ predicate, hint }: KeyProblem) =>
    new UsageError(`--ssh-key: ${file === '-' ? 'standard input' : file} ${predicate}`, {
      hint,
      at: '--ssh-key',
    })
  for (const { matches, problem } of otherFormats)
    if (matches(bytes, text)) throw keyError(problem(path, file))
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const [firstLine = ''] = lines
  if (firstLine === '') throw keyError({ predicate: 'contains no key', hint: expectedFormat })
  const keys = lines.filter((line) => keyType.test(line))
  if (keys.length > 1)
    throw keyError({
      predicate: `contains ${keys.length} keys`,
      hint: 'A machine receives one key: copy the key that you want to a separate file.',
    })
  if (keys.length === 1 && lines.length > 1)
    throw keyError({
      predicate: 'contains a key that is broken into several lines',
      hint: 'Join the lines: a public key is one line.',
    })
  const type = keyType.exec(firstLine)?.[1]
  if (type === undefined) {
    const hasOptions = /\s(?:ssh|ecdsa|sk)-[\w@.-]+ AAAA/.test(firstLine)
    throw keyError({
      predicate: hasOptions
        ? 'has options before the key, as in authorized_keys'
        : 'does not contain a public key',
      hint: hasOptions ? 'Remove the options before the type of the key.' : expectedFormat,
    })
  }
  const problem = problemOf(type, firstLine.slice(type.length).trim().split(/\s+/)[0] ?? '')
  if (problem !== undefined) throw keyError(problem)
  return firstLine
}

/** Why a file is not accepted. */
interface KeyProblem {
  /** Follows the name of the file in the message: "contains no key". */
  readonly predicate: string
  readonly hint: string
}

const expectedFormat =
  'A public key is one line that begins with its type, for example ssh-ed25519 or ssh-rsa.'

const keyType = /^((?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-\S+|sk-\S+)\S*)(?=\s|$)/

/** Formats of files that users give by mistake. */
const otherFormats: readonly {
  readonly matches: (bytes: Buffer, text: string) => boolean
  readonly problem: (path: string, file: string) => KeyProblem
}[] = [
  {
    matches: isUtf16,
    problem: (path) => ({ predicate: 'is in UTF-16', hint: `Convert it: iconv -f UTF-16 -t UTF-8 ${path}` }),
  },
  {
    matches: (_, text) => text.startsWith('PuTTY-User-Key-File-'),
    problem: (path) => ({
      predicate: 'contains a private key of PuTTY, which must never leave this machine',
      hint: `Extract the public key: puttygen ${path} -O public-openssh -o key.pub`,
    }),
  },
  {
    matches: (_, text) => text.includes('PRIVATE KEY-----'),
    problem: (_, file) => ({
      predicate: 'contains a private key, which must never leave this machine',
      hint: file === '-' ? 'Use the public key.' : `Use the public key: ${file}.pub`,
    }),
  },
  {
    matches: (_, text) => text.includes('---- BEGIN SSH2 PUBLIC KEY ----'),
    problem: (path) => ({
      predicate: 'contains a key in the format of RFC 4716',
      hint: `Convert it: ssh-keygen -i -f ${path} > key.pub`,
    }),
  },
  {
    matches: (_, text) => text.includes('-----BEGIN PUBLIC KEY-----'),
    problem: (path) => ({
      predicate: 'contains a key in PKCS#8 format',
      hint: `Convert it: ssh-keygen -i -m PKCS8 -f ${path} > key.pub`,
    }),
  },
  {
    matches: (_, text) => text.includes('-----BEGIN RSA PUBLIC KEY-----'),
    problem: (path) => ({
      predicate: 'contains a key in PEM format',
      hint: `Convert it: ssh-keygen -i -m PEM -f ${path} > key.pub`,
    }),
  },
]

/**
 * Whether the bytes are UTF-16: they begin with a byte order mark, or their first two characters have a zero byte each.
 */
export function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes
  return (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (bytes.length >= 4 &&
      (first === 0) !== (second === 0) &&
      bytes.subarray(0, 4).filter((byte) => byte === 0).length === 2)
  )
}

/** The problem of a key whose type and encoded data do not fit; undefined if there is none. */
function problemOf(type: string, encoded: string): KeyProblem | undefined {
  if (type.includes('-cert-v0')) {
    return { predicate: 'contains a certificate', hint: 'Use the public key that it certifies.' }
  }
  const damaged = {
    predicate: 'contains a damaged key',
    hint: 'Copy the complete key again; ssh-keygen -l -f FILE checks it.',
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return damaged
  const blob = Buffer.from(encoded, 'base64')
  // The blob consists of fields, each preceded by its length. The first field is the type.
  const fields: Buffer[] = []
  for (let start = 0; start < blob.length; ) {
    if (start + 4 > blob.length) return damaged
    const end = start + 4 + blob.readUInt32BE(start)
    if (end > blob.length) return damaged
    fields.push(blob.subarray(start + 4, end))
    start = end
  }
  const encodedType = fields[0]?.toString('latin1') ?? ''
  if (fields.length < 2 || !/^[\w@.-]{1,64}$/.test(encodedType)) return damaged
  if (encodedType === type) return undefined
  return {
    predicate: `names the type ${type}, but contains a key of type ${encodedType}`,
    hint: `Copy it again, or write ${encodedType} before the key.`,
  }
}

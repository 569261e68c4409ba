/** Reads public keys of OpenSSH (RFC 4253 §6.6), and says what else a file holds, and what to do about it. */
import { shellWord } from '../../../basics/shell-word.js'
import { UsageError } from '../../../errors/errors.js'

/** The one key in a file, without comment lines. Throws UsageError. `file` is `-` for standard input. */
export function publicKeyIn(bytes: Buffer, file: string): string {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const path = file === '-' ? 'FILE' : shellWord(file)
  const refused = ({ what, hint }: Refusal) =>
    new UsageError(`--ssh-key: ${file === '-' ? 'standard input' : file} ${what}`, { hint, at: '--ssh-key' })
  for (const { signs, refusal } of otherForms) if (signs(bytes, text)) throw refused(refusal(path, file))
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const [first = ''] = lines
  if (first === '') throw refused({ what: 'holds no key', hint: usual })
  const keys = lines.filter((line) => keyType.test(line))
  if (keys.length > 1)
    throw refused({
      what: `holds ${keys.length} keys`,
      hint: 'One key is given to a machine: put it in a file of its own.',
    })
  if (keys.length === 1 && lines.length > 1)
    throw refused({
      what: 'has a key that is broken into lines',
      hint: 'Join them: a public key is one line.',
    })
  const type = keyType.exec(first)?.[1]
  if (type === undefined) {
    const inside = /\s(?:ssh|ecdsa|sk)-[\w@.-]+ AAAA/.test(first)
    throw refused({
      what: inside ? 'has options before the key, as in authorized_keys' : 'does not hold a public key',
      hint: inside ? 'Leave out what stands before the type of the key.' : usual,
    })
  }
  const problem = problemOf(type, first.slice(type.length).trim().split(/\s+/)[0] ?? '')
  if (problem !== undefined) throw refused(problem)
  return first
}

interface Refusal {
  /** Follows the name of the file. */
  readonly what: string
  readonly hint: string
}

const usual = 'A public key is one line that begins with ssh-ed25519, ssh-rsa or the like.'

const keyType = /^((?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-\S+|sk-\S+)\S*)(?=\s|$)/

const otherForms: readonly {
  readonly signs: (bytes: Buffer, text: string) => boolean
  readonly refusal: (path: string, file: string) => Refusal
}[] = [
  {
    signs: isUtf16,
    refusal: (path) => ({ what: 'is in UTF-16', hint: `Convert it: iconv -f UTF-16 -t UTF-8 ${path}` }),
  },
  {
    signs: (_, text) => text.startsWith('PuTTY-User-Key-File-'),
    refusal: (path) => ({
      what: "holds PuTTY's private key, which must never leave this machine",
      hint: `Make the public one of it: puttygen ${path} -O public-openssh -o key.pub`,
    }),
  },
  {
    signs: (_, text) => text.includes('PRIVATE KEY-----'),
    refusal: (_, file) => ({
      what: 'holds a private key, which must never leave this machine',
      hint: file === '-' ? 'Give the public key.' : `Give the public one: ${file}.pub`,
    }),
  },
  {
    signs: (_, text) => text.includes('---- BEGIN SSH2 PUBLIC KEY ----'),
    refusal: (path) => ({
      what: 'holds a key in the form of RFC 4716',
      hint: `Convert it: ssh-keygen -i -f ${path} > key.pub`,
    }),
  },
  {
    signs: (_, text) => text.includes('-----BEGIN PUBLIC KEY-----'),
    refusal: (path) => ({
      what: 'holds a key in the form of PKCS#8',
      hint: `Convert it: ssh-keygen -i -m PKCS8 -f ${path} > key.pub`,
    }),
  },
  {
    signs: (_, text) => text.includes('-----BEGIN RSA PUBLIC KEY-----'),
    refusal: (path) => ({
      what: 'holds a key in the form of PEM',
      hint: `Convert it: ssh-keygen -i -m PEM -f ${path} > key.pub`,
    }),
  },
]

/** By the byte order mark, or by the zero bytes of ASCII in UTF-16. */
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

function problemOf(type: string, encoded: string): Refusal | undefined {
  if (type.includes('-cert-v0')) {
    return { what: 'holds a certificate', hint: 'Give the public key that it was made for.' }
  }
  const damaged = {
    what: 'holds a damaged key',
    hint: 'Copy it again, whole; ssh-keygen -l -f FILE tells whether it is.',
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return damaged
  const blob = Buffer.from(encoded, 'base64')
  // Fields with their lengths before them, to the end; the first is the type.
  const fields: Buffer[] = []
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return damaged
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return damaged
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  const inside = fields[0]?.toString('latin1') ?? ''
  if (fields.length < 2 || !/^[\w@.-]{1,64}$/.test(inside)) return damaged
  if (inside === type) return undefined
  return {
    what: `says ${type}, but the key is ${inside}`,
    hint: `Copy it again, or write ${inside} before it.`,
  }
}

/**
 * Turns files into TLS material. The files are checked before any connection, so that errors can name the
 * file.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { shellWord } from '../../basics/shell-word.js'
import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import { type Inspected, inspect } from './inspect.js'
import { certificatesIn, isEncrypted, keyIn } from './pem.js'

interface Material {
  readonly tls: TlsMaterial
  /** Undefined when the certificate in a PKCS#12 file cannot be read. */
  readonly inspected: Inspected | undefined
}

interface MaterialInput {
  readonly certificate: string
  readonly key: string | undefined
  readonly content: Uint8Array
  readonly keyContent: Uint8Array | undefined
  /** Called only if the key or the file is encrypted. */
  readonly passphrase: () => Promise<string | undefined>
}

/**
 * Throws AuthError when there is no certificate or key, the passphrase is missing or wrong, the key belongs
 * to another certificate, or the cipher (RC2) is unsupported.
 */
export async function loadMaterial(input: MaterialInput): Promise<Material> {
  const text = Buffer.from(input.content).toString('latin1')
  return text.includes('-----BEGIN ') ? loadPem(input, text) : loadPkcs12(input)
}

async function loadPem(input: MaterialInput, text: string): Promise<Material> {
  const certificates = certificatesIn(text)
  if (certificates.length === 0) {
    throw new AuthError(`There is no certificate in ${input.certificate}`, {
      hint: 'A PEM file with a CERTIFICATE block, a PKCS#12 file or a proxy is needed.',
      at: input.certificate,
    })
  }
  const keyFile = input.keyContent === undefined ? input.certificate : (input.key ?? input.certificate)
  const key = keyIn(input.keyContent === undefined ? text : Buffer.from(input.keyContent).toString('latin1'))
  if (key === undefined) {
    throw new AuthError(`There is no private key in ${keyFile}`, {
      hint: 'Give the file that holds it by `user-key`.',
      at: keyFile,
    })
  }
  const encrypted = isEncrypted(key)
  const passphrase = encrypted ? await input.passphrase() : undefined
  if (encrypted && (passphrase === undefined || passphrase === '')) throw passphraseMissing(keyFile)
  const opened = openKey(key.text, passphrase, keyFile)
  const chain = leafFirst(certificates, opened, input.certificate, keyFile)
  const tls = { cert: chain.join(''), key: key.text, ...(passphrase === undefined ? {} : { passphrase }) }
  refuseWeak(tls, input.certificate)
  return { tls, inspected: inspect(chain) }
}

/** An empty list, which keeps Node from loading its root certificates (24 ms). */
const noRoots: string[] = []

/** Throws for keys of 512 bits and hashes such as MD5, which OpenSSL refuses to use; old grid certificates have both. */
function refuseWeak(tls: TlsMaterial, file: string): void {
  const { createSecureContext } = process.getBuiltinModule('node:tls')
  try {
    createSecureContext({ cert: tls.cert as string, ca: noRoots })
  } catch (error) {
    if (!/KEY_TOO_SMALL|MD_TOO_WEAK|key too small|md too weak/.test(`${codeOf(error)} ${messageOf(error)}`))
      return
    throw new AuthError(`A key or hash in ${file} is too weak for today's TLS`, {
      hint: 'Get a certificate, or create a proxy (voms-proxy-init -rfc -bits 2048), with at least RSA 2048 and SHA-256.',
      at: file,
    })
  }
}

function openKey(text: string, passphrase: string | undefined, file: string): KeyObject {
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (error) {
    const code = codeOf(error)
    // One in 256 wrong passphrases yields valid padding around garbage, for which OpenSSL reports another
    // error.
    if (
      code === 'ERR_OSSL_BAD_DECRYPT' ||
      (passphrase !== undefined && code !== 'ERR_OSSL_EVP_UNSUPPORTED')
    ) {
      throw passphraseWrong(file)
    }
    if (code === 'ERR_OSSL_EVP_UNSUPPORTED' || code === 'ERR_OSSL_UNSUPPORTED') {
      throw new AuthError(
        `The private key in ${file} is encrypted in a way that OpenSSL 3 no longer reads (DES, RC2)`,
        {
          hint: `Convert it: openssl pkey -provider legacy -provider default -in ${shellWord(file)} -aes256 -out new-key.pem`,
          at: file,
        },
      )
    }
    throw new AuthError(`The private key in ${file} cannot be read (${code ?? 'damaged'})`, {
      hint: `Look at it: openssl pkey -in ${shellWord(file)} -noout`,
      at: file,
    })
  }
}

/**
 * Puts the certificate of the key first and each issuer after what it signed, whatever the order in the file.
 * TLS 1.2 requires this order (RFC 5246 §7.4.2). Others stay at the end.
 */
function leafFirst(
  certificates: readonly string[],
  key: KeyObject,
  file: string,
  keyFile: string,
): readonly string[] {
  const readable = [...new Set(certificates)].flatMap((text) => {
    try {
      return [{ text, certificate: new X509Certificate(text) }]
    } catch {
      return []
    }
  })
  const chain: typeof readable = []
  let next = readable.find(({ certificate }) => certificate.checkPrivateKey(key))
  while (next !== undefined) {
    chain.push(next)
    const { issuer } = next.certificate
    next = readable.find((other) => !chain.includes(other) && other.certificate.subject === issuer)
  }
  if (chain.length > 0) {
    return [...chain, ...readable.filter((other) => !chain.includes(other))].map(({ text }) => text)
  }
  if (readable.length === 0) {
    throw new AuthError(`The certificate in ${file} cannot be read`, {
      hint: `Look at it: openssl x509 -in ${shellWord(file)} -noout -subject`,
      at: file,
    })
  }
  throw new AuthError(`The private key in ${keyFile} does not belong to the certificate in ${file}`, {
    hint: 'Check `user-cert` and `user-key` (X509_USER_CERT, X509_USER_KEY).',
    at: keyFile,
  })
}

async function loadPkcs12(input: MaterialInput): Promise<Material> {
  const { createSecureContext } = process.getBuiltinModule('node:tls')
  const file = input.certificate
  const pfx = Buffer.from(input.content)
  const open = (passphrase: string) => {
    const { context } = createSecureContext({ pfx, passphrase, ca: noRoots })
    // Undocumented, but in Node since 0.11: the certificate in DER.
    const { getCertificate } = context as { getCertificate?: () => Uint8Array | null }
    return getCertificate?.call(context) ?? undefined
  }
  const material = (passphrase: string): Material => {
    const der = open(passphrase)
    return { tls: { pfx, passphrase }, inspected: der === undefined ? undefined : inspect([der]) }
  }
  try {
    // Many files have an empty password, so it is tried before the prompt.
    return material('')
  } catch (error) {
    if (!isMacFailure(error)) throw pkcs12Failure(error, file)
  }
  const passphrase = await input.passphrase()
  if (passphrase === undefined || passphrase === '') throw passphraseMissing(file)
  try {
    return material(passphrase)
  } catch (error) {
    throw isMacFailure(error) ? passphraseWrong(file) : pkcs12Failure(error, file)
  }
}

function isMacFailure(error: unknown): boolean {
  return error instanceof Error && /mac verify failure/i.test(error.message)
}

function pkcs12Failure(error: unknown, file: string): AuthError {
  const message = messageOf(error)
  if (codeOf(error) === 'ERR_CRYPTO_UNSUPPORTED_OPERATION' || /unsupported/i.test(message)) {
    return new AuthError(`${file} is a PKCS#12 file of the old kind (RC2), which OpenSSL 3 no longer reads`, {
      hint: `Convert it once: openssl pkcs12 -legacy -in ${shellWord(file)} -nodes -out tmp.pem && openssl pkcs12 -export -in tmp.pem -out new.p12 && rm tmp.pem`,
      at: file,
    })
  }
  return new AuthError(`${file} is neither a PEM nor a PKCS#12 file`, {
    hint: 'Give a PEM certificate, a PKCS#12 file or a proxy by `user-cert`.',
    at: file,
  })
}

function passphraseMissing(file: string): AuthError {
  return new AuthError(`${file} is encrypted and there is no passphrase`, {
    hint: 'Give it by OCCI_PASSPHRASE, or on a terminal when asked.',
    at: file,
    facts: { missing: 'passphrase' },
  })
}

function passphraseWrong(file: string): AuthError {
  // Secrets are masked in messages: with the word "wrong" in this one, and as the passphrase, it would say "is ***".
  return new AuthError(`The passphrase does not open ${file}`, {
    hint: 'Give the one that the file was encrypted with.',
    at: file,
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

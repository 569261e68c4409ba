/** Turns certificate files into TLS material. They are checked before any connection, so that errors name the file. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { shellWord } from '../../basics/shell-word.js'
import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import { type Inspection, inspect } from './inspect.js'
import { certificatesIn, isEncrypted, privateKeyIn } from './pem.js'

interface Material {
  readonly tls: TlsMaterial
  /** Undefined when the certificate in a PKCS#12 file cannot be read. */
  readonly inspection: Inspection | undefined
}

interface MaterialInput {
  readonly certificatePath: string
  readonly keyPath: string | undefined
  readonly certificateContent: Uint8Array
  readonly keyContent: Uint8Array | undefined
  /** Called only if the key or the file is encrypted. */
  readonly passphrase: () => Promise<string | undefined>
}

/**
 * Reads a PEM or PKCS#12 file. Throws AuthError when there is no certificate or key, the passphrase is missing or
 * wrong, the key belongs to another certificate, or the cipher (RC2) is unsupported.
 */
export async function loadMaterial(input: MaterialInput): Promise<Material> {
  const text = Buffer.from(input.certificateContent).toString('latin1')
  return text.includes('-----BEGIN ') ? loadPem(input, text) : loadPkcs12(input)
}

async function loadPem(input: MaterialInput, text: string): Promise<Material> {
  const certificates = certificatesIn(text)
  if (certificates.length === 0) {
    throw new AuthError(`There is no certificate in ${input.certificatePath}`, {
      hint: 'Give a PEM file with a CERTIFICATE block, a PKCS#12 file or a proxy.',
      at: input.certificatePath,
    })
  }
  const keyFile =
    input.keyContent === undefined ? input.certificatePath : (input.keyPath ?? input.certificatePath)
  const key = privateKeyIn(
    input.keyContent === undefined ? text : Buffer.from(input.keyContent).toString('latin1'),
  )
  if (key === undefined) {
    throw new AuthError(`There is no private key in ${keyFile}`, {
      hint: 'Give the file that contains it by `user-key`.',
      at: keyFile,
    })
  }
  const isKeyEncrypted = isEncrypted(key)
  const passphrase = isKeyEncrypted ? await input.passphrase() : undefined
  if (isKeyEncrypted && (passphrase === undefined || passphrase === '')) throw missingPassphrase(keyFile)
  const privateKey = openKey(key.text, passphrase, keyFile)
  const chain = leafFirst(certificates, privateKey, input.certificatePath, keyFile)
  const tls = { cert: chain.join(''), key: key.text, ...(passphrase === undefined ? {} : { passphrase }) }
  refuseWeakCertificate(tls, input.certificatePath)
  return { tls, inspection: inspect(chain) }
}

/** An empty list of CAs, which keeps Node from loading its root certificates (24 ms). */
const noRoots: string[] = []

/**
 * Throws AuthError for a short key (512 bits) or a weak hash (MD5), as in old grid certificates: OpenSSL refuses them.
 */
function refuseWeakCertificate(tls: TlsMaterial, file: string): void {
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
      throw wrongPassphrase(file)
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
 * Returns the certificate of the key followed by its chain of issuers, as TLS 1.2 requires (RFC 5246 §7.4.2), and then
 * the other certificates of the file.
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
  let nextEntry = readable.find(({ certificate }) => certificate.checkPrivateKey(key))
  while (nextEntry !== undefined) {
    chain.push(nextEntry)
    const { issuer } = nextEntry.certificate
    nextEntry = readable.find((entry) => !chain.includes(entry) && entry.certificate.subject === issuer)
  }
  if (chain.length > 0) {
    return [...chain, ...readable.filter((entry) => !chain.includes(entry))].map(({ text }) => text)
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
  const file = input.certificatePath
  const pfx = Buffer.from(input.certificateContent)
  const decryptCertificate = (passphrase: string) => {
    const { context } = createSecureContext({ pfx, passphrase, ca: noRoots })
    // This method returns the certificate in DER. It is undocumented, but part of Node since 0.11.
    const { getCertificate } = context as { getCertificate?: () => Uint8Array | null }
    return getCertificate?.call(context) ?? undefined
  }
  const openWith = (passphrase: string): Material => {
    const der = decryptCertificate(passphrase)
    return { tls: { pfx, passphrase }, inspection: der === undefined ? undefined : inspect([der]) }
  }
  try {
    // Many files have an empty password, so it is tried before the prompt.
    return openWith('')
  } catch (error) {
    if (!isMacFailure(error)) throw pkcs12Failure(error, file)
  }
  const passphrase = await input.passphrase()
  if (passphrase === undefined || passphrase === '') throw missingPassphrase(file)
  try {
    return openWith(passphrase)
  } catch (error) {
    throw isMacFailure(error) ? wrongPassphrase(file) : pkcs12Failure(error, file)
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

function missingPassphrase(file: string): AuthError {
  return new AuthError(`${file} is encrypted and there is no passphrase`, {
    hint: 'Give it by OCCI_PASSPHRASE, or on a terminal when asked.',
    at: file,
    facts: { missing: 'passphrase' },
  })
}

function wrongPassphrase(file: string): AuthError {
  // The message avoids the word "wrong": secrets are masked in messages, and the passphrase may be this word.
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

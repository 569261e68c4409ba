/** Whom to trust: CAs by file, by hashed directory, the grid's, the system's. Usable with every method. */
import { ConfigError } from '../../errors/errors.js'
import { type Purpose, purposes, UnreadableFileError, whyUnreadable } from '../../files/index.js'
import { pathVariable } from '../path-variable.js'
import { certificatesIn } from './pem.js'

export interface TrustInput {
  /** `--ca-file`: these and no others. */
  readonly caFile?: string
  /** `--ca-path`: these and no others; a hashed directory or one of .pem files. */
  readonly caPath?: string
  /** `--ca-system`: the operating system's bundle as well. */
  readonly caSystem?: boolean
  readonly env: (name: string) => string | undefined
  readonly readFile: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly readDirectory: (path: string) => Promise<readonly string[]>
}

/** As TlsMaterial wants it. `sources` says where they come from, for `occi auth explain`. */
export interface Trust {
  readonly ca: readonly string[]
  readonly systemCa: boolean
  readonly sources: readonly string[]
}

const gridDirectory = '/etc/grid-security/certificates'
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

/**
 * What the user names replaces the built-in roots, as with curl; what the environment and the grid's
 * directory hold comes on top of them. Throws ConfigError when a named place has no certificate.
 */
export async function loadTrust(input: TrustInput): Promise<Trust> {
  const explicit: string[] = []
  const sources: string[] = []
  for (const [path, load] of [
    [input.caFile, fromFile],
    [input.caPath, fromDirectory],
  ] as const) {
    if (path === undefined || path === '') continue
    explicit.push(...(await load(input, path, 'fail')))
    sources.push(path)
  }
  const more: string[] = []
  if (explicit.length === 0) {
    const directory = pathVariable(input.env, 'X509_CERT_DIR')
    if (directory !== undefined) {
      more.push(...(await fromDirectory(input, directory, 'fail')))
      sources.push(`X509_CERT_DIR ${directory}`)
    } else {
      const found = await fromDirectory(input, gridDirectory, 'skip')
      if (found.length > 0) sources.push(gridDirectory)
      more.push(...found)
    }
    // Node adds the second to its roots by itself, but not where others are given.
    for (const variable of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
      const file = pathVariable(input.env, variable)
      if (file === undefined) continue
      const found = await fromFile(input, file, 'skip')
      if (found.length > 0) sources.push(`${variable} ${file}`)
      more.push(...found)
    }
  }
  if (input.caSystem === true) {
    for (const bundle of systemBundles) {
      const found = await fromFile(input, bundle, 'skip')
      if (found.length === 0) continue
      more.push(...found)
      sources.push(bundle)
      break
    }
  }
  const ca = [...new Set([...explicit, ...more])]
  return { ca, systemCa: explicit.length === 0 || input.caSystem === true, sources }
}

type Missing = 'fail' | 'skip'

/** The grid's directory has a thousand, with a revocation list and policies for each. */
const mostFiles = 20_000

async function fromFile(
  input: TrustInput,
  path: string,
  missing: Missing,
  purpose: Purpose = purposes.authorities,
): Promise<readonly string[]> {
  let found: readonly string[] = []
  let cause: unknown
  try {
    found = certificatesIn(Buffer.from(await input.readFile(path, purpose)).toString('latin1'))
  } catch (error) {
    // An endless file says nothing good, even where it need not be there.
    if (error instanceof UnreadableFileError) throw unreadable(path, error)
    cause = error
  }
  if (found.length === 0 && missing === 'fail') {
    throw cause === undefined ? noCertificates(path, cause) : unreadable(path, cause)
  }
  return found
}

/**
 * A hashed directory (`openssl rehash`: `1a2b3c4d.0`) as OpenSSL would read it, or else its .pem and .crt
 * files. Revocation lists (`1a2b3c4d.r0`) are no certificates.
 */
async function fromDirectory(input: TrustInput, path: string, missing: Missing): Promise<readonly string[]> {
  let names: readonly string[] = []
  let cause: unknown
  try {
    names = await input.readDirectory(path)
  } catch (error) {
    cause = error
  }
  const hashed = names.filter((name) => /^[0-9a-f]{8}\.\d{1,3}$/.test(name))
  if (names.length > mostFiles) {
    throw new ConfigError(
      `${path} holds ${names.length} files; ${mostFiles} is the most for CA certificates`,
      {
        hint: 'Give --ca-path a directory that holds nothing else.',
        at: path,
      },
    )
  }
  const files = hashed.length > 0 ? hashed : names.filter((name) => /\.(?:pem|crt|cer)$/i.test(name))
  const found: string[] = []
  for (const name of [...files].sort()) {
    found.push(
      ...(await fromFile(input, `${path}/${name}`, 'skip', { ...purposes.authorities, pipe: false })),
    )
  }
  if (found.length === 0 && missing === 'fail') throw noCertificates(path, cause)
  return found
}

function unreadable(path: string, cause: unknown): ConfigError {
  return new ConfigError(`The CA certificates in ${path} cannot be read: ${whyUnreadable(cause)}`, {
    hint: 'Give --ca-file a PEM file, or --ca-path a directory of them (as made by openssl rehash).',
    at: path,
    cause,
  })
}

function noCertificates(path: string, cause: unknown): ConfigError {
  return new ConfigError(`There are no CA certificates in ${path}`, {
    hint: 'Give --ca-file a PEM file, or --ca-path a directory of them (as made by openssl rehash).',
    at: path,
    ...(cause === undefined ? {} : { cause }),
  })
}

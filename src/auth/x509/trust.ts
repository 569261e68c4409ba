/**
 * Loads the trusted CAs: from a file, a hashed directory, the grid's directory, or the system's bundle. Works
 * with every auth method.
 */
import { ConfigError } from '../../errors/errors.js'
import { type Purpose, purposes, UnreadableFileError, whyUnreadable } from '../../files/index.js'
import type { TlsMaterial } from '../../transport/index.js'
import { pathVariable } from '../path-variable.js'
import { certificatesIn } from './pem.js'
import type { ListedAuthority } from './revocation.js'

export interface TrustInput {
  /** `--ca-file`: trust only these. */
  readonly caFile?: string
  /** `--ca-path`: trust only these; a hashed directory or a directory of .pem files. */
  readonly caPath?: string
  /** `--ca-system`: also trust the operating system's bundle. */
  readonly caSystem?: boolean
  readonly env: (name: string) => string | undefined
  readonly readFile: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly readDirectory: (path: string) => Promise<readonly string[]>
  /** Default: the machine's clock. It decides whether revocation lists have ended. */
  readonly now?: () => Date
}

/** The CAs in the form of TlsMaterial. `sources` names where they come from, for `occi auth explain`. */
interface Trust {
  readonly ca: readonly string[]
  readonly systemCa: boolean
  readonly sources: readonly string[]
  /** Checks the revocation lists of hashed directories; absent where there are none. */
  readonly checkServer?: NonNullable<TlsMaterial['checkServer']>
}

const gridDirectory = '/etc/grid-security/certificates'
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

/**
 * CAs that the user names replace the built-in roots, as in curl; those of the environment and of the grid's
 * directory are added to them. Throws ConfigError when a named place contains no certificate.
 */
export async function loadTrust(input: TrustInput): Promise<Trust> {
  const explicit: string[] = []
  const listed: ListedAuthority[] = []
  const sources: string[] = []
  const directoryOf = async (path: string, missing: Missing) => {
    const found = await fromDirectory(input, path, missing)
    listed.push(...found.filter(({ lists }) => lists.length > 0))
    return found.map(({ certificate }) => certificate)
  }
  for (const [path, load] of [
    [input.caFile, (file: string) => fromFile(input, file, 'fail')],
    [input.caPath, (folder: string) => directoryOf(folder, 'fail')],
  ] as const) {
    if (path === undefined || path === '') continue
    explicit.push(...(await load(path)))
    sources.push(path)
  }
  const additional: string[] = []
  if (explicit.length === 0) {
    const directory = pathVariable(input.env, 'X509_CERT_DIR')
    if (directory !== undefined) {
      additional.push(...(await directoryOf(directory, 'fail')))
      sources.push(`X509_CERT_DIR ${directory}`)
    } else {
      const found = await directoryOf(gridDirectory, 'skip')
      if (found.length > 0) sources.push(gridDirectory)
      additional.push(...found)
    }
    // Node adds NODE_EXTRA_CA_CERTS to its own roots, but not when other CAs are given.
    for (const variable of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
      const file = pathVariable(input.env, variable)
      if (file === undefined) continue
      const found = await fromFile(input, file, 'skip')
      if (found.length > 0) sources.push(`${variable} ${file}`)
      additional.push(...found)
    }
  }
  if (input.caSystem === true) {
    for (const bundle of systemBundles) {
      const found = await fromFile(input, bundle, 'skip')
      if (found.length === 0) continue
      additional.push(...found)
      sources.push(bundle)
      break
    }
  }
  const ca = [...new Set([...explicit, ...additional])]
  return {
    ca,
    systemCa: explicit.length === 0 || input.caSystem === true,
    sources,
    ...(listed.length === 0 ? {} : { checkServer: await revocationCheckOf(input, listed) }),
  }
}

type Missing = 'fail' | 'skip'

/** Loaded on demand, since most machines have no revocation lists. */
async function revocationCheckOf(
  input: TrustInput,
  authorities: readonly ListedAuthority[],
): Promise<NonNullable<Trust['checkServer']>> {
  const { revocationCheck } = await import('./revocation.js')
  return revocationCheck({
    authorities,
    now: input.now ?? (() => new Date()),
    read: async (path) => {
      try {
        return await input.readFile(path, purposes.revocations)
      } catch (error) {
        throw new ConfigError(`The revocation list ${path} cannot be read: ${whyUnreadable(error)}`, {
          hint: 'Check its permissions; without it revoked certificates cannot be recognised.',
          at: path,
          cause: error,
        })
      }
    },
  })
}

/** The grid's directory has about a thousand CAs, with a revocation list and policies for each. */
const maxFiles = 20_000

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
    // An oversized file is an error even where the file is optional.
    if (error instanceof UnreadableFileError) throw unreadable(path, error)
    cause = error
  }
  if (found.length === 0 && missing === 'fail') {
    throw cause === undefined ? noCertificates(path, cause) : unreadable(path, cause)
  }
  return found
}

/**
 * Reads a hashed directory (`openssl rehash`: `1a2b3c4d.0`) as OpenSSL does, or all its .pem and .crt files.
 * Revocation lists (`1a2b3c4d.r0`) belong to the CAs of the same hash.
 */
async function fromDirectory(
  input: TrustInput,
  path: string,
  missing: Missing,
): Promise<readonly ListedAuthority[]> {
  let names: readonly string[] = []
  let cause: unknown
  try {
    names = await input.readDirectory(path)
  } catch (error) {
    cause = error
  }
  const hashed = names.filter((name) => /^[0-9a-f]{8}\.\d{1,3}$/.test(name))
  if (names.length > maxFiles) {
    throw new ConfigError(`${path} has ${names.length} files; the limit for CA certificates is ${maxFiles}`, {
      hint: 'Give `ca-path` a directory that contains only CA certificates.',
      at: path,
    })
  }
  const files = hashed.length > 0 ? hashed : names.filter((name) => /\.(?:pem|crt|cer)$/i.test(name))
  const lists = names.filter((name) => /^[0-9a-f]{8}\.r\d{1,3}$/.test(name)).sort()
  const found: ListedAuthority[] = []
  for (const name of [...files].sort()) {
    const hash = hashed.length > 0 ? name.slice(0, 8) : undefined
    const revocationLists = lists.filter((list) => list.slice(0, 8) === hash).map((list) => `${path}/${list}`)
    const purpose = { ...purposes.authorities, pipe: false }
    const certificates = await fromFile(input, `${path}/${name}`, 'skip', purpose)
    found.push(...certificates.map((certificate) => ({ certificate, lists: revocationLists })))
  }
  if (found.length === 0 && missing === 'fail') throw noCertificates(path, cause)
  return found
}

function unreadable(path: string, cause: unknown): ConfigError {
  return new ConfigError(`The CA certificates in ${path} cannot be read: ${whyUnreadable(cause)}`, {
    hint: 'Give `ca-file` a PEM file, or `ca-path` a directory of them (as made by openssl rehash).',
    at: path,
    cause,
  })
}

function noCertificates(path: string, cause: unknown): ConfigError {
  return new ConfigError(`There are no CA certificates in ${path}`, {
    hint: 'Give `ca-file` a PEM file, or `ca-path` a directory of them (as made by openssl rehash).',
    at: path,
    ...(cause === undefined ? {} : { cause }),
  })
}

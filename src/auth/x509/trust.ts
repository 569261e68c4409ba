/**
 * Loads the CAs by which servers are verified, with every auth method: from a file, a hashed directory, the IGTF
 * directory (/etc/grid-security/certificates), or the bundle of the operating system.
 */
import { ConfigError } from '../../errors/errors.js'
import { type Purpose, purposes, UnreadableFileError, unreadableReason } from '../../files/index.js'
import type { TlsMaterial } from '../../transport/index.js'
import { pathVariable } from '../path-variable.js'
import { certificatesIn } from './pem.js'
import type { AuthorityWithLists } from './revocation.js'

export interface TrustInput {
  /** `--ca-file`: a PEM file whose CAs replace the built-in ones. */
  readonly caFile?: string
  /** `--ca-path`: a hashed directory, or a directory of .pem files, whose CAs replace the built-in ones. */
  readonly caPath?: string
  /** `--ca-system`: whether to trust the operating system's bundle, too. */
  readonly caSystem?: boolean
  readonly env: (name: string) => string | undefined
  readonly readFile: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly readDirectory: (path: string) => Promise<readonly string[]>
  /** The time by which revocation lists are valid. Default: the machine's clock. */
  readonly now?: () => Date
}

/** The CAs in the form of TlsMaterial, whose `systemCa` is `builtInRoots` here. */
interface Trust {
  readonly ca: readonly string[]
  /** Whether Node's built-in roots are trusted in addition to `ca`. */
  readonly builtInRoots: boolean
  /** The files, directories and variables that the CAs come from, for `occi auth explain`. */
  readonly sources: readonly string[]
  /** Checks the revocation lists of hashed directories; absent if there are none. */
  readonly checkServer?: NonNullable<TlsMaterial['checkServer']>
}

/** Where grid sites keep the CAs of the IGTF, the federation of grid authorities. */
const igtfDirectory = '/etc/grid-security/certificates'
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

/**
 * Loads the CAs that occi trusts. `caFile` and `caPath` replace the built-in roots, as in curl. Otherwise the CAs of
 * environment variables and of the IGTF directory are added to the built-in roots. `caSystem` adds the bundle of the
 * operating system in both cases, or the built-in roots if there is no bundle. Throws ConfigError when a file or
 * directory that an option or X509_CERT_DIR names is unreadable or contains no certificate.
 */
export async function loadTrust(input: TrustInput): Promise<Trust> {
  const authoritiesWithLists: AuthorityWithLists[] = []
  const readDirectory = async (path: string, whenEmpty: WhenEmpty) => {
    const authorities = await readAuthorities(input, path, whenEmpty)
    authoritiesWithLists.push(...authorities.filter(({ listFiles }) => listFiles.length > 0))
    return authorities.map(({ certificate }) => certificate)
  }
  const sources: string[] = []
  const replacingCas: string[] = []
  if (input.caFile !== undefined && input.caFile !== '') {
    replacingCas.push(...(await readCertificates(input, input.caFile, 'fail')))
    sources.push(input.caFile)
  }
  if (input.caPath !== undefined && input.caPath !== '') {
    replacingCas.push(...(await readDirectory(input.caPath, 'fail')))
    sources.push(input.caPath)
  }
  const additionalCas: string[] = []
  if (replacingCas.length === 0) {
    const directory = pathVariable(input.env, 'X509_CERT_DIR')
    if (directory !== undefined) {
      additionalCas.push(...(await readDirectory(directory, 'fail')))
      sources.push(`X509_CERT_DIR ${directory}`)
    } else {
      const certificates = await readDirectory(igtfDirectory, 'skip')
      if (certificates.length > 0) sources.push(igtfDirectory)
      additionalCas.push(...certificates)
    }
    // Node adds NODE_EXTRA_CA_CERTS to its built-in roots only if it is passed no other CAs.
    for (const variable of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
      const file = pathVariable(input.env, variable)
      if (file === undefined) continue
      const certificates = await readCertificates(input, file, 'skip')
      if (certificates.length > 0) sources.push(`${variable} ${file}`)
      additionalCas.push(...certificates)
    }
  }
  let lacksSystemBundle = input.caSystem === true
  if (input.caSystem === true) {
    for (const bundle of systemBundles) {
      const certificates = await readCertificates(input, bundle, 'skip')
      if (certificates.length === 0) continue
      additionalCas.push(...certificates)
      sources.push(bundle)
      lacksSystemBundle = false
      break
    }
  }
  return {
    ca: [...new Set([...replacingCas, ...additionalCas])],
    builtInRoots: replacingCas.length === 0 || lacksSystemBundle,
    sources,
    ...(authoritiesWithLists.length === 0
      ? {}
      : { checkServer: await createRevocationCheck(input, authoritiesWithLists) }),
  }
}

/** Whether a file or directory without certificates is an error. */
type WhenEmpty = 'fail' | 'skip'

/** Creates the check of revocation lists. Its module is loaded on demand, since most machines have no lists. */
async function createRevocationCheck(
  input: TrustInput,
  authorities: readonly AuthorityWithLists[],
): Promise<NonNullable<Trust['checkServer']>> {
  const { revocationCheck } = await import('./revocation.js')
  return revocationCheck({
    authorities,
    now: input.now ?? (() => new Date()),
    readFile: async (path) => {
      try {
        return await input.readFile(path, purposes.revocations)
      } catch (error) {
        throw new ConfigError(`The revocation list ${path} cannot be read: ${unreadableReason(error)}`, {
          hint: 'Check its permissions: without it, revoked certificates cannot be recognised.',
          at: path,
          cause: error,
        })
      }
    },
  })
}

/**
 * The limit for the files in a directory. The IGTF directory has about a thousand CAs, each with a list and policies.
 */
const directoryLimit = 20_000

/**
 * Reads the certificates in a PEM file. Throws ConfigError if occi refuses the file (it is too large, or not a regular
 * file …), and with `fail` also if it is missing or contains none.
 */
async function readCertificates(
  input: TrustInput,
  path: string,
  whenEmpty: WhenEmpty,
  purpose: Purpose = purposes.authorities,
): Promise<readonly string[]> {
  let certificates: readonly string[] = []
  let cause: unknown
  try {
    certificates = certificatesIn(Buffer.from(await input.readFile(path, purpose)).toString('latin1'))
  } catch (error) {
    // A file that occi refuses to read, such as one over the size limit, is an error even if it is optional.
    if (error instanceof UnreadableFileError) throw unreadableError(path, error)
    cause = error
  }
  if (certificates.length === 0 && whenEmpty === 'fail') {
    throw cause === undefined ? noCertificatesError(path) : unreadableError(path, cause)
  }
  return certificates
}

/**
 * Reads a hashed directory (`openssl rehash`: `1a2b3c4d.0`) as OpenSSL does, and any other directory by its .pem, .crt
 * and .cer files. Revocation lists (`1a2b3c4d.r0`) belong to the CAs with the same hash.
 */
async function readAuthorities(
  input: TrustInput,
  path: string,
  whenEmpty: WhenEmpty,
): Promise<readonly AuthorityWithLists[]> {
  let names: readonly string[] = []
  let cause: unknown
  try {
    names = await input.readDirectory(path)
  } catch (error) {
    cause = error
  }
  const hashedNames = names.filter((name) => /^[0-9a-f]{8}\.\d{1,3}$/.test(name))
  if (names.length > directoryLimit) {
    throw new ConfigError(
      `${path} has ${names.length} files; the limit for CA certificates is ${directoryLimit}`,
      {
        hint: 'Set `ca-path` to a directory that contains only CA certificates.',
        at: path,
      },
    )
  }
  const certificateFiles =
    hashedNames.length > 0 ? hashedNames : names.filter((name) => /\.(?:pem|crt|cer)$/i.test(name))
  const listNames = names.filter((name) => /^[0-9a-f]{8}\.r\d{1,3}$/.test(name)).sort()
  const authorities: AuthorityWithLists[] = []
  for (const name of [...certificateFiles].sort()) {
    const hash = hashedNames.length > 0 ? name.slice(0, 8) : undefined
    const listFiles = listNames
      .filter((listName) => listName.slice(0, 8) === hash)
      .map((listName) => `${path}/${listName}`)
    const purpose = { ...purposes.authorities, pipe: false }
    const certificates = await readCertificates(input, `${path}/${name}`, 'skip', purpose)
    authorities.push(...certificates.map((certificate) => ({ certificate, listFiles })))
  }
  if (authorities.length === 0 && whenEmpty === 'fail') {
    throw cause === undefined ? noCertificatesError(path) : unreadableError(path, cause)
  }
  return authorities
}

function unreadableError(path: string, cause: unknown): ConfigError {
  return new ConfigError(`The CA certificates in ${path} cannot be read: ${unreadableReason(cause)}`, {
    hint: 'Set `ca-file` to a PEM file, or `ca-path` to a directory of them (as made by openssl rehash).',
    at: path,
    cause,
  })
}

function noCertificatesError(path: string): ConfigError {
  return new ConfigError(`There are no CA certificates in ${path}`, {
    hint: 'Set `ca-file` to a PEM file, or `ca-path` to a directory of them (as made by openssl rehash).',
    at: path,
  })
}

/**
 * Finds the client certificate that an option or a variable names, or that is in a default location of Globus and VOMS.
 */
import { type Purpose, purposes, UnreadableFileError, unreadableReason } from '../../files/index.js'
import { pathVariable } from '../path-variable.js'
import type { AuthContext, Platform } from '../types.js'

export interface LocatedCertificate {
  /** The path of the certificate. */
  readonly certificatePath: string
  /** The path of the key; undefined when the key is in the same file. */
  readonly keyPath: string | undefined
  /** The option or variable that names the file, or the default path, for messages: `--user-cert`. */
  readonly source: string
  readonly certificateContent: Uint8Array
  readonly keyContent: Uint8Array | undefined
}

type SearchResult = { readonly located: LocatedCertificate } | FailedSearch

export interface FailedSearch {
  readonly located: undefined
  readonly searchedPaths: readonly string[]
  /** The option or variable that names an unreadable file, if any. */
  readonly namedBy: string | undefined
  /** Why the named file cannot be read. */
  readonly reason?: string
}

interface Candidate {
  readonly certificatePath: string
  readonly keyPath: string | undefined
  readonly source: string
  /** Whether the user named the file. Then it is an error if it is missing. */
  readonly isNamed: boolean
  readonly purpose: Purpose
}

/**
 * Finds and reads the first certificate that can be read. A file that the user named, and that cannot be read, ends the
 * search.
 */
export async function locateCertificate(context: AuthContext): Promise<SearchResult> {
  const searchedPaths: string[] = []
  for (const candidate of candidates(context)) {
    const path =
      candidate.keyPath === undefined
        ? candidate.certificatePath
        : `${candidate.certificatePath} + ${candidate.keyPath}`
    try {
      const certificateContent = await context.readFile(candidate.certificatePath, candidate.purpose)
      const keyContent =
        candidate.keyPath === undefined
          ? undefined
          : await context.readFile(candidate.keyPath, candidate.purpose)
      return { located: { ...candidate, certificateContent, keyContent } }
    } catch (error) {
      if (candidate.isNamed) {
        searchedPaths.push(path)
        return {
          located: undefined,
          searchedPaths,
          namedBy: candidate.source,
          reason: unreadableReason(error),
        }
      }
      if (error instanceof UnreadableFileError) {
        const pathWithReason = `${path} (not used: ${error.reason})`
        searchedPaths.push(pathWithReason)
        context.log(`client certificate: ${pathWithReason}`)
      } else {
        searchedPaths.push(path)
      }
    }
  }
  return { located: undefined, searchedPaths, namedBy: undefined }
}

/** Whether the user has named a certificate, or one is in a default location. */
export async function hasCertificate(context: AuthContext): Promise<boolean> {
  for (const candidate of candidates(context)) {
    if (candidate.isNamed) return true
    try {
      await context.readFile(candidate.certificatePath, candidate.purpose)
      return true
    } catch {
      // The file is missing or unreadable: try the next location.
    }
  }
  return false
}

/** Returns the files to try in the order of Globus and VOMS: those that options name, then the default ones. */
function candidates(context: AuthContext): readonly Candidate[] {
  const { env, machine } = context
  const key = context.option('user-key')
  return [
    ...namedCandidate(context.option('user-cert'), key, '--user-cert', machine.home),
    ...namedCandidate(context.option('user-cred'), key, '--user-cred', machine.home),
    ...defaultCandidates(env, machine),
  ]
}

/**
 * Returns the files to try if no option names one: X509_USER_PROXY, X509_USER_CERT with X509_USER_KEY, the proxy in
 * /tmp, and the files in ~/.globus. Throws ConfigError for a variable with a relative path.
 */
export function defaultCandidates(
  env: AuthContext['env'],
  { home, uid }: Pick<Platform, 'home' | 'uid'>,
): readonly Candidate[] {
  const defaultLocation = (certificatePath: string, keyPath?: string): Candidate => ({
    certificatePath,
    keyPath,
    source: certificatePath,
    isNamed: false,
    purpose: purposes.certificate,
  })
  // Any local user could create this file in /tmp and thereby choose the identity for the login; foundCertificate
  // therefore refuses files of other users.
  const proxy = (certificatePath: string): Candidate => ({
    ...defaultLocation(certificatePath),
    purpose: purposes.foundCertificate,
  })
  const globus = home === undefined ? undefined : `${home}/.globus`
  return [
    ...namedCandidate(pathVariable(env, 'X509_USER_PROXY'), undefined, 'X509_USER_PROXY', home),
    ...namedCandidate(
      pathVariable(env, 'X509_USER_CERT'),
      pathVariable(env, 'X509_USER_KEY'),
      'X509_USER_CERT',
      home,
    ),
    ...(uid === undefined ? [] : [proxy(`/tmp/x509up_u${uid}`)]),
    ...(globus === undefined
      ? []
      : [
          defaultLocation(`${globus}/usercred.pem`),
          defaultLocation(`${globus}/usercert.pem`, `${globus}/userkey.pem`),
          defaultLocation(`${globus}/usercred.p12`),
        ]),
  ]
}

/** Returns the certificate that an option or variable names; no candidate if it is unset or empty. */
function namedCandidate(
  certificatePath: string | undefined,
  keyPath: string | undefined,
  source: string,
  home: string | undefined,
): readonly Candidate[] {
  if (certificatePath === undefined || certificatePath === '') return []
  return [
    {
      certificatePath: expandHome(certificatePath, home),
      keyPath: keyPath === undefined || keyPath === '' ? undefined : expandHome(keyPath, home),
      source,
      isNamed: true,
      purpose: purposes.certificate,
    },
  ]
}

function expandHome(path: string, home: string | undefined): string {
  return home !== undefined && path.startsWith('~/') ? `${home}${path.slice(1)}` : path
}

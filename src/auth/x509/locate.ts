/** Finds the client certificate that an option or a variable names, or that is in a default location of grids. */
import { type Purpose, purposes, UnreadableFileError, unreadableReason } from '../../files/index.js'
import { pathVariable } from '../path-variable.js'
import type { AuthContext, Platform } from '../types.js'

export interface LocatedCertificate {
  /** The path of the certificate. */
  readonly certificate: string
  /** The path of the key; undefined when the key is in the same file. */
  readonly key: string | undefined
  /** The option or variable that names the file, or the default path, for messages: `--user-cert`. */
  readonly source: string
  readonly content: Uint8Array
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
  readonly certificate: string
  readonly key: string | undefined
  readonly source: string
  /** Whether the user named the file. Then it is an error if it is missing. */
  readonly isNamed: boolean
  readonly purpose: Purpose
}

/** Searches for the first certificate that can be read, and reads it. */
export async function locateCertificate(context: AuthContext): Promise<SearchResult> {
  const searchedPaths: string[] = []
  for (const candidate of candidates(context)) {
    const path =
      candidate.key === undefined ? candidate.certificate : `${candidate.certificate} + ${candidate.key}`
    try {
      const content = await context.readFile(candidate.certificate, candidate.purpose)
      const keyContent =
        candidate.key === undefined ? undefined : await context.readFile(candidate.key, candidate.purpose)
      return { located: { ...candidate, content, keyContent } }
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
      await context.readFile(candidate.certificate, candidate.purpose)
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
  const defaultLocation = (certificate: string, key?: string): Candidate => ({
    certificate,
    key,
    source: certificate,
    isNamed: false,
    purpose: purposes.certificate,
  })
  // Any local user could create this file in /tmp and thereby choose the identity for the login.
  const proxy = (certificate: string): Candidate => ({
    ...defaultLocation(certificate),
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
  certificate: string | undefined,
  key: string | undefined,
  source: string,
  home: string | undefined,
): readonly Candidate[] {
  if (certificate === undefined || certificate === '') return []
  return [
    {
      certificate: expandHome(certificate, home),
      key: key === undefined || key === '' ? undefined : expandHome(key, home),
      source,
      isNamed: true,
      purpose: purposes.certificate,
    },
  ]
}

function expandHome(path: string, home: string | undefined): string {
  return home !== undefined && path.startsWith('~/') ? `${home}${path.slice(1)}` : path
}

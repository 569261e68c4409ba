/**
 * Finds the client certificate: named by an option, by the grid's variables, or in the grid's default
 * locations.
 */
import { type Purpose, purposes, UnreadableFileError, whyUnreadable } from '../../files/index.js'
import { pathVariable } from '../path-variable.js'
import type { AuthContext, Platform } from '../types.js'

export interface LocatedCertificate {
  readonly certificate: string
  /** Undefined when the key is in the same file. */
  readonly key: string | undefined
  /** `--user-cert`, `X509_USER_PROXY`, `/tmp/x509up_u1000` … for messages. */
  readonly source: string
  readonly content: Uint8Array
  readonly keyContent: Uint8Array | undefined
}

type Search =
  | { readonly found: LocatedCertificate }
  /** All searched places. `named`: the option or variable that names an unreadable file; `why` is the reason. */
  | {
      readonly found: undefined
      readonly places: readonly string[]
      readonly named: string | undefined
      readonly reason?: string
    }

interface Candidate {
  readonly certificate: string
  readonly key: string | undefined
  readonly source: string
  /** The user named it, so it is an error if it is missing. */
  readonly named: boolean
  readonly purpose: Purpose
}

/** Returns the first certificate that can be read, and its content. */
export async function locate(context: AuthContext): Promise<Search> {
  const places: string[] = []
  for (const candidate of candidates(context)) {
    places.push(
      candidate.key === undefined ? candidate.certificate : `${candidate.certificate} + ${candidate.key}`,
    )
    try {
      const content = await context.readFile(candidate.certificate, candidate.purpose)
      const keyContent =
        candidate.key === undefined ? undefined : await context.readFile(candidate.key, candidate.purpose)
      return { found: { ...candidate, content, keyContent } }
    } catch (error) {
      if (candidate.named) {
        return { found: undefined, places, named: candidate.source, reason: whyUnreadable(error) }
      }
      if (error instanceof UnreadableFileError) {
        const place = `${places.pop()} (not used: ${error.reason})`
        places.push(place)
        context.log(`client certificate: ${place}`)
      }
    }
  }
  return { found: undefined, places, named: undefined }
}

/** Whether the user has named a certificate, or one is in a default location. */
export async function hasCertificate(context: AuthContext): Promise<boolean> {
  for (const candidate of candidates(context)) {
    if (candidate.named) return true
    try {
      await context.readFile(candidate.certificate, candidate.purpose)
      return true
    } catch {
      // The file is missing or unreadable: try the next location.
    }
  }
  return false
}

/** The order of Globus and VOMS: the file that an option names, then those of defaultCandidates. */
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
 * The places where a certificate is looked for if no option names one: the proxy, then the certificate and key
 * that the grid's variables name, the proxy in /tmp, ~/.globus. Throws ConfigError for a variable with a relative
 * path.
 */
export function defaultCandidates(
  env: AuthContext['env'],
  { home, uid }: Pick<Platform, 'home' | 'uid'>,
): readonly Candidate[] {
  const defaultLocation = (certificate: string, key?: string): Candidate => ({
    certificate,
    key,
    source: certificate,
    named: false,
    purpose: purposes.certificate,
  })
  // Any local user can create this file in /tmp, and so choose the identity that the user logs in with.
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

/** The certificate that an option or variable names; none if that is unset or empty. */
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
      named: true,
      purpose: purposes.certificate,
    },
  ]
}

function expandHome(path: string, home: string | undefined): string {
  return home !== undefined && path.startsWith('~/') ? `${home}${path.slice(1)}` : path
}

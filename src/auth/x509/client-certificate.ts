/** Finds, reads and checks the user's certificate before any connection is made. */
import { createHash } from 'node:crypto'
import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import { plain } from '../server-message.js'
import type { AuthContext } from '../types.js'
import type { Inspected } from './inspect.js'
import { type Located, locate } from './locate.js'
import { loadMaterial } from './material.js'

export interface ClientCertificate {
  readonly tls: TlsMaterial
  readonly file: string
  /** How it was found: `--user-cert`, `X509_USER_PROXY`, or its path. */
  readonly because: string
  /** The subject without the CNs that proxies add. */
  readonly subject: string
  /** The fingerprint of the certificate that is sent. */
  readonly fingerprint: string
  readonly inspected: Inspected | undefined
}

/**
 * Throws AuthError when none is found (naming the places), or it is not readable, expired or not valid yet.
 */
export async function clientCertificate(context: AuthContext): Promise<ClientCertificate> {
  const search = await locate(context)
  if (search.found === undefined) throw notFound(search)
  const { found } = search
  context.trail(`client certificate: ${found.certificate} (${found.because})`)
  await warnOfReaders(context, found)
  const { tls, inspected } = await loadMaterial({
    ...found,
    passphrase: () => passphraseOf(context, found),
  })
  if (inspected !== undefined) {
    check(context, found.certificate, inspected)
    report(context, inspected)
  }
  return {
    tls,
    file: found.certificate,
    because: found.because,
    subject: plain(inspected?.holder ?? found.certificate),
    fingerprint: inspected?.fingerprint ?? found.certificate,
    inspected,
  }
}

/**
 * A fingerprint of the credential file, computed without decrypting its key. Undefined when there is none.
 */
export async function credentialFingerprint(context: AuthContext): Promise<string | undefined> {
  const { found } = await locate(context)
  return found === undefined ? undefined : createHash('sha256').update(found.content).digest('hex')
}

/** `3 h`, `2 days`, `5 min`. */
export function duration(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(milliseconds) / 60_000))
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

/** rOCCI-cli takes the passphrase from --password beside --user-cred. The user is asked at most once. */
async function passphraseOf(context: AuthContext, found: Located): Promise<string | undefined> {
  const given = context.option('passphrase')
  if (given !== undefined && given !== '') return given
  const password = context.option('password')
  if (found.because === '--user-cred' && password !== undefined && password !== '') return password
  return context.secret('passphrase', `Passphrase of ${found.key ?? found.certificate}`)
}

function check(context: AuthContext, file: string, inspected: Inspected): void {
  const now = context.now().getTime()
  const what = inspected.kind === 'certificate' ? 'certificate' : 'proxy'
  const facts = { file, subject: inspected.subject, until: inspected.until.toISOString() }
  if (inspected.until.getTime() <= now) {
    throw new AuthError(`The ${what} ${file} expired ${duration(now - inspected.until.getTime())} ago`, {
      hint:
        what === 'proxy' ? `Run ${proxyCommand(inspected)}.` : 'Get a new certificate from your authority.',
      at: file,
      facts,
    })
  }
  if (inspected.from.getTime() > now) {
    throw new AuthError(`The ${what} ${file} is valid only in ${duration(inspected.from.getTime() - now)}`, {
      hint: 'Check the clock of this machine.',
      at: file,
      facts,
    })
  }
}

function proxyCommand({ vo }: Inspected): string {
  return vo === undefined ? 'voms-proxy-init -rfc (with -voms VO)' : `voms-proxy-init -voms ${plain(vo)} -rfc`
}

function report(context: AuthContext, inspected: Inspected): void {
  const left = duration(inspected.until.getTime() - context.now().getTime())
  context.trail(
    `${inspected.kind} of ${plain(inspected.holder)}${inspected.vo === undefined ? '' : `, VO ${plain(inspected.vo)}`}, valid for ${left}`,
  )
  if (inspected.kind === 'legacy-proxy') {
    context.trail('this is a proxy of the old kind, which servers refuse: make one with voms-proxy-init -rfc')
  }
  if (!inspected.complete) {
    context.trail("the file lacks the user's certificate behind the proxy; servers will say: unknown CA")
  }
}

function notFound(search: {
  readonly places: readonly string[]
  readonly named: string | undefined
  readonly why?: string
}): AuthError {
  if (search.named !== undefined) {
    const place = search.places.at(-1) ?? ''
    return new AuthError(
      `The client certificate ${plain(place)} (${search.named}) cannot be read: ${search.why}`,
      {
        hint: 'Check the path and the permissions.',
        at: search.named,
      },
    )
  }
  return new AuthError('There is no client certificate', {
    hint: `Give --user-cert (and --user-key), set X509_USER_PROXY, or run voms-proxy-init -rfc. Looked at ${search.places.map(plain).join(', ')}.`,
    facts: { missing: 'user-cert', places: search.places },
  })
}

/** Globus refuses a key that others can read; occi only warns, since the file is the user's. */
async function warnOfReaders(context: AuthContext, found: Located): Promise<void> {
  const file = found.key ?? found.certificate
  const mode = await context.machine.mode(file).catch(() => undefined)
  if (mode !== undefined && (mode & 0o077) !== 0) {
    context.trail(`${file} can be read by others (mode ${mode.toString(8)}): chmod 600 it`)
  }
}

/** Finds, reads and checks the user's certificate before any connection is opened. */

import { createHash } from 'node:crypto'
import { formatDuration } from '../../basics/amounts.js'
import { shellWord } from '../../basics/shell-word.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import type { AuthContext, SentCertificate } from '../types.js'
import type { Inspected } from './inspect.js'
import { type LocatedCertificate, locate } from './locate.js'
import { loadMaterial } from './material.js'

interface ClientCertificate {
  readonly sent: SentCertificate
  readonly tls: TlsMaterial
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
  context.log(`client certificate: ${found.certificate} (${found.source})`)
  await warnIfReadableByOthers(context, found)
  const { tls, inspected } = await loadMaterial({
    ...found,
    passphrase: () => passphraseOf(context, found),
  })
  if (inspected !== undefined) check(context, found.certificate, inspected)
  return {
    tls,
    sent: {
      file: found.certificate,
      source: found.source,
      ...(inspected === undefined ? {} : logLimitations(context, found.certificate, inspected)),
    },
    subject: plainText(inspected?.holder ?? found.certificate),
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

/** The passphrase of the key. With `user-cred`, `password` is used too, as in rOCCI-cli. */
async function passphraseOf(context: AuthContext, found: LocatedCertificate): Promise<string | undefined> {
  const given = context.option('passphrase')
  if (given !== undefined && given !== '') return given
  const password = context.option('password')
  if (found.source === '--user-cred' && password !== undefined && password !== '') return password
  return context.secret('passphrase', `Passphrase of ${found.key ?? found.certificate}`)
}

function check(context: AuthContext, file: string, inspected: Inspected): void {
  const now = context.now().getTime()
  const what = isProxy(inspected) ? 'proxy' : 'certificate'
  const facts = { file, subject: inspected.subject, until: inspected.validUntil.toISOString() }
  if (inspected.validUntil.getTime() <= now) {
    const { validUntil, holderValidUntil = validUntil } = inspected
    const holderExpired = what === 'proxy' && inspected.complete && holderValidUntil.getTime() <= now
    const ago = formatDuration(now - (holderExpired ? holderValidUntil : validUntil).getTime())
    throw new AuthError(
      `The ${holderExpired ? 'certificate behind the ' : ''}${what} ${plainText(file)} expired ${ago} ago`,
      {
        hint:
          what === 'proxy' && !holderExpired
            ? `Run ${proxyCommand(inspected)}.`
            : 'Get a new certificate from your authority.',
        at: file,
        facts,
      },
    )
  }
  if (inspected.validFrom.getTime() > now) {
    throw new AuthError(
      `The ${what} ${plainText(file)} is valid only in ${formatDuration(inspected.validFrom.getTime() - now)}`,
      {
        hint: 'Check the clock of this machine.',
        at: file,
        facts,
      },
    )
  }
}

function isProxy({ kind }: Inspected): boolean {
  return kind !== 'certificate'
}

/** The command that creates a proxy with the same VOMS attributes. */
function proxyCommand({ voms }: Inspected): string {
  const vomsOptions = voms.flatMap(({ vo, fqans: [first = ''] }) => {
    if (vo === undefined) return []
    const fqan = first.replace(/\/Capability=NULL$/, '').replace(/\/Role=NULL$/, '')
    return [`-voms ${shellWord(fqan === '' || fqan === `/${vo}` ? vo : `${vo}:${fqan}`)}`]
  })
  return vomsOptions.length === 0
    ? 'voms-proxy-init -rfc (with -voms VO)'
    : `voms-proxy-init ${vomsOptions.join(' ')} -rfc`
}

function logLimitations(context: AuthContext, file: string, inspected: Inspected): Limitations {
  const remaining = formatDuration(inspected.validUntil.getTime() - context.now().getTime())
  const vos = inspected.voms.map(({ vo }) => `, VO ${plainText(vo ?? 'unknown')}`).join('')
  context.log(
    `${inspected.limited ? 'limited ' : ''}${inspected.kind} of ${plainText(inspected.holder)}${vos}, valid for ${remaining}`,
  )
  const limitations = limitationsOf(inspected, context.now())
  for (const text of Object.values(limitations)) context.log(text)
  for (const expired of expiredAttributes(inspected, context.now())) {
    context.warn(
      `the VOMS attributes in ${plainText(file)} have ended (${expired}): run ${proxyCommand(inspected)}`,
    )
  }
  return limitations
}

type Limitations = Pick<SentCertificate, 'mayBeDistrusted' | 'mayLackRights'>

/** Reasons why a server may refuse a valid certificate. */
function limitationsOf(inspected: Inspected, now: Date): Limitations {
  const { kind, complete, limited } = inspected
  const distrusted = [
    ...(complete
      ? []
      : [
          "Its file lacks the user's certificate, which signed the proxy and without which no server can verify it.",
        ]),
    ...(kind === 'legacy-proxy' || kind === 'gt3-proxy'
      ? [
          `It is a proxy of an old kind, which most servers refuse: create a new one with ${proxyCommand(inspected)}.`,
        ]
      : []),
    ...(kind === 'proxy'
      ? [
          'It is a proxy, which servers refuse unless they were set up for proxies: ask the provider for an endpoint that accepts them, or give the certificate itself by `user-cert` and `user-key` (usually ~/.globus/usercert.pem and userkey.pem).',
        ]
      : []),
  ]
  const lacking = [
    ...expiredAttributes(inspected, now).map(
      (expired) => `Its VOMS attributes have ended (${expired}): run ${proxyCommand(inspected)}.`,
    ),
    ...(limited ? ['It is a limited proxy, with which some servers refuse to start anything.'] : []),
  ]
  return {
    ...(distrusted.length === 0 ? {} : { mayBeDistrusted: distrusted.join(' ') }),
    ...(lacking.length === 0 ? {} : { mayLackRights: lacking.join(' ') }),
  }
}

/** `cms 2 h ago`, for each VO whose attributes have expired. They may expire before the proxy that contains them. */
function expiredAttributes({ voms }: Inspected, now: Date): readonly string[] {
  return voms.flatMap(({ vo, validUntil }) =>
    validUntil === undefined || validUntil > now
      ? []
      : [`${plainText(vo ?? 'unknown VO')} ${formatDuration(now.getTime() - validUntil.getTime())} ago`],
  )
}

function notFound(search: {
  readonly places: readonly string[]
  readonly named: string | undefined
  readonly reason?: string
}): AuthError {
  if (search.named !== undefined) {
    const place = search.places.at(-1) ?? ''
    return new AuthError(
      `The client certificate ${plainText(place)} (${search.named}) cannot be read: ${search.reason}`,
      {
        hint: 'Check the path and the permissions.',
        at: search.named,
      },
    )
  }
  return new AuthError('There is no client certificate', {
    hint: `Give \`user-cert\` (and \`user-key\`), set X509_USER_PROXY, or run voms-proxy-init -rfc. Looked at ${search.places.map(plainText).join(', ')}.`,
    facts: { missing: 'user-cert', places: search.places },
  })
}

/** Warns if other users can access the key. Globus refuses such a key; occi only warns, since the file is the user's. */
async function warnIfReadableByOthers(context: AuthContext, found: LocatedCertificate): Promise<void> {
  const file = found.key ?? found.certificate
  const mode = await context.machine.mode(file).catch(() => undefined)
  if (mode !== undefined && (mode & 0o077) !== 0) {
    context.warn(
      `${plainText(file)} contains a private key and other users can access it (mode ${mode.toString(8)}): chmod 600 ${shellWord(file)}`,
    )
  }
}

/** Finds, reads and checks the user's certificate before any connection is made. */

import { createHash } from 'node:crypto'
import { formatDuration } from '../../basics/amounts.js'
import { shellWord } from '../../basics/shell-word.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import type { AuthContext, SentCertificate } from '../types.js'
import type { Inspected } from './inspect.js'
import { type Located, locate } from './locate.js'
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
  context.log(`client certificate: ${found.certificate} (${found.because})`)
  await warnOfReaders(context, found)
  const { tls, inspected } = await loadMaterial({
    ...found,
    passphrase: () => passphraseOf(context, found),
  })
  if (inspected !== undefined) check(context, found.certificate, inspected)
  return {
    tls,
    sent: {
      file: found.certificate,
      because: found.because,
      ...(inspected === undefined ? {} : report(context, found.certificate, inspected)),
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
  const what = isProxy(inspected) ? 'proxy' : 'certificate'
  const facts = { file, subject: inspected.subject, until: inspected.until.toISOString() }
  if (inspected.until.getTime() <= now) {
    const { until, holderUntil = until } = inspected
    const behind = what === 'proxy' && inspected.complete && holderUntil.getTime() <= now
    const ago = formatDuration(now - (behind ? holderUntil : until).getTime())
    throw new AuthError(
      `The ${behind ? 'certificate behind the ' : ''}${what} ${plainText(file)} expired ${ago} ago`,
      {
        hint:
          what === 'proxy' && !behind
            ? `Run ${proxyCommand(inspected)}.`
            : 'Get a new certificate from your authority.',
        at: file,
        facts,
      },
    )
  }
  if (inspected.from.getTime() > now) {
    throw new AuthError(
      `The ${what} ${plainText(file)} is valid only in ${formatDuration(inspected.from.getTime() - now)}`,
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

/** Asks for the same attributes again. */
function proxyCommand({ voms }: Inspected): string {
  const wanted = voms.flatMap(({ vo, fqans: [first = ''] }) => {
    if (vo === undefined) return []
    const asked = first.replace(/\/Capability=NULL$/, '').replace(/\/Role=NULL$/, '')
    return [`-voms ${shellWord(asked === '' || asked === `/${vo}` ? vo : `${vo}:${asked}`)}`]
  })
  return wanted.length === 0
    ? 'voms-proxy-init -rfc (with -voms VO)'
    : `voms-proxy-init ${wanted.join(' ')} -rfc`
}

function report(context: AuthContext, file: string, inspected: Inspected): Doubts {
  const left = formatDuration(inspected.until.getTime() - context.now().getTime())
  const vos = inspected.voms.map(({ vo }) => `, VO ${plainText(vo ?? 'unknown')}`).join('')
  context.log(
    `${inspected.limited ? 'limited ' : ''}${inspected.kind} of ${plainText(inspected.holder)}${vos}, valid for ${left}`,
  )
  const doubts = doubtsOf(inspected, context.now())
  for (const text of Object.values(doubts)) context.log(text)
  for (const ended of endedAttributes(inspected, context.now())) {
    context.warn(
      `the VOMS attributes in ${plainText(file)} have ended (${ended}): run ${proxyCommand(inspected)}`,
    )
  }
  return doubts
}

type Doubts = Pick<SentCertificate, 'mayBeDistrusted' | 'mayLackRights'>

/** What a server may have against a certificate that is in order. */
function doubtsOf(inspected: Inspected, now: Date): Doubts {
  const { kind, complete, limited } = inspected
  const distrusted = [
    ...(complete
      ? []
      : [
          "Its file lacks the user's certificate behind the proxy, without which no server knows its authority.",
        ]),
    ...(kind === 'legacy-proxy' || kind === 'gt3-proxy'
      ? [`It is a proxy of an old kind, which most servers refuse: make one by ${proxyCommand(inspected)}.`]
      : []),
    ...(kind === 'proxy'
      ? [
          'It is a proxy, which servers refuse unless they were set up for proxies: ask the provider for an endpoint that takes them, or give the certificate itself by `user-cert` and `user-key` (usually ~/.globus/usercert.pem and userkey.pem).',
        ]
      : []),
  ]
  const lacking = [
    ...endedAttributes(inspected, now).map(
      (ended) => `Its VOMS attributes have ended (${ended}): run ${proxyCommand(inspected)}.`,
    ),
    ...(limited ? ['It is a limited proxy, by which some servers start nothing.'] : []),
  ]
  return {
    ...(distrusted.length === 0 ? {} : { mayBeDistrusted: distrusted.join(' ') }),
    ...(lacking.length === 0 ? {} : { mayLackRights: lacking.join(' ') }),
  }
}

/** `cms 2 h ago`. VOMS attributes may end before the proxy that holds them, which stays valid without a VO. */
function endedAttributes({ voms }: Inspected, now: Date): readonly string[] {
  return voms.flatMap(({ vo, until }) =>
    until === undefined || until > now
      ? []
      : [`${plainText(vo ?? 'unknown VO')} ${formatDuration(now.getTime() - until.getTime())} ago`],
  )
}

function notFound(search: {
  readonly places: readonly string[]
  readonly named: string | undefined
  readonly why?: string
}): AuthError {
  if (search.named !== undefined) {
    const place = search.places.at(-1) ?? ''
    return new AuthError(
      `The client certificate ${plainText(place)} (${search.named}) cannot be read: ${search.why}`,
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

/** Globus refuses a key that is open to others; occi only warns, since the file is the user's. */
async function warnOfReaders(context: AuthContext, found: Located): Promise<void> {
  const file = found.key ?? found.certificate
  const mode = await context.machine.mode(file).catch(() => undefined)
  if (mode !== undefined && (mode & 0o077) !== 0) {
    context.warn(
      `${plainText(file)} contains a private key and is open to other users (mode ${mode.toString(8)}): chmod 600 ${shellWord(file)}`,
    )
  }
}

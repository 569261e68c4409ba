/** Finds, reads and checks the user's certificate before any connection is opened. */

import { createHash } from 'node:crypto'
import { formatDuration } from '../../basics/amounts.js'
import { shellWord } from '../../basics/shell-word.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import type { AuthContext, SentCertificate } from '../types.js'
import type { Inspection } from './inspect.js'
import { type FailedSearch, type LocatedCertificate, locateCertificate } from './locate.js'
import { loadMaterial } from './material.js'

interface ClientCertificate {
  readonly sentCertificate: SentCertificate
  readonly tls: TlsMaterial
  /** The subject without the CNs that proxies add; the path if the certificate could not be inspected. */
  readonly subject: string
  /** The fingerprint of the certificate that is sent; the path if the certificate could not be inspected. */
  readonly fingerprint: string
  readonly inspection: Inspection | undefined
}

/**
 * Finds, reads and checks the user's certificate. Throws AuthError when there is none (naming the searched paths), or
 * it is unreadable, expired or not valid yet.
 */
export async function clientCertificate(context: AuthContext): Promise<ClientCertificate> {
  const search = await locateCertificate(context)
  if (search.located === undefined) throw notFoundError(search)
  const { located } = search
  context.log(`client certificate: ${located.certificatePath} (${located.source})`)
  await warnIfReadableByOthers(context, located)
  const { tls, inspection } = await loadMaterial({
    ...located,
    passphrase: () => passphraseOf(context, located),
  })
  if (inspection !== undefined) checkValidity(context, located.certificatePath, inspection)
  return {
    tls,
    sentCertificate: {
      file: located.certificatePath,
      source: located.source,
      ...(inspection === undefined ? {} : reportLimitations(context, located.certificatePath, inspection)),
    },
    subject: plainText(inspection?.holder ?? located.certificatePath),
    fingerprint: inspection?.fingerprint ?? located.certificatePath,
    inspection,
  }
}

/** Returns a fingerprint of the certificate file, without decrypting its key; undefined when there is no file. */
export async function credentialFingerprint(context: AuthContext): Promise<string | undefined> {
  const { located } = await locateCertificate(context)
  return located === undefined
    ? undefined
    : createHash('sha256').update(located.certificateContent).digest('hex')
}

/** Returns the passphrase of the key. With `user-cred`, `password` may contain it, as in rOCCI-cli. */
async function passphraseOf(context: AuthContext, located: LocatedCertificate): Promise<string | undefined> {
  const passphrase = context.option('passphrase')
  if (passphrase !== undefined && passphrase !== '') return passphrase
  const password = context.option('password')
  if (located.source === '--user-cred' && password !== undefined && password !== '') return password
  return context.secret('passphrase', `Passphrase of ${located.keyPath ?? located.certificatePath}`)
}

/** Throws AuthError for a certificate that has expired or is not valid yet. */
function checkValidity(context: AuthContext, file: string, inspection: Inspection): void {
  const now = context.now().getTime()
  const noun = isProxy(inspection) ? 'proxy' : 'certificate'
  const facts = { file, subject: inspection.subject, until: inspection.validUntil.toISOString() }
  if (inspection.validUntil.getTime() <= now) {
    const { validUntil, holderValidUntil = validUntil } = inspection
    const holderExpired = noun === 'proxy' && inspection.complete && holderValidUntil.getTime() <= now
    const age = formatDuration(now - (holderExpired ? holderValidUntil : validUntil).getTime())
    throw new AuthError(
      `The ${holderExpired ? 'certificate behind the ' : ''}${noun} ${plainText(file)} expired ${age} ago`,
      {
        hint:
          noun === 'proxy' && !holderExpired
            ? `Run ${proxyCommand(inspection)}.`
            : 'Get a new certificate from your authority.',
        at: file,
        facts,
      },
    )
  }
  if (inspection.validFrom.getTime() > now) {
    throw new AuthError(
      `The ${noun} ${plainText(file)} is valid only in ${formatDuration(inspection.validFrom.getTime() - now)}`,
      {
        hint: 'Check the clock of this machine.',
        at: file,
        facts,
      },
    )
  }
}

function isProxy({ kind }: Inspection): boolean {
  return kind !== 'certificate'
}

/** Returns the command that creates a proxy with the same VOMS attributes. */
function proxyCommand({ voms }: Inspection): string {
  const vomsOptions = voms.flatMap(({ vo, fqans: [first = ''] }) => {
    if (vo === undefined) return []
    const fqan = first.replace(/\/Capability=NULL$/, '').replace(/\/Role=NULL$/, '')
    return [`-voms ${shellWord(fqan === '' || fqan === `/${vo}` ? vo : `${vo}:${fqan}`)}`]
  })
  return vomsOptions.length === 0
    ? 'voms-proxy-init -rfc (with -voms VO)'
    : `voms-proxy-init ${vomsOptions.join(' ')} -rfc`
}

/** Logs the certificate and its limitations, warns of expired VOMS attributes, and returns the limitations. */
function reportLimitations(context: AuthContext, file: string, inspection: Inspection): Limitations {
  const remaining = formatDuration(inspection.validUntil.getTime() - context.now().getTime())
  const vos = inspection.voms.map(({ vo }) => `, VO ${plainText(vo ?? 'unknown')}`).join('')
  context.log(
    `${inspection.limited ? 'limited ' : ''}${inspection.kind} of ${plainText(inspection.holder)}${vos}, valid for ${remaining}`,
  )
  const limitations = limitationsOf(inspection, context.now())
  for (const text of Object.values(limitations)) context.log(text)
  for (const expired of expiredAttributes(inspection, context.now())) {
    context.warn(
      `the VOMS attributes in ${plainText(file)} have ended (${expired}): run ${proxyCommand(inspection)}`,
    )
  }
  return limitations
}

type Limitations = Pick<SentCertificate, 'mayBeDistrusted' | 'mayLackRights'>

/** Returns the reasons why a server may refuse a valid certificate. */
function limitationsOf(inspection: Inspection, now: Date): Limitations {
  const { kind, complete, limited } = inspection
  const distrustReasons = [
    ...(complete
      ? []
      : [
          "Its file lacks the user's certificate, which signed the proxy and without which no server can verify it.",
        ]),
    ...(kind === 'legacy-proxy' || kind === 'gt3-proxy'
      ? [
          `It is a proxy of an old kind, which most servers refuse: create a new one with ${proxyCommand(inspection)}.`,
        ]
      : []),
    ...(kind === 'proxy'
      ? [
          'It is a proxy, which servers refuse unless they were set up for proxies: ask the provider for an endpoint that accepts them, or give the certificate itself by `user-cert` and `user-key` (usually ~/.globus/usercert.pem and userkey.pem).',
        ]
      : []),
  ]
  const rightsReasons = [
    ...expiredAttributes(inspection, now).map(
      (expired) => `Its VOMS attributes have ended (${expired}): run ${proxyCommand(inspection)}.`,
    ),
    ...(limited ? ['It is a limited proxy, with which some servers refuse to start anything.'] : []),
  ]
  return {
    ...(distrustReasons.length === 0 ? {} : { mayBeDistrusted: distrustReasons.join(' ') }),
    ...(rightsReasons.length === 0 ? {} : { mayLackRights: rightsReasons.join(' ') }),
  }
}

/**
 * Returns `cms 2 h ago` for each VO whose attributes have expired, which may happen before the proxy that contains them
 * expires.
 */
function expiredAttributes({ voms }: Inspection, now: Date): readonly string[] {
  return voms.flatMap(({ vo, validUntil }) =>
    validUntil === undefined || validUntil > now
      ? []
      : [`${plainText(vo ?? 'unknown VO')} ${formatDuration(now.getTime() - validUntil.getTime())} ago`],
  )
}

function notFoundError({ searchedPaths, namedBy, reason }: FailedSearch): AuthError {
  if (namedBy !== undefined) {
    return new AuthError(
      `The client certificate ${plainText(searchedPaths.at(-1) ?? '')} (${namedBy}) cannot be read: ${reason}`,
      {
        hint: 'Check the path and the permissions.',
        at: namedBy,
      },
    )
  }
  return new AuthError('There is no client certificate', {
    hint: `Give \`user-cert\` (and \`user-key\`), set X509_USER_PROXY, or run voms-proxy-init -rfc. Looked at ${searchedPaths.map(plainText).join(', ')}.`,
    facts: { missing: 'user-cert', places: searchedPaths },
  })
}

/** Warns if other users can access the key. Globus refuses such a key; occi uses it, since the user chose the file. */
async function warnIfReadableByOthers(context: AuthContext, located: LocatedCertificate): Promise<void> {
  const file = located.keyPath ?? located.certificatePath
  const mode = await context.machine.mode(file).catch(() => undefined)
  if (mode !== undefined && (mode & 0o077) !== 0) {
    context.warn(
      `${plainText(file)} contains a private key and other users can access it (mode ${mode.toString(8)}): chmod 600 ${shellWord(file)}`,
    )
  }
}

import { isLoopback } from '../../../auth/index.js'
import { formatDuration } from '../../../basics/amounts.js'
import type { Handshake } from '../../probe.js'
import { trustOf } from '../../runtime/network.js'
import { type Check, type Finding, failed, ok, skipped, warning } from './check.js'
import { portOf } from './network.js'

const day = 24 * 3600_000

/** The server's certificate, the versions of TLS, and whether a client certificate is asked for. */
export const tls: Check = {
  name: 'tls',
  doing: 'Looking at the certificate of the server',
  async run({ server, addresses = [], probe, context }) {
    if (server === undefined) return [skipped('no server is connected to')]
    if (server.protocol !== 'https:') {
      return [
        isLoopback(server)
          ? ok('not encrypted, on this machine')
          : warning(
              'the connection is not encrypted: anybody on the way can read it',
              'Use an https endpoint.',
            ),
      ]
    }
    const [address] = addresses
    if (address === undefined) return [skipped('there is no connection')]
    const trust = await trustOf(context)
    const parameters = { address, host: server.hostname, port: portOf(server), trust }
    const [first, older] = await Promise.all([
      probe.handshake(parameters),
      probe.handshake({ ...parameters, maxVersion: 'TLSv1.2' }),
    ])
    if (!first.ok) {
      return [failed(`no TLS connection: ${first.reason}`, 'Check that the port speaks https, and not http.')]
    }
    const versions =
      older.ok && older.version !== first.version ? [first.version, older.version] : [first.version]
    const store =
      (trust.ca?.length ?? 0) === 0
        ? "Node's roots"
        : `${trust.ca?.length} given authorities${trust.systemCa === true ? " and Node's roots" : ''}`
    return [
      ...chain(first, store, context.settings.on('insecure')),
      ...life(first, context.clock.now()),
      ok(
        `${versions.join(', ')}; ${first.requestsClientCertificate ? 'asks for a client certificate' : 'no client certificate is asked for'}`,
      ),
    ]
  },
}

type Seen = Extract<Handshake, { ok: true }>

function chain(seen: Seen, store: string, insecure: boolean): readonly Finding[] {
  const findings: Finding[] = []
  const unchecked = insecure
    ? [warning('--insecure: the certificate is not checked', 'Leave --insecure out.')]
    : []
  if (seen.refused !== undefined) {
    findings.push(failed(`${seen.subject} ${seen.refused.what}`, seen.refused.hint))
  } else if (seen.untrustedReason === undefined) findings.push(ok(`${seen.subject}, trusted by ${store}`))
  else
    findings.push(
      failed(`${seen.subject} is not trusted by ${store}: ${seen.untrustedReason}`, remedyFor(seen)),
    )
  if (seen.nameMismatch !== undefined) {
    findings.push(failed(seen.nameMismatch, 'Use the name in the certificate as the host of the endpoint.'))
  }
  return [...unchecked, ...findings]
}

function remedyFor({ untrustedReason = '', selfSigned, certificateCount: sent, issuer }: Seen): string {
  if (selfSigned) {
    return 'The certificate is self-signed: compare its fingerprint with the provider, and give it by --ca-file.'
  }
  if (/VERIFY_LEAF|GET_ISSUER/.test(untrustedReason)) {
    return sent === 1
      ? `The server sends no intermediate certificate of ${issuer}: ask the provider to send it, or give it by --ca-file.`
      : `Give the authority ${issuer} by --ca-file or --ca-path.`
  }
  if (/EXPIRED/.test(untrustedReason))
    return 'Ask the provider for a new certificate, and check the clock of this machine.'
  return 'Give the authority by --ca-file or --ca-path.'
}

function life({ validUntil }: Seen, now: number): readonly Finding[] {
  const left = validUntil.getTime() - now
  if (left < 0) {
    return [
      failed(
        `the certificate ended ${formatDuration(left)} ago`,
        'Ask the provider for a new one, and check the clock.',
      ),
    ]
  }
  if (left < 14 * day)
    return [warning(`the certificate ends in ${formatDuration(left)}`, 'Tell the provider.')]
  return [ok(`the certificate is valid for another ${formatDuration(left)}`)]
}

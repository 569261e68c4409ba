import { isLoopback } from '../../../auth/index.js'
import { formatDuration } from '../../../basics/amounts.js'
import type { Handshake } from '../../probe.js'
import { trustOf } from '../../runtime/network.js'
import { type Check, type Finding, failed, ok, skipped, warning } from './check.js'
import { portOf } from './network.js'

/** Milliseconds before its expiry in which a certificate gets a warning: 14 days. */
const expiryWarning = 14 * 24 * 3600_000

/** The server's certificate, the versions of TLS, and whether the server requests a client certificate. */
export const tls: Check = {
  name: 'tls',
  progress: 'Checking the certificate of the server',
  async run({ server, proxy, addresses = [], probe, context }) {
    if (server === undefined) return [skipped('the endpoint needs no connection')]
    if (server.protocol !== 'https:') {
      return [
        isLoopback(server)
          ? ok('not encrypted, on this machine')
          : warning(
              'the connection is not encrypted: others on the network can read it',
              'Use an https endpoint.',
            ),
      ]
    }
    if (proxy !== undefined) return [skipped('the certificate is not checked through a proxy')]
    const [address] = addresses
    if (address === undefined) return [skipped('there is no connection')]
    const trust = await trustOf(context)
    const parameters = { address, host: server.hostname, port: portOf(server), trust }
    const [handshake, olderHandshake] = await Promise.all([
      probe.handshake(parameters),
      probe.handshake({ ...parameters, maxVersion: 'TLSv1.2' }),
    ])
    if (!handshake.ok) {
      return [
        failed(`no TLS connection: ${handshake.reason}`, 'Check that the port serves https, and not http.'),
      ]
    }
    const versions = new Set([handshake.version, ...(olderHandshake.ok ? [olderHandshake.version] : [])])
    const authorityCount = trust.ca?.length ?? 0
    const trustStore =
      authorityCount === 0
        ? "Node's roots"
        : `${authorityCount} configured ${authorityCount === 1 ? 'authority' : 'authorities'}${trust.systemCa === true ? " and Node's roots" : ''}`
    return [
      ...certificateFindings(handshake, { trustStore, insecure: context.settings.isOn('insecure') }),
      ...validityFinding(handshake, context.clock.now()),
      ok(
        `${[...versions].join(', ')}; the server requests ${handshake.requestsClientCertificate ? 'a' : 'no'} client certificate`,
      ),
    ]
  },
}

type SuccessfulHandshake = Extract<Handshake, { ok: true }>

/** Reports whether the certificate is trusted, revoked, and valid for the host. */
function certificateFindings(
  handshake: SuccessfulHandshake,
  { trustStore, insecure }: { readonly trustStore: string; readonly insecure: boolean },
): readonly Finding[] {
  const { subject, refused, untrustedReason, nameMismatch } = handshake
  const findings: Finding[] = insecure
    ? [warning('--insecure: the certificate is not checked', 'Omit --insecure.')]
    : []
  if (refused !== undefined) findings.push(failed(`${subject} ${refused.what}`, refused.hint))
  else if (untrustedReason === undefined) findings.push(ok(`${subject}, trusted by ${trustStore}`))
  else {
    findings.push(
      failed(`${subject} is not trusted by ${trustStore}: ${untrustedReason}`, remedyFor(handshake)),
    )
  }
  if (nameMismatch !== undefined) {
    findings.push(failed(nameMismatch, 'Use the name in the certificate as the host of the endpoint.'))
  }
  return findings
}

function remedyFor({
  untrustedReason = '',
  selfSigned,
  certificateCount,
  issuer,
}: SuccessfulHandshake): string {
  if (selfSigned) {
    return 'The certificate is self-signed: compare its fingerprint with that of the provider, and trust it with --ca-file.'
  }
  if (/VERIFY_LEAF|GET_ISSUER/.test(untrustedReason)) {
    return certificateCount === 1
      ? `The server sends no intermediate certificate of ${issuer}: ask the provider to send it, or name it with --ca-file.`
      : `Name the authority ${issuer} with --ca-file or --ca-path.`
  }
  if (/EXPIRED/.test(untrustedReason))
    return 'Ask the provider for a new certificate, and check the clock of this machine.'
  return 'Name the authority with --ca-file or --ca-path.'
}

function validityFinding({ validUntil }: SuccessfulHandshake, now: number): readonly Finding[] {
  const remaining = validUntil.getTime() - now
  if (remaining < 0) {
    return [
      failed(
        `the certificate expired ${formatDuration(remaining)} ago`,
        'Ask the provider for a new certificate, and check the clock of this machine.',
      ),
    ]
  }
  if (remaining < expiryWarning)
    return [
      warning(`the certificate expires in ${formatDuration(remaining)}`, 'Report this to the provider.'),
    ]
  return [ok(`the certificate is valid for another ${formatDuration(remaining)}`)]
}

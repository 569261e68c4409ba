import { isIP } from 'node:net'
import { proxyChoice } from '../../../transport/index.js'
import { transportSettings } from '../../runtime/network.js'
import { type Check, type Finding, failed, ok, skipped, warning } from './check.js'

/** The proxy in force, from the usual variables. */
export const proxy: Check = {
  name: 'proxy',
  doing: 'Looking for proxies',
  async run(examination) {
    const { server, context } = examination
    if (server === undefined) return [skipped('no server is connected to')]
    const settings = transportSettings(context).proxy
    const chosen = proxyChoice(settings)(server)
    if (chosen !== undefined) {
      examination.server = chosen
      return [ok(`${server.host} is reached by the proxy ${chosen.host}; NO_PROXY does not list it`)]
    }
    const has = settings?.http ?? settings?.https
    return [ok(has === undefined ? 'none' : `none for ${server.host}: NO_PROXY lists it`)]
  },
}

/** All addresses of the server's name. */
export const dns: Check = {
  name: 'dns',
  doing: 'Resolving the host',
  async run(examination) {
    const { server, probe } = examination
    if (server === undefined) return [skipped('no server is connected to')]
    const host = server.hostname
    try {
      const addresses = await probe.resolve(host)
      examination.addresses = addresses
      if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return [ok(`${host} is an address`)]
      return [ok(`${host} is ${addresses.join(', ')}`)]
    } catch (error) {
      examination.addresses = []
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
      return [
        failed(
          `${host} has no address${code}`,
          'Check the spelling of the endpoint, and /etc/resolv.conf or the VPN.',
        ),
      ]
    }
  },
}

/** A connection to each address, in the order in which they are tried. */
export const tcp: Check = {
  name: 'tcp',
  doing: 'Connecting',
  async run(examination) {
    const { server, addresses = [], probe } = examination
    if (server === undefined || addresses.length === 0) return [skipped('there is no address')]
    const port = portOf(server)
    const reached = await Promise.all(addresses.map((address) => probe.reach(address, port)))
    const alive = addresses.filter((_, index) => reached[index]?.ok === true)
    const dead = addresses.filter((_, index) => reached[index]?.ok === false)
    examination.addresses = alive
    const reasons = reached.flatMap((each) => (each.ok ? [] : [words[each.reason] ?? each.reason]))
    if (alive.length === 0) {
      return [
        failed(
          `${addresses.join(', ')} port ${port}: ${[...new Set(reasons)].join(', ')}`,
          'Check the port of the endpoint, that the service runs, and that no firewall is in between.',
        ),
      ]
    }
    const times = reached.flatMap((each) => (each.ok ? [each.milliseconds] : []))
    const findings: Finding[] = [ok(`${alive.join(', ')} port ${port} in ${Math.min(...times)} ms`)]
    if (dead.length > 0) {
      const first = reached[0]?.ok === false
      const v6 = dead.some((address) => isIP(address) === 6)
      findings.push(
        warning(
          `${dead.join(', ')} port ${port}: ${[...new Set(reasons)].join(', ')}${first ? '; it is tried first' : ''}`,
          v6 && first
            ? 'IPv6 does not work on the way: every connection waits for it. Ask the provider to mend the AAAA record.'
            : 'The other addresses are used. Tell the provider.',
        ),
      )
    }
    return findings
  },
}

export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ETIMEDOUT: 'does not answer',
  timeout: 'does not answer within 5 s',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'no network leads there',
  EADDRNOTAVAIL: 'no network leads there',
}

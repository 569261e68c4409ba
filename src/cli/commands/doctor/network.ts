import { isIP } from 'node:net'
import { proxyChoice } from '../../../transport/index.js'
import { transportSettings } from '../../runtime/network.js'
import { type Check, type Examination, type Finding, failed, ok, skipped, warning } from './check.js'

/** The proxy for the server, from --proxy or the environment. */
export const proxy: Check = {
  name: 'proxy',
  progress: 'Checking proxies',
  async run(examination) {
    const { server, context } = examination
    if (server === undefined) return [skipped('the endpoint needs no connection')]
    const settings = transportSettings(context).proxy
    const proxyUrl = proxyChoice(settings)(server)
    if (proxyUrl !== undefined) {
      examination.proxy = proxyUrl
      return [ok(`${server.host} is reached through the proxy ${proxyUrl.host}; NO_PROXY does not list it`)]
    }
    const configured = server.protocol === 'https:' ? settings?.https : settings?.http
    return [ok(configured === undefined ? 'none' : `none for ${server.host}: NO_PROXY lists it`)]
  },
}

/** Resolves the name of the server, or of the proxy. */
export const dns: Check = {
  name: 'dns',
  progress: 'Resolving the host',
  async run(examination) {
    const { server, probe } = examination
    if (server === undefined) return [skipped('the endpoint needs no connection')]
    const host = (examination.proxy ?? server).hostname
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
          `Check the spelling of the ${hostRole(examination)}, and /etc/resolv.conf or the VPN.`,
        ),
      ]
    }
  },
}

/** Connects to each address of the server, or of the proxy, in the order in which commands try them. */
export const tcp: Check = {
  name: 'tcp',
  progress: 'Connecting',
  async run(examination) {
    const { server, addresses = [], probe } = examination
    if (server === undefined || addresses.length === 0) return [skipped('there is no address')]
    const port = portOf(examination.proxy ?? server)
    const results = await Promise.all(addresses.map((address) => probe.reach(address, port)))
    const reachable = addresses.filter((_, index) => results[index]?.ok === true)
    const unreachable = addresses.filter((_, index) => results[index]?.ok === false)
    examination.addresses = reachable
    const reasons = results.flatMap((result) =>
      result.ok ? [] : [reasonTexts[result.reason] ?? result.reason],
    )
    const distinctReasons = [...new Set(reasons)].join(', ')
    if (reachable.length === 0) {
      return [
        failed(
          `${addresses.join(', ')} port ${port}: ${distinctReasons}`,
          `Check the port of the ${hostRole(examination)}, that the service runs, and that no firewall is in between.`,
        ),
      ]
    }
    const times = results.flatMap((result) => (result.ok ? [result.milliseconds] : []))
    const findings: Finding[] = [ok(`${reachable.join(', ')} port ${port} in ${Math.min(...times)} ms`)]
    if (unreachable.length > 0) {
      const isTriedFirst = results[0]?.ok === false
      const hasIpv6 = unreachable.some((address) => isIP(address) === 6)
      findings.push(
        warning(
          `${unreachable.join(', ')} port ${port}: ${distinctReasons}${isTriedFirst ? '; it is tried first' : ''}`,
          hasIpv6 && isTriedFirst
            ? `IPv6 does not work between here and the ${hostRole(examination)}, and every connection tries it first. Ask its operators to correct the AAAA record.`
            : 'The other addresses are used. Report this to the operators of the host.',
        ),
      )
    }
    return findings
  },
}

/** What the checked host is, for remedies. */
function hostRole({ proxy: proxyUrl }: Examination): string {
  return proxyUrl === undefined ? 'endpoint' : 'proxy'
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}

/** The reasons of ConnectionResult in words. */
const reasonTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ETIMEDOUT: 'does not answer',
  timeout: 'does not answer within 5 s',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'there is no route to it',
  EADDRNOTAVAIL: 'there is no route to it',
}

/** Asks for the user's consent before a secret is sent to a server that the user did not name. */

import { shellWord } from '../basics/shell-word.js'
import { AuthError } from '../errors/errors.js'
import { isOn } from '../settings/switch.js'
import { bareUrl } from '../transport/index.js'
import type { AuthContext, AuthOption } from './types.js'

export const guardOptions: readonly AuthOption[] = [
  {
    name: 'allow-plain-http',
    sensitivity: 'check',
    description:
      'send passwords and tokens over unencrypted http:, where others on the network can read them',
    flag: true,
  },
]

/** The options of `auto`. They are declared here so that listing them does not load that method. */
export const autoOptions: readonly AuthOption[] = [
  ...guardOptions,
  {
    name: 'first-method',
    value: 'METHOD',
    sensitivity: 'method',
    description:
      'the method that "auto" tries before the server asks: keystone, token, oidc, x509 or basic; digest waits for the server (default: by the credentials given)',
  },
]

/**
 * Asks the user before a secret is sent to the endpoint, or to a URL that a server named. No consent is needed on the
 * endpoint's host for https (with `allow-plain-http` also for http), or for loopback if the endpoint is on loopback
 * too. Throws AuthError if the user declines or there is no terminal.
 */
export async function requireConsent(
  context: AuthContext,
  target: URL,
  secret: string,
  /** The option by which the user can name the target, which then needs no consent as another host. */
  option: 'auth-url' | 'endpoint',
): Promise<void> {
  const risk = riskOf(context, target, option)
  if (risk === undefined) return
  const server = bareUrl(target.href)
  context.log(`sending ${secret} to ${server} needs consent: ${risk.reason}`)
  const refusal = new AuthError(`Not sending ${secret} to ${server}: ${risk.reason}`, {
    hint: risk.hint,
  })
  let answer: string
  try {
    answer = await context.choose(`Send ${secret} to ${server}? Caution: ${risk.reason}.`, [
      { value: 'no', label: 'No' },
      { value: 'yes', label: `Yes, send it to ${target.host}` },
    ])
  } catch (error) {
    throw error instanceof AuthError ? refusal : error
  }
  if (answer !== 'yes') throw refusal
}

/** Whether the URL is on 127.0.0.0/8, ::1 or localhost, whose traffic does not leave the machine. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname
  return (
    // Names like `x.localhost` are excluded, because many systems, such as glibc, ask DNS for them.
    host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
  )
}

/** Whether the connection is encrypted or local, or the user has allowed plain HTTP. */
export function mayCarrySecrets(context: AuthContext, target: URL): boolean {
  const allowed = isOn(context.option('allow-plain-http'), 'allow-plain-http')
  return target.protocol === 'https:' || isLoopback(target) || allowed
}

interface Risk {
  readonly reason: string
  readonly hint: string
}

function riskOf(context: AuthContext, target: URL, option: 'auth-url' | 'endpoint'): Risk | undefined {
  const { endpoint } = context
  const isSameHost =
    endpoint !== undefined && (endpoint.hostname === target.hostname || areBothLoopback(endpoint, target))
  if (!isSameHost) {
    return {
      reason: `its host is not that of the endpoint${endpoint === undefined ? '' : ` ${endpoint.host}`}`,
      hint:
        option === 'auth-url'
          ? `If you trust it, name it: \`auth-url\` ${shellWord(bareUrl(target.href))}`
          : `If you trust it, use it as the endpoint: \`endpoint\` ${shellWord(`${target.origin}/`)}`,
    }
  }
  if (!mayCarrySecrets(context, target)) {
    return {
      reason: 'the connection is not encrypted',
      hint: 'Use an https: URL, or give `allow-plain-http`.',
    }
  }
  return undefined
}

function areBothLoopback(first: URL, second: URL): boolean {
  return isLoopback(first) && isLoopback(second)
}

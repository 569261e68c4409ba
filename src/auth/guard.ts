/** Decides which servers may receive a secret without the user's consent. */

import { shellWord } from '../basics/shell-word.js'
import { AuthError } from '../errors/errors.js'
import { isOn } from '../settings/switch.js'
import { bareUrl } from '../transport/index.js'
import type { AuthContext, AuthOption } from './types.js'

export const guardOptions: readonly AuthOption[] = [
  {
    name: 'allow-plain-http',
    sensitivity: 'check',
    description: 'send passwords and tokens over http: too, where anybody on the way can read them',
    flag: true,
  },
]

/** The options of `auto`, kept here so that listing them does not load that method. */
export const autoOptions: readonly AuthOption[] = [
  ...guardOptions,
  {
    name: 'first-method',
    value: 'METHOD',
    sensitivity: 'method',
    description:
      'what "auto" sends before the server asks: keystone, token, oidc, x509, basic, or digest, which sends nothing (default: by what is given)',
  },
]

/**
 * Allows a secret to be sent to a URL that a server named. Allowed are https on the endpoint's host, and
 * loopback if the endpoint is on loopback too. Otherwise the user is asked. Throws AuthError when the user
 * refuses or cannot be asked.
 */
export async function mayReceiveSecret(context: AuthContext, target: URL, what: string): Promise<void> {
  const danger = dangerOf(context, target)
  if (danger === undefined) return
  const place = bareUrl(target.href)
  context.log(`${place} would get ${what}: ${danger.why}`)
  const refusal = new AuthError(`Not sending ${what} to ${place}: ${danger.why}`, {
    hint: danger.hint(place),
  })
  let answer: string
  try {
    answer = await context.choose(`Send ${what} to ${place}? ${danger.why}.`, [
      { value: 'no', label: 'No' },
      { value: 'yes', label: `Yes, send it to ${target.host}` },
    ])
  } catch (error) {
    throw error instanceof AuthError ? refusal : error
  }
  if (answer !== 'yes') throw refusal
}

/** Whether the URL is on 127.0.0.0/8, ::1 or localhost, where nobody else can listen. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname
  return (
    // Names below it (`x.localhost`) are asked of DNS by many systems, glibc's among them.
    host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
  )
}

/** Whether the connection is encrypted or local, or the user has accepted that it is not. */
export function isPrivate(context: AuthContext, target: URL): boolean {
  const allowed = isOn(context.option('allow-plain-http'), 'allow-plain-http')
  return target.protocol === 'https:' || isLoopback(target) || allowed
}

interface Danger {
  readonly why: string
  readonly hint: (place: string) => string
}

function dangerOf(context: AuthContext, target: URL): Danger | undefined {
  const { endpoint } = context
  const here =
    endpoint !== undefined && (endpoint.hostname === target.hostname || bothLoopback(endpoint, target))
  if (!here) {
    return {
      why: `it is another host than the endpoint${endpoint === undefined ? '' : ` ${endpoint.host}`}`,
      hint: (place) => `If you trust it, name it: \`auth-url\` ${shellWord(place)}`,
    }
  }
  if (!isPrivate(context, target)) {
    return {
      why: 'the connection is not encrypted',
      hint: () => 'Use an https: URL, or say `allow-plain-http`.',
    }
  }
  return undefined
}

function bothLoopback(one: URL, other: URL): boolean {
  return isLoopback(one) && isLoopback(other)
}

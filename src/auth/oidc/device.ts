/** The device flow (RFC 8628) with PKCE (RFC 7636): the user confirms the login in a browser on any device. */

import { createHash } from 'node:crypto'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { bareUrl } from '../../transport/index.js'
import { numberAt, parseJson, textAt } from '../json.js'
import { transportTo } from '../other-server.js'
import type { AuthContext } from '../types.js'
import {
  type Client,
  errorIn,
  type Issuer,
  issuerRefusal,
  postForm,
  type Tokens,
  tokensIn,
} from './issuer.js'

/**
 * Logs in with the device flow. Throws AuthError when the issuer does not support the flow, the user declines, the code
 * expires, or there is no terminal that shows the code.
 */
export async function deviceLogin(
  context: AuthContext,
  issuer: Issuer,
  client: Client,
  scope: string,
): Promise<Tokens> {
  const { deviceEndpoint } = issuer
  if (context.show === undefined) {
    throw new AuthError(
      'This login must be confirmed in a browser, but there is no terminal to show its URL',
      {
        hint: 'Run `connect`, or use `token-command`, `oidc-account` or `access-token`.',
        facts: { missing: 'login' },
      },
    )
  }
  if (deviceEndpoint === undefined) {
    throw new AuthError(`The issuer ${bareUrl(issuer.issuer)} does not support the device flow`, {
      hint: 'Use `oidc-account` (oidc-agent), `token-command` or `access-token`.',
    })
  }
  const transport = transportTo(context, 'issuer')
  const verifier = Buffer.from(context.machine.random(32)).toString('base64url')
  const clientAtIssuer = { client, issuer }
  const startResponse = await postForm(transport, deviceEndpoint, clientAtIssuer, {
    client_id: client.id,
    scope,
    // An issuer may ignore offline_access in a request without prompt=consent (OpenID Connect Core §11).
    ...(scope.split(' ').includes('offline_access') ? { prompt: 'consent' } : {}),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  context.log(`POST ${bareUrl(deviceEndpoint)} answered ${startResponse.status}`)
  const body = parseJson(startResponse.body)
  const deviceCode = textAt(body, 'device_code')
  const userCode = textAt(body, 'user_code')
  const verificationUrl = textAt(body, 'verification_uri_complete') ?? textAt(body, 'verification_uri')
  if (deviceCode === undefined || userCode === undefined || verificationUrl === undefined) {
    throw issuerRefusal(deviceEndpoint, startResponse, 'to start the login')
  }
  context.show(
    `Open ${bareUrl(verificationUrl)} in a browser and confirm the code ${plainText(userCode).slice(0, 60)}`,
  )
  return pollForTokens(context, clientAtIssuer, {
    deviceCode,
    verifier,
    deadline: context.now().getTime() + (numberAt(body, 'expires_in') ?? 600) * 1000,
    interval: numberAt(body, 'interval') ?? 5,
  })
}

interface PendingLogin {
  readonly deviceCode: string
  readonly verifier: string
  /** The time in milliseconds at which the code expires. */
  readonly deadline: number
  /** The number of seconds between polls. */
  readonly interval: number
}

/** Polls until the user has confirmed. Each slow_down lengthens the interval by 5 s (RFC 8628 §3.5). */
async function pollForTokens(
  context: AuthContext,
  clientAtIssuer: { readonly client: Client; readonly issuer: Issuer },
  login: PendingLogin,
): Promise<Tokens> {
  const { issuer } = clientAtIssuer
  const transport = transportTo(context, 'issuer')
  let { interval } = login
  while (context.now().getTime() < login.deadline) {
    const seconds = Math.min(Math.max(interval, 1), 300)
    await context.machine.sleep(seconds * 1000)
    const response = await postForm(transport, issuer.tokenEndpoint, clientAtIssuer, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: login.deviceCode,
      code_verifier: login.verifier,
    })
    const tokens = tokensIn(response)
    if (tokens !== undefined) {
      context.log(`POST ${bareUrl(issuer.tokenEndpoint)} answered ${response.status}, logged in`)
      return tokens
    }
    const error = errorIn(response)
    if (error === 'access_denied') {
      throw new AuthError('The login was declined in the browser', { hint: 'Run `connect` again.' })
    }
    if (error === 'expired_token') break
    if (error === 'slow_down') {
      interval += 5
      continue
    }
    // Polling also continues after a 5xx, which may be temporary.
    if (error !== 'authorization_pending' && response.status < 500) {
      throw issuerRefusal(issuer.tokenEndpoint, response, 'the login')
    }
  }
  throw new AuthError('The login was not confirmed in time', { hint: 'Run `connect` again.' })
}

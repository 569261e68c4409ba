/** A STAND-IN for an OpenID Connect issuer at https://i.example; real ones are in test/integration/auth. */
import { createHash } from 'node:crypto'
import type { Answer, Script } from '../../support/nock.js'

export const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`

export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: [['Content-Type', 'application/json']],
  body: JSON.stringify(body),
})

export interface StandIn {
  /** What the device flow answers before it succeeds. */
  readonly pending?: readonly string[]
  readonly noDevice?: boolean
  /** Id and secret for the client credentials grant, encoded as RFC 6749 §2.3.1 says. Default: occi:cli, sécret. */
  readonly client?: string
}

/** Discovery, device flow with PKCE, refresh, client credentials, password. */
export function issuerStandIn(more: StandIn = {}): Script {
  const client = more.client ?? 'occi%3Acli:s%C3%A9cret'
  const pending = [...(more.pending ?? [])]
  let challenge: string | null = null
  let serial = 0
  const grant = (refresh?: string) => {
    serial += 1
    return json(200, {
      access_token: jwt({ sub: 'me', iss: 'https://i.example', n: serial }),
      expires_in: 3600,
      ...(refresh === undefined ? {} : { refresh_token: refresh }),
    })
  }
  return ({ path, body, header }) => {
    if (path === '/.well-known/openid-configuration') {
      return json(200, {
        issuer: 'https://i.example',
        token_endpoint: 'https://i.example/token',
        ...(more.noDevice ? {} : { device_authorization_endpoint: 'https://i.example/device' }),
      })
    }
    const form = new URLSearchParams(body)
    if (path === '/device') {
      challenge = form.get('code_challenge')
      return json(200, {
        device_code: 'issued-device-code',
        user_code: 'ABCD-EFGH',
        verification_uri: 'https://i.example/activate',
        expires_in: 60,
        interval: 2,
      })
    }
    if (path !== '/token') return { status: 404 }
    switch (form.get('grant_type')) {
      case 'urn:ietf:params:oauth:grant-type:device_code': {
        const next = pending.shift()
        if (next !== undefined) return json(400, { error: next })
        const proof = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url')
        return proof === challenge ? grant('issued-refresh-1') : json(400, { error: 'invalid_grant' })
      }
      case 'refresh_token':
        return form.get('refresh_token')?.includes('-refresh')
          ? grant('issued-refresh-2')
          : json(400, { error: 'invalid_grant' })
      case 'client_credentials':
        return header('Authorization') === `Basic ${Buffer.from(client).toString('base64')}`
          ? grant()
          : json(401, { error: 'invalid_client', error_description: 'Bad client' })
      case 'password':
        return form.get('password') === 'planted-password' ? grant() : json(400, { error: 'invalid_grant' })
    }
    return json(400, { error: 'unsupported_grant_type' })
  }
}

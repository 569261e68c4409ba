import { numberAt, parseJson, textAt } from '../json.js'

/** What a token says of itself. Not verified: only shown, and used to guess when it ends. */
export interface Claims {
  readonly subject: string | undefined
  readonly issuer: string | undefined
  readonly expires: Date | undefined
}

/** An opaque token has no claims. */
export function claimsOf(token: string): Claims {
  const claims = parseJson(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString('utf8'))
  const expires = numberAt(claims, 'exp')
  return {
    subject: textAt(claims, 'sub'),
    issuer: textAt(claims, 'iss'),
    expires: expires === undefined || expires > 8e12 ? undefined : new Date(expires * 1000),
  }
}

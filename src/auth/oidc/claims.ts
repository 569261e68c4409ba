import { numberAt, parseJson, textAt } from '../json.js'

/**
 * The claims of a token. They are not verified: they are only shown, and used to estimate when the token
 * expires.
 */
interface Claims {
  readonly subject: string | undefined
  readonly issuer: string | undefined
  readonly expires: Date | undefined
}

/** Reads the claims of a JWT; all undefined for an opaque token. */
export function claimsOf(token: string): Claims {
  const claims = parseJson(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString('utf8'))
  const expires = numberAt(claims, 'exp')
  return {
    subject: textAt(claims, 'sub'),
    issuer: textAt(claims, 'iss'),
    expires: expires === undefined || expires > 8e12 ? undefined : new Date(expires * 1000),
  }
}

import { numberAt, parseJson, textAt } from '../json.js'

/** The claims of a token. They are not verified, because they are only shown and used to estimate its expiry. */
interface Claims {
  readonly subject: string | undefined
  readonly issuer: string | undefined
  readonly expires: Date | undefined
}

/** Reads the claims of a JWT (RFC 7519 §4.1). All are undefined for an opaque token. */
export function claimsOf(token: string): Claims {
  const claims = parseJson(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString('utf8'))
  return {
    subject: textAt(claims, 'sub'),
    issuer: textAt(claims, 'iss'),
    expires: dateOfSeconds(numberAt(claims, 'exp')),
  }
}

/** Converts seconds since 1970 to a Date; undefined if a Date cannot represent them (over 8.64e12). */
export function dateOfSeconds(seconds: number | undefined): Date | undefined {
  return seconds === undefined || seconds > 8e12 ? undefined : new Date(seconds * 1000)
}

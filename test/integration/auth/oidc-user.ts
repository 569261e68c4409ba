/** A person with a home of their own at an issuer and a cloud that trusts it. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Outcome, type Place, place } from './command.js'
import type { Issuer } from './issuer.js'
import type { ProtectedCloud } from './protected.js'
import { Lab, leaf } from './x509/lab.js'

/** With a certificate for 127.0.0.1. */
export function serverLab(): Lab {
  const lab = new Lab()
  lab.authority('ca', '/CN=Lab Test CA')
  lab.key('server')
  lab.certificate('server', '/CN=127.0.0.1', 'ca', leaf)
  return lab
}

export function userAt(
  lab: Lab,
  issuer: Issuer,
  cloud: ProtectedCloud,
  more: Readonly<Record<string, string>> = {},
): Place {
  return place({
    OCCI_ENDPOINT: cloud.url,
    OCCI_AUTH: 'oidc',
    OCCI_OIDC_ISSUER: issuer.url,
    OCCI_OIDC_CLIENT_ID: 'occi-public',
    OCCI_CA_FILE: lab.path('ca.pem'),
    ...more,
  })
}

/** Logs in by the device flow, without a terminal, and confirms as somebody. */
export async function logIn(user: Place, issuer: Issuer, login: string, more = ''): Promise<Outcome> {
  const command = user.start(`auth login -o json${more}`)
  const [, address = ''] = await command.says(/Open (\S+) in a browser/)
  await issuer.confirm(address, login)
  return command.ended
}

/** What the home holds of logins: the tokens themselves, in files for their owner only. */
export function keptTokens({ home }: Place, kind = /oidc (login|access) /): readonly string[] {
  const folder = join(home, '.cache/occi/tokens')
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { key, value } = JSON.parse(readFileSync(file, 'utf8')) as { key: string; value: string }
    return kind.test(key) ? [(JSON.parse(value) as { value: string }).value] : []
  })
}

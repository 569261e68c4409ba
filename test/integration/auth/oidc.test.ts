/** OpenID Connect at a real issuer, oidc-provider: the command as a user types it, and the library where it differs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from './command.js'
import { type Instead, type Issuer, secrets, startIssuer } from './issuer.js'
import { keptTokens, logIn, serverLab, userAt } from './oidc-user.js'
import { type ProtectedCloud, protectedCloud } from './protected.js'
import type { Lab } from './x509/lab.js'

let lab: Lab
/** With a path; its access tokens live long. */
let issuer: Issuer
/** At the root of its server, with endpoints of other names; its access tokens live for six seconds. */
let brief: Issuer
let cloud: ProtectedCloud
let briefCloud: ProtectedCloud
let trouble: Instead | undefined
/** Milliseconds before the brief issuer answers with tokens. */
let slow = 0

beforeAll(async () => {
  lab = serverLab()
  issuer = await startIssuer(lab, { path: '/realms/lab' })
  brief = await startIssuer(lab, {
    lifetime: 6,
    patience: 4,
    more: {
      routes: {
        token: '/oauth/tokens',
        device_authorization: '/oauth/devices',
        revocation: '/oauth/revoked',
      },
    },
    instead: ({ path }) => (path === '/oauth/tokens' ? trouble : undefined),
    delay: ({ path }) => (path === '/oauth/tokens' ? slow : 0),
  })
  cloud = await protectedCloud(() => issuer)
  briefCloud = await protectedCloud(() => brief)
})
afterAll(async () => {
  for (const each of [cloud, briefCloud, issuer, brief]) await each?.stop()
  lab?.remove()
})

const at = (where: Issuer, more: Readonly<Record<string, string>> = {}): Place =>
  userAt(lab, where, where === issuer ? cloud : briefCloud, more)
const keptRefresh = (user: Place): string => keptTokens(user, /oidc login /)[0] ?? ''

/** Waits until no access token is used any more: two thirds of the six seconds that it lives. */
const untilStale = () => sleep(4100)

const introspect = async (where: Issuer, token: string): Promise<boolean> =>
  JSON.parse((await where.form('/token/introspection', ['sandbox', secrets.sandbox], { token })).body).active
const count = (where: Issuer, what: string) => where.asked.filter((each) => each === what).length

describe('a device login, confirmed in a browser', () => {
  it.each([
    ['a public client', {}],
    [
      'a confidential client',
      { OCCI_OIDC_CLIENT_ID: 'occi:confidential', OCCI_OIDC_CLIENT_SECRET: secrets.confidential },
    ],
  ])('a device login of %s works, is cached, and is revoked by a logout', async (_, more) => {
    const user = at(issuer, more)
    const login = await logIn(user, issuer, 'alice', ' -v --trace=trace.txt')
    expect(login).toMatchObject({ code: 0 })
    // An opaque token says nothing: the id token says who it is.
    expect(JSON.parse(login.stdout)).toMatchObject({ subject: 'alice', issuer: issuer.url })
    const before = issuer.asked.length
    expect(await user.run('compute list -o json')).toMatchObject({ code: 0, stderr: '' })
    expect(cloud.subjects.at(-1)).toBe('alice')
    expect(issuer.asked.slice(before)).toEqual(
      issuer.asked.slice(before).filter((each) => each.endsWith('/token/introspection')),
    )
    const tokens = keptTokens(user)
    expect(tokens).toHaveLength(2)
    const trace = readFileSync(join(user.home, 'trace.txt'), 'utf8')
    for (const secret of [...tokens, 'planted'])
      expect(login.stderr + login.stdout + trace).not.toContain(secret)
    expect(await Promise.all(tokens.map((token) => introspect(issuer, token)))).toEqual([true, true])
    expect(await user.run('auth logout')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await Promise.all(tokens.map((token) => introspect(issuer, token)))).toEqual([false, false])
    expect(keptTokens(user)).toEqual([])
    expect(await user.run('auth logout')).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('a device login starts again when somebody logs in again, so that another person can', async () => {
    const user = at(issuer)
    await logIn(user, issuer, 'alice')
    const old = keptTokens(user)
    expect(JSON.parse((await logIn(user, issuer, 'bob')).stdout)).toMatchObject({ subject: 'bob' })
    // The login before is revoked, and nothing is left of it.
    expect(await Promise.all(old.map((token) => introspect(issuer, token)))).toEqual([false, false])
    const tokens = keptTokens(user)
    expect(await Promise.all(tokens.map((token) => introspect(issuer, token)))).toEqual([true, true])
    expect(JSON.parse((await user.run('auth status -o json')).stdout)).toMatchObject({ subject: 'bob' })
  })

  it('a device login is not started by auth status or by a command without a terminal', async () => {
    const user = at(issuer)
    const before = count(issuer, 'POST /realms/lab/device/auth')
    for (const line of ['auth status', 'compute list']) {
      expect(await user.run(line)).toMatchObject({
        code: 4,
        stdout: '',
        stderr: expect.stringContaining('Run `occi auth login`'),
      })
    }
    expect(count(issuer, 'POST /realms/lab/device/auth')).toBe(before)
  })

  it('a declined or unconfirmed device login is an error that explains it', async () => {
    const [one, other] = [at(issuer), at(brief)]
    const declined = one.start('auth login')
    const late = other.run('auth login')
    await issuer.decline((await declined.says(/Open (\S+) in a browser/))[1] ?? '')
    expect(await declined.ended).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('The login was declined in the browser'),
    })
    expect(await late).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('The login was not confirmed in time'),
    })
  })

  it('a device login is chosen by auto when the cloud asks for a bearer token', async () => {
    const user = at(issuer, { OCCI_AUTH: 'auto' })
    await logIn(user, issuer, 'carol')
    expect(await user.run('compute list -o json')).toMatchObject({ code: 0 })
    expect(cloud.subjects.at(-1)).toBe('carol')
    // The token goes to other programs, and comes in as one that is given.
    const { stdout: token } = await user.run('auth token')
    const given = { OCCI_AUTH: 'token', OCCI_TOKEN: token.trim(), OCCI_TOKEN_HEADER: 'Authorization' }
    const before = cloud.subjects.length
    expect(await user.run('compute list -v', given)).toMatchObject({ code: 0 })
    expect(cloud.subjects.slice(before)).toContain('carol')
    expect(await user.run('auth logout')).toMatchObject({ code: 0 })
    expect(keptTokens(user)).toEqual([])
  })
})

describe('a short life and refresh tokens that work once', () => {
  it('three commands at once renew a short login once, and all of them work', async () => {
    const user = at(brief)
    await logIn(user, brief, 'alice')
    const [first = ''] = keptTokens(user)
    for (let round = 0; round < 2; round += 1) {
      await untilStale()
      const before = count(brief, 'POST /oauth/tokens')
      const all = await Promise.all([1, 2, 3].map(() => user.run('compute list -o json')))
      expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']))
      expect(count(brief, 'POST /oauth/tokens') - before).toBe(1)
    }
    expect(keptTokens(user)).not.toContain(first)
    expect(JSON.parse((await user.run('auth status -o json')).stdout)).toMatchObject({ subject: 'alice' })

    // The issuer has trouble of its own: the login is kept, and works again.
    await untilStale()
    for (const [status, error, words] of [
      [
        503,
        'temporarily_unavailable',
        /refused to renew the login: temporarily_unavailable[\s\S]*try again later/,
      ],
      [401, 'invalid_client', /refused to renew the login: invalid_client[\s\S]*--oidc-client-id/],
    ] as const) {
      trouble = { status, body: JSON.stringify({ error }) }
      const told = await user.run('compute list --retries 0')
      trouble = undefined
      expect(told).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(words) })
      expect(told.stderr).not.toContain('browser')
    }
    expect(await user.run('compute list')).toMatchObject({ code: 0 })
  })

  it('a login that was revoked at the issuer is an error that explains it', async () => {
    const user = at(brief, {
      OCCI_OIDC_CLIENT_ID: 'occi:confidential',
      OCCI_OIDC_CLIENT_SECRET: secrets.confidential,
    })
    await logIn(user, brief, 'alice')
    for (const token of keptTokens(user)) {
      await brief.form('/oauth/revoked', ['occi:confidential', secrets.confidential], { token })
    }
    await untilStale()
    expect(await user.run('compute list')).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(/The login has ended: [\s\S]*Run `occi auth login`/),
    })
  })

  it('a given refresh token is not mistaken for the cached one', async () => {
    const [alice, bob] = [at(brief), at(brief)]
    await Promise.all([logIn(alice, brief, 'alice'), logIn(bob, brief, 'bob')])
    const given = { OCCI_REFRESH_TOKEN: keptRefresh(bob) }
    expect(await alice.run('compute list -o json', given)).toMatchObject({ code: 0 })
    expect(briefCloud.subjects.at(-1)).toBe('bob')
    // It has been used up, and what came in its place is kept.
    await untilStale()
    expect(await alice.run('compute list -o json', given)).toMatchObject({ code: 0 })
    expect(briefCloud.subjects.at(-1)).toBe('bob')
    expect(await alice.run('compute list -o json')).toMatchObject({ code: 0 })
    expect(briefCloud.subjects.at(-1)).toBe('alice')
  })
})

describe('a refresh token that the issuer has replaced', () => {
  it('the warning with --no-cache says that a replaced refresh token is lost', async () => {
    const user = at(brief)
    await logIn(user, brief, 'alice')
    const given = { OCCI_REFRESH_TOKEN: keptRefresh(user) }
    const outcome = await user.run('compute list -o json --no-cache', given)
    expect(outcome).toMatchObject({ code: 0, stdout: '[]\n' })
    expect(outcome.stderr).toContain('the issuer replaced the refresh token, and the new one is not stored')
    for (const token of keptTokens(user)) expect(outcome.stderr).not.toContain(token)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'a replaced refresh token is cached when %s comes before the answer',
    async (signal) => {
      const user = at(brief)
      await logIn(user, brief, 'alice')
      await untilStale()
      const before = count(brief, 'POST /oauth/tokens')
      slow = 2500
      try {
        const command = user.start('compute list')
        while (count(brief, 'POST /oauth/tokens') === before) await sleep(20)
        command.signal(signal)
        const outcome = await command.ended
        expect(outcome).toMatchObject({ code: signal === 'SIGINT' ? 130 : 143, stdout: '' })
        expect(outcome.stderr).toContain('the login is being renewed, which may work only once')
      } finally {
        slow = 0
      }
      // With the old one the issuer would end the login.
      await untilStale()
      expect(await user.run('compute list')).toMatchObject({ code: 0, stderr: '' })
    },
  )

  it('a replaced refresh token does not delay a second Ctrl-C', async () => {
    const user = at(brief)
    await logIn(user, brief, 'alice')
    await untilStale()
    const before = count(brief, 'POST /oauth/tokens')
    slow = 8000
    try {
      const command = user.start('compute list')
      while (count(brief, 'POST /oauth/tokens') === before) await sleep(20)
      const began = Date.now()
      command.signal('SIGINT')
      await command.says(/Ctrl-C again/)
      command.signal('SIGINT')
      expect(await command.ended).toMatchObject({ code: 130 })
      expect(Date.now() - began).toBeLessThan(4000)
    } finally {
      slow = 0
    }
  })
})

describe('a logout that the issuer does not help with', () => {
  it("a logout without the issuer's help deletes the tokens and reports how long they stay valid", async () => {
    const gone = await startIssuer(lab, { path: '/gone' })
    const mute = await startIssuer(lab, {
      more: {
        features: {
          deviceFlow: { enabled: true },
          devInteractions: { enabled: true },
          introspection: { enabled: true },
        },
      },
    })
    const clouds = [await protectedCloud(() => gone), await protectedCloud(() => mute)]
    const [one, other] = [gone, mute].map((where, index) =>
      at(where, { OCCI_ENDPOINT: clouds[index]?.url ?? '' }),
    ) as [Place, Place]
    try {
      await Promise.all([logIn(one, gone, 'alice'), logIn(other, mute, 'alice')])
      await gone.stop()
      const [down, without] = await Promise.all([
        one.run('auth logout --retries 0'),
        other.run('auth logout'),
      ])
      expect(down).toMatchObject({
        code: 10,
        stderr: expect.stringContaining('Check the port of the issuer'),
      })
      expect(without).toMatchObject({ code: 0, stderr: expect.stringContaining('cannot revoke tokens') })
      expect([keptTokens(one), keptTokens(other)]).toEqual([[], []])
    } finally {
      for (const each of [mute, ...clouds]) await each.stop()
    }
  })
})

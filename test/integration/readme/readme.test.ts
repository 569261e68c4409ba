/** The shell lines of the README, run as they stand; only the address of the provider is another. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { identityNames } from '../../../src/sandbox/index.js'
import { blocks, type Cloud, type Place, place, readme, section } from './place.js'

let here: Place
beforeAll(async () => {
  here = await place()
})
afterAll(() => here.close())

const secret = 'correct horse'

describe('one command of the README logs in', () => {
  const [password = '', certificate = '', keystone = ''] = blocks(section(readme, 'Log in'), 'sh')
    .join('')
    .split('\n')
  const account = ['--username', 'ada']

  /** Runs the line, and a list by the context that it made. */
  function loggedIn(cloud: Cloud, line: string, env: Readonly<Record<string, string>> = {}): unknown {
    const { OCCI_ENDPOINT: endpoint = '' } = cloud.env
    const lines = [
      'unset OCCI_ENDPOINT',
      line.replace(/https:\/\/cloud\.example\.org\S*/, endpoint),
      'occi compute list -o json',
    ]
    const { status, out, err } = cloud.run(`set -euo pipefail\n${lines.join('\n')}`, env)
    return { status, err, list: out.trimEnd().split('\n').at(-1) }
  }
  const works = { status: 0, list: '[]' }

  it('the login of the README works with a password', async () => {
    const cloud = await here.cloud(['--auth', 'basic', ...account], { OCCI_PASSWORD: secret })
    expect(loggedIn(cloud, password, { OCCI_PASSWORD: secret })).toMatchObject(works)
    await cloud.stop()
  }, 60_000)

  it('the login of the README works with a certificate', async () => {
    const cloud = await here.cloud(['--auth', 'x509'])
    await vi.waitFor(() => expect(cloud.said()).toContain('--user-cert'))
    const [, authorities = '', user = ''] = /--ca-file (\S+) --user-cert (\S+)/.exec(cloud.said()) ?? []
    const env = { OCCI_CA_FILE: authorities, X509_USER_PROXY: user }
    expect(loggedIn(cloud, certificate, env)).toMatchObject(works)
    await cloud.stop()
  }, 60_000)

  it('the login of the README works at a Keystone', async () => {
    const cloud = await here.cloud(['--auth', 'keystone', ...account], { OCCI_PASSWORD: secret })
    const variables = {
      OS_AUTH_URL: `${new URL(cloud.env['OCCI_ENDPOINT'] ?? '').origin}/identity/v3`,
      OS_USERNAME: 'ada',
      OS_PASSWORD: secret,
      OS_USER_DOMAIN_NAME: identityNames.domain,
      OS_PROJECT_NAME: identityNames.project,
      OS_PROJECT_DOMAIN_NAME: identityNames.domain,
    }
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`)
    writeFileSync(join(cloud.home, 'openrc.sh'), lines.join(''))
    expect(loggedIn(cloud, keystone)).toMatchObject(works)
    await cloud.stop()
  }, 60_000)
})

it.each(['The happy path', 'In scripts'])(
  'the commands of "%s" work one after the other',
  async (title) => {
    const cloud = await here.cloud()
    const [script = ''] = blocks(section(readme, title), 'sh')
    // Nobody is there to answer the last question.
    const { status, err } = cloud.run(`set -euo pipefail\n${script.replace(/(delete web)$/m, '$1 --yes')}`)
    await cloud.stop()
    expect(status, err).toBe(0)
    expect(err).not.toMatch(/^occi:|warn/im)
  },
  120_000,
)

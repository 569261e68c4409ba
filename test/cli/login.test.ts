/** `occi login` on a terminal, at practice clouds that want a login. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError } from '../../src/errors/errors.js'
import {
  openSandbox,
  type SandboxAuth,
  serveSandbox,
  throwawayCertificates,
} from '../../src/sandbox/index.js'
import { type Machine, machine } from './support/harness.js'

async function serve(auth: SandboxAuth, tls?: { key: string; cert: string; ca: string }): Promise<string> {
  const served = await serveSandbox(
    openSandbox({ clock: Date.now, auth }).sandbox,
    tls === undefined ? {} : { tls },
  )
  onTestFinished(() => served.close())
  return served.endpoint
}

const account = { username: 'ada', password: 'planted' }

/** Answers questions by their first words, and writes down what was asked. `undefined`: the default is taken. */
function answering(answers: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const asked: string[] = []
  const left = new Map(Object.entries(answers).map(([start, text]) => [start, [text ?? []].flat()]))
  const answer = (message: string, usual: string | undefined): string => {
    asked.push(message)
    const start = [...left.keys()].find((each) => message.startsWith(each))
    if (start === undefined) throw new Error(`nobody knows an answer to "${message}"`)
    return left.get(start)?.shift() ?? usual ?? ''
  }
  return {
    asked,
    prompts: {
      text: async ({ message }: { message: string }, initial?: string) => answer(message, initial),
      password: async ({ message }: { message: string }) => answer(message, undefined),
      select: async <T>(
        { message }: { message: string },
        choices: readonly { value: T; label: string }[],
      ) => {
        const wanted = answer(message, choices[0]?.label)
        const found = choices.find(({ label }) => label.startsWith(wanted))
        if (found === undefined)
          throw new Error(`no "${wanted}" in ${choices.map(({ label }) => label).join(', ')}`)
        return found.value
      },
      confirm: async ({ message }: { message: string }) => void answer(message, undefined),
    },
  }
}

function stored(at: Machine): { current: string; contexts: Record<string, Record<string, string>> } {
  return JSON.parse(readFileSync(join(at.folder, 'config/config.json'), 'utf8'))
}

const noKeyring = async () => {
  throw new ConfigError('The keyring of this system cannot be used: none', { at: '--keyring' })
}

describe('occi login on a terminal', () => {
  it.each(['login', 'auth login'])(
    'occi login asks a new user for everything that it needs: occi %s',
    async (words) => {
      const endpoint = await serve({ method: 'basic', ...account })
      const at = machine()
      const { asked, prompts } = answering({
        Endpoint: ['nonsense', endpoint],
        'User name': 'ada',
        'Password of ada': 'planted',
        'Name of the context': 'cloud',
        'Where should the password': 'in the keyring',
      })
      const { status, err } = await at.occi(words, { terminal: true, prompts })
      expect(status).toBe(0)
      expect(asked.map((each) => each.split(',')[0])).toEqual([
        'Endpoint of the cloud',
        'Endpoint of the cloud',
        'User name',
        'Password of ada',
        'Name of the context to save',
        'Where should the password be kept?',
      ])
      expect(err).toContain('"nonsense" is not an http or https URL')
      expect(err).toContain('The server asks for: user name and password')
      expect(err).toContain('Logged in as ada; the password is in the keyring of this system.\n')
      expect(err).toContain('Context "cloud" is in use.\nNext: occi compute list\n')
      expect(stored(at)).toMatchObject({
        current: 'cloud',
        contexts: { cloud: { endpoint, auth: 'basic', username: 'ada', keyring: 'true' } },
      })
      expect(JSON.stringify(stored(at))).not.toContain('planted')
      expect((await at.occi('network list -o name')).status).toBe(0)
    },
  )

  it('occi login stores the password in a file of the user, and occi logout deletes it', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const at = machine()
    const { prompts } = answering({ Password: 'planted', 'Where should': 'in the configuration file' })
    const login = await at.occi(`login -e ${endpoint} --auth basic --username ada --save-as c`, {
      terminal: true,
      prompts,
      openKeyring: noKeyring,
    })
    expect([login.status, login.err]).toEqual([0, expect.stringContaining('readable by you only')])
    expect(stored(at).contexts['c']?.['password']).toBe('planted')
    expect(statSync(join(at.folder, 'config/config.json')).mode & 0o077).toBe(0)
    expect((await at.occi('network list')).status).toBe(0)
    const logout = await at.occi('logout', { terminal: true })
    expect([logout.status, logout.err]).toEqual([0, 'Logged out.\n'])
    expect(stored(at).contexts['c']).toEqual({ endpoint, auth: 'basic', username: 'ada' })
    expect((await at.occi('network list')).status).toBe(4)
    const again = await at.occi('logout', { terminal: true })
    expect([again.status, again.err]).toEqual([0, 'There was no login to forget.\n'])
  })

  it('occi login does not report a login when nothing is stored', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const { prompts } = answering({ Password: 'planted', 'Where should': 'nowhere' })
    const at = machine()
    const { err } = await at.occi(`login -e ${endpoint} --username ada --auth basic --save-as c`, {
      terminal: true,
      prompts,
    })
    expect(err).toContain(
      'The provider accepts the login of ada. The password is not kept: each command asks for it.',
    )
    expect(err).not.toContain('Logged in')
    const piped = await at.occi(`login -e ${endpoint}`, {
      terminal: true,
      prompts,
      stdin: 'planted',
      env: { OCCI_USERNAME: 'ada' },
    })
    expect(piped.err).not.toContain('Logged in')
  })

  it('occi login asks for a mistyped password again, three times at most', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const words = `login -e ${endpoint} --username ada --auth basic --save-as c --keep-password no`
    const once = answering({ Password: 'wrong', 'Enter it again': 'planted' })
    expect((await machine().occi(words, { terminal: true, prompts: once.prompts })).status).toBe(0)
    const never = answering({ Password: 'wrong', 'Enter it again': ['wrong', 'wrong'] })
    const at = machine()
    expect((await at.occi(words, { terminal: true, prompts: never.prompts })).status).toBe(4)
    expect(never.asked).toHaveLength(3)
    expect(() => stored(at)).toThrow('ENOENT')
  })

  it("occi login discovers Keystone from the server's challenge and stores its URL", async () => {
    const endpoint = await serve({ method: 'keystone', ...account })
    const at = machine()
    const { prompts, asked } = answering({
      'URL of Keystone': undefined,
      'How do you log in to Keystone': 'user name',
      'User name': 'ada',
      'Domain of the user': undefined,
      Password: 'planted',
      'Where should': 'nowhere',
    })
    const { status, err } = await at.occi(`login -e ${endpoint} --save-as k`, { terminal: true, prompts })
    expect([status, asked.length]).toEqual([0, 6])
    expect(err).toContain('the token is kept, and the password is not')
    expect(stored(at).contexts['k']).toEqual({
      endpoint,
      auth: 'keystone',
      'auth-url': new URL('/identity/v3', endpoint).href,
      username: 'ada',
      'user-domain': 'Default',
    })
    expect((await at.occi('network list')).status).toBe(0)
  })

  it('occi login uses an application credential, whose secret can be stored, too', async () => {
    const endpoint = await serve({ method: 'keystone', ...account })
    const at = machine()
    const { prompts } = answering({
      'URL of Keystone': undefined,
      'How do you log in to Keystone': 'application',
      'Id of': 'practice',
      'Secret of': 'planted',
      'Where should': 'in the configuration',
    })
    const { status } = await at.occi(`login -e ${endpoint} --save-as k`, { terminal: true, prompts })
    expect(status).toBe(0)
    expect(stored(at).contexts['k']).toMatchObject({
      'application-credential-id': 'practice',
      'application-credential-secret': 'planted',
    })
    expect((await at.occi('network list --no-cache')).status).toBe(0)
  })

  it('occi login offers the certificates that it finds when the server asks for one', async () => {
    const made = throwawayCertificates('Ada', Date.now())
    const folder = mkdtempSync(join(tmpdir(), 'login-'))
    writeFileSync(join(folder, 'ca.pem'), made.ca)
    writeFileSync(join(folder, 'proxy'), made.client.cert + made.client.key, { mode: 0o600 })
    const endpoint = await serve({ method: 'none' }, { ...made.server, ca: made.ca })
    const at = machine({
      env: { X509_USER_PROXY: join(folder, 'proxy') },
      clock: { now: Date.now, sleep: async () => {} },
    })
    const { prompts } = answering({ 'Which certificate': join(folder, 'proxy') })
    const { status, err } = await at.occi(
      `login -e ${endpoint} --ca-file ${join(folder, 'ca.pem')} --save-as grid`,
      { terminal: true, prompts },
    )
    expect([status, err]).toEqual([0, expect.stringContaining('the certificate stays in its file')])
    expect(stored(at).contexts['grid']).toEqual({
      endpoint,
      auth: 'x509',
      'ca-file': join(folder, 'ca.pem'),
      'user-cert': join(folder, 'proxy'),
    })
  })

  it('occi login finds a certificate in a variable that begins with ~, as other commands do', async () => {
    const made = throwawayCertificates('Ada', Date.now())
    const at = machine({
      env: { X509_USER_PROXY: '~/proxy' },
      clock: { now: Date.now, sleep: async () => {} },
    })
    const proxy = join(at.folder, 'proxy')
    writeFileSync(join(at.folder, 'ca.pem'), made.ca)
    writeFileSync(proxy, made.client.cert + made.client.key, { mode: 0o600 })
    const endpoint = await serve({ method: 'none' }, { ...made.server, ca: made.ca })
    const { status } = await at.occi(
      `login -e ${endpoint} --auth x509 --ca-file ${join(at.folder, 'ca.pem')} --save-as grid`,
    )
    expect([status, stored(at).contexts['grid']?.['user-cert']]).toEqual([0, proxy])
  })

  it('occi login renews the context in use, and logs in to another cloud by its endpoint without the settings of that context', async () => {
    const [one, other] = [
      await serve({ method: 'basic', ...account }),
      await serve({ method: 'keystone', ...account }),
    ]
    const at = machine()
    await at.occi(`context add one --endpoint ${one} --auth basic --username ada --use`)
    const again = answering({ 'Password of ada': 'planted', 'Where should': 'in the configuration' })
    const { err } = await at.occi('login', { terminal: true, prompts: again.prompts })
    expect(err).toContain(`Logging in to the context "one", ${one}; use --endpoint for another cloud.`)
    expect(stored(at).contexts).toEqual({
      one: { endpoint: one, auth: 'basic', username: 'ada', password: 'planted' },
    })
    const next = answering({
      'URL of Keystone': undefined,
      'How do you log in to Keystone': 'user name',
      'User name': 'ada',
      'Domain of': undefined,
      'Password of ada': 'planted',
      'Name of the context': undefined,
      'Where should': 'nowhere',
    })
    expect((await at.occi(`login -e ${other}`, { terminal: true, prompts: next.prompts })).status).toBe(0)
    expect(stored(at)).toMatchObject({ current: 'cloud', contexts: { cloud: { auth: 'keystone' } } })
  })

  it('occi login --save-as copies the context in use, without its secrets, and leaves that unchanged', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const at = machine()
    await at.occi(`context add one --endpoint ${endpoint} --auth basic --username ada --use`)
    const { prompts } = answering({ 'Password of ada': 'planted' })
    const words = 'login --save-as two --keep-password no'
    expect((await at.occi(words, { terminal: true, prompts })).status).toBe(0)
    const one = { endpoint, auth: 'basic', username: 'ada' }
    expect(stored(at)).toEqual(expect.objectContaining({ current: 'two', contexts: { one, two: one } }))
  })

  it('occi login renews a context that has the URL of Keystone and no endpoint', async () => {
    const endpoint = await serve({ method: 'keystone', ...account })
    const at = machine()
    const url = new URL('/identity/v3', endpoint).href
    await at.occi(`context add k --auth keystone --auth-url ${url} --username ada --project demo --use`)
    const { asked, prompts } = answering({ 'Password of ada': 'planted' })
    const { status, err } = await at.occi('login --keep-password no', { terminal: true, prompts })
    expect([status, asked]).toEqual([0, ['Password of ada']])
    expect(err).toContain(`Logging in to the context "k", ${url}; use --endpoint for another cloud.`)
    expect(Object.keys(stored(at).contexts)).toEqual(['k'])
  })

  it('occi login at another endpoint asks for the user name, also while OCCI_CONTEXT names a context', async () => {
    const endpoint = await serve({ method: 'basic', username: 'bob', password: 'planted' })
    const at = machine({ env: { OCCI_CONTEXT: 'one' } })
    await at.occi('context add one --endpoint https://one.test --auth basic --username ada')
    const { prompts, asked } = answering({ 'User name': 'bob', 'Password of bob': 'planted' })
    const words = `login -e ${endpoint} --save-as two --keep-password no`
    const { status, err } = await at.occi(words, { terminal: true, prompts })
    expect([status, asked]).toEqual([0, ['User name', 'Password of bob']])
    expect(err).toContain('OCCI_CONTEXT is set to one in this shell and takes precedence')
    expect(stored(at).contexts['two']).toEqual({ endpoint, auth: 'basic', username: 'bob' })
  })

  it('a command at another endpoint says that its user name comes from the context in use', async () => {
    const endpoint = await serve({ method: 'basic', username: 'bob', password: 'planted' })
    const at = machine()
    await at.occi('context add one --endpoint https://one.test --auth basic --username ada --use')
    const message =
      'the user name "ada" comes from the context "one", but the endpoint from --endpoint; use --username or --context to log in as another user'
    const piped = await at.occi(`network list -e ${endpoint}`)
    expect([piped.status, piped.err]).toEqual([4, expect.stringContaining(message)])
    const bob = await at.occi(`network list -e ${endpoint} --username bob`, {
      env: { OCCI_PASSWORD: 'planted' },
    })
    expect([bob.status, bob.err]).toEqual([0, ''])
    const own = await at.occi('network list')
    expect([own.status, own.err]).toEqual([4, expect.not.stringContaining('comes from the context')])
  })

  it('occi login shows an endpoint that a file of the working folder names, and uses it after confirmation', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const at = machine()
    writeFileSync(join(at.folder, '.occi.yaml'), `endpoint: ${endpoint}\n`)
    const { asked, prompts } = answering({
      Endpoint: undefined,
      'User name': 'ada',
      Password: 'planted',
    })
    const { status } = await at.occi('login --save-as c --keep-password no', { terminal: true, prompts })
    expect([status, asked[0]]).toEqual([
      0,
      expect.stringMatching(/^Endpoint of the cloud, which .*\.occi\.yaml names$/),
    ])
  })

  it('occi login stores the login settings of the environment, but none of its secrets', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const at = machine()
    const env = { OCCI_ENDPOINT: endpoint, OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'planted' }
    const { status } = await at.occi('login --auth basic --save-as c', { terminal: true, env })
    expect([status, stored(at).contexts['c']]).toEqual([0, { endpoint, auth: 'basic', username: 'ada' }])
  })
})

describe('occi login without a terminal', () => {
  it('a password on the command line is not kept, and no message says that it is', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const at = machine()
    const { status, err } = await at.occi(
      `login -e ${endpoint} --auth basic --username ada --password planted --save-as c`,
    )
    expect([status, stored(at).contexts['c']]).toEqual([0, { endpoint, auth: 'basic', username: 'ada' }])
    expect(err).toContain('other users can read --password on the command line')
    expect(err).not.toContain('readable by you only')
  })

  it('--keep-password says that a password of the environment is not kept', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const at = machine({ env: { OCCI_PASSWORD: 'planted' } })
    const words = `login -e ${endpoint} --auth basic --username ada --save-as c --keep-password file`
    const { status, err } = await at.occi(words)
    expect(status).toBe(0)
    expect(err).toContain('--keep-password has no effect')
    expect(JSON.stringify(stored(at))).not.toContain('planted')
  })

  it('occi login without a terminal stores a context when --save-as is given', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const at = machine()
    const words = `login -e ${endpoint} --auth basic --username ada --password-stdin --save-as c --keep-password file`
    expect((await at.occi(words, { stdin: 'planted\n' })).status).toBe(0)
    expect(stored(at)).toMatchObject({ current: 'c', contexts: { c: { password: 'planted' } } })
  })

  it('occi login without a terminal asks nothing and lists what is missing', async () => {
    const { status, err } = await machine().occi('login --save-as c')
    expect([status, err]).toEqual([2, expect.stringContaining('Give --endpoint URL')])
  })
})

describe('a keyring', () => {
  it('a keyring that does not return what was stored is refused', async () => {
    const endpoint = await serve({ method: 'basic', ...account })
    const { prompts } = answering({ Password: 'planted' })
    const { status, err } = await machine().occi(
      `login -e ${endpoint} --auth basic --username ada --save-as c --keep-password keyring`,
      {
        terminal: true,
        prompts,
        openKeyring: async () => ({ get: () => undefined, set: () => {}, delete: () => false }),
      },
    )
    expect([status, err]).toEqual([2, expect.stringContaining('does not return it')])
    expect(err).not.toContain('planted')
  })
})

describe('a user name that is missing', () => {
  it.each(['--auth basic', '--auth auto', ''])(
    'the user name is asked for together with the password: %s',
    async (auth) => {
      const endpoint = await serve({ method: 'basic', ...account })
      const { asked, prompts } = answering({ 'User name': 'ada', 'Password of ada': 'planted' })
      const { status } = await machine().occi(`network list -e ${endpoint} ${auth}`, {
        terminal: true,
        prompts,
      })
      expect([status, asked]).toEqual([0, ['User name', 'Password of ada']])
    },
  )

  it('Keystone asks for a missing user name, too', async () => {
    const endpoint = await serve({ method: 'keystone', ...account })
    for (const auth of ['--auth keystone', '']) {
      const { asked, prompts } = answering({ 'User name': 'ada', 'Password of ada': 'planted' })
      const { status } = await machine().occi(`network list -e ${endpoint} ${auth}`, {
        terminal: true,
        prompts,
      })
      expect([auth, status, asked]).toEqual([auth, 0, ['User name', 'Password of ada']])
    }
  })
})

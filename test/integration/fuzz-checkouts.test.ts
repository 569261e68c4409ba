/**
 * Files of a working folder, mutated with a fixed sequence: 200,000 project files, clouds.yaml and secure.yaml,
 * configurations that lie where HOME is not, and recordings. Whatever they say, no secret of the user may count while
 * an address that they bring is in force, and nothing that points to one, or weakens a check, may come from them.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { CommandContext } from '../../src/cli/context.js'
import { allDefinitions } from '../../src/cli/options/definitions.js'
import { withCloud } from '../../src/cli/runtime/cloud.js'
import { readSettings } from '../../src/cli/runtime/settings.js'
import {
  indexDefinitions,
  openTrustedFiles,
  readContexts,
  readProject,
  resolveSettings,
  type Settings,
} from '../../src/config/index.js'
import { OcciError } from '../../src/errors/errors.js'
import { machine } from '../cli/support/harness.js'
import { generator, mutate } from '../support/mutation.js'
import { rawServer, smallModel } from '../support/raw-server.js'

// In memory where there is such a place: a disk flushes each file that is written anew.
// Half of the inputs are refused, and nobody looks at where that was.
Error.stackTraceLimit = 0

const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'occi-fuzz-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const home = join(root, 'home')
const checkout = join(root, 'checkout')
const config = join(home, '.config', 'occi')
for (const folder of [config, join(home, '.config', 'openstack'), join(checkout, '.config', 'occi')]) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
}
const own = 'https://own.example/'
writeFileSync(
  join(config, 'config.json'),
  JSON.stringify({
    current: 'mine',
    contexts: {
      mine: {
        endpoint: own,
        username: 'ada',
        password: 'kept',
        'token-command': 'kept',
        'user-key': '/kept',
      },
    },
  }),
  { mode: 0o600 },
)
writeFileSync(
  join(home, '.config', 'openstack', 'secure.yaml'),
  'clouds: {work: {auth: {password: kept, application_credential_secret: kept}}}\n',
  { mode: 0o600 },
)

/** All values of the user that are worth stealing; `kept` stands in each. */
const environment: Readonly<Record<string, string>> = {
  XDG_CONFIG_HOME: join(home, '.config'),
  OCCI_TOKEN: 'kept',
  OS_PASSWORD: 'kept',
  OS_ACCESS_TOKEN: 'kept',
  OS_CLIENT_SECRET: 'kept',
  OCCI_PASSWORD_FILE: '/kept',
  OCCI_HEADER: 'X-Key: kept',
  OIDC_AGENT_ACCOUNT: 'kept',
}
const users = {
  'with variables': environment,
  'with a context alone': { XDG_CONFIG_HOME: join(home, '.config') },
}

const definitions = await allDefinitions()
const folders = { config, cache: join(home, 'cache'), state: join(home, 'state') }
const trusted = openTrustedFiles(config)
/** By name, apart from how they are declared. */
const neverTheirs = ['insecure', 'ca-file', 'ca-path', 'header', 'auth', 'token-header', 'allow-plain-http']
  .concat(['password-file', 'password-command', 'passphrase-file', 'passphrase-command', 'token-command'])
  .concat(['user-cert', 'user-cred', 'user-key', 'oidc-account', 'keyring', 'tls-max-version', 'oidc-grant'])
const addresses = ['endpoint', 'auth-url', 'oidc-issuer', 'oidc-discovery']

const place = { folders, platform: 'linux', cwd: checkout, home, uid: process.getuid?.() } as const

type Env = Readonly<Record<string, string>>
type Read = (env: Env) => Promise<Settings>

/** All as a command does it. */
const readAll: Read = (env) => readSettings({ definitions, flags: {} }, { ...place, env })

/** Only the project file anew: the user's own configuration stays as it is. */
const readProjectAlone: Read = async (env) => {
  const isTrusted = (file: string, text: string) => trusted.isTrusted(file, text)
  const project = await readProject({ ...place, isTrusted, definitions })
  return resolveSettings({ definitions, flags: {}, env, project, contexts: await contexts, home })
}
const contexts = readContexts({
  folder: config,
  platform: 'linux',
  isSecret: indexDefinitions(definitions).isSecret,
})

/** Nothing but the clouds.yaml changes, which is read after this. */
const known = new Map<Env, Promise<Settings>>()
const readOnce: Read = (env) => {
  const settings = known.get(env) ?? readAll({ ...env, OS_CLOUD: 'work' })
  known.set(env, settings)
  return settings
}

async function withClouds(settings: Settings, env: Readonly<Record<string, string>>): Promise<Settings> {
  const context = {
    settings,
    settingsFor: async () => settings,
    runtime: {
      environment: (name: string) => env[name],
      trustedFiles: trusted,
      readFile: async (path: string) => {
        const text = clouds.get(path)
        if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' })
        return Buffer.from(text)
      },
    },
  }
  return (await withCloud(context as unknown as CommandContext, () => {})).settings
}
const clouds = new Map<string, string>()

/** What is wrong with these settings: empty when nothing is. */
function faults(settings: Settings): readonly string[] {
  const found: string[] = []
  const brought = addresses.filter((name) => {
    const setting = settings.setting(name)
    if (setting === undefined || !URL.canParse(setting.value)) return false
    return new URL(setting.value).origin !== new URL(own).origin
  })
  for (const { name } of definitions) {
    const setting = settings.setting(name)
    if (setting === undefined) continue
    const theirs = setting.origin === 'project' || setting.origin === 'folder'
    if (theirs && neverTheirs.includes(name)) found.push(`${name} is theirs`)
    if (!theirs && brought.length > 0 && setting.value.includes('kept')) {
      found.push(`${name} of the ${setting.origin} counts with ${brought.join(', ')}`)
    }
  }
  return found
}

const evil = 'https://evil.example/'
const lines = [
  `endpoint: ${evil}\n`,
  `auth-url: ${evil}v3\n`,
  `oidc-issuer: ${evil}\n`,
  `oidc-discovery: "${evil}"\n`,
  `endpoint: https://own.example@evil.example/\n`,
  `endpoint: "https://own.example:444/"\n`,
  `endpoint: http://own.example/\n`,
  'endpoint: "https://own.example\\t.evil.example/"\n',
  `? endpoint\n: ${evil}\n`,
  `!!str endpoint: ${evil}\n`,
  `&a auth-url: ${evil}\n`,
  'context: mine\n',
  'os-cloud: work\n',
  'auth: basic\n',
  'auth: none\n',
  'auth: npm:evil\n',
  ...neverTheirs.map((name) => `${name}: /kept\n`),
  'insecure: yes\n',
  'username: x\n',
  'output: json\n',
  'trust-project: true\n',
  '<<: *a\n',
  '__proto__: {endpoint: x}\n',
]
const members = [
  `auth_url: ${evil}v3, `,
  'username: x, ',
  'password: theirs, ',
  'token: theirs, ',
  `discovery_endpoint: ${evil}, `,
  'client_id: c, ',
  'x509_user_proxy: /kept, ',
]
const cloudLines = [
  '    verify: false\n',
  '    cacert: /kept\n',
  '    cert: /kept\n',
  '    key: /kept\n',
  `    occi_endpoint_override: ${evil}\n`,
  '    auth_type: v3oidcpassword\n',
  '    profile: work\n',
]

type Random = (below: number) => number
/** Up to five of them, no key twice: that would be refused as a whole. */
const some = (from: readonly string[], random: Random): string => {
  const chosen = new Map<string, string>()
  for (let times = random(6); times > 0; times--) {
    const line = from[random(from.length)] ?? ''
    chosen.set(/[a-z_-]{3,}/.exec(line.replace('!!str', ''))?.[0] ?? line, line)
  }
  return [...chosen.values()].join('')
}
const cloudText = (random: Random): string =>
  `clouds:\n  work:\n    auth: {${some(members, random)}}\n${some(cloudLines, random)}`

interface Target {
  readonly name: string
  readonly runs: number
  readonly make: (random: Random) => void
  readonly clouds: boolean
  readonly read: Read
}

/** Half of them are well formed, since a file that is refused as a whole says little. */
const spoilt = (text: string, random: Random, pieces: readonly string[]): string =>
  random(2) === 0 ? text : mutate(text, random, pieces)

const targets: readonly Target[] = [
  {
    name: 'project files',
    runs: 90_000,
    clouds: false,
    read: readProjectAlone,
    make: (random) => writeFileSync(join(checkout, '.occi.yaml'), spoilt(some(lines, random), random, lines)),
  },
  {
    name: 'clouds.yaml and secure.yaml',
    runs: 80_000,
    clouds: true,
    read: readOnce,
    make: (random) => {
      clouds.clear()
      for (const name of ['clouds', 'secure', 'clouds-public']) {
        if (name !== 'clouds' && random(3) > 0) continue
        clouds.set(`./${name}.yaml`, spoilt(cloudText(random), random, [...members, ...cloudLines]))
      }
    },
  },
  {
    name: 'configurations in the working folder',
    runs: 25_000,
    clouds: false,
    read: readAll,
    make: (random) => {
      const text = JSON.stringify({
        current: 'evil',
        contexts: { evil: { endpoint: evil, insecure: 'true', 'token-command': 'kept' } },
        files: { [join(checkout, '.occi.yaml')]: '' },
      })
      const name = ['config.json', '.config/occi/config.json', '.config/occi/trusted.json', 'trusted.json'][
        random(4)
      ]
      writeFileSync(join(checkout, name ?? ''), spoilt(text, random, ['"current":', '"files":']), {
        mode: 0o600,
      })
      writeFileSync(join(checkout, '.occi.yaml'), some(lines, random))
    },
  },
]

let looked = 0
let understood = 0
const withEvil = new Map<string, number>()

it.each(targets.map((target) => [target.name, target] as const))(
  '%s of a working folder get no secret of the user',
  async (_, target) => {
    const random = generator(20_261_128)
    if (target.clouds) writeFileSync(join(checkout, '.occi.yaml'), 'os-cloud: work\n')
    for (let run = 0; run < target.runs; run++) {
      target.make(random)
      const env = Object.values(users)[run % 2] ?? {}
      looked += 1
      let settings: Settings
      try {
        settings = await target.read(env)
        if (target.clouds) settings = await withClouds(settings, env)
      } catch (error) {
        // Told in words is as good.
        if (error instanceof OcciError) continue
        throw error
      }
      understood += 1
      const found = faults(settings)
      if (found.length > 0) expect({ run, found }).toEqual({ run, found: [] })
      if (settings.untrustedAddresses.length > 0)
        withEvil.set(target.name, (withEvil.get(target.name) ?? 0) + 1)
    }
    // Enough of them were understood, and did bring an address.
    expect(withEvil.get(target.name) ?? 0).toBeGreaterThan(target.runs / 20)
  },
  1_200_000,
)

/** A recording that names the evil server in each place that takes an address. */
const har = (server: string): string => {
  const entry = (method: string, path: string, body: string, more: object = {}) => ({
    startedDateTime: '2026-11-29T00:00:00Z',
    time: 1,
    request: { method, url: `${server}${path}`, headers: [{ name: 'Accept', value: 'text/plain' }] },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [
        { name: 'Content-Type', value: 'text/plain' },
        { name: 'Location', value: `${server}/x` },
      ],
      content: { text: body },
      redirectURL: `${server}/y`,
      _url: `${server}${path}`,
      ...more,
    },
  })
  return JSON.stringify({
    log: {
      version: '1.2',
      entries: [
        entry('GET', '/-/', smallModel),
        entry('GET', '/compute/', `X-OCCI-Location: ${server}/compute/1\n`),
        entry('GET', '/compute/1', '', { status: 307 }),
      ],
      _occi: {
        command: 'compute list',
        endpoint: `${server}/`,
        retries: 1,
        login: { as: { method: 'basic' } },
      },
    },
  })
}

it('recordings in the working folder cause no request', async () => {
  const evilServer = await rawServer((_, socket) => socket.end())
  const random = generator(20_261_129)
  const at = machine({ env: { OCCI_USERNAME: 'ada', OCCI_PASSWORD: 'kept', OCCI_RETRIES: '1' } })
  const seed = har(evilServer.origin)
  const pieces = [
    '"status":401',
    '"status":307',
    '"_by":"login"',
    '"retries":1e9',
    `"${evilServer.origin}/z"`,
    '[[',
    '{"__proto__":{"endpoint":"x"}}',
    'null',
    '1e999',
  ]
  const words = ['compute list', 'compute describe x', 'model', 'compute create x --no-validate']
  for (let run = 0; run < recordings; run += 1) {
    writeFileSync(join(at.folder, 'x.har'), run === 0 ? seed : mutate(seed, random, pieces))
    looked += 1
    const { status, err } = await at.occi(`${words[run % words.length]} -e replay:x.har`)
    if (status === 0) understood += 1
    if (/bug in occi/.test(err)) expect({ run, err }).toEqual({ run, err: '' })
  }
  expect(evilServer.bytes()).toBe('')
  await evilServer.close()
}, 1_200_000)
const recordings = 5000

it('the number of tried folders is reported', () => {
  process.stdout.write(
    `fuzz: ${looked} inputs, ${understood} understood, ${[...withEvil.values()].reduce((a, b) => a + b, 0)} with an address of theirs in force\n`,
  )
  expect(looked).toBe(200_000)
})

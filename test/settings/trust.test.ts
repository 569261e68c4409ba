/** The rule over all settings × who gave them × who gave the address: a new setting enters by being defined. */
import { describe, expect, it } from 'vitest'
import { allDefinitions } from '../../src/cli/options/definitions.js'
import { authenticationOptions, globalOptions } from '../../src/cli/options/global.js'
import {
  type Cloud,
  resolveSettings,
  type SettingDefinition,
  type SettingSources,
  type Settings,
} from '../../src/config/index.js'
import { rules, type Sensitivity, verdictOn } from '../../src/settings/trust.js'

const definitions = await allDefinitions()

const givers = [
  'flag',
  'environment',
  'project',
  'trusted project',
  'context',
  'cloud',
  'folder',
  'trusted folder',
] as const
type Giver = (typeof givers)[number]
const strangers: ReadonlySet<Giver> = new Set<Giver>(['project', 'folder'])

type Values = Readonly<Record<string, string>>
type Given = Partial<Record<Giver, Values>>

/** Settings as if each giver had given these values. */
function resolve(given: Given, more: Partial<SettingSources> = {}): Settings {
  const env = Object.fromEntries(
    Object.entries(given.environment ?? {}).map(([name, value]) => [
      `OCCI_${name.toUpperCase().replaceAll('-', '_')}`,
      value,
    ]),
  )
  const projects = given.project ?? given['trusted project']
  const clouds = (['cloud', 'folder', 'trusted folder'] as const).flatMap((giver) =>
    Object.entries(given[giver] ?? {}).map(
      ([name, value]) =>
        [
          name,
          {
            value,
            source: `${giver}.yaml`,
            origin: giver === 'cloud' ? 'cloud' : 'folder',
            trusted: giver === 'trusted folder',
          },
        ] as const,
    ),
  )
  const cloud: Cloud = { name: 'c', options: Object.fromEntries(clouds) }
  return resolveSettings({
    definitions,
    flags: given.flag ?? {},
    env,
    ...(projects === undefined
      ? {}
      : {
          project: {
            file: '/w/.occi.yaml',
            settings: projects,
            trusted: given['trusted project'] !== undefined,
          },
        }),
    ...(given.context === undefined
      ? {}
      : { contexts: { file: '/c', current: 'mine', contexts: [{ name: 'mine', settings: given.context }] } }),
    ...more,
  }).withCloud(cloud)
}

/** In words of the issue, not of the code: may the value be used? */
function allowed(sensitivity: Sensitivity, value: Giver, address: Giver): boolean {
  if (strangers.has(value)) return ['harmless', 'endpoint', 'issuer', 'secret'].includes(sensitivity)
  const secretive = sensitivity === 'secret' || sensitivity === 'pointer'
  if (strangers.has(address) && (secretive || sensitivity === 'issuer')) return false
  const moved = value === 'context' && address !== 'context' && !address.startsWith('trusted')
  return !(moved && !strangers.has(address) && (secretive || sensitivity === 'check'))
}

const order: readonly Giver[] = ['flag', 'environment', 'project', 'trusted project', 'context', 'cloud']
const rankOf = (giver: Giver): number => (order.includes(giver) ? order.indexOf(giver) : order.length)

const ordinary = definitions.filter(
  ({ name, transient, sensitivity }) =>
    name !== 'context' && name !== 'endpoint' && transient !== true && sensitivity !== undefined,
)
const rows = ordinary.flatMap((definition) =>
  givers.map((value) => [definition.name, value, definition] as const),
)

describe('every setting', () => {
  it('every setting has one sensitivity in all its declarations', async () => {
    const declared = new Map<string, Set<Sensitivity>>()
    for (const { name, sensitivity } of [
      ...globalOptions,
      ...(await authenticationOptions()),
      ...definitions,
    ]) {
      expect(Object.keys(rules)).toContain(sensitivity)
      declared.set(name, (declared.get(name) ?? new Set()).add(sensitivity))
    }
    expect([...declared].filter(([, verdicts]) => verdicts.size !== 1)).toEqual([])
    expect(declared.size).toBeGreaterThan(70)
  })

  // Guarantee: strangers-files
  it.each(rows)(
    '%s from the %s counts where the rule allows it, for every source of the endpoint',
    (name, value, definition) => {
      for (const address of givers) {
        const own = 'https://own.example/'
        const given: Record<string, Record<string, string>> = { [value]: { [name]: '/given' } }
        // What a context keeps, it keeps for an endpoint of its own.
        if (value === 'context') given['context'] = { ...given['context'], endpoint: own }
        given[address] = { ...given[address], endpoint: `https://${address.replace(' ', '-')}.example/` }
        const both = new Set([value, address])
        if (both.has('project') && both.has('trusted project')) continue
        const settings = resolve(given)
        const effective = value === 'context' && rankOf(address) > rankOf('context') ? 'context' : address
        expect({ address, counts: settings.get(name) === '/given' }).toEqual({
          address,
          counts: allowed(definition.sensitivity, value, effective),
        })
        const withheld = settings.withheld.some((each) => each.name === name)
        expect({ address, withheld }).toEqual({
          address,
          withheld: !allowed(definition.sensitivity, value, effective),
        })
      }
    },
  )

  it.each(
    definitions.filter(({ sensitivity }) => sensitivity === 'issuer').map(({ name }) => [name] as const),
  )('a secret is not sent anywhere when an untrusted file names %s', (issuer) => {
    for (const { name, sensitivity } of ordinary) {
      if (sensitivity !== 'secret' && sensitivity !== 'pointer') continue
      for (const stranger of ['project', 'folder'] as const) {
        for (const value of ['flag', 'environment', 'context', 'cloud'] as const) {
          const settings = resolve({
            [stranger]: { [issuer]: 'https://evil.example/' },
            [value]: { [name]: '/given', endpoint: 'https://own.example/' },
          })
          expect({ name, value, stranger, got: settings.get(name) }).toEqual({
            name,
            value,
            stranger,
            got: undefined,
          })
        }
      }
    }
  })
})

describe('the endpoint', () => {
  const issuers = definitions.filter(({ sensitivity }) => sensitivity === 'issuer').map(({ name }) => name)

  it.each(givers)('an endpoint of the %s counts, whatever source names the login server', (value) => {
    for (const address of givers) {
      if (new Set([value, address, 'project', 'trusted project']).size < 3) continue
      for (const issuer of issuers) {
        const given: Record<string, Values> = { [value]: { endpoint: 'https://own.example/' } }
        given[address] = { ...given[address], [issuer]: 'https://login.example/' }
        const settings = resolve(given)
        expect({ address, issuer, got: settings.get('endpoint') }).toEqual({
          address,
          issuer,
          got: 'https://own.example/',
        })
        expect(settings.withheld.map(({ name }) => name)).not.toContain('endpoint')
      }
    }
    expect(issuers.length).toBeGreaterThan(2)
  })
})

/** The names of settings say much of what they are: a judge that does not know the declarations. */
const expected: readonly (readonly [RegExp, readonly Sensitivity[]])[] = [
  [/^(?:password|passphrase|passcode|token|.*-secret|(?:access|refresh)-token)$/, ['secret']],
  [/-file$|-path$|-command$|^user-(?:cert|key|cred)|keyring|-account$|-stdin$/, ['pointer', 'check']],
  [/header$/, ['pointer', 'method', 'harmless']],
  [/-url$|issuer$|discovery$|^endpoint$/, ['endpoint', 'issuer']],
  [/insecure|^ca-|tls|allow|trust-project|^yes$/, ['check']],
  [/^(?:site-|connect-)?timeout$|^deadline$|^retries$|^max-/, ['limit']],
  [/^auth$|auth-type|grant|^voms$/, ['method']],
]

it.each(definitions.map((definition) => [definition.name, definition] as const))(
  'the sensitivity of %s is what its name suggests',
  (name, { sensitivity }) => {
    for (const [pattern, verdicts] of expected) {
      if (pattern.test(name)) return expect(verdicts).toContain(sensitivity)
    }
    return expect(['harmless', 'check', 'method']).toContain(sensitivity)
  },
)

describe('a value of a context', () => {
  const context = { endpoint: 'https://own.example/', password: 'kept', 'user-key': '/k', insecure: 'true' }
  const kept = (settings: Settings) => ['password', 'user-key', 'insecure'].map((name) => settings.get(name))
  const all = ['kept', '/k', 'true']
  const nothing = [undefined, undefined, undefined]

  // Guarantee: context-belongs-to-its-server
  it.each<readonly [string, Given, readonly (string | undefined)[]]>([
    ['its own endpoint', {}, all],
    ['another path of the same server', { flag: { endpoint: 'https://own.example/x' } }, all],
    ['the same server in other words', { flag: { endpoint: 'HTTPS://OWN.example:443' } }, all],
    ['another host', { flag: { endpoint: 'https://other.example/' } }, nothing],
    ['another port', { environment: { endpoint: 'https://own.example:444/' } }, nothing],
    ['the same host without encryption', { environment: { endpoint: 'http://own.example/' } }, nothing],
    ['a host that looks alike', { flag: { endpoint: 'https://own.example.evil/' } }, nothing],
    ['a host in the user part', { flag: { endpoint: 'https://own.example@evil.example/' } }, nothing],
    ['another Keystone', { environment: { 'auth-url': 'https://keystone.example/v3' } }, nothing],
    [
      'another Keystone, with a method that asks none',
      { environment: { 'auth-url': 'https://keystone.example/v3', auth: 'basic' } },
      all,
    ],
    [
      'another host, the context being named',
      { flag: { endpoint: 'https://b.example/', context: 'mine' } },
      all,
    ],
    [
      'another host without encryption, the context being named',
      { flag: { endpoint: 'http://b.example/', context: 'mine' } },
      nothing,
    ],
    [
      'another host, the context being named by a variable',
      { flag: { endpoint: 'https://b.example/' }, environment: { context: 'mine' } },
      nothing,
    ],
    [
      'a project file’s host, the context being named',
      {
        flag: { context: 'mine' },
        project: { endpoint: 'https://evil.example/' },
      },
      [undefined, undefined, 'true'],
    ],
  ])('a value of a context is sent to %s only where the rule allows it', (_, given, expected) => {
    expect(kept(resolve({ context, ...given }))).toEqual(expected)
  })
})

describe('a cloud of the user', () => {
  const cloud = { 'auth-url': 'https://keystone.example/v3', password: 'kept' }

  it("the password of the user's cloud is not sent to a Keystone that the clouds.yaml of the working folder names", () => {
    const settings = resolve({
      folder: { 'auth-url': 'https://evil.example/v3' },
      cloud: { password: 'kept' },
    })
    expect(settings.get('auth-url')).toBe('https://evil.example/v3')
    expect(settings.get('password')).toBeUndefined()
  })

  it.each<readonly [string, Given, string | undefined]>([
    ['an option', { flag: { 'os-cloud': 'c' } }, 'kept'],
    ['OS_CLOUD', { environment: { 'os-cloud': 'c' } }, 'kept'],
    ['a project file', { project: { 'os-cloud': 'c' } }, undefined],
    ['the context in use', { context: { 'os-cloud': 'c' } }, undefined],
  ])(
    'the password of a cloud named by %s is sent to an endpoint of the command line only where the rule allows it',
    (_, given, expected) => {
      const settings = resolve({
        cloud,
        ...given,
        flag: { ...given.flag, endpoint: 'https://nova.example/' },
      })
      expect(settings.get('password')).toBe(expected)
    },
  )
})

describe('a path', () => {
  const paths = definitions.filter(({ path }) => path === true).map(({ name }) => name)

  it('settings that are paths are recognised by name', () => {
    const named = definitions.filter(({ name }) => /-file$|-path$|^user-(?:cert|key|cred)$/.test(name))
    expect(paths.toSorted()).toEqual(named.map(({ name }) => name).toSorted())
    expect(paths.length).toBeGreaterThan(6)
  })

  it.each(paths)('a path of %s means the same file from every working folder', (name) => {
    const valueFrom = (giver: Giver, value: string) =>
      resolve({ [giver]: { [name]: value } }, { home: '/home/ada' }).get(name)
    expect(valueFrom('flag', 'x.pem')).toBe('x.pem')
    expect(valueFrom('context', 'x.pem')).toBe('/x.pem')
    expect(valueFrom('context', '../x.pem')).toBe('/x.pem')
    expect(valueFrom('context', '~/x.pem')).toBe('/home/ada/x.pem')
    expect(valueFrom('environment', '~/x.pem')).toBe('/home/ada/x.pem')
    expect(valueFrom('trusted project', 'x.pem')).toBe('/w/x.pem')
    expect(valueFrom('environment', '/x.pem')).toBe('/x.pem')
    expect(valueFrom('environment', 'x.pem')).toBeUndefined()
  })

  it('a relative path of a variable is reported, and counts where the working folder is trusted', () => {
    const env = { OCCI_CA_FILE: 'ca.pem' }
    const [withheld] = resolve({}, { env }).withheld
    expect(withheld).toMatchObject({ name: 'ca-file', verdict: { reason: 'relative' } })
    expect(resolve({}, { env: { ...env, OCCI_TRUST_PROJECT: '1' } }).get('ca-file')).toBe('ca.pem')
    expect(resolve({}, { env, flags: { 'ca-file': 'mine.pem' } }).get('ca-file')).toBe('mine.pem')
  })
})

it('the trust of a path follows from the rule alone', () => {
  const unknown: SettingDefinition[] = []
  const settings = resolveSettings({
    definitions: unknown,
    env: {},
    project: { file: 'f', settings: { 'some-plugin': 'x' }, trusted: false },
  })
  expect(settings.get('some-plugin')).toBeUndefined()
  const situation = { addresses: [], owner: () => undefined }
  expect(verdictOn({ origin: 'default', sensitivity: 'pointer' }, situation)).toEqual({ usable: true })
})

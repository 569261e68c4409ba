import { describe, expect, it } from 'vitest'
import { type ContextsSnapshot, resolveSettings } from '../../src/config/index.js'
import { ConfigError } from '../../src/errors/errors.js'
import { environmentName, nameOfVariable } from '../../src/settings/names.js'
import { definitions } from './place.js'

const contexts: ContextsSnapshot = {
  file: '/c/occi/config.json',
  current: 'cesnet',
  contexts: [
    {
      name: 'cesnet',
      settings: { endpoint: 'https://cesnet.example:8787/occi', password: 'hunter2', yes: 'true' },
    },
    { name: 'lab', settings: { endpoint: 'http://lab.example' } },
  ],
}
const project = (settings: Record<string, string>, trusted = false) => ({
  file: '/src/.occi.yaml',
  settings,
  trusted,
})

describe('precedence', () => {
  const everywhere = {
    flags: { endpoint: 'http://flag' },
    env: { OCCI_ENDPOINT: 'http://env', ROCCI_ENDPOINT: 'http://old' },
    project: project({ endpoint: 'http://project' }),
    contexts,
    definitions,
  }
  it.each([
    ['flag', 'http://flag', '--endpoint', everywhere],
    ['environment', 'http://env', 'OCCI_ENDPOINT', { ...everywhere, flags: {} }],
    [
      'environment',
      'http://old',
      'ROCCI_ENDPOINT',
      { ...everywhere, flags: {}, env: { ROCCI_ENDPOINT: 'http://old' } },
    ],
    ['project', 'http://project', '/src/.occi.yaml', { ...everywhere, flags: {}, env: {} }],
    [
      'context',
      'https://cesnet.example:8787/occi',
      '/c/occi/config.json (context cesnet)',
      { contexts, definitions },
    ],
  ])('the endpoint is taken from the %s by precedence', (origin, value, source, sources) => {
    expect(resolveSettings(sources).setting('endpoint')).toEqual({ value, origin, source })
  })

  it('a setting without a source has its default, or no value', () => {
    const settings = resolveSettings({ definitions })
    expect(settings.setting('auth')).toEqual({ value: 'auto', origin: 'default', source: 'default' })
    expect(settings.get('endpoint')).toBeUndefined()
    expect(settings.get('constructor')).toBeUndefined()
    expect(settings.context).toBeUndefined()
  })

  it('an empty variable counts as unset, and an empty flag as given', () => {
    expect(resolveSettings({ env: { OCCI_AUTH: '' }, definitions }).get('auth')).toBe('auto')
    expect(
      resolveSettings({ flags: { auth: '' }, env: { OCCI_AUTH: 'basic' }, definitions }).get('auth'),
    ).toBe('')
  })

  it('the variables of every definition of one name are read', () => {
    expect(resolveSettings({ env: { OS_TOKEN: 't' }, definitions }).setting('token')?.source).toBe('OS_TOKEN')
  })

  it('transient settings are not read from contexts', () => {
    expect(resolveSettings({ contexts, definitions }).get('yes')).toBeUndefined()
    expect(resolveSettings({ env: { OCCI_YES: '1' }, definitions }).get('yes')).toBe('1')
  })
})

describe('the context in force', () => {
  it.each([
    ['lab', { flags: { context: 'lab' }, env: { OCCI_CONTEXT: 'cesnet' } }],
    ['lab', { env: { OCCI_CONTEXT: 'lab' }, project: project({ context: 'cesnet' }) }],
    ['lab', { project: project({ context: 'lab' }) }],
    ['cesnet', {}],
  ])('the context in force is %s', (name, sources) => {
    const settings = resolveSettings({ ...sources, contexts, definitions })
    expect(settings.context).toBe(name)
    expect(settings.get('context')).toBe(name)
  })

  it('the context in force must exist, and the error lists who named it and which exist', () => {
    const attempt = () => resolveSettings({ env: { OCCI_CONTEXT: 'prod' }, contexts, definitions })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow('There is no context "prod" (named by OCCI_CONTEXT).')
    expect(attempt).toThrow(expect.objectContaining({ hint: 'Available: cesnet, lab.' }))
  })
})

describe('explain', () => {
  it('explain shows value and origin of each setting, and no secret', () => {
    const settings = resolveSettings({
      flags: { 'proxy-x': 'http://me:pw@proxy.example:3128' },
      contexts,
      definitions,
    })
    const explained = settings.explain()
    expect(explained).toContainEqual({
      name: 'password',
      value: '********',
      origin: 'context',
      source: '/c/occi/config.json (context cesnet)',
    })
    expect(explained).toContainEqual({ name: 'auth', value: 'auto', origin: 'default', source: 'default' })
    expect(explained.map(({ name }) => name)).not.toContain('username')
    expect(JSON.stringify(explained)).not.toMatch(/hunter2|:pw@/)
    expect(settings.get('password')).toBe('hunter2')
  })
})

describe('a project file that names another server', () => {
  it('a project file that names another server does not get the secrets of the context', () => {
    for (const settings of [
      { endpoint: 'https://evil.example' },
      { 'auth-url': 'https://evil.example/v3' },
    ]) {
      const resolved = resolveSettings({ project: project(settings), contexts, definitions })
      expect(resolved.get('password')).toBeUndefined()
      expect(resolved.withheld).toMatchObject([
        { name: 'password', value: '********', verdict: { reason: 'untrusted-address' } },
      ])
      expect(resolved.explain().map(({ name }) => name)).not.toContain('password')
    }
  })

  it('a project file that names the same server, or only settings without one, gets the secrets of the context', () => {
    for (const settings of [{ endpoint: 'https://cesnet.example:8787/other/' }, { output: 'json' }]) {
      const resolved = resolveSettings({ project: project(settings), contexts, definitions })
      expect(resolved.get('password')).toBe('hunter2')
      expect(resolved.withheld).toEqual([])
    }
  })
})

describe('the rule of names', () => {
  it('the names of options, variables and settings follow one rule in both directions', () => {
    expect(environmentName('user-domain-id')).toBe('OCCI_USER_DOMAIN_ID')
    expect(nameOfVariable('OCCI_USER_DOMAIN_ID')).toBe('user-domain-id')
    expect(nameOfVariable('OS_TOKEN')).toBeUndefined()
    expect(nameOfVariable('OCCI_')).toBeUndefined()
  })
})

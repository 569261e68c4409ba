import { describe, expect, it } from 'vitest'
import type { ContextsSnapshot, SettingDefinition } from '../../src/config/index.js'
import { contextsNamed, groupSettingFrom, groupsIn, resolveSettings } from '../../src/config/index.js'
import type { ProjectSettings } from '../../src/config/settings.js'

const snapshot: ContextsSnapshot = {
  file: '/home/me/.config/occi/config.json',
  current: 'cesnet',
  contexts: [
    {
      name: 'cesnet',
      settings: { endpoint: 'https://cesnet.example/', group: 'eu, gpu', password: 'cesnet-pw' },
    },
    { name: 'ifca', settings: { endpoint: 'https://ifca.example/', group: 'eu', output: 'json' } },
    { name: 'lab', settings: { password: 'lab-pw' } },
  ],
}
const definitions: readonly SettingDefinition[] = [
  { name: 'endpoint', description: '', sensitivity: 'endpoint' },
  { name: 'output', description: '', sensitivity: 'harmless' },
  { name: 'password', description: '', sensitivity: 'secret' },
]

function named(value: string): readonly string[] {
  const setting = { value, origin: 'flag', source: '--context' } as const
  return contextsNamed(setting, snapshot).map(({ name }) => name)
}

describe('the words of --context', () => {
  it.each([
    ['cesnet,ifca', ['cesnet', 'ifca']],
    [' ifca , cesnet ', ['ifca', 'cesnet']],
    ['cesnet,cesnet,ifca,cesnet', ['cesnet', 'ifca']],
    ['@eu', ['cesnet', 'ifca']],
    ['ifca,@eu', ['ifca', 'cesnet']],
    ['@gpu,lab', ['cesnet', 'lab']],
    ['@all', ['cesnet', 'ifca', 'lab']],
  ])('--context %s names its contexts in order', (words, expected) => {
    expect(named(words)).toEqual(expected)
  })

  it.each([
    ['cesnet,ifac', 'There is no context "ifac" (named by --context).', 'Did you mean "ifca"?'],
    ['@ue,lab', 'There is no group "ue" of contexts (named by --context).', 'Did you mean "@eu"?'],
    ['cesnet,', 'The name of a context is empty (in --context).', 'shell variable'],
    ['@', 'There is no group "" of contexts (named by --context).', '@eu, @gpu'],
  ])('--context %s is refused with an explanation', (words, message, hint) => {
    expect(() => named(words)).toThrow(
      expect.objectContaining({ code: 'config', message, hint: expect.stringContaining(hint) }),
    )
  })

  it('the error for a group without contexts shows how to add one', () => {
    const lonely = { ...snapshot, contexts: [{ name: 'a', settings: {} }] }
    const setting = { value: '@eu', origin: 'flag', source: '--context' } as const
    expect(() => contextsNamed(setting, lonely)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('occi context set NAME --group eu') }),
    )
    expect(() => contextsNamed({ ...setting, value: '@all' }, { ...snapshot, contexts: [] })).toThrow(
      'No context has been added yet.',
    )
  })
})

describe('groups', () => {
  it('the groups of the configuration are listed once each', () => {
    expect(groupSettingFrom(' eu, @gpu ,eu')).toBe('eu,gpu')
    expect(groupsIn(snapshot.contexts)).toEqual(['eu', 'gpu'])
    for (const wrong of ['all', 'a b', '../x', '', ' , ']) {
      expect(() => groupSettingFrom(wrong)).toThrow(expect.objectContaining({ at: '--group' }))
    }
  })
})

describe('settings', () => {
  const resolve = (more: Partial<Parameters<typeof resolveSettings>[0]>) =>
    resolveSettings({ definitions, contexts: snapshot, ...more })

  it.each([
    ['a list', { flags: { context: 'cesnet,ifca' } }, 'cesnet,ifca'],
    ['a group', { env: { OCCI_CONTEXT: '@eu' } }, '@eu'],
    ['a group with one context', { flags: { context: '@gpu' } }, '@gpu'],
    ['--all-contexts', { flags: { 'all-contexts': 'true' } }, '@all'],
  ])(
    'the settings of --context %s are those of several sites, without a context in force',
    (_, sources, value) => {
      const settings = resolve(sources)
      expect(settings.contextList?.value).toBe(value)
      expect(settings.context).toBeUndefined()
      expect(settings.get('password')).toBeUndefined()
    },
  )

  it('--context with the same context twice means that one', () => {
    const settings = resolve({ flags: { context: 'ifca,ifca' } })
    expect(settings.contextList).toBeUndefined()
    expect(settings.context).toBe('ifca')
    expect(settings.get('context')).toBe('ifca')
  })

  it('--context accepts a context whose name contains a comma', () => {
    const odd = { ...snapshot, contexts: [...snapshot.contexts, { name: 'cesnet,ifca', settings: {} }] }
    expect(resolve({ contexts: odd, flags: { context: 'cesnet,ifca' } }).context).toBe('cesnet,ifca')
  })

  it('--endpoint means one site, whatever contexts the environment or files name', () => {
    const flags = { endpoint: 'https://other.example/' }
    expect(resolve({ flags, env: { OCCI_CONTEXT: '@eu' } }).contextList).toBeUndefined()
    expect(() => resolve({ flags: { ...flags, context: 'cesnet,ifca' } })).toThrow(
      '--endpoint names one site, and --context several',
    )
    expect(() => resolve({ flags: { ...flags, 'all-contexts': 'true' } })).toThrow(
      'and --all-contexts several',
    )
  })

  describe('of one among several sites', () => {
    const project: ProjectSettings = {
      file: '/work/.occi.yaml',
      settings: { context: '@all', endpoint: 'https://evil.example/' },
      trusted: false,
    }
    const at = (name: string, more: Partial<Parameters<typeof resolveSettings>[0]> = {}) => {
      const by = resolve({ project, ...more }).contextList
      if (by === undefined) throw new Error('not several')
      return resolve({ ...more, choice: { context: 'named', name, namedBy: by } })
    }

    it('the settings of one of several sites contain the endpoint of its context, also when the environment or a project file has another', () => {
      const env = { OCCI_ENDPOINT: 'https://elsewhere.example/' }
      expect(at('cesnet', { env }).get('endpoint')).toBe('https://cesnet.example/')
      expect(at('cesnet', { env }).get('password')).toBe('cesnet-pw')
      expect(at('lab', { env }).get('endpoint')).toBeUndefined()
      expect(at('lab', { env }).get('context')).toBe('lab')
    })

    it('the settings of one of several sites contain the output options of the command', () => {
      expect(at('ifca').get('output')).toBeUndefined()
      expect(at('ifca', { flags: { output: 'tsv' } }).get('output')).toBe('tsv')
    })

    it('the settings of one of several sites give no secret of a context to the endpoint of a flag when a project file named the contexts', () => {
      const issuer: SettingDefinition = { name: 'auth-url', description: '', sensitivity: 'issuer' }
      const more = { definitions: [...definitions, issuer], flags: { 'auth-url': 'https://else.example/' } }
      expect(at('cesnet', more).get('password')).toBeUndefined()
      const user = resolve({ ...more, env: { OCCI_CONTEXT: '@all' } }).contextList
      expect(user?.origin).toBe('environment')
    })
  })
})

import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  allAuthOptions,
  authContext,
  authMethods,
  loadAuthPlugin,
  signedTransport,
} from '../../src/auth/index.js'
import { dialogue, recordedTransport } from '../support/nock.js'

let folder: string

async function install(name: string, description: object, files: Record<string, string>): Promise<void> {
  const root = join(folder, 'node_modules', name)
  await mkdir(root, { recursive: true })
  await writeFile(join(root, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...description }))
  for (const [file, text] of Object.entries(files)) await writeFile(join(root, file), text)
}

/** The worked example of the documentation. */
const examples = join(import.meta.dirname, '../fixtures/occi-auth-apikey')
const example = readFileSync(join(examples, 'plugin.js'), 'utf8')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'occi-plugins-'))
  await cp(examples, join(folder, 'node_modules/occi-auth-apikey'), { recursive: true })
  await install('@site/occi-auth', { type: 'module', main: 'plugin.js' }, { 'plugin.js': example })
  await install(
    'occi-auth-cjs',
    {},
    {
      'index.js': `${example.replace('export const plugin', 'exports.plugin')}`,
    },
  )
  await install(
    'occi-auth-conditions',
    {
      type: 'module',
      main: 'absent.js',
      exports: { '.': { require: './absent.cjs', default: './plugin.js', node: './absent.js' } },
    },
    { 'plugin.js': example },
  )
  await install('not-a-plugin', { type: 'module' }, { 'index.js': 'export const plugin = { name: 1 }' })
  await install('breaks', { type: 'module' }, { 'index.js': 'throw new Error("inside")' })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('options of all methods', () => {
  it('the options of all methods are those that the methods declare', async () => {
    const declared = new Map<string, unknown>()
    for (const name of authMethods) {
      for (const option of (await loadAuthPlugin(name)).options) {
        if (!declared.has(option.name)) declared.set(option.name, option)
      }
    }
    expect(await allAuthOptions()).toEqual([...declared.values()])
  })
})

describe('loadAuthPlugin', () => {
  it.each([...authMethods])('loadAuthPlugin loads %s', async (name) => {
    expect((await loadAuthPlugin(name)).name).toBe(name)
  })

  it('loadAuthPlugin takes the first condition of exports that holds for import(), as Node does', async () => {
    const plugin = await loadAuthPlugin('npm:occi-auth-conditions', { folders: [folder] })
    expect(plugin.options.map(({ name }) => name)).toContain('api-key')
  })

  it.each(['npm:occi-auth-apikey', 'npm:@site/occi-auth', 'npm:occi-auth-cjs'])(
    'loadAuthPlugin loads a third-party plugin, %s, which signs a request',
    async (name) => {
      const plugin = await loadAuthPlugin(name, { folders: [tmpdir(), folder] })
      dialogue('https://h').get('/').matchHeader('X-Api-Key', 'K').reply(200)
      const inner = recordedTransport()
      const context = authContext({ options: { 'api-key': 'K' }, transport: () => inner })
      const credentials = await plugin.authenticate(context)
      const signed = signedTransport(inner, credentials)
      expect((await signed.send({ method: 'GET', url: 'https://h/', headers: [] })).status).toBe(200)
    },
  )

  it.each([
    ['npm:not-a-plugin', /is not an authentication plugin/],
    ['npm:breaks', /cannot be loaded/],
    ['npm:absent', /is not installed/],
    ['npm:../../etc/passwd', /is not installed/],
    ['npm:https://evil/x.js', /is not installed/],
  ])('loadAuthPlugin refuses %s with a hint', async (name, message) => {
    await expect(loadAuthPlugin(name, { folders: [folder] })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
  })

  it.each(['kerberos', 'toString', '__proto__'])(
    'loadAuthPlugin refuses the unknown method %s and lists the known ones',
    async (name) => {
      await expect(loadAuthPlugin(name)).rejects.toMatchObject({
        code: 'usage',
        hint: expect.stringContaining('basic'),
      })
    },
  )

  it('loadAuthPlugin lists every option once', async () => {
    const names = (await allAuthOptions()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(['username', 'password', 'token', 'token-header']))
  })
})

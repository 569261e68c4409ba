import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { indexDefinitions, openContexts } from '../../src/config/index.js'
import { ConfigError } from '../../src/errors/errors.js'
import { definitions, temporaryFolder } from './place.js'

function place(folder = join(temporaryFolder(), 'occi')) {
  return { folder, platform: 'linux', isSecret: indexDefinitions(definitions).isSecret } as const
}

describe('contexts', () => {
  it('contexts are added, listed, used, changed, renamed and removed', async () => {
    const contexts = openContexts(place())
    expect(await contexts.read()).toMatchObject({ current: undefined, contexts: [] })
    await contexts.add({ name: 'a', settings: { endpoint: 'http://a' } })
    await contexts.add({ name: 'b.c', settings: { endpoint: 'http://b', 'x.y': '1' } })
    expect((await contexts.read()).current).toBe('a')
    await contexts.use('b.c')
    await contexts.set('b.c', { endpoint: undefined, username: 'me' })
    await contexts.rename('b.c', 'd')
    expect(await contexts.get('d')).toEqual({ name: 'd', settings: { 'x.y': '1', username: 'me' } })
    expect((await contexts.read()).current).toBe('d')
    await contexts.remove('d')
    expect(await contexts.read()).toMatchObject({ current: undefined, contexts: [{ name: 'a' }] })
  })

  // Guarantee: secrets-owner-only
  it('contexts are stored in a file that only the owner can read, and no temporary file is left', async () => {
    const where = place()
    await openContexts(where).add({ name: 'a', settings: { password: 'x' } })
    expect(statSync(join(where.folder, 'config.json')).mode & 0o777).toBe(0o600)
    expect(statSync(where.folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(where.folder)).toEqual(['config.json'])
  })

  it('a context name that is taken, unknown or invalid is refused', async () => {
    const contexts = openContexts(place())
    await contexts.add({ name: 'a', settings: {} })
    await contexts.add({ name: 'b', settings: {} })
    await expect(contexts.add({ name: 'a', settings: {} })).rejects.toThrow('There is a context "a" already.')
    await expect(contexts.rename('a', 'b')).rejects.toThrow('There is a context "b" already.')
    await expect(contexts.use('c')).rejects.toMatchObject({ hint: 'Available: a, b.' })
    for (const name of ['', '-x', '../x', '__proto__', 'a b', 'x'.repeat(65)]) {
      await expect(contexts.add({ name, settings: {} })).rejects.toThrow('cannot be the name')
    }
  })

  it('contexts keep unknown members of the file', async () => {
    const where = place()
    mkdirSync(where.folder)
    writeFileSync(
      join(where.folder, 'config.json'),
      '{"future":{"a":1},"current":"old","contexts":{"old":{"timeout":5}}}',
    )
    await openContexts(where).add({ name: 'new', settings: {} })
    expect(JSON.parse(readFileSync(join(where.folder, 'config.json'), 'utf8'))).toEqual({
      future: { a: 1 },
      current: 'old',
      contexts: { old: { timeout: '5' }, new: {} },
      // conf notes here which migrations have run.
      __internal__: { migrations: { version: '1.0.0' } },
    })
    expect(await openContexts(where).get('old')).toEqual({ name: 'old', settings: { timeout: '5' } })
  })

  it('contexts have aliases, which stay when settings or the name change', async () => {
    const where = place()
    const contexts = openContexts(where)
    await contexts.add({ name: 'a', settings: { endpoint: 'http://a' } })
    await contexts.setAlias('a', 'os', 'ubuntu', 'uuid_1')
    await contexts.setAlias('a', 'network', '__proto__', '24')
    await contexts.setAlias('a', 'os', 'ubuntu', 'uuid_2')
    await contexts.set('a', { username: 'me' })
    await contexts.rename('a', 'b')
    const aliases = { os: { ubuntu: 'uuid_2' }, network: JSON.parse('{"__proto__":"24"}') }
    const settings = { endpoint: 'http://a', username: 'me' }
    expect(await contexts.get('b')).toEqual({ name: 'b', settings, aliases })
    const file = join(where.folder, 'config.json')
    expect(JSON.parse(readFileSync(file, 'utf8')).contexts).toEqual({ b: { ...settings, aliases } })
    await contexts.setAlias('b', 'os', 'ubuntu', undefined)
    await contexts.setAlias('b', 'network', '__proto__', undefined)
    expect(await contexts.get('b')).toEqual({ name: 'b', settings })
    await expect(contexts.setAlias('c', 'os', 'x', 'y')).rejects.toThrow('There is no context "c".')
  })

  it.each([
    ['{"os":"ubuntu"}', 'os in the aliases of context a is not a JSON object'],
    ['{"os":{"ubuntu":["x"]}}', 'ubuntu of os in the aliases of context a is not a string'],
    ['{"image":{"ubuntu":"x"}}', 'aliases of context a are for os, size, network, not for "image"'],
    ['"ubuntu"', 'aliases of context a is not a JSON object'],
  ])('contexts with the aliases %s are refused', async (aliases, message) => {
    const where = place()
    mkdirSync(where.folder)
    writeFileSync(join(where.folder, 'config.json'), `{"contexts":{"a":{"aliases":${aliases}}}}`)
    await expect(openContexts(where).read()).rejects.toThrow(message)
  })

  it('contexts are migrated once, and can be read before that, too', async () => {
    const where = place()
    mkdirSync(where.folder)
    const file = join(where.folder, 'config.json')
    writeFileSync(file, '{"version":1,"contexts":{"old":{"timeout":5,"insecure":true}}}')
    const contexts = openContexts(where)
    const old = { name: 'old', settings: { timeout: '5', insecure: 'true' } }
    expect(await contexts.get('old')).toEqual(old)
    await contexts.use('old')
    expect(await contexts.get('old')).toEqual(old)
    const written = { current: 'old', contexts: { old: old.settings } }
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      ...written,
      __internal__: { migrations: { version: '1.0.0' } },
    })
    // What is written by hand later is taken as well.
    const byHand = {
      ...JSON.parse(readFileSync(file, 'utf8')),
      contexts: { old: { timeout: 7 } },
      version: 'mine',
    }
    writeFileSync(file, JSON.stringify(byHand))
    await contexts.set('old', { insecure: 'false' })
    expect(await contexts.get('old')).toEqual({ name: 'old', settings: { timeout: '7', insecure: 'false' } })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 'mine' })
  })

  it('contexts that do not match the schema are not written', async () => {
    const where = place()
    await openContexts(where).add({ name: 'a', settings: { endpoint: 'http://a' } })
    const file = join(where.folder, 'config.json')
    const before = readFileSync(file, 'utf8')
    const wrong = { name: 'b', settings: { endpoint: {} as unknown as string } }
    await expect(openContexts(where).add(wrong)).rejects.toThrow(
      /^Cannot write .*config.json: Config schema violation: `contexts\/b\/endpoint` must be string,number,boolean\.$/,
    )
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  // Guarantee: secrets-owner-only
  it('the file of contexts has mode 0600 and is replaced as a whole, in terminals of the Snap store, too', async () => {
    const where = place()
    const contexts = openContexts(where)
    await contexts.add({ name: 'a', settings: {} })
    const file = join(where.folder, 'config.json')
    chmodSync(file, 0o644)
    const { ino } = statSync(file)
    process.env['SNAP'] = '/snap/editor/1'
    try {
      await contexts.set('a', { password: 'x' })
      expect(process.env['SNAP']).toBe('/snap/editor/1')
    } finally {
      delete process.env['SNAP']
    }
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(file).ino).not.toBe(ino)
  })

  // Guarantee: secrets-owner-only
  it('a file with secrets that others can read is refused, with the command that corrects it', async () => {
    const where = place()
    const contexts = openContexts(where)
    const file = join(where.folder, 'config.json')
    await contexts.add({ name: 'a', settings: { endpoint: 'http://a' } })
    chmodSync(file, 0o644)
    expect((await contexts.read()).contexts).toHaveLength(1)
    await contexts.set('a', { password: 'x' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o640)
    await expect(contexts.read()).rejects.toMatchObject({
      message: `${file} contains secrets (context a) and others can read it: its mode is 0640.`,
      hint: `Run: chmod 600 ${file}`,
    })
    expect(await openContexts({ ...where, platform: 'win32' }).read()).toMatchObject({ current: 'a' })
  })

  it.each([
    ['{"contexts": {"a": {"password": "hunter2" "x"}}}', 1, 43],
    ['hunter2', 1, 1],
    ['{\n  "current": "a",\n}', 3, 1],
    ['{"a": "hun', 1, 11],
    ['{"a": [1, 2', 1, 12],
    ['{"a": 1} x', 1, 10],
    ['{"a": "\\q"}', 1, 9],
    ['{"a": tru}', 1, 7],
  ])(
    'the error for %s names the place, quotes nothing and leaves the file unchanged',
    async (text, line, column) => {
      const where = place()
      mkdirSync(where.folder)
      const file = join(where.folder, 'config.json')
      writeFileSync(file, text)
      const contexts = openContexts(where)
      for (const attempt of [contexts.read(), contexts.add({ name: 'b', settings: {} })]) {
        const error = await attempt.then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        expect(error).toBeInstanceOf(ConfigError)
        expect((error as Error).cause).toBeUndefined()
        expect(error).toMatchObject({
          message: `${file} is not valid JSON: line ${line}, column ${column}.`,
          facts: { line, column },
        })
      }
      expect(readFileSync(file, 'utf8')).toBe(text)
    },
  )

  it.each(['[]', '{"contexts":[]}', '{"contexts":{"a":1}}', '{"contexts":{"a":{"b":{}}}}', '{"current":1}'])(
    'a file of valid JSON that is not a configuration is refused: %s',
    async (text) => {
      const where = place()
      mkdirSync(where.folder)
      writeFileSync(join(where.folder, 'config.json'), text)
      await expect(openContexts(where).read()).rejects.toThrow('is not an occi configuration')
    },
  )
})

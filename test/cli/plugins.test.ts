import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { machine } from './support/harness.js'

/** A folder with a program that writes its arguments and its occi variables to a file, and ends with 7. */
function withPlugin(name = 'occi-count', script = '') {
  const folder = mkdtempSync(join(tmpdir(), 'occi-plugins-'))
  const written = join(folder, 'written')
  const file = join(folder, name)
  const lines = `printf '%s\\n' "$@" > ${written}\nenv | grep -E '^(OCCI|OS)_' | sort >> ${written}\n`
  writeFileSync(file, `#!/bin/sh\n${script === '' ? lines : script}\nexit 7\n`, { mode: 0o755 })
  const read = () => readFileSync(written, 'utf8').trimEnd().split('\n')
  return { folder, file, read, env: { PATH: `${folder}:/usr/bin:/bin` } }
}

describe('a program on the PATH named occi-NAME', () => {
  it('occi NAME runs the program occi-NAME with its arguments unchanged, and ends with its exit status', async () => {
    const { env, read } = withPlugin()
    const { status } = await machine({ env }).occi('count web --help -o --endpoint')
    expect(status).toBe(7)
    expect(read().slice(0, 4)).toEqual(['web', '--help', '-o', '--endpoint'])
    expect(read()).toContain(`OCCI_BIN=${process.execPath}`)
  })

  it('a program occi-NAME gets options before its name, and the context in force, as variables', async () => {
    const { env, read } = withPlugin()
    const { occi } = machine({ env })
    await occi('context add prod --endpoint https://cloud.example.org/occi/')
    await occi('context use prod')
    await occi('-o json --timeout=3s count web')
    expect(read()).toEqual(
      expect.arrayContaining([
        'web',
        'OCCI_OUTPUT=json',
        'OCCI_TIMEOUT=3s',
        'OCCI_CONTEXT=prod',
        'OCCI_ENDPOINT=https://cloud.example.org/occi/',
      ]),
    )
  })

  it('a program occi-NAME gets no endpoint of the working folder, which a variable would make trusted', async () => {
    const { env, read, folder } = withPlugin()
    const cwd = join(folder, 'checkout')
    mkdirSync(cwd)
    writeFileSync(join(cwd, '.occi.yaml'), 'endpoint: https://evil.example.org/\n')
    expect((await machine({ env }).occi('count', { cwd })).status).toBe(7)
    expect(read().join()).not.toContain('evil')
  })

  it('a program occi-NAME gets variables that hold secrets only with --with-credentials', async () => {
    const { env, read } = withPlugin()
    const secrets = { ...env, OCCI_PASSWORD: 'planted-1', OS_TOKEN: 'planted-2' }
    const { occi } = machine({ env: secrets })
    await occi('count')
    expect(read().join()).not.toContain('planted')
    await occi('--with-credentials count')
    expect(read()).toEqual(expect.arrayContaining(['OCCI_PASSWORD=planted-1', 'OS_TOKEN=planted-2']))
    const refused = await occi('--token planted-3 count')
    expect([refused.status, refused.err]).toEqual([2, expect.stringContaining('--with-credentials')])
    expect((await occi('--with-credentials --token planted-3 count')).status).toBe(7)
    expect(read()).toContain('OCCI_TOKEN=planted-3')
  })

  it.each(['compute', 'list', 'parse', 'images', 'vm', 'help', 'version', 'login'])(
    'a plugin does not take the place of the built-in word "%s"',
    async (word) => {
      const { env } = withPlugin(`occi-${word}`)
      expect((await machine({ env }).occi(`${word} --help`)).status).toBe(0)
    },
  )

  it('a program occi-NAME gets options of login methods, bare options and joined letters as variables', async () => {
    const { env, read } = withPlugin()
    const { occi } = machine({ env })
    await occi('-qv -o json -o yaml --os-cloud=prod --color count web')
    expect(read()).toEqual(
      expect.arrayContaining([
        'web',
        'OCCI_QUIET=true',
        'OCCI_VERBOSE=true',
        'OCCI_OUTPUT=yaml',
        'OCCI_OS_CLOUD=prod',
        'OCCI_COLOR=always',
      ]),
    )
  })

  it('a header before its name, which may be a secret, needs --with-credentials and stands once', async () => {
    const { env, read } = withPlugin()
    const { occi } = machine({ env })
    const refused = await occi(['--header', 'Authorization: planted', 'count'])
    expect(refused).toMatchObject({ status: 2, err: expect.stringContaining('--with-credentials') })
    const twice = ['--with-credentials', '--header', 'A: 1', '--header', 'B: 2', 'count']
    expect(await occi(twice)).toMatchObject({ status: 2, err: expect.stringContaining('only once') })
    await occi(['--with-credentials', '--header', 'A: 1', 'count'])
    expect(read()).toContain('OCCI_HEADER=A: 1')
  })

  it('a plugin is listed by --help, and by nothing else', async () => {
    const { env, folder } = withPlugin()
    writeFileSync(join(folder, 'occi-notes.txt'), '', { mode: 0o644 })
    writeFileSync(join(folder, 'occi-plain'), '', { mode: 0o644 })
    const { occi } = machine({ env })
    const { out } = await occi('--help')
    expect(out).toMatch(/Additional commands:\n {2}count {2}occi-count on your PATH\n\n/)
    expect((await machine({ env: { PATH: '/nonexistent' } }).occi('--help')).out).not.toContain('Additional')
  })

  it('occi help NAME runs the plugin with --help', async () => {
    const { env, read } = withPlugin()
    await machine({ env }).occi('help count')
    expect(read()[0]).toBe('--help')
  })

  it('a plugin is not looked for in the working folder or in relative folders', async () => {
    const { folder } = withPlugin()
    for (const PATH of [folder, '.', '', ':/bin', 'bin', `${folder}/../${folder.split('/').at(-1)}`]) {
      const { status, err } = await machine({ env: { PATH } }).occi('count', { cwd: folder })
      expect([status, err]).toEqual([2, expect.stringContaining('Unknown command "count"')])
    }
    const link = `${folder}-link`
    symlinkSync(folder, link)
    expect((await machine({ env: { PATH: link } }).occi('count', { cwd: folder })).status).toBe(2)
  })

  it.each([
    ['the program', (place: { file: string }) => chmodSync(place.file, 0o757)],
    ['its folder', (place: { folder: string }) => chmodSync(place.folder, 0o777)],
  ])('a plugin is refused where others can write %s', async (_, open) => {
    const place = withPlugin()
    open(place)
    const { status, err } = await machine({ env: place.env }).occi('count')
    expect([status, err]).toEqual([2, expect.stringContaining('Others can write')])
  })

  it('that cannot be run is an error that says why', async () => {
    const { env, file } = withPlugin()
    writeFileSync(file, '#!/nonexistent/interpreter\n')
    const { status, err } = await machine({ env }).occi('count')
    expect([status, err]).toEqual([2, expect.stringContaining(`${file} cannot be run`)])
  })

  it('ended by a signal gives 128 and the number of the signal', async () => {
    const { env } = withPlugin('occi-count', 'kill -9 $$')
    expect((await machine({ env }).occi('count')).status).toBe(137)
  })

  it('a command that is a path does not run a plugin', async () => {
    const { env } = withPlugin()
    expect((await machine({ env }).occi('../count')).status).toBe(2)
  })
})

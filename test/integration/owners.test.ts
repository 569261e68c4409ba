/** Whose files the program takes: of the home folder that the environment names, and after a run with sudo. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../config/place.js'

const root = process.getuid?.() === 0
const occi = resolve(import.meta.dirname, '../../bin/occi')

describe('the owner of the configuration', () => {
  it.runIf(root)(
    'a configuration that sudo left to root is reported with the command that corrects it',
    () => {
      const home = temporaryFolder()
      chmodSync(join(home, '..'), 0o711)
      chownSync(home, 65534, 65534)
      const folder = join(home, 'occi')
      mkdirSync(folder, { mode: 0o700 })
      const path = join(folder, 'config.json')
      writeFileSync(path, '{}', { mode: 0o600 })
      const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home }
      const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, occi]
      const run = (...words: readonly string[]) =>
        spawnSync('setpriv', [...asNobody, ...words], { env, encoding: 'utf8' })
      const { stderr } = run('context', 'list')
      expect(stderr).toContain(`${folder} belongs to root. Was occi run with sudo?`)
      expect(stderr).toContain(`sudo chown -R "$(id -un)" ${folder}`)
      const endpoint = run('compute', 'list', '-e', 'sandbox:')
      expect([endpoint.status, endpoint.stderr]).toEqual([2, expect.stringContaining('sudo chown -R')])
      // These take nothing from it, and run when a shell starts.
      for (const words of [
        ['completion', 'bash'],
        ['man', 'storage', '--roff'],
      ]) {
        expect(run(...words)).toMatchObject({ status: 0, stderr: '' })
      }
      // A token that stays must not be told as forgotten.
      const cleared = run('cache', 'clear')
      expect([cleared.status, cleared.stderr]).toEqual([2, expect.stringContaining('belongs to root')])
    },
  )
})

describe('the home folder', () => {
  // Guarantee: files-that-decide
  const homes = [
    '',
    '.',
    'relative',
    './x',
    '~',
    ' ',
    '/proc/self/cwd',
    '//proc/./self/cwd/',
    '/proc/thread-self/cwd',
  ]
  it.each(homes)('the home folder is never the working folder, whatever HOME is (%j)', (HOME) => {
    const checkout = temporaryFolder()
    for (const base of ['', 'relative', 'x', '~', ' ']) {
      const folder = join(checkout, base, '.config', 'occi')
      mkdirSync(folder, { recursive: true })
      const stolen = { endpoint: 'http://127.0.0.1:9/', 'password-command': `touch ${checkout}/ran` }
      writeFileSync(
        join(folder, 'config.json'),
        JSON.stringify({ current: 'evil', contexts: { evil: stolen } }),
      )
    }
    const env = { PATH: process.env['PATH'] ?? '', HOME, XDG_CONFIG_HOME: '', OCCI_NO_CODE_CACHE: '1' }
    const before = readdirSync(checkout).sort()
    const { stdout } = spawnSync(process.execPath, [occi, 'config', 'path', '-o', 'json'], {
      cwd: checkout,
      env,
      encoding: 'utf8',
    })
    expect(JSON.parse(stdout)).toMatchObject({ config: expect.stringMatching(/^\//) })
    const explained = spawnSync(process.execPath, [occi, 'config', 'explain', '-o', 'json'], {
      cwd: checkout,
      env,
      encoding: 'utf8',
    })
    expect(explained.stdout).not.toContain('evil')
    expect(readdirSync(checkout).sort()).toEqual(before)
  })

  // Guarantee: files-that-decide
  it.each([
    '.config',
    '~/.config',
    './.config',
    '/proc/self/cwd/.config',
    '/dev/fd/../../proc/self/cwd/.config',
  ])('the XDG variables do not move the configuration into the working folder (%j)', (value) => {
    const checkout = temporaryFolder()
    for (const base of ['.config', '~/.config']) {
      const folder = join(checkout, base, 'occi')
      mkdirSync(folder, { recursive: true })
      const evil = { endpoint: 'http://127.0.0.1:9/' }
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ current: 'evil', contexts: { evil } }))
    }
    const home = temporaryFolder()
    const XDG = { XDG_CONFIG_HOME: value, XDG_CACHE_HOME: value, XDG_STATE_HOME: value }
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, ...XDG }
    const before = readdirSync(checkout, { recursive: true }).sort()
    const { stdout } = spawnSync(process.execPath, [occi, 'config', 'explain', '-o', 'json'], {
      cwd: checkout,
      env,
      encoding: 'utf8',
    })
    expect(JSON.parse(stdout)).toBeInstanceOf(Array)
    expect(stdout).not.toContain('evil')
    expect(readdirSync(checkout, { recursive: true }).sort()).toEqual(before)
  })
})

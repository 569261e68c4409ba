/** Keys and user data of every sort that people paste. The keys are OpenSSH's own. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { machine } from '../support/harness.js'

const folder = mkdtempSync(join(tmpdir(), 'keys-'))
const at = (name: string) => join(folder, name)
const keygen = (...words: string[]) => execFileSync('ssh-keygen', words, { cwd: folder, encoding: 'utf8' })
const read = (name: string) => readFileSync(at(name), 'utf8')
const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
const create = (...words: string[]) =>
  here.occi(['compute', 'create', 'k', '--os', 'debian-12', '--size', 'nano', '--dry-run', ...words])

beforeAll(() => {
  keygen('-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', 'ed')
  keygen('-q', '-t', 'rsa', '-b', '2048', '-N', '', '-C', 'me', '-f', 'rsa')
  keygen('-q', '-t', 'ecdsa', '-N', '', '-C', 'me', '-f', 'ec')
})

describe('--ssh-key', () => {
  it.each(['ed.pub', 'rsa.pub', 'ec.pub'])('--ssh-key accepts %s unchanged', async (name) => {
    const { status, out, err } = await create('--ssh-key', at(name))
    expect([status, err]).toEqual([0, ''])
    expect(out).toContain(JSON.stringify(read(name).trim()).slice(1, -1))
  })

  it('--ssh-key accepts a key below comment lines and after a byte order mark', async () => {
    writeFileSync(at('noted.pub'), `\uFEFF# of my laptop\r\n\r\n${read('ed.pub').trim()}\r\n`)
    const { status, out } = await create('--ssh-key', at('noted.pub'))
    expect([status, out.includes('laptop')]).toEqual([0, false])
    expect(out).toContain(read('ed.pub').trim())
  })

  const forms: readonly (readonly [string, () => string | Buffer, string, string])[] = [
    [
      'RFC 4716',
      () => keygen('-e', '-m', 'RFC4716', '-f', 'rsa.pub'),
      'format of RFC 4716',
      'ssh-keygen -i -f',
    ],
    [
      'PKCS#8',
      () => keygen('-e', '-m', 'PKCS8', '-f', 'rsa.pub'),
      'PKCS#8 format',
      'ssh-keygen -i -m PKCS8 -f',
    ],
    ['PEM', () => keygen('-e', '-m', 'PEM', '-f', 'rsa.pub'), 'PEM format', 'ssh-keygen -i -m PEM -f'],
    [
      'a folded line',
      () => read('rsa.pub').replace(/(.{60})/g, '$1\n'),
      'broken into several lines',
      'Join the lines',
    ],
    ['UTF-16', () => Buffer.from(`\uFEFF${read('ed.pub')}`, 'utf16le'), 'is in UTF-16', 'iconv -f UTF-16'],
    [
      'UTF-16 without a mark',
      () => Buffer.from(read('ed.pub'), 'utf16le'),
      'is in UTF-16',
      'iconv -f UTF-16',
    ],
    ['several keys', () => read('ed.pub') + read('rsa.pub'), 'contains 2 keys', 'a separate file'],
    ["PuTTY's file", () => 'PuTTY-User-Key-File-3: ssh-ed25519\n', 'private key of PuTTY', 'puttygen'],
    ['broken Base64', () => 'ssh-ed25519 AAAA!!! me\n', 'damaged', 'Copy the complete key again'],
    ['half a key', () => `${read('ed.pub').slice(0, 50)} me`, 'damaged', 'Copy the complete key again'],
    [
      'another type',
      () => read('rsa.pub').replace('ssh-rsa', 'ssh-ed25519'),
      'names the type ssh-ed25519, but contains a key of type ssh-rsa',
      'Copy',
    ],
    ['options', () => `command="x" ${read('ed.pub')}`, 'options before the key', 'Remove the options'],
    ['nothing', () => '# only a comment\n', 'contains no key', 'ssh-ed25519'],
    ['prose', () => 'please log me in\n', 'does not contain a public key', 'ssh-ed25519'],
    ['the private key', () => read('ed'), 'must never leave this machine', '.pub'],
  ]
  it.each(forms)('--ssh-key refuses %s, and the hint says what to do', async (_, make, what, hint) => {
    writeFileSync(at('given'), make())
    const { status, err } = await create('--ssh-key', at('given'))
    expect(status).toBe(2)
    expect(err.split('\n')[0]).toContain(what)
    expect(err.split('\n')[1]).toContain(hint)
  })

  it('--ssh-key refuses a certificate', async () => {
    keygen('-q', '-s', 'rsa', '-I', 'id', '-n', 'user', 'ed.pub')
    expect((await create('--ssh-key', at('ed-cert.pub'))).err).toContain('contains a certificate')
  })

  it('--ssh-key refuses two keys, because a provider would take only one', async () => {
    const { status, err } = await create('--ssh-key', at('ed.pub'), '--ssh-key', at('rsa.pub'))
    expect([status, err]).toEqual([2, expect.stringContaining('--ssh-key cannot be used more than once')])
  })

  it('the commands that the hints name make a key that --ssh-key accepts', async () => {
    for (const [form, words] of [
      ['RFC4716', []],
      ['PKCS8', ['-m', 'PKCS8']],
      ['PEM', ['-m', 'PEM']],
    ] as const) {
      writeFileSync(at('other'), keygen('-e', '-m', form, '-f', 'rsa.pub'))
      writeFileSync(at('mended.pub'), keygen('-i', ...words, '-f', 'other'))
      expect([form, (await create('--ssh-key', at('mended.pub'))).status]).toEqual([form, 0])
    }
  })
})

describe('--user-data', () => {
  it.each([
    ['lines that end with CR LF', '#!/bin/sh\r\necho\r\n', /CR LF, .*sed -i 's\/\\r\$\/\/'/],
    ['UTF-16', Buffer.from('\uFEFF#!/bin/sh\n', 'utf16le'), /is in UTF-16, .*iconv/],
    [
      'no first line that anybody knows',
      'echo hello\n',
      /does not begin with #!, #cloud-config, #include or anything else that cloud-init knows/,
    ],
    ['Base64', Buffer.from('#!/bin/sh\necho hello\n').toString('base64'), /in Base64 already .*base64 -d/],
  ])('--user-data warns of %s and sends it', async (_, content, warning) => {
    writeFileSync(at('data'), content)
    const { status, err } = await create('--user-data', at('data'))
    expect([status, err]).toEqual([0, expect.stringMatching(warning)])
  })

  it.each([
    '#!/bin/sh\necho\n',
    '#cloud-config\npackages: [git]\n',
    '{"ignition": {}}',
    '\x1f\x8b\x08data',
    '#include\nhttp://x/\n',
  ])('--user-data sends %j without a warning', async (content) => {
    writeFileSync(at('data'), Buffer.from(content, 'latin1'))
    expect(await create('--user-data', at('data'))).toMatchObject({ status: 0, err: '' })
  })
})

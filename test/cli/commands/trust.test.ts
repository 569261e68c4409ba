import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Machine, machine } from '../support/harness.js'

const content = 'endpoint: http://127.0.0.1:9/\ninsecure: true\npassword-file: secret.txt\n'

describe('occi context trust', () => {
  let at: Machine
  let file: string
  beforeEach(() => {
    at = machine()
    file = join(at.folder, '.occi.yaml')
    writeFileSync(file, content)
  })

  async function explained(name: string, env: Record<string, string> = {}): Promise<unknown> {
    const { out } = await at.occi(`config explain ${name} -o json`, { env })
    return (JSON.parse(out) as { value: string | null; withheld: string | null }[]).map((row) => [
      row.value,
      row.withheld,
    ])
  }
  const withheld = [
    [null, null],
    ['true', expect.stringMatching(/came with the working folder; to allow it: occi context trust \./)],
  ]

  // Guarantee: strangers-files
  it('context trust makes a project file count until its content changes', async () => {
    expect(await explained('insecure')).toEqual(withheld)
    const { status, out } = await at.occi('context trust . -o json')
    expect({ status, rows: JSON.parse(out) }).toEqual({ status: 0, rows: [{ file, state: 'trusted' }] })
    expect(await explained('insecure')).toEqual([['true', null]])
    writeFileSync(file, `${content}output: json\n`)
    expect(await explained('insecure')).toEqual(withheld)
    expect(JSON.parse((await at.occi('context trust --list -o json')).out)).toEqual([
      { file, state: 'changed' },
    ])
    writeFileSync(file, content)
    expect(await explained('insecure')).toEqual([['true', null]])
  })

  it('context trust can be taken back', async () => {
    await at.occi('context trust')
    expect((await at.occi('context untrust')).status).toBe(0)
    expect(await explained('insecure')).toEqual(withheld)
    const again = await at.occi('context untrust')
    expect([again.status, again.err]).toEqual([6, expect.stringContaining('No file of')])
  })

  it('context trust holds for one folder, and not for another file with the same content', async () => {
    const other = join(at.folder, 'other')
    mkdirSync(other)
    writeFileSync(join(other, '.occi.yaml'), content)
    await at.occi(['context', 'trust', other])
    expect(await explained('insecure')).toEqual(withheld)
  })

  // Guarantee: strangers-files
  it('context trust does not hold for a link to a trusted file, whose relative paths would differ', async () => {
    await at.occi('context trust .')
    const stranger = join(at.folder, 'checkout')
    mkdirSync(stranger)
    symlinkSync(file, join(stranger, '.occi.yaml'))
    const { out } = await at.occi('config explain password-file -o json', { cwd: stranger })
    expect(JSON.parse(out)).toMatchObject([
      { value: null },
      { withheld: expect.stringContaining('came with the working folder') },
    ])
  })

  it('context trust covers clouds.yaml and secure.yaml of the folder, or the one named file', async () => {
    const clouds = join(at.folder, 'clouds.yaml')
    writeFileSync(clouds, 'clouds: {x: {verify: false}}\n')
    const named = await at.occi(['context', 'trust', clouds, '-o', 'json'])
    expect(JSON.parse(named.out)).toEqual([{ file: clouds, state: 'trusted' }])
    const all = await at.occi('context trust . -o json')
    expect((JSON.parse(all.out) as { file: string }[]).map((row) => row.file)).toEqual([file, clouds])
  })

  it('the list of trusted files is stored where only the user can write, and refused when others could', async () => {
    await at.occi('context trust .')
    const list = join(at.folder, 'config', 'trusted.json')
    expect(statSync(list).mode & 0o777).toBe(0o600)
    expect(readFileSync(list, 'utf8')).not.toContain('password-file')
    chmodSync(list, 0o666)
    const { status, err } = await at.occi('config explain')
    expect([status, err]).toEqual([2, expect.stringContaining('Others can write')])
  })

  it('context trust reports when there is no file to trust', async () => {
    const empty = machine()
    const { status, err } = await empty.occi(['context', 'trust', '/proc/self/fdinfo'])
    expect([status, err]).toEqual([6, expect.stringContaining('There are no settings files')])
  })

  it.each(['1', 'true'])('OCCI_TRUST_PROJECT=%s trusts the project file for one command', async (word) => {
    expect(await explained('insecure', { OCCI_TRUST_PROJECT: word })).toEqual([['true', null]])
    expect(await explained('insecure', { OCCI_TRUST_PROJECT: 'no' })).toEqual(withheld)
  })

  it('a project file cannot trust itself', async () => {
    writeFileSync(file, 'trust-project: true\n')
    const { status, err } = await at.occi('config explain')
    expect([status, err]).toEqual([2, expect.stringContaining('"trust-project" is not a setting')])
  })

  it('a trusted project file may still not contain secrets', async () => {
    writeFileSync(file, 'password: hunter2\n')
    await at.occi('context trust .')
    const { status, err } = await at.occi('config explain')
    expect([status, err]).toEqual([2, expect.stringMatching(/password is not allowed in a project file/)])
    expect(err).not.toContain('hunter2')
  })
})

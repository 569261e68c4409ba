import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { allDefinitions } from '../../../src/cli/options/definitions.js'
import { withoutSecrets } from '../../../src/cli/runtime/child-environment.js'
import { spawn } from '../../../src/cli/runtime/spawn.js'
import { environmentName } from '../../../src/settings/names.js'

const folder = mkdtempSync(join(tmpdir(), 'occi-spawn-'))
const never = new AbortController().signal
afterAll(() => rmSync(folder, { recursive: true }))

function program(script: string): string {
  const file = join(folder, `program-${Math.random().toString(36).slice(2)}`)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

describe('a program that is started', () => {
  it('a started program gets its arguments unchanged, without a shell', async () => {
    const file = join(folder, 'words')
    const words = ['a b', '$(touch x)', '*', '', "it's", '; exit 3']
    expect(
      await spawn(program(`printf '%s\\n' "$@" > '${file}'`), words, { hint: 'Install it.', signal: never }),
    ).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(`${words.join('\n')}\n`)
  })

  it('a started program gets the environment without our secrets', async () => {
    const file = join(folder, 'environment')
    const secret = { OCCI_PASSWORD: 'planted', OCCI_HEADER: 'X: planted', OS_TOKEN: 'planted' }
    Object.assign(process.env, secret, { OCCI_ENDPOINT: 'http://127.0.0.1/' })
    try {
      expect(await spawn(program(`env > '${file}'`), [], { hint: 'Install it.', signal: never })).toBe(0)
    } finally {
      for (const name of [...Object.keys(secret), 'OCCI_ENDPOINT']) delete process.env[name]
    }
    const environment = readFileSync(file, 'utf8')
    expect(environment).toContain('OCCI_ENDPOINT=')
    expect(environment).toContain('PATH=')
    expect(environment).not.toContain('planted')
  })

  it('a started program gets no variable that can contain a secret', async () => {
    const names = (await allDefinitions())
      .filter(({ sensitivity }) => sensitivity === 'secret')
      .flatMap(({ name, env }) => [environmentName(name), ...(Array.isArray(env) ? env : [])])
    expect(names.length).toBeGreaterThan(8)
    expect(withoutSecrets(Object.fromEntries(names.map((name) => [name, 'planted'])))).toEqual({})
  })

  it('the exit status of a started program is returned', async () => {
    expect(await spawn(program('exit 42'), [], { hint: 'Install it.', signal: never })).toBe(42)
    expect(await spawn(program('kill -TERM $$'), [], { hint: 'Install it.', signal: never })).toBe(143)
  })

  it('a started program is ended together with occi', async () => {
    const end = new AbortController()
    const status = spawn(program('exec sleep 60'), [], { hint: '', signal: end.signal })
    setTimeout(() => end.abort(143), 50)
    expect(await status).toBe(143)
  })

  it('the error for a missing program names an alternative', async () => {
    await expect(
      spawn('occi-no-such-program', [], { hint: 'Install it.', signal: never }),
    ).rejects.toMatchObject({
      code: 'usage',
      message: 'The program occi-no-such-program was not found',
      hint: 'Install it.',
    })
  })
})

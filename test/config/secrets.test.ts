import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secretFromCommand, secretFromFile } from '../../src/config/index.js'
import { temporaryFolder } from './place.js'

const options = { env: { PATH: '/usr/bin:/bin' } } as const

describe('secrets', () => {
  it('a secret is read from a file without its last line end', async () => {
    const file = join(temporaryFolder(), 'pw')
    for (const [text, secret] of [
      ['s\n', 's'],
      ['s\r\n', 's'],
      [' s \n\n', ' s \n'],
    ] as const) {
      writeFileSync(file, text, { mode: 0o600 })
      expect(await secretFromFile(file)).toBe(secret)
    }
    writeFileSync(file, '\n')
    await expect(secretFromFile(file)).rejects.toThrow('it is empty')
    await expect(secretFromFile(`${file}x`)).rejects.toThrow('There is no file')
  })

  it.each([0o604, 0o640, 0o620])(
    'a secret is not read from a file that others can read (mode %o)',
    async (mode) => {
      const file = join(temporaryFolder(), 'pw')
      writeFileSync(file, 'secret\n')
      chmodSync(file, mode)
      const refused = secretFromFile(file)
      await expect(refused).rejects.toMatchObject({ at: file, hint: `Run: chmod 600 ${file}` })
      await expect(refused).rejects.toThrow(`its mode is 0${mode.toString(8)}`)
    },
  )

  it('a secret command runs in the given folder', async () => {
    expect(await secretFromCommand('pwd', { ...options, folder: '/usr' })).toBe('/usr')
  })

  it('a secret is read from a helper, whose output no error repeats', async () => {
    expect(await secretFromCommand('echo hunter2 | tr a-z A-Z', options)).toBe('HUNTER2')
    const failing = secretFromCommand('echo hunter2; echo locked >&2; exit 3', options)
    await expect(failing).rejects.toMatchObject({
      message: 'The command that should print a secret ended with status 3.',
      hint: 'Its error message: locked',
    })
    const error = await failing.catch((thrown: Error) => thrown)
    expect(JSON.stringify(error)).not.toContain('hunter2')
    await expect(secretFromCommand('sleep 5', { ...options, timeout: 50 })).rejects.toThrow('in time')
    await expect(secretFromCommand('true', options)).rejects.toThrow(
      'There is no secret in the output of the command: it is empty.',
    )
  })

  it('a secret command that prints too much, or fails silently, is reported as such', async () => {
    await expect(secretFromCommand('head -c 70000 /dev/zero', options)).rejects.toThrow(
      'The command that should print a secret printed more than 64 KiB.',
    )
    await expect(secretFromCommand('exit 3', options)).rejects.toMatchObject({
      hint: 'Run it by hand to see what it does.',
    })
  })
})

describe('a command that prints a secret', () => {
  const options = { env: { PATH: process.env['PATH'] } }

  it.each([
    ['is deaf to signals', "trap '' TERM; sleep 30"],
    ['leaves a process behind that holds its output', 'sleep 30 & sleep 30'],
  ])('a secret command ends in time although it %s', async (_, command) => {
    const begun = performance.now()
    await expect(secretFromCommand(command, { ...options, timeout: 200 })).rejects.toThrow(
      'did not end in time',
    )
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})

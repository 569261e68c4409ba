import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { machine } from '../support/harness.js'

const root = join(import.meta.dirname, '../../..')

describe('occi man', () => {
  it("occi man shows the generated page with the system's man", async () => {
    const shown: { program: string; words: readonly string[]; text: string }[] = []
    const at = machine({
      spawn: async (program, words) => {
        shown.push({ program, words, text: readFileSync(words.at(-1) ?? '', 'utf8') })
        return 3
      },
    })
    expect((await at.occi('man compute')).status).toBe(3)
    expect(shown).toMatchObject([
      { program: 'man', words: [expect.stringMatching(/^\/.*\/occi-compute\.1$/)] },
    ])
    const generated = readFileSync(join(root, 'man/occi-compute.1'), 'utf8')
    expect(shown[0]?.text.replace('0.0.0\\-test', '')).toBe(generated.replace(/(?<=occi )\d+\.\d+\.\d+/, ''))
    expect(() => statSync(shown[0]?.words.at(-1) ?? '')).toThrow('ENOENT')
  })

  it.each([
    ['man --roff', '.TH "OCCI" 1'],
    ['man security --roff', '.TH "OCCI\\-SECURITY" 7'],
  ])('occi "%s" prints the source of the page', async (line, head) => {
    const { out, status } = await machine().occi(line)
    expect({ status, starts: out.includes(head) }).toEqual({ status: 0, starts: true })
  })

  it('occi man suggests the page for a misspelled name', async () => {
    const { err, status } = await machine().occi('man computer')
    expect(status).toBe(2)
    expect(err).toMatch(/no manual page "computer"[\s\S]*compute/)
  })
})

describe('occi completion install', () => {
  it.each([
    ['/bin/bash', '', 'share/bash-completion/completions/occi', 'occi.bash'],
    ['/usr/bin/zsh', '', 'share/zsh/site-functions/_occi', '_occi'],
    ['/bin/sh', 'fish', 'config/fish/completions/occi.fish', 'occi.fish'],
  ])(
    'occi completion install with SHELL=%s and the argument "%s" writes %s',
    async (shell, word, file, script) => {
      const folder = mkdtempSync(join(tmpdir(), 'occi-completions-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const at = machine({
        env: { SHELL: shell, XDG_DATA_HOME: join(folder, 'share'), XDG_CONFIG_HOME: join(folder, 'config') },
      })
      const { out, status } = await at.occi(`completion install ${word} -o json`)
      expect({ status, ...JSON.parse(out) }).toMatchObject({ status: 0, file: join(folder, file) })
      const version = /\d+\.\d+\.\d+(-test)?/g
      const written = readFileSync(join(folder, file), 'utf8').replace(version, '')
      expect(written).toBe(readFileSync(join(root, 'completions', script), 'utf8').replace(version, ''))
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o644)
    },
  )

  it('occi completion install lists the shells when it cannot tell which one is used', async () => {
    const { err, status } = await machine({ env: { SHELL: '/bin/tcsh' } }).occi('completion install')
    expect(status).toBe(2)
    expect(err).toMatch(/no completion for "tcsh"[\s\S]*bash, zsh, fish/)
  })
})

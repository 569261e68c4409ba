import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandEntries } from '../../../src/cli/commands/index.js'
import { completionPlan } from '../../../src/cli/docs/completion/plan.js'
import { generatedFiles } from '../../../src/cli/docs/index.js'
import { loadTree } from '../../../src/cli/docs/load.js'
import { commandsOf, visible } from '../../../src/cli/docs/tree.js'
import type { OptionDeclaration } from '../../../src/cli/options/declaration.js'

const root = join(import.meta.dirname, '../../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const tree = await loadTree(manifest.version, commandEntries)
const files = generatedFiles(tree)
const commands = tree.nouns.flatMap(commandsOf)

function fileNamed(name: string): string {
  return files.find((file) => file.name === name)?.text ?? ''
}

/** As roff writes it. */
function inRoff(text: string): string {
  return text.replaceAll('-', '\\-').replaceAll('…', '\\[u2026]')
}

describe('manual pages', () => {
  it('manual pages describe every command with its arguments, options and examples', () => {
    for (const command of commands) {
      const page = fileNamed(`man/occi-${command.path[0]}.1`)
      expect(page).toContain(inRoff(`occi ${command.path.join(' ')}`))
      for (const option of visible(command.options)) expect(page).toContain(inRoff(`--${option.name}`))
    }
  })

  it('occi(1) lists the options of every command', () => {
    const page = fileNamed('man/occi.1')
    for (const option of visible(tree.globals)) expect(page).toContain(inRoff(`--${option.name}`))
  })

  it('manual pages are plain ASCII, and no text in them becomes a roff request', () => {
    const requests = /^\.(\\"|TH|SH|SS|PP|TP|RS|RE|EX|EE|nh|ad)/
    for (const { name, text } of files.filter((file) => file.name.startsWith('man/'))) {
      expect([name, /[^\n\x20-\x7e]/.test(text)]).toEqual([name, false])
      for (const line of text.split('\n')) {
        if (line.startsWith('.')) expect(line).toMatch(requests)
        expect(line).not.toMatch(/^'/)
      }
    }
  })

  it('every help topic has a manual page', () => {
    for (const topic of ['environment', 'exit-codes', 'auth', 'output', 'addressing', 'formatting']) {
      expect(fileNamed(`man/occi-${topic}.7`)).toContain('.SH "DESCRIPTION"')
    }
  })
})

describe('completion', () => {
  const plan = completionPlan(tree)

  it('completion scripts contain every noun, verb and visible option', () => {
    for (const shell of ['completions/occi.bash', 'completions/_occi', 'completions/occi.fish']) {
      const script = fileNamed(shell)
      const hasOption = (option: OptionDeclaration) =>
        shell.endsWith('.fish') ? script.includes(` -l ${option.name}`) : script.includes(`--${option.name}`)
      for (const noun of tree.nouns) expect(script).toContain(noun.name)
      for (const option of [
        ...commands.flatMap((command) => visible(command.options)),
        ...visible(tree.globals),
      ]) {
        expect([shell, option.name, hasOption(option)]).toEqual([shell, option.name, true])
      }
    }
  })

  it('completion scripts ask for images and sizes by what they depend on, and for entities by their kind', () => {
    const create = plan.commands.find(({ name }) => name === 'compute create')
    const values = new Map(create?.options.map((option) => [option.name, option.value]))
    expect(values.get('os')).toEqual({ kind: 'query', question: 'mixin os_tpl' })
    expect(values.get('size')).toEqual({ kind: 'query', question: 'mixin resource_tpl' })
    const stop = plan.commands.find(({ name }) => name === 'compute stop')
    expect(stop?.arguments).toEqual([{ kind: 'query', question: 'entity compute stop' }])
    expect(stop?.variadic).toBe(true)
  })

  it.each([
    [
      'compute',
      'for',
      ['active', 'inactive', 'suspended', 'error', 'waiting', 'deleted', 'exists', 'ip', 'port=22'],
    ],
    ['compute', 'wait', ['active', 'inactive', 'suspended', 'error', 'waiting']],
    ['network', 'wait', ['active', 'inactive', 'error']],
    ['storage', 'wait', ['online', 'offline', 'error', 'degraded', 'backup', 'snapshot', 'resize']],
  ])('completion scripts offer for %s --%s what that kind can have', (noun, option, words) => {
    const command = plan.commands.find(
      ({ name }) => name === `${noun} ${option === 'for' ? 'wait' : 'create'}`,
    )
    const value = command?.options.find(({ name }) => name === option)?.value
    expect(value).toEqual({ kind: 'words', words })
  })

  it('completion scripts do not take the next word for the value of an option whose value is optional', () => {
    expect(plan.optionsWithValue).toContain('--output')
    expect(plan.optionsWithValue).toContain('-o')
    expect(plan.optionsWithValue).not.toContain('--trace')
  })
})

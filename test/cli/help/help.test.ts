import { describe, expect, it } from 'vitest'
import { environmentName } from '../../../src/cli/command.js'
import { commandEntries } from '../../../src/cli/commands/index.js'
import { allCommands, topics } from '../../../src/cli/help/topics.js'
import { globalOptions } from '../../../src/cli/options/global.js'
import { machine } from '../support/harness.js'

const commands = await allCommands()
const { occi } = machine()

describe.each(commands.map((command) => [command.path.join(' '), command] as const))(
  '%s',
  (name, command) => {
    it('has a summary, examples that name it or its group, and described options', () => {
      expect(command.summary).toMatch(/^[A-Z].*[^.]$/)
      expect(command.examples.length).toBeGreaterThan(0)
      for (const { say, command: line } of command.examples) {
        expect(say).toMatch(/^[A-Z].*[^.]$/)
        expect(line).toContain('occi ')
      }
      for (const option of [...command.options, ...command.arguments])
        expect(option.description.length).toBeGreaterThan(3)
    })

    it('declares each option once and only its last argument as variadic', () => {
      const names = command.options.map((option) => option.name)
      expect(new Set(names).size).toBe(names.length)
      expect(command.arguments.slice(0, -1).filter((argument) => argument.variadic)).toEqual([])
    })

    it('explains itself with --help, wherever it stands', async () => {
      for (const line of [`${name} --help`, `--help ${name}`, `${name} -h`, `help ${name}`]) {
        const { status, out, err } = await occi(line)
        expect([line, status, err]).toEqual([line, 0, ''])
        expect(out.startsWith(`${command.summary}\n`)).toBe(true)
        expect(out.indexOf('Examples:')).toBeLessThan(out.indexOf('Usage:'))
        for (const option of command.options) expect(out).toContain(`--${option.name}`)
      }
    })
  },
)

describe('help of all', () => {
  it('names every command group', async () => {
    const { out } = await occi('--help')
    for (const { name, summary } of commandEntries)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 10)}`, 'm'))
    expect((await occi('help')).out).toBe(out)
    expect((await occi('-h')).out).toBe(out)
  })

  it('shows the happy path in about ten lines when nothing is said', async () => {
    const { status, out } = await occi('')
    expect(status).toBe(0)
    expect(out).toContain('occi compute create')
    expect(out.split('\n').length).toBeLessThan(14)
  })

  it.each(commandEntries.map(({ name }) => name))('lists the verbs of %s', async (noun) => {
    const { status, out } = await occi(`${noun} --help`)
    expect(status).toBe(0)
    for (const command of commands.filter(({ path }) => path[0] === noun && path.length > 1)) {
      expect(out).toContain(`  ${command.path[1]} `)
    }
    // A topic of the same name is what `occi help auth` is asked for.
    if (topics.every(({ name }) => name !== noun)) expect((await occi(`help ${noun}`)).out).toBe(out)
    else expect((await occi(`help ${noun}`)).out).not.toBe(out)
    expect((await occi(`${noun} help`)).out).toBe(out)
  })

  it('keeps within 80 columns', async () => {
    const texts = await Promise.all(
      ['--help', 'compute --help', 'compute create --help', 'help options'].map((line) => occi(line)),
    )
    for (const { out } of texts) {
      // Commands that can be copied are never broken.
      const long = out.split('\n').filter((line) => line.length > 80 && !line.startsWith('  occi '))
      expect(long).toEqual([])
    }
  })
})

describe('topics', () => {
  it.each(topics.map(({ name }) => name))('%s has a page', async (topic) => {
    const { status, out } = await occi(`help ${topic}`)
    expect(status).toBe(0)
    expect(out.length).toBeGreaterThan(200)
  })

  it('lists the variable of every option', async () => {
    const { out } = await occi('help environment')
    for (const option of [...globalOptions, ...commands.flatMap((command) => command.options)]) {
      if (option.env !== 'none') expect(out).toContain(environmentName(option.name))
    }
  })
})

describe('version', () => {
  it.each(['--version', 'version'])('%s prints it alone', async (line) => {
    expect(await occi(line)).toEqual({ status: 0, out: '0.0.0-test\n', err: '' })
  })
})

import { describe, expect, it } from 'vitest'
import { authMethods } from '../../../src/auth/index.js'
import { commandEntries } from '../../../src/cli/commands/index.js'
import { exitMeanings } from '../../../src/cli/errors/exit-codes.js'
import { allCommands, topics } from '../../../src/cli/help/topics.js'
import { authenticationOptions, globalOptions } from '../../../src/cli/options/global.js'
import { outputFormats } from '../../../src/cli/output/index.js'
import { CommandLine } from '../../../src/cli/parse/command-line.js'
import { environmentName } from '../../../src/settings/names.js'
import { machine } from '../support/harness.js'

const commands = await allCommands(commandEntries)
const more = (await authenticationOptions()).filter(({ name }) =>
  globalOptions.every((one) => one.name !== name),
)
const { occi } = machine()

describe.each(commands.map((command) => [command.path.join(' '), command] as const))(
  '%s',
  (name, command) => {
    it('the command has a summary, examples that name it or its group, and described options', () => {
      expect(command.summary).toMatch(/^[A-Z].*[^.]$/)
      expect(command.examples.length).toBeGreaterThan(1)
      for (const { title, command: line } of command.examples) {
        expect(title).toMatch(/^[A-Z].*[^.]$/)
        expect(line).toContain('occi ')
      }
      for (const option of [...command.options, ...command.arguments])
        expect(option.description.length).toBeGreaterThan(3)
    })

    it('the command accepts its own examples', async () => {
      for (const { command: example } of command.examples) {
        const words = wordsOf(example, name)
        // Some show what else there is instead.
        if (words === undefined) continue
        const line = new CommandLine({
          entries: commandEntries,
          environment: () => undefined,
          discover: async () => undefined,
        })
        expect(await line.read([...command.path, ...words])).toMatchObject({ action: 'run' })
      }
    })

    it('the command keeps -h for help and names option values in upper case', () => {
      for (const { short, value } of command.options) {
        expect(short).not.toBe('h')
        if (value !== undefined) expect(value).toBe(value.toUpperCase())
      }
    })

    it('the command declares each option once and only its last argument as variadic', () => {
      const names = command.options.map((option) => option.name)
      expect(new Set(names).size).toBe(names.length)
      expect(command.arguments.slice(0, -1).filter((argument) => argument.variadic)).toEqual([])
    })

    it('the command prints its help for --help, wherever that stands', async () => {
      for (const line of [`${name} --help`, `--help ${name}`, `${name} -h`, `help ${name}`]) {
        const { status, out, err } = await occi(line)
        expect([line, status, err]).toEqual([line, 0, ''])
        expect(out.startsWith(`${command.summary}\n`)).toBe(true)
        expect(out.indexOf('Examples:')).toBeLessThan(out.indexOf('Usage:'))
        const [lead = ''] = out.slice(out.indexOf('Examples:')).split('\n\nUsage:')
        expect([2, 3]).toContain(lead.split('\n').filter((each) => each.startsWith('  # ')).length)
        for (const option of command.options) expect(out).toContain(`--${option.name}`)
        // Its own before those of all commands.
        for (const option of command.options) {
          expect(out.indexOf(`--${option.name}`)).toBeLessThan(out.indexOf('\nMore:'))
        }
      }
    })
  },
)

describe('help of all', () => {
  it('occi --help names every command group', async () => {
    const { out } = await occi('--help')
    for (const { name, summary } of commandEntries.filter(({ hidden }) => hidden !== true))
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 10)}`, 'm'))
    expect((await occi('help')).out).toBe(out)
    expect((await occi('-h')).out).toBe(out)
  })

  it('occi without arguments shows a first session in ten lines, and its commands work', async () => {
    const { status, out } = await occi('')
    expect(status).toBe(0)
    expect(out.trimEnd().split('\n')).toHaveLength(10)
    const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    const lines = out.split('\n').flatMap((line) => /^ {2}occi ([^#]+)/.exec(line)?.[1]?.trim() ?? [])
    expect(lines.map((line) => line.split(' ', 2).join(' '))).toEqual([
      'mixin list',
      'mixin list',
      'compute create',
      'compute describe',
      'compute delete',
    ])
    for (const line of lines) {
      const ran = await here.occi(line.includes('delete') ? `${line} --yes` : line)
      expect([line, ran.status, ran.err]).toEqual([line, 0, ''])
    }
  })

  it('occi help names every topic', async () => {
    const { out } = await occi('--help')
    const said = out.replace(/\s+/g, ' ')
    for (const { name } of topics) expect(said.slice(said.indexOf('where TOPIC is'))).toContain(name)
  })

  it.each(commandEntries.map(({ name }) => name))('the help of "%s" lists its verbs', async (noun) => {
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

  it('help keeps within 80 columns, without blanks at line ends or gaps', async () => {
    const lines = [
      '--help',
      ...commandEntries.map(({ name }) => `${name} --help`),
      ...commands.map(({ path }) => `${path.join(' ')} --help`),
      ...topics.map(({ name }) => `help ${name}`),
    ]
    for (const line of lines) {
      const { out } = await occi(line)
      // Commands in the text of a topic are never broken; examples go on in a second line.
      const isCommand = (each: string) => line.startsWith('help ') && /\bocci |^ +--/.test(each)
      const long = out.split('\n').filter((each) => each.length > 80 && !isCommand(each))
      expect([line, long.filter((each) => !isLabel(each))]).toEqual([line, []])
      expect([line, /[ ]\n|\n\n\n|[^\n]$|\n\n$/.exec(out)?.[0]]).toEqual([line, undefined])
    }
  })
})

/** A label that is wider than its column stands alone, and rOCCI's example goes on in a second line. */
function isLabel(line: string): boolean {
  return /^ {2}\S/.test(line) || line.includes('--action create')
}

describe('a misspelled word', () => {
  it.each([
    ['compte list', 'Did you mean "compute"?'],
    ['helf', 'Did you mean "help"?'],
    ['compute lst', 'Did you mean "list"?'],
    ['context lst', 'Did you mean "list"?'],
    ['ip atach web', 'Did you mean "attach"?'],
    ['compute list --colums name', 'Did you mean --columns?'],
    ['compute create --sise small', 'Did you mean --size?'],
    ['--outptu json', 'Did you mean --output?'],
    ['compute list --json', 'Use -o json instead.'],
    ['compute create --image debian-12', 'Use --os instead.'],
    ['compute delete web --force', 'Use --yes instead.'],
    ['help formating', 'Did you mean "occi help formatting"?'],
    ['help exit-code', 'Did you mean "occi help exit-codes"?'],
    ['help compte', 'Did you mean "occi help compute"?'],
    ['environment', 'Did you mean "help environment"?'],
    ['compute list -o jsn', 'json'],
  ])('"%s" is answered with: %s', async (line, said) => {
    const { status, err, out } = await occi(line, { env: { OCCI_ENDPOINT: 'sandbox:' } })
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(said)
  })

  it('a misspelled command is never run by guess', async () => {
    const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    expect((await here.occi('compute creat web --os debian-12 --size nano')).status).toBe(2)
    expect((await here.occi('compute list -o json')).out.trim()).toBe('[]')
  })
})

describe('topics', () => {
  it('the help topics are the expected ones', () => {
    const names = topics.map(({ name }) => name)
    for (const name of ['environment', 'exit-codes', 'auth', 'output', 'addressing', 'formatting']) {
      expect(names).toContain(name)
    }
  })

  it.each(['formatting', 'output'])('the examples of help topic %s work', async (topic) => {
    const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    expect((await here.occi('compute create web --os debian-12 --size nano --wait')).status).toBe(0)
    const { out } = await here.occi(`help ${topic}`)
    const lines = out
      .split('\n')
      .filter((line) => /^ {2}(\w+=\$\()?occi /.test(line) || line.startsWith('  eval'))
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) {
      const { status, err, out: printed } = await here.occi(wordsIn(line))
      expect([line, status, err]).toEqual([line, 0, ''])
      expect(printed).not.toBe('')
    }
  })

  it('occi help exit-codes lists each status that the program ends with', async () => {
    const { out } = await occi('help exit-codes')
    for (const [status, meaning] of exitMeanings) {
      expect(out).toMatch(new RegExp(`^ +${status} +${meaning.slice(0, 8)}`, 'm'))
    }
  })

  it('occi help output lists each format', async () => {
    const { out } = await occi('help output')
    for (const { name } of outputFormats)
      expect(out).toMatch(new RegExp(`^ {2}${name.replaceAll('+', '\\+')} `, 'm'))
  })

  it('occi help auth lists each method of logging in and its options', async () => {
    const { out } = await occi('help auth')
    for (const { name } of more) expect(out).toContain(`--${name}`)
    for (const method of authMethods) expect(out).toContain(method)
  })

  it('a misspelled topic is answered with the nearest one, without asking the provider', async () => {
    const { status, err } = await occi('help adressing', { env: { OCCI_ENDPOINT: 'http://192.0.2.1/' } })
    expect([status, err]).toEqual([
      2,
      'occi: Unknown help topic "adressing"\n  Did you mean "occi help addressing"? "occi --help" lists commands and topics.\n',
    ])
  })

  it.each(topics.map(({ name }) => name))('the help topic %s has a page', async (topic) => {
    const { status, out } = await occi(`help ${topic}`)
    expect(status).toBe(0)
    expect(out.length).toBeGreaterThan(200)
  })

  it('occi help environment lists the variable of every option', async () => {
    const { out } = await occi('help environment')
    for (const option of [...globalOptions, ...commands.flatMap((command) => command.options)]) {
      if (option.env !== 'none') expect(out).toContain(environmentName(option.name))
    }
  })
})

describe('version', () => {
  it.each(['--version', 'version'])('occi %s prints only the version', async (line) => {
    expect(await occi(line)).toEqual({ status: 0, out: '0.0.0-test\n', err: '' })
  })
})

/** Words of the first `occi …` in a line for a shell, after `occi`. */
function wordsIn(line: string): readonly string[] {
  const [, text = ''] = /\bocci (.*)/.exec(line) ?? []
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (const letter of text) {
    if (quote !== '') {
      if (letter === quote) quote = ''
      else word = `${word ?? ''}${letter}`
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === ' ') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if ('|;<>)'.includes(letter)) {
      break
    } else word = `${word ?? ''}${letter}`
  }
  return word === undefined ? words : [...words, word]
}

/** What follows the command's own words in the part of the line that runs it. */
function wordsOf(line: string, name: string): readonly string[] | undefined {
  const at = line.lastIndexOf(`occi ${name}`)
  if (at < 0) return undefined
  return wordsIn(line.slice(at)).slice(name.split(' ').length)
}

describe('help on logging in', () => {
  it('occi help auth has an example for each method that names it, certificates first', async () => {
    const { out } = await machine().occi('help auth')
    const methods = authMethods.filter((name) => name !== 'auto' && name !== 'none')
    for (const name of methods) expect(out).toMatch(new RegExp(`^${name}:\\n[^]*?--auth ${name}`, 'm'))
    expect(Math.min(...methods.map((name) => out.indexOf(`\n${name}:`)))).toBe(out.indexOf('\nx509:'))
    for (const { name } of await authenticationOptions()) expect(out).toContain(`--${name}`)
    expect(out).not.toMatch(/--\S+ VALUE/)
  })

  it('the page of a command describes logging in with one line', async () => {
    const { out } = await machine().occi('compute stop --help')
    expect(out.match(/--endpoint|--output|--quiet/g)).toBeNull()
    expect(out).toContain('Options of every command: -o, -e,')
  })
})

import { describe, expect, it } from 'vitest'
import type { CommandDeclaration } from '../../../src/cli/command.js'
import { commandEntries } from '../../../src/cli/commands/index.js'
import { allCommands } from '../../../src/cli/help/topics.js'
import { globalOptions } from '../../../src/cli/options/global.js'
import { CommandLine } from '../../../src/cli/parse/command-line.js'

async function read(line: string) {
  const words = line.split(' ').filter((word) => word !== '')
  return new CommandLine({
    entries: commandEntries,
    environment: () => undefined,
    discover: async () => undefined,
  }).read(words)
}

async function command(line: string) {
  const located = await read(line)
  if (located.action !== 'run') throw new Error(`${line} runs nothing`)
  const { command: found, parsed } = located
  return { path: found.path.join(' '), given: Object.fromEntries(parsed.options.commandLine()) }
}

async function helpOn(line: string) {
  const located = await read(line)
  if (located.action !== 'help') throw new Error(`${line} asks for no help`)
  const { page } = located
  return page.what === 'group' || page.what === 'command' || page.what === 'program'
    ? page.command.name()
    : page.what
}

describe('options of every command', () => {
  it.each([
    '-o json compute list',
    'compute -o json list',
    'compute list -ojson',
    '-q compute list -qo json',
  ])('global options may stand anywhere: %s', async (line) => {
    const { path, given } = await command(line)
    expect([path, given['output']]).toEqual(['compute list', ['json']])
  })

  it('global options may be repeated before and after the command', async () => {
    const { given } = await command('--header A:1 compute --header B:2 list --header C:3 -o json -o yaml')
    expect(given).toEqual({ header: ['A:1', 'B:2', 'C:3'], output: ['yaml'] })
  })

  it('options of authentication methods are accepted before and after the command', async () => {
    expect((await command('--user-cert a compute list --region b')).given).toEqual({
      'user-cert': ['a'],
      region: ['b'],
    })
  })

  it('a short option of the command takes precedence over a global one', async () => {
    expect((await command('ssh web -o A=b')).given).toEqual({ 'ssh-option': ['A=b'] })
  })
})

describe('options of a command', () => {
  it('options of a command may stand before its verb', async () => {
    const { path, given } = await command('compute --os debian create web --wait')
    expect([path, given]).toEqual(['compute create', { os: ['debian'], wait: [''] }])
  })

  it('options of another verb are unknown', async () => {
    await expect(command('compute --os debian list')).rejects.toMatchObject({
      message: "Unknown option '--os'",
      at: '--os',
    })
  })

  it.each([
    ['ip list --public --private', '--public and --private'],
    ['ip list -4 -6', '--ipv4 and --ipv6'],
    ['--query a compute list --template b', '--template and --query'],
    ['--query a --template b compute list', '--template and --query'],
  ])('options that cannot be used together are refused: %s', async (line, names) => {
    await expect(command(line)).rejects.toThrow(`${names} cannot be used together`)
  })
})

describe('what runs', () => {
  it.each([
    ['model', 'model list'],
    ['model -o json', 'model list'],
    ['config --no-color', 'config explain'],
    ['wait web', 'wait'],
  ])('"%s" runs %s', async (line, path) => {
    expect((await command(line)).path).toBe(path)
  })

  it('the default verb does not run when another word stands in its place', async () => {
    await expect(command('config endpoint')).rejects.toThrow('"occi config" has no command "endpoint"')
  })
})

describe('a noun of the provider', () => {
  const verb = (name: string, summary: string): CommandDeclaration => ({
    path: ['ipnetwork', name],
    summary,
    arguments: [],
    options: [],
    examples: [],
    run: async () => undefined,
  })
  const group = {
    name: 'ipnetwork',
    summary: 'IP networks',
    // A provider may have actions that are called as verbs of every noun, and as help.
    commands: [verb('list', 'the verb'), verb('list', 'an action'), verb('help', 'another')],
    discover: async () => undefined,
  }
  const line = () =>
    new CommandLine({
      entries: commandEntries,
      environment: () => undefined,
      discover: async ({ verb: word }) => (word === 'backup' ? verb('backup', 'learnt') : group),
    })

  it.each([
    ['list', 'the verb'],
    ['backup', 'learnt'],
  ])('a noun of the provider is loaded from its model, with the verb %s', async (word, summary) => {
    const words = ['--endpoint', 'https://h.example', 'ipnetwork', word, '-o', 'json']
    expect(await line().read(words)).toMatchObject({ action: 'run', command: { summary } })
  })

  it('a noun of the provider has help', async () => {
    expect(await line().read(['ipnetwork', 'help'])).toMatchObject({
      action: 'help',
      page: { what: 'group' },
    })
  })

  it('a noun of the provider is refused when the provider does not have it', async () => {
    const other = new CommandLine({
      entries: commandEntries,
      environment: () => undefined,
      discover: async ({ verb: word }) => (word === undefined ? group : verb('other', 'not asked for')),
    })
    await expect(other.read(['ipnetwork', 'backup'])).rejects.toThrow('has no command "backup"')
  })
})

describe('help', () => {
  it.each([
    ['', 'happy-path'],
    ['-q', 'happy-path'],
    ['--help', 'occi'],
    ['help', 'occi'],
    ['compute', 'compute'],
    ['model --help', 'model'],
    ['model list -h', 'list'],
    ['--help compute create', 'create'],
    ['compute create --nope --help', 'create'],
    ['help compute create', 'create'],
    ['compute help create', 'create'],
    ['auth help', 'auth'],
    ['help auth', 'topic'],
    ['schema help', 'schema'],
  ])('help for "%s" is the page %s', async (line, name) => {
    expect(await helpOn(line)).toBe(name)
  })
})

describe('a mistake', () => {
  it.each([
    ['compute --nope', "Unknown option '--nope'"],
    ['compute list --password=hunter2 --pasword=hunter2', "Unknown option '--pasword'"],
    ['compute list --no-header=true', '--no-header takes no value'],
    ['compute list --insecure=n', '--insecure takes no value'],
    ['compute delete web --wait=active', '--wait takes no value'],
    ['compute stop --all=1 web', '--all takes no value'],
    ['compute list -o', "Option '-o, --output <FORMAT>' argument missing"],
    ['compute list x', 'Too many arguments for "occi compute list"'],
    ['explain', 'WHAT is missing: occi explain WHAT'],
    ['compute list --color=red -o json', '--color cannot be "red"'],
  ])('the error for "%s" is: %s', async (line, message) => {
    await expect(read(line)).rejects.toThrow(message)
  })
})

it('no option with an optional value has a short form, which could not be told from a cluster', async () => {
  const commands = await allCommands(commandEntries)
  const bare = [...globalOptions, ...commands.flatMap(({ options }) => options)].filter(
    (option) => option.bare !== undefined,
  )
  expect(bare.length).toBeGreaterThan(2)
  expect(bare.filter(({ short }) => short !== undefined)).toEqual([])
})

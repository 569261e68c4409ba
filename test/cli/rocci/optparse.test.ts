import { describe, expect, it } from 'vitest'
import { OptionError, parseOptions } from '../../../src/cli/rocci/optparse.js'
import { isRocciForm } from '../../../src/cli/rocci/recognise.js'

const commands: ReadonlySet<string> = new Set(['compute', 'api', 'ssh', 'help'])

const values = (...argv: string[]) => Object.fromEntries(parseOptions(argv).values)

describe('options as Ruby reads them', () => {
  it('the rOCCI option parser accepts long options with a space or an equals sign', () => {
    expect(values('--action', 'list', '--resource=compute')).toEqual({ action: 'list', resource: 'compute' })
  })
  it('the rOCCI option parser accepts combined short options, the last with its value attached or apart', () => {
    expect(values('-dalist')).toEqual({ debug: 'true', action: 'list' })
    expect(values('-dsa', 'list')).toEqual({ debug: 'true', 'skip-ca-check': 'true', action: 'list' })
  })
  it('the rOCCI option parser accepts the unique beginning of a long option', () => {
    expect(values('--act', 'list', '--end=http://h/')).toEqual({ action: 'list', endpoint: 'http://h/' })
  })
  it('the rOCCI option parser accepts a beginning of each word of a long option, in any case, with underscores too', () => {
    expect(values('--u-c=x', '--Action', 'list', '--output_format', 'plain')).toEqual({
      'user-cred': 'x',
      action: 'list',
      'output-format': 'plain',
    })
  })
  it('the rOCCI option parser prefers a value that is the beginning of all the others', () => {
    expect(values('-o', 'j')).toEqual({ 'output-format': 'json' })
    expect(() => parseOptions(['-o', 'json_'])).toThrow('ambiguous argument: -o json_')
  })
  it('the rOCCI option parser keeps the last of a repeated option', () => {
    expect(values('-r', 'network', '-r', 'compute')).toEqual({ resource: 'compute' })
  })
  it('the rOCCI option parser reads integers as Ruby does', () => {
    expect(values('-k', '0x10', '-w', '1_0')).toEqual({ timeout: '16', 'wait-for-active': '10' })
  })
  it('the rOCCI option parser ends at --help, --version and --examples', () => {
    expect(parseOptions(['-d', '-v', '--foo'])).toMatchObject({ informational: 'version' })
  })
  it('the rOCCI option parser refuses a beginning that several options share', () => {
    expect(() => parseOptions(['--a', 'list'])).toThrow(new OptionError('ambiguous option: --a'))
  })
  it('the rOCCI option parser prefers the exact name over longer ones', () => {
    expect(values('--auth', 'basic')).toEqual({ auth: 'basic' })
  })
  it('the rOCCI option parser accepts the unique beginning of an enumerated value', () => {
    expect(values('--auth', 'dig', '-a', 'disc')).toEqual({ auth: 'digest', action: 'discover' })
    expect(() => parseOptions(['-o', 'x'])).toThrow('invalid argument: -o x')
    expect(() => parseOptions(['-a', 'd'])).toThrow('ambiguous argument: -a d')
  })
  it('the rOCCI option parser collects repeated lists as they were given', () => {
    const { lists } = parseOptions(['-M', 'os_tpl#a,resource_tpl#b', '--mixin', 'c#d'])
    expect(lists.get('mixin')).toEqual(['os_tpl#a,resource_tpl#b', 'c#d'])
  })
  it.each([
    [['--foo'], 'invalid option: --foo'],
    [['-Z'], 'invalid option: -Z'],
    [['--resource'], 'missing argument: --resource'],
    [['-r'], 'missing argument: -r'],
    [['--voms=yes'], 'needless argument: --voms=yes'],
    [['-k', 'soon'], 'invalid argument: -k soon'],
    [['-a', 'remove'], 'invalid argument: -a remove'],
    [['--resource='], 'invalid argument: --resource='],
    [['-X=5'], 'needless argument: -X=5'],
    [['-X5'], 'invalid option: -5'],
    [['-dZd'], 'invalid option: -Zd'],
    [['-E'], 'invalid option: -E'],
  ])('the rOCCI option parser answers %j with: %s', (argv, words) => {
    expect(() => parseOptions(argv)).toThrow(words)
  })
  it('the rOCCI option parser accepts a value that begins with a dash', () => {
    expect(values('-p', '-secret')).toEqual({ password: '-secret' })
  })
})

describe('recognising the flat form', () => {
  it.each([
    [['--endpoint', 'http://h/', '--action', 'list', '--resource', 'compute']],
    [['-e', 'http://h/', '-a', 'list', '-r', 'compute']],
    [['-dalist', '-rcompute']],
    [['--act=list']],
    [['-e', 'http://h/', '-m']],
    [['--examples']],
    [['-a', 'list', '--foo']],
    // Stray words, as programs give them.
    [['--voms', 'fedcloud.egi.eu', '-a', 'list', '-r', 'compute']],
    [['--voms', 'compute', '-a', 'list', '-r', 'compute']],
    [['occi', '--endpoint', 'http://h/', '--action', 'list']],
    [['-a', 'list', '-r', 'compute', '2']],
    [['-a', 'list', '--', '-r']],
    // Options of rOCCI-cli 3, which 4.3 refuses.
    [['--interactive', '--action', 'list']],
    [['-a', 'create', '--attributes', 'title=x', '-r', 'compute']],
    // Nothing that is ours, though no action is named.
    [['-d', '-v']],
    [['--resource', 'compute']],
  ])('the words %j are recognised as the flat form of rOCCI-cli', (argv) => {
    expect(isRocciForm(argv, commands)).toBe(true)
  })
  it.each([
    [[]],
    [['compute', 'list']],
    [['--endpoint', 'http://h/', 'compute', 'list']],
    [['-o', 'json', 'compute', 'list']],
    [['--help']],
    [['-v']],
    [['api', 'GET', '/-/']],
    [['compute', 'create', '-a', 'x']],
    [['-o', 'json']],
    [['--endpoint', 'http://h/', 'ssh', 'web', 'ls', '-a']],
    [['ssh', 'web', '--', 'ls', '-m']],
  ])('the words %j are not recognised as the flat form of rOCCI-cli', (argv) => {
    expect(isRocciForm(argv, commands)).toBe(false)
  })
})

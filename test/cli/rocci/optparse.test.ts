import { describe, expect, it } from 'vitest'
import { OptionFault, parseOptions } from '../../../src/cli/rocci/optparse.js'
import { isRocciForm } from '../../../src/cli/rocci/recognise.js'

const values = (...argv: string[]) => Object.fromEntries(parseOptions(argv).values)

describe('options as Ruby reads them', () => {
  it('takes long options with a space or an equals sign', () => {
    expect(values('--action', 'list', '--resource=compute')).toEqual({ action: 'list', resource: 'compute' })
  })
  it('takes combined short options, the last with its value attached or apart', () => {
    expect(values('-dalist')).toEqual({ debug: 'true', action: 'list' })
    expect(values('-dsa', 'list')).toEqual({ debug: 'true', 'skip-ca-check': 'true', action: 'list' })
  })
  it('takes the unique beginning of a long option', () => {
    expect(values('--act', 'list', '--end=http://h/')).toEqual({ action: 'list', endpoint: 'http://h/' })
  })
  it('refuses a beginning that several options share', () => {
    expect(() => parseOptions(['--a', 'list'])).toThrow(new OptionFault('ambiguous option: --a'))
  })
  it('prefers the exact name over longer ones', () => {
    expect(values('--auth', 'basic')).toEqual({ auth: 'basic' })
  })
  it('takes the unique beginning of an enumerated value', () => {
    expect(values('--auth', 'dig', '-a', 'disc')).toEqual({ auth: 'digest', action: 'discover' })
    expect(() => parseOptions(['-o', 'x'])).toThrow('invalid argument: -o x')
    expect(() => parseOptions(['-a', 'd'])).toThrow('ambiguous argument: -a d')
  })
  it('collects repeated lists as they were given', () => {
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
  ])('says %j is %s', (argv, words) => {
    expect(() => parseOptions(argv)).toThrow(words)
  })
  it('lets an option take a value that begins with a dash', () => {
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
  ])('%j is rOCCI', (argv) => {
    expect(isRocciForm(argv)).toBe(true)
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
  ])('%j is not', (argv) => {
    expect(isRocciForm(argv)).toBe(false)
  })
})

/**
 * One new file and one line in a registry is all that an output format, a rendering, an authentication method, a
 * persona, a provider and a command take: a copy of the sources gets one of each, and is compiled, built and run.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Addition {
  readonly file: string
  readonly text: string
  readonly registry: string
  readonly importing?: string
  /** The line, and the line after which it stands. */
  readonly line: readonly [line: string, after: string]
}

const additions: readonly Addition[] = [
  {
    file: 'src/cli/output/formats/shout.ts',
    text: `
      import type { OutputFormat } from '../types.js'
      export const shoutFormat: OutputFormat = {
        name: 'shout',
        description: 'names in capitals',
        prints: 'member',
        async *format(sheet) {
          for await (const record of sheet.records) yield \`\${String(record.data['name']).toUpperCase()}\\n\`
        },
      }`,
    registry: 'src/cli/output/registry.ts',
    importing: "import { shoutFormat } from './formats/shout.js'",
    line: ['  shoutFormat,', '  tableFormat,'],
  },
  {
    file: 'src/rendering/lines.ts',
    text: `
      import { textPlain } from './text/index.js'
      import type { Rendering } from './types.js'
      export const lines: Rendering = {
        ...textPlain,
        name: 'text/lines',
        mediaTypes: ['text/lines'],
        recognisedBy: 'media-type',
      }`,
    registry: 'src/rendering/renderings.ts',
    importing: "import { lines } from './lines.js'",
    line: ["  'text/lines': lines,", "  'json-1.1': json11,"],
  },
  {
    file: 'src/auth/badge.ts',
    text: `
      import type { AuthPlugin } from './types.js'
      export const badge: AuthPlugin = {
        name: 'badge',
        description: 'a number on a badge',
        options: [{ name: 'badge-number', description: 'the number', sensitivity: 'secret' }],
        authenticate: async (context) => {
          const number = (await context.secret('badge-number', 'Number')) ?? ''
          return {
            identity: 'badge',
            secretHeaders: ['X-Badge'],
            sign: async () => [['X-Badge', number]],
            describe: () => ({ method: 'badge' }),
          }
        },
      }`,
    registry: 'src/auth/registry.ts',
    line: [
      "  { name: 'badge', load: async () => (await import('./badge.js')).badge },",
      "  { name: 'none', load: async () => (await import('./none.js')).none },",
    ],
  },
  {
    file: 'src/sandbox/personas/mirror.ts',
    text: `
      import type { Persona } from './persona.js'
      import { standard } from './standard.js'
      export const mirror: Persona = { ...standard, name: 'mirror', title: 'a mirror' }`,
    registry: 'src/sandbox/personas/index.ts',
    importing: "import { mirror } from './mirror.js'",
    line: ['  mirror,', '  martserver,'],
  },
  {
    file: 'src/client/quirks/glass.ts',
    text: `
      import type { ProviderProfile } from './types.js'
      import { unknownProvider } from './unknown.js'
      export const glass: ProviderProfile = {
        ...unknownProvider,
        name: 'glass',
        title: 'a looking glass',
        signs: [{ by: 'server', pattern: /glass/ }],
        quirks: [{ name: 'backwards', why: 'It shows all backwards.', source: 'GFD.221', effect: { filters: 'none' } }],
      }`,
    registry: 'src/client/quirks/registry.ts',
    importing: "import { glass } from './glass.js'",
    line: ['  glass,', '  pyssf,'],
  },
  {
    file: 'src/cli/commands/greet.ts',
    text: `
      import type { CommandDeclaration } from '../command.js'
      export const greet: CommandDeclaration = {
        path: ['greet'],
        summary: 'Greet somebody',
        arguments: [{ name: 'NAME', description: 'whom' }],
        options: [{ name: 'loudly', description: 'in capitals' }],
        examples: [
          { title: 'Greet the world', command: 'occi greet world' },
          { title: 'So that it hears', command: 'occi greet world --loudly' },
        ],
        run: async (context) => ({
          shape: 'one',
          records: [{ data: { greeting: \`hello \${context.word('NAME')}\` } }],
          columns: [{ key: 'greeting', heading: 'GREETING', value: 'greeting' }],
          pipeFormat: 'value',
        }),
      }`,
    registry: 'src/cli/commands/index.ts',
    line: [
      "  { name: 'greet', summary: 'greetings', section: practice, load: async () => (await import('./greet.js')).greet },",
      'export const commandEntries: readonly CommandEntry[] = [',
    ],
  },
]

const root = join(import.meta.dirname, '../..')
const copy = mkdtempSync(join(tmpdir(), 'occi-one-of-each-'))
const docs = join(copy, 'docs')

function node(...words: string[]) {
  const env = { PATH: process.env['PATH'], HOME: copy, OCCI_ENDPOINT: 'sandbox:', NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: copy,
    env,
    encoding: 'utf8',
    timeout: 100_000,
  })
  return { status, stdout, stderr }
}

function occi(line: string): string {
  const { status, stdout, stderr } = node(join(copy, 'bin/occi'), ...line.split(' '))
  expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: '' })
  return stdout
}

function add({ file, text, registry, importing, line: [line, after] }: Addition): void {
  writeFileSync(join(copy, file), text)
  const before = readFileSync(join(copy, registry), 'utf8')
  expect(before.split(`\n${after}\n`)).toHaveLength(2)
  const entered = before.replace(`\n${after}\n`, () => `\n${after}\n${line}\n`)
  writeFileSync(
    join(copy, registry),
    importing === undefined ? entered : entered.replace(/^import /m, () => `${importing}\nimport `),
  )
}

beforeAll(() => {
  for (const name of [
    'src',
    'bin',
    'package.json',
    'tsconfig.json',
    'test/setup.ts',
    'test/vitest.config.ts',
    'test/text-modules.ts',
    'test/cli/help/providers.test.ts',
    'test/support/loopback-only.cjs',
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const addition of additions) add(addition)
  expect(node('bin/bundle.mjs')).toMatchObject({ status: 0, stderr: '' })
  cpSync(join(root, 'completions'), join(docs, 'completions'), { recursive: true })
  expect(node('bin/occi', '__docs', docs)).toMatchObject({ status: 0 })
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const generated = (name: string) => readFileSync(join(docs, name), 'utf8')
const scripts = ['completions/occi.bash', 'completions/_occi', 'completions/occi.fish']

describe('one new file and one line', () => {
  it('the added files compile', () => {
    expect(node('node_modules/.bin/tsc', '-p', 'tsconfig.json')).toMatchObject({ status: 0, stdout: '' })
  })

  it('an added output format is known to help, manual and completion', () => {
    expect(occi('network list -o shout')).toMatch(/^[A-Z]+\n/)
    expect(occi('help output')).toMatch(/^ {2}shout +names in capitals$/m)
    expect(occi('help options')).toContain('shout')
    expect(generated('man/occi.1')).toContain('table, shout')
    expect(generated('man/occi-output.7')).toContain('shout')
    for (const script of scripts) expect(generated(script)).toContain('shout')
  })

  it('an added rendering is used to read and write messages', () => {
    writeFileSync(join(copy, 'message'), 'X-OCCI-Location: http://h/compute/1\r\n')
    expect(occi('render --from text/lines --to text/lines message')).toBe(
      'X-OCCI-Location: http://h/compute/1\r\n',
    )
    expect(occi('help options')).toContain('text/lines')
    expect(generated('man/occi.1')).toContain('text/lines')
    for (const script of scripts) expect(generated(script)).toContain('text/lines')
  })

  it('the options of an added authentication method are accepted by every command', () => {
    expect(occi('network list --auth badge --badge-number 7 -o name')).not.toBe('')
    expect(occi('help auth')).toContain('--badge-number')
    expect(occi('help options').replaceAll(/\s+/g, ' ')).toMatch(/authentication method: [^;]*badge/)
    for (const script of scripts) expect(generated(script)).toContain('badge-number')
  })

  it('an added persona is offered by the practice cloud', () => {
    expect(occi('sandbox serve --help').replaceAll(/\s+/g, ' ')).toContain('mirror')
    expect(generated('man/occi-sandbox.1')).toContain('mirror')
    for (const script of scripts) expect(generated(script)).toContain('mirror')
  })

  it('an added provider is recognised with its quirk', () => {
    expect(occi('network list --provider glass -o name')).not.toBe('')
    const { stderr } = node('bin/occi', 'network', 'list', '--provider', 'none-such')
    expect(stderr).toContain('glass')
    for (const script of scripts) expect(generated(script)).toContain('glass')
  })

  it('an added command runs', () => {
    expect(occi('greet world')).toBe('hello world\n')
    expect(occi('--help')).toMatch(/^ {2}greet +greetings$/m)
    expect(occi('greet --help')).toContain('--loudly')
    expect(generated('man/occi-greet.1')).toContain('occi greet world')
    for (const script of scripts) expect(generated(script)).toContain('loudly')
  })

  it('the checks of occi help providers fail until it describes the added parts', () => {
    const { status, stderr } = node(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'test/vitest.config.ts',
      'test/cli/help/providers.test.ts',
    )
    expect(status).toBe(1)
    for (const name of ['badge', 'mirror']) expect(stderr).toMatch(new RegExp(`^\\s*[-+] .*${name}`, 'm'))
  })
})

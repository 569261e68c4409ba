/**
 * Command lines that nobody would write: words of the grammar in any order, with characters that terminals obey,
 * halves of characters, and words of megabytes. Whatever comes, the exit status is one of those documented, nothing
 * that a terminal would obey is printed, and it is never told as a bug in occi.
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isGroup } from '../../src/cli/command.js'
import { commandEntries } from '../../src/cli/commands/index.js'
import { loadTree } from '../../src/cli/docs/load.js'
import { exitMeanings } from '../../src/cli/errors/exit-codes.js'
import { CancelledError } from '../../src/errors/errors.js'
import { type Machine, machine } from '../cli/support/harness.js'

const runs = 6000
const documented = new Set(exitMeanings.map(([status]) => status))
const occi = resolve(import.meta.dirname, '../../bin/occi')

/** They run commands, write files, listen or wait for people. What they parse is parsed by the others, too. */
const leftOut = new Set(['sandbox', 'completion', 'ssh', 'wait'])
const optionsLeftOut =
  /command|^trace$|^watch$|^endpoint$|proxy|^issuer|-url$|^wait|-file$|^user-(data|cert|key|cred)$|^ssh-key$/

const odd = [
  '',
  ' ',
  '-',
  '--',
  '---',
  '-=',
  '--=x',
  '=',
  ':=',
  '\u001b[31mred',
  '\u001b]0;title\u0007',
  '\u009b2J',
  '\u202egnp.exe',
  '\u0000',
  '\r\n',
  '\ud800',
  'é'.repeat(50),
  '\u{1f600}',
  'ﷺ',
  'a\u0300'.repeat(100),
  '%00',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  '{{name}}',
  '[?',
  '$(id)',
  '`id`',
  '*',
  '9'.repeat(400),
  '1e999',
  '-1',
  'NaN',
  'x'.repeat(100_000),
]

let place: Machine
let words: readonly string[]
let variables: readonly string[]

beforeAll(async () => {
  place = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const tree = await loadTree('0.0.0', commandEntries)
  const nouns = tree.nouns.filter(({ name }) => !leftOut.has(name))
  const commands = nouns.flatMap(({ declaration }) =>
    isGroup(declaration) ? declaration.commands : [declaration],
  )
  const options = [...commands.flatMap((command) => command.options), ...tree.globals]
    .map(({ name }) => name)
    .filter((name) => !optionsLeftOut.test(name))
  variables = options.map((name) => `OCCI_${name.replaceAll('-', '_').toUpperCase()}`)
  words = [
    ...new Set([
      ...nouns.map(({ name }) => name),
      ...commands.flatMap(({ path }) => path).filter((word) => !leftOut.has(word) && word !== 'serve'),
      ...options.map((name) => `--${name}`),
      ...tree.topics.map(({ name }) => name),
      '-o',
      '-v',
      '-q',
      '-h',
      'json',
      'web',
      '/compute/',
      'occi.compute.cores=2',
    ]),
  ]
})
afterAll(() => rmSync(place.folder, { recursive: true, force: true }))

function commandLines(): fc.Arbitrary<string[]> {
  const known = fc.constantFrom(...words)
  const strange = fc.constantFrom(...odd)
  const any = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), strange)
  const joined = fc.tuple(known, fc.oneof(any, known)).map(([option, value]) => `${option}=${value}`)
  const word = fc.oneof(
    { weight: 6, arbitrary: known },
    { weight: 2, arbitrary: any },
    { weight: 1, arbitrary: joined },
  )
  return fc.array(word, { maxLength: 8 })
}

/** Settings by environment variables, which no grammar has looked at. */
function environments(): fc.Arbitrary<Record<string, string>> {
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...odd, ...words))
  return fc.dictionary(fc.constantFrom(...variables), value, { maxKeys: 2 })
}

/** What a terminal would obey, but for ends of lines and tabs. */
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

it(`${runs} strange command lines end with a documented status and no control characters`, async () => {
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(commandLines(), environments(), fc.boolean(), async (argv, more, terminal) => {
      const env = { ...more, OCCI_ENDPOINT: 'sandbox:' }
      const { status, out, err } = await within(
        argv,
        place.occi(argv, { terminal, env, prompts: nobody, spawn: async () => 0 }),
      )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      expect(documented).toContain(status)
      expect(err).not.toContain('This is a bug in occi')
      expect(err).not.toMatch(/\n {4}at /)
      expect(obeyed.exec(err)?.[0]).toBeUndefined()
      if (terminal) expect(obeyed.exec(out)?.[0]).toBeUndefined()
    }),
    { numRuns: runs, seed: 20261121 },
  )
  const told = [...statuses]
    .sort(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`)
  process.stdout.write(`fuzz, command lines: ${runs}; by exit status ${told.join(', ')}\n`)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}, 300_000)

// Guarantee: refused-in-words
it('the program ends strange command lines likewise', async () => {
  const home = mkdtempSync(join(tmpdir(), 'occi-argv-'))
  const samples = fc
    .sample(commandLines(), { numRuns: 120, seed: 7 })
    .map((argv) => argv.map((word) => word.replaceAll('\0', '')))
  const todo = [...samples]
  const work = async (): Promise<void> => {
    for (let argv = todo.shift(); argv !== undefined; argv = todo.shift()) {
      const { status, err } = await program(home, argv)
      expect({ argv, documented: documented.has(status) }).toEqual({ argv, documented: true })
      expect(err).not.toContain('This is a bug in occi')
      expect(obeyed.exec(err)?.[0]).toBeUndefined()
    }
  }
  await Promise.all([work(), work(), work()])
  rmSync(home, { recursive: true, force: true })
}, 120_000)

/** Whoever sits there says yes, and knows nothing else. */
const leave = async (): Promise<never> => {
  throw new CancelledError('Left.')
}
const nobody = {
  confirm: async () => {},
  confirmTyped: leave,
  select: leave,
  text: leave,
  password: leave,
}

async function within<T>(argv: readonly string[], work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`does not end: ${JSON.stringify(argv).slice(0, 500)}`)), 15_000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

async function program(home: string, argv: readonly string[]): Promise<{ status: number; err: string }> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', OCCI_ENDPOINT: 'sandbox:' }
  const child = spawn(process.execPath, [occi, ...argv], {
    env,
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const err: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const status = await new Promise<number | null>((done) => child.on('close', done))
  clearTimeout(timer)
  return { status: status ?? -1, err: Buffer.concat(err).toString() }
}

/**
 * Secrets planted in every place that can hold one, and searched for in all that comes out: standard output,
 * standard error, -v, traces, --curl, --dry-run, caches, the journal, crash notes, config and context output.
 * They may stand in the files that keep logins, which nobody else can read.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storedFiles } from '../../src/cli/help/security.js'
import { type Certificates, certificates } from '../transport/certificates.js'
import { planted, sightings } from './secrets/planted.js'
import { type NosyProvider, type NosySettings, nosyProvider } from './secrets/provider.js'
import { type Scenario, scenarios } from './secrets/scenarios.js'

const occi = resolve(import.meta.dirname, '../../bin/occi')

/** Under which names logins are kept, with mode 0600 in folders of mode 0700. */
const keepsLogins = [/^\.config\/occi\//, /^\.cache\/occi\/tokens\//]

const everywhere: readonly (readonly string[])[] = [
  ['compute', 'list', '-v', '--trace=HOME/trace.txt'],
  ['compute', 'list', '--trace', '-o', 'json'],
  ['compute', 'list', '--record', 'HOME/list.har'],
  ['compute', 'create', 'vm', '--record', 'HOME/create.har'],
  ['compute', 'create', 'vm', '--curl'],
  ['compute', 'create', 'vm', '--dry-run'],
  ['compute', 'create', 'vm'],
  ['compute', 'describe', 'missing', '-o', 'json'],
  ['auth', 'status', '-o', 'json'],
  ['auth', 'explain'],
  ['config', 'explain', '-o', 'json'],
  ['config', 'explain'],
  ['history', '-o', 'json'],
]
/** At a server that repeats what it hears, with the details of errors. */
const repeated: readonly (readonly string[])[] = [
  ['compute', 'list', '-v', '--trace'],
  ['compute', 'create', 'vm', '-o', 'json'],
  ['compute', 'list', '--record', 'HOME/echo.har'],
]

let keys: Certificates
const places: string[] = []

beforeAll(() => {
  keys = certificates()
})
afterAll(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true })
})

interface Said {
  readonly words: readonly string[]
  readonly status: number | null
  readonly out: string
  readonly err: string
}

let commands = 0
let files = 0
let kept = 0
const found: string[] = []

// Guarantee: secrets-not-shown
it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'no output, file or trace contains a secret of %s',
  async (_, scenario) => {
    const home = mkdtempSync(join(tmpdir(), 'occi-secrets-'))
    places.push(home)
    const honest = await provider(scenario)
    const echo = await provider(scenario, 500)
    const refusing = await provider(scenario, 401)
    const before = found.length
    try {
      furnish(home, scenario, honest.origin)
      const ran: Said[] = []
      for (const words of [...(scenario.commands ?? []), ...everywhere]) {
        ran.push(await run(home, scenario, honest.origin, words, {}))
      }
      for (const words of repeated) {
        ran.push(await run(home, scenario, echo.origin, words, { OCCI_DEBUG: '1' }))
        ran.push(await run(home, scenario, refusing.origin, words, {}))
      }
      const gone = `${new URL(honest.origin).protocol}//127.0.0.1:9/`
      ran.push(await run(home, scenario, gone, ['compute', 'list', '-o', 'json'], { OCCI_DEBUG: '1' }))
      commands += ran.length
      if (scenario.fails !== true) {
        const listed = ran.find(({ words }) => words[0] === 'compute' && words[1] === 'list')
        expect({ status: listed?.status, err: listed?.status === 0 ? '' : listed?.err }).toEqual({
          status: 0,
          err: '',
        })
      }
      for (const { words, out, err } of ran) {
        const line = words.map((word) => word.replaceAll(/Pl4nt3d\S*/g, '…')).join(' ')
        const asked = scenario.shown === true && !words.includes('--curl') && !words.includes('--dry-run')
        for (const seen of asked ? [] : sightings(out)) found.push(`occi ${line}: standard output: ${seen}`)
        for (const seen of sightings(err)) found.push(`occi ${line}: standard error: ${seen}`)
        expect(err).not.toMatch(/\n {4}at .*\n {4}at [\s\S]*This is a bug in occi/)
      }
      look(home, scenario)
      expect(found.slice(before)).toEqual([])
    } finally {
      await Promise.all([honest, echo, refusing].map((each) => each.close()))
    }
  },
  60_000,
)

it('the amount of searched output is reported', () => {
  process.stdout.write(
    `secrets: ${scenarios.length} places, ${commands} commands, ${files} files searched, ${found.length} found; ${kept} where logins are kept\n`,
  )
  // The search finds what is there to be found.
  expect(kept).toBeGreaterThan(0)
  expect(found).toEqual([])
})

function provider(scenario: Scenario, repeats?: NosySettings['repeats']): Promise<NosyProvider> {
  return nosyProvider({
    asks: scenario.asks,
    ...(scenario.tls === true ? { tls: keys.server } : {}),
    ...(repeats === undefined ? {} : { repeats }),
  })
}

function furnish(home: string, scenario: Scenario, origin: string): void {
  const given = { ...scenario.files, ...(scenario.tls === true ? { 'user.pem': encryptedPair() } : {}) }
  for (const [path, text] of Object.entries(given)) {
    const file = join(home, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, filled(text, home, origin), { mode: 0o600 })
  }
}

/** The key is encrypted with a planted passphrase; a wrong one is as secret. */
function encryptedPair(): string {
  const key = execFileSync('openssl', ['pkey', '-aes256', '-passout', `pass:${planted('Passphrase')}`], {
    input: keys.client.key,
    encoding: 'utf8',
  })
  return `${keys.client.cert}\n${key}`
}

function filled(text: string, home: string, origin: string): string {
  return text.replaceAll('ORIGIN', origin).replaceAll('HOME', home).replaceAll('HOST', new URL(origin).host)
}

async function run(
  home: string,
  scenario: Scenario,
  origin: string,
  words: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<Said> {
  const fill = (text: string) => filled(text, home, origin)
  const named = words[0] === 'context' || scenario.name === 'a context' ? [] : (scenario.args ?? [])
  const argv = [
    ...words,
    ...named,
    '--endpoint',
    scenario.endpoint ?? 'ORIGIN',
    '--timeout',
    '5s',
    '--yes',
    '--no-input',
  ]
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    ...more,
  }
  for (const [name, value] of Object.entries(scenario.env ?? {})) env[name] = fill(value)
  const child = spawn(process.execPath, [occi, ...argv.map(fill)], { env, cwd: home, stdio: 'pipe' })
  child.stdin.on('error', () => {})
  child.stdin.end(scenario.stdin ?? '')
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const status = await new Promise<number | null>((done) => child.on('close', done))
  return { words, status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

/** All that was written below the home folder. */
function look(home: string, scenario: Scenario): void {
  const own = new Set(Object.keys(scenario.files ?? {}))
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(home, path)
    if (own.has(name) || name === 'user.pem') continue
    const mode = statSync(path).mode & 0o777
    const place = /^\.(config|cache|local\/state)\/occi/.test(name)
    if (entry.isDirectory()) {
      if (place && mode !== 0o700) found.push(`${name}: a folder of mode ${mode.toString(8)}`)
      continue
    }
    files += 1
    if (place && !storedFiles.some(({ path: known }) => `~/${name}`.startsWith(known))) {
      found.push(`${name}: kept, and occi help security does not say so`)
    }
    if (mode !== 0o600) found.push(`${name}: a file of mode ${mode.toString(8)}`)
    const seenHere = sightings(readFileSync(path, 'latin1'))
    if (keepsLogins.some((pattern) => pattern.test(name))) {
      kept += seenHere.length
      continue
    }
    for (const seen of seenHere) found.push(`${name}: ${seen}`)
  }
}

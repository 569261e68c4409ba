/**
 * Everything else that is parsed: challenges, clouds.yaml, openrc, Roboconf's properties, project files,
 * contexts, values, comparisons, templates, queries. Mutated seeds with a fixed sequence; nothing may be thrown
 * but an error of the family, no prototype may change, nothing may take long.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keystoneUri, parseChallenges, parseParameters } from '../../src/auth/challenges.js'
import { optionsFromClouds } from '../../src/auth/index.js'
import { asSetting, globalOptions } from '../../src/cli/options/global.js'
import { applyQuery } from '../../src/cli/output/query.js'
import {
  isUnsafe,
  sanitize,
  sanitizeField,
  sanitizeJson,
  sanitizeLines,
} from '../../src/cli/output/sanitize.js'
import { compileTemplate } from '../../src/cli/output/template.js'
import { gibibytesIn, parseBytes, parseGibibytes } from '../../src/cli/values/amount.js'
import { parseAssignment, toAttributes } from '../../src/cli/values/assignment.js'
import { matches, parseComparison } from '../../src/cli/values/comparison.js'
import { parseConcurrency } from '../../src/cli/values/concurrency.js'
import { parseDuration } from '../../src/cli/values/duration.js'
import {
  cloudNames,
  readClouds,
  readContexts,
  readOpenrc,
  readProject,
  readRoboconf,
} from '../../src/config/index.js'
import { OcciError } from '../../src/errors/errors.js'
import { redactHeaders, redactText, redactUrl } from '../../src/transport/index.js'
import { generator, mutate } from '../support/mutation.js'

interface Target {
  readonly name: string
  readonly runs: number
  readonly seeds: readonly string[]
  /** What the grammar turns on. */
  readonly pieces: readonly string[]
  /** Throws an Error when something is wrong with a result. */
  readonly parse: (text: string) => unknown
}

const place = mkdtempSync(join(tmpdir(), 'occi-fuzz-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const definitions = [
  ...globalOptions.map(asSetting),
  { name: 'password', description: '', sensitivity: 'secret' as const },
]
const yaml = [
  ': ',
  '- ',
  '&a ',
  '*a ',
  '!!js ',
  '<<: ',
  '|\n ',
  '>-\n  ',
  '---\n',
  '...',
  '{a: ',
  '? ',
  '\t',
  '%YAML 1.2\n',
  '!!binary "',
  '&a [*a]',
]
const project = join(place, 'project')
const contexts = join(place, 'contexts')
for (const folder of [project, contexts]) mkdirSync(folder)

const targets: readonly Target[] = [
  {
    name: 'challenges',
    runs: 300_000,
    seeds: [
      'Basic realm="occi", charset="UTF-8"',
      'Digest realm="occi", qop="auth,auth-int", nonce="dcd98b7102dd", opaque="5ccc", algorithm=SHA-256, stale=true',
      "Keystone uri='https://k.example:5000/v3'",
      'Keystone uri=https://k.example:5000/v3, Basic realm=x',
      'Negotiate YWJjZGVm==, Bearer scope="a b", error="invalid_token"',
    ],
    pieces: ['Basic ', 'Digest ', '==', ', ', ',,', "'", '\t', 'realm=', 'nonce="', '\\"'],
    parse: (text) => {
      const found = parseChallenges([['WWW-Authenticate', text]])
      keystoneUri(found)
      parseParameters(text)
      return found
    },
  },
  {
    name: 'clouds.yaml (login)',
    runs: 15_000,
    seeds: [
      'clouds:\n  work:\n    auth:\n      auth_url: https://k:5000/v3\n      username: ada\n      password: x\n    region_name: R\n    verify: false\n',
      'clouds: {work: {profile: p, auth_type: v3applicationcredential, auth: {application_credential_id: a}}}\n',
    ],
    pieces: [...yaml, 'work', 'auth:', 'profile: ', 'clouds:'],
    parse: (text) =>
      optionsFromClouds(
        { env: () => undefined, readFile: async () => Buffer.from(text), home: '/home/ada', cwd: '/work' },
        'work',
      ),
  },
  {
    name: 'clouds.yaml (import)',
    runs: 15_000,
    seeds: [
      'clouds:\n  work:\n    auth:\n      auth_url: https://k:5000/v3\n      password: x\n    verify: false\n',
    ],
    pieces: [...yaml, 'work', 'auth:'],
    parse: async (text) => {
      const file = { file: 'clouds.yaml', text }
      const names = await cloudNames(file)
      return readClouds(file, { cloud: names[0], secure: file, definitions })
    },
  },
  {
    name: 'openrc',
    runs: 200_000,
    seeds: [
      'export OS_AUTH_URL=https://k:5000/v3\nexport OS_USERNAME="ada"\nread -sr OS_PASSWORD_INPUT\nexport OS_PASSWORD=$OS_PASSWORD_INPUT\nunset OS_TENANT_ID\n',
      `OS_A='x y'; export OS_B=\${OS_A}z\\ \n`,
    ],
    pieces: ['$', '${', '$(', '`', "'", 'export ', 'unset ', ';', '\\\n', '$OS_A', 'OS_A='],
    parse: (text) => readOpenrc(text, definitions),
  },
  {
    name: 'target.properties',
    runs: 200_000,
    seeds: [
      'handler: iaas\nid=mine\nocci.serverIpPort = localhost:8888\nocci.password: x\\\n  y\n# c\nocci.title=\\u00e9\n',
    ],
    pieces: ['\\', '\\u', '\\\n', ':', '=', '!', '#', 'occi.serverIpPort='],
    parse: (text) => readRoboconf(text),
  },
  {
    name: '.occi.yaml',
    runs: 8000,
    seeds: ['endpoint: https://cloud.example.org:11443/\noutput: json\ncontext: work\ntimeout: 30s\n'],
    pieces: [...yaml, 'password: ', 'endpoint: ', '__proto__: '],
    parse: (text) => {
      writeFileSync(join(project, '.occi.yaml'), text)
      return readProject({
        cwd: project,
        home: project,
        uid: process.getuid?.(),
        isTrusted: () => false,
        definitions,
      })
    },
  },
  {
    name: 'contexts',
    runs: 8000,
    seeds: [
      '{"current":"work","contexts":{"work":{"endpoint":"https://c/","auth":"basic","username":"ada"}}}',
    ],
    pieces: ['"__proto__":{"polluted":1},', '"contexts":', '{}', '[]', 'null', ',', '"current":1'],
    parse: (text) => {
      writeFileSync(join(contexts, 'config.json'), text, { mode: 0o600 })
      return readContexts({ folder: contexts, platform: 'linux', isSecret: (name) => name === 'password' })
    },
  },
  {
    name: 'values',
    runs: 300_000,
    seeds: [
      '10G',
      '1.5TiB',
      '512M',
      '1h30m',
      '500ms',
      '10',
      'cores=2',
      'a:=[1,{"b":null}]',
      'state!=web*',
      'memory>=4G',
    ],
    pieces: ['.', '-', 'e', 'h', 'ms', '>=', '!=', ':=', '*', '٣', '0x', 'Infinity', 'NaN', ' '],
    parse: (text) => {
      const attempts = [
        () => finite(parseGibibytes(text, '--size')),
        () => finite(parseBytes(text, '--max-response')),
        () => finite(parseDuration(text, '--timeout')),
        () => finite(parseConcurrency(text)),
        () =>
          toAttributes(
            [parseAssignment(text)],
            new Map([
              [
                'occi.compute.cores',
                { name: 'occi.compute.cores', type: 'number', mutable: true, required: false },
              ],
            ]),
          ),
        () => matches(parseComparison(text), [text, 4, true, 4n, {}, undefined]),
      ]
      gibibytesIn(text)
      return attempts.map(familyOnly)
    },
  },
  {
    name: 'templates',
    runs: 200_000,
    seeds: ['{{name}}\\t{{state}}\\n', '{{occi.compute.cores}} of {{ name }}', '\\{{name}}'],
    pieces: ['{{', '}}', '\\', '{', '}', 'name', 'state', '{{}}'],
    parse: (text) => {
      const column = { key: 'name', heading: 'NAME', value: 'name' }
      const known = { columns: [column], records: [{ data: { name: text } }] }
      const print = compileTemplate(text, known as never)
      const line = print({ data: { name: '\u001b[31m\u202e' } }, { terminal: true } as never)
      if (line.includes('\u001b[31m\u202e') && !text.includes('\u001b'))
        throw new Error('an escape sequence came through')
      return line
    },
  },
  {
    name: 'queries',
    runs: 30_000,
    seeds: [
      "[?state=='active'].name",
      'attributes."occi.compute.cores"',
      'length(@)',
      'sort_by(@, &name)[0:2]',
      '{a: name, b: *}',
    ],
    pieces: [
      '[?',
      ']',
      '&',
      '*',
      '|',
      '||',
      '`{"a":1}`',
      '@',
      'join(',
      'to_number(',
      '(',
      ')',
      '__proto__',
      'constructor',
    ],
    parse: (text) =>
      applyQuery([{ name: 'a', state: 'active', attributes: { 'occi.compute.cores': 1 } }], text),
  },
  {
    name: 'what is shown',
    runs: 300_000,
    seeds: [
      'Authorization: Basic YWRhOng=',
      'https://ada:x@h.test/?token=x#y',
      '{"password":"x","a":[1]}',
      'password=x&b=c',
      'plain words',
    ],
    pieces: [
      '\u001b]0;x\u0007',
      '\u009b',
      '\u202e',
      '\u200b',
      '\r',
      '://',
      '@',
      '"token":{"id":"',
      'password=',
      '\\"',
    ],
    parse: (text) => {
      redactHeaders([
        ['Authorization', text],
        ['X', text],
      ])
      redactUrl(text)
      redactText(text)
      if (isUnsafe(sanitize(text))) throw new Error('sanitize leaves something')
      if (isUnsafe(sanitizeField(text))) throw new Error('sanitizeField leaves something')
      if (sanitizeLines(text).split('\n').some(isUnsafe)) throw new Error('sanitizeLines leaves something')
      return JSON.parse(sanitizeJson(JSON.stringify(text)))
    },
  },
]

describe.each(targets.map((target) => [target.name, target] as const))('%s', (_, target) => {
  // Guarantee: refused-in-words
  it('random input gives a result or an OcciError quickly', async () => {
    const random = generator(20261121)
    let good = 0
    let refused = 0
    let slowest = 0
    for (let run = 0; run < target.runs; run += 1) {
      const seed = target.seeds[random(target.seeds.length)] ?? ''
      const text = run < target.seeds.length ? (target.seeds[run] ?? '') : mutate(seed, random, target.pieces)
      const began = process.hrtime.bigint()
      try {
        await target.parse(text)
        good += 1
      } catch (error) {
        if (!(error instanceof OcciError)) {
          throw new Error(`${target.name}: not of the family for ${JSON.stringify(text)}`, { cause: error })
        }
        refused += 1
      }
      slowest = Math.max(slowest, Number(process.hrtime.bigint() - began) / 1e6)
    }
    process.stdout.write(
      `fuzz, ${target.name}: ${target.runs} inputs: ${good} read, ${refused} refused, slowest ${slowest.toFixed(0)} ms\n`,
    )
    expect(good + refused).toBe(target.runs)
    expect(good).toBeGreaterThan(0)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  }, 120_000)

  // Guarantee: garbage-in-files
  it('random input takes linear time', async () => {
    const random = generator(7)
    for (let round = 0; round < 20; round += 1) {
      const piece = target.pieces[random(target.pieces.length)] ?? ''
      const seed = target.seeds[random(target.seeds.length)] ?? ''
      const time = async (times: number): Promise<number> => {
        const text = (seed + piece).repeat(times).slice(0, 200_000)
        const began = process.hrtime.bigint()
        try {
          await target.parse(text)
        } catch (error) {
          if (!(error instanceof OcciError)) throw error
        }
        return Number(process.hrtime.bigint() - began) / 1e6
      }
      await time(50)
      const some = Math.max(await time(200), 1)
      // Eight times the text: quadratic would be 64; the rest is room for a busy machine.
      expect({ seed, piece, factor: (await time(1600)) / some < 48 }).toEqual({ seed, piece, factor: true })
    }
  }, 120_000)
})

function familyOnly(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (error instanceof OcciError) return undefined
    throw error
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value) || value < 0) throw new Error(`${value} arrived through`)
  return value
}

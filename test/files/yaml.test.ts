import { describe, expect, it } from 'vitest'
import { parseYaml, purposes, UnreadableYamlError } from '../../src/files/index.js'
import { thorough } from '../support/thorough.js'

const strict = { repeatedKeys: 'refuse' } as const
const lenient = { repeatedKeys: 'last' } as const

async function refusal(text: string, rules: Parameters<typeof parseYaml>[1] = strict) {
  const error = await parseYaml(text, rules).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error === undefined || error instanceof UnreadableYamlError) return error
  throw error
}

const lines = (line: (at: number) => string) => (size: number) => {
  const found: string[] = []
  for (let length = 0, at = 0; length < size; at += 1) {
    const next = line(at)
    found.push(next)
    length += next.length + 1
  }
  return found.join('\n')
}
const filled = (piece: string) => (size: number) => piece.repeat(Math.ceil(size / piece.length))

/** Each of one kind of text that costs a parser much. */
const bombs: Readonly<Record<string, (size: number) => string>> = {
  'sequences in sequences': filled('- '),
  'sequences of mappings': filled('- a: '),
  'brackets in brackets': filled('['),
  'brackets in brackets, closed': (size) => '['.repeat(size / 2) + ']'.repeat(size / 2),
  'braces in braces': filled('{a: '),
  'pairs in brackets': filled('[a: 1, '),
  'keys within keys': filled('? '),
  'mappings within mappings': (size) => lines((at) => `${' '.repeat(at)}a:`)(Math.min(size, 500_000)),
  'merges of merges': filled('<<: '),
  'anchors of one node': filled('&a '),
  'tags of one node': filled('!!str '),
  documents: filled('---\n'),
  comments: filled('#\n'),
  'many keys': lines((at) => `k${at}: 1`),
  'one key many times': filled('a: 1\n'),
  'nothing in brackets': (size) => `[${filled(',')(size)}`,
  'brackets that close nothing': filled(']'),
  'quotes that open': filled('"'),
  'a block of lines': (size) => `a: |\n${filled(' x\n')(size)}`,
  'one long line': filled('x'),
  'a folded word': filled('x\n'),
  directives: filled('%\n'),
  tabs: filled('\t'),
  'marks of byte order': filled('\ufeff'),
  zeros: filled('\0'),
  aliases: (size) => `a: &a [x]\nb: [${filled('*a,')(size)}]`,
}

const laughs = [
  'a: &a [x]',
  ...'bcdefghijkl'
    .split('')
    .map((name, at) => `${name}: &${name} [${`*${'abcdefghijkl'.charAt(at)},`.repeat(9)}]`),
].join('\n')

describe('YAML from an untrusted file', () => {
  it.each(Object.entries(bombs))(
    'untrusted YAML of %s is read, or refused with a reason, in little time',
    async (_, make) => {
      const began = performance.now()
      // A quarter of the limit finds what is not linear, too.
      await refusal(make(thorough ? purposes.settings.limit : purposes.settings.limit / 4))
      expect(performance.now() - began).toBeLessThan(10_000)
    },
    60_000,
  )

  it.each([
    ['nested beyond all need', `a: ${'['.repeat(200)}${']'.repeat(200)}`, 'too deep'],
    ['with a key of its own in a key', '? {a: b}\n: c', 'key is not plain text'],
    ['that means two things by one name', 'a: 1\nb: 2\na: 3', 'repeated key'],
    ['that means two things by one name, deeper', 'x: [{a: 1, a: 2}]', 'repeated key'],
    ['that breaks off', 'a: "b', 'syntax'],
    ['that leads nowhere', 'a: *b', 'alias of nothing'],
    ['of more than a thousand million parts', laughs, 'too many aliases'],
  ])('YAML with %s is refused', async (_, text, reason) => {
    expect(await refusal(text)).toMatchObject({ reason })
  })

  it('an error about YAML gives the place and does not quote the text', async () => {
    expect(await refusal('ok: 1\npassword: hunter2\npassword: hunter2')).toMatchObject({
      reason: 'repeated key',
      line: 3,
      column: 1,
    })
    expect(JSON.stringify(await refusal('a: 1\nb: "hunter2'))).not.toContain('hunter2')
  })

  it('a repeated key is accepted where openstacksdk takes the last one', async () => {
    expect(await parseYaml('a: 1\na: 2', lenient)).toEqual({ a: 2 })
  })

  it('keys of YAML do not reach a prototype', async () => {
    const read = await parseYaml('__proto__: {polluted: yes}\nconstructor: x', strict)
    expect(Object.keys(read as object)).toEqual(['__proto__', 'constructor'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('common YAML is read: nesting, anchors, several lines, more than a hundred clouds', async () => {
    const clouds = Array.from(
      { length: 300 },
      (_, at) => `  c${at}:\n    auth: {username: u${at}, auth_url: "https://k${at}.example/v3"}\n`,
    )
    const read = (await parseYaml(`base: &b {a: 1}\nclouds:\n${clouds.join('')}again: *b\n`, strict)) as {
      clouds: object
    }
    expect(Object.keys(read.clouds)).toHaveLength(300)
  })
})

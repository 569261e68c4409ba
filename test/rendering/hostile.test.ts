/** Large and malicious input: refused or read, in time that grows with its length only. */
import { describe, expect, it } from 'vitest'
import { errorMessage, ParseError, readMessage, renderings } from '../../src/rendering/index.js'
import { runs } from '../support/thorough.js'
import { body, infrastructure, json, plain } from './build.js'

const kind = `Category: compute; scheme="${infrastructure}"; class="kind"`
const many = runs(200_000)

/** Each would take minutes if reading it were quadratic; the test's own timeout is the judge. */
const baits: Readonly<Record<string, string>> = {
  'blanks in a term': `Category: x${' '.repeat(many)};scheme="http://x/#"`,
  'blanks before a term': `Category: ${' '.repeat(many)}x`,
  'blanks after a quote': `${kind}\nX-OCCI-Attribute: a="x${'" '.repeat(many)}`,
  'quotes in a value': `${kind}\nX-OCCI-Attribute: a="${'"'.repeat(many)}`,
  'quotes and commas': `${kind}\nX-OCCI-Attribute: a="${'",'.repeat(many)}b=1`,
  'quotes and semicolons': `Category: x; scheme="${'";'.repeat(many)}`,
  'unclosed brackets': `${kind}\nX-OCCI-Attribute: a=${'['.repeat(many)}`,
  'unclosed brackets, many times': `${kind}\nX-OCCI-Attribute: ${'a=[,'.repeat(9000)}`,
  'open angles': `Link: ${'<'.repeat(many)}`,
  'many open links': `Link: ${'</a>;rel="#",'.repeat(many)}`,
  'lines without a colon': 'OK\n'.repeat(many),
  'folded lines': `Category: a;\n${' b\n'.repeat(many)}`,
  'blank lines': ' \n'.repeat(many),
  'type identifiers run together': `${kind}\nLink: </a>; rel="#x"; category="${'a#http'.repeat(many)}"`,
  'commas in a location': `X-OCCI-Location: /a${','.repeat(many)}`,
  'blanks and commas in a location': `X-OCCI-Location: /a${' ,'.repeat(many)}x`,
  'open braces': `Category: x; scheme="http://x/#"; class="kind"; attributes="${'a{'.repeat(many)}"`,
  'glued fields': `${'Category:'.repeat(many)}`,
  'broken attributes': `${kind}\nX-OCCI-Attribute: ${'a="x"y, '.repeat(9000)}`,
  'open quotes over lines': `${kind}\n${`X-OCCI-Attribute: a="\nb\n`.repeat(many / 10)}`,
  'broken parameters': `Category: x; scheme="http://x/#"; ${'a="b"c; '.repeat(many / 10)}`,
  'a long number': `${kind}\nX-OCCI-Attribute: a=${'9'.repeat(many)}`,
}

const modes = {
  lenient: { strict: false },
  strict: { strict: true },
  recovering: { recover: true },
} as const
type Mode = keyof typeof modes
const all: readonly Mode[] = ['lenient', 'strict', 'recovering']

/** The modes in which a bait is read; in the others it is refused. Default: all but the strict mode. */
const readIn: Readonly<Record<string, readonly Mode[]>> = {
  'blanks before a term': [],
  'open angles': [],
  'many open links': [],
  'folded lines': [],
  'open braces': ['recovering'],
  'broken attributes': ['recovering'],
  'open quotes over lines': ['recovering'],
  'broken parameters': ['recovering'],
  'blank lines': all,
  'type identifiers run together': all,
  'commas in a location': all,
}

describe('text', () => {
  it.each(Object.keys(baits))('reading text is linear in %s', (name) => {
    const text = baits[name] ?? ''
    const fitsLimit = text.split('\n').every((line) => line.length <= 1_048_576)
    const modesThatRead = fitsLimit ? (readIn[name] ?? ['lenient', 'recovering']) : []
    for (const mode of all) {
      const read = () => renderings['text/plain'].parse(body(text), modes[mode])
      if (modesThatRead.includes(mode)) expect(read, mode).not.toThrow()
      else expect(read, mode).toThrow(ParseError)
    }
  })

  it('a number of very many digits stays text', () => {
    const parsed = plain(baits['a long number'] ?? '')
    expect(parsed.entities[0]?.attributes.get('a')).toHaveLength(many)
  })

  it('the limit of elements counts those of one list, not of the message', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `X-OCCI-Location: /c/${i}\n`).join('')
    expect(plain(lines).locations).toHaveLength(20_000)
    expect(() =>
      plain(`X-OCCI-Location: ${Array.from({ length: 20_000 }, (_, i) => `/c/${i}`).join(',')}`),
    ).toThrow(/10000 elements/)
  })

  it('a caller can raise the limits', () => {
    const large = Array.from({ length: 40_000 }, (_, i) =>
      `${kind}; title="${i}"; location="/${'x'.repeat(40)}/"\n`.replace('compute', `c${i}`),
    ).join('')
    expect(large.length).toBeGreaterThan(5e6)
    expect(() => plain(large)).toThrow(expect.objectContaining({ parseCode: 'E_LIMIT' }))
    expect(plain(large, { limits: { size: 1e8 } }).categories).toHaveLength(40_000)
  })

  it('the number of recorded deviations is bounded', () => {
    const parsed = plain('Category: a; scheme=x\n'.repeat(5000))
    expect(parsed.deviations.length).toBeLessThan(1100)
    expect(parsed.deviations.at(-1)?.code).toBe('more-deviations')
  })

  it('errors show no escape sequences of the input', () => {
    expect(() => plain('Category: \u009b31m<;')).toThrow(/^[^\u0000-\u001f\u007f-\u009f]*$/)
  })
})

describe('JSON', () => {
  // Guarantee: answers-bounded
  it.each(['[', '{"a":', '[{"a":'])('a deep %s is refused without a stack overflow', (opening) => {
    expect(() => json(opening.repeat(many))).toThrow(expect.objectContaining({ parseCode: 'E_LIMIT' }))
  })

  it.each(['__proto__', 'a b', '', 'x'.repeat(300)])('the attribute name %j is refused in JSON', (name) => {
    expect(() => json(`{"kind":"x#y","attributes":{${JSON.stringify(name)}:1}}`)).toThrow(ParseError)
  })

  it('__proto__ inside a JSON value is refused', () => {
    expect(() => json('{"kind":"x#y","attributes":{"a.b":{"__proto__":{"polluted":1}}}}')).toThrow(
      /__proto__/,
    )
  })

  it('no member name of JSON reaches a prototype', () => {
    const parsed = json(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"resources":[]}',
    )
    expect(parsed.entities).toEqual([])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each([
    '',
    ' ',
    'nul',
    '1',
    '"x"',
    '{"a" 1}',
    '{"a":1,}',
    '[1,]',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '"\\x"',
    '{"a":"\n"}',
    "{'a':1}",
  ])('the JSON %j is refused or gives nothing', (text) => {
    if (text.trim() === '') expect(json(text).entities).toEqual([])
    else expect(() => json(text)).toThrow(ParseError)
  })
})

describe('errorMessage', () => {
  it.each([
    // M11
    ['message: No such thing', 'No such thing'],
    ['error: {parse_error,{scheme,{class,kind}}}', '{parse_error,{scheme,{class,kind}}}'],
    ['{"code": 404, "message": "not there"}', 'not there'],
    ['{"status":"not_found","error":"gone"}', 'gone'],
    ['{"error":{"code":401,"message":"Authenticate","title":"Unauthorized"}}', 'Authenticate'],
    ['{"badRequest":{"message":"Quota","code":400}}', 'Quota'],
    [
      '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>',
      '502 Bad Gateway',
    ],
    [
      '<!doctype html><title>a</title><h1>b &amp; c</h1><pre>no</pre><p class="x">d <b>e</b></p>',
      'a: b & c: d e',
    ],
    ['Traceback (most recent call last):\n  File "x"\nKeyError: 1\n', 'KeyError: 1'],
    ['red \u001b[31mtext\u0007\u202e', 'red [31mtext'],
    ['{"broken', '{"broken'],
  ])('errorMessage finds the message of %j', (text, words) => {
    expect(errorMessage(body(text))).toBe(words)
  })

  it('errorMessage prefers X-OCCI-Error (ooi, rOCCI-server 2.0) (rocci2-6)', () => {
    expect(errorMessage({ headers: [['x-occi-error', 'Unparsable content']], body: 'OK' })).toBe(
      'Unparsable content',
    )
  })

  it('errorMessage returns undefined without a message, and shortens a long one', () => {
    expect(errorMessage(body(''))).toBeUndefined()
    expect(errorMessage(body('x'.repeat(1e6)))).toHaveLength(500)
    expect(errorMessage(body('<'.repeat(1e5)))).toHaveLength(500)
  })
})

describe('readMessage', () => {
  it('readMessage recognises a body by its beginning', () => {
    expect(() => readMessage(body(`${'x'.repeat(1e6)}`))).toThrow(ParseError)
    expect(readMessage(body(' '.repeat(1e6))).locations).toEqual([])
  })
})

describe('broken JSON', () => {
  it.each([
    ['open quotes', `{"resources":[${'{"a":"b"c"},'.repeat(20_000)}{}]}`],
    ['escaped quotes', `{"a":${'"\\"'.repeat(100_000)}`],
  ])('broken JSON is refused in linear time: %s', (_, text) => {
    expect(() => readMessage(body(text))).toThrow(ParseError)
  })

  it('broken JSON with values that are none is read in linear time', () => {
    const text = `[${'nul,'.repeat(9_000)}1]`
    expect(readMessage(body(text)).entities).toEqual([])
  })
})

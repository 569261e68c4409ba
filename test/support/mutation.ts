/** Reproducible mutations of texts. */
import fc from 'fast-check'

/** A random number generator (xorshift32) that gives the same sequence on every machine. */
export function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const pieces = [
  '"',
  '\\',
  ',',
  ';',
  '=',
  '<',
  '>',
  '{',
  '}',
  '[',
  ']',
  '\r\n',
  '\n',
  '\0',
  ' ',
  '__proto__',
  'constructor',
  '#',
  'Category: ',
  'X-OCCI-Attribute: ',
  'Link: <',
  '\u001b[31m',
  '\ud800',
  'é',
  '9'.repeat(40),
  '1e999',
  '"a":',
  'null',
  '{"'.repeat(60),
]

/** Returns the text with one to four insertions, deletions or replacements. */
export function mutate(
  text: string,
  random: (below: number) => number,
  more: readonly string[] = [],
): string {
  const all = [...pieces, ...more]
  let result = text
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(result.length + 1)
    const piece = all[random(all.length)] ?? ''
    const cut = random(3) === 0 ? random(40) : 0
    result = result.slice(0, at) + (random(5) === 0 ? '' : piece) + result.slice(at + cut)
  }
  return result
}

/**
 * Generates any text, in which about half of the code points are ASCII or controls. fast-check's own generator takes a
 * second to start.
 */
export function anyText(maxLength = 10): fc.Arbitrary<string> {
  const code = fc.oneof(fc.integer({ min: 0, max: 0x9f }), fc.integer({ min: 0, max: 0x10_ffff }))
  return fc.array(code, { maxLength }).map((codes) => String.fromCodePoint(...codes))
}

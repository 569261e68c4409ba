// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of stack files.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors/errors.js'
import { instancesOf, readStack } from '../../src/stack/index.js'
import { runs } from '../support/thorough.js'
import { kinds } from './kinds.js'

const read = (text: string, more: Partial<Parameters<typeof readStack>[1]> = {}) =>
  readStack(text, { file: 'stack.yaml', kinds, ...more })

async function problems(text: string, more: Partial<Parameters<typeof readStack>[1]> = {}) {
  try {
    await read(text, more)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { message: error.message, hint: error.hint, facts: error.facts }
  }
  return undefined
}

const shop = (resources: string) => `name: shop\nresources:\n${resources.replaceAll(/^/gm, '  ')}\n`

describe('a stack file', () => {
  it.each<[title: string, text: string, place: string, message: string, hint?: string]>([
    [
      'a misspelled top key',
      'name: shop\nresorces: {}\n',
      '2:1',
      '"resorces" is not a key of a stack',
      'Did you mean resources?',
    ],
    ['no name', 'resources:\n  web: { kind: compute }\n', '1:1', 'the stack has no name'],
    [
      'a name that is no file name',
      'name: ../x\nresources:\n  web: { kind: compute }\n',
      '1:7',
      'cannot be the name of a stack',
    ],
    ['no resources', 'name: shop\n', '1:1', 'resources must be a mapping'],
    [
      'a misspelled key',
      shop('web:\n  kind: compute\n  sise: small'),
      '5:5',
      '"sise" is not a key of the kind compute',
      'Did you mean size?',
    ],
    [
      'a choice',
      shop('web: { kind: compute, size: smal }'),
      '3:31',
      'size cannot be "smal"',
      'Did you mean small?',
    ],
    ['no kind', shop('web: { size: small }'), '3:8', 'web has no kind'],
    [
      'an unknown reference',
      shop('lan: { kind: network }\nweb: { kind: compute, networks: [lam] }'),
      '4:36',
      'there is no resource "lam"',
      'Did you mean lan?',
    ],
    [
      'an unknown resource in an expression',
      shop('web: { kind: compute, summary: "${dta.url}" }'),
      '3:34',
      'there is no resource "dta"',
    ],
    [
      'an expression that is none',
      shop('web: { kind: compute, summary: "${HOME}" }'),
      '3:34',
      '"${HOME}" is not an expression',
    ],
    [
      'one of several without a number',
      shop('web: { kind: compute, count: 2 }\nb: { kind: compute, summary: "${web.url}" }'),
      '4:32',
      'web has count 2, and no copy is chosen',
    ],
    [
      'a number of what is one',
      shop('web: { kind: compute }\nb: { kind: compute, summary: "${web[0].url}" }'),
      '4:32',
      'web has no count',
    ],
    [
      'a number that is not there',
      shop('web: { kind: compute, count: 2 }\nb: { kind: compute, summary: "${web[2].url}" }'),
      '4:32',
      'web has only the copies web[0] to web[1]',
    ],
    [
      'a number that is not there, of one copy',
      shop('web: { kind: compute, count: 1 }\nb: { kind: compute, summary: "${web[1].url}" }'),
      '4:32',
      'web has only the copy web[0]',
    ],
    [
      'a link of unequal counts',
      shop(
        'd: { kind: storage, count: 3 }\nweb: { kind: compute, count: 2 }\nl: { kind: link, source: web, target: d }',
      ),
      '5:3',
      'l links 2 resources to 3, which cannot be paired',
    ],
    [
      'a link with another count than its source',
      shop(
        'd: { kind: storage }\nweb: { kind: compute, count: 2 }\nl: { kind: link, source: web, target: d, count: 3 }',
      ),
      '5:3',
      'l has count 3, but its source and target need 2 links',
    ],
    [
      'on with a number that the target does not have',
      shop('d: { kind: storage, count: 2 }\nweb: { kind: compute, count: 3, storage: [{ name: d, on: 3 }] }'),
      '4:45',
      'd has count 2, and no copy number 3 to link',
    ],
    [
      'counts that differ',
      shop('d: { kind: storage, count: 3 }\nweb: { kind: compute, count: 2, storage: [d] }'),
      '4:45',
      'so they cannot be paired',
    ],
    [
      'on without so many',
      shop('d: { kind: storage }\nweb: { kind: compute, count: 2, storage: [{ name: d, on: 3 }] }'),
      '4:60',
      'there is no copy number 3',
    ],
    [
      'a state without an action',
      shop('web: { kind: compute, state: actve }'),
      '3:32',
      'no action leads to the state',
      'Did you mean active?',
    ],
    [
      'a link without an end',
      shop('web: { kind: compute }\nl: { kind: link, source: web }'),
      '4:6',
      'a link needs target',
    ],
    [
      'a copy number at the end of a link',
      shop(
        'web: { kind: compute }\nlan: { kind: network }\nl: { kind: link, source: { name: web, on: 1 }, target: lan }',
      ),
      '5:41',
      '"on" is not a key of source',
    ],
    [
      'what exists with keys of a creation',
      shop('lan: { kind: network, existing: true, size: small }'),
      '3:41',
      '"size" is not a key of a resource that exists',
    ],
    ['a key twice', shop('web: { kind: compute, size: small, size: large }'), '3:38', 'repeated key'],
    ['broken YAML', 'name: [shop\n', '2:1', 'not valid YAML'],
    [
      'a name with another meaning',
      shop('env: { kind: compute }'),
      '3:3',
      'cannot be the name of a resource',
    ],
  ])('the error for %s contains the place in the file', async (_, text, place, message, hint) => {
    const found = await problems(text)
    expect(found?.message).toContain(`stack.yaml:${place}: `)
    expect(found?.message).toContain(message)
    if (hint !== undefined) expect(`${found?.hint} ${found?.message}`).toContain(hint)
  })

  it('all problems are reported at once, in the order of the file', async () => {
    const found = await problems(shop('a: { kind: compute, x: 1 }\nb: { kind: compute, y: 2 }'))
    expect(found?.message.split('\n').map((line) => line.slice(0, 15))).toEqual([
      '2 problems in s',
      'stack.yaml:3:23',
      'stack.yaml:4:23',
    ])
    expect(found?.facts?.['problems']).toHaveLength(2)
  })

  it('the error for resources that need each other prints the circle', async () => {
    const text = shop(
      'a: { kind: compute, summary: "${b.id}" }\nb: { kind: compute, summary: "${c.id}" }\nc: { kind: compute, networks: [a] }',
    )
    expect((await problems(text))?.message).toContain('these resources depend on each other: a → b → c → a')
  })

  it("the error for variables without a value lists them, and the program's own settings are not passed on", async () => {
    const text = shop(
      'a: { kind: compute, summary: "${var.x} ${env.NONE}" }\nb: { kind: compute, summary: "${env.OCCI_PASSWORD}" }',
    )
    const values = {
      variables: new Map<string, string>(),
      environment: (name: string) => (name === 'OCCI_PASSWORD' ? 'secret' : undefined),
    }
    const found = await problems(text, { values })
    expect(found?.message).toContain('The variable "x" has no value')
    expect(found?.message).toContain('The environment variable NONE is not set')
    expect(found?.message).toContain('is a setting of occi and is not passed on')
    expect(found?.message).not.toContain('secret')
    expect(await problems(text)).toBeUndefined()
  })

  it('lists may be written in both ways, and the file may be JSON', async () => {
    const stack = await read(
      shop(
        'lan: { kind: network }\na: { kind: compute, network: lan, mixin: x }\nb: { kind: compute, networks: [lan], mixins: [x, y] }',
      ),
    )
    expect(stack.resources.get('a')?.links).toHaveLength(1)
    expect(stack.resources.get('b')?.values.get('mixin')).toHaveLength(2)
    const json = await read(
      '{"name":"j","resources":{"web":{"kind":"compute","attributes":{"a.b":{"c":[1]}}}}}',
    )
    expect(json.resources.get('web')?.values.get('attribute')?.[0]?.source).toBe('a.b:={"c":[1]}')
  })

  it('expressions are replaced in the files that the stack names, and variables of scripts are kept', async () => {
    const text = shop('d: { kind: storage }\nweb: { kind: compute, user-data: setup.sh }')
    const stack = await read(text, { document: async () => 'echo ${HOME} ${d.url} ${x[0]} $${kept}' })
    expect(instancesOf(stack).find(({ address }) => address === 'web')?.needs).toEqual(['d'])
    const wrong = await problems(text, { document: async () => 'echo ${dd.url}' })
    expect(wrong?.message).toContain('there is no resource "dd"')
  })
})

describe('copies', () => {
  it('copies are numbered from 1 in titles and from 0 in names', async () => {
    const stack = await read(
      shop('web: { kind: compute, count: 2 }\none: { kind: compute, count: 1 }\nonly: { kind: compute }'),
    )
    expect(instancesOf(stack).map(({ address, title }) => [address, title])).toEqual([
      ['web[0]', 'web-1'],
      ['web[1]', 'web-2'],
      ['one[0]', 'one-1'],
      ['only', 'only'],
    ])
  })

  it('copies of equal counts are linked one to one, and "on" links only one', async () => {
    const stack = await read(
      shop(
        'd: { kind: storage, count: 2 }\ne: { kind: storage }\nweb: { kind: compute, count: 2, storage: [d, { name: e, on: 2, mountpoint: /x }] }\nl: { kind: link, source: web, target: d }',
      ),
    )
    const by = new Map(instancesOf(stack).map((one) => [one.address, one]))
    expect(by.get('web[0]')?.links.map(({ to }) => to)).toEqual(['d[0]'])
    expect(by.get('web[1]')?.links.map(({ to }) => to)).toEqual(['d[1]', 'e'])
    expect(by.get('l[1]')?.ends).toEqual({ source: 'web[1]', target: 'd[1]' })
  })
})

it('any text is read, or refused with a place', async () => {
  const word = fc.constantFrom(
    'name',
    'resources',
    'kind',
    'compute',
    'web',
    'count',
    '2',
    '-',
    '[',
    ']',
    '{',
    '}',
    ':',
    ': ',
    '\n',
    '\n  ',
    '${',
    '}',
    'a',
    '"',
    '&x',
    '*x',
    ',',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 40 }), async (words) => {
      const found = await problems(words.join(''))
      if (found !== undefined) expect(found.message).toMatch(/stack\.yaml:\d+:\d+: /)
    }),
    { numRuns: runs(1000) },
  )
})

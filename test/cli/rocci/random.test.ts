import { describe, expect, it } from 'vitest'
import { jsonRecords } from '../../../src/cli/rocci/formats/json.js'
import { plainRecords } from '../../../src/cli/rocci/formats/plain.js'
import { receivedEntity } from '../../../src/cli/rocci/received.js'
import { Model } from '../../../src/model/index.js'
import { readFields } from '../../../src/rendering/index.js'

/**
 * Random answers, printed by the rules of rOCCI-core 4.3.6 and rOCCI-cli 4.3.10. The rules are written here a
 * second time, in another way than in the program; each names the file and line that it was read from. The same
 * kind of answers was compared byte for byte with rOCCI itself on a developer's machine.
 */
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'
const actionScheme = 'http://schemas.ogf.org/occi/infrastructure/compute/action#'

type Random = <T>(choices: readonly T[]) => T

interface Written {
  readonly name: string
  /** As in the answer. */
  readonly wire: string
  /** As rOCCI prints it: strings are never unescaped (parser/text.rb:178), numbers are Ruby's (parser/text.rb:181). */
  readonly printed: string
  readonly json: unknown
}

interface Case {
  readonly body: string
  readonly plain: string
  readonly value: Record<string, unknown>
}

/** A generator that gives the same numbers for the same seed. */
function randomFrom(seed: number): Random {
  let state = seed
  return (choices) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return choices[Math.floor((state / 0x80000000) * choices.length)] as (typeof choices)[number]
  }
}

const values: readonly Omit<Written, 'name'>[] = [
  { wire: '"web"', printed: 'web', json: 'web' },
  { wire: '"a;b, c=d"', printed: 'a;b, c=d', json: 'a;b, c=d' },
  { wire: '"x \\"q\\" y"', printed: 'x \\"q\\" y', json: 'x \\"q\\" y' },
  { wire: '"é ü"', printed: 'é ü', json: 'é ü' },
  { wire: '"1024"', printed: '1024', json: '1024' },
  { wire: '512', printed: '512', json: 512 },
  { wire: '007', printed: '7', json: 7 },
  { wire: '2.50', printed: '2.5', json: 2.5 },
]

const names = [
  ...['occi.core.title', 'occi.core.summary', 'occi.compute.cores', 'occi.compute.memory'],
  ...['occi.compute.state', 'occi.compute.hostname', 'occi.network.vlan', 'occi.storage.size'],
  ...['org.openstack.compute.user_data', 'org.opennebula.id', 'com.example.a', 'com.example.b.c', 'z'],
]

/** Laid out before an answer is read: core/entity.rb:16, core/resource.rb:9, infrastructure/compute.rb:33. */
const layout = [
  ...['occi.core.id', 'occi.core.title', 'occi.core.summary'],
  ...['architecture', 'cores', 'hostname', 'memory', 'speed', 'state'].map((name) => `occi.compute.${name}`),
]

function some<T>(random: Random, from: readonly T[], atMost: number): T[] {
  const left = [...from]
  const count = random([...Array(atMost + 1).keys()])
  return [...Array(count)].flatMap(() => left.splice(left.indexOf(random(left)), 1))
}

/** Attributes are kept in a tree (core/attributes.rb:83): names with one beginning follow its first appearance. */
function treeOrder(attributes: readonly Written[], before: readonly string[]): readonly Written[] {
  const appearance = new Map<string, number>()
  for (const name of [...before, ...attributes.map((each) => each.name)]) {
    const steps = name.split('.')
    for (let length = 1; length <= steps.length; length++) {
      const beginning = steps.slice(0, length).join('.')
      if (!appearance.has(beginning)) appearance.set(beginning, appearance.size)
    }
  }
  const key = (name: string) =>
    name.split('.').map((_, index, steps) => appearance.get(steps.slice(0, index + 1).join('.')) ?? -1)
  return [...attributes].sort((a, b) => {
    const [left, right] = [key(a.name), key(b.name)]
    const at = left.findIndex((each, index) => each !== right[index])
    return (left[at] ?? 0) - (right[at] ?? 0)
  })
}

/** Nested by the dots of the names (core/attributes.rb:196). */
function nested(attributes: readonly Written[]): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const { name, json } of attributes) {
    const steps = name.split('.')
    const last = steps.pop() ?? name
    let at = root
    for (const step of steps) {
      const inner = (at[step] ?? {}) as Record<string, unknown>
      at[step] = inner
      at = inner
    }
    at[last] = json
  }
  return root
}

function text(name: string, content: string): Written {
  return { name, wire: `"${content}"`, printed: content, json: content }
}

function randomCase(seed: number): Case {
  const random = randomFrom(seed)
  const attributesOf = (from: readonly string[], atMost: number): Written[] =>
    some(random, from, atMost).map((name) => ({ name, ...random(values) }))
  const attributes = attributesOf(names, 8)
  attributes.splice(random([0, attributes.length]), 0, text('occi.core.id', `id-${seed}`))
  const mixins = some(random, ['Small', 'LARGE', 'debian6', 'x_1'], 3).map((term) => ({
    term,
    title: random([undefined, 'A title']),
  }))
  const links = [...Array(random([0, 1, 2])).keys()].map((number) => ({
    path: `/link/networkinterface/${seed}-${number}`,
    target: `/network/${number}`,
    // Attributes of a link as they came (parser/text.rb:229).
    attributes: [
      text('occi.core.id', `${seed}-${number}`),
      ...attributesOf(['occi.networkinterface.mac', 'occi.networkinterface.state', 'com.example.a'], 3),
    ],
  }))
  const actions = some(random, ['start', 'stop', 'restart'], 3)

  const body = [
    `Category: compute;scheme="${infrastructure}";class="kind"`,
    ...mixins.map(
      ({ term, title }) =>
        `Category: ${term};scheme="http://example.org/t#";class="mixin"${title === undefined ? '' : `;title="${title}"`}`,
    ),
    ...attributes.map(({ name, wire }) => `X-OCCI-Attribute: ${name}=${wire}`),
    ...links.map(
      (link) =>
        `Link: <${link.target}>;rel="${infrastructure}network";self="${link.path}";category="${infrastructure}networkinterface"${link.attributes.map(({ name, wire }) => `;${name}=${wire}`).join('')}`,
    ),
    ...actions.map((term) => `Link: </compute/id-${seed}?action=${term}>;rel="${actionScheme}${term}"`),
  ].join('\n')

  const ordered = treeOrder(attributes, layout)
  const rule = '#'.repeat(79)
  const lines = (all: readonly Written[], indent: string) =>
    treeOrder(all, []).map(({ name, printed }) => `${indent}${name} = ${printed}`)
  // cli/templates/resources.erb:1-35; terms in lower case (parser/text.rb:121), made-up locations (mixin.rb:28).
  const plain = [
    rule,
    `[[ ${infrastructure}compute ]]`,
    `>> location: /compute/id-${seed}`,
    ...ordered.map(({ name, printed }) => `${name} = ${printed}`),
    ...['', 'Links:'],
    ...links.flatMap((link) => [
      ...['', `    [[ ${infrastructure}networkinterface ]]`, `    >> location: ${link.path}`],
      ...lines(link.attributes, '    '),
    ]),
    ...['', 'Mixins:'],
    ...mixins.flatMap(({ term, title }) => [
      ...['', `    [[ http://example.org/t#${term.toLowerCase()} ]]`, `    title:        ${title ?? ''}`],
      `    term:         ${term.toLowerCase()}`,
      `    location:     /mixin/${term.toLowerCase()}/`,
    ]),
    ...['', 'Actions:'],
    ...actions.flatMap((term) => ['', `    [[ ${actionScheme}${term} ]]`]),
    rule,
  ].join('\n')

  // core/entity.rb:195, core/resource.rb:74, core/link.rb:66: order of members, and which are left out.
  const value = {
    kind: `${infrastructure}compute`,
    ...(mixins.length === 0
      ? {}
      : { mixins: mixins.map(({ term }) => `http://example.org/t#${term.toLowerCase()}`) }),
    ...(actions.length === 0 ? {} : { actions: actions.map((term) => `${actionScheme}${term}`) }),
    attributes: nested(ordered),
    id: `id-${seed}`,
    links: links.map((link) => ({
      kind: `${infrastructure}networkinterface`,
      attributes: nested(treeOrder(link.attributes, [])),
      id: link.attributes[0]?.json,
      rel: `${infrastructure}network`,
      source: `/compute/id-${seed}`,
      target: link.target,
    })),
  }
  return { body, plain, value }
}

function read(body: string) {
  const entity = receivedEntity(readFields({ headers: [], body }, 'body'), new Model([]), { sorted: false })
  if (entity === undefined) throw new Error('not an entity')
  return { type: 'entity', entity } as const
}

/** Empty links are left out, except in the extended forms (cli/resource_output_factory.rb:86). */
function shown({ value }: Case, extended: boolean): unknown {
  const { links, ...rest } = value
  return extended || (links as unknown[]).length > 0 ? value : rest
}

/** Ruby's pretty generator opens an empty list all the same. */
function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^( *)(.*)\[\](,?)$/gm, '$1$2[\n\n$1]$3')
}

describe('random answers', () => {
  const cases = [...Array(400).keys()].map((seed) => randomCase(seed + 1))

  it('random answers are printed as plain text by the rules of rOCCI', () => {
    for (const each of cases) expect(plainRecords([read(each.body)])).toBe(each.plain)
  })

  it.each([false, true])(
    'random answers are printed as JSON by the rules of rOCCI (extended: %s)',
    (extended) => {
      for (const each of cases) {
        const value = shown(each, extended)
        const records = [read(each.body)]
        expect(jsonRecords(records, { pretty: false, extended })).toBe(`[${JSON.stringify(value)}]`)
        expect(jsonRecords(records, { pretty: true, extended })).toBe(`[\n${pretty(value)}\n]`)
      }
    },
  )

  it('several random answers are joined one after the other', () => {
    const [first, second] = cases.slice(0, 2)
    if (first === undefined || second === undefined) throw new Error('no cases')
    const records = [read(first.body), read(second.body)]
    const rule = '#'.repeat(79)
    expect(plainRecords(records)).toBe(`${first.plain}${second.plain.slice(rule.length)}`)
    expect(jsonRecords(records, { pretty: false, extended: true })).toBe(
      `[${JSON.stringify(first.value)},${JSON.stringify(second.value)}]`,
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttributeValue, type Entity, Model, type TypeId, typeId } from '../../src/model/index.js'
import {
  type Actual,
  compare,
  destruction,
  type FoundResource,
  hasChanges,
  plan,
  type StateRecord,
  stepsOf,
  type Wanted,
} from '../../src/stack/index.js'
import { runs } from '../support/thorough.js'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const compute = typeId(infra, 'compute')
const template = (scheme: string, term: string, of: string) => ({
  class: 'mixin' as const,
  scheme,
  term,
  id: typeId(scheme, term),
  attributes: new Map(),
  depends: [typeId(infra, of)],
  applies: [],
  actions: [],
})
const small = template('http://x/size#', 'small', 'resource_tpl')
const large = template('http://x/size#', 'large', 'resource_tpl')
const debian = template('http://x/os#', 'debian', 'os_tpl')
const ubuntu = template('http://x/os#', 'ubuntu', 'os_tpl')
const model = new Model([small, large, debian, ubuntu])

interface Said {
  readonly title?: string
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly mixins?: readonly TypeId[]
  readonly links?: readonly string[]
}

const place = (name: string) => `http://cloud/compute/${name}`

function entity(name: string, { title, attributes = {}, mixins = [], links = [] }: Said = {}): Entity {
  return {
    type: 'resource',
    kind: compute,
    mixins,
    title: title ?? name,
    location: place(name),
    attributes: new Map(Object.entries(attributes)),
    actions: [],
    links: links.map((to) => ({
      type: 'link' as const,
      kind: typeId(infra, 'storagelink'),
      mixins: [],
      attributes: new Map(),
      actions: [],
      location: `http://cloud/link/${name}-${to}`,
      target: { location: place(to) },
    })),
  }
}

function wanted(address: string, more: Partial<Wanted> & Said = {}): Wanted {
  const links = (more.links as unknown as readonly string[] | undefined) ?? []
  return {
    address,
    site: '',
    kind: compute,
    word: 'compute',
    title: address,
    existing: false,
    entity: { ...entity(address, { ...more, links: [] }) },
    keyTexts: [],
    needs: [...links],
    state: undefined,
    ...more,
    links: links.map((to) => ({ to, key: 'storage' })),
  } as Wanted
}

function found(name: string, said: Said = {}, more: Partial<FoundResource> = {}): [string, FoundResource] {
  const made = entity(name, said)
  return [
    name,
    { entity: made, by: 'state', linked: (said.links ?? []).map(place), fixed: new Map(), ...more },
  ]
}

const record = (name: string, more: Partial<StateRecord> = {}): [string, StateRecord] => [
  name,
  { site: '', kind: compute, title: name, url: place(name), needs: [], ...more },
]

function planned(
  desired: readonly Wanted[],
  there: readonly [string, FoundResource][],
  state: readonly [string, StateRecord][],
) {
  const actual: Actual = { found: new Map(there), records: new Map(state), model: () => model }
  return plan(desired, actual)
}

const actions = (made: ReturnType<typeof plan>) =>
  made.entries.map(({ address, action }) => `${action} ${address}`)
const steps = (made: ReturnType<typeof plan>) =>
  stepsOf(made).map(
    (step) =>
      `${step.do} ${step.entry.address} after ${step.after.map((each) => `${each.do} ${each.entry.address}`).join(', ') || 'nothing'}`,
  )

describe('a plan', () => {
  const cases: readonly [
    string,
    Wanted,
    [string, FoundResource] | undefined,
    [string, StateRecord] | undefined,
    string,
    readonly string[],
  ][] = [
    ['creates what is not there', wanted('a'), undefined, undefined, 'create', []],
    ['creates anew what somebody deleted', wanted('a'), undefined, record('a'), 'create', []],
    ['keeps what is as it is to be', wanted('a'), found('a'), record('a'), 'keep', []],
    ['changes a title', wanted('a', { title: 'b' }), found('a'), record('a'), 'update', ['title a b']],
    [
      'changes an attribute',
      wanted('a', { attributes: { 'occi.compute.cores': 4 } }),
      found('a', { attributes: { 'occi.compute.cores': 2 } }),
      record('a'),
      'update',
      ['occi.compute.cores 2 4'],
    ],
    [
      'compares numbers and not how they are written',
      wanted('a', { attributes: { 'occi.compute.memory': 2 } }),
      found('a', { attributes: { 'occi.compute.memory': '2.0' } }),
      record('a'),
      'keep',
      [],
    ],
    [
      'does not mind the case of words of the standard',
      wanted('a', { attributes: { 'occi.compute.architecture': 'X86' } }),
      found('a', { attributes: { 'occi.compute.architecture': 'x86' } }),
      record('a'),
      'keep',
      [],
    ],
    [
      'minds the case of what is not of the standard',
      wanted('a', { attributes: { 'org.x.name': 'A' } }),
      found('a', { attributes: { 'org.x.name': 'a' } }),
      record('a'),
      'update',
      ['org.x.name a A'],
    ],
    [
      'does not compare what is not shown',
      wanted('a', { attributes: { 'org.x.secret': 'A' } }),
      found('a'),
      record('a'),
      'keep',
      [],
    ],
    [
      'leaves defaults of the provider',
      wanted('a'),
      found('a', { attributes: { 'occi.compute.cores': 1 }, mixins: [small.id] }),
      record('a'),
      'keep',
      [],
    ],
    [
      'does not mind the order of mixins',
      wanted('a', { mixins: [small.id, debian.id] }),
      found('a', { mixins: [debian.id, small.id] }),
      record('a'),
      'keep',
      [],
    ],
    [
      'changes a size',
      wanted('a', { mixins: [large.id] }),
      found('a', { mixins: [small.id] }),
      record('a'),
      'update',
      ['resource_tpl small large'],
    ],
    [
      'replaces for another image',
      wanted('a', { mixins: [ubuntu.id] }),
      found('a', { mixins: [debian.id] }),
      record('a'),
      'replace',
      ['os_tpl debian ubuntu'],
    ],
    [
      'replaces what cannot be changed',
      wanted('a', { attributes: { 'occi.x': 'b' } }),
      found('a', { attributes: { 'occi.x': 'a' } }, { fixed: new Map([['occi.x', 'occi.x is immutable']]) }),
      record('a'),
      'replace',
      ['occi.x a b'],
    ],
    [
      'replaces for another context',
      wanted('a', { site: 'ifca' }),
      found('a'),
      record('a'),
      'replace',
      ['context  ifca'],
    ],
    [
      'starts what is to be active',
      wanted('a', { state: 'active' }),
      found('a', { attributes: { 'occi.compute.state': 'inactive' } }),
      record('a'),
      'update',
      ['state inactive active'],
    ],
    [
      'never touches what is existing',
      wanted('a', { existing: true, title: 'b' }),
      found('a'),
      undefined,
      'existing',
      [],
    ],
  ]
  it.each(cases)('a plan %s', (_, one, there, state, action, changes) => {
    const made = planned([one], there === undefined ? [] : [there], state === undefined ? [] : [state])
    expect(made.entries[0]?.action).toBe(action)
    if (action !== 'create')
      expect(made.entries[0]?.changes.map(({ name, from, to }) => `${name} ${from} ${to}`)).toEqual(changes)
    expect(hasChanges(made)).toBe(!['keep', 'existing'].includes(action))
  })

  it('a plan gives the reason for a replacement', () => {
    const made = planned(
      [wanted('a', { mixins: [ubuntu.id] })],
      [found('a', { mixins: [debian.id] })],
      [record('a')],
    )
    expect(made.entries[0]?.changes[0]?.reason).toContain('image')
  })

  it('a plan adopts an entity of the same title only on request', () => {
    const made = planned([wanted('a')], [found('a', {}, { by: 'title' })], [])
    expect(made.entries[0]).toMatchObject({ action: 'keep', adopt: true })
    expect(hasChanges(made)).toBe(true)
    expect(steps(made)).toEqual(['adopt a after nothing'])
  })

  it('a plan finishes what was interrupted', () => {
    expect(steps(planned([wanted('a')], [found('a')], [record('a', { doing: 'create' })]))).toEqual([
      'adopt a after nothing',
    ])
  })

  it('a plan searches only for an interrupted creation whose URL is not known', () => {
    const { url: _, ...unknownUrl } = record('a', { doing: 'create' })[1]
    expect(planned([wanted('a')], [], [['a', unknownUrl]]).entries[0]).toMatchObject({ interrupted: true })
    const lost = planned([wanted('a')], [], [record('a', { doing: 'create' })]).entries[0]
    expect(lost).toMatchObject({ action: 'create', lost: true })
    expect(lost).not.toHaveProperty('interrupted')
  })

  it('a plan deletes what the file no longer has, after what used it', () => {
    const made = planned([], [], [record('a'), record('b', { needs: ['a'] })])
    expect(actions(made)).toEqual(['delete a', 'delete b'])
    expect(steps(made)).toEqual(['delete a after delete b', 'delete b after nothing'])
  })

  it('a plan deletes a link before its target', () => {
    const made = planned(
      [wanted('web')],
      [found('web', { links: ['data'] })],
      [record('web', { needs: ['data'], links: [place('data')] }), record('data')],
    )
    expect(steps(made)).toEqual([
      'unlink web after nothing',
      'delete data after unlink web',
      'update web after unlink web',
    ])
  })

  it('a plan leaves links that the provider made', () => {
    const made = planned([wanted('web')], [found('web', { links: ['public'] })], [record('web')])
    expect(actions(made)).toEqual(['keep web'])
  })

  it('a plan recreates links with a replaced resource', () => {
    const made = planned(
      [wanted('data', { mixins: [ubuntu.id] }), wanted('web', { links: ['data'] as never })],
      [found('data', { mixins: [debian.id] }), found('web', { links: ['data'] })],
      [record('data'), record('web', { needs: ['data'], links: [place('data')] })],
    )
    expect(actions(made)).toEqual(['replace data', 'update web'])
    expect(steps(made)).toEqual([
      'unlink web after nothing',
      'delete data after unlink web',
      'create data after delete data',
      'update web after create data, unlink web',
    ])
  })
})

describe('a destruction', () => {
  it('a destruction spares kept resources and what they need', () => {
    const records = new Map([
      record('net'),
      record('data'),
      record('web[0]', { needs: ['net', 'data'] }),
      record('other'),
    ])
    const kept = (name: string) =>
      actions(destruction(records, new Set([name]))).filter((each) => each.startsWith('keep'))
    expect(kept('web')).toEqual(['keep net', 'keep data', 'keep web[0]'])
    expect(kept('data')).toEqual(['keep data'])
  })
})

describe('any plan', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  /** Each may need those before it. */
  const graph = fc
    .array(fc.subarray(names), { minLength: 5, maxLength: 5 })
    .map((all) => all.map((needs, at) => needs.filter((need) => names.indexOf(need) < at)))

  it('any plan has no step before those that it needs, and ends', () => {
    fc.assert(
      fc.property(graph, graph, fc.subarray(names), fc.subarray(names), (file, before, inFile, inState) => {
        const made = planned(
          inFile.map((name) =>
            wanted(name, {
              links: (file[names.indexOf(name)] ?? []).filter((each) => inFile.includes(each)) as never,
              title: `${name}!`,
            }),
          ),
          inState.map((name) =>
            found(name, {
              links: (before[names.indexOf(name)] ?? []).filter((each) => inState.includes(each)),
            }),
          ),
          inState.map((name) => {
            const needs = (before[names.indexOf(name)] ?? []).filter((each) => inState.includes(each))
            return record(name, { needs, links: needs.map(place) })
          }),
        )
        const left = new Set(stepsOf(made))
        const done = new Set<unknown>()
        for (let size = -1; size !== left.size; ) {
          size = left.size
          for (const step of left) {
            if (!step.after.every((each) => done.has(each))) continue
            left.delete(step)
            done.add(step)
          }
        }
        expect(left.size).toBe(0)
      }),
      { numRuns: runs(2000) },
    )
  })

  it('any plan is empty for an entity that is shown as it was sent', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.string({ maxLength: 10 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const written = (text: AttributeValue, how: number): AttributeValue =>
      how === 0 || typeof text === 'boolean' ? text : how === 1 ? String(text) : ` ${String(text)} `
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('occi.a', 'occi.b', 'org.c'), value),
        fc.nat(2),
        fc.nat(5),
        (attributes, how, extra) => {
          const sent = entity('a', { attributes })
          const shown = entity('a', {
            attributes: {
              ...Object.fromEntries(
                Object.entries(attributes)
                  .reverse()
                  .map(([name, text]) => [name, written(text as AttributeValue, how)]),
              ),
              [`org.default${extra}`]: 1,
            },
          })
          expect(compare(sent, shown, model)).toEqual([])
        },
      ),
      { numRuns: runs(1000) },
    )
  })
})

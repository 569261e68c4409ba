import { describe, expect, it } from 'vitest'
import { ValidationError } from '../../src/errors/errors.js'
import {
  type AttributeValue,
  attributesFrom,
  COMPUTE,
  defineAction,
  IP_NETWORK,
  infrastructureCategories,
  Model,
  NETWORK,
  OS_TEMPLATE,
  SSH_KEY,
  STORAGE,
  STORAGE_LINK,
  throwProblems,
  USER_DATA,
  validateAction,
  validateCreate,
  validateUpdate,
} from '../../src/model/index.js'
import { bare, definitions, id, kind, mixin } from './categories.js'

const model = new Model(infrastructureCategories())
const action = (name: string) => id(`http://schemas.ogf.org/occi/infrastructure/${name}`)

function create(kindId: string, attributes: Record<string, AttributeValue>, ...mixins: string[]) {
  return validateCreate(model, {
    kind: id(kindId),
    mixins: mixins.map(id),
    attributes: attributesFrom(attributes),
  })
}

describe('validateCreate', () => {
  it('validateCreate accepts a valid entity', async () => {
    const attributes = { 'occi.compute.cores': 2, 'occi.compute.memory': 0.5, 'occi.core.title': 'web' }
    expect(await create(COMPUTE, attributes, OS_TEMPLATE)).toEqual([])
    expect(await create(STORAGE, { 'occi.storage.size': 10n })).toEqual([])
  })

  it('validateCreate names an unknown attribute with the nearest known ones', async () => {
    expect(await create(COMPUTE, { 'occi.compute.memroy': 2 })).toEqual([
      {
        at: 'occi.compute.memroy',
        message: 'Compute has no attribute occi.compute.memroy.',
        hint: 'Did you mean occi.compute.memory?',
        suggestions: ['occi.compute.memory'],
      },
    ])
  })

  it.each<[string, AttributeValue, string]>([
    ['occi.compute.cores', 'two', 'occi.compute.cores must be a number, not the string "two".'],
    ['occi.compute.hostname', 3, 'occi.compute.hostname must be a string, not 3.'],
    ['occi.compute.hostname', ['a'], 'occi.compute.hostname must be a string, not an array (JSON).'],
    ['occi.compute.cores', 0, 'occi.compute.cores must be at least 1, not 0.'],
    ['occi.compute.memory', 0, 'occi.compute.memory must be greater than 0, not 0.'],
  ])('validateCreate says what %s must be when given %j', async (name, value, message) => {
    expect(await create(COMPUTE, { [name]: value })).toEqual([{ at: name, message }])
  })

  it('validateCreate lists the values of an enumeration and suggests the nearest', async () => {
    expect(await create(COMPUTE, { 'occi.compute.architecture': 'x65' })).toEqual([
      {
        at: 'occi.compute.architecture',
        message: 'occi.compute.architecture must be one of x86, x64, not the string "x65".',
        hint: 'Did you mean x64?',
        suggestions: ['x64'],
      },
    ])
  })

  it('validateCreate refuses an attribute that the provider manages, but accepts one that a mixin marks immutable', async () => {
    const [problem] = await create(COMPUTE, { 'occi.compute.state': 'active' })
    expect(problem).toMatchObject({
      at: 'occi.compute.state',
      hint: 'Trigger an action to change the state.',
    })
    const rocci = new Model([
      ...infrastructureCategories(),
      mixin('http://x#', 'ctx', {
        attributes: definitions({ name: 'x.data', type: 'string', mutable: false }),
      }),
    ])
    const draft = {
      kind: COMPUTE,
      mixins: [id('http://x#ctx')],
      attributes: attributesFrom({ 'x.data': 'a' }),
    }
    expect(await validateCreate(rocci, draft)).toEqual([])
  })

  it('validateCreate requires the required attributes of the kind and of each mixin', async () => {
    expect(await create(STORAGE, {})).toEqual([
      {
        at: 'occi.storage.size',
        message: 'Storage needs occi.storage.size (Size in GiB).',
        hint: 'Give it a value: occi.storage.size=…',
      },
    ])
    expect((await create(COMPUTE, {}, SSH_KEY, USER_DATA)).map(({ at }) => at)).toEqual([
      'occi.credentials.ssh.publickey',
      'occi.compute.userdata',
    ])
  })

  it('validateCreate counts members of the entity as given attributes', async () => {
    const ends = { source: { location: '/compute/1' }, target: { location: '/storage/1' } }
    expect(await validateCreate(model, { kind: STORAGE_LINK, ...ends })).toEqual([])
    expect((await validateCreate(model, { kind: STORAGE_LINK })).map(({ at }) => at)).toEqual([
      'occi.core.source',
      'occi.core.target',
    ])
  })

  it('validateCreate checks inline links, whose source is the entity', async () => {
    const problems = await validateCreate(model, {
      kind: COMPUTE,
      links: [
        {
          kind: STORAGE_LINK,
          target: { location: '/storage/1' },
          attributes: attributesFrom({ 'occi.storagelink.mountpoin': '/data' }),
        },
      ],
    })
    expect(problems.map(({ suggestions }) => suggestions)).toEqual([['occi.storagelink.mountpoint']])
  })

  it('validateCreate refuses a mixin that does not apply, an unknown mixin, a second kind and an action', async () => {
    const problems = await create(
      COMPUTE,
      {},
      IP_NETWORK,
      `${SSH_KEY}s`,
      NETWORK,
      action('compute/action#start'),
    )
    expect(problems.map(({ message }) => message)).toEqual([
      'Mixin ipnetwork does not apply to compute.',
      `The provider has no mixin ${SSH_KEY}s.`,
      `${NETWORK} is a second kind; an entity has exactly one, here ${COMPUTE}.`,
      `${action('compute/action#start')} is an action, not a mixin.`,
    ])
    expect(problems[0]?.hint).toBe('It applies to network.')
    expect(problems[1]?.suggestions).toEqual([SSH_KEY])
  })

  it('validateCreate reports an unknown kind once, not for each attribute', async () => {
    const problems = await create('http://old.example/occi#compute', { 'occi.compute.cores': 'x' })
    expect(problems).toHaveLength(1)
    expect(problems[0]?.suggestions).toEqual([COMPUTE])
  })

  it('validateCreate refuses no attribute as unknown when the provider declares none (ooi in text)', async () => {
    const ooi = new Model(infrastructureCategories().map(bare))
    const draft = { kind: COMPUTE, attributes: attributesFrom({ 'occi.compute.anything': 1 }) }
    expect(await validateCreate(ooi, draft)).toEqual([])
    expect(await validateCreate(new Model([]), draft)).toEqual([])
  })

  it('validateCreate accepts any value when the rendering cannot carry a type', async () => {
    const text = new Model([kind('http://x#', 'vm', { attributes: definitions({ name: 'x.size' }) })])
    for (const value of ['1', 1, true, [1]]) {
      const draft = { kind: id('http://x#vm'), attributes: attributesFrom({ 'x.size': value }) }
      expect(await validateCreate(text, draft)).toEqual([])
    }
  })
})

describe('patterns', () => {
  async function check(pattern: object, value: AttributeValue, type?: 'array' | 'string') {
    const attributes = definitions({
      name: 'x.a',
      pattern: pattern as never,
      ...(type !== undefined && { type }),
    })
    const site = new Model([kind('http://x#', 'vm', { attributes })])
    const draft = { kind: id('http://x#vm'), attributes: attributesFrom({ 'x.a': value }) }
    return (await validateCreate(site, draft)).map(({ message }) => message)
  }

  it('patterns match regular expressions with and without anchors', async () => {
    expect(await check({ form: 'regex', source: '^[a-z]+$' }, 'abc')).toEqual([])
    expect(await check({ form: 'regex', source: '^[a-z]+$' }, 'ABC')).toEqual(['x.a must match ^[a-z]+$.'])
    expect(await check({ form: 'schema', schema: { pattern: '^\\d+$' } }, 'x')).toHaveLength(1)
  })

  it('a pattern made to backtrack takes linear time', async () => {
    const evil = { form: 'regex', source: '^(a+)+$' }
    expect(await check(evil, `${'a'.repeat(50_000)}!`)).toHaveLength(1)
  })

  it('a pattern that cannot be evaluated is left to the provider', async () => {
    expect(await check({ form: 'regex', source: '(?=x)y' }, 'z')).toEqual([])
    expect(await check({ form: 'regex', source: '(' }, 'z')).toEqual([])
  })

  it.each<[object, AttributeValue, string | undefined]>([
    [{ type: 'integer' }, 1.5, 'must be a whole number'],
    [{ type: ['string', 'boolean'] }, 1, 'must be a string or true or false'],
    [{ type: 'constructor' }, 1, undefined],
    [{ minimum: 1, exclusiveMinimum: true }, 1, 'must be greater than 1'],
    [{ maximum: 4095 }, 5000, 'must be at most 4095'],
    [{ exclusiveMaximum: 4 }, 4, 'must be less than 4'],
    [{ minLength: 3 }, 'ab', 'must have at least 3 characters'],
    [{ maxLength: 1 }, 'ab', 'must have at most 1 characters'],
    [{ uniqueItems: true }, ['a', 'a'], 'must not have the same item twice'],
    [{ items: { type: 'string' } }, ['a', 1], 'item 2 must be a string'],
    [{ items: { pattern: '^a' } }, ['b'], 'item 1 must match ^a'],
    [{ const: 3, $ref: '#' }, 4, undefined],
  ])('the pattern %j is checked against %j', async (schema, value, fault) => {
    const messages = await check({ form: 'schema', schema }, value)
    if (fault === undefined) expect(messages).toEqual([])
    else expect(messages).toEqual([expect.stringContaining(fault)])
  })

  it('a string is accepted where erocci declares an array with an enum', async () => {
    expect(await check({ form: 'schema', schema: { enum: ['x86', 'x64'] } }, 'x86', 'array')).toEqual([])
    expect(await check({ form: 'schema', schema: { enum: ['x86', 'x64'] } }, 'arm', 'array')).toHaveLength(1)
  })
})

describe('validateUpdate', () => {
  it('validateUpdate refuses immutable attributes and occi.core.id', async () => {
    const attributes = attributesFrom({ 'occi.compute.state': 'active', 'occi.core.id': 'x' })
    const problems = await validateUpdate(model, { kind: COMPUTE }, { attributes })
    expect(problems.map(({ message }) => message)).toEqual([
      'occi.compute.state is set by the provider.',
      'occi.core.id cannot be changed after creation.',
    ])
  })

  it('validateUpdate requires only what a new mixin requires', async () => {
    expect(await validateUpdate(model, { kind: STORAGE }, { title: 'x' })).toEqual([])
    const problems = await validateUpdate(model, { kind: COMPUTE }, { mixins: [SSH_KEY] })
    expect(problems.map(({ at }) => at)).toEqual(['occi.credentials.ssh.publickey'])
    const attributes = attributesFrom({ 'occi.credentials.ssh.publickey': 'ssh-ed25519 AAAA' })
    expect(await validateUpdate(model, { kind: COMPUTE }, { mixins: [SSH_KEY], attributes })).toEqual([])
  })

  it('validateUpdate checks types and names as validateCreate does', async () => {
    const attributes = attributesFrom({ 'occi.compute.cores': 'many', 'occi.compute.core': 1 })
    const problems = await validateUpdate(model, { kind: COMPUTE }, { attributes })
    expect(problems.map(({ message }) => message)).toEqual([
      'occi.compute.cores must be a number, not the string "many".',
      'Compute has no attribute occi.compute.core.',
    ])
  })
})

describe('validateAction', () => {
  it('validateAction accepts an action of the kind with a parameter that fits', async () => {
    const attributes = attributesFrom({ method: 'graceful' })
    expect(await validateAction(model, { kind: COMPUTE }, action('compute/action#stop'), attributes)).toEqual(
      [],
    )
  })

  it('validateAction lists the actions in its error', async () => {
    expect(await validateAction(model, { kind: COMPUTE }, action('compute/action#strat'))).toEqual([
      {
        at: action('compute/action#strat'),
        message: 'compute has no action strat.',
        hint: 'Did you mean start? It has start, stop, restart, suspend, save.',
        suggestions: ['start'],
      },
    ])
  })

  it('validateAction checks the parameters', async () => {
    const attributes = attributesFrom({ method: 'gracefull', meth: 'x' })
    const problems = await validateAction(model, { kind: COMPUTE }, action('compute/action#stop'), attributes)
    expect(problems.map(({ suggestions }) => suggestions)).toEqual([['graceful'], ['method']])
    const legacy = new Model(infrastructureCategories('1.1'))
    const missing = await validateAction(legacy, { kind: STORAGE }, action('storage/action#resize'))
    expect(missing.map(({ at }) => at)).toEqual(['size'])
  })

  it('validateAction accepts an action that the provider offers on the entity itself', async () => {
    const special = id('http://x/action#special')
    const subject = { kind: COMPUTE, actions: [{ id: special }] }
    expect(await validateAction(model, subject, special)).toEqual([])
  })

  it('validateAction refuses nothing when discovery listed no actions of any kind', async () => {
    const silent = new Model([
      kind('http://x#', 'vm'),
      defineAction({ scheme: 'http://x/action#', term: 'go', title: 'Go' }),
    ])
    const attributes = attributesFrom({ speed: 1 })
    expect(
      await validateAction(silent, { kind: id('http://x#vm') }, id('http://x/action#go'), attributes),
    ).toEqual([])
  })
})

describe('throwProblems', () => {
  it('throwProblems does nothing for an empty list', () => {
    expect(() => throwProblems([])).not.toThrow()
  })

  it('throwProblems throws one error with all problems', async () => {
    const problems = await create(COMPUTE, { 'occi.compute.memroy': 1, 'occi.compute.cores': 'x' })
    try {
      throwProblems(problems)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ValidationError)
      expect(error).toMatchObject({ at: 'occi.compute.memroy', facts: { problems } })
      expect((error as Error).message).toContain('2 problems:')
    }
  })

  it('throwProblems never shows a value that may be a secret', async () => {
    const attributes = definitions({ name: 'x.admin_password', type: 'number' })
    const site = new Model([kind('http://x#', 'vm', { attributes })])
    const draft = { kind: id('http://x#vm'), attributes: attributesFrom({ 'x.admin_password': 'hunter2' }) }
    expect(JSON.stringify(await validateCreate(site, draft))).not.toContain('hunter2')
  })
})

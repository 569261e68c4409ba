import { describe, expect, it } from 'vitest'
import { AmbiguousError, NotFoundError } from '../../src/errors/errors.js'
import {
  COMPUTE,
  ENTITY,
  IP_NETWORK,
  infrastructureCategories,
  LINK,
  Model,
  NETWORK,
  OS_TEMPLATE,
  RESOURCE,
  RESOURCE_TEMPLATE,
  resolveRelations,
  SSH_KEY,
  STORAGE,
} from '../../src/model/index.js'
import { runs } from '../support/thorough.js'
import { definitions, id, kind, mixin, SITE_OS, SITE_SIZE } from './categories.js'

const images = ['debian-12', 'debian-11', 'ubuntu-24.04', 'Rocky_9'].map((term) =>
  mixin(SITE_OS, term, {
    depends: [OS_TEMPLATE],
    title: `${term} (cloud image)`,
    location: `https://cloud.example:8787/occi/mixin/os_tpl/${term}/`,
  }),
)
const small = mixin(SITE_SIZE, 'small', {
  depends: [RESOURCE_TEMPLATE],
  location: '/mixin/resource_tpl/small/',
  attributes: definitions(
    { name: 'occi.compute.cores', type: 'number', default: 1, mutable: false },
    { name: 'org.example.disk', type: 'number', default: 10 },
  ),
})
const model = new Model([...infrastructureCategories(), ...images, small])

describe('Model', () => {
  it('Model sorts categories by class and finds them by identifier', () => {
    expect(model.kinds.map(({ term }) => term)).toEqual([
      'entity',
      'resource',
      'link',
      'compute',
      'network',
      'networkinterface',
      'storage',
      'storagelink',
    ])
    expect(model.get(COMPUTE)?.class).toBe('kind')
    expect(model.kind(SSH_KEY)).toBeUndefined()
    expect(model.mixin(SSH_KEY)?.term).toBe('ssh_key')
    expect(
      model.action('http://schemas.ogf.org/occi/infrastructure/compute/action#save')?.attributes.size,
    ).toBe(2)
    expect(model.get('__proto__')).toBeUndefined()
  })

  it('Model keeps the first definition and fills its gaps from later ones', () => {
    const merged = new Model([
      kind('http://x#', 'vm', { title: 'Machine', attributes: definitions({ name: 'a.b', type: 'string' }) }),
      kind('http://x#', 'vm', {
        title: 'Other',
        location: '/vm/',
        parent: RESOURCE,
        actions: [id('http://x/action#go')],
        attributes: definitions({ name: 'a.b', type: 'number' }, { name: 'a.c', type: 'number' }),
      }),
    ])
    expect(merged.categories).toHaveLength(1)
    const vm = merged.kind('http://x#vm')
    expect(vm).toMatchObject({ title: 'Machine', location: '/vm/', parent: RESOURCE })
    expect(vm?.actions).toEqual(['http://x/action#go'])
    expect([...(vm?.attributes.values() ?? [])].map(({ name, type }) => [name, type])).toEqual([
      ['a.b', 'string'],
      ['a.c', 'number'],
    ])
  })

  it.each(['/compute/', '/compute', 'compute/', 'https://other.example/compute/', 'http://h:80/compute?x=y'])(
    'Model finds a kind by its location %s',
    (location) => {
      expect(model.byLocation(location)?.id).toBe(COMPUTE)
    },
  )

  it('Model finds no kind at an unknown location', () => {
    expect(model.byLocation('/nothing/')).toBeUndefined()
  })
})

describe('Model.find', () => {
  it.each([
    ['an identifier', `${SITE_OS}debian-12`],
    ['a term', 'debian-12'],
    ['a term in another case', 'DEBIAN-12'],
    ['a title', 'Debian-12 (Cloud Image)'],
    ['a location', '/occi/mixin/os_tpl/debian-12'],
    ['the short form', 'os_tpl#debian-12'],
    ['a short form in another case', 'OS_TPL#Debian-12'],
  ])('Model.find finds an image by %s', (_, name) => {
    expect(model.find(name, { dependsOn: 'os_tpl' }).map(({ term }) => term)).toEqual(['debian-12'])
  })

  it('Model.find prefers an exact term to one in another case, and a complete name to a beginning', () => {
    const two = new Model([
      mixin('http://a#', 'small'),
      mixin('http://a#', 'Small'),
      mixin('http://a#', 'smaller'),
    ])
    expect(two.find('Small').map(({ term }) => term)).toEqual(['Small'])
    expect(two.find('SMALL')).toHaveLength(2)
    expect(two.find('smalle').map(({ term }) => term)).toEqual(['smaller'])
  })

  it('Model.find finds by the last part of a location and by a unique beginning', () => {
    const one = new Model([mixin('http://a#', 'x-1', { title: 'T', location: '/mixins/flavour-large/' })])
    expect(one.find('flavour-large')).toHaveLength(1)
    expect(model.find('ubu', { class: 'mixin' }).map(({ term }) => term)).toEqual(['ubuntu-24.04'])
  })

  it('Model.find understands the short form by the dependency of a mixin', () => {
    const site = new Model([
      mixin('http://site.example/images#', 'deb', { depends: [OS_TEMPLATE] }),
      mixin('http://site.example/sizes#', 'deb', { depends: [RESOURCE_TEMPLATE] }),
    ])
    expect(site.find('os_tpl#deb').map(({ scheme }) => scheme)).toEqual(['http://site.example/images#'])
  })

  it('Model.find searches only the given class and what a mixin applies to', () => {
    expect(model.find('network', { class: 'mixin' }).map(({ term }) => term)).not.toContain('network')
    expect(model.find('ipnetwork', { appliesTo: NETWORK }).map(({ id }) => id)).toEqual([IP_NETWORK])
    expect(model.find('ipnetwork', { appliesTo: COMPUTE })).toEqual([])
    expect(model.find('')).toEqual([])
  })
})

describe('Model.resolve', () => {
  it('Model.resolve names the nearest and counts the categories in its error', () => {
    const attempt = () => model.resolve('debain-12', { class: 'mixin', dependsOn: 'os_tpl' })
    expect(attempt).toThrow(NotFoundError)
    expect(attempt).toThrow('There is no OS template "debain-12".')
    try {
      attempt()
    } catch (error) {
      expect(error).toMatchObject({
        hint: 'Did you mean debian-12 or debian-11? The provider has 4 OS templates.',
        facts: { count: 4, suggestions: ['debian-12', 'debian-11'] },
      })
    }
  })

  it('Model.resolve lists all when none is near and they are few', () => {
    expect(() => model.resolve('windows', { class: 'mixin', dependsOn: 'os_tpl' })).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(/^The provider has 4 OS templates: \S+(, \S+){3}\.$/),
      }),
    )
  })

  it('Model.resolve reports when the provider has none at all', () => {
    const empty = new Model([])
    expect(() => empty.resolve('small', { dependsOn: 'resource_tpl' })).toThrow(
      expect.objectContaining({ hint: 'The provider has no resource templates (sizes).' }),
    )
  })

  it('Model.resolve lists the candidates of an ambiguous name', () => {
    const attempt = () => model.resolve('debian', { dependsOn: 'os_tpl' })
    expect(attempt).toThrow(AmbiguousError)
    try {
      attempt()
    } catch (error) {
      expect(error).toMatchObject({
        facts: { candidates: [{ id: `${SITE_OS}debian-12` }, { id: `${SITE_OS}debian-11` }] },
      })
    }
  })
})

describe('relations', () => {
  it('ancestors of a kind are found up to entity, unknown parents included', () => {
    expect(model.ancestors(COMPUTE)).toEqual([RESOURCE, ENTITY])
    expect(model.isA(COMPUTE, ENTITY)).toBe(true)
    expect(model.isA(COMPUTE, LINK)).toBe(false)
    const orphan = new Model([kind('http://x#', 'vm', { parent: COMPUTE })])
    expect(orphan.isA(id('http://x#vm'), COMPUTE)).toBe(true)
  })

  it('parents and dependencies in a circle do not block the model', () => {
    const [a, b] = [id('http://x#a'), id('http://x#b')]
    const kinds = new Model([kind('http://x#', 'a', { parent: b }), kind('http://x#', 'b', { parent: a })])
    expect(kinds.ancestors(a)).toEqual([b])
    const mixins = new Model([
      mixin('http://x#', 'a', { depends: [b] }),
      mixin('http://x#', 'b', { depends: [a] }),
    ])
    expect(mixins.dependsOn(a, b)).toBe(true)
    expect(mixins.dependsOn(a, a)).toBe(false)
    expect(mixins.attributesOf(a, [a]).size).toBe(0)
  })

  it('kinds in depends are moved to applies, also well-known ones that are not listed', () => {
    const listed = mixin('http://x#', 'tpl', { depends: [OS_TEMPLATE, COMPUTE, id('http://x#vm')] })
    const [resolved] = resolveRelations([listed, kind('http://x#', 'vm')])
    expect(resolved).toMatchObject({ depends: [OS_TEMPLATE], applies: [COMPUTE, 'http://x#vm'] })
    expect(new Model([listed]).mixin('http://x#tpl')?.applies).toEqual([COMPUTE])
  })

  it('templates are found by dependency, through several steps, never by scheme', () => {
    const site = new Model([
      mixin('http://a#', 'linux', { depends: [OS_TEMPLATE] }),
      mixin('http://b#', 'debian', { depends: [id('http://a#linux')] }),
      mixin(SITE_OS, 'impostor'),
    ])
    expect(site.templates('os_tpl').map(({ term }) => term)).toEqual(['linux', 'debian'])
  })

  it('templates are found by a mixin of that term under another scheme when there is no other', () => {
    const site = new Model([
      mixin('http://a#', 'debian', { depends: [id('http://odd.example/occi#os_tpl')] }),
    ])
    expect(site.templates('os_tpl').map(({ term }) => term)).toEqual(['debian'])
    expect(site.templates('resource_tpl')).toEqual([])
  })

  it('the kinds that a mixin applies to are found by ancestry and by its dependencies', () => {
    expect(model.applies(SSH_KEY, COMPUTE)).toBe(true)
    expect(model.applies(SSH_KEY, NETWORK)).toBe(false)
    expect(model.applies(small, COMPUTE)).toBe(true)
    expect(model.applies(small, STORAGE)).toBe(false)
    const site = new Model([
      mixin('http://x#', 'any', { applies: [ENTITY] }),
      mixin('http://x#', 'res', { applies: [RESOURCE] }),
      kind('http://x#', 'vm'),
      kind('http://x#', 'wire', { parent: LINK }),
    ])
    expect(site.applies(id('http://x#any'), id('http://x#wire'))).toBe(true)
    expect(site.applies(id('http://x#res'), id('http://x#vm'))).toBe(true)
    expect(site.applies(id('http://x#res'), id('http://x#wire'))).toBe(false)
  })

  it('attributes of ancestors, kind and mixins are merged, and a template changes only the default', () => {
    const attributes = model.attributesOf(COMPUTE, [small.id])
    expect(attributes.has('occi.core.title')).toBe(true)
    expect(attributes.get('occi.compute.cores')).toMatchObject({ default: 1, mutable: true, type: 'number' })
    expect(attributes.get('org.example.disk')?.default).toBe(10)
    expect(model.attributesOf(COMPUTE).get('occi.compute.cores')?.default).toBeUndefined()
  })

  it('actions of the kind, its ancestors and the mixins with their dependencies are collected', () => {
    const site = new Model([
      kind('http://x#', 'base', { actions: [id('http://x/a#one')] }),
      kind('http://x#', 'vm', { parent: id('http://x#base'), actions: [id('http://x/a#two')] }),
      mixin('http://x#', 'deep', { actions: [id('http://x/a#three')] }),
      mixin('http://x#', 'top', { depends: [id('http://x#deep')] }),
    ])
    expect(site.actionsOf(id('http://x#vm'), [id('http://x#top')])).toEqual([
      'http://x/a#two',
      'http://x/a#one',
      'http://x/a#three',
    ])
  })

  it('the state attribute is found, also for a kind that descends from compute', () => {
    expect(model.stateAttribute(COMPUTE)).toBe('occi.compute.state')
    const site = new Model([...infrastructureCategories(), kind('http://x#', 'vm', { parent: COMPUTE })])
    expect(site.stateAttribute(id('http://x#vm'))).toBe('occi.compute.state')
    expect(site.stateAttribute(OS_TEMPLATE)).toBeUndefined()
  })
})

describe('a hostile model', () => {
  it('a hostile model may have 100,000 categories (unit tests: 10,000), a chain as long, and one name given as often', () => {
    const count = runs(100_000)
    const many = Array.from({ length: count }, (_, at) =>
      mixin('http://x#', `image-${at}`, {
        depends: [at === 0 ? OS_TEMPLATE : id(`http://x#image-${at - 1}`)],
      }),
    )
    const chain = Array.from({ length: count }, (_, at) =>
      kind('http://k#', `k${at}`, { parent: id(`http://k#k${at + 1}`) }),
    )
    const same = Array.from({ length: count }, (_, at) =>
      kind('http://same#', 'same', { attributes: definitions({ name: `a.n${at}` }) }),
    )
    const large = new Model([...many, ...chain, ...same])
    expect(large.categories).toHaveLength(2 * count + 1)
    expect(large.templates('os_tpl')).toHaveLength(count)
    expect(large.ancestors(id('http://k#k0'))).toHaveLength(count)
    expect(large.dependsOn(id(`http://x#image-${count - 1}`), OS_TEMPLATE)).toBe(true)
    expect(large.find('image-7777')).toHaveLength(1)
    expect(large.find('image-7', { appliesTo: id('http://k#k0'), class: 'mixin' })).toHaveLength(1)
    expect(() => large.resolve('imagee-7777x')).toThrow(NotFoundError)
    expect(large.kind('http://same#same')?.attributes.size).toBe(count)
  })
})

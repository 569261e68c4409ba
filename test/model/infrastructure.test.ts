import { describe, expect, it } from 'vitest'
import {
  COMPUTE,
  IP_NETWORK_INTERFACE,
  infrastructureCategories,
  Model,
  SSH_KEY,
  SSH_KEY_MIXINS,
  STORAGE,
  termOf,
  USER_DATA_MIXINS,
} from '../../src/model/index.js'

const models = {
  '1.1': new Model(infrastructureCategories('1.1')),
  '1.2': new Model(infrastructureCategories()),
}

describe('infrastructure categories', () => {
  it.each(['1.1', '1.2'] as const)(
    'infrastructure categories are consistent in %s: each identifier named is defined',
    (version) => {
      const model = models[version]
      const named = model.categories.flatMap((category) => {
        if (category.class === 'action') return []
        if (category.class === 'kind')
          return [...category.actions, ...(category.parent ? [category.parent] : [])]
        return [...category.actions, ...category.depends, ...category.applies]
      })
      expect(named.filter((id) => model.get(id) === undefined)).toEqual([])
      expect(new Set(model.categories.map(({ id }) => id)).size).toBe(
        infrastructureCategories(version).length,
      )
    },
  )

  it('infrastructure categories give every attribute a type and a description, and every location but entity’s', () => {
    for (const model of Object.values(models)) {
      for (const category of model.categories) {
        for (const definition of category.attributes.values()) {
          expect(definition.type, definition.name).toBeDefined()
          expect(definition.description, definition.name).toBeTruthy()
        }
        if (category.class !== 'action' && category.term !== 'entity') {
          expect(category.location, category.id).toMatch(/^\/[a-z_]+\/$/)
        }
      }
    }
  })

  it('infrastructure categories differ between the versions as GFD.224 describes', () => {
    const terms = (version: '1.1' | '1.2', id: typeof COMPUTE) =>
      models[version].kind(id)?.actions.map(termOf)
    expect(terms('1.1', COMPUTE)).toEqual(['start', 'stop', 'restart', 'suspend'])
    expect(terms('1.2', COMPUTE)).toEqual(['start', 'stop', 'restart', 'suspend', 'save'])
    expect(terms('1.1', STORAGE)).toEqual(['online', 'offline', 'backup', 'snapshot', 'resize'])
    expect(terms('1.2', STORAGE)).toEqual(['online', 'offline'])
    expect(models['1.1'].attributesOf(COMPUTE).has('occi.compute.speed')).toBe(true)
    expect(models['1.2'].attributesOf(COMPUTE).has('occi.compute.speed')).toBe(false)
    expect(models['1.2'].attributesOf(COMPUTE).get('occi.compute.state')?.pattern).toEqual({
      form: 'schema',
      schema: { enum: ['active', 'inactive', 'suspended', 'error'] },
    })
    expect(models['1.1'].get(SSH_KEY)).toBeUndefined()
    expect(models['1.1'].get(IP_NETWORK_INTERFACE)).toBeDefined()
  })

  it('infrastructure categories name the attributes of the context mixins as their definitions do', () => {
    for (const mixin of [USER_DATA_MIXINS[0], SSH_KEY_MIXINS[0]]) {
      const defined = models['1.2'].mixin(mixin?.id ?? '')
      expect([...(defined?.attributes.keys() ?? [])]).toEqual([mixin?.attribute])
    }
  })
})

/** The categories of rOCCI-core 4 as rOCCI-server 1.1 serves them: OCCI 1.1, with inherited attributes repeated. */
import {
  type AttributeDefinition,
  type Category,
  COMPUTE,
  infrastructureCategories,
  type Kind,
  type Mixin,
  OS_TEMPLATE,
  RESOURCE_TEMPLATE,
  typeId,
} from '../../model/index.js'

function attribute(name: string, details: Partial<AttributeDefinition> = {}): AttributeDefinition {
  return { name, type: 'string', mutable: true, required: false, ...details }
}

const entityAttributes = [
  attribute('occi.core.id', { mutable: false, required: true }),
  attribute('occi.core.title'),
]
/** The attributes of the core kinds, which each descendant repeats. */
const coreAttributes: Readonly<Record<string, readonly AttributeDefinition[]>> = {
  entity: entityAttributes,
  resource: [...entityAttributes, attribute('occi.core.summary')],
  link: [
    ...entityAttributes,
    attribute('occi.core.target'),
    attribute('occi.core.source', { required: true }),
  ],
}

/** Actions of links, which the standard does not define. */
const linkActions: Readonly<Record<string, readonly string[]>> = {
  networkinterface: ['up', 'down'],
  storagelink: ['online', 'offline'],
}

const actionScheme = (term: string) => `http://schemas.ogf.org/occi/infrastructure/${term}/action#`

function asRocciKind(kind: Kind): Kind {
  const isLink = kind.term === 'link' || linkActions[kind.term] !== undefined
  const inherited = coreAttributes[kind.term] ?? coreAttributes[isLink ? 'link' : 'resource'] ?? []
  const ownAttributes = [...kind.attributes.values()]
    .filter(({ name }) => !name.startsWith('occi.core.'))
    .map((definition) =>
      definition.name === 'occi.storage.size' || definition.name === 'occi.storage.state'
        ? { ...definition, required: false, mutable: true }
        : definition,
    )
  const actions = linkActions[kind.term]?.map((action) => typeId(actionScheme(kind.term), action))
  return {
    ...kind,
    // Even the kind Entity has a location, although it is abstract.
    location: `${linkActions[kind.term] === undefined ? '' : '/link'}/${kind.term}/`,
    actions: actions ?? kind.actions,
    attributes: new Map([...inherited, ...ownAttributes].map((definition) => [definition.name, definition])),
  }
}

function mixin(
  scheme: string,
  term: string,
  title: string,
  details: Partial<Pick<Mixin, 'depends' | 'location'>> & {
    readonly attributes: readonly AttributeDefinition[]
  },
): Mixin {
  return {
    class: 'mixin',
    scheme,
    term,
    id: typeId(scheme, term),
    title,
    location: `/mixin/${term}/`,
    applies: [COMPUTE],
    actions: [],
    depends: [],
    ...details,
    attributes: new Map(details.attributes.map((definition) => [definition.name, definition])),
  }
}

function image(term: string, title: string): Mixin {
  return mixin('http://occi.example.org/occi/infrastructure/os_tpl#', term, title, {
    location: `/mixin/os_tpl/${term}/`,
    depends: [OS_TEMPLATE],
    attributes: [attribute('eu.egi.fedcloud.appdb.uuid', { mutable: false, required: true })],
  })
}

function size(term: string, title: string, cores: number, memory: number): Mixin {
  const fixed = (name: string, value: number) =>
    attribute(name, { type: 'number', mutable: false, default: value })
  return mixin('http://occi.example.org/occi/infrastructure/resource_tpl#', term, title, {
    location: `/mixin/resource_tpl/${term}/`,
    depends: [RESOURCE_TEMPLATE],
    attributes: [
      // As recorded: only these two sizes have a mutable architecture.
      attribute('occi.compute.architecture', {
        mutable: term === 'small' || term === 'medium',
        default: 'x64',
      }),
      fixed('occi.compute.cores', cores),
      fixed('occi.compute.speed', 1),
      fixed('occi.compute.memory', memory),
    ],
  })
}

/** Mixins that the OpenNebula backend offers, but not the dummy backend of the recordings. */
const contextualization: readonly Mixin[] = [
  mixin('http://schemas.openstack.org/compute/instance#', 'user_data', 'OS contextualization mixin', {
    attributes: [attribute('org.openstack.compute.user_data')],
  }),
  mixin('http://schemas.openstack.org/instance/credentials#', 'public_key', 'OS contextualization mixin', {
    attributes: [
      attribute('org.openstack.credentials.publickey.name'),
      attribute('org.openstack.credentials.publickey.data'),
    ],
  }),
]

const linkActionCategories: readonly Category[] = Object.entries(linkActions).flatMap(([linkTerm, terms]) =>
  terms.map((term) => ({
    class: 'action' as const,
    scheme: actionScheme(linkTerm),
    term,
    id: typeId(actionScheme(linkTerm), term),
    title: `${term === 'up' || term === 'online' ? 'activate' : 'deactivate'} ${linkTerm}`,
    attributes: new Map(),
  })),
)

export const rocciCore4: readonly Category[] = [
  ...infrastructureCategories('1.1').map((category) => {
    if (category.class === 'kind') return asRocciKind(category)
    return category.class === 'mixin' ? { ...category, location: `/mixin/${category.term}/` } : category
  }),
  ...linkActionCategories,
  ...contextualization,
  image('debian6', 'debian'),
  image('sl6golden', 'monitoring'),
  image('alpine', 'alpine'),
  size('goliath', 'Goliath Instance - 16 cores and 64 GB RAM', 16, 64),
  size('mammoth', 'Mammoth Instance - 8 cores and 32 GB RAM', 8, 32),
  size('extra_large', 'Extra Large Instance - 4 cores and 16 GB RAM', 4, 16),
  size('large', 'Large Instance - 4 cores and 8 GB RAM', 4, 8),
  size('medium', 'Medium Instance - 2 cores and 4 GB RAM', 2, 4),
  size('small', 'Small Instance - 1 core and 2 GB RAM', 1, 2),
]

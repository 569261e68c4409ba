/** `occi network`: networks. */
import type { CommandGroup } from '../command.js'
import type { CommandContext } from '../context.js'
import {
  attributeColumn,
  idColumn,
  mixinsColumn,
  nameColumn,
  stateColumn,
  urlColumn,
} from '../records/columns.js'
import { parseWholeNumber } from '../values/whole-number.js'
import { nounGroup } from './base/group.js'
import type { CreatePart, Draft, Noun } from './base/noun.js'

/** The options for addresses. They add the mixin `ipnetwork`, which defines their attributes (GFD.224 §3.2.1). */
const ipNetwork: CreatePart = {
  options: [
    { name: 'address', value: 'CIDR', description: 'range of addresses: 10.0.0.0/24', env: 'none' },
    { name: 'gateway', value: 'IP', description: 'address of the gateway', env: 'none' },
    {
      name: 'allocation',
      value: 'HOW',
      description: 'how addresses are assigned',
      choices: ['dynamic', 'static'],
      env: 'none',
    },
  ],
  async apply(context: CommandContext, draft: Draft) {
    let hasAddress = false
    for (const name of ['address', 'gateway', 'allocation']) {
      const text = context.options.text(name)
      if (text === undefined) continue
      draft.assignments.push({ name: `occi.network.${name}`, text })
      hasAddress = true
    }
    if (hasAddress)
      draft.mixins.push(draft.model.resolve('ipnetwork', { class: 'mixin', appliesTo: draft.kind.id }).id)
  },
}

export const networkNoun: Noun = {
  name: 'network',
  kind: 'http://schemas.ogf.org/occi/infrastructure#network',
  one: 'network',
  many: 'networks',
  summary: 'Networks: create, bring up and down, delete',
  sample: 'private',
  ready: 'active',
  columns: [
    nameColumn,
    idColumn,
    stateColumn,
    attributeColumn('occi.network.address', 'ADDRESS'),
    attributeColumn('occi.network.vlan', 'VLAN', { align: 'right' }),
    attributeColumn('occi.network.label', 'LABEL'),
    attributeColumn('occi.network.gateway', 'GATEWAY', { wide: true }),
    mixinsColumn,
    urlColumn,
  ],
  createParts: [ipNetwork],
  attributeOptions: [
    {
      attribute: 'occi.network.vlan',
      parse: parseWholeNumber,
      option: { name: 'vlan', value: 'N', description: 'VLAN, 0 to 4095', env: 'none' },
    },
    {
      attribute: 'occi.network.label',
      option: { name: 'label', value: 'LABEL', description: 'label of the network', env: 'none' },
    },
  ],
  actions: [
    { name: 'up', summary: 'Bring a network up', leadsTo: 'active' },
    { name: 'down', summary: 'Take a network down', leadsTo: 'inactive' },
  ],
  createExamples: [
    { title: 'A network', command: 'occi network create private --label dmz' },
    {
      title: 'With a range of addresses',
      command: 'occi network create private --address 10.0.0.0/24 --gateway 10.0.0.1 --allocation dynamic',
    },
  ],
}

export const network: CommandGroup = nounGroup(networkNoun)

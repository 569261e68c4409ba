/** Defines Compute, its actions, templates and contextualization (GFD.224 §4.1, §4.5, §4.6; GFD.184 §3.1). */
import type { Category } from '../category.js'
import type { OcciVersion } from './define.js'
import {
  defineAction,
  defineKind,
  defineMixin,
  IMMUTABLE,
  numberAttribute,
  oneOf,
  schema,
  stringAttribute,
} from './define.js'
import { COMPUTE, COMPUTE_ACTION_SCHEME, INFRASTRUCTURE_SCHEME, RESOURCE } from './names.js'

const architecture = stringAttribute('occi.compute.architecture', 'CPU architecture', oneOf('x86', 'x64'))
const cores = numberAttribute('occi.compute.cores', 'Number of virtual CPU cores', schema({ minimum: 1 }))
const hostname = stringAttribute('occi.compute.hostname', 'Fully qualified host name of the instance')
const speed = numberAttribute('occi.compute.speed', 'CPU clock frequency in GHz', schema({ minimum: 0 }))
const share = numberAttribute('occi.compute.share', 'Relative number of CPU shares', schema({ minimum: 0 }))
const memory = numberAttribute('occi.compute.memory', 'Memory in GiB', schema({ exclusiveMinimum: 0 }))

function stateAttribute(...values: readonly string[]) {
  return stringAttribute('occi.compute.state', 'State of the instance', { ...IMMUTABLE, ...oneOf(...values) })
}
const stateMessage = stringAttribute(
  'occi.compute.state.message',
  'Why the instance is in its state',
  IMMUTABLE,
)

const attributes = {
  '1.1': [architecture, cores, hostname, speed, memory, stateAttribute('active', 'inactive', 'suspended')],
  '1.2': [
    architecture,
    cores,
    hostname,
    share,
    memory,
    stateAttribute('active', 'inactive', 'suspended', 'error'),
    stateMessage,
  ],
}

const scheme = COMPUTE_ACTION_SCHEME
const start = defineAction({ scheme, term: 'start', title: 'Start' })
const stop = defineAction({
  scheme,
  term: 'stop',
  title: 'Stop',
  attributes: [stringAttribute('method', 'How to stop', oneOf('graceful', 'acpioff', 'poweroff'))],
})
const restart = defineAction({
  scheme,
  term: 'restart',
  title: 'Restart',
  attributes: [stringAttribute('method', 'How to restart', oneOf('graceful', 'warm', 'cold'))],
})
const suspend = defineAction({
  scheme,
  term: 'suspend',
  title: 'Suspend',
  attributes: [stringAttribute('method', 'How to suspend', oneOf('hibernate', 'suspend'))],
})
const save = defineAction({
  scheme,
  term: 'save',
  title: 'Save as an OS template',
  attributes: [
    // Both spellings are accepted, because rOCCI-core 5 misspells "deferred".
    stringAttribute('method', 'When to save', oneOf('hot', 'deferred', 'deffered')),
    stringAttribute('name', 'Name of the new OS template'),
  ],
})

const actions = {
  '1.1': [start, stop, restart, suspend],
  '1.2': [start, stop, restart, suspend, save],
}

export function computeCategories(version: OcciVersion): readonly Category[] {
  const versionActions = actions[version]
  const kind = defineKind({
    scheme: INFRASTRUCTURE_SCHEME,
    term: 'compute',
    title: 'Compute',
    parent: RESOURCE,
    location: '/compute/',
    attributes: attributes[version],
    actions: versionActions.map((action) => action.id),
  })
  return [kind, ...versionActions, ...templates, ...(version === '1.2' ? contextualization : [])]
}

const templates = [
  defineMixin({
    scheme: INFRASTRUCTURE_SCHEME,
    term: 'os_tpl',
    title: 'OS template',
    applies: [COMPUTE],
    location: '/os_tpl/',
  }),
  defineMixin({
    scheme: INFRASTRUCTURE_SCHEME,
    term: 'resource_tpl',
    title: 'Resource template',
    applies: [COMPUTE],
    location: '/resource_tpl/',
  }),
]

const contextualization = [
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute#',
    term: 'user_data',
    title: 'User data for contextualization',
    applies: [COMPUTE],
    location: '/user_data/',
    attributes: [
      stringAttribute('occi.compute.userdata', 'Contextualization data (script, cloud-config), Base64', {
        required: true,
      }),
    ],
  }),
  defineMixin({
    scheme: 'http://schemas.ogf.org/occi/infrastructure/credentials#',
    term: 'ssh_key',
    title: 'SSH public key',
    applies: [COMPUTE],
    location: '/ssh_key/',
    attributes: [
      stringAttribute('occi.credentials.ssh.publickey', 'Contents of the public key file', {
        required: true,
      }),
    ],
  }),
]

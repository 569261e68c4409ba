/** Compute, its actions, templates and contextualization (GFD.224 §4.1, §4.5, §4.6; GFD.184 §3.1). */
import type { Category } from '../category.js'
import type { OcciVersion } from './define.js'
import {
  defineAction,
  defineKind,
  defineMixin,
  IMMUTABLE,
  ids,
  number,
  oneOf,
  schema,
  string,
} from './define.js'
import { COMPUTE, COMPUTE_ACTION_SCHEME, INFRASTRUCTURE_SCHEME, RESOURCE } from './names.js'

const architecture = string('occi.compute.architecture', 'CPU architecture', oneOf('x86', 'x64'))
const cores = number('occi.compute.cores', 'Number of virtual CPU cores', schema({ minimum: 1 }))
const hostname = string('occi.compute.hostname', 'Fully qualified host name of the instance')
const speed = number('occi.compute.speed', 'CPU clock frequency in GHz', schema({ minimum: 0 }))
const share = number('occi.compute.share', 'Relative number of CPU shares', schema({ minimum: 0 }))
const memory = number('occi.compute.memory', 'Memory in GiB', schema({ exclusiveMinimum: 0 }))

function state(...values: readonly string[]) {
  return string('occi.compute.state', 'State of the instance', { ...IMMUTABLE, ...oneOf(...values) })
}
const stateMessage = string('occi.compute.state.message', 'Why the instance is in its state', IMMUTABLE)

const attributes = {
  '1.1': [architecture, cores, hostname, speed, memory, state('active', 'inactive', 'suspended')],
  '1.2': [
    architecture,
    cores,
    hostname,
    share,
    memory,
    state('active', 'inactive', 'suspended', 'error'),
    stateMessage,
  ],
}

const scheme = COMPUTE_ACTION_SCHEME
const start = defineAction({ scheme, term: 'start', title: 'Start' })
const stop = defineAction({
  scheme,
  term: 'stop',
  title: 'Stop',
  attributes: [string('method', 'How to stop', oneOf('graceful', 'acpioff', 'poweroff'))],
})
const restart = defineAction({
  scheme,
  term: 'restart',
  title: 'Restart',
  attributes: [string('method', 'How to restart', oneOf('graceful', 'warm', 'cold'))],
})
const suspend = defineAction({
  scheme,
  term: 'suspend',
  title: 'Suspend',
  attributes: [string('method', 'How to suspend', oneOf('hibernate', 'suspend'))],
})
const save = defineAction({
  scheme,
  term: 'save',
  title: 'Save as an OS template',
  attributes: [
    // rOCCI-core 5 misspells "deferred"; both spellings are accepted.
    string('method', 'When to save', oneOf('hot', 'deferred', 'deffered')),
    string('name', 'Name of the new OS template'),
  ],
})

const actions = {
  '1.1': [start, stop, restart, suspend],
  '1.2': [start, stop, restart, suspend, save],
}

export function computeCategories(version: OcciVersion): readonly Category[] {
  const offered = actions[version]
  const kind = defineKind({
    scheme: INFRASTRUCTURE_SCHEME,
    term: 'compute',
    title: 'Compute',
    parent: RESOURCE,
    location: '/compute/',
    attributes: attributes[version],
    actions: ids(
      scheme,
      offered.map((action) => action.term),
    ),
  })
  return [kind, ...offered, ...templates, ...(version === '1.2' ? contextualization : [])]
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
      string('occi.compute.userdata', 'Contextualization data (script, cloud-config), Base64', {
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
      string('occi.credentials.ssh.publickey', 'Contents of the public key file', { required: true }),
    ],
  }),
]

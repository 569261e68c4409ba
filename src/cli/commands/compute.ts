/** `occi compute`: virtual machines. */
import type { CommandGroup } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import {
  attributeColumn,
  idColumn,
  ipsColumn,
  mixinsColumn,
  nameColumn,
  stateColumn,
  templateColumn,
  urlColumn,
} from '../records/columns.js'
import { parseGibibytes } from '../values/amount.js'
import { parseHostname } from '../values/hostname.js'
import { parseWholeNumber } from '../values/whole-number.js'
import { nounGroup } from './base/group.js'
import type { Noun, NounAction } from './base/noun.js'
import { sshKeyPart, userDataPart } from './create/credentials.js'
import { networkPart, storagePart } from './create/links.js'
import { templatePart } from './create/template.js'
import { computeIp } from './ip/show.js'
import { computeSsh } from './ssh/index.js'

const hardware = 'Hardware (if the size leaves a choice)'

/** The option for the attribute `method` of an action (GFD.224). */
function methodOption(...words: string[]): OptionDeclaration {
  return {
    name: 'method',
    value: 'METHOD',
    description: `how: ${words.join(', ')}`,
    completion: { of: 'words', words },
    env: 'none',
  }
}

const actions: readonly NounAction[] = [
  { name: 'start', summary: 'Start a virtual machine', leadsTo: 'active' },
  {
    name: 'stop',
    summary: 'Stop a virtual machine',
    leadsTo: 'inactive',
    parameters: [methodOption('graceful', 'acpioff', 'poweroff')],
  },
  {
    name: 'restart',
    summary: 'Restart a virtual machine',
    leadsTo: 'active',
    parameters: [methodOption('graceful', 'warm', 'cold')],
  },
  {
    name: 'suspend',
    summary: 'Suspend a virtual machine',
    leadsTo: 'suspended',
    parameters: [methodOption('hibernate', 'suspend')],
  },
  {
    name: 'save',
    summary: 'Save a virtual machine as an image',
    leadsTo: 'active',
    parameters: [
      methodOption('hot', 'deferred'),
      { name: 'name', value: 'NAME', description: 'name of the image', env: 'none' },
    ],
  },
]

const os = templatePart({
  option: 'os',
  family: 'os_tpl',
  description: 'the image, by term, title or identifier',
})
const size = templatePart({
  option: 'size',
  family: 'resource_tpl',
  description: 'the size, by term, title or identifier',
})

export const computeNoun: Noun = {
  name: 'compute',
  kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
  one: 'virtual machine',
  many: 'virtual machines',
  summary: 'Virtual machines: create, start, stop, link, delete',
  sample: 'web',
  ready: 'active',
  columns: [
    nameColumn,
    idColumn,
    stateColumn,
    ipsColumn,
    attributeColumn('occi.compute.cores', 'CORES', { align: 'right' }),
    attributeColumn('occi.compute.memory', 'MEMORY', { align: 'right' }),
    attributeColumn('occi.compute.architecture', 'ARCH', { wide: true }),
    attributeColumn('occi.compute.hostname', 'HOSTNAME', { wide: true }),
    mixinsColumn,
    urlColumn,
  ],
  wideColumns: (model) => [
    templateColumn('os_tpl', 'IMAGE', model),
    templateColumn('resource_tpl', 'SIZE', model),
  ],
  createParts: [os, size, sshKeyPart, userDataPart, networkPart, storagePart],
  updateParts: [os, size],
  attributeOptions: [
    {
      attribute: 'occi.compute.cores',
      parse: parseWholeNumber,
      option: { name: 'cores', value: 'N', description: 'number of CPU cores', group: hardware, env: 'none' },
    },
    {
      attribute: 'occi.compute.memory',
      parse: parseGibibytes,
      sample: '4G',
      option: {
        name: 'memory',
        value: 'SIZE',
        description: 'memory: 4 (GiB), 4G, 512M',
        group: hardware,
        env: 'none',
      },
    },
    {
      attribute: 'occi.compute.architecture',
      option: {
        name: 'architecture',
        value: 'ARCH',
        description: 'x86 or x64',
        group: hardware,
        env: 'none',
      },
    },
    {
      attribute: 'occi.compute.hostname',
      parse: parseHostname,
      option: { name: 'hostname', value: 'NAME', description: 'the host name', group: hardware, env: 'none' },
    },
  ],
  actions,
  ask: async (context) => (await import('./create/interview.js')).askForCompute(context),
  createExamples: [
    {
      title: 'A machine with an image and a size',
      command: 'occi compute create web --os debian-12 --size small',
    },
    {
      title: 'With a key and a start-up script, ready when the command ends',
      command:
        'occi compute create web --os debian-12 --size small --ssh-key ~/.ssh/id_ed25519.pub --user-data setup.sh --wait',
    },
    {
      title: 'In a script: store its id in a variable',
      command: 'ID=$(occi compute create web --os debian-12 --size small --wait -o id)',
    },
    {
      title: 'With a network and a volume',
      command: 'occi compute create db --os debian-12 --size small --network private --storage data:/dev/vdb',
    },
  ],
}

const verbs = nounGroup(computeNoun)

export const compute: CommandGroup = { ...verbs, commands: [...verbs.commands, computeIp, computeSsh] }

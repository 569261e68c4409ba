/** `occi storage`: volumes. */
import type { CommandGroup } from '../command.js'
import {
  attributeColumn,
  idColumn,
  mixinsColumn,
  nameColumn,
  stateColumn,
  urlColumn,
} from '../records/columns.js'
import { parseGibibytes } from '../values/amount.js'
import { nounGroup } from './base/group.js'
import type { Noun } from './base/noun.js'
import { attachPart } from './create/attach.js'

export const storageNoun: Noun = {
  name: 'storage',
  kind: 'http://schemas.ogf.org/occi/infrastructure#storage',
  one: 'volume',
  many: 'volumes',
  summary: 'Volumes: create, take online and offline, back up, delete',
  sample: 'data',
  ready: 'online',
  columns: [
    nameColumn,
    idColumn,
    stateColumn,
    attributeColumn('occi.storage.size', 'SIZE', { align: 'right' }),
    mixinsColumn,
    urlColumn,
  ],
  createParts: [attachPart],
  attributeOptions: [
    {
      attribute: 'occi.storage.size',
      parse: parseGibibytes,
      sample: '4G',
      option: { name: 'size', value: 'SIZE', description: 'size: 10 (GiB), 10G, 500M, 1T', env: 'none' },
    },
  ],
  actions: [
    { name: 'online', summary: 'Take a volume online', leadsTo: 'online' },
    { name: 'offline', summary: 'Take a volume offline', leadsTo: 'offline' },
    { name: 'backup', summary: 'Back a volume up', leadsTo: 'online' },
    { name: 'snapshot', summary: 'Take a snapshot of a volume', leadsTo: 'online' },
    {
      name: 'resize',
      summary: 'Change the size of a volume',
      leadsTo: 'online',
      parameters: [
        { name: 'size', value: 'SIZE', description: 'the new size: 10 (GiB), 10G, 1T', env: 'none' },
      ],
    },
  ],
  ask: async (context) => (await import('./create/interview.js')).askForStorage(context),
  createExamples: [
    { title: 'A volume of 10 GiB', command: 'occi storage create data --size 10' },
    {
      title: 'Attached to a machine',
      command: 'occi storage create data --size 10G --attach-to web --mountpoint /dev/vdb',
    },
  ],
}

export const storage: CommandGroup = nounGroup(storageNoun)

/** Defines Storage, its actions and StorageLink (GFD.224 §4.3, §4.4.2; GFD.184 §3.3, §3.4.2). */
import type { Category } from '../category.js'
import type { OcciVersion } from './define.js'
import {
  defineAction,
  defineKind,
  numberAttribute,
  schema,
  stateAttributes,
  stringAttribute,
} from './define.js'
import { INFRASTRUCTURE_SCHEME, LINK, RESOURCE, STORAGE_ACTION_SCHEME } from './names.js'

const storageStates = {
  '1.1': ['online', 'offline', 'backup', 'snapshot', 'resize', 'degraded'],
  '1.2': ['online', 'offline', 'error'],
}
const linkStates = { '1.1': ['active', 'inactive'], '1.2': ['active', 'inactive', 'error'] }

const scheme = STORAGE_ACTION_SCHEME
const positive = schema({ exclusiveMinimum: 0 })
const online = defineAction({ scheme, term: 'online', title: 'Take online' })
const offline = defineAction({ scheme, term: 'offline', title: 'Take offline' })
const backup = defineAction({ scheme, term: 'backup', title: 'Back up' })
const snapshot = defineAction({ scheme, term: 'snapshot', title: 'Take a snapshot' })
const resize = defineAction({
  scheme,
  term: 'resize',
  title: 'Resize',
  attributes: [numberAttribute('size', 'New size in GiB', { required: true, ...positive })],
})

/** The actions of each version. OCCI 1.2 resizes by an update of occi.storage.size (GFD.224, change log). */
const actions = { '1.1': [online, offline, backup, snapshot, resize], '1.2': [online, offline] }

export function storageCategories(version: OcciVersion): readonly Category[] {
  const versionActions = actions[version]
  return [
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'storage',
      title: 'Storage',
      parent: RESOURCE,
      location: '/storage/',
      actions: versionActions.map((action) => action.id),
      attributes: [
        numberAttribute('occi.storage.size', 'Size in GiB', { required: true, ...positive }),
        ...stateAttributes('storage', storageStates[version], version),
      ],
    }),
    ...versionActions,
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'storagelink',
      title: 'Storage link',
      parent: LINK,
      location: '/storagelink/',
      attributes: [
        stringAttribute('occi.storagelink.deviceid', 'Device identifier on the compute side, e.g. /dev/vdb'),
        stringAttribute('occi.storagelink.mountpoint', 'Where the guest mounts it'),
        ...stateAttributes('storagelink', linkStates[version], version),
      ],
    }),
  ]
}

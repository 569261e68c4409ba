/** Storage and StorageLink (GFD.224 §4.3, §4.4.2; GFD.184 §3.3, §3.4.2). */
import type { Category } from '../category.js'
import type { OcciVersion } from './define.js'
import { defineAction, defineKind, IMMUTABLE, ids, number, oneOf, schema, string } from './define.js'
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
  attributes: [number('size', 'New size in GiB', { required: true, ...positive })],
})

/** OCCI 1.2 resizes by updating occi.storage.size (GFD.224, change log). */
const actions = { '1.1': [online, offline, backup, snapshot, resize], '1.2': [online, offline] }

export function storageCategories(version: OcciVersion): readonly Category[] {
  const offered = actions[version]
  return [
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'storage',
      title: 'Storage',
      parent: RESOURCE,
      location: '/storage/',
      actions: ids(
        scheme,
        offered.map((action) => action.term),
      ),
      attributes: [
        number('occi.storage.size', 'Size in GiB', { required: true, ...positive }),
        ...stateAttributes('storage', storageStates[version], version),
      ],
    }),
    ...offered,
    defineKind({
      scheme: INFRASTRUCTURE_SCHEME,
      term: 'storagelink',
      title: 'Storage link',
      parent: LINK,
      location: '/storagelink/',
      attributes: [
        string('occi.storagelink.deviceid', 'Device identifier on the compute side, e.g. /dev/vdb'),
        string('occi.storagelink.mountpoint', 'Where the guest mounts it'),
        ...stateAttributes('storagelink', linkStates[version], version),
      ],
    }),
  ]
}

function stateAttributes(term: string, states: readonly string[], version: OcciVersion) {
  const state = string(`occi.${term}.state`, 'State', { ...IMMUTABLE, ...oneOf(...states) })
  const message = string(`occi.${term}.state.message`, 'Why it is in its state', IMMUTABLE)
  return version === '1.1' ? [state] : [state, message]
}

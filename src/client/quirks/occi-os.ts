import { pyssfFamily } from './pyssf-family.js'
import type { ProviderProfile } from './types.js'

export const occiOs: ProviderProfile = {
  name: 'occi-os',
  title: 'OCCI-OS (OpenStack nova, pyssf)',
  // snf-occi of 2016 has schemes of OpenStack as well. The registry therefore checks it before OCCI-OS.
  signs: [
    { by: 'term', pattern: /^os_vms$/ },
    { by: 'scheme', text: 'http://schemas.openstack.org/occi/infrastructure/network/security' },
    {
      by: 'all',
      signs: [
        { by: 'server', pattern: /^pyssf\b/i },
        { by: 'scheme', text: 'http://schemas.openstack.org/template/' },
      ],
    },
  ],
  model: 'text/plain',
  read: 'text/plain',
  write: 'text/plain',
  collections: 'locations',
  quirks: [
    ...pyssfFamily,
    {
      name: 'one-mixin-updates',
      why: 'An update may contain one template and nothing else (resize, rebuild): the client sends several updates one after the other.',
      source: 'Q38',
      effect: {
        update: 'one-mixin',
        updateHint: 'OCCI-OS can change only the size (`resource_tpl`) or the image (`os_tpl`) of a machine.',
      },
    },
    {
      name: 'restart-needs-method',
      why: 'restart without a method is refused: the client sends graceful by default.',
      source: 'Q50',
      effect: { actionDefaults: { restart: { method: 'graceful' } } },
    },
    {
      name: 'storagelink-needs-deviceid',
      why: 'A storagelink without occi.storagelink.deviceid fails with 500: the mountpoint, by default /dev/vdb, is sent under that name, and storage is linked after the machine was created.',
      source: 'Q53',
      effect: {
        attributeNames: { 'occi.storagelink.mountpoint': 'occi.storagelink.deviceid' },
        attributeDefaults: [{ kind: 'storagelink', name: 'occi.storagelink.deviceid', value: '/dev/vdb' }],
        // An inline storagelink is answered with 500 after the VM was created (Q53).
        inlineLinks: 'separate',
      },
    },
    {
      name: 'key-pair-name',
      why: 'A public key needs the name of a key pair: the client derives one from the key.',
      source: 'Q59',
      effect: { keyPairName: 'fingerprint' },
    },
    {
      name: 'named-by-hostname',
      why: 'A compute has no title: its name is stored in occi.compute.hostname, converted to a host name as nova does.',
      source: 'Q55',
      effect: { nameStorage: { compute: { attribute: 'occi.compute.hostname', form: 'hostname' } } },
    },
    {
      name: 'whole-gibibytes',
      why: 'The provider drops the fraction of a size: after sending a fraction, the client reads the storage again and compares.',
      source: 'Q58',
      effect: { wholeNumbers: ['occi.storage.size'] },
    },
    {
      name: 'states-of-nova',
      why: 'Suspended and failed machines are shown as inactive: the client takes their state from org.openstack.compute.state, if it is shown.',
      source: 'Q36',
      effect: {
        states: {
          compute: {
            preciseState: {
              attribute: 'org.openstack.compute.state',
              // The OCCI action suspend pauses the machine in nova. What nova calls suspended can be started: inactive.
              values: { paused: 'suspended', suspended: 'inactive', error: 'error' },
            },
            shownAs: { suspended: { state: 'inactive', offers: 'start' } },
          },
        },
      },
    },
    {
      name: 'stale-update-answer',
      why: 'The answer to an update repeats the request, whether or not it was carried out: the entity is read again.',
      source: 'Q56',
      effect: { updateAnswer: 'stale' },
    },
    {
      name: 'id-not-chosen',
      why: 'PUT to a new path creates the entity under another id: the client uses the location in the answer.',
      source: 'Q31',
    },
  ],
}

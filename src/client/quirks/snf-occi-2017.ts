import { snfOcciUpdateHint } from './snf-occi.js'
import type { ProviderProfile } from './types.js'

/** It is built on ooi 0.3.2, but with Cyclades instead of nova, so it has only some of the quirks of ooi. */
export const snfOcci2017: ProviderProfile = {
  name: 'snf-occi-2017',
  title: 'snf-occi of 2017 (Synnefo, ooi)',
  signs: [
    {
      by: 'all',
      signs: [
        { by: 'server', pattern: /^ooi\b/i },
        // Flavours are named by their size: C2R2048D20 is 2 cores, 2048 MB, 20 GB.
        { by: 'title', pattern: /^Flavor: C\d+R\d+D\d+/i },
      ],
    },
  ],
  model: 'text/plain',
  read: 'text/plain',
  write: 'text/plain',
  collections: 'locations',
  quirks: [
    {
      name: 'text-only',
      why: 'JSON is refused with 406 in responses and requests: the client reads and writes text.',
      source: 'Q6',
    },
    {
      name: 'memory-in-mib',
      why: 'occi.compute.memory is in MiB: the client converts it from and to GiB.',
      source: 'Q36',
      effect: { memoryUnit: 'MiB' },
    },
    {
      name: 'link-in-brackets',
      why: 'The URL in the <> of a Link is that of the link; the target is in occi.core.target.',
      source: 'Q33',
      effect: { inlineLinks: 'complete' },
    },
    {
      name: 'volumes-and-addresses-afterwards',
      why: 'A machine cannot be created with a volume, nor in a public network while no address is reserved: the client links them afterwards.',
      source: 'Q64',
      effect: { linkedAfterwards: ['/storage/'], refusedInline: /floating IP/i },
    },
    {
      name: 'nothing-is-updated',
      why: 'There are no updates: POST on an entity is an action, and PUT is answered with 404. PUT is sent, since its refusal changes nothing.',
      source: 'Q62',
      effect: {
        update: 'put',
        updateHint: snfOcciUpdateHint,
      },
    },
    {
      name: 'interfaces-stay',
      why: 'An interface cannot be removed from a machine: DELETE is answered with 500 or 404.',
      source: 'Q54, Q63',
      effect: {
        unlinkHints: {
          networkinterface:
            'snf-occi cannot remove a machine from a network; deleting the machine releases its addresses.',
        },
      },
    },
    {
      name: 'key-pair-name',
      why: 'A key without a name is answered with 500 after the machine was created: the client derives a name from the key.',
      source: 'Q61',
      effect: { keyPairName: 'fingerprint' },
    },
    {
      name: 'user-data-encoded-twice',
      why: 'User data is encoded once more: the machine finds Base64 where its user data should be.',
      source: 'Q67',
      effect: {
        createNotes: {
          'org.openstack.compute.user_data':
            'snf-occi encodes user data a second time: the machine will find it as Base64, which cloud-init does not read',
        },
      },
    },
    {
      name: 'titles-in-ascii',
      why: 'A title with characters outside ASCII makes every listing of its kind fail with 500.',
      source: 'Q65',
      effect: { titleCharacters: 'ascii' },
    },
    {
      name: 'devices-not-kept',
      why: 'The device of a volume is not stored; a requested one is sent in the attribute that ooi reads.',
      source: 'Q66, ooi-26',
      effect: { attributeNames: { 'occi.storagelink.mountpoint': 'occi.storagelink.deviceid' } },
    },
    {
      name: 'whole-gibibytes',
      why: 'The provider drops the fraction of a size: after sending a fraction, the client reads the storage again and compares.',
      source: 'Q58',
      effect: { wholeNumbers: ['occi.storage.size'] },
    },
    {
      name: 'no-reason-in-text-occi',
      why: 'Errors in text/occi have no message: that rendering is never requested.',
      source: 'ooi-3, Q15',
    },
    {
      name: 'filters-ignored',
      why: 'Filters are not understood: the client filters.',
      source: 'ooi-20',
    },
  ],
}

import type { ProviderProfile } from './types.js'

export const ooi: ProviderProfile = {
  name: 'ooi',
  title: 'ooi (OpenStack)',
  signs: [{ by: 'server', pattern: /^ooi\b/i }],
  // Text discovery has neither attributes nor actions (ooi-12).
  model: 'json',
  read: 'json',
  // In text, ooi splits values at commas and quotes and ignores backslashes, which damages titles with quotes.
  write: 'json',
  // Listings in JSON contain only ids and titles.
  collections: 'locations',
  quirks: [
    {
      name: 'memory-in-mib',
      why: 'occi.compute.memory is in MiB although its description says gigabytes: the client converts it to GiB.',
      source: 'ooi-15, Q36',
      effect: { memoryUnit: 'MiB' },
    },
    {
      name: 'link-in-brackets',
      why: 'The URL in the <> of a Link is that of the link; the target is in occi.core.target.',
      source: 'Q33',
      effect: { inlineLinks: 'complete' },
    },
    {
      name: 'update-by-put',
      why: 'POST on an entity is always an action; a resize is a PUT with the new resource template.',
      source: 'ooi-24',
      effect: {
        update: 'put',
        updateHint: 'ooi can change only the size of a machine: update it with another `resource_tpl`.',
      },
    },
    {
      name: 'public-addresses-afterwards',
      why: 'A machine cannot be created with a link to the external network or a reserved address: the client links them afterwards.',
      source: 'ooi-25',
      // ooi passes the last segment of the target's path to nova, which requires the UUID of a network.
      effect: { linkedAfterwards: ['/network/PUBLIC', '/ipreservation/'] },
    },
    {
      name: 'core-in-attributes',
      why: 'Title, source and target are read from the attributes of JSON, not from its members.',
      source: 'ooi-8',
      effect: { jsonCore: 'members-and-attributes' },
    },
    {
      name: 'no-reason-in-text-occi',
      why: 'Errors in text/occi have no message: that rendering is never requested.',
      source: 'ooi-3, Q15',
    },
    {
      name: 'attribute-names',
      why: 'User data, keys and the device of a volume are read under other names than the advertised ones.',
      source: 'ooi-26',
      effect: {
        attributeNames: {
          'occi.compute.userdata': 'occi.compute.user_data',
          'occi.credentials.ssh.publickey': 'occi.credentials.ssh_key',
          'occi.crendentials.ssh.publickey': 'occi.credentials.ssh_key',
          // ooi ignores the mount point.
          'occi.storagelink.mountpoint': 'occi.storagelink.deviceid',
        },
      },
    },
    {
      name: 'temporary-key-pair',
      why: 'A key without a name creates a key pair for this machine only; a key with a name is refused the second time (409).',
      source: 'ooi-27',
      effect: { keyPairName: 'none' },
    },
    {
      name: 'filters-ignored',
      why: 'Filters are not understood: the client filters.',
      source: 'ooi-20',
    },
  ],
}

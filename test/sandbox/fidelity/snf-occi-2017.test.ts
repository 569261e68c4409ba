import { fidelity } from './fidelity.js'

const described = [
  '045-get-compute-4201',
  '046-get-compute-4201',
  '048-get-compute-4202',
  '049-get-compute-4202',
  '051-get-compute-4203',
  '052-get-compute-4203',
  '079-get-compute-4201',
  '097-get-compute-4202',
]

/** The server's own code over a stand-in of Cyclades. */
fidelity({
  recording: 'snf-occi-2017',
  persona: 'snf-occi-2017',
  auth: { method: 'token', token: 'TOKEN', keystone: 'http://127.0.0.1:5000' },
  differences: [
    {
      exchanges: ['127-get-compute'],
      accepts:
        'The machine with the title outside ASCII was created although the answer was 500; the sandbox creates nothing.',
    },
    {
      exchanges: ['128-get-compute-4206', '129-delete-compute-4206'],
      differs: 'status',
      reason:
        'The machine with the title outside ASCII, which the sandbox did not create: 404 instead of 500.',
    },
    {
      exchanges: described,
      differs: 'categories',
      reason:
        'The root volume of a machine is a storage linked to it at Cyclades; the sandbox has no root volumes.',
    },
    { exchanges: described, differs: 'attributes', reason: 'The link to the root volume, as above.' },
    {
      exchanges: described,
      differs: 'identifiers',
      reason:
        'The link to the root volume, as above; and links are named MACHINE_TARGET_ADDRESS at the server, by a number in the sandbox.',
    },
    {
      exchanges: ['095-delete-storage-9001', '103-delete-storagelink-4201-9001'],
      differs: 'status',
      reason: 'A root volume and the link to it, which the sandbox does not have: 404 instead of 400.',
    },
    {
      exchanges: ['047-get-compute-4201', '050-get-compute-4202', '053-get-compute-4203'],
      differs: 'status',
      reason: 'The server shows an entity as a list of its own URL; no persona does.',
    },
    {
      exchanges: ['074-get-network-4402', '075-get-network-2216'],
      differs: 'categories',
      reason:
        'osnetwork is shown at networks and missing in the query interface; the sandbox shows only mixins of its model.',
    },
    {
      exchanges: ['004-get-', '012-get-well-known-org-ogf-occi'],
      differs: 'type',
      reason: 'This 500 comes from Paste, not from ooi, without a charset.',
    },
    {
      exchanges: ['118-get-compute'],
      differs: 'type',
      reason:
        'The sandbox answers a bad token as a missing one; here only the latter is answered as text/html.',
    },
  ],
})

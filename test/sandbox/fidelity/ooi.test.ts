import { fidelity } from './fidelity.js'

const aliases = [
  ['occi1.2', 'occi1.1'],
  ['5f4311da-2ee2-47a6-913b-5d8496486c62', '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f01'],
  ['cd48b7dd-9ac8-44fc-aec0-5ea679941ced', '3f9c1f62-6f0c-4f0e-8a2d-0a4b6d1e7fa1'],
] as const

const linkMixins = 'Links inside of a machine are written without their mixins in text.'
const reservationActions = 'The sandbox has no states of reservations, so no actions of theirs.'
const osNetwork =
  'The persona gives a new network the attributes that it came with; neutron adds a gateway and a mixin of its own.'
const saved = 'The persona names a saved image after its title, glance by a UUID.'
const poolOfLink = 'The persona does not say of which pool the address of a link is.'

/** ooi 1.2.0 over a stand-in of nova that took a size of 1.0. */
fidelity({
  recording: 'ooi',
  persona: 'ooi',
  aliases,
  auth: { method: 'token', token: 'REDACTED-FERNET-TOKEN', keystone: 'http://127.0.0.1:5000' },
  differences: [
    {
      exchanges: ['err-duplicate-key-*'],
      accepts:
        'The recorded machine of the first key was deleted, and its key pair stays; the persona remembers a key pair as long as its machine.',
    },
    { exchanges: ['err-options'], accepts: 'OPTIONS is answered before the persona is asked.' },
    {
      exchanges: ['err-expired-token'],
      accepts: 'All recorded tokens became one, so it is unknown which of them had expired.',
    },
    {
      exchanges: ['discovery-*'],
      differs: 'categories',
      reason: 'The images, flavours and pools of the recorded site.',
    },
    {
      exchanges: ['discovery-json'],
      differs: 'attributes',
      reason: 'The attributes of flavours: the persona says no more of a size than its cores and memory.',
    },
    {
      exchanges: ['discovery-uri', 'show-*-uri'],
      differs: 'status',
      reason: 'The sandbox has uri-lists of collections only.',
    },
    {
      exchanges: ['create-storage2-*'],
      differs: 'status',
      reason: 'The stand-in behind the recording took 1.0; nova does not (ooi-nova: live-storage-json-10.0).',
    },
    {
      exchanges: [
        'create-compute-context-links-*',
        'show-compute-context-links-*',
        'delete-compute-context-occi',
        'delete-compute-context-plain',
        'delete-compute-context-json',
        'delete-storage2-*',
      ],
      differs: 'status',
      reason: 'They need the volume of create-storage2.',
    },
    {
      exchanges: [
        'show-compute-building-*',
        'show-compute-active-*',
        'show-compute-after-*',
        'show-compute-linked-*',
        'resize-*',
      ],
      differs: 'categories',
      reason: linkMixins,
    },
    { exchanges: ['action-save-occi', 'action-save-plain'], differs: 'identifiers', reason: saved },
    { exchanges: ['action-save-json'], differs: 'categories', reason: saved },
    { exchanges: ['show-network-*', 'create-network-json'], differs: 'categories', reason: osNetwork },
    { exchanges: ['show-network-own-*', 'create-network-json'], differs: 'attributes', reason: osNetwork },
    {
      exchanges: ['show-ipreservation-*', 'list-ipreservation-json', 'create-ipreservation-json'],
      differs: 'categories',
      reason: reservationActions,
    },
    { exchanges: ['show-ipreservation-*'], differs: 'identifiers', reason: reservationActions },
    {
      exchanges: ['show-floating-link-*', 'list-networklink-json'],
      differs: 'categories',
      reason: poolOfLink,
    },
    {
      exchanges: ['create-floating-link-json', 'create-public-link-json'],
      differs: 'attributes',
      reason: 'The persona knows the MAC address at once, ooi from the next read on.',
    },
    {
      exchanges: ['create-public-link-json'],
      differs: 'identifiers',
      reason:
        'ooi shows the external network as the target at first, and the reservation from the next read on.',
    },
    {
      exchanges: ['err-method-patch'],
      differs: 'status',
      reason: 'Methods are checked before the persona is asked.',
    },
    {
      exchanges: ['delete-network-in-use-*'],
      differs: 'type',
      reason:
        'ooi loses the Accept of the request on its way to neutron; the persona answers in what was asked for.',
    },
  ],
})

/** ooi 1.2.0 over the argument schemas of nova 26, recorded for what they refuse. */
fidelity({
  recording: 'ooi-nova',
  persona: 'ooi',
  aliases,
  differences: [
    {
      exchanges: ['live-storagelink-building', 'live-floating-building', 'live-stop-building'],
      accepts:
        'A minute passes between two requests of a replay: the machine is built (test/sandbox/personas.test.ts has the refusals).',
    },
    {
      exchanges: ['live-quota'],
      accepts:
        'The machines that filled the quota are not in the recording (test/sandbox/personas.test.ts has it).',
    },
    {
      exchanges: ['live-storagelink'],
      differs: 'status',
      reason: 'The volume is attached since live-storagelink-building was not refused.',
    },
    { exchanges: ['live-ipreservation'], differs: 'categories', reason: reservationActions },
    { exchanges: ['live-save-no-name'], differs: 'categories', reason: saved },
    {
      exchanges: ['live-networks'],
      differs: 'attributes',
      reason: 'The stand-in is nova-network, which lists addresses; the persona is neutron.',
    },
    {
      exchanges: ['live-floating-link'],
      differs: 'attributes',
      reason: 'The persona knows the MAC address at once, ooi from the next read on.',
    },
  ],
})

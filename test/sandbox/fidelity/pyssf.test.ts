import { fidelity, numbered } from './fidelity.js'

fidelity({
  recording: 'pyssf',
  persona: 'pyssf',
  differences: [
    {
      exchanges: ['mixin-associate-absolute-localhost-alias'],
      accepts: 'The replay maps all names of the loopback to one.',
    },
    {
      exchanges: [
        'query-plain',
        'query-occi',
        'query-json',
        'query-any',
        'query-multi',
        'query-mixed',
        'query-no-accept',
        'query-wellknown',
      ],
      differs: 'categories',
      reason: 'The sandbox lists the core kinds in its query interface; pyssf does not.',
    },
    {
      exchanges: [
        'query-plain',
        'query-occi',
        'query-json',
        'query-any',
        'query-multi',
        'query-mixed',
        'query-no-accept',
        'query-wellknown',
      ],
      differs: 'attributes',
      reason:
        'Sizes of the sandbox define ephemeral_storage.size; those of the server define other names for disks, or an occi.core.id. The sandbox lists the core kinds in its query interface; pyssf does not. The sandbox calls occi.storage.size required; the server does not.',
    },
    {
      exchanges: [
        'query-html',
        'root-empty-html',
        'compute-list-empty-html',
        'compute-list-html',
        'root-list-html',
        'compute-get-html',
        'action-start-html',
        'compute-active-get-html',
        'network-get-html',
        'storage-get-html',
        'storagelink-get-html',
        'networkinterface-get-html',
        'compute-with-links-get-html',
        'mixin-collection-html',
      ],
      differs: 'status',
      reason: 'No persona renders web pages.',
    },
    {
      exchanges: [
        'root-empty-plain',
        'root-empty-occi',
        'root-empty-urilist',
        'root-list-plain',
        'root-list-occi',
        'root-list-urilist',
        'filter-attribute-and-kind',
        'list-after-delete',
      ],
      differs: 'identifiers',
      reason: 'GET / names collections and templates in the sandbox, and entities alone at the server.',
    },
    {
      exchanges: ['root-empty-json', 'root-list-json'],
      differs: 'categories',
      reason:
        'The sandbox offers to take down an active network or an online volume; the server does not. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.',
    },
    {
      exchanges: ['root-empty-json', 'network-list-json'],
      differs: 'attributes',
      reason:
        'The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.',
    },
    {
      exchanges: ['root-empty-json', 'root-list-json', 'network-list-json'],
      differs: 'identifiers',
      reason:
        'The sandbox offers to take down an active network or an online volume; the server does not. JSON of pyssf has no occi.core.id until the entity was shown in text (Q29).',
    },
    {
      exchanges: [
        'compute-list-json',
        'compute-get-plain',
        'compute-get-occi',
        'compute-get-json',
        'action-start-plain',
        'action-start-occi',
        'compute-active-get-plain',
        'compute-active-get-occi',
        'compute-active-get-json',
        'action-restart-method',
        'action-suspend',
        'action-start-plain-body',
        'action-stop-plain-body',
        'action-query-mismatch',
        'update-partial-occi',
        'update-partial-plain',
        'update-partial-with-kind-accept-occi',
        'update-immutable-state',
        'update-unknown-attribute',
        'update-add-mixin',
        'mixin-collection-json',
        'quote-get-embedded-quotes-plain',
        'quote-get-embedded-quotes-occi',
      ],
      differs: 'attributes',
      reason: 'The server sets occi.compute.speed.',
    },
    {
      exchanges: ['compute-list-json'],
      differs: 'identifiers',
      reason: 'JSON of pyssf has no occi.core.id until the entity was shown in text (Q29).',
    },
    {
      exchanges: ['root-list-json'],
      differs: 'attributes',
      reason:
        'The server sets occi.compute.speed. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.',
    },
    {
      exchanges: ['update-add-mixin', 'update-full-put'],
      differs: 'categories',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests. PUT keeps the old mixins at pyssf (Q31); the sandbox replaces them.',
    },
    {
      exchanges: ['update-add-mixin', 'update-full-put'],
      differs: 'identifiers',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests.',
    },
    {
      exchanges: [
        'update-full-put-plain',
        'update-title-utf8',
        'compute-get-utf8-plain',
        'compute-get-utf8-json',
        'update-title-ascii',
        'compute-with-links-get-plain',
        'compute-with-links-get-occi',
        'compute-with-links-get-json',
        'mixin-collection-json',
        'compute-with-usermixin-get-plain',
        'compute-with-usermixin-get-occi',
        'compute-with-usermixin-get-json',
      ],
      differs: 'categories',
      reason: 'PUT keeps the old mixins at pyssf (Q31); the sandbox replaces them.',
    },
    {
      exchanges: ['update-unbalanced-quote'],
      differs: 'status',
      reason: "pyssf's reader fails with 500 where the sandbox refuses with 400.",
    },
    {
      exchanges: ['network-get-plain', 'network-get-occi', 'network-get-json'],
      differs: 'attributes',
      reason: 'The example service gives each network with the mixin ipnetwork a range of its own.',
    },
    {
      exchanges: ['network-list-json'],
      differs: 'categories',
      reason: 'The sandbox offers to take down an active network or an online volume; the server does not.',
    },
    {
      exchanges: ['action-storage-online'],
      differs: 'categories',
      reason:
        'The sandbox offers no backup, snapshot or resize of volumes. The sandbox offers to take down an active network or an online volume; the server does not.',
    },
    {
      exchanges: ['action-storage-online'],
      differs: 'identifiers',
      reason:
        'The sandbox offers no backup, snapshot or resize of volumes. The sandbox offers to take down an active network or an online volume; the server does not.',
    },
    {
      exchanges: ['action-storage-resize', 'action-storage-backup'],
      differs: 'status',
      reason: 'The sandbox offers no backup, snapshot or resize of volumes.',
    },
    {
      exchanges: [
        'storagelink-get-plain',
        'storagelink-get-occi',
        'storagelink-get-json',
        'storagelink-list-json',
      ],
      differs: 'attributes',
      reason: 'The server shows a mountpoint that nobody gave.',
    },
    {
      exchanges: [
        'networkinterface-get-plain',
        'networkinterface-get-occi',
        'networkinterface-get-json',
        'networkinterface-list-json',
      ],
      differs: 'attributes',
      reason:
        'The server gives each interface an address and a gateway; the sandbox only in networks with a range.',
    },
    {
      exchanges: [
        'compute-with-links-get-plain',
        'compute-with-links-get-occi',
        'compute-with-links-get-json',
      ],
      differs: 'attributes',
      reason:
        'The server gives each interface an address and a gateway; the sandbox only in networks with a range. The server shows a mountpoint that nobody gave.',
    },
    {
      exchanges: [
        'compute-inline-links-get-plain',
        'compute-inline-links-get-occi',
        'compute-inline-links-get-json',
      ],
      differs: 'attributes',
      reason:
        'The server sets occi.compute.speed. The server gives each interface an address and a gateway; the sandbox only in networks with a range. The server shows a mountpoint that nobody gave.',
    },
    {
      exchanges: ['mixin-add-duplicate', 'mixin-add-location-clash'],
      differs: 'status',
      reason: 'pyssf refuses a taken name or place with 400, the sandbox with 409.',
    },
    {
      exchanges: ['mixin-associate-unknown'],
      differs: 'status',
      reason: 'pyssf answers 405 for a mixin that is not there, the sandbox 404.',
    },
    {
      exchanges: ['mixin-delete-kind'],
      differs: 'status',
      reason: 'pyssf refuses to remove a kind with 400, the sandbox with 403.',
    },
    {
      exchanges: ['mixin-delete-unknown'],
      differs: 'status',
      reason: 'pyssf refuses an unknown mixin with 400, the sandbox with 404.',
    },
    {
      exchanges: ['mixin-delete-none'],
      differs: 'status',
      reason: 'pyssf takes the removal of nothing; the sandbox refuses it.',
    },
    {
      exchanges: ['error-kind-mismatch-collection'],
      differs: 'status',
      reason: 'pyssf takes a compute in the collection of storage; the sandbox refuses it.',
    },
    {
      exchanges: ['error-form-urlencoded'],
      differs: 'status',
      reason: 'pyssf fails to read a form with 500; the sandbox refuses its type.',
    },
    {
      exchanges: ['compute-inline-links-get-after-target-delete'],
      differs: 'categories',
      reason: 'pyssf keeps a link whose target was deleted; the sandbox deletes it with the target.',
    },
    {
      exchanges: ['compute-inline-links-get-after-target-delete'],
      differs: 'attributes',
      reason:
        'The server sets occi.compute.speed. The server gives each interface an address and a gateway; the sandbox only in networks with a range. The server shows a mountpoint that nobody gave. pyssf keeps a link whose target was deleted; the sandbox deletes it with the target.',
    },
    {
      exchanges: ['compute-inline-links-get-after-target-delete'],
      differs: 'identifiers',
      reason: 'pyssf keeps a link whose target was deleted; the sandbox deletes it with the target.',
    },
    {
      exchanges: ['update-immutable-state-to-bogus'],
      differs: 'status',
      reason: 'The recorded id is of a machine that was made outside the recording.',
    },
  ],
})

/** The server's own code, driven by this program. */
fidelity({
  recording: 'pyssf-live',
  persona: 'pyssf',
  before: [
    {
      method: 'POST',
      path: '/-/',
      headers: [['Content-Type', 'text/plain']],
      body: 'Category: production; scheme="http://example.org/occi/tags#"; class="mixin"; location="/production/"',
    },
  ],
  differences: [
    {
      exchanges: ['001-get-', '002-get-'],
      differs: 'categories',
      reason: 'The sandbox lists the core kinds in its query interface and has templates; pyssf has neither.',
    },
    {
      exchanges: ['001-get-', '002-get-'],
      differs: 'attributes',
      reason: 'The same. The sandbox calls occi.storage.size required; the server does not.',
    },
    {
      exchanges: numbered('004 013 014 016 053 068 079 080 087 095 096 103 105 110 112 121 130 163'),
      differs: 'attributes',
      reason: 'The server sets occi.compute.speed.',
    },
    {
      exchanges: numbered('072 146'),
      differs: 'attributes',
      reason: 'The server sets occi.compute.speed, and shows a mountpoint that nobody gave.',
    },
    {
      exchanges: numbered('011 012'),
      differs: 'status',
      reason: 'These machines were made in exchanges that are not in the recording.',
    },
    {
      exchanges: numbered('029'),
      differs: 'attributes',
      reason: 'The example service gives each network a label and a VLAN.',
    },
    {
      exchanges: numbered('039 040'),
      differs: 'categories',
      reason:
        'The sandbox offers no backup, snapshot or resize of volumes. The sandbox offers to take down an active network or an online volume; the server does not.',
    },
    { exchanges: numbered('039 040'), differs: 'identifiers', reason: 'The same.' },
  ],
})

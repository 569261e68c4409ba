import { fidelity } from './fidelity.js'

fidelity({
  recording: 'occi-os-essex',
  persona: 'occi-os',
  auth: { method: 'token', token: '0123456789abcdef0123456789abcdef', keystone: 'http://127.0.0.1:5000' },
  differences: [
    {
      exchanges: ['delete-collection-compute'],
      accepts: 'A traceback that comes of the machine with the failed storagelink.',
    },
    {
      exchanges: ['action-storage-snapshot'],
      differs: 'status',
      reason: 'The server fails with 500 to make a snapshot; the sandbox offers none and answers 501.',
    },
    {
      exchanges: ['seed001-07-delete'],
      accepts:
        'After a failed storagelink this machine could not be deleted: a defect that needs its history.',
    },
    {
      exchanges: [
        'seed001-01-query-literal',
        'query-plain',
        'query-occi',
        'query-json',
        'query-any',
        'query-rocci',
        'query-wellknown',
      ],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The mixin user_data came after the recorded release.",
    },
    {
      exchanges: [
        'seed001-01-query-literal',
        'query-plain',
        'query-occi',
        'query-json',
        'query-any',
        'query-rocci',
        'query-wellknown',
      ],
      differs: 'attributes',
      reason:
        "Sizes of the sandbox define ephemeral_storage.size; those of the server define other names for disks, or an occi.core.id. The server calls the cores and memory of a size immutable. OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The sandbox calls occi.storage.size required; the server does not. The mixin user_data came after the recorded release.",
    },
    {
      exchanges: [
        'compute-get-building-plain',
        'seed001-05-stop',
        'seed001-06-start',
        'action-stop-occi',
        'action-start-plain',
        'action-restart-graceful',
        'action-suspend',
        'action-start-from-suspended',
      ],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests.",
    },
    {
      exchanges: [
        'compute-get-building-plain',
        'seed001-04-get',
        'seed001-05-stop',
        'seed001-06-start',
        'compute-get-plain',
        'compute-get-occi',
        'compute-get-json',
        'action-stop-occi',
        'compute-get-stopped',
        'action-start-plain',
        'action-restart-graceful',
        'action-suspend',
        'compute-get-suspended',
        'action-start-from-suspended',
      ],
      differs: 'attributes',
      reason: 'The server sets occi.compute.speed.',
    },
    {
      exchanges: [
        'compute-get-building-plain',
        'seed001-05-stop',
        'seed001-06-start',
        'action-stop-occi',
        'action-start-plain',
        'action-restart-graceful',
        'action-suspend',
        'action-start-from-suspended',
        'update-full-put',
      ],
      differs: 'identifiers',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests.",
    },
    {
      exchanges: [
        'seed001-04-get',
        'compute-with-storagelink-get-plain',
        'compute-with-storagelink-get-occi',
        'compute-with-storagelink-get-json',
        'compute-get-plain',
        'compute-get-occi',
        'compute-get-json',
        'compute-get-stopped',
        'compute-get-suspended',
      ],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated.",
    },
    {
      exchanges: [
        'seed001-04-get',
        'compute-with-storagelink-get-plain',
        'compute-with-storagelink-get-occi',
        'compute-with-storagelink-get-json',
        'root-list-plain',
        'root-list-occi',
        'compute-get-plain',
        'compute-get-occi',
        'compute-get-json',
        'root-list-with-vms-plain',
        'root-list-with-vms-occi',
        'compute-get-stopped',
        'compute-get-suspended',
        'compute-with-floating-ip-get-plain',
        'compute-with-floating-ip-get-occi',
        'compute-with-floating-ip-get-json',
        'secrule-list',
      ],
      differs: 'identifiers',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated.",
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
      exchanges: ['storagelink-get-plain', 'storagelink-get-occi', 'storagelink-get-json'],
      differs: 'identifiers',
      reason:
        'JSON of pyssf has no occi.core.id until the entity was shown in text (Q29). The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.',
    },
    {
      exchanges: [
        'storagelink-get-html',
        'compute-with-storagelink-get-html',
        'query-html',
        'compute-list-empty-html',
        'root-list-html',
        'compute-get-html',
        'compute-list-html',
        'storage-get-html',
        'compute-with-floating-ip-get-html',
      ],
      differs: 'status',
      reason: 'No persona renders web pages.',
    },
    {
      exchanges: [
        'compute-with-storagelink-get-plain',
        'compute-with-storagelink-get-occi',
        'compute-with-storagelink-get-json',
        'seed001-11-scale-up-literal-m1.medium',
        'seed001-12-change-os-literal-SmartOS',
        'seed001-12-change-os-adapted',
        'compute-get-after-updates',
        'compute-list-empty-json',
      ],
      differs: 'attributes',
      reason: 'The server sets occi.compute.speed. The server shows a mountpoint that nobody gave.',
    },
    {
      exchanges: ['seed001-11-scale-up-literal-m1.medium', 'seed001-12-change-os-literal-SmartOS'],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.",
    },
    {
      exchanges: ['seed001-11-scale-up-literal-m1.medium', 'seed001-12-change-os-literal-SmartOS'],
      differs: 'identifiers',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.",
    },
    {
      exchanges: ['seed001-12-change-os-adapted', 'compute-get-after-updates'],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.",
    },
    {
      exchanges: [
        'seed001-12-change-os-adapted',
        'compute-get-after-updates',
        'compute-list-empty-json',
        'compute-list-json',
      ],
      differs: 'identifiers',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.",
    },
    {
      exchanges: ['compute-get-deleted'],
      differs: 'status',
      reason: 'The recorded machine could not be deleted after a failed storagelink.',
    },
    {
      exchanges: ['auth-missing-head'],
      differs: 'status',
      reason: 'HEAD is refused before credentials are asked for.',
    },
    {
      exchanges: ['compute-list-empty-json', 'compute-list-json'],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind. A machine that was resized shows the old and the new template at the server.",
    },
    {
      exchanges: ['root-list-urilist', 'root-list-with-vms-urilist'],
      differs: 'identifiers',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. GET / names collections and templates in the sandbox, and entities alone at the server.",
    },
    {
      exchanges: ['root-list-json', 'root-list-with-vms-json'],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The sandbox offers no backup, snapshot or resize of volumes. The sandbox offers to take down an active network or an online volume; the server does not. The sandbox has networks of its own, and the recording the entities that its earlier failures left behind. A machine that was resized shows the old and the new template at the server.",
    },
    {
      exchanges: ['root-list-json', 'root-list-with-vms-json'],
      differs: 'attributes',
      reason:
        "The server sets occi.compute.speed. OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The server shows a mountpoint that nobody gave. The recorded network has a label and a VLAN, machines in JSON their titles, that the persona does not have.",
    },
    {
      exchanges: ['root-list-json', 'root-list-with-vms-json'],
      differs: 'identifiers',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The sandbox offers no backup, snapshot or resize of volumes. The sandbox offers to take down an active network or an online volume; the server does not. JSON of pyssf has no occi.core.id until the entity was shown in text (Q29). The sandbox has networks of its own, and the recording the entities that its earlier failures left behind.",
    },
    {
      exchanges: ['compute-list-json'],
      differs: 'attributes',
      reason:
        'The server sets occi.compute.speed. The server shows a mountpoint that nobody gave. The recorded network has a label and a VLAN, machines in JSON their titles, that the persona does not have.',
    },
    {
      exchanges: ['network-list-json'],
      differs: 'categories',
      reason: 'The sandbox offers to take down an active network or an online volume; the server does not.',
    },
    {
      exchanges: ['network-list-json'],
      differs: 'attributes',
      reason:
        'The recorded network has a label and a VLAN, machines in JSON their titles, that the persona does not have.',
    },
    {
      exchanges: ['network-list-json'],
      differs: 'identifiers',
      reason:
        'The sandbox offers to take down an active network or an online volume; the server does not. JSON of pyssf has no occi.core.id until the entity was shown in text (Q29).',
    },
    {
      exchanges: ['networkinterface-list-json'],
      differs: 'identifiers',
      reason: 'JSON of pyssf has no occi.core.id until the entity was shown in text (Q29).',
    },
    {
      exchanges: [
        'networkinterface-get-plain',
        'networkinterface-get-occi',
        'networkinterface-get-urilist',
        'networkinterface-get-json',
      ],
      differs: 'status',
      reason: 'The recorded creation does not name the link that the provider made by itself.',
    },
    {
      exchanges: [
        'action-chg_pwd',
        'action-create_image',
        'mixin-add-secgroup',
        'secrule-create',
        'mixin-delete-secgroup',
      ],
      differs: 'status',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated.",
    },
    {
      exchanges: ['update-full-put'],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests. A machine that was resized shows the old and the new template at the server.",
    },
    {
      exchanges: [
        'update-full-put',
        'compute-with-floating-ip-get-plain',
        'compute-with-floating-ip-get-occi',
        'compute-with-floating-ip-get-json',
      ],
      differs: 'attributes',
      reason:
        'The server sets occi.compute.speed. The answer to a PUT shows the values of nova at the server; the persona replaces them by what was sent.',
    },
    {
      exchanges: [
        'storage-get-plain',
        'storage-get-occi',
        'storage-get-json',
        'storage-list-json',
        'update-storage-title',
      ],
      differs: 'categories',
      reason: 'The sandbox offers no backup, snapshot or resize of volumes.',
    },
    {
      exchanges: [
        'storage-get-plain',
        'storage-get-occi',
        'storage-get-json',
        'storage-list-json',
        'update-storage-title',
      ],
      differs: 'identifiers',
      reason: 'The sandbox offers no backup, snapshot or resize of volumes.',
    },
    {
      exchanges: [
        'compute-with-floating-ip-get-plain',
        'compute-with-floating-ip-get-occi',
        'compute-with-floating-ip-get-json',
      ],
      differs: 'categories',
      reason:
        "OpenStack's consoles, security groups, floating addresses and actions of its own are not imitated. A machine that was resized shows the old and the new template at the server.",
    },
    {
      exchanges: ['filter-attr'],
      differs: 'identifiers',
      reason: 'GET / names collections and templates in the sandbox, and entities alone at the server.',
    },
    {
      exchanges: ['compute-list-after'],
      differs: 'identifiers',
      reason: 'A machine that existed before the recording began, or that only the recording has.',
    },
  ],
})

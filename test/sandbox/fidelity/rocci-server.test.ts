/** rOCCI-server 1.1.10 with its dummy backend. */
import { type Fidelity, fidelity } from './fidelity.js'

function existing(term: string, segment: string, lines = ''): NonNullable<Fidelity['before']>[number] {
  return {
    as: `/${term}/${segment}`,
    method: 'POST',
    path: `/${term}/`,
    headers: [
      ['Accept', 'text/plain'],
      ['Content-Type', 'text/plain'],
    ],
    body: `Category: ${term};scheme="http://schemas.ogf.org/occi/infrastructure#";class="kind"
${lines}X-OCCI-Attribute: occi.core.id="${segment}"
X-OCCI-Attribute: occi.core.title="${term}1"
`,
  }
}

const image = 'Category: debian6;scheme="http://occi.example.org/occi/infrastructure/os_tpl#";class="mixin"\n'

fidelity({
  recording: 'rocci-server',
  persona: 'rocci-server',
  before: [
    existing('compute', '87f3bfc3-42d4-4474-b45c-757e55e093e9', image),
    existing('network', '23cd7d72-eb86-4036-8969-4c902014bbc6'),
    existing('storage', '63a14263-2671-4429-bcd0-6ba19177491f'),
  ],
  differences: [
    {
      exchanges: ['create-compute-context'],
      accepts:
        'The mixin is missing in the model of the recorded installation. The OpenNebula backend offers it, and so does the persona.',
    },
    {
      exchanges: ['error-401', 'error-401-json'],
      accepts: 'Authentication was switched on for these exchanges alone: a setting of the installation.',
    },
    {
      exchanges: ['json-not-enabled-production-default'],
      accepts: 'JSON was switched off for this exchange alone: a setting of the installation.',
    },
    {
      exchanges: ['model-*', 'wellknown-*'],
      differs: 'categories',
      reason: 'The persona offers the mixins for contextualization (see create-compute-context).',
    },
    { exchanges: ['model-*', 'wellknown-*'], differs: 'attributes', reason: 'As above.' },
    {
      exchanges: ['describe-*', 'after-*', 'list-*-json', 'full-update-put-*'],
      differs: 'categories',
      reason: 'The dummy backend shows no action as applicable; the sandbox shows those that are.',
    },
    {
      exchanges: ['describe-*', 'after-*', 'list-*-json', 'full-update-put-*'],
      differs: 'identifiers',
      reason:
        'As above, and the library writes where an entity of a JSON collection is, which this server does not.',
    },
    {
      exchanges: ['describe-*', 'after-*', 'list-*-json'],
      differs: 'attributes',
      reason:
        'Values that the fixtures of the dummy backend have, and those that the sandbox gives to each machine.',
    },
    {
      exchanges: ['list-*-text-occi', 'list-empty-text-occi'],
      differs: 'identifiers',
      reason: 'One joined Location header, which names other fixtures; an empty one for an empty collection.',
    },
    {
      exchanges: ['list-root-uri-list'],
      differs: 'identifiers',
      reason: 'The sandbox names the collections below the root, the server all entities.',
    },
    {
      exchanges: ['list-mixin-location-os_tpl-*', 'conditional-get-304'],
      differs: 'identifiers',
      reason: 'Other members: what the dummy backend had before the recording is not there in the sandbox.',
    },
    {
      exchanges: ['*-html', 'model-no-slash', 'list-compute-no-slash', 'error-406-accept-unregistered'],
      differs: 'status',
      reason:
        'The sandbox has no pages for browsers, wants the slash of a collection, and knows no unregistered type.',
    },
    {
      exchanges: ['*-no-accept'],
      differs: 'type',
      reason: 'A page for browsers where no type is asked for.',
    },
    {
      exchanges: ['list-user-mixin-501', 'mixin-associate-user', 'error-405-put-collection'],
      differs: 'status',
      reason: 'Refused by both, at another step.',
    },
    {
      exchanges: [
        'action-restart-text-plain',
        'action-stop-method-text-plain',
        'action-no-body',
        'action-network-up',
      ],
      differs: 'status',
      reason: 'The dummy backend carries out any action in any state; the sandbox knows states.',
    },
    {
      exchanges: ['action-storage-backup'],
      differs: 'status',
      reason: 'The sandbox makes no backups.',
    },
    {
      exchanges: ['conditional-get-304'],
      differs: 'status',
      reason: 'The sandbox gives no ETags.',
    },
    { exchanges: ['conditional-get-304'], differs: 'type', reason: 'As above.' },
    {
      exchanges: ['delete-compute-text-occi', 'delete-compute-json'],
      differs: 'status',
      reason: 'Machines that the dummy backend had before the recording.',
    },
    {
      exchanges: [
        '*-uri-list',
        'list-links-404',
        'action-stop-json',
        'create-link-json',
        'error-404-path',
        'error-406-accept*',
        'error-405-put-collection',
      ],
      differs: 'type',
      reason: 'Pages of Rails for its own errors; the sandbox refuses in plain text.',
    },
    {
      exchanges: ['partial-update-attribute-text-occi'],
      differs: 'type',
      reason: 'The empty answer 501 bears the type that was asked for.',
    },
  ],
})

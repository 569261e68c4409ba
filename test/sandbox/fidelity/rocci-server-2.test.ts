/** rOCCI-server 2.0: with its dummy backend, which keeps nothing, and with a backend that keeps what is made. */
import { type Fidelity, fidelity } from './fidelity.js'

const token = 'amFuZTpzZWNyZXQ='
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'
const site = 'http://schemas.localhost/occi/infrastructure/'
const dummy = 'a262ad95-c093-4814-8c0d-bc6d475bb845'
const other = '8b3e4362-b761-4eed-a6f3-69e271f90286'

/** What the dummy backend has at any time. */
function existing(
  term: string,
  segment: string,
  more: {
    attributes?: Record<string, unknown>
    mixins?: readonly string[]
    ends?: readonly [string, string]
  } = {},
): NonNullable<Fidelity['before']>[number] {
  const { attributes, mixins, ends } = more
  const core = { 'occi.core.id': segment, 'occi.core.title': segment }
  const linked =
    ends === undefined
      ? undefined
      : {
          source: { location: ends[0] },
          target: { location: ends[1] },
          attributes: { ...core, 'occi.core.source': ends[0], 'occi.core.target': ends[1] },
        }
  return {
    as: `/${term}/${segment}`,
    method: 'POST',
    path: `/${term}/`,
    headers: [
      ['X-Auth-Token', token],
      ['Accept', 'application/occi+json'],
      ['Content-Type', 'application/occi+json'],
    ],
    body: JSON.stringify({
      kind: infrastructure + term,
      id: segment,
      ...(mixins === undefined ? {} : { mixins }),
      attributes: { ...core, ...attributes },
      ...linked,
    }),
  }
}

/** Why entities differ that exist from the beginning. */
const bare =
  'The dummy backend makes bare entities without templates, links and actions; the sandbox has whole ones.'

const compute = existing('compute', dummy, { mixins: [`${site}os_tpl#appl0`, `${site}resource_tpl#small`] })
const machine = `/compute/${dummy}`

fidelity({
  recording: 'rocci-server-2.0-stateful',
  persona: 'rocci-server-2',
  aliases: [['eu.egi.fedcloud.compute.pci', 'eu.egi.fedcloud.compute.gpu']],
  differences: [
    {
      exchanges: [
        'create-*-json',
        'create-json-*',
        'describe-*json',
        'list-*json',
        'update-*-json',
        'put-json',
      ],
      differs: 'type',
      reason:
        'Recorded over Rails 6.1, which answers with the type that was asked for. The release is locked to Rails 5.1, which says application/json (recording rocci-server-2.0).',
    },
    {
      exchanges: ['action-*-json', 'action-no-body', 'delete-deleted', 'describe-deleted'],
      differs: 'type',
      reason: 'As above.',
    },
    {
      exchanges: ['create-securitygroup*', 'create-ipreservation*', 'error-type-with-charset'],
      differs: 'type',
      reason: 'As above.',
    },
    {
      exchanges: ['describe-*', 'list-json', 'list-links-json', 'update-mixin-*'],
      differs: 'attributes',
      reason:
        'OpenNebula names interfaces, addresses and devices, and the sandbox each host; the backend of the recording does not.',
    },
    {
      exchanges: ['action-stop-method-json'],
      differs: 'status',
      reason: 'The backend of the recording stops what is stopped; OpenNebula refuses.',
    },
    {
      exchanges: ['action-mismatch-json'],
      differs: 'status',
      reason:
        'The server carries out the action of the body, whatever the query says; the sandbox wants both alike.',
    },
  ],
})

fidelity({
  recording: 'rocci-server-2.0',
  persona: 'rocci-server-2',
  auth: { method: 'token', token, keystone: 'https://localhost:5000/' },
  before: [
    existing('network', dummy),
    existing('storage', dummy),
    existing('network', other),
    existing('storage', other),
    existing('securitygroup', dummy, {
      attributes: {
        'occi.securitygroup.rules': [{ protocol: 'tcp', range: '10.0.0.0/24', type: 'inbound' }],
      },
    }),
    existing('securitygroup', other, {
      attributes: {
        'occi.securitygroup.rules': [{ protocol: 'tcp', range: '10.0.0.0/24', type: 'inbound' }],
      },
    }),
    existing('ipreservation', dummy, {
      attributes: { 'occi.ipreservation.address': '192.168.0.1' },
      mixins: [`${site}network/floatingippool#pool0`],
    }),
    compute,
    existing('storagelink', dummy, { ends: [machine, `/storage/${other}`] }),
    existing('networkinterface', dummy, { ends: [machine, `/network/${other}`] }),
    existing('securitygrouplink', dummy, { ends: [machine, `/securitygroup/${other}`] }),
  ],
  differences: [
    {
      exchanges: [
        'get-network/-plain',
        'get-network/-occi',
        'get-network/-uri-list',
        'get-network/-rocci-cli',
      ],
      differs: 'identifiers',
      reason: 'The sandbox lists an IP reservation as the network that it is by its kind, too.',
    },
    {
      exchanges: ['get-network/-json', 'get-network/-appjson'],
      differs: 'categories',
      reason: 'As above; and the seeded networks have addresses, and links to their actions.',
    },
    {
      exchanges: ['get-network/-json', 'get-network/-appjson'],
      differs: 'attributes',
      reason: 'As above.',
    },
    {
      exchanges: [`get-compute/${dummy}-*`, 'get-compute/-*json', 'get-root-*json', `get-network/${dummy}-*`],
      differs: 'categories',
      reason: bare,
    },
    {
      exchanges: [`get-storage/${dummy}-*`, 'get-storage/-*json'],
      differs: 'categories',
      reason: bare,
    },
    {
      exchanges: [`get-compute/${dummy}-*`, 'get-compute/-*json', 'get-root-*json', 'get-link/-*json'],
      differs: 'attributes',
      reason: bare,
    },
    {
      exchanges: [`get-storagelink/${dummy}-*`, `get-networkinterface/${dummy}-*`],
      differs: 'attributes',
      reason: 'OpenNebula names interfaces, addresses and devices; the dummy backend does not.',
    },
    {
      exchanges: [`get-compute/${dummy}-*`, 'get-compute/-*json', `get-network/${dummy}-*`],
      differs: 'identifiers',
      reason: bare,
    },
    { exchanges: [`get-storage/${dummy}-*`], differs: 'identifiers', reason: bare },
    {
      exchanges: ['get-root-occi'],
      differs: 'identifiers',
      reason: 'The order of kinds below the root: the first Location is the one of another kind.',
    },
    {
      exchanges: ['get-root-uri-list'],
      differs: 'identifiers',
      reason: 'The sandbox names the collections below the root, the server all entities.',
    },
    {
      exchanges: ['create-text-occi'],
      differs: 'status',
      reason: 'An empty Category header: the sandbox reads past it and finds the identifier missing.',
    },
    {
      exchanges: ['action-start-plain', 'action-suspend-plain', 'action-restart-plain', 'action-stop-json'],
      differs: 'status',
      reason: 'The dummy backend carries out any action in any state; OpenNebula does not.',
    },
    {
      exchanges: ['error-bad-json'],
      differs: 'type',
      reason: 'Rails answers malformed JSON by itself, with UTF-8 in capitals.',
    },
  ],
})

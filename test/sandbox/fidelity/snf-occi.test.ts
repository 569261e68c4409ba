import { fidelity } from './fidelity.js'

fidelity({
  recording: 'snf-occi',
  persona: 'snf-occi',
  differences: [
    {
      exchanges: ['auth-missing', 'auth-missing-accept-occi'],
      accepts: 'Whether credentials are wanted is a setting of the sandbox.',
    },
    { exchanges: ['action-restart'], accepts: 'The recorded machine had not started yet.' },
    {
      exchanges: [
        'seed004-01-query-literal-auth-token-header',
        'seed004-01-query-adapted-auth',
        'auth-bad',
        'query-none',
        'query-plain',
        'query-occi',
        'query-json',
        'query-wellknown',
      ],
      differs: 'categories',
      reason: 'The recorded installation has other images and sizes.',
    },
    {
      exchanges: [
        'seed004-01-query-literal-auth-token-header',
        'seed004-01-query-adapted-auth',
        'auth-bad',
        'query-none',
        'query-plain',
        'query-occi',
        'query-json',
        'query-wellknown',
      ],
      differs: 'attributes',
      reason:
        'Sizes of the sandbox define ephemeral_storage.size; those of the server define other names for disks, or an occi.core.id.',
    },
    {
      exchanges: [
        'seed004-03-get-building-literal-auth-token-header',
        'seed004-03-get-building-adapted-auth',
        'compute-list-json',
        'root-list-json',
        'action-stop-occi',
        'action-start-occi',
      ],
      differs: 'categories',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests.',
    },
    {
      exchanges: [
        'seed004-03-get-building-literal-auth-token-header',
        'seed004-03-get-building-adapted-auth',
        'compute-list-json',
        'root-list-json',
        'action-stop-occi',
        'action-start-occi',
      ],
      differs: 'identifiers',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests.',
    },
    {
      exchanges: ['auth-missing-post'],
      differs: 'status',
      reason:
        'The server fails with 500 without a token; the sandbox asks for none here and refuses the empty request.',
    },
    {
      exchanges: ['auth-missing-head'],
      differs: 'status',
      reason: 'HEAD is refused before credentials are asked for.',
    },
    {
      exchanges: [
        'query-html',
        'compute-list-empty-html',
        'root-list-empty-html',
        'compute-get-building-html',
        'compute-get-html',
        'compute-list-html',
        'root-list-html',
        'network-list-html',
        'network-get-html',
        'networkinterface-list-html',
        'network-get-created-html',
        'storage-get-html',
        'storage-list-html',
        'storagelink-get-html',
        'storagelink-list-html',
        'networkinterface-created-get-html',
        'compute-with-links-get-html',
      ],
      differs: 'status',
      reason: 'No persona renders web pages.',
    },
    {
      exchanges: [
        'compute-list-empty-none',
        'compute-list-empty-plain',
        'compute-list-empty-occi',
        'compute-list-empty-urilist',
      ],
      differs: 'identifiers',
      reason: 'A machine that existed before the recording began, or that only the recording has.',
    },
    {
      exchanges: ['compute-list-empty-json', 'root-list-empty-json'],
      differs: 'categories',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests. A machine that existed before the recording began, or that only the recording has.',
    },
    {
      exchanges: ['compute-list-empty-json', 'root-list-empty-json'],
      differs: 'attributes',
      reason: 'A machine that existed before the recording began, or that only the recording has.',
    },
    {
      exchanges: ['compute-list-empty-json', 'root-list-empty-json'],
      differs: 'identifiers',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests. A machine that existed before the recording began, or that only the recording has.',
    },
    {
      exchanges: [
        'root-list-empty-plain',
        'root-list-empty-occi',
        'root-list-empty-urilist',
        'root-list-urilist',
      ],
      differs: 'identifiers',
      reason: 'GET / names collections and templates in the sandbox, and entities alone at the server.',
    },
  ],
})

import { fidelity, numbered } from './fidelity.js'

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

const queries = '002 003 015 016 018 019 062 063 064 065 066 067 068 069 070 071 076 077 087 088 100 101'
const inOtherState = '005 006 007 022 023 026 027 029 030 031 037 038 039 050 103 109 114'

/** The server's own code over a stand-in of Cyclades, driven by this program. */
fidelity({
  recording: 'snf-occi-live',
  persona: 'snf-occi',
  aliases: [
    ['Debian Base', 'Debian'],
    ['CentOS 7', 'CentOS'],
    ['C1R1024D20ext_archipelago', 'C1R1024D20'],
    ['C1R1024D20drbd', 'C1R1024D20'],
    ['C2R2048D20ext_archipelago', 'C2R2048D20'],
    ['C4R4096D40ext_archipelago', 'C4R4096D40'],
  ],
  differences: [
    {
      exchanges: numbered('126 127 128 129'),
      accepts: 'The token of these was wrong; the recording shows all tokens as one word.',
    },
    {
      exchanges: ['001-get-'],
      differs: 'status',
      reason:
        'The server fails with 500 without a token; the sandbox asks for none here and does not find /-.',
    },
    {
      exchanges: numbered(queries),
      differs: 'attributes',
      reason:
        'Sizes of the sandbox define ephemeral_storage.size; those of the server define other names for disks, or an occi.core.id.',
    },
    {
      exchanges: numbered(inOtherState),
      differs: 'categories',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests.',
    },
    {
      exchanges: numbered(inOtherState),
      differs: 'identifiers',
      reason:
        'The recorded answer shows the state of before, or of a machine still being built; in the replay a minute passes between requests.',
    },
  ],
})

import { fidelity } from './fidelity.js'

fidelity({
  recording: 'erocci',
  persona: 'erocci',
  differences: [
    {
      exchanges: [
        'query-plain',
        'query-occi',
        'query-json',
        'query-occi-json',
        'query-any',
        'query-two-types',
        'query-plain-q',
        'query-no-slash',
        'query-wellknown',
        'query-filter-header',
        'query-after-define',
      ],
      differs: 'categories',
      reason:
        "The recorded site has two of Roboconf's mixins, the persona all of them under both identifiers.",
    },
    {
      exchanges: [
        'query-plain',
        'query-occi',
        'query-json',
        'query-occi-json',
        'query-any',
        'query-two-types',
        'query-plain-q',
        'query-no-slash',
        'query-wellknown',
        'query-filter-header',
        'query-after-define',
      ],
      differs: 'attributes',
      reason:
        "The recorded site has two of Roboconf's mixins, the persona all of them under both identifiers.",
    },
    {
      exchanges: [
        'compute-create-inline-self',
        'inline-get-plain',
        'inline-get-occi',
        'inline-get-json',
        'network-get-plain',
        'network-get-occi',
        'network-get-json',
        'networkinterface-list-json',
      ],
      differs: 'identifiers',
      reason:
        'The server takes the path of an inline link, and its id, from `self`; the sandbox chooses them. A link to an end that is not there stays at the server, though refused (E28).',
    },
    {
      exchanges: [
        'storagelink-list-json',
        'compute-linked-get-plain',
        'compute-linked-get-occi',
        'compute-linked-get-json',
        'mixin-member-get',
        'resize-get',
        'resize-get-plain',
        'template-remove-get',
      ],
      differs: 'identifiers',
      reason: 'A link to an end that is not there stays at the server, though refused (E28).',
    },
    {
      exchanges: ['create-accept-two'],
      differs: 'type',
      reason: 'Of two types with the same quality cowboy takes another one; the body is the same.',
    },
    {
      exchanges: ['create-mixin-collection'],
      differs: 'categories',
      reason:
        'The server takes a new entity at the collection of a mixin for no members; the sandbox makes it.',
    },
    {
      exchanges: ['create-mixin-collection'],
      differs: 'attributes',
      reason:
        'The server takes a new entity at the collection of a mixin for no members; the sandbox makes it.',
    },
    {
      exchanges: ['create-mixin-collection'],
      differs: 'identifiers',
      reason:
        'The server takes a new entity at the collection of a mixin for no members; the sandbox makes it.',
    },
    {
      exchanges: ['action-network-up'],
      differs: 'categories',
      reason:
        'The answers to actions and updates of the server lack the links (E29); the persona shows them.',
    },
    {
      exchanges: ['action-network-up'],
      differs: 'attributes',
      reason:
        'The answers to actions and updates of the server lack the links (E29); the persona shows them.',
    },
    {
      exchanges: ['action-network-up'],
      differs: 'identifiers',
      reason:
        'The answers to actions and updates of the server lack the links (E29); the persona shows them.',
    },
    {
      exchanges: ['mixin-define-json-bare'],
      differs: 'status',
      reason: 'A crash of the server (500) in place of a refusal.',
    },
    {
      exchanges: ['mixin-define-again'],
      differs: 'status',
      reason: 'The server answers the definition of a mixin that is there with the mixin.',
    },
  ],
})

fidelity({
  recording: 'erocci-live',
  persona: 'erocci',
  differences: [
    {
      exchanges: ['001-get-query', '028-get-query', '039-get-query', '050-get-query'],
      differs: 'categories',
      reason:
        "The recorded site has two of Roboconf's mixins, the persona all of them under both identifiers.",
    },
    {
      exchanges: ['001-get-query', '028-get-query', '039-get-query', '050-get-query'],
      differs: 'attributes',
      reason:
        "The recorded site has two of Roboconf's mixins, the persona all of them under both identifiers.",
    },
    {
      exchanges: [
        '004-get-categories-network',
        '011-get-categories-network',
        '014-get-categories-network',
        '041-get-categories-network',
        '045-get-categories-network',
        '061-get-categories-network',
      ],
      differs: 'categories',
      reason: 'The sandbox has networks of its own, with addresses and ids.',
    },
    {
      exchanges: [
        '004-get-categories-network',
        '011-get-categories-network',
        '014-get-categories-network',
        '041-get-categories-network',
        '045-get-categories-network',
        '061-get-categories-network',
      ],
      differs: 'attributes',
      reason: 'The sandbox has networks of its own, with addresses and ids.',
    },
    {
      exchanges: [
        '004-get-categories-network',
        '011-get-categories-network',
        '014-get-categories-network',
        '041-get-categories-network',
        '045-get-categories-network',
        '061-get-categories-network',
      ],
      differs: 'identifiers',
      reason: 'The sandbox has networks of its own, with addresses and ids.',
    },
    {
      exchanges: [
        '016-post-entity',
        '018-post-entity',
        '022-post-categories-large',
        '031-post-entity',
        '043-post-categories-production',
      ],
      differs: 'categories',
      reason:
        'The answers to actions, updates and memberships of the server lack the links (E29); the persona shows them.',
    },
    {
      exchanges: [
        '016-post-entity',
        '018-post-entity',
        '022-post-categories-large',
        '031-post-entity',
        '043-post-categories-production',
      ],
      differs: 'attributes',
      reason:
        'The answers to actions, updates and memberships of the server lack the links (E29); the persona shows them.',
    },
    {
      exchanges: [
        '016-post-entity',
        '018-post-entity',
        '022-post-categories-large',
        '031-post-entity',
        '043-post-categories-production',
      ],
      differs: 'identifiers',
      reason:
        'The answers to actions, updates and memberships of the server lack the links (E29); the persona shows them.',
    },
  ],
})

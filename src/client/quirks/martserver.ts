import type { ProviderProfile } from './types.js'

export const martserver: ProviderProfile = {
  name: 'martserver',
  title: 'OCCIware MartServer',
  signs: [{ by: 'server', pattern: /\bMART Server\b/i }],
  model: 'json',
  read: 'json',
  // MartServer reads only the first line of a text body (M1).
  write: 'json',
  collections: 'entities',
  quirks: [
    {
      name: 'dissociate-destroys',
      why: 'Detaching a mixin from one entity deletes every entity that has it: the client refuses to send that.',
      source: 'M7',
      effect: { dissociate: 'destroys' },
    },
    {
      name: 'members-by-entity',
      why: 'A mixin is attached by posting its Category to the entity, not through its collection.',
      source: 'M8',
      effect: { membership: 'entity' },
    },
    {
      name: 'chosen-ids',
      why: 'The client can choose the id of a new entity; a second entity with that id replaces the first.',
      source: 'M6',
      effect: { chosenIds: 'kept' },
    },
    {
      name: 'pages-of-twenty',
      why: 'Listings may come in pages of 20: the next page is requested.',
      source: 'M16',
      effect: { pageSize: 20 },
    },
    {
      name: 'uri-list-in-headers',
      why: 'A uri-list is sent in headers, an empty one as 404, and text listings lack line ends: the client lists in JSON.',
      source: 'M4',
      effect: { listing: 'json' },
    },
    {
      name: 'text-bodies-truncated',
      why: 'Only the first line of a text body is read: the client writes JSON.',
      source: 'M1',
    },
    {
      name: 'required-is-not-meant',
      why: 'Attributes that its model declares required may be omitted: the client allows that.',
      source: 'M15',
      effect: { requiredAttributes: 'ignored' },
    },
    {
      name: 'links-in-json-only',
      why: 'Links and actions are shown only in JSON: the client reads JSON.',
      source: 'M5, M14',
    },
  ],
}

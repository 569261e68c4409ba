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
      why: 'Taking one member off a mixin deletes every member of it: refused.',
      source: 'M7',
      effect: { dissociate: 'destroys' },
    },
    {
      name: 'members-by-entity',
      why: 'A mixin is put on by posting its Category to the entity, not through its collection.',
      source: 'M8',
      effect: { membership: 'entity' },
    },
    {
      name: 'chosen-ids',
      why: 'An entity is made under the id that the client chooses; a second one there replaces it.',
      source: 'M6',
      effect: { chosenIds: 'kept' },
    },
    {
      name: 'pages-of-twenty',
      why: 'Listings may come in pages of 20: the next page is asked for.',
      source: 'M16',
      effect: { pageSize: 20 },
    },
    {
      name: 'uri-list-in-headers',
      why: 'A uri-list comes as headers, an empty one as 404, and text listings lack line ends: JSON is listed.',
      source: 'M4',
      effect: { listing: 'json' },
    },
    {
      name: 'text-bodies-truncated',
      why: 'Text bodies lose all but their first line: JSON is written.',
      source: 'M1',
    },
    {
      name: 'required-is-not-meant',
      why: 'Attributes that its model calls required may be left out: that is not refused here.',
      source: 'M15',
      effect: { required: 'ignored' },
    },
    {
      name: 'links-in-json-only',
      why: 'Links and actions are shown in JSON only: JSON is read.',
      source: 'M5, M14',
    },
  ],
}

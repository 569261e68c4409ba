import type { ProviderProfile } from './types.js'

export const rocciServer2: ProviderProfile = {
  name: 'rocci-server-2',
  title: 'rOCCI-server 2.0',
  signs: [{ by: 'server', pattern: /^rOCCI-server\b.*\bOCCI\/1\.2/i }],
  model: 'json',
  read: 'json',
  // JSON represents all values exactly; text needs escapes.
  write: 'json',
  collections: 'entities',
  quirks: [
    {
      name: 'client-ids',
      why: 'A new entity must have an occi.core.id (letters, digits, - and _): the client chooses one.',
      source: 'rocci2-5',
      effect: { createId: 'client' },
    },
    {
      name: 'core-as-attributes',
      why: 'Its JSON schema requires the attributes of each resource and link, and its parser reads occi.core.* only from them.',
      source: 'rocci2-10',
      effect: { jsonCore: 'members-and-attributes' },
    },
    {
      name: 'mixins-only-update',
      why: 'A partial update is a list of mixins: a kind, an attribute or a title beside it is refused.',
      source: 'rocci2-7',
      effect: { update: 'mixins' },
    },
    {
      name: 'complete-links',
      why: 'Inline links need their id, source, target and attributes.',
      source: 'rocci2-10',
      effect: { inlineLinks: 'complete' },
    },
    {
      name: 'accept-required',
      why: 'Without one named media type in Accept the answer is 406: one is always sent.',
      source: 'rocci2-2',
    },
  ],
}

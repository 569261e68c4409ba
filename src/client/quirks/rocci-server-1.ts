import type { ProviderProfile } from './types.js'

export const rocciServer1: ProviderProfile = {
  name: 'rocci-server-1',
  title: 'rOCCI-server 0.5 and 1.1',
  signs: [
    { by: 'server', pattern: /^rOCCI-server\/[01]\./i },
    { by: 'header', name: 'x-rocci-version' },
    { by: 'location', text: '/mixin/os_tpl/' },
    { by: 'location', text: '/mixin/resource_tpl/' },
  ],
  model: 'json-1.1',
  read: 'json-1.1',
  write: 'text/plain',
  collections: 'entities',
  quirks: [
    {
      name: 'client-ids',
      why: 'Text renderings must contain an occi.core.id, so the client chooses one.',
      source: 'rocci1-1',
      effect: { createId: 'client' },
    },
    {
      name: 'kind-first',
      why: 'A mixin before the kind is silently lost, so the kind is sent first, each category in its own header.',
      source: 'rocci1-2',
    },
    {
      name: 'complete-links',
      why: 'Inline links need their id, self, source and target.',
      source: 'rocci1-10',
      effect: { inlineLinks: 'complete' },
    },
    {
      name: 'json-optional',
      why: 'JSON is switched off by default in production: the client reads text/plain if JSON is refused.',
      source: 'rocci1-11',
    },
    {
      name: 'update-not-implemented',
      why: 'Partial updates are answered with 501, and mixins cannot be defined.',
      source: 'rocci1-8',
      effect: {
        updateHint:
          'rOCCI-server 1.1 cannot change parts of an entity; use `replace()`, which writes it as a whole.',
      },
    },
  ],
}

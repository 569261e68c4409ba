/** Kinds for tests of the room alone: two keys, a list of networks and volumes with a mount point. */
import type { KeyDeclaration, KindDeclaration, Kinds } from '../../src/stack/index.js'

const keys: readonly KeyDeclaration[] = [
  { name: 'title', description: 'a title', form: 'text' },
  { name: 'size', description: 'a size', form: 'text', choices: ['small', 'large'] },
  { name: 'summary', description: 'what it is for', form: 'text' },
  { name: 'mixin', description: 'a mixin', form: 'list' },
  { name: 'attribute', description: 'an attribute', form: 'mapping' },
  { name: 'user-data', description: 'a script', form: 'list', document: true },
  { name: 'network', description: 'a network', form: 'list', linksTo: { kind: 'network' } },
  {
    name: 'storage',
    description: 'a volume',
    form: 'list',
    linksTo: { kind: 'storage', detail: 'mountpoint' },
  },
]

export const kinds: Kinds = {
  known: ['compute', 'network', 'storage', 'link'],
  declaration: (word, isLink): KindDeclaration => ({
    kind: word === 'link' ? undefined : word,
    isLink: isLink || word === 'link',
    keys,
    ready: 'active',
    actions: new Map([
      ['active', 'start'],
      ['inactive', 'stop'],
    ]),
    entity: async (values, { title }) => ({ kind: word, title, summary: values.get('summary')?.[0] ?? '' }),
    link: async (_, target) => ({ target }),
  }),
}

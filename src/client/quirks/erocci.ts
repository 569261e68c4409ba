import type { ProviderProfile } from './types.js'

const unlinkHint = 'erocci cannot delete links: the link stays even if its source or target is deleted.'

export const erocci: ProviderProfile = {
  name: 'erocci',
  title: 'erocci',
  signs: [
    { by: 'server', pattern: /\berocci\b/i },
    { by: 'scheme', text: 'http://erocci.ow2.org/' },
    { by: 'location', text: '/categories/' },
  ],
  model: 'json',
  // Text does not escape quotes and breaks at newlines (E9).
  read: 'json',
  write: 'json',
  collections: 'entities',
  quirks: [
    {
      name: 'chosen-path',
      why: 'Collections are at /categories/<term>: an entity whose id the client chooses is put at /<term>/<id>, and replaces an earlier one there.',
      source: 'E24',
      effect: { chosenPath: 'term', chosenIds: 'kept' },
    },
    {
      name: 'enums-as-arrays',
      why: 'Attributes with a set of values are declared as arrays: their type is ignored.',
      source: 'E22',
      effect: { arrayTypes: 'enums' },
    },
    {
      name: 'query-path',
      why: 'Some builds have no /-/: /.well-known/org/ogf/occi/-/ is requested instead.',
      source: 'E1',
    },
    {
      name: 'error-after-write',
      why: 'A refusal may come after the change was made: the client checks the entity before it reports an error.',
      source: 'E5',
    },
    {
      name: 'members-in-text',
      why: 'The locations of members of a mixin are read from text only: the client sends them in text.',
      source: 'E19',
    },
    {
      name: 'filters-crash',
      why: 'Filters crash or are ignored: the client filters.',
      source: 'E15',
    },
    {
      name: 'collection-delete-fails',
      why: 'DELETE of a collection deletes nothing (500): members are deleted one by one.',
      source: 'E12',
      effect: { collectionDelete: 'fails' },
    },
    {
      name: 'mixins-defined-in-text',
      why: 'The definition of a mixin is read from text only, and refused in JSON: the client sends it in text.',
      source: 'E19',
      effect: { definitionRendering: 'text/plain' },
    },
    {
      name: 'required-is-not-meant',
      why: 'Attributes that its model declares required may be omitted: the client allows that.',
      source: 'E7',
      effect: { requiredAttributes: 'ignored' },
    },
    {
      name: 'links-after-the-resource',
      why: 'A refused inline link is answered with 400 although the resource is created: links are created afterwards.',
      source: 'E28',
      effect: { inlineLinks: 'separate' },
    },
    {
      name: 'links-stay',
      why: 'A link cannot be deleted (500), and stays when its source or target is deleted.',
      source: 'E12',
      effect: { unlinkHints: { networkinterface: unlinkHint, storagelink: unlinkHint } },
    },
    {
      name: 'rocci-json-misread',
      why: "An entity in rOCCI's JSON becomes an empty one, or is refused: the client sends JSON of OCCI 1.2 instead.",
      source: 'E30',
      effect: { rocciJson: 'misread' },
    },
    {
      name: 'answers-lack-links',
      why: 'The answers to actions and updates lack the links: the entity is read again.',
      source: 'E29',
      effect: { updateAnswer: 'stale' },
    },
    {
      name: 'refuses-without-words',
      why: 'A refusal in JSON has no message: the client adds the known reason.',
      source: 'E20',
      effect: {
        updateHint:
          'erocci cannot change attributes that its model declares immutable, including those of attached templates: change the size with `mixins`.',
      },
    },
    {
      name: 'mixins-by-collection',
      why: 'An update ignores mixins, or is refused for them: they are attached and detached through their collections.',
      source: 'E18',
      effect: { mixinUpdates: 'by-collection' },
    },
    {
      name: 'keeps-descriptions',
      why: 'With its Mnesia backend nothing runs: machines stay inactive, other entities have no state, and actions change nothing.',
      source: 'E25',
      effect: {
        states: {
          compute: { lasting: { inactive: 'start' }, storesOnly: true },
          network: { storesOnly: true },
          storage: { storesOnly: true },
          networkinterface: { storesOnly: true },
          storagelink: { storesOnly: true },
        },
      },
    },
  ],
}

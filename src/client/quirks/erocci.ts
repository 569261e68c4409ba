import type { ProviderProfile } from './types.js'

const linksStay = 'erocci cannot delete links: it stays, even when what it links is deleted.'

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
      why: 'Collections are at /categories/<term>; entities of a chosen id go to /<term>/<id>, one for each id.',
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
      why: 'Some builds have no /-/: /.well-known/org/ogf/occi/-/ is asked instead.',
      source: 'E1',
    },
    {
      name: 'error-after-write',
      why: 'Refusals may come after the change was made: it is looked up before anything is said.',
      source: 'E5',
    },
    {
      name: 'members-in-text',
      why: 'Members of a mixin are read from text only.',
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
      why: 'The definition of a mixin is read from text only; JSON is answered 400 or 500.',
      source: 'E19',
      effect: { definitions: 'text/plain' },
    },
    {
      name: 'required-is-not-meant',
      why: 'Attributes that its model calls required may be left out: that is not refused here.',
      source: 'E7',
      effect: { required: 'ignored' },
    },
    {
      name: 'links-after-the-resource',
      why: 'A refused inline link leaves the resource there, with 400: links are made afterwards.',
      source: 'E28',
      effect: { inlineLinks: 'separate' },
    },
    {
      name: 'links-stay',
      why: 'A link cannot be deleted (500), and survives its ends.',
      source: 'E12',
      effect: { unlinkHints: { networkinterface: linksStay, storagelink: linksStay } },
    },
    {
      name: 'rocci-json-misread',
      why: "An entity in rOCCI's JSON becomes an empty one, or is refused: JSON of OCCI 1.2 is sent in its place.",
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
      why: 'A refusal in JSON has no words: what is known of the reason is said here.',
      source: 'E20',
      effect: {
        updateHint:
          'erocci cannot change what its model calls immutable, also in a template that the entity carries: a size is changed by `mixins`.',
      },
    },
    {
      name: 'mixins-by-collection',
      why: 'An update ignores mixins, or is refused for them: they are attached and taken off through their collections.',
      source: 'E18',
      effect: { mixinUpdates: 'by-collection' },
    },
    {
      name: 'keeps-descriptions',
      why: 'With its Mnesia backend nothing runs: a machine stays inactive, the rest has no state, and actions change nothing.',
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

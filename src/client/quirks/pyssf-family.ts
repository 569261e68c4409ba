/** Quirks of pyssf and of the servers built on it: OCCI-OS, and snf-occi up to 2016. */
import type { Quirk } from './types.js'

export const pyssfFamily: readonly Quirk[] = [
  {
    name: 'json-without-identity',
    why: 'Entities in JSON have no location, and no id until they have been rendered as text once: the client reads text.',
    source: 'Q29',
  },
  {
    name: 'json-not-read',
    why: 'JSON request bodies are answered with 500: the client writes text.',
    source: 'Q6',
  },
  {
    name: 'bare-media-types',
    why: 'A media type with a parameter is refused with 406, and q-values are ignored: one bare type is sent.',
    source: 'Q3, Q4',
  },
  {
    name: 'single-attribute-filter',
    why: 'Several attributes in one filter never match: the provider filters by one, the client by the others.',
    source: 'Q60',
    effect: { filters: 'one-attribute' },
  },
  {
    name: 'stale-action-answer',
    why: 'The answer to an action may show the state before it: the entity is read again.',
    source: 'Q37',
  },
  {
    name: 'mixin-delete-destroys',
    why: 'A DELETE without members on the collection of a mixin deletes the resources: it is never sent.',
    source: 'Q9',
  },
]

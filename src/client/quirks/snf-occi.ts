import { pyssfFamily } from './pyssf-family.js'
import type { ProviderProfile } from './types.js'

/** The hint after a refused update. No release can update entities. */
export const snfOcciUpdateHint =
  'snf-occi cannot change existing entities, not even their size or name: create a new one and delete this one.'

/** The releases of 2012 and 2016. The release of 2017 is another program (snfOcci2017). */
export const snfOcci: ProviderProfile = {
  name: 'snf-occi',
  title: 'snf-occi (Synnefo, pyssf)',
  signs: [
    { by: 'scheme', text: 'http://schemas.ogf.org/occi/os_tpl#' },
    { by: 'scheme', text: 'http://schemas.ogf.org/occi/resource_tpl#' },
    // Flavours are named by their size: C2R2048D20 is 2 cores, 2048 MB, 20 GB.
    { by: 'term', pattern: /^c\d+r\d+d\d+[a-z]*$/i },
  ],
  model: 'text/plain',
  read: 'text/plain',
  write: 'text/occi',
  collections: 'locations',
  quirks: [
    ...pyssfFamily,
    {
      name: 'bodies-ignored',
      why: 'The release of 2012 reads no request bodies: everything is sent in headers.',
      source: 'Q7',
      effect: { requests: 'headers' },
    },
    {
      name: 'memory-in-mib',
      why: 'occi.compute.memory is in MiB: the client converts it from and to GiB.',
      source: 'Q36',
      effect: { memoryUnit: 'MiB' },
    },
    {
      name: 'links-not-created-inline',
      why: 'Inline links are ignored, except to networks of the provider: links are created after the compute.',
      source: 'Q52',
      effect: { inlineLinks: 'separate' },
    },
    {
      name: 'nothing-is-updated',
      why: 'Updates are answered with 501: neither size nor title of a machine can be changed.',
      source: 'Q62',
      effect: {
        updateHint: snfOcciUpdateHint,
      },
    },
  ],
}

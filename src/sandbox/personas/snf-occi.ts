/** snf-occi of 2012 on Synnefo (~okeanos), the server of the snf-occi guide. */
import { infrastructureCategories } from '../../model/index.js'
import {
  type ImageSpec,
  imageMixins,
  type SizeSpec,
  sizeMixins,
  type TemplateFamily,
} from '../catalog/templates.js'
import { Fault } from '../fault.js'
import type { Persona } from './persona.js'
import { placed, without } from './placed.js'
import { pyssfBehaviour, pyssfMedia, pyssfMisread, pyssfPlaces, pyssfVoice } from './pyssf.js'
import { inVoice, type Voice } from './voice.js'

/** Templates share the scheme of the kinds (Q40). */
const scheme = 'http://schemas.ogf.org/occi/infrastructure#'

const images: TemplateFamily<ImageSpec> = {
  scheme,
  location: '/',
  items: ['Debian', 'CentOS', 'Ubuntu Server 14.04 LTS (x86_64)'].map((term) => ({ term, title: term })),
}

const sizes: TemplateFamily<SizeSpec> = {
  scheme,
  location: '/',
  items: (
    [
      ['C1R1024D20', 1, 1024, 20],
      ['C2R2048D20', 2, 2048, 20],
      ['C4R4096D40', 4, 4096, 40],
    ] as const
  ).map(([term, cores, memory, disk]) => ({ term, title: term, cores, memory, disk })),
}

const voice: Voice = {
  ...pyssfVoice,
  errors: { ...pyssfVoice.errors, wire: { http10: true } },
}

const refused = (status: number, message: string) => ({ status, message })

export const snfOcci: Persona = {
  name: 'snf-occi',
  title: 'snf-occi on Synnefo (okeanos), OCCI 1.1',
  behaviour: {
    ...pyssfBehaviour,
    segments: 'numbers',
    chosenIds: 'ignore',
    identifier: (segment) => segment,
    needsTitle: refused(406, 'Missing details about compute instance'),
    needsImage: refused(406, 'Missing details about compute instance'),
    needsSize: refused(406, 'Missing details about compute instance'),
    refused: new Map([
      ['update', refused(501, 'Update is currently no applicable')],
      ['replace', refused(501, 'Replace is currently no applicable')],
    ]),
  },
  versions: ['1.1'],
  server: voice.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: [
    ...placed(without(infrastructureCategories('1.1'), ['entity', 'resource', 'link']), pyssfPlaces),
    ...imageMixins(images),
    ...sizeMixins(sizes),
  ],
  seed: () => [],
  media: pyssfMedia,
  statuses: {},
  misread: (request) => {
    pyssfMisread(request)
    // Q7: bodies are never read, only headers.
    if (request.contentType === 'text/plain') return { ...request, body: '', headers: [] }
    if (request.query.get('action') === 'suspend')
      throw new Fault(501, 'This actions is currently no applicable')
    return { ...request, body: '' }
  },
  deviate: inVoice(voice),
}

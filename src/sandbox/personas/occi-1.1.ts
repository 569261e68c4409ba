/** The persona of OCCI 1.1 alone (GFD.183 to GFD.185): text renderings, the statuses of 1.1, no pages. */
import type { Persona } from './persona.js'
import { sandboxVersion, standard, standardCategories, standardMedia, textMedia } from './standard.js'

export const occi11: Persona = {
  ...standard,
  name: 'occi-1.1',
  title: 'OCCI 1.1 as specified (GFD.183 to GFD.185)',
  behaviour: {
    ...standard.behaviour,
    mixinNotApplicableStatus: 403,
    actionNotApplicableStatus: 400,
    putWithLinks: 'refuse',
    paging: 'ignored',
    queryFilter: 'exact',
  },
  versions: ['1.1'],
  serverHeaders: [['Server', `occi-sandbox/${sandboxVersion} OCCI/1.1`]],
  categories: standardCategories('1.1'),
  media: { ...standardMedia, produces: textMedia, consumes: textMedia },
}

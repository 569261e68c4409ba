/** What rOCCI-server 1.1 refuses. */
import type { Rule } from '../persona.js'

export const rocciServerRules: readonly Rule[] = [
  {
    at: ['create'],
    when: ({ payload }) =>
      payload.rendering?.startsWith('text/') === true &&
      payload.drafts.some((draft) => draft.id === undefined),
    status: 400,
    message: "'compute' is a mandatory argument",
    source: 'rocci-server: create-compute-text-plain-NO-ID-400',
  },
]

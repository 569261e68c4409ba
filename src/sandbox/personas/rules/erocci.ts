/** Refusals of erocci. */
import type { Rule } from '../persona.js'

export const erocciRules: readonly Rule[] = [
  {
    at: ['add-mixin'],
    when: ({ payload }) => payload.rendering === 'json' || payload.rendering === 'json-1.1',
    status: 400,
    message: '',
    source: 'src/client/quirks/README.md: E19, met with erocci a9c7f86',
  },
]

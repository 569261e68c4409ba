/** Refusals of erocci. */
import { renderings } from '../../../rendering/index.js'
import type { Rule } from '../persona.js'

export const erocciRules: readonly Rule[] = [
  {
    at: ['add-mixin'],
    when: ({ payload }) =>
      payload.rendering !== undefined && renderings[payload.rendering].entities === 'typed',
    status: 400,
    message: '',
    source: 'src/client/quirks/README.md: E19, met with erocci a9c7f86',
  },
]

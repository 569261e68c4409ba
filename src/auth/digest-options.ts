/** The options of Digest, in their own file because every command reads the names of all options. */
import { userOptions } from './basic.js'
import type { AuthOption } from './types.js'

export const digestOptions: readonly AuthOption[] = [
  ...userOptions,
  {
    name: 'digest-qop',
    sensitivity: 'harmless',
    description: 'auth (default) or auth-int, where the server offers both',
  },
]

/** `occi context`: named sets of settings. */
import type { CommandGroup } from '../../command.js'
import { alias } from './alias.js'
import { add, remove, rename, set, use } from './edit.js'
import { importContexts } from './import.js'
import { list, show } from './show.js'
import { test } from './test.js'
import { trust, untrust } from './trust.js'

export const context: CommandGroup = {
  name: 'context',
  summary: 'Contexts: endpoints and logins by name',
  description:
    'A context stores the options for one provider. Precedence: options, OCCI_ variables, the project file .occi.yaml, the context. "occi config explain" shows the values in use.',
  fallback: 'list',
  commands: [add, use, list, show, set, rename, remove, alias, test, importContexts, trust, untrust],
}

/** `occi context`: named sets of settings. */
import type { CommandGroup } from '../../command.js'
import { alias } from './alias.js'
import { add, remove, rename, set, use } from './edit.js'
import { importing } from './import.js'
import { list, show } from './show.js'
import { test } from './test.js'
import { trust, untrust } from './trust.js'

export const context: CommandGroup = {
  name: 'context',
  summary: 'Contexts: endpoints and logins by name',
  description:
    'A context keeps the options of one provider. An option on the command line comes before an OCCI_ variable, that before a project file .occi.yaml, that before the context: "occi config explain" shows what counts.',
  fallback: 'list',
  commands: [add, use, list, show, set, rename, remove, alias, test, importing, trust, untrust],
}

/** The known providers, in the order in which their signs are checked: the most specific ones first. */
import { erocci } from './erocci.js'
import { martserver } from './martserver.js'
import { occiOs } from './occi-os.js'
import { ooi } from './ooi.js'
import { pyssf } from './pyssf.js'
import { rocciServer1 } from './rocci-server-1.js'
import { rocciServer2 } from './rocci-server-2.js'
import { sandbox } from './sandbox.js'
import { snfOcci } from './snf-occi.js'
import { snfOcci2017 } from './snf-occi-2017.js'
import type { ProviderProfile } from './types.js'

export { unknownProvider } from './unknown.js'

export const profiles: readonly ProviderProfile[] = [
  snfOcci2017,
  ooi,
  rocciServer2,
  martserver,
  erocci,
  rocciServer1,
  snfOcci,
  occiOs,
  pyssf,
  sandbox,
]

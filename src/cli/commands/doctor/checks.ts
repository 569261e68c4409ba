/** The checks in the order in which they run. A new check is one file in this folder and one line here. */
import type { Check } from './check.js'
import { collections } from './collections.js'
import { files } from './files.js'
import { login } from './login.js'
import { model } from './model.js'
import { dns, proxy, tcp } from './network.js'
import { program } from './program.js'
import { query } from './query.js'
import { settings } from './settings.js'
import { software } from './software.js'
import { tls } from './tls.js'

export const checks: readonly Check[] = [
  program,
  files,
  settings,
  proxy,
  dns,
  tcp,
  tls,
  login,
  query,
  model,
  software,
  collections,
]

/** All personas. */
import { erocci } from './erocci.js'
import { martserver } from './martserver.js'
import { occi11 } from './occi-1.1.js'
import { occiOs, occiOsGrizzly, occiOsHavana } from './occi-os.js'
import { ooi } from './ooi.js'
import type { Persona } from './persona.js'
import { pyssf } from './pyssf.js'
import { rocciServer } from './rocci-server.js'
import { rocciServer2 } from './rocci-server-2.js'
import { snfOcci, snfOcci2016 } from './snf-occi.js'
import { snfOcci2017 } from './snf-occi-2017.js'
import { standard } from './standard.js'

const personas: readonly Persona[] = [
  standard,
  occi11,
  occiOs,
  occiOsGrizzly,
  occiOsHavana,
  ooi,
  rocciServer,
  rocciServer2,
  snfOcci,
  snfOcci2016,
  snfOcci2017,
  erocci,
  pyssf,
  martserver,
]

export const defaultPersona = standard

/** The names of the servers that the practice cloud imitates. */
export function personaNames(): readonly string[] {
  return personas.map((persona) => persona.name)
}

/** The persona with this name, the value of `--as`. */
export function personaNamed(name: string): Persona | undefined {
  return personas.find((persona) => persona.name === name)
}

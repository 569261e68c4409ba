/** All personas, by the name that `--as` takes. */
import { occi11 } from './occi-1.1.js'
import type { Persona } from './persona.js'
import { standard } from './standard.js'

const personas: readonly Persona[] = [standard, occi11]

export const defaultPersona = standard

export function personaNames(): readonly string[] {
  return personas.map((persona) => persona.name)
}

export function personaNamed(name: string): Persona | undefined {
  return personas.find((persona) => persona.name === name)
}

/** All settings: the global options and those of all authentication methods. */
import type { SettingDefinition } from '../../config/types.js'
import { asSetting, authenticationOptions, globalOptions } from './global.js'

let definitions: Promise<readonly SettingDefinition[]> | undefined

/** Loads the definitions once; later calls return the same ones. */
export function allDefinitions(): Promise<readonly SettingDefinition[]> {
  definitions ??= loadDefinitions()
  return definitions
}

async function loadDefinitions(): Promise<readonly SettingDefinition[]> {
  return [...globalOptions, ...(await authenticationOptions())].map(asSetting)
}

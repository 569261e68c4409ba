/** All settings: the global options and those of all authentication methods. */
import type { SettingDefinition } from '../../config/types.js'
import { asSetting, authenticationOptions, globalOptions } from './global.js'

let known: Promise<readonly SettingDefinition[]> | undefined

export function allDefinitions(): Promise<readonly SettingDefinition[]> {
  known ??= load()
  return known
}

async function load(): Promise<readonly SettingDefinition[]> {
  return [...globalOptions, ...(await authenticationOptions())].map(asSetting)
}

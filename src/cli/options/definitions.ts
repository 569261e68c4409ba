/** All settings: the options of all commands and of all authentication methods. */
import type { SettingDefinition } from '../../config/types.js'
import { asSetting, authenticationOptions, globalOptions } from './global.js'

export async function allDefinitions(): Promise<readonly SettingDefinition[]> {
  return [...globalOptions, ...(await authenticationOptions())].map(asSetting)
}

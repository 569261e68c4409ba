/** Names settings in errors. */
import type { Settings } from '../../config/types.js'

/** The option or the variable that set a value, else the option and its source: `--proxy from context home`. */
export function settingLabel(settings: Settings, name: string): string {
  const setting = settings.setting(name)
  if (setting === undefined || setting.origin === 'flag') return `--${name}`
  return setting.origin === 'environment' ? setting.source : `--${name} from ${setting.source}`
}

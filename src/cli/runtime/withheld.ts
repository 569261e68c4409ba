/** Describes settings that are not used because their source is not trusted, and how to allow them. */
import type { Settings, WithheldSetting } from '../../config/types.js'
import { redactUrl } from '../../transport/redact.js'
import { sanitize } from '../output/sanitize.js'

/** One line about all withheld settings; undefined if there are none. */
export function withheldMessage({ withheld, context }: Settings): string | undefined {
  const groups = new Map<
    string,
    { readonly reason: string; readonly remedy: string; readonly names: string[] }
  >()
  for (const setting of withheld) {
    const { reason, remedy } = reasonOf(setting, context)
    const group = groups.get(reason) ?? { reason, remedy, names: [] }
    groups.set(reason, group)
    if (!group.names.includes(setting.name)) group.names.push(setting.name)
  }
  if (groups.size === 0) return undefined
  const settings = [...groups.values()].map(({ names, reason }) => `${names.join(', ')} (${reason})`)
  const remedies = new Set([...groups.values()].map(({ remedy }) => remedy))
  return sanitize(`not used: ${settings.join('; ')}. To allow it: ${[...remedies].join('; ')}`)
}

/** Returns why a setting is withheld and how to allow it, for `occi config explain`. */
export function withheldReason(withheld: WithheldSetting, context: string | undefined): string {
  const { reason, remedy } = reasonOf(withheld, context)
  return `${reason}; to allow it: ${remedy}`
}

function reasonOf(
  { name, verdict, source }: WithheldSetting,
  context: string | undefined,
): { readonly reason: string; readonly remedy: string } {
  switch (verdict.reason) {
    case 'untrusted':
      return { reason: `${source} came with the working folder`, remedy: trustRemedy }
    case 'relative':
      return {
        reason: `${source} is a relative path, which names a different file in each folder`,
        remedy: `the absolute path, or --${name}`,
      }
    case 'untrusted-address':
      return {
        reason: `would go to ${redactUrl(verdict.address.value)}, which ${verdict.address.source} names`,
        remedy: trustRemedy,
      }
    case 'other-address':
      return {
        reason: `stored for a server other than ${redactUrl(verdict.address.value)} (${verdict.address.source})`,
        remedy: `--context ${context ?? 'NAME'} in the same command`,
      }
    case 'downgrade':
      return {
        reason: `stored for https, but ${redactUrl(verdict.address.value)} is not encrypted`,
        remedy: 'an https URL, or a separate context for that server',
      }
  }
}

const trustRemedy = 'occi context trust . (in CI: OCCI_TRUST_PROJECT=1), or options instead'

/** Describes withheld settings: one line for all of them, with the ways to allow them. */
import type { Settings, Withheld } from '../../config/types.js'
import { redactUrl } from '../../transport/redact.js'
import { sanitize } from '../output/sanitize.js'

/** Undefined if nothing is withheld. */
export function withheldWords({ withheld, context }: Settings): string | undefined {
  const groups = new Map<
    string,
    { readonly words: string; readonly ways: string; readonly names: string[] }
  >()
  for (const each of withheld) {
    const { words, ways } = reasonOf(each, context)
    const group = groups.get(words) ?? { words, ways, names: [] }
    groups.set(words, group)
    if (!group.names.includes(each.name)) group.names.push(each.name)
  }
  if (groups.size === 0) return undefined
  const all = [...groups.values()]
  const ways = [...new Set(all.map((group) => group.ways))]
  return sanitize(
    `not used: ${all.map(({ names, words }) => `${names.join(', ')} (${words})`).join('; ')}. To allow it: ${ways.join('; ')}`,
  )
}

/** Why a setting is withheld, for `occi config explain`. */
export function withheldReason(withheld: Withheld, context: string | undefined): string {
  const { words, ways } = reasonOf(withheld, context)
  return `${words}; to allow it: ${ways}`
}

function reasonOf(
  { name, verdict, source }: Withheld,
  context: string | undefined,
): { readonly words: string; readonly ways: string } {
  switch (verdict.because) {
    case 'untrusted':
      return { words: `${source} came with the working folder`, ways: trusting }
    case 'relative':
      return {
        words: `${source} is a relative path, which means another file in each folder`,
        ways: `the absolute path, or --${name}`,
      }
    case 'untrusted-address':
      return {
        words: `would go to ${redactUrl(verdict.address.value)}, which ${verdict.address.source} names`,
        ways: trusting,
      }
    case 'other-address':
      return {
        words: `kept for another server than ${redactUrl(verdict.address.value)} of ${verdict.address.source}`,
        ways: `--context ${context ?? 'NAME'} in the same command`,
      }
    case 'downgrade':
      return {
        words: `kept for https, and ${redactUrl(verdict.address.value)} is not encrypted`,
        ways: 'an https URL, or a context of its own for that server',
      }
  }
}

const trusting = 'occi context trust . (in CI: OCCI_TRUST_PROJECT=1), or options in its place'

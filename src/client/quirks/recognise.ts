/** Recognises the server software by its response headers and categories. */
import type { HeaderPair } from '../../basics/http.js'
import { UsageError } from '../../errors/errors.js'
import type { Category } from '../../model/index.js'
import { profiles, unknownProvider } from './registry.js'
import type { ProviderProfile, Sign } from './types.js'

/** What the signs of the profiles are compared with. */
interface Fingerprint {
  readonly headers: readonly HeaderPair[]
  /** Categories with their locations as the provider wrote them. */
  readonly categories: readonly Category[]
}

interface Recognised {
  readonly profile: ProviderProfile
  /** The sign as text: `Server: pyssf OCCI/1.1`. */
  readonly by: string
}

/** Returns the first profile with a matching sign, and otherwise `unknownProvider`. */
export function recognise(fingerprint: Fingerprint): Recognised {
  for (const profile of profiles) {
    for (const sign of profile.signs) {
      const by = matchOf(sign, fingerprint)
      if (by !== undefined) return { profile, by }
    }
  }
  return { profile: unknownProvider, by: 'no known sign' }
}

/** Whether a profile has that name. */
export function isProfile(name: string): boolean {
  return [...profiles, unknownProvider].some((profile) => profile.name === name)
}

/** Returns the profile of that name. Throws UsageError for an unknown one. */
export function profileNamed(name: string): ProviderProfile {
  const namedProfile = [...profiles, unknownProvider].find((profile) => profile.name === name)
  if (namedProfile !== undefined) return namedProfile
  throw new UsageError(`There is no provider profile "${name.slice(0, 80)}"`, {
    hint: `Known: ${[...profiles, unknownProvider].map((profile) => profile.name).join(', ')}.`,
    at: 'provider',
  })
}

/** Returns what matches the sign, as text; undefined if nothing does. */
function matchOf(sign: Sign, { headers, categories }: Fingerprint): string | undefined {
  switch (sign.by) {
    case 'server':
      return headerMatch(headers, 'server', sign.pattern)
    case 'header':
      return headerMatch(headers, sign.name, sign.pattern)
    case 'scheme': {
      const match = categories.find(({ scheme }) => scheme.startsWith(sign.text))
      return match && `scheme ${match.scheme}`
    }
    case 'location': {
      const match = categories.find(
        (category) => category.class !== 'action' && category.location?.includes(sign.text),
      )
      return match && `location with ${sign.text}`
    }
    case 'all': {
      const matches = sign.signs.map((part) => matchOf(part, { headers, categories }))
      return matches.includes(undefined) ? undefined : matches.join(', ')
    }
    case 'title': {
      const match = categories.find(
        ({ title }) => title !== undefined && sign.pattern.test(title.slice(0, 200)),
      )
      return match && `title ${match.title?.slice(0, 200)}`
    }
    case 'term': {
      const match = categories.find(({ term }) => sign.pattern.test(term.slice(0, 200)))
      return match && `term ${match.term.slice(0, 200)}`
    }
  }
}

function headerMatch(headers: readonly HeaderPair[], name: string, pattern?: RegExp): string | undefined {
  for (const [header, value] of headers) {
    if (header.toLowerCase() !== name) continue
    const excerpt = value.slice(0, 200)
    if (pattern === undefined || pattern.test(excerpt)) return `${header}: ${excerpt}`
  }
  return undefined
}

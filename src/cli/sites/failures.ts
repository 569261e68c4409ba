/** Combines the failures of several sites into one error. */
import { type FailureAtSite, type OcciError, PartialError, SitesError } from '../../errors/errors.js'
import type { SiteFailure } from '../../federation/index.js'

interface QueriedSites {
  /** The number of sites that were queried. */
  readonly siteCount: number
  readonly anyAnswered: boolean
}

/**
 * Returns one error for all failures; undefined if there are none. If no site answered, the first failure decides the
 * exit status.
 */
export function sitesError(
  failures: readonly SiteFailure[],
  { siteCount, anyAnswered }: QueriedSites,
): OcciError | undefined {
  const [first] = failures
  if (first === undefined) return undefined
  // An error in the command line is the same at every site, so it is reported once.
  const { code, message } = first.error
  if (
    code === 'usage' &&
    failures.length === siteCount &&
    failures.every(({ error }) => error.message === message)
  )
    return first.error
  const summary = anyAnswered
    ? `${failures.length} of ${siteCount} sites failed`
    : siteCount === 1
      ? 'The site did not answer'
      : `None of the ${siteCount} sites answered`
  return new SitesError(
    summary,
    failures.flatMap(({ site, error }) => failuresOfSite(site.name, error)),
    { allFailed: !anyAnswered },
  )
}

/** The failures of one site: if it answered in part, one for each missing part. */
function failuresOfSite(site: string, error: OcciError): readonly FailureAtSite[] {
  if (!(error instanceof PartialError) || error.errors.length === 0) return [{ site, error }]
  return error.errors.map((partialFailure) => ({ site, ...partialFailure }))
}

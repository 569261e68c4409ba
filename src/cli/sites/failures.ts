/** Combines the failures of several sites into one error. */
import { type FailureAtSite, type OcciError, PartialError, SitesError } from '../../errors/errors.js'
import type { SiteFailure } from '../../federation/index.js'

/**
 * The error for the failures; undefined if there are none. `siteCount` is the number of sites that were queried. If
 * none of them answered, the first failure decides the exit status.
 */
export function sitesError(
  failures: readonly SiteFailure[],
  siteCount: number,
  anyAnswered: boolean,
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

/** The failures of one site. If it answered in part, there is one for each part that is missing. */
function failuresOfSite(site: string, error: OcciError): readonly FailureAtSite[] {
  if (!(error instanceof PartialError) || error.errors.length === 0) return [{ site, error }]
  return error.errors.map((each) => ({ site, ...each }))
}

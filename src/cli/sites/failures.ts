/** What failed at several sites as one error. */
import { type FailureAtSite, type OcciError, PartialError, SitesError } from '../../errors/errors.js'
import type { SiteFailure } from '../../federation/index.js'

/** `answered`: whether something came from any site; otherwise the first failure decides the exit status. */
export function sitesError(
  failures: readonly SiteFailure[],
  asked: number,
  answered: boolean,
): OcciError | undefined {
  const [first] = failures
  if (first === undefined) return undefined
  // What is wrong with the command line is said once, not by every site.
  const { code, message } = first.error
  if (
    code === 'usage' &&
    failures.length === asked &&
    failures.every(({ error }) => error.message === message)
  )
    return first.error
  const sites = `${failures.length} of ${asked} sites`
  return new SitesError(
    answered
      ? `${sites} failed`
      : asked === 1
        ? 'The site did not answer'
        : `None of the ${asked} sites answered`,
    failures.flatMap(({ site, error }) => failuresOfSite(site.name, error)),
    { allFailed: !answered },
  )
}

/** A site that answered in part names each part that is missing. */
function failuresOfSite(site: string, error: OcciError): readonly FailureAtSite[] {
  if (!(error instanceof PartialError) || error.errors.length === 0) return [{ site, error }]
  return error.errors.map((each) => ({ site, ...each }))
}

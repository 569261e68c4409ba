import { formatDuration } from '../../../basics/amounts.js'
import { AuthError, ForbiddenError, OcciError } from '../../../errors/errors.js'
import { redactUrl } from '../../../transport/index.js'
import { type Check, type Examination, type Finding, failed, ok, skipped, warning } from './check.js'

/** Logs in like any command, and reports the user and how long the credentials are valid. */
export const login: Check = {
  name: 'login',
  progress: 'Logging in',
  async run(examination) {
    const { context, endpoint } = examination
    if (endpoint === undefined) return [skipped('there is no endpoint')]
    if (endpoint.type === 'sandbox') {
      examination.client = await context.client()
      await discover(examination)
      return [ok('the practice cloud on this machine needs no login')]
    }
    if (examination.addresses?.length === 0) return [skipped('there is no connection')]
    const steps: string[] = []
    try {
      const session = await context.login((step) => steps.push(step), { confirm: false }, context)
      examination.login = session
      if (session.client !== undefined) examination.client = session.client
      await discover(examination)
      const error = examination.discovery?.error
      if (error instanceof AuthError || error instanceof ForbiddenError) throw error
      const { method, subject, project, expires, details } = session.credentials.describe()
      const { endpoint: endpointInCatalogue } = session.credentials
      const observation = [
        method,
        subject === undefined ? '' : ` as ${subject}`,
        project === undefined ? '' : ` for ${project}`,
        endpointInCatalogue === undefined ? '' : `; the catalogue lists ${redactUrl(endpointInCatalogue)}`,
      ].join('')
      const detailLines = Object.entries(details ?? {}).map(([name, value]) => `${name}: ${value}`)
      const findings: Finding[] = [ok(observation, [...steps, ...detailLines])]
      const end = expires ?? session.credentials.expires
      if (end !== undefined) findings.push(validityFinding(end, context.clock.now()))
      return findings
    } catch (error) {
      if (!(error instanceof OcciError)) throw error
      return [{ ...failed(error.message, error.hint ?? 'occi auth explain'), details: steps }]
    }
  },
}

function validityFinding(end: Date, now: number): Finding {
  const remaining = end.getTime() - now
  if (remaining < 0) return failed(`the credentials expired ${end.toISOString()}`, 'occi auth login')
  return remaining < 30 * 60_000
    ? warning(`the credentials expire in ${formatDuration(remaining)}`, 'occi auth login')
    : ok(`the credentials are valid for another ${formatDuration(remaining)}`)
}

/** Reads the model: only a response of the provider shows whether it accepts the login. */
async function discover(examination: Examination): Promise<void> {
  const { client, context } = examination
  if (client === undefined) return
  const started = performance.now()
  const elapsed = () => Math.round(performance.now() - started)
  try {
    examination.model = await client.model({ signal: context.signal, refresh: true })
    examination.report = await client.provider()
    examination.discovery = { milliseconds: elapsed() }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    examination.discovery = { error, milliseconds: elapsed() }
  }
}

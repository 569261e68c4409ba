import { formatDuration } from '../../../basics/amounts.js'
import { AuthError, ForbiddenError, OcciError } from '../../../errors/errors.js'
import { redactUrl } from '../../../transport/index.js'
import { type Check, type Examination, type Finding, failed, ok, skipped, warning } from './check.js'

/** Logs in as any command does, and says who that is and for how long. */
export const login: Check = {
  name: 'login',
  doing: 'Logging in',
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
      const refused = examination.discovery?.error
      if (refused instanceof AuthError || refused instanceof ForbiddenError) throw refused
      const { method, subject, project, expires, details } = session.credentials.describe()
      const who = [
        subject === undefined ? '' : `as ${subject}`,
        project === undefined ? '' : `for ${project}`,
      ]
      const { endpoint: catalogued } = session.credentials
      const found = catalogued === undefined ? [] : [`; the catalogue has ${redactUrl(catalogued)}`]
      const more = Object.entries(details ?? {}).map(([name, value]) => `${name}: ${value}`)
      const findings: Finding[] = [
        ok([method, ...who, ...found].filter((part) => part !== '').join(' '), [...steps, ...more]),
      ]
      const end = expires ?? session.credentials.expires
      if (end !== undefined) findings.push(life(end, context.clock.now()))
      return findings
    } catch (error) {
      if (!(error instanceof OcciError)) throw error
      return [{ ...failed(error.message, error.hint ?? 'occi auth explain'), details: steps }]
    }
  },
}

function life(end: Date, now: number): Finding {
  const left = end.getTime() - now
  if (left < 0) return failed(`the credentials ended ${end.toISOString()}`, 'occi auth login')
  return left < 30 * 60_000
    ? warning(`the credentials end in ${formatDuration(left)}`, 'occi auth login')
    : ok(`the credentials are valid for another ${formatDuration(left)}`)
}

/** Reads the model, since only the provider can tell whether it accepts the login. */
async function discover(examination: Examination): Promise<void> {
  const { client, context } = examination
  if (client === undefined) return
  const started = performance.now()
  const taken = () => Math.round(performance.now() - started)
  try {
    examination.model = await client.model({ signal: context.signal, refresh: true })
    examination.report = await client.provider()
    examination.discovery = { milliseconds: taken() }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    examination.discovery = { error, milliseconds: taken() }
  }
}

import { OcciError } from '../../../errors/errors.js'
import { isSameServer } from '../../../settings/trust.js'
import { redactUrl } from '../../../transport/index.js'
import { allDefinitions } from '../../options/definitions.js'
import { endpointFor } from '../../runtime/endpoint.js'
import { withheldReason } from '../../runtime/withheld.js'
import { type Check, type Examination, type Finding, failed, ok, warning } from './check.js'

/** Where the endpoint comes from, what hides another one, and what does not count. */
export const settings: Check = {
  name: 'settings',
  doing: 'Reading the settings',
  async run(examination) {
    const { context } = examination
    try {
      examination.endpoint = await endpointFor(context)
    } catch (error) {
      if (!(error instanceof OcciError)) throw error
      return [failed(error.message, error.hint)]
    }
    const setting = context.settings.setting('endpoint')
    const { endpoint } = examination
    if (endpoint.type === 'network') examination.server = new URL(endpoint.url)
    const what = setting === undefined ? 'the endpoint is in the catalogue' : redactUrl(setting.value)
    const source = setting === undefined ? '' : `, from ${setting.source}`
    const findings = [ok(`${what}${source}`)]
    if (endpoint.type === 'network' && /\/-\/?$/.test(endpoint.url)) {
      findings.push(
        warning(
          'the endpoint is the query interface itself',
          `Leave the end out: ${redactUrl(endpoint.url).replace(/\/-\/?$/, '/')}`,
        ),
      )
    }
    return [...findings, ...(await shadowed(examination)), ...(await withheld(examination))]
  },
}

/** A variable that hides a context's endpoint, and two variables that name different servers. */
async function shadowed({ context }: Examination): Promise<readonly Finding[]> {
  const setting = context.settings.setting('endpoint')
  if (setting === undefined || setting.origin !== 'environment') return []
  const { contexts } = await context.runtime.contexts(await allDefinitions()).read()
  const name = context.settings.context
  const kept =
    name === undefined ? undefined : contexts.find((each) => each.name === name)?.settings['endpoint']
  const findings: Finding[] = []
  if (kept !== undefined && !isSameServer(kept, setting.value)) {
    findings.push(
      warning(
        `${setting.source} hides the endpoint of the context "${name}" (${redactUrl(kept)})`,
        `unset ${setting.source}`,
      ),
    )
  }
  if (kept !== undefined && isSameServer(kept, setting.value) && bare(kept) !== bare(setting.value)) {
    findings.push(
      warning(
        `${setting.source} (${redactUrl(setting.value)}) and the context "${name}" (${redactUrl(kept)}) spell one server differently`,
        `unset ${setting.source}, or give the context that address`,
      ),
    )
  }
  return findings
}

function bare(url: string): string {
  return url.trim().replace(/\/+$/, '')
}

async function withheld({ context }: Examination): Promise<readonly Finding[]> {
  const all = await context.settingsFor(await allDefinitions())
  return all.withheld.map((each) =>
    warning(
      `${each.source} does not count: ${withheldReason(each, context.settings.context)}`,
      'occi config explain',
    ),
  )
}

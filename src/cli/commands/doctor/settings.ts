import { OcciError } from '../../../errors/errors.js'
import { isSameServer } from '../../../settings/trust.js'
import { redactUrl } from '../../../transport/index.js'
import { allDefinitions } from '../../options/definitions.js'
import { endpointFor } from '../../runtime/endpoint.js'
import { withheldReason } from '../../runtime/withheld.js'
import { type Check, type Examination, type Finding, failed, ok, warning } from './check.js'

/** The origin of the endpoint, settings that override others, and settings that are not used. */
export const settings: Check = {
  name: 'settings',
  progress: 'Reading the settings',
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
    const findings = [
      ok(
        setting === undefined
          ? "the endpoint is read from Keystone's catalogue"
          : `${redactUrl(setting.value)}, from ${setting.source}`,
      ),
    ]
    if (endpoint.type === 'network' && /\/-\/?$/.test(endpoint.url)) {
      findings.push(
        warning(
          'the endpoint is the URL of the query interface',
          `Use the endpoint without /-/: ${redactUrl(endpoint.url).replace(/\/-\/?$/, '/')}`,
        ),
      )
    }
    return [...findings, ...(await endpointConflict(examination)), ...(await withheldSettings(examination))]
  },
}

/** Reports a variable that overrides the endpoint of the context, or contains another URL of the same server. */
async function endpointConflict({ context }: Examination): Promise<readonly Finding[]> {
  const setting = context.settings.setting('endpoint')
  if (setting === undefined || setting.origin !== 'environment') return []
  const { contexts } = await context.runtime.contexts(await allDefinitions()).read()
  const name = context.settings.context
  const endpoint =
    name === undefined ? undefined : contexts.find((each) => each.name === name)?.settings['endpoint']
  if (endpoint === undefined) return []
  if (!isSameServer(endpoint, setting.value)) {
    return [
      warning(
        `${setting.source} overrides the endpoint of the context "${name}" (${redactUrl(endpoint)})`,
        `unset ${setting.source}`,
      ),
    ]
  }
  if (withoutSlash(endpoint) === withoutSlash(setting.value)) return []
  return [
    warning(
      `${setting.source} (${redactUrl(setting.value)}) and the context "${name}" (${redactUrl(endpoint)}) have different URLs of the same server`,
      `unset ${setting.source}, or set the endpoint of the context to that URL`,
    ),
  ]
}

function withoutSlash(url: string): string {
  return url.trim().replace(/\/+$/, '')
}

/** Reports settings whose source is not trusted. */
async function withheldSettings({ context }: Examination): Promise<readonly Finding[]> {
  const allSettings = await context.settingsFor(await allDefinitions())
  return allSettings.withheld.map((setting) =>
    warning(
      `${setting.source} is not used: ${withheldReason(setting, context.settings.context)}`,
      'occi config explain',
    ),
  )
}

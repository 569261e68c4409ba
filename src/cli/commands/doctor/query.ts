import { headerValue } from '../../../basics/http.js'
import { OcciError } from '../../../errors/errors.js'
import { readMessage } from '../../../rendering/index.js'
import { type HttpResponse, redactUrl } from '../../../transport/index.js'
import { type Check, type Examination, type Finding, failed, ok, skipped, warning } from './check.js'

/** Reports the URL of the query interface, the renderings in which it responds, and their deviations. */
export const query: Check = {
  name: 'query',
  progress: 'Reading the query interface',
  async run(examination) {
    const { context, discovery, report } = examination
    if (discovery?.error !== undefined) return [failed(discovery.error.message, discovery.error.hint)]
    if (discovery === undefined || report === undefined) return [skipped('there is no login')]
    const { queryUrl, read, write } = report
    const responses = await requestRenderings(examination, queryUrl)
    examination.responses = responses
    return [
      ok(`${redactUrl(queryUrl)} in ${discovery.milliseconds} ms; reads ${read}, writes ${write}`),
      ...redirectFindings(responses, queryUrl),
      ...renderingFindings(responses),
      ...clockFindings(responses, context.clock.now()),
    ]
  },
}

const mediaTypes = ['text/plain', 'text/occi', 'application/occi+json'] as const

/** Responses by the requested media type. */
type Responses = ReadonlyMap<string, HttpResponse>

async function requestRenderings({ client, context }: Examination, url: string): Promise<Responses> {
  const responses = new Map<string, HttpResponse>()
  for (const type of mediaTypes) {
    try {
      const response = await client?.raw(
        { method: 'GET', path: url, headers: [['Accept', type]] },
        { signal: context.signal },
      )
      if (response !== undefined) responses.set(type, response)
    } catch (error) {
      // The model could be read, so only this rendering fails. renderingFindings reports it as refused.
      if (!(error instanceof OcciError)) throw error
    }
  }
  return responses
}

function redirectFindings(responses: Responses, queryUrl: string): readonly Finding[] {
  const redirected = [...responses.values()].find(({ url }) => url !== queryUrl)
  if (redirected === undefined) return []
  return [
    warning(
      `the query interface redirects to ${redactUrl(redirected.url)}`,
      'Use the address that it redirects to as the endpoint, to save a request in each command.',
    ),
  ]
}

function renderingFindings(responses: Responses): readonly Finding[] {
  const findings: Finding[] = []
  const offered: string[] = []
  const refused: string[] = []
  for (const type of mediaTypes) {
    const response = responses.get(type)
    if (response === undefined) refused.push(`${type} (no answer)`)
    else if (response.status >= 400) refused.push(`${type} (${response.status})`)
    else {
      const contentType = headerValue(response.headers, 'content-type') ?? 'no Content-Type'
      const received = contentType.split(';')[0] ?? ''
      offered.push(received === type ? type : `${type} (answers ${received})`)
      findings.push(...deviationFindings(type, response))
    }
  }
  const observation = `renderings: ${offered.join(', ') || 'none'}${refused.length === 0 ? '' : `; refused: ${refused.join(', ')}`}`
  return [offered.length === 0 ? failed(observation) : ok(observation), ...findings]
}

function deviationFindings(type: string, response: HttpResponse): readonly Finding[] {
  try {
    const { deviations } = readMessage(response)
    if (deviations.length === 0) return []
    const codes = [...new Set(deviations.map(({ code }) => code))]
    return [
      {
        verdict: deviations.some(({ lost }) => lost === true) ? 'warning' : 'ok',
        observation: `${type} has ${deviations.length} tolerated deviations from the specification: ${codes.join(', ')}`,
        details: deviations.slice(0, maxDetails).map(({ message }) => message),
      },
    ]
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return [
      warning(`${type} cannot be read: ${error.message}`, 'Report this with a recording: --record FILE.har'),
    ]
  }
}

/** How many deviations of a response are reported. */
const maxDetails = 20

/** Seconds between the clocks of provider and machine that are reported as a warning or a failure. */
const clockLimits = { warning: 30, failure: 300 }

/** Compares the clock of this machine with the Date header of the last response, which has whole seconds. */
function clockFindings(responses: Responses, now: number): readonly Finding[] {
  const date = [...responses.values()]
    .map(({ headers }) => headerValue(headers, 'date'))
    .findLast((value) => value !== undefined && value !== '')
  const providerTime = Date.parse(date ?? '')
  if (Number.isNaN(providerTime)) return [ok('clock: the provider sends no date')]
  const skew = Math.round((now - providerTime) / 1000)
  const seconds = Math.abs(skew)
  if (seconds <= clockLimits.warning) return [ok(`clock: ${seconds} s apart`)]
  const observation = `the clock of this machine is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} that of the provider`
  const remedy = 'Set the clock with NTP (timedatectl): tokens and certificates depend on it.'
  return [seconds > clockLimits.failure ? failed(observation, remedy) : warning(observation, remedy)]
}

import { headerValue } from '../../../basics/http.js'
import { OcciError } from '../../../errors/errors.js'
import { readMessage } from '../../../rendering/index.js'
import { type HttpResponse, redactUrl } from '../../../transport/index.js'
import { type Check, type Examination, type Finding, failed, ok, skipped, warning } from './check.js'

/** The query interface: where it is, in which renderings it answers, and how well they can be read. */
export const query: Check = {
  name: 'query',
  doing: 'Asking what the provider offers',
  async run(examination) {
    const { discovery, report } = examination
    if (discovery?.error !== undefined) return [failed(discovery.error.message, discovery.error.hint)]
    if (discovery === undefined || report === undefined) return [skipped('there is no login')]
    const { queryUrl, read, write } = report
    examination.answers = await ask(examination, queryUrl)
    return [
      ok(`${redactUrl(queryUrl)} in ${discovery.milliseconds} ms; reads ${read}, writes ${write}`),
      ...redirects(examination, queryUrl),
      ...renderings(examination.answers),
      ...clock(examination),
    ]
  },
}

const tried = ['text/plain', 'text/occi', 'application/occi+json'] as const

async function ask(
  { client, context }: Examination,
  url: string,
): Promise<ReadonlyMap<string, HttpResponse>> {
  const answers = new Map<string, HttpResponse>()
  for (const type of tried) {
    try {
      const response = await client?.raw(
        { method: 'GET', path: url, headers: [['Accept', type]] },
        { signal: context.signal },
      )
      if (response !== undefined) answers.set(type, response)
    } catch (error) {
      // The provider has just answered, so a failure in this rendering shows as its absence.
      if (!(error instanceof OcciError)) throw error
    }
  }
  return answers
}

function redirects({ answers = new Map() }: Examination, asked: string): readonly Finding[] {
  const moved = [...answers.values()].find(({ url }) => url !== asked)
  if (moved === undefined) return []
  return [
    warning(
      `the query interface redirects to ${redactUrl(moved.url)}`,
      'Give the address that it redirects to as the endpoint: each command saves a request.',
    ),
  ]
}

function renderings(answers: ReadonlyMap<string, HttpResponse>): readonly Finding[] {
  const findings: Finding[] = []
  const offered: string[] = []
  const refused: string[] = []
  for (const type of tried) {
    const response = answers.get(type)
    if (response === undefined) refused.push(`${type} (no answer)`)
    else if (response.status >= 400) refused.push(`${type} (${response.status})`)
    else {
      const given = (headerValue(response.headers, 'content-type') ?? 'no Content-Type').split(';')[0] ?? ''
      offered.push(given === type ? type : `${type} (answers ${given})`)
      findings.push(...deviations(type, response))
    }
  }
  const words = `${offered.join(', ') || 'none'}${refused.length === 0 ? '' : `; refused: ${refused.join(', ')}`}`
  return [offered.length === 0 ? failed(`renderings: ${words}`) : ok(`renderings: ${words}`), ...findings]
}

function deviations(type: string, response: HttpResponse): readonly Finding[] {
  try {
    const found = readMessage(response).deviations
    if (found.length === 0) return []
    const codes = [...new Set(found.map(({ code }) => code))]
    return [
      {
        verdict: found.some(({ lost }) => lost === true) ? 'warning' : 'ok',
        seen: `${type} departs from the specification ${found.length} times, which is tolerated: ${codes.join(', ')}`,
        details: found.slice(0, 20).map(({ message }) => message),
      },
    ]
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return [
      warning(`${type} cannot be read: ${error.message}`, 'Report it with a recording: --record FILE.har'),
    ]
  }
}

/** By the Date header, which has whole seconds. */
function clock({ answers = new Map(), context }: Examination): readonly Finding[] {
  const date = [...answers.values()].map(({ headers }) => headerValue(headers, 'date')).find((value) => value)
  const theirs = Date.parse(date ?? '')
  if (Number.isNaN(theirs)) return [ok('clock: the provider sends no date')]
  const skew = Math.round((context.clock.now() - theirs) / 1000)
  const size = Math.abs(skew)
  if (size <= 30) return [ok(`clock: ${size} s apart`)]
  const words = `this machine is ${size} s ${skew > 0 ? 'ahead of' : 'behind'} the provider`
  const remedy = 'Set the clock by NTP (timedatectl): tokens and certificates depend on it.'
  return [size > 300 ? failed(words, remedy) : warning(words, remedy)]
}

import { linkKinds } from '../../../client/index.js'
import { OcciError } from '../../../errors/errors.js'
import type { Kind } from '../../../model/index.js'
import { readMessage, renderings } from '../../../rendering/index.js'
import { type Check, type Examination, type Finding, failed, ok, skipped, warning } from './check.js'

/** At most this many, the usual kinds first: with the other checks no more than twelve requests. */
const most = 5

/** Reads each collection once. */
export const collections: Check = {
  name: 'collections',
  doing: 'Reading the collections',
  async run(examination) {
    const { model, report } = examination
    if (model === undefined || report === undefined) return [skipped('there is no model')]
    const kinds = model.kinds.filter(({ location, id }) => location !== undefined && !/core#/.test(id))
    const links = new Set(linkKinds(model).map((kind) => kind.id))
    const usual = ['compute', 'network', 'storage']
    const rank = ({ id }: Kind) => {
      const at = usual.findIndex((term) => id.endsWith(`infrastructure#${term}`))
      return at < 0 ? (links.has(id) ? usual.length + 1 : usual.length) : at
    }
    const chosen = [...kinds].sort((one, other) => rank(one) - rank(other)).slice(0, most)
    const findings = await Promise.all(chosen.map((kind) => read(examination, kind)))
    const left = kinds.length - chosen.length
    return [...findings, ...(left > 0 ? [skipped(`${left} more kinds were not read`)] : [])]
  },
}

function typeOf(report: Examination['report']): string {
  return report === undefined ? 'text/plain' : (renderings[report.read].mediaTypes[0] ?? 'text/plain')
}

async function read({ client, context, report }: Examination, { id, location }: Kind): Promise<Finding> {
  const term = id.slice(id.indexOf('#') + 1)
  const started = performance.now()
  try {
    const response = await client?.raw(
      { method: 'GET', path: location ?? '', headers: [['Accept', typeOf(report)]] },
      { signal: context.signal },
    )
    const took = Math.round(performance.now() - started)
    if (response === undefined) return skipped(`${term}: there is no login`)
    if (response.status === 403 || response.status === 401) {
      return warning(`${term}: ${response.status} ${response.reason}`, 'The account may not read this kind.')
    }
    if (response.status >= 400) {
      return failed(
        `${term}: ${response.status} ${response.reason}`,
        'Report it to the provider with a recording: --record FILE.har',
      )
    }
    const { entities, locations, deviations } = readMessage(response)
    const lost = deviations.filter((deviation) => deviation.lost === true)
    const what = `${term}: ${Math.max(entities.length, locations.length)} in ${took} ms`
    if (lost.length === 0) return ok(what)
    return {
      verdict: 'warning',
      seen: `${what}; ${lost.length} parts cannot be read`,
      remedy: 'Report it with a recording: --record FILE.har',
      details: lost.map(({ message }) => message),
    }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    return failed(`${term}: ${error.message}`, error.hint)
  }
}

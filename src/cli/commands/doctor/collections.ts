import { linkKinds } from '../../../client/index.js'
import { OcciError } from '../../../errors/errors.js'
import type { Kind } from '../../../model/index.js'
import { readMessage, renderings } from '../../../rendering/index.js'
import { type Check, type Examination, type Finding, failed, ok, skipped, warning } from './check.js'

/** How many collections are read, so that all checks together send at most twelve requests. */
const maxCollections = 5

/** Reads some collections, those of the common kinds first. */
export const collections: Check = {
  name: 'collections',
  progress: 'Reading the collections',
  async run(examination) {
    const { model, report } = examination
    if (model === undefined || report === undefined) return [skipped('the model could not be read')]
    const kinds = model.kinds.filter(({ location, id }) => location !== undefined && !/core#/.test(id))
    const links = new Set(linkKinds(model).map((kind) => kind.id))
    const commonKinds = ['compute', 'network', 'storage']
    // Common kinds first, link kinds last.
    const rank = ({ id }: Kind) => {
      const index = commonKinds.findIndex((term) => id.endsWith(`infrastructure#${term}`))
      if (index >= 0) return index
      return links.has(id) ? commonKinds.length + 1 : commonKinds.length
    }
    const selected = [...kinds].sort((a, b) => rank(a) - rank(b)).slice(0, maxCollections)
    const findings = await Promise.all(selected.map((kind) => readCollection(examination, kind)))
    const unreadCount = kinds.length - selected.length
    return [...findings, ...(unreadCount > 0 ? [skipped(`${unreadCount} more kinds were not read`)] : [])]
  },
}

function mediaTypeOf(report: Examination['report']): string {
  return report === undefined ? 'text/plain' : (renderings[report.read].mediaTypes[0] ?? 'text/plain')
}

async function readCollection(
  { client, context, report }: Examination,
  { id, location }: Kind,
): Promise<Finding> {
  const term = id.slice(id.indexOf('#') + 1)
  const started = performance.now()
  try {
    const response = await client?.raw(
      { method: 'GET', path: location ?? '', headers: [['Accept', mediaTypeOf(report)]] },
      { signal: context.signal },
    )
    const milliseconds = Math.round(performance.now() - started)
    if (response === undefined) return skipped(`${term}: there is no login`)
    if (response.status === 403 || response.status === 401) {
      return warning(`${term}: ${response.status} ${response.reason}`, 'The account may not read this kind.')
    }
    if (response.status >= 400) {
      return failed(
        `${term}: ${response.status} ${response.reason}`,
        'Report this to the provider with a recording: --record FILE.har',
      )
    }
    const { entities, locations, deviations } = readMessage(response)
    const lost = deviations.filter((deviation) => deviation.lost === true)
    const observation = `${term}: ${Math.max(entities.length, locations.length)} in ${milliseconds} ms`
    if (lost.length === 0) return ok(observation)
    return {
      verdict: 'warning',
      observation: `${observation}; ${lost.length} parts cannot be read`,
      remedy: 'Report this with a recording: --record FILE.har',
      details: lost.map(({ message }) => message),
    }
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    return failed(`${term}: ${error.message}`, error.hint)
  }
}

import type { Model, TypeId } from '../../../model/index.js'
import { type Parsed, ParseError, readMessage } from '../../../rendering/index.js'
import { type Check, type Examination, type Finding, ok, skipped, warning } from './check.js'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const core = ['resource', 'link'].map((term) => `http://schemas.ogf.org/occi/core#${term}`)

/** Finds faults of the model, for the operators of the provider. Commands work around them. */
export const model: Check = {
  name: 'model',
  doing: 'Looking at the model',
  async run(examination) {
    const { model: offered, report, endpoint } = examination
    if (offered === undefined || report === undefined || endpoint === undefined) {
      return [skipped('there is no model')]
    }
    const { kinds, mixins, actions } = offered
    const answers = read(examination)
    return [
      ok(`${kinds.length} kinds, ${mixins.length} mixins, ${actions.length} actions`),
      ...missing(offered),
      ...repeated(answers),
      ...unknown(offered),
      ...otherServers(answers, report.queryUrl),
      ...templates(offered),
    ]
  },
}

const tellProvider = 'Tell the provider; commands work around it.'

function missing(model: Model): readonly Finding[] {
  const absent = [...core, `${infra}compute`].filter((id) => model.get(id as TypeId) === undefined)
  return absent.length === 0 ? [] : [warning(`kinds are missing: ${absent.join(', ')}`, tellProvider)]
}

/** Looks at the responses, since the model holds each category only once. */
function repeated(answers: readonly Parsed[]): readonly Finding[] {
  const twice = answers.flatMap(({ deviations }) =>
    deviations.filter(({ code }) => code === 'duplicate-kind').map(({ message }) => message),
  )
  return twice.length === 0 ? [] : [warning(few([...new Set(twice)]), tellProvider)]
}

/** The answers of the query interface that can be read. */
function read({ answers = new Map() }: Examination): readonly Parsed[] {
  return [...answers.values()].flatMap((response) => {
    if (response.status >= 400) return []
    try {
      return [readMessage(response)]
    } catch (error) {
      // The check of the query interface has reported it.
      if (error instanceof ParseError) return []
      throw error
    }
  })
}

function unknown(model: Model): readonly Finding[] {
  const lost = model.mixins.flatMap(({ id, depends, applies }) =>
    [...depends, ...applies].flatMap((other) => (model.get(other) === undefined ? [`${id} → ${other}`] : [])),
  )
  if (lost.length === 0) return []
  return [warning(`mixins name categories that are not offered: ${few(lost)}`, tellProvider)]
}

/** Locations at another server. Looks at the responses, since the client keeps only the paths. */
function otherServers(answers: readonly Parsed[], queryUrl: string): readonly Finding[] {
  const { origin } = new URL(queryUrl)
  const categories = answers.flatMap((answer) => answer.categories)
  const all = categories.flatMap((category) => {
    const { id, location } = { location: undefined, ...category }
    if (location === undefined || !URL.canParse(location)) return []
    return new URL(location).origin === origin ? [] : [`${id} at ${location}`]
  })
  const distinct = [...new Set(all)]
  if (distinct.length === 0) return []
  return [
    warning(
      `collections lie at another server: ${few(distinct)}`,
      'Use the address in the locations as the endpoint, or tell the provider.',
    ),
  ]
}

function templates(model: Model): readonly Finding[] {
  const absent = ['os_tpl', 'resource_tpl'].filter(
    (term) =>
      !model.mixins.some(({ id, depends }) =>
        [...depends, id].some((each) => each.endsWith(`#${term}`) && (each !== id || depends.length > 0)),
      ),
  )
  if (absent.length === 0) return []
  return [
    warning(
      `no templates: nothing depends on ${absent.join(' and ')}`,
      '"occi mixin list" shows the mixins that take their place; create machines with --mixin.',
    ),
  ]
}

function few(all: readonly string[]): string {
  return all.length <= 3 ? all.join(', ') : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`
}

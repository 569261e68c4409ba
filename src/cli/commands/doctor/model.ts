import type { Model, TypeId } from '../../../model/index.js'
import { type Parsed, ParseError, readMessage } from '../../../rendering/index.js'
import { type Check, type Examination, type Finding, ok, skipped, warning } from './check.js'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const core = ['resource', 'link'].map((term) => `http://schemas.ogf.org/occi/core#${term}`)

/** What is wrong with the model, for those who run the provider. Commands work around it. */
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
      ...elsewhere(answers, report.queryUrl),
      ...templates(offered),
    ]
  },
}

const tell = 'Tell the provider; commands work around it.'

function missing(model: Model): readonly Finding[] {
  const absent = [...core, `${infra}compute`].filter((id) => model.get(id as TypeId) === undefined)
  return absent.length === 0 ? [] : [warning(`kinds are missing: ${absent.join(', ')}`, tell)]
}

/** The model has each category once, so the answers tell which ones are repeated. */
function repeated(answers: readonly Parsed[]): readonly Finding[] {
  const twice = answers.flatMap(({ deviations }) =>
    deviations.filter(({ code }) => code === 'duplicate-kind').map(({ message }) => message),
  )
  return twice.length === 0 ? [] : [warning(few([...new Set(twice)]), tell)]
}

/** The answers of the query interface that can be read. */
function read({ answers = new Map() }: Examination): readonly Parsed[] {
  return [...answers.values()].flatMap((response) => {
    if (response.status >= 400) return []
    try {
      return [readMessage(response)]
    } catch (error) {
      // The check of the query interface has told it.
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
  return [warning(`mixins name categories that are not offered: ${few(lost)}`, tell)]
}

/** The client uses the paths of such locations at the endpoint, so the answers tell them. */
function elsewhere(answers: readonly Parsed[], queryUrl: string): readonly Finding[] {
  const { origin } = new URL(queryUrl)
  const categories = answers.flatMap((answer) => answer.categories)
  const all = categories.flatMap((category) => {
    const { id, location } = { location: undefined, ...category }
    if (location === undefined || !URL.canParse(location)) return []
    return new URL(location).origin === origin ? [] : [`${id} at ${location}`]
  })
  const strange = [...new Set(all)]
  if (strange.length === 0) return []
  return [
    warning(
      `collections lie at another server: ${few(strange)}`,
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
      'occi mixin list shows what there is in their place; --mixin takes it.',
    ),
  ]
}

function few(all: readonly string[]): string {
  return all.length <= 3 ? all.join(', ') : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`
}

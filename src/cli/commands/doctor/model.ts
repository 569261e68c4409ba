import type { Model, TypeId } from '../../../model/index.js'
import { type Parsed, ParseError, readMessage } from '../../../rendering/index.js'
import { type Check, type Examination, type Finding, ok, skipped, warning } from './check.js'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'
const core = ['resource', 'link'].map((term) => `http://schemas.ogf.org/occi/core#${term}`)

/** Finds errors in the provider's model, which commands work around. They are meant for the operators of the provider. */
export const model: Check = {
  name: 'model',
  progress: 'Checking the model',
  async run(examination) {
    const { model: offered, report, endpoint } = examination
    if (offered === undefined || report === undefined || endpoint === undefined) {
      return [skipped('the model could not be read')]
    }
    const { kinds, mixins, actions } = offered
    const queryResponses = readableResponses(examination)
    return [
      ok(`${kinds.length} kinds, ${mixins.length} mixins, ${actions.length} actions`),
      ...missingKinds(offered),
      ...duplicateKinds(queryResponses),
      ...unknownCategories(offered),
      ...locationsElsewhere(queryResponses, report.queryUrl),
      ...missingTemplates(offered),
    ]
  },
}

const tellProvider = 'Report this to the provider; commands work around it.'

function missingKinds(model: Model): readonly Finding[] {
  const absent = [...core, `${infra}compute`].filter((id) => model.get(id as TypeId) === undefined)
  return absent.length === 0 ? [] : [warning(`kinds are missing: ${absent.join(', ')}`, tellProvider)]
}

/** Checks the responses, since the model contains each category only once. */
function duplicateKinds(responses: readonly Parsed[]): readonly Finding[] {
  const messages = responses.flatMap(({ deviations }) =>
    deviations.filter(({ code }) => code === 'duplicate-kind').map(({ message }) => message),
  )
  return messages.length === 0 ? [] : [warning(firstThree([...new Set(messages)]), tellProvider)]
}

/** The responses of the query interface that can be read. */
function readableResponses({ responses = new Map() }: Examination): readonly Parsed[] {
  return [...responses.values()].flatMap((response) => {
    if (response.status >= 400) return []
    try {
      return [readMessage(response)]
    } catch (error) {
      // The check of the query interface has reported the error.
      if (error instanceof ParseError) return []
      throw error
    }
  })
}

function unknownCategories(model: Model): readonly Finding[] {
  const references = model.mixins.flatMap(({ id, depends, applies }) =>
    [...depends, ...applies].flatMap((other) => (model.get(other) === undefined ? [`${id} → ${other}`] : [])),
  )
  if (references.length === 0) return []
  return [warning(`mixins refer to categories that are not offered: ${firstThree(references)}`, tellProvider)]
}

/** Locations at another server. Checks the responses, since the client keeps only the paths. */
function locationsElsewhere(responses: readonly Parsed[], queryUrl: string): readonly Finding[] {
  const { origin } = new URL(queryUrl)
  const categories = responses.flatMap((response) => response.categories)
  const all = categories.flatMap((category) => {
    const { id, location } = { location: undefined, ...category }
    if (location === undefined || !URL.canParse(location)) return []
    return new URL(location).origin === origin ? [] : [`${id} at ${location}`]
  })
  const distinct = [...new Set(all)]
  if (distinct.length === 0) return []
  return [
    warning(
      `collections are located at another server: ${firstThree(distinct)}`,
      'Use the address in the locations as the endpoint, or report this to the provider.',
    ),
  ]
}

function missingTemplates(model: Model): readonly Finding[] {
  const absent = ['os_tpl', 'resource_tpl'].filter(
    (term) =>
      !model.mixins.some(({ id, depends }) =>
        [...depends, id].some((each) => each.endsWith(`#${term}`) && (each !== id || depends.length > 0)),
      ),
  )
  if (absent.length === 0) return []
  return [
    warning(
      `there are no templates: no mixin depends on ${absent.join(' or ')}`,
      'Create machines with --mixin; "occi mixin list" lists the mixins.',
    ),
  ]
}

/** At most three of the texts, and the number of the others. */
function firstThree(all: readonly string[]): string {
  return all.length <= 3 ? all.join(', ') : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`
}

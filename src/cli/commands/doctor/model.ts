import { COMPUTE, LINK, type Model, RESOURCE, type TypeId } from '../../../model/index.js'
import { type Parsed, ParseError, readMessage } from '../../../rendering/index.js'
import { type Check, type Examination, type Finding, ok, skipped, warning } from './check.js'

/** The kinds that every provider must offer (GFD.221 §4.5), and the most common one. */
const expectedKinds: readonly TypeId[] = [RESOURCE, LINK, COMPUTE]

/** Finds errors in the provider's model. Commands work around them; the findings help its operators to correct them. */
export const model: Check = {
  name: 'model',
  progress: 'Checking the model',
  async run(examination) {
    const { model: providerModel, report, endpoint } = examination
    if (providerModel === undefined || report === undefined || endpoint === undefined) {
      return [skipped('the model could not be read')]
    }
    const { kinds, mixins, actions } = providerModel
    const queryResponses = readableResponses(examination)
    return [
      ok(`${kinds.length} kinds, ${mixins.length} mixins, ${actions.length} actions`),
      ...missingKinds(providerModel),
      ...duplicateKinds(queryResponses),
      ...unknownCategories(providerModel),
      ...locationsElsewhere(queryResponses, report.queryUrl),
      ...missingTemplates(providerModel),
    ]
  },
}

const tellProvider = 'Report this to the provider; commands work around it.'

function missingKinds(model: Model): readonly Finding[] {
  const missing = expectedKinds.filter((id) => model.get(id) === undefined)
  return missing.length === 0 ? [] : [warning(`kinds are missing: ${missing.join(', ')}`, tellProvider)]
}

/** Finds kinds that occur twice. Checks the responses, since the model contains each category only once. */
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

/** Finds locations at another server. Checks the responses, since the client keeps only the paths. */
function locationsElsewhere(responses: readonly Parsed[], queryUrl: string): readonly Finding[] {
  const { origin } = new URL(queryUrl)
  const categories = responses.flatMap((response) => response.categories)
  const collections = new Set<string>()
  for (const category of categories) {
    const location = category.class === 'action' ? undefined : category.location
    if (location === undefined || !URL.canParse(location)) continue
    if (new URL(location).origin !== origin) collections.add(`${category.id} at ${location}`)
  }
  if (collections.size === 0) return []
  return [
    warning(
      `collections are located at another server: ${firstThree([...collections])}`,
      'Use the address in the locations as the endpoint, or report this to the provider.',
    ),
  ]
}

function missingTemplates(model: Model): readonly Finding[] {
  const missing = ['os_tpl', 'resource_tpl'].filter((term) => {
    const isRoot = (id: TypeId) => id.endsWith(`#${term}`)
    return !model.mixins.some(({ id, depends }) => depends.some(isRoot) || (isRoot(id) && depends.length > 0))
  })
  if (missing.length === 0) return []
  return [
    warning(
      `there are no templates: no mixin depends on ${missing.join(' or ')}`,
      'Create machines with --mixin; "occi mixin list" lists the mixins.',
    ),
  ]
}

/** At most three of the texts, and the number of the others. */
function firstThree(texts: readonly string[]): string {
  return texts.length <= 3 ? texts.join(', ') : `${texts.slice(0, 3).join(', ')} and ${texts.length - 3} more`
}

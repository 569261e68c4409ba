/** `occi explain`: describes a kind, a mixin, an action or an attribute of the provider's model. */
import { alternatives } from '../../basics/nearest.js'
import { NotFoundError, withHint } from '../../errors/errors.js'
import { type AttributeDefinition, type Category, type Model, suggest } from '../../model/index.js'
import type { CommandDeclaration } from '../command.js'
import type { Output } from '../output/types.js'
import { explainAttribute, explainCategory } from '../records/explanation.js'
import { aliasOf, findByAlias, templateOf } from '../values/alias.js'

export const explain: CommandDeclaration = {
  path: ['explain'],
  summary: 'Explain a kind, a mixin, an action or an attribute of the provider',
  description:
    'For a kind: its attributes with their types and defaults, what mixins add, and its actions with their parameters. For an attribute: its definition, and the categories that define it. For an alias of the context: the image or size that it stands for. Everything comes from the model of this provider, not from the standard.',
  arguments: [
    {
      name: 'WHAT',
      description: 'a term, or KIND.ATTRIBUTE: compute, compute.memory, os_tpl, stop',
      completion: { of: 'explainable' },
    },
  ],
  options: [],
  examples: [
    { title: 'All about machines', command: 'occi explain compute' },
    { title: 'One attribute', command: 'occi explain compute.memory' },
    { title: 'The parameters of an action', command: 'occi explain stop' },
  ],
  atSites: 'reads',
  run: async (context) => {
    const model = await (await context.client()).model({ signal: context.signal })
    const word = context.word('WHAT') ?? ''
    for (const family of ['os', 'size'] as const) {
      const target = aliasOf(context.settings, family, word)
      if (target === undefined) continue
      context.inform(
        `In context ${context.settings.context}, ${family} "${word}" is an alias for "${target}".`,
      )
      const mixin = await findByAlias(context.settings, family, word, async (name) =>
        model.resolve(name, { class: 'mixin', dependsOn: templateOf[family] }),
      )
      return explainCategory(model, mixin)
    }
    return explainWord(model, word)
  },
}

function explainWord(model: Model, word: string): Output {
  if (model.find(word).length > 0) return explainCategory(model, model.resolve(word))
  // Terms may contain dots (debian-12.5), so the attribute may begin after any dot.
  for (let dot = word.indexOf('.'); dot > 0; dot = word.indexOf('.', dot + 1)) {
    const name = word.slice(0, dot)
    if (model.find(name).length === 0) continue
    const category = model.resolve(name)
    return explainAttribute(model, category, findAttribute(model, category, word.slice(dot + 1)))
  }
  const definedBy = model.categories.find(({ attributes }) => attributes.has(word))
  const definition = definedBy?.attributes.get(word)
  if (definedBy !== undefined && definition !== undefined)
    return explainAttribute(model, definedBy, definition)
  try {
    return explainCategory(model, model.resolve(word))
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    throw withHint(error, `${error.hint} "occi model" lists all categories.`)
  }
}

/**
 * Finds an attribute by its full name or the end of its name: `memory` finds `occi.compute.memory`. Throws
 * NotFoundError.
 */
function findAttribute(model: Model, category: Category, name: string): AttributeDefinition {
  const categoryDefinitions =
    category.class === 'kind' ? model.attributesOf(category.id) : category.attributes
  const definitions = new Map(categoryDefinitions)
  if (category.class === 'kind') {
    for (const mixin of model.mixins) {
      if (!model.applies(mixin, category.id)) continue
      for (const [key, definition] of mixin.attributes)
        if (!definitions.has(key)) definitions.set(key, definition)
    }
  }
  const matches = [...definitions.keys()].filter((key) => key === name || key.endsWith(`.${name}`))
  // Attributes of the kind take precedence over those of mixins.
  const match =
    matches.find((key) => key === name) ?? matches.find((key) => categoryDefinitions.has(key)) ?? matches[0]
  const definition = match === undefined ? undefined : definitions.get(match)
  if (definition !== undefined) return definition
  const shortNames = [...definitions.keys()].map((key) => key.slice(key.lastIndexOf('.') + 1))
  const suggestions = suggest(name, [...definitions.keys(), ...shortNames])
  throw new NotFoundError(`The ${category.class} "${category.term}" has no attribute "${name}"`, {
    hint:
      suggestions.length > 0
        ? `Did you mean ${alternatives(suggestions.map((candidate) => `"${candidate}"`))}?`
        : `Its attributes: ${[...definitions.keys()].join(', ') || 'none'}.`,
    at: 'WHAT',
  })
}

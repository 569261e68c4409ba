/** What create, replace and update read alike: mixins, attributes and titles from options and words. */
import type { Client } from '../../../client/index.js'
import { ValidationError } from '../../../errors/errors.js'
import { type AttributeValue, type Kind, type Model, type TypeId, termOf } from '../../../model/index.js'
import type { OptionDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { parseGibibytes } from '../../values/amount.js'
import { parseAssignment, toAttributes } from '../../values/assignment.js'
import { told } from '../../values/place.js'
import { mixinNamed } from '../create/mixin.js'
import type { AttributeOption, CreatePart, Draft, Noun } from '../noun.js'

export const mixinOption: OptionDeclaration = {
  name: 'mixin',
  value: 'MIXIN',
  description: 'a further mixin, by term, title or identifier',
  repeatable: true,
  completion: { of: 'mixin' },
  env: 'none',
}

export function attributeOption(kind: string): OptionDeclaration {
  return {
    name: 'attribute',
    value: 'NAME=VALUE',
    description: 'an attribute; NAME:=JSON for a value of a given type; commas belong to the value',
    repeatable: true,
    completion: { of: 'attribute', kind },
    env: 'none',
  }
}

/** The options that readDraft and draftTexts understand. */
export function draftOptions(
  noun: Noun,
  parts: readonly CreatePart[],
  say: { readonly title: string; readonly summary: string; readonly mixin?: string },
): readonly OptionDeclaration[] {
  return [
    ...parts.flatMap((part) => part.options),
    ...noun.attributeOptions.map(({ option }) => option),
    { name: 'title', value: 'TITLE', description: say.title, env: 'none' },
    { name: 'summary', value: 'TEXT', description: say.summary, env: 'none' },
    say.mixin === undefined ? mixinOption : { ...mixinOption, description: say.mixin },
    attributeOption(noun.kind),
  ]
}

/** `words`: attributes that stand among the names, `cores=2`. Throws UsageError and ValidationError naming the option. */
export async function readDraft(
  noun: Noun,
  context: CommandContext,
  client: Client,
  parts: readonly CreatePart[],
  words: readonly string[] = [],
): Promise<Draft> {
  const model = await client.model({ signal: context.signal })
  const draft: Draft = {
    client,
    model,
    kind: kindOf(noun, model),
    mixins: [],
    assignments: [],
    attributes: new Map(),
    links: [],
  }
  for (const part of parts) await part.apply(context, draft)
  for (const word of context.options.all('mixin')) {
    draft.mixins.push((await mixinNamed(model, word, '--mixin')).id)
  }
  for (const { option, attribute, unit } of noun.attributeOptions) {
    const text = context.options.text(option.name)
    if (text === undefined) continue
    if (unit === 'GiB') draft.attributes.set(attribute, parseGibibytes(text, `--${option.name}`))
    else draft.assignments.push({ name: attribute, text })
  }
  for (const text of [...context.options.all('attribute'), ...words]) {
    draft.assignments.push(parseAssignment(text))
  }
  return draft
}

/** `more`: mixins that may be on the thing already and define attributes, too. */
export function draftAttributes(
  { kind, model, mixins, attributes, assignments }: Draft,
  more: readonly TypeId[] = [],
): Map<string, AttributeValue> {
  const definitions = model.attributesOf(kind.id, [...(mixins as TypeId[]), ...more])
  return new Map([...attributes, ...toAttributes(assignments, definitions)])
}

export function draftTexts({ options }: CommandContext): {
  readonly title?: string
  readonly summary?: string
} {
  const title = options.text('title')
  const summary = options.text('summary')
  return { ...(title === undefined ? {} : { title }), ...(summary === undefined ? {} : { summary }) }
}

export function kindOf(noun: Pick<Noun, 'kind'>, model: Model): Kind {
  return model.kind(noun.kind) ?? model.resolve(termOf(noun.kind), { class: 'kind' })
}

/** Where the model refuses an attribute that an option sets, the option is named. */
export async function pointing<T>(options: readonly AttributeOption[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const attribute = error instanceof ValidationError ? error.at : undefined
    const found = options.find((each) => each.attribute === attribute)
    if (!(error instanceof ValidationError) || found === undefined) throw error
    const { name, value = 'VALUE' } = found.option
    throw new ValidationError(
      ...told(error, `--${name}`, `Give --${name} ${value}: ${found.option.description}.`),
    )
  }
}

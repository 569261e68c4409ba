/** Builds drafts of entities from options and arguments, for create, replace and update. */
import { omitUndefined } from '../../../basics/objects.js'
import type { Client, NewEntity } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import { type AttributeValue, type Kind, type Model, type TypeId, termOf } from '../../../model/index.js'
import type { CommandContext, Invocation } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { noValidateOption, shouldValidate } from '../../options/validation.js'
import { parseAssignment, toAttributes } from '../../values/assignment.js'
import { mixinNamed } from './mixin.js'
import type { CreatePart, Draft, Noun } from './noun.js'

export const mixinOption: OptionDeclaration = {
  name: 'mixin',
  value: 'MIXIN',
  description: 'an additional mixin, by term, title or identifier',
  repeatable: true,
  completion: { of: 'mixin' },
  env: 'none',
}

export function attributeOption(kind: string): OptionDeclaration {
  return {
    name: 'attribute',
    value: 'NAME=VALUE',
    description: 'an attribute; NAME:=JSON sets a typed value; commas are part of the value',
    repeatable: true,
    completion: { of: 'attribute', kind },
    env: 'none',
  }
}

/** Descriptions of the options for help, which differ between the verbs. */
interface DraftDescriptions {
  readonly title: string
  readonly summary: string
  readonly mixin?: string
  /** An empty title or summary is allowed and removes the old one. */
  readonly allowsEmpty?: true
}

/** The options that readDraft and draftTexts read. */
export function draftOptions(
  noun: Noun,
  parts: readonly CreatePart[],
  descriptions: DraftDescriptions,
): readonly OptionDeclaration[] {
  const allowsEmpty = omitUndefined({ allowsEmpty: descriptions.allowsEmpty })
  return [
    ...parts.flatMap((part) => part.options),
    ...noun.attributeOptions.map(({ option }) => option),
    { name: 'title', value: 'TITLE', description: descriptions.title, ...allowsEmpty, env: 'none' },
    { name: 'summary', value: 'TEXT', description: descriptions.summary, ...allowsEmpty, env: 'none' },
    descriptions.mixin === undefined ? mixinOption : { ...mixinOption, description: descriptions.mixin },
    attributeOption(noun.kind),
    noValidateOption,
  ]
}

/**
 * Reads the options of `draftOptions`. `words` are the arguments that set attributes: `cores=2`. Throws UsageError
 * and ValidationError that name the option.
 */
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
    followUps: [],
  }
  for (const part of parts) await part.apply(context, draft)
  for (const word of context.options.all('mixin')) {
    draft.mixins.push(await mixinFor(context, model, word, draft.kind.id))
  }
  for (const { option, attribute, parse } of noun.attributeOptions) {
    const text = context.options.text(option.name)
    if (text === undefined) continue
    if (parse === undefined) draft.assignments.push({ name: attribute, text })
    else draft.attributes.set(attribute, parse(text, `--${option.name}`))
  }
  for (const text of [...context.options.all('attribute'), ...words]) {
    draft.assignments.push(parseAssignment(text))
  }
  return draft
}

/**
 * Reads the options of a creation: the draft, and the new entity with its title and id. Throws the errors of readDraft.
 */
export async function readNewEntity(
  noun: Noun,
  context: CommandContext,
  client: Client,
): Promise<{ readonly draft: Draft; readonly entity: NewEntity }> {
  const draft = await readDraft(noun, context, client, noun.createParts)
  return { draft, entity: newEntity(draft, context) }
}

function newEntity(draft: Draft, context: Invocation): NewEntity {
  const nameArgument = context.word('NAME')
  const titleOption = context.options.text('title')
  if (nameArgument !== undefined && titleOption !== undefined && nameArgument !== titleOption) {
    throw new UsageError(`There are two titles: "${nameArgument}" and --title "${titleOption}"`, {
      hint: 'Use only one of them.',
      at: '--title',
    })
  }
  const id = idOf(context, draft)
  return {
    kind: draft.kind,
    mixins: draft.mixins,
    attributes: draftAttributes(draft),
    ...draftTexts(context),
    ...omitUndefined({ title: nameArgument, id }),
    ...(draft.links.length === 0 ? {} : { links: draft.links }),
  }
}

/** The value of --id: an id, a path or a URL at the provider. Throws UsageError. */
function idOf({ options }: Invocation, { client }: Draft): string | undefined {
  const id = options.text('id')
  if (id === undefined) return undefined
  if (URL.canParse(id) && new URL(id).origin !== new URL(client.endpoint).origin) {
    throw new UsageError(
      `--id cannot be "${id}": its server is not that of the endpoint ${client.endpoint}`,
      {
        hint: 'Use --endpoint to select the other provider.',
        at: '--id',
      },
    )
  }
  const isPathOrUrl = id.startsWith('/') || /^https?:\/\//i.test(id)
  const isValid = isPathOrUrl ? !id.endsWith('/') : /^[^/?#\s]+$/.test(id) && id !== '.' && id !== '..'
  if (isValid) return id
  throw new UsageError(`--id cannot be "${id}"`, {
    hint: 'Use an id without slashes (web-1), or the whole path (/compute/web-1).',
    at: '--id',
  })
}

/**
 * The mixin of --mixin. With --no-validate it need not apply to the kind, and an identifier need not be in the model.
 */
async function mixinFor(context: Invocation, model: Model, word: string, kind: TypeId): Promise<TypeId> {
  if (shouldValidate(context)) return (await mixinNamed(model, word, '--mixin', { kind })).id
  if (word.includes('#')) return (model.mixin(word)?.id ?? word) as TypeId
  return (await mixinNamed(model, word, '--mixin')).id
}

/** The attributes of a draft. Their types come from the kind, the mixins of the draft, and `additionalMixins`. */
export function draftAttributes(
  { kind, model, mixins, attributes, assignments }: Draft,
  additionalMixins: readonly TypeId[] = [],
): Map<string, AttributeValue> {
  const definitions = model.attributesOf(kind.id, [...(mixins as TypeId[]), ...additionalMixins])
  return new Map([...attributes, ...toAttributes(assignments, definitions)])
}

/** The title and summary that the options set. */
export function draftTexts({ options }: Invocation): {
  readonly title?: string
  readonly summary?: string
} {
  const title = options.text('title')
  const summary = options.text('summary')
  return omitUndefined({ title, summary })
}

/** The kind of a noun. Throws NotFoundError if the provider does not offer it. */
export function kindOf(noun: Pick<Noun, 'kind'>, model: Model): Kind {
  return model.kind(noun.kind) ?? model.resolve(termOf(noun.kind), { class: 'kind' })
}

/** Reads mixins, attributes and titles from options and words, for create, replace and update. */
import type { Client } from '../../../client/index.js'
import { ValidationError } from '../../../errors/errors.js'
import { type AttributeValue, type Kind, type Model, type TypeId, termOf } from '../../../model/index.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { noValidateOption, validates } from '../../options/validation.js'
import { parseAssignment, toAttributes } from '../../values/assignment.js'
import { mixinNamed } from './mixin.js'
import type { CreatePart, Draft, Noun } from './noun.js'

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

interface DraftWords {
  readonly title: string
  readonly summary: string
  readonly mixin?: string
  /** Whether an empty title or summary removes the old one. */
  readonly mayBeEmpty?: true
}

/** The options that readDraft and draftTexts read. */
export function draftOptions(
  noun: Noun,
  parts: readonly CreatePart[],
  say: DraftWords,
): readonly OptionDeclaration[] {
  const empty = say.mayBeEmpty === undefined ? {} : { mayBeEmpty: say.mayBeEmpty }
  return [
    ...parts.flatMap((part) => part.options),
    ...noun.attributeOptions.map(({ option }) => option),
    { name: 'title', value: 'TITLE', description: say.title, ...empty, env: 'none' },
    { name: 'summary', value: 'TEXT', description: say.summary, ...empty, env: 'none' },
    say.mixin === undefined ? mixinOption : { ...mixinOption, description: say.mixin },
    attributeOption(noun.kind),
    noValidateOption,
  ]
}

/**
 * `words` are attributes among the names, such as `cores=2`. Throws UsageError and ValidationError that name
 * the option.
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

/** Without validation, any mixin is accepted, and identifiers need not be in the model. */
async function mixinFor(context: CommandContext, model: Model, word: string, kind: TypeId): Promise<TypeId> {
  if (validates(context)) return (await mixinNamed(model, word, '--mixin', { kind })).id
  if (word.includes('#')) return (model.mixin(word)?.id ?? word) as TypeId
  return (await mixinNamed(model, word, '--mixin')).id
}

/** `more` are mixins that the entity may have already and that define attributes as well. */
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

/** Names the option, and the values that it accepts, in errors of validation. */
export async function nameOptionsInErrors<T>(
  noun: Noun,
  { options }: CommandContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const problems = error instanceof ValidationError ? problemsOf(error) : []
    const [first, ...more] = problems.map((problem) =>
      located(noun, problem, (name) => options.text(name) !== undefined),
    )
    if (!(error instanceof ValidationError) || first === undefined) throw error
    throw new ValidationError(
      more.length === 0
        ? first.message
        : [`${problems.length} things are wrong`, ...[first, ...more].map(onOneLine)].join('\n'),
      {
        cause: error,
        ...(more.length > 0 || first.hint === undefined ? {} : { hint: first.hint }),
        ...(more.length > 0 ? {} : { at: first.at }),
        ...(error.facts === undefined ? {} : { facts: error.facts }),
      },
    )
  }
}

interface Problem {
  readonly at: string
  readonly message: string
  readonly hint?: string
}

function problemsOf({ facts }: ValidationError): readonly Problem[] {
  const problems = facts?.['problems']
  return Array.isArray(problems) ? (problems as readonly Problem[]) : []
}

function located(
  { attributeOptions, name: noun }: Noun,
  { at, message, hint }: Problem,
  given: (option: string) => boolean,
): Problem {
  const found = attributeOptions.find(({ attribute }) => attribute === at)
  const missing = hint?.includes('=…') === true
  if (found !== undefined && (missing || given(found.option.name))) {
    const { name, value = 'VALUE', description } = found.option
    const way = `Give --${name} ${value}: ${description}.`
    return {
      at: `--${name}`,
      message: `--${name}: ${message}`,
      hint: hint === undefined || missing ? way : hint,
    }
  }
  // Identifiers of mixins and kinds contain "#"; the others are names of attributes.
  if (at.includes('#')) return { at, message, ...(hint === undefined ? {} : { hint }) }
  return {
    at: '--attribute',
    message: `--attribute: ${message}`,
    hint: missing
      ? `"occi explain ${noun}" tells what it takes; give it by --attribute ${at}=VALUE.`
      : (hint ?? `"occi explain ${noun}" tells what it takes.`),
  }
}

function onOneLine({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} (${hint})`
}

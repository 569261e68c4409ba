/** `occi NOUN replace NAME`: a full update (PUT): what is not named goes, where the provider lets it. */
import type { NewEntity } from '../../../client/index.js'
import type { TypeId } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { callIt, entityRecord } from '../../records/entity.js'
import { parseAssignment, toAttributes } from '../../values/assignment.js'
import { mixinNamed } from '../create/mixin.js'
import type { Draft, Noun } from '../noun.js'
import { changed } from './changed.js'
import { applyAttributeOptions, attributeOption, kindOf, mixinOption, pointing } from './create.js'
import { article } from './describe.js'
import { findTarget, nameArgument } from './targets.js'

export function replaceCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'replace'],
    summary: `Replace title, attributes and mixins of ${article(noun.one)} as a whole`,
    description:
      'A full update: attributes and mixins that are not named are taken away, where the provider allows it; links stay. To change one thing, use update.',
    arguments: [{ ...nameArgument(noun.kind, noun.one), variadic: false }],
    options: [
      ...(noun.updateParts ?? []).flatMap(({ options }) => options),
      ...noun.attributeOptions.map(({ option }) => option),
      { name: 'title', value: 'TITLE', description: 'the title', env: 'none' },
      { name: 'summary', value: 'TEXT', description: 'the summary', env: 'none' },
      { ...mixinOption, description: 'a mixin that it is to have' },
      attributeOption(noun.kind),
    ],
    examples: [
      {
        say: 'Only a title is left',
        command: `occi ${noun.name} replace ${noun.sample} --title ${noun.sample}`,
      },
    ],
    run: (context) => replace(noun, context),
  }
}

async function replace(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  const client = await context.client()
  const model = await client.model({ signal: context.signal })
  const kind = kindOf(noun, model)
  const draft: Draft = { client, model, kind, mixins: [], assignments: [], attributes: new Map(), links: [] }
  for (const part of noun.updateParts ?? []) await part.apply(context, draft)
  for (const word of context.options.all('mixin')) {
    draft.mixins.push((await mixinNamed(model, word, '--mixin')).id)
  }
  applyAttributeOptions(noun.attributeOptions, context, draft)
  for (const text of context.options.all('attribute')) draft.assignments.push(parseAssignment(text))
  const definitions = model.attributesOf(kind.id, draft.mixins as TypeId[])
  const title = context.options.text('title')
  const summary = context.options.text('summary')
  const whole: NewEntity = {
    kind,
    mixins: draft.mixins,
    attributes: new Map([...draft.attributes, ...toAttributes(draft.assignments, definitions)]),
    ...(title === undefined ? {} : { title }),
    ...(summary === undefined ? {} : { summary }),
  }
  const { location } = await findTarget(client, context.word('NAME') ?? '', noun.kind, context)
  const entity = await pointing(noun.attributeOptions, () =>
    client.replace(location, whole, { signal: context.signal }),
  )
  const record = entityRecord(entity)
  context.say(`Replaced ${noun.one} ${callIt(record)}.`)
  return changed(context, [record], true)
}

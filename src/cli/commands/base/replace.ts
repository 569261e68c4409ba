/** `occi NOUN replace NAME`: a full update (PUT), which removes all other values if the provider allows that. */
import type { NewEntity } from '../../../client/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { displayName, entityRecord } from '../../records/entity.js'
import { changeOutput, checkColumns } from './change-output.js'
import { withArticle } from './describe.js'
import { draftAttributes, draftOptions, draftTexts, readDraft } from './draft.js'
import type { Noun } from './noun.js'
import { findTarget, nameArgument } from './targets.js'
import { changeAndWait } from './update.js'
import { requestedStateOf, sameStateGoal, waitOptions } from './wait-options.js'

export function replaceCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'replace'],
    summary: `Replace title, attributes and mixins of ${withArticle(noun.one)} as a whole`,
    description:
      'A full update: attributes and mixins that are not given are removed if the provider allows that; links remain. To change single values, use update.',
    arguments: [{ ...nameArgument(noun.kind, noun.one), variadic: false }],
    options: [
      ...draftOptions(noun, noun.updateParts ?? [], {
        allowsEmpty: true,
        title: 'the title',
        summary: 'the summary',
        mixin: 'a mixin of the resource',
      }),
      ...waitOptions(noun.kind, sameStateGoal),
    ],
    examples: [
      {
        title: 'Keep only a title',
        command: `occi ${noun.name} replace ${noun.sample} --title ${noun.sample}`,
      },
      {
        title: 'Show what would be sent',
        command: `occi ${noun.name} replace ${noun.sample} --title ${noun.sample} --dry-run`,
      },
    ],
    atSites: 'writes',
    run: (context) => replace(noun, context),
  }
}

async function replace(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  const requestedState = requestedStateOf(context, sameStateGoal, noun.kind)
  await checkColumns(context)
  const client = await context.client()
  const draft = await readDraft(noun, context, client, noun.updateParts ?? [])
  const replacement: NewEntity = {
    kind: draft.kind,
    mixins: draft.mixins,
    attributes: draftAttributes(draft),
    ...draftTexts(context),
  }
  const target = await findTarget(client, context.word('NAME') ?? '', noun.kind, context)
  const { name } = target
  const entity = await changeAndWait({ noun, client, target, name, requestedState }, context, () =>
    client.replace(target.location, replacement, { signal: context.signal }),
  )
  const record = entityRecord(entity)
  context.inform(`Replaced ${noun.one} ${displayName(record)}.`)
  return changeOutput(context, [record], { single: true })
}

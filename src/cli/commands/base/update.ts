/** `occi NOUN update NAME… [name=value…]`, for any kind: a partial update. */
import type { Changes, Client } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { Entity } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { sanitizeLines } from '../../output/index.js'
import type { Output } from '../../output/types.js'
import { changedColumns } from '../../records/columns.js'
import { displayName, entityRecord } from '../../records/entity.js'
import { isAssignment } from '../../values/assignment.js'
import { runForEach } from './bulk.js'
import { changeOutput, checkColumns, informEach, printsData } from './change-output.js'
import { withArticle } from './describe.js'
import { draftAttributes, draftOptions, draftTexts, readDraft } from './draft.js'
import type { Noun } from './noun.js'
import { nameOptionsInErrors } from './option-errors.js'
import { chooseTargets, nameArgument, readNames } from './targets.js'
import { requestedStateOf, sameStateGoal, stateToAwait, waitFor, waitOptions } from './wait-options.js'
import { type Target, whereOption } from './where-filter.js'

export function updateCommand(noun: Noun): CommandDeclaration {
  const command = `occi ${noun.name} update ${noun.sample}`
  const argument = nameArgument(noun.kind, noun.one)
  const [firstAttribute] = noun.attributeOptions
  return {
    path: [noun.name, 'update'],
    summary: `Change title, attributes or mixins of ${withArticle(noun.one)}`,
    description:
      'Only the given values change. An argument with "=" sets an attribute; a short name such as cores stands for the only attribute that ends in it. The old and the new values are printed (with -o json as "changes"); --dry-run prints what would change.',
    arguments: [
      {
        ...argument,
        required: false,
        acceptsAttributes: true,
        description: `${argument.description}; or NAME=VALUE, an attribute`,
      },
    ],
    options: [
      ...draftOptions(noun, noun.updateParts ?? [], {
        allowsEmpty: true,
        title: 'a new title',
        summary: 'a new summary',
        mixin: 'a mixin to add; a new image or size replaces the old one',
      }),
      whereOption(noun.kind, noun.many),
      ...waitOptions(noun.kind, sameStateGoal),
    ],
    examples: [
      {
        title: 'Change the title',
        command: `${command} --title ${noun.sample}-old`,
      },
      ...(firstAttribute === undefined
        ? []
        : [
            {
              title: 'Change an attribute',
              command: `${command} --${firstAttribute.option.name} ${firstAttribute.sample ?? '2'}`,
            },
          ]),
      ...(noun.updateParts === undefined
        ? []
        : [{ title: 'Change the size', command: `${command} --size large` }]),
    ],
    atSites: 'writes',
    run: (context) => update(noun, context),
  }
}

async function update(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  const words = await readNames(context)
  const requestedState = requestedStateOf(context, sameStateGoal, noun.kind)
  // Imported here because --help reads this file and must not load it.
  const { changesBetween, changesColumn, changesText, withChanges } = await import('./changes.js')
  const columns = [...changedColumns, changesColumn]
  await checkColumns(context, columns)
  const client = await context.client()
  const changes = await changesOf(noun, context, words.filter(isAssignment))
  const { names, single, find } = await chooseTargets(
    context,
    noun,
    words.filter((word) => !isAssignment(word)),
  )
  const messages: string[] = []
  const records = await runForEach(context, names, 'Updating', async (name) => {
    const target = await withEntity(await find(name), client, context)
    const { entity: before } = target
    if (context.preview !== undefined && before !== undefined && showsMessages(context)) {
      const model = await client.model({ signal: context.signal })
      const text = changesText(changesBetween(before, withChanges(before, changes, model)))
      const subject = `${noun.one} ${before.title ?? name}`
      await context.progress.note(
        sanitizeLines(`${subject}: ${text === '' ? 'no value would change' : text}`),
      )
    }
    const entity = await changeAndWait({ noun, client, target, name, requestedState }, context, () =>
      client.update(target.location, changes, { signal: context.signal }),
    )
    const record = entityRecord(entity)
    const updated = `Updated ${noun.one} ${displayName(record)}`
    if (before === undefined) {
      messages.push(`${updated}.`)
      return record
    }
    const valueChanges = changesBetween(before, entity)
    messages.push(
      `${updated}: ${valueChanges.length === 0 ? 'it shows the same values as before' : changesText(valueChanges)}.`,
    )
    return { ...record, data: { ...record.data, changes: valueChanges } }
  })
  informEach(context, messages, `Updated ${messages.length} ${noun.many}.`)
  const output = changeOutput(context, records, { single })
  return output === undefined ? undefined : { ...output, columns }
}

/** Reads the entity before the change if its values are printed and it was not read yet. */
async function withEntity(target: Target, client: Client, context: CommandContext): Promise<Target> {
  if (target.entity !== undefined || !(showsMessages(context) || printsData(context))) return target
  // If reading fails, the update itself reports the error.
  const entity = await client.describe(target.location, { signal: context.signal }).catch(() => undefined)
  return entity === undefined ? target : { ...target, entity }
}

function showsMessages({ streams, options }: CommandContext): boolean {
  return streams.err.terminal && !options.isSet('quiet')
}

/** The entity to change, and the state to wait for after the change. */
interface PendingChange {
  readonly noun: Noun
  readonly client: Client
  readonly target: { readonly location: string; readonly entity?: Entity | undefined }
  readonly name: string
  /** The result of `requestedStateOf`. */
  readonly requestedState: string | undefined
}

/** Sends a change, then waits for the requested state, if any. Returns the entity as last read. */
export async function changeAndWait(
  { noun, client, target, name, requestedState }: PendingChange,
  context: CommandContext,
  send: () => Promise<Entity>,
): Promise<Entity> {
  const state = await stateToAwait(context, client, target, { requestedState, ready: noun.ready })
  const entity = await nameOptionsInErrors(noun, context, send)
  if (state === undefined) return entity
  return (await waitFor(context, client, target.location, name, { for: 'state', state })) ?? entity
}

/** The changes that the options and `words` describe. Throws UsageError if there are none. */
async function changesOf(noun: Noun, context: CommandContext, words: readonly string[]): Promise<Changes> {
  const draft = await readDraft(noun, context, await context.client(), noun.updateParts ?? [], words)
  const { kind, model, mixins } = draft
  // The mixins of the entity may define attributes. They are not known yet, so all applicable mixins are used.
  const applicableMixins = model.mixins.filter((mixin) => model.applies(mixin, kind.id)).map(({ id }) => id)
  const attributes = draftAttributes(draft, applicableMixins)
  const changes: Changes = {
    ...draftTexts(context),
    ...(mixins.length === 0 ? {} : { mixins }),
    ...(attributes.size === 0 ? {} : { attributes }),
  }
  if (Object.keys(changes).length > 0) return changes
  throw new UsageError('There is nothing to change', {
    hint: `Use occi ${noun.name} update NAME with --title TITLE, --attribute NAME=VALUE or --mixin MIXIN.`,
  })
}

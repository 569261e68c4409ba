/** `occi NOUN update NAME… [name=value…]`, for any kind: a partial update. */
import { omitUndefined } from '../../../basics/objects.js'
import type { Changes, Client } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { Entity, TypeId } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import { sanitizeLines } from '../../output/index.js'
import type { Output } from '../../output/types.js'
import { changedColumns } from '../../records/columns.js'
import { displayName, entityRecord } from '../../records/entity.js'
import { isAssignment } from '../../values/assignment.js'
import { forEach } from './bulk.js'
import { changeOutput, checkColumns, informEach, printsData } from './change-output.js'
import { article } from './describe.js'
import { draftAttributes, draftOptions, draftTexts, readDraft } from './draft.js'
import type { Noun } from './noun.js'
import { nameOptionsInErrors } from './option-errors.js'
import { chooseTargets, nameArgument, readNames } from './targets.js'
import { previousState, stateAfterChange, waitFor, waitOptions, wantedState } from './wait-options.js'
import { type Target, whereOption } from './where-filter.js'

export function updateCommand(noun: Noun): CommandDeclaration {
  const argument = nameArgument(noun.kind, noun.one)
  const [first] = noun.attributeOptions
  return {
    path: [noun.name, 'update'],
    summary: `Change title, attributes or mixins of ${article(noun.one)}`,
    description:
      'Only what is named changes. A word with "=" among the names is an attribute, too; a short name such as cores stands for the only attribute that ends in it. What changed is said, with the old and the new values (in -o json as "changes"); --dry-run says what would change.',
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
        mixin: 'a mixin to put on; a new image or size replaces the old one',
      }),
      whereOption(noun.kind, noun.many),
      ...waitOptions(noun.kind, previousState),
    ],
    examples: [
      { title: 'A new title', command: `occi ${noun.name} update ${noun.sample} --title ${noun.sample}-old` },
      ...(first === undefined
        ? []
        : [
            {
              title: 'An attribute',
              command: `occi ${noun.name} update ${noun.sample} --${first.option.name} ${first.sample ?? '2'}`,
            },
          ]),
      ...(noun.updateParts === undefined
        ? []
        : [{ title: 'Another size', command: `occi ${noun.name} update ${noun.sample} --size large` }]),
    ],
    atSites: 'writes',
    run: (context) => update(noun, context),
  }
}

async function update(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  const words = await readNames(context)
  const asked = wantedState(context, previousState, noun.kind)
  // Imported here because --help reads this file.
  const { changesBetween, changesColumn, changesText } = await import('./changes.js')
  const columns = [...changedColumns, changesColumn]
  await checkColumns(context, columns)
  const client = await context.client()
  const named = words.filter((word) => !isAssignment(word))
  const changes = await changesOf(noun, context, words.filter(isAssignment))
  const { names, single, find } = await chooseTargets(context, noun, named)
  const messages: string[] = []
  const records = await forEach(context, names, 'Updating', async (name) => {
    const target = await withValues(await find(name), client, context)
    const { entity: before } = target
    if (context.preview !== undefined && before !== undefined && isShown(context)) {
      const text = changesText(changesBetween(before, withChanges(before, changes)))
      const what = `${noun.one} ${before.title ?? name}`
      await context.progress.note(sanitizeLines(`${what}: ${text === '' ? 'no value would change' : text}`))
    }
    const entity = await changeAndWait({ noun, client, target, name, asked }, context, () =>
      client.update(target.location, changes, { signal: context.signal }),
    )
    const record = entityRecord(entity)
    const updated = `Updated ${noun.one} ${displayName(record)}`
    if (before === undefined) {
      messages.push(`${updated}.`)
      return record
    }
    const values = changesBetween(before, entity)
    messages.push(
      `${updated}: ${values.length === 0 ? 'it shows the same values as before' : changesText(values)}.`,
    )
    return { ...record, data: { ...record.data, changes: values } }
  })
  informEach(context, messages, `Updated ${messages.length} ${noun.many}.`)
  const output = changeOutput(context, records, single)
  return output === undefined ? undefined : { ...output, columns }
}

/** Reads the values before the change if they are printed and not known yet. */
async function withValues(target: Target, client: Client, context: CommandContext): Promise<Target> {
  if (target.entity !== undefined || !(isShown(context) || printsData(context))) return target
  // If reading fails, the update itself reports the error.
  const entity = await client.describe(target.location, { signal: context.signal }).catch(() => undefined)
  return entity === undefined ? target : { ...target, entity }
}

function isShown({ streams, options }: CommandContext): boolean {
  return streams.err.terminal && !options.isSet('quiet')
}

/** The entity with the requested changes. */
function withChanges(before: Entity, { title, summary, attributes, mixins = [] }: Changes): Entity {
  const given = attributes instanceof Map ? [...attributes] : []
  const names = mixins.map((mixin) => (typeof mixin === 'string' ? mixin : mixin.id) as TypeId)
  return {
    ...before,
    ...omitUndefined({ title, summary }),
    attributes: new Map([...before.attributes, ...given]),
    mixins: [...new Set([...before.mixins, ...names])],
  }
}

/** Sends a change, then waits for the state that `--wait` asks for. Returns the entity as it is then. */
export async function changeAndWait(
  {
    noun,
    client,
    target,
    name,
    asked,
  }: {
    readonly noun: Noun
    readonly client: Client
    readonly target: { readonly location: string; readonly entity?: Entity | undefined }
    readonly name: string
    readonly asked: string | undefined
  },
  context: CommandContext,
  send: () => Promise<Entity>,
): Promise<Entity> {
  const state = await stateAfterChange(context, client, target, { asked, ready: noun.ready })
  const entity = await nameOptionsInErrors(noun, context, send)
  if (state === undefined) return entity
  return (await waitFor(context, client, target.location, name, { for: 'state', state })) ?? entity
}

async function changesOf(noun: Noun, context: CommandContext, words: readonly string[]): Promise<Changes> {
  const draft = await readDraft(noun, context, await context.client(), noun.updateParts ?? [], words)
  const { kind, model, mixins } = draft
  // The entity's mixins may define attributes as well. All applicable mixins are used to find the type.
  const fitting = model.mixins.filter((mixin) => model.applies(mixin, kind.id)).map(({ id }) => id)
  const attributes = draftAttributes(draft, fitting)
  const changes: Changes = {
    ...draftTexts(context),
    ...(mixins.length === 0 ? {} : { mixins }),
    ...(attributes.size === 0 ? {} : { attributes }),
  }
  if (Object.keys(changes).length > 0) return changes
  throw new UsageError('There is nothing to change', {
    hint: `Say what: occi ${noun.name} update NAME --title TITLE, --attribute NAME=VALUE, --mixin MIXIN.`,
  })
}

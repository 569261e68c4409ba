/** `occi NOUN delete`: deletes entities by name, or a whole collection with --all. Asks for confirmation. */
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { displayName, entityRecord, locationRecord } from '../../records/entity.js'
import { runForEach, waitPhase } from './bulk.js'
import { changeOutput, checkColumns, informEach } from './change-output.js'
import { needsConfirmation, requireYesForAll } from './confirmation.js'
import { withArticle } from './describe.js'
import type { Noun } from './noun.js'
import { chooseTargets, namesArgument, type Subject } from './targets.js'
import { checkTimeout, waitFor, waitTimeoutOption } from './wait-options.js'
import { hasWhere, requireOnlyAll, type Target, whereOption } from './where-filter.js'

export function deleteCommand(noun: Noun): CommandDeclaration {
  const command = `occi ${noun.name} delete ${noun.sample}`
  return {
    path: [noun.name, 'delete'],
    summary: `Delete ${withArticle(noun.one)}, or all of them`,
    description:
      'Asks for confirmation on a terminal; elsewhere --yes is required. --all deletes the whole collection.',
    arguments: [namesArgument(noun)],
    options: [
      whereOption(noun.kind, noun.many),
      { name: 'all', description: `delete all ${noun.many}`, env: 'none' },
      { name: 'wait', description: 'wait until it no longer exists', group: waitTimeoutOption.group },
      waitTimeoutOption,
    ],
    examples: [
      { title: 'One, after confirmation', command },
      {
        title: 'Several, in a script',
        command: `${command} ${noun.sample}2 --yes`,
      },
      { title: 'By state', command: `occi ${noun.name} delete --where state=${idleState(noun)}` },
      { title: 'All of them', command: `occi ${noun.name} delete --all --yes` },
    ],
    atSites: 'writes',
    run: (context) => (context.options.isSet('all') ? deleteAll(context, noun) : deleteNamed(context, noun)),
  }
}

export async function deleteNamed(
  context: CommandContext,
  noun: Subject & Pick<Noun, 'one'>,
): Promise<Output | undefined> {
  checkTimeout(context)
  await checkColumns(context)
  const client = await context.client()
  const { names, single, find } = await chooseTargets(context, noun)
  if (names.length === 0) return changeOutput(context, [], { single: false })
  const targets = new Map<string, Target>()
  const [only] = names
  if (names.length === 1 && only !== undefined) {
    // Looked up before the prompt, which shows the title and the location.
    targets.set(only, await find(only))
  }
  if (hasWhere(context)) await confirmSelected(context, names, noun)
  else {
    await confirm(
      context,
      names.length === 1
        ? `Delete ${noun.one} ${describeTarget(targets.get(only ?? ''))}?`
        : `Delete ${names.length} ${noun.many}: ${names.join(', ')}?`,
    )
  }
  const messages: string[] = []
  const records = await runForEach(context, names, 'Deleting', async (name) => {
    const target = targets.get(name) ?? (await find(name))
    await client.delete(target.location, { signal: context.signal })
    if (context.options.isSet('wait'))
      await waitFor(context, client, target.location, name, { for: 'deleted' })
    const record = deletedRecord(target)
    messages.push(`Deleted ${noun.one} ${displayName(record)}.`)
    return record
  })
  informEach(context, messages, `Deleted ${messages.length} ${noun.many}.`)
  return changeOutput(context, records, { single })
}

/** A state in which the entity is not used, for the example. */
function idleState({ actions, ready }: Noun): string {
  return actions.find(({ leadsTo }) => leadsTo !== undefined && leadsTo !== ready)?.leadsTo ?? 'inactive'
}

/** Asks the user to type the number of entities, since their names were not typed. */
async function confirmSelected(
  context: CommandContext,
  names: readonly string[],
  { one, many }: Pick<Noun, 'one' | 'many'>,
): Promise<void> {
  if (!needsConfirmation(context)) return
  await context.progress.stop()
  const noun = names.length === 1 ? one : many
  const list = `${names.slice(0, maxNames).join(', ')}${names.length > maxNames ? `, and ${names.length - maxNames} more` : ''}`
  await context.prompts.confirmTyped(
    { message: `This deletes ${names.length} ${noun}: ${list}.`, withoutPrompt },
    String(names.length),
  )
}

/** The number of names after which the prompt states only how many more there are. */
const maxNames = 20

async function deleteAll(context: CommandContext, noun: Noun): Promise<Output | undefined> {
  requireOnlyAll(context)
  requireYesForAll(context, 'Deleting a whole collection', withoutPrompt)
  checkTimeout(context)
  await checkColumns(context)
  const client = await context.client()
  const locations: string[] = []
  for await (const location of client.locations(noun.kind, { signal: context.signal }))
    locations.push(location)
  if (locations.length > 0) {
    if (needsConfirmation(context)) {
      await context.prompts.confirmTyped(
        { message: `This deletes all ${locations.length} ${noun.many}.`, withoutPrompt },
        String(locations.length),
      )
    }
    context.progress.show(`Deleting ${locations.length} ${noun.many}`)
    await client.deleteAll(noun.kind, { signal: context.signal })
    if (context.options.isSet('wait')) {
      await runForEach(context, locations, waitPhase, async (location) => {
        await waitFor(context, client, location, location, { for: 'deleted' })
        return locationRecord(location)
      })
    }
  }
  context.inform(
    locations.length === 0 ? `There were no ${noun.many}.` : `Deleted ${locations.length} ${noun.many}.`,
  )
  return changeOutput(
    context,
    locations.map((location) => locationRecord(location, { deleted: true })),
    { single: false },
  )
}

const withoutPrompt = 'Use --yes to delete without confirmation.'

async function confirm(context: CommandContext, message: string): Promise<void> {
  if (!needsConfirmation(context)) return
  await context.progress.stop()
  await context.prompts.confirm({ message, withoutPrompt })
}

function describeTarget(target: Target | undefined): string {
  if (target === undefined) return ''
  const title = target.entity?.title
  return title === undefined ? target.location : `"${title}" (${target.location})`
}

function deletedRecord({ location, entity }: Target): OutputRecord {
  if (entity === undefined) return locationRecord(location, { deleted: true })
  const record = entityRecord(entity)
  return { ...record, data: { ...record.data, state: null, deleted: true } }
}

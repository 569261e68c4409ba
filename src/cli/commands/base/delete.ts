/** `occi NOUN delete NAME…` and, with --all, the whole collection. Asks first. */
import { UsageError } from '../../../errors/errors.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { callIt, entityRecord, locationRecord } from '../../records/entity.js'
import type { Noun } from '../noun.js'
import { mustAsk } from './asking.js'
import { forEach } from './bulk.js'
import { changed } from './changed.js'
import { article } from './describe.js'
import { findTarget, isSingle, nameArgument, readNames, type Target } from './targets.js'
import { checkTimeout, waitFor } from './wait-options.js'

export function deleteCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'delete'],
    summary: `Delete ${article(noun.one)}, or all of them`,
    description:
      'Asks on a terminal; anywhere else --yes is needed. Deleting every one of them needs --all besides.',
    arguments: [{ ...nameArgument(noun.kind, noun.one), required: false }],
    options: [
      { name: 'all', description: `delete all ${noun.many}`, env: 'none' },
      { name: 'wait', description: 'wait until it is gone', group: 'Waiting' },
      {
        name: 'wait-timeout',
        value: 'DURATION',
        description: 'give up waiting after this long; exit status 9',
        default: '10m',
        group: 'Waiting',
      },
    ],
    examples: [
      { say: 'One, after a question', command: `occi ${noun.name} delete ${noun.sample}` },
      {
        say: 'Several, in a script',
        command: `occi ${noun.name} delete ${noun.sample} ${noun.sample}2 --yes`,
      },
      { say: 'All of them', command: `occi ${noun.name} delete --all --yes` },
    ],
    run: (context) =>
      context.options.on('all') ? deleteAll(noun, context) : deleteNamed(context, noun.kind, noun),
  }
}

type Words = Pick<Noun, 'name' | 'one' | 'many'>

export async function deleteNamed(
  context: CommandContext,
  kind: string | undefined,
  noun: Words,
): Promise<Output | undefined> {
  checkTimeout(context)
  const names = await readNames(context)
  if (names.length === 0) {
    if (context.words('NAME').includes('-')) return changed(context, [], false)
    throw new UsageError('NAME is missing: nothing was named to be deleted', {
      hint: `Name it: occi ${noun.name} delete NAME; --all deletes all ${noun.many}.`,
      at: 'NAME',
    })
  }
  const client = await context.client()
  const targets = new Map<string, Target>()
  const [only] = names
  if (names.length === 1 && only !== undefined) {
    // Found first: the question names what is really meant.
    targets.set(only, await findTarget(client, only, kind, context))
  }
  await confirm(
    context,
    names.length === 1
      ? `Delete ${noun.one} ${describeTarget(targets.get(only ?? ''))}?`
      : `Delete ${names.length} ${noun.many}: ${names.join(', ')}?`,
  )
  const records = await forEach(context, names, 'Deleting', async (name) => {
    const target = targets.get(name) ?? (await findTarget(client, name, kind, context))
    await client.delete(target.location, { signal: context.signal })
    if (context.options.on('wait')) await waitFor(context, client, target.location, name, { for: 'deleted' })
    const record = deletedRecord(target)
    context.say(`Deleted ${noun.one} ${callIt(record)}.`)
    return record
  })
  return changed(context, records, isSingle(context))
}

async function deleteAll(noun: Noun, context: CommandContext): Promise<Output | undefined> {
  if (context.words('NAME').length > 0) {
    throw new UsageError('--all and names exclude each other', {
      hint: 'Leave out one of them.',
      at: '--all',
    })
  }
  if (mustAsk(context) && !context.streams.interactive) refuse()
  checkTimeout(context)
  const client = await context.client()
  const locations: string[] = []
  for await (const location of client.locations(noun.kind, { signal: context.signal }))
    locations.push(location)
  if (locations.length > 0) {
    if (mustAsk(context)) {
      await context.prompts.confirmTyped(
        { message: `This deletes all ${locations.length} ${noun.many}.`, otherwise: otherwise },
        String(locations.length),
      )
    }
    context.progress.show(`Deleting ${locations.length} ${noun.many}`)
    await client.deleteAll(noun.kind, { signal: context.signal })
    if (context.options.on('wait')) {
      await forEach(context, locations, 'Waiting', async (location) => {
        await waitFor(context, client, location, location, { for: 'deleted' })
        return locationRecord(location)
      })
    }
  }
  context.say(
    locations.length === 0 ? `There were no ${noun.many}.` : `Deleted ${locations.length} ${noun.many}.`,
  )
  return changed(
    context,
    locations.map((location) => locationRecord(location, { deleted: true })),
    false,
  )
}

const otherwise = 'Pass --yes to delete without a question.'

async function confirm(context: CommandContext, message: string): Promise<void> {
  if (!mustAsk(context)) return
  await context.progress.stop()
  await context.prompts.confirm({ message, otherwise })
}

function refuse(): never {
  throw new UsageError('Deleting a whole collection needs --yes besides --all here', {
    hint: otherwise,
    at: '--yes',
  })
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

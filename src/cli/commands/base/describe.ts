/** `occi NOUN describe NAME…`, for any kind. */
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { entityRecord } from '../../records/entity.js'
import type { Noun } from '../noun.js'
import { forEach } from './bulk.js'
import { findTarget, isSingle, nameArgument, readNames } from './targets.js'

export function describeCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'describe'],
    summary: `Show all about ${article(noun.one)}`,
    arguments: [nameArgument(noun.kind, noun.one)],
    options: [],
    examples: [
      { say: 'By name', command: `occi ${noun.name} describe ${noun.sample}` },
      { say: 'One attribute', command: `occi ${noun.name} describe ${noun.sample} -o value --columns state` },
      {
        say: 'Several, as JSON',
        command: `occi ${noun.name} describe ${noun.sample} ${noun.sample}2 -o json`,
      },
    ],
    run: (context) => describe(context, noun.kind),
  }
}

export async function describe(context: CommandContext, kind: string | undefined): Promise<Output> {
  const client = await context.client()
  const names = await readNames(context)
  const records = await forEach(context, names, 'Reading', async (name) => {
    const { location, entity } = await findTarget(client, name, kind, context)
    return entityRecord(entity ?? (await client.describe(location, { signal: context.signal })))
  })
  return {
    shape: isSingle(context) ? 'one' : 'list',
    records,
    columns: describeColumns(records),
    ...(isSingle(context) ? {} : { terminalFormat: 'table' }),
  }
}

export function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`
}

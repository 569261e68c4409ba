/** `occi NOUN describe NAME…`, for any kind. */
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { Output } from '../../output/types.js'
import { describeColumns } from '../../records/columns.js'
import { entityRecord } from '../../records/entity.js'
import { runForEach } from './bulk.js'
import { showsTable } from './change-output.js'
import type { Noun } from './noun.js'
import { chooseTargets, namesArgument, readNames, type Subject } from './targets.js'
import { loadOrWatch, watchOption } from './watch.js'
import { hasWhere, whereOption } from './where-filter.js'

export function describeCommand(noun: Noun): CommandDeclaration {
  const command = `occi ${noun.name} describe ${noun.sample}`
  return {
    path: [noun.name, 'describe'],
    summary: `Show details of ${withArticle(noun.one)}`,
    arguments: [namesArgument(noun)],
    options: [whereOption(noun.kind, noun.many), watchOption],
    examples: [
      { title: 'By name', command },
      {
        title: 'One attribute',
        command: `${command} -o value --columns state`,
      },
      {
        title: 'Several, as JSON',
        command: `${command} ${noun.sample}2 -o json`,
      },
    ],
    atSites: 'reads',
    run: (context) => describe(context, noun),
  }
}

/**
 * Shows entities. With --watch, names are read from standard input once, but --where is evaluated at each repetition.
 */
export async function describe(context: CommandContext, subject: Subject): Promise<Output | undefined> {
  const words = hasWhere(context) ? undefined : await readNames(context)
  return loadOrWatch(context, (inner) => describeOnce(inner, subject, words))
}

async function describeOnce(
  context: CommandContext,
  subject: Subject,
  words: readonly string[] | undefined,
): Promise<Output> {
  const client = await context.client()
  context.declareOutputSource('entities')
  const { names, single, find } = await chooseTargets(context, subject, words)
  const records = await runForEach(context, names, 'Reading', async (name) => {
    const { location, entity } = await find(name)
    return entityRecord(entity ?? (await client.describe(location, { signal: context.signal })))
  })
  return {
    shape: single ? 'one' : 'list',
    records,
    columns: describeColumns(
      records,
      showsTable(context) ? await client.model({ signal: context.signal }) : undefined,
    ),
    ...(single ? {} : { recordLayout: 'block' as const }),
  }
}

/** The noun with an indefinite article: `a network`. */
export function withArticle(noun: string): string {
  return /^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`
}

/** One creation, with what its options ask for around it; for `occi NOUN create` at one and at several sites. */

import type { Created, NewEntity } from '../../../client/index.js'
import { UsageError } from '../../../errors/errors.js'
import type { CommandContext, Dialogue, Invocation } from '../../context.js'
import type { Column, OutputRecord } from '../../output/types.js'
import { describeColumns, ipsColumn, nameColumn, stateColumn } from '../../records/columns.js'
import { type After, afterwards } from './after-create.js'
import { formsOutput } from './change-output.js'
import { type Existing, existing } from './if-not-exists.js'
import type { Draft, Noun } from './noun.js'
import { nameOptionsInErrors } from './option-errors.js'
import { orRolledBack } from './rollback.js'

export async function createOne(
  noun: Noun,
  context: CommandContext,
  draft: Draft,
  wanted: NewEntity,
  after: After,
  /** Called with each location before waiting. */
  tell?: (location: string) => Promise<void>,
): Promise<{ readonly record: OutputRecord; readonly made: boolean }> {
  const { there, entity }: Existing = context.options.isSet('if-not-exists')
    ? await existing(noun, context, draft, wanted)
    : { entity: wanted }
  if (there?.location !== undefined) {
    const { location } = there
    const found: Created = { location, entity: { ...there, location }, deviations: [] }
    return {
      record: await afterwards(noun, context, draft, found, { ...after, title: entity.title, made: false }),
      made: false,
    }
  }
  const created = await nameOptionsInErrors(noun, context, () =>
    orRolledBack(noun, context, draft.client, () => draft.client.create(entity, { signal: context.signal })),
  )
  context.noteCreated(created.location, `occi ${noun.name} delete`)
  if (tell !== undefined) await tell(created.location)
  return {
    record: await afterwards(noun, context, draft, created, { ...after, title: entity.title, made: true }),
    made: true,
  }
}

/** A terminal without -o shows what is needed next; `describe` shows the rest. */
export function createdColumns(context: Invocation & Dialogue, record: OutputRecord): readonly Column[] {
  const isBrief =
    context.settings.get('output') === undefined && context.streams.out.terminal && !formsOutput(context)
  return isBrief ? [nameColumn, stateColumn, ipsColumn] : describeColumns([record])
}

/** Refuses a bare `occi compute create`, for which some providers would create a machine of their choice. */
export function refuseNothing(
  { name, one, createExamples: [first] }: Noun,
  { options, words }: Invocation,
): void {
  if (words('NAME').length > 0 || options.commandLine().size > 0) return
  throw new UsageError(`Nothing says which ${one} is to be created`, {
    hint: `${first === undefined ? '' : `For example: ${first.command}. `}See: occi ${name} create --help`,
  })
}

export function countOf({ options }: Pick<Invocation, 'options'>): number {
  const text = options.text('count') ?? '1'
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`--count: "${text}" is not a number of things`, {
      hint: 'Give a whole number from 1.',
      at: '--count',
    })
  }
  return Number(text)
}

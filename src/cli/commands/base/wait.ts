/** `occi NOUN wait NAME… --for CONDITION`. */
import { formatLimit } from '../../../basics/amounts.js'
import type { Client } from '../../../client/index.js'
import { NotFoundError, TimeoutError } from '../../../errors/errors.js'
import { termOf } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Dialogue, Reports, Surroundings } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { displayName, entityRecord, locationRecord } from '../../records/entity.js'
import { forEach, waiting } from './bulk.js'
import { changeOutput } from './change-output.js'
import { type Condition, parseCondition, withFullName } from './condition.js'
import { article } from './describe.js'
import type { Noun } from './noun.js'
import { chooseTargets, nameArgument, type Subject } from './targets.js'
import { inState, timeoutOf, waitFor, waitTimeoutOption } from './wait-options.js'
import { waitForPort } from './wait-port.js'
import { type Target, whereOption } from './where-filter.js'

export function waitCommand(noun: Noun): CommandDeclaration {
  return {
    path: [noun.name, 'wait'],
    summary: `Wait until ${article(noun.one)} is in a state`,
    description: 'Ends at once with exit status 12 when the state is "error", and with 9 after the timeout.',
    arguments: [{ ...nameArgument(noun.kind, noun.one), required: false }],
    options: [...conditionOptions(noun.kind, `state=${noun.ready}`), whereOption(noun.kind, noun.many)],
    examples: [
      { title: `Until it is ${noun.ready}`, command: `occi ${noun.name} wait ${noun.sample}` },
      {
        title: 'Until it is gone, at most five minutes',
        command: `occi ${noun.name} wait ${noun.sample} --for deleted --timeout 5m`,
      },
      { title: 'Until it has an address', command: `occi ${noun.name} wait ${noun.sample} --for ip` },
    ],
    atSites: 'waits',
    run: (context) => wait(context, noun),
  }
}

export function conditionOptions(kind: string, ready: string): readonly OptionDeclaration[] {
  return [
    {
      name: 'for',
      value: 'CONDITION',
      description:
        'state=STATE (or just STATE), deleted, exists, ip, port=22 (somebody answers there), or NAME=VALUE of an attribute',
      default: ready,
      completion: { of: 'state', kind },
    },
    {
      name: 'timeout',
      value: 'DURATION',
      description: 'give up after this long; exit status 9',
      default: waitTimeoutOption.default,
      env: 'none',
    },
  ]
}

/** The noun that is waited for. */
interface WaitSubject extends Subject {
  /** The noun in the singular: "machine". */
  readonly one: string
  /** The state in which it is ready for use; a function of the kind's term where names of any kind are accepted. */
  readonly ready: string | ((kindTerm: string) => string)
}

export async function wait(context: CommandContext, noun: WaitSubject): Promise<Output | undefined> {
  const given = context.options.text('for')
  const requestedCondition = given === undefined ? undefined : parseCondition(given, noun.kind)
  const timeout = timeoutOf(context, 'timeout')
  const client = await context.client()
  const model =
    requestedCondition?.for === 'attribute' ? await client.model({ signal: context.signal }) : undefined
  const wanted =
    requestedCondition === undefined || model === undefined
      ? requestedCondition
      : withFullName(requestedCondition, model)
  const { names, single, find } = await chooseTargets(context, noun)
  const records = await forEach(context, names, waiting, async (name) => {
    const target = await findOrWait(context, name, wanted, timeout, find)
    if (target === undefined) return deletedRecord(context, noun, name)
    const condition = wanted ?? { for: 'state', state: await readyState(context, client, noun, target) }
    const { location } = target
    const entity =
      condition.for === 'port'
        ? await waitForPort(context, client, { location, name, port: condition.port, timeout })
        : await waitFor(context, client, location, name, condition, {
            timeoutOption: 'timeout',
            known: target.entity,
          })
    if (entity === undefined) return deletedRecord(context, noun, name, location)
    const record = entityRecord(entity)
    context.inform(`${capitalized(noun.one)} ${displayName(record)} is there${inState(entity)}.`)
    return record
  })
  return changeOutput(context, records, single)
}

/** Finds the entity. Returns undefined where it need not exist: when waiting for its creation or deletion. */
async function findOrWait(
  context: Dialogue & Surroundings,
  name: string,
  condition: Condition | undefined,
  timeout: number,
  find: (name: string) => Promise<Target>,
): Promise<Target | undefined> {
  const { clock, signal } = context
  const start = clock.now()
  for (let interval = 500; ; interval = Math.min(interval * 2, 15_000)) {
    try {
      return await find(name)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      if (condition?.for === 'deleted') return undefined
      if (condition?.for !== 'exists') throw error
      const left = timeout - (clock.now() - start)
      if (left <= 0) {
        throw new TimeoutError(`${name} did not appear within ${formatLimit(timeout)}`, {
          hint: 'Wait longer with --timeout.',
          cause: error,
        })
      }
      context.progress.show(`Waiting for ${name} to appear`)
      await clock.sleep(Math.min(interval, left), signal)
    }
  }
}

function deletedRecord(
  context: Reports,
  { one }: WaitSubject,
  name: string,
  location?: string,
): OutputRecord {
  context.inform(`${capitalized(one)} ${name} is gone.`)
  if (location !== undefined) return locationRecord(location, { deleted: true })
  return { data: { id: null, name, url: null, deleted: true }, name }
}

async function readyState(
  context: Surroundings,
  client: Client,
  { ready }: WaitSubject,
  { location, entity }: Target,
): Promise<string> {
  if (typeof ready === 'string') return ready
  const known = entity ?? (await client.describe(location, { signal: context.signal }))
  return ready(termOf(known.kind))
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

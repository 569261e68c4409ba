/** `occi NOUN wait NAME… --for CONDITION`. */
import { formatLimit } from '../../../basics/amounts.js'
import { createOnce } from '../../../basics/create-once.js'
import { shellWord } from '../../../basics/shell-word.js'
import type { Client } from '../../../client/index.js'
import { NotFoundError, TimeoutError, UsageError } from '../../../errors/errors.js'
import { type Entity, termOf } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Dialogue, Reports, Surroundings } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { displayName, entityRecord, locationRecord } from '../../records/entity.js'
import { isPracticeCloud } from '../../runtime/practice.js'
import { runForEach, waitPhase } from './bulk.js'
import { changeOutput } from './change-output.js'
import { type Condition, checkForKind, parseCondition, withFullName } from './condition.js'
import { withArticle } from './describe.js'
import type { Noun } from './noun.js'
import { chooseTargets, namesArgument, type Subject } from './targets.js'
import { inState, stateCompletion, timeoutOf, waitFor, waitTimeoutOption } from './wait-options.js'
import { waitForPort } from './wait-port.js'
import { type Target, whereOption } from './where-filter.js'

export function waitCommand(noun: Noun): CommandDeclaration {
  const command = `occi ${noun.name} wait ${noun.sample}`
  return {
    path: [noun.name, 'wait'],
    summary: `Wait until ${withArticle(noun.one)} meets a condition`,
    description:
      'The exit status is 12 as soon as the state is "error", and 9 if the condition does not hold within --timeout.',
    arguments: [namesArgument(noun)],
    options: [...conditionOptions(noun.kind, `state=${noun.ready}`), whereOption(noun.kind, noun.many)],
    examples: [
      { title: `Wait until it is ${noun.ready}`, command },
      {
        title: 'Wait until it no longer exists, for at most five minutes',
        command: `${command} --for deleted --timeout 5m`,
      },
      { title: 'Wait until it has an address', command: `${command} --for ip` },
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
        'state=STATE (or just STATE), deleted, exists, ip, port=22 (it accepts connections), or NAME=VALUE of an attribute',
      default: ready,
      completion: stateCompletion(kind, ['deleted', 'exists', 'ip', 'port=22']),
    },
    {
      name: 'timeout',
      value: 'DURATION',
      description: waitTimeoutOption.description,
      default: waitTimeoutOption.default,
      env: 'none',
    },
  ]
}

/** The part of a noun that the wait needs. */
interface WaitSubject extends Subject {
  /** The noun in the singular: "machine". */
  readonly one: string
  /**
   * The state in which an entity is ready for use. If names of any kind are accepted, a function of the kind's term.
   */
  readonly ready: string | ((kindTerm: string) => string)
}

/** Waits for each of the named entities. `--for` defaults to the state in which it is ready. */
export async function wait(context: CommandContext, noun: WaitSubject): Promise<Output | undefined> {
  const text = context.options.text('for')
  const parsedCondition = text === undefined ? undefined : parseCondition(text, noun.kind)
  const timeout = timeoutOf(context, 'timeout')
  const client = await context.client()
  const requestedCondition =
    parsedCondition?.for === 'attribute'
      ? withFullName(parsedCondition, await client.model({ signal: context.signal }))
      : parsedCondition
  const { names, single, find } = await chooseTargets(context, noun)
  const isPractice = createOnce(() => isPracticeCloud(context, client))
  const records = await runForEach(context, names, waitPhase, async (name) => {
    const target = await findOrWait(context, name, requestedCondition, timeout, find)
    if (target === undefined) return deletedRecord(context, noun, name)
    const { location } = target
    const entityBefore = await readForCheck(context, client, noun, requestedCondition, target)
    const condition = requestedCondition ?? { for: 'state', state: readyState(noun, entityBefore) }
    if (entityBefore !== undefined) {
      checkForKind(condition, entityBefore.kind)
      await checkPracticeAddress(isPractice, { condition, name, entity: entityBefore })
    }
    const entity =
      condition.for === 'port'
        ? await waitForPort(context, client, {
            location,
            name,
            port: condition.port,
            timeout,
            timeoutOption: 'timeout',
            isPractice,
          })
        : await waitFor(context, client, location, name, condition, {
            timeoutOption: 'timeout',
            known: entityBefore,
          })
    if (entity === undefined) return deletedRecord(context, noun, name, location)
    const record = entityRecord(entity)
    context.inform(`${capitalized(noun.one)} ${displayName(record)} meets the condition${inState(entity)}.`)
    return record
  })
  return changeOutput(context, records, { single })
}

/**
 * Finds the entity. If there is none, waits for it with `--for exists`, and returns undefined with `--for deleted`.
 * Throws NotFoundError and TimeoutError.
 */
async function findOrWait(
  context: Dialogue & Surroundings,
  name: string,
  condition: Condition | undefined,
  timeout: number,
  find: (name: string) => Promise<Target>,
): Promise<Target | undefined> {
  const { clock, signal } = context
  const startedAt = clock.now()
  for (let interval = firstInterval; ; interval = Math.min(interval * 2, longestInterval)) {
    try {
      return await find(name)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      if (condition?.for === 'deleted') return undefined
      if (condition?.for !== 'exists') throw error
      const remaining = timeout - (clock.now() - startedAt)
      if (remaining <= 0) {
        throw new TimeoutError(`${name} did not appear within ${formatLimit(timeout)}`, {
          hint: 'Wait longer with --timeout.',
          cause: error,
        })
      }
      context.progress.show(`Waiting for ${name} to appear`)
      await clock.sleep(Math.min(interval, remaining), signal)
    }
  }
}

/** Milliseconds between look-ups at the beginning. The interval doubles after each, up to longestInterval. */
const firstInterval = 500
const longestInterval = 15_000

function deletedRecord(
  context: Reports,
  { one }: WaitSubject,
  name: string,
  location?: string,
): OutputRecord {
  context.inform(`${capitalized(one)} ${name} does not exist any more.`)
  if (location !== undefined) return locationRecord(location, { deleted: true })
  return { data: { id: null, name, url: null, deleted: true }, name }
}

/** The entity, read if the check of the condition needs its kind or its links. */
async function readForCheck(
  { signal }: Surroundings,
  client: Client,
  { kind }: WaitSubject,
  requested: Condition | undefined,
  { location, entity }: Target,
): Promise<Entity | undefined> {
  const needsKind = kind === undefined && requested?.for !== 'deleted' && requested?.for !== 'exists'
  if (entity !== undefined) return entity
  return needsKind || needsAddress(requested) ? client.describe(location, { signal }) : undefined
}

function needsAddress(condition: Condition | undefined): boolean {
  return condition?.for === 'ip' || condition?.for === 'port'
}

function readyState({ ready }: WaitSubject, entity: Entity | undefined): string {
  return typeof ready === 'string' ? ready : ready(entity === undefined ? '' : termOf(entity.kind))
}

/**
 * A machine of the practice cloud without a link to a network never gets an address. Throws UsageError if the condition
 * needs one.
 */
async function checkPracticeAddress(
  isPractice: () => Promise<boolean>,
  { condition, name, entity }: { condition: Condition; name: string; entity: Entity },
): Promise<void> {
  const hasNetwork =
    entity.type === 'link' || entity.links.some(({ kind }) => termOf(kind) === 'networkinterface')
  if (hasNetwork || !needsAddress(condition) || !(await isPractice())) return
  throw new UsageError(`${name} is linked to no network, so it never gets an address`, {
    hint: `Link it first: occi link create ${shellWord(name)} NETWORK ("occi network list" lists them).`,
    at: '--for',
  })
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * Commands that trigger actions: `occi NOUN trigger ACTION NAME…`, and a verb for each action (`occi compute stop
 * web`).
 */

import { omitUndefined } from '../../../basics/objects.js'
import { shellWord } from '../../../basics/shell-word.js'
import type { Client } from '../../../client/index.js'
import {
  ConflictError,
  isIncompleteListing,
  NotFoundError,
  UsageError,
  withHint,
} from '../../../errors/errors.js'
import { type Entity, type Model, readableName, stateOf, type TypeId, termOf } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { CommandContext, Surroundings } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { noValidateOption } from '../../options/validation.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { displayName, entityRecord, locationRecord } from '../../records/entity.js'
import { type Assignment, parseAssignment, toAttributes } from '../../values/assignment.js'
import { runForEach, waitPhase } from './bulk.js'
import { changeOutput, checkColumns, informEach, printsData } from './change-output.js'
import { needsConfirmation, requireYesForAll } from './confirmation.js'
import { withArticle } from './describe.js'
import { attributeOption, kindOf } from './draft.js'
import type { Noun, NounAction } from './noun.js'
import { chooseTargets, namesArgument } from './targets.js'
import { inState, requestedStateOf, waitFor, waitOptions } from './wait-options.js'
import { requireOnlyAll, whereOption } from './where-filter.js'

/** The states to which common actions lead, if the noun does not declare one. */
const statesAfterActions: Readonly<Record<string, string>> = {
  start: 'active',
  stop: 'inactive',
  restart: 'active',
  suspend: 'suspended',
  save: 'active',
  up: 'active',
  down: 'inactive',
  online: 'online',
  offline: 'offline',
}

export function triggerCommand(noun: Noun): CommandDeclaration {
  const [action] = noun.actions
  return {
    path: [noun.name, 'trigger'],
    summary: `Trigger an action on ${withArticle(noun.one)}`,
    description:
      'Most actions are also verbs of their own ("start", "stop"). Use this command for an action whose name is already another verb.',
    arguments: [
      {
        name: 'ACTION',
        description: 'the action, by term or identifier; "occi model actions" lists them',
        completion: { of: 'action', kind: noun.kind },
      },
      {
        ...namesArgument(noun),
        completion: { of: 'entity', kind: noun.kind, action: { argument: true } },
      },
    ],
    options: commonOptions(noun, 'in the state to which the action leads'),
    examples: [
      {
        title: `Trigger ${action?.name ?? 'an action'}`,
        command: `occi ${noun.name} trigger ${action?.name ?? 'ACTION'} ${noun.sample}`,
      },
      {
        title: 'An action of this provider by its identifier, with an attribute',
        command: `occi ${noun.name} trigger http://example.org/action#defrost ${noun.sample} --attribute speed=2`,
      },
    ],
    atSites: 'writes',
    run: (context) => trigger(noun, context.word('ACTION') ?? '', context),
  }
}

export function actionCommand(noun: Noun, action: NounAction): CommandDeclaration {
  const parameters = action.parameters ?? []
  const [firstParameter] = parameters
  const goal = action.leadsTo ?? statesAfterActions[action.name]
  const command = `occi ${noun.name} ${action.name} ${noun.sample}`
  return {
    path: [noun.name, action.name],
    summary: action.summary,
    arguments: [
      {
        ...namesArgument(noun),
        completion: { of: 'entity', kind: noun.kind, action: action.name },
      },
    ],
    options: [...parameters, ...commonOptions(noun, goal)],
    examples: [
      { title: action.summary, command },
      ...(goal === undefined
        ? []
        : [
            {
              title: `${action.summary} and wait until the ${noun.one} is ${goal}`,
              command: `${command} --wait`,
            },
          ]),
      ...(firstParameter?.completion?.of === 'words'
        ? [
            {
              title: `With a ${firstParameter.name}`,
              command: `${command} --${firstParameter.name} ${firstParameter.completion.words[0] ?? 'VALUE'}`,
            },
          ]
        : []),
    ],
    atSites: 'writes',
    run: (context) => trigger(noun, action.name, context, parameters),
  }
}

/**
 * The options of every action. `goal` describes the state for which a bare --wait waits; undefined if it is unknown.
 */
export function commonOptions(noun: Noun, goal: string | undefined): readonly OptionDeclaration[] {
  return [
    parameterOption(noun),
    noValidateOption,
    whereOption(noun.kind, noun.many),
    allOption(noun),
    ...waitOptions(noun.kind, goal),
  ]
}

function parameterOption(noun: Noun): OptionDeclaration {
  return { ...attributeOption(noun.kind), description: 'a parameter of the action' }
}

function allOption(noun: Noun): OptionDeclaration {
  return { name: 'all', description: `trigger it on all ${noun.many}, after confirmation`, env: 'none' }
}

async function trigger(
  noun: Noun,
  action: string,
  context: CommandContext,
  parameters: readonly OptionDeclaration[] = [],
): Promise<Output | undefined> {
  // Empty if the state is unknown. Then a bare --wait requests the state '', which is an error.
  const goal =
    noun.actions.find(({ name }) => name === action)?.leadsTo ?? statesAfterActions[termOf(action)] ?? ''
  const state = requestedStateOf(context, goal, noun.kind)
  if (state === '') {
    throw new UsageError(`The resulting state of "${action}" is unknown`, {
      hint: 'Use --wait=STATE.',
      at: '--wait',
    })
  }
  await checkColumns(context)
  const client = await context.client()
  const attributes = await actionAttributes(noun, action, context, parameters)
  if (context.options.isSet('all')) return triggerAll(noun, action, context, attributes, { state, goal })
  const { names, single, find } = await chooseTargets(context, noun)
  const messages: string[] = []
  const records = await runForEach(context, names, termOf(action), async (name) => {
    const { location, entity: listedEntity } = await find(name).catch((error: unknown) => {
      throw isActionOf(noun, name) ? explainWordOrder(error, noun, name, action) : error
    })
    if (listedEntity !== undefined && !context.options.isSet('no-validate'))
      await requireOffered(name, listedEntity, action, client, context)
    let created: readonly string[] = []
    // The entity is read only if its data is printed; a wait reads it anyway.
    const readBack = state === undefined && printsData(context)
    let entity = await client.trigger(listedEntity ?? location, action, attributes, {
      signal: context.signal,
      onCreated: (locations) => {
        created = locations
      },
      readBack,
    })
    if (state !== undefined) {
      const details = { after: termOf(action) }
      entity = await waitFor(context, client, location, name, { for: 'state', state }, details)
    }
    const lastRead = entity ?? listedEntity
    const record = withCreated(
      lastRead === undefined ? locationRecord(location) : entityRecord(lastRead),
      created,
    )
    messages.push(`Triggered ${termOf(action)} on ${noun.one} ${displayName(record)}${inState(entity)}.`)
    for (const url of created) messages.push(await createdMessage(context, client, url))
    if (state === undefined && goal !== '' && names.length === 1 && goal !== stateOfRecord(record)) {
      messages.push(`Next: occi ${noun.name} wait ${shellWord(name)} --for ${goal}`)
    }
    return record
  })
  const summary = `Triggered ${termOf(action)} on ${records.length} ${noun.many}.`
  informEach(context, messages, summary, records.length)
  return changeOutput(context, records, { single })
}

function isActionOf({ actions }: Noun, word: string): boolean {
  return actions.some(({ name }) => name === word)
}

/**
 * Explains, if the user typed `occi compute trigger web stop`, that the action comes before the name. `name` is then
 * the action (stop).
 */
function explainWordOrder(error: unknown, noun: Noun, name: string, action: string): unknown {
  if (!(error instanceof NotFoundError)) return error
  return withHint(error, `The action comes first: occi ${noun.name} trigger ${name} ${shellWord(action)}`)
}

function withCreated(record: OutputRecord, created: readonly string[]): OutputRecord {
  return created.length === 0 ? record : { ...record, data: { ...record.data, made: created } }
}

/** Names what the action created, and the command that uses it if it is a template. */
async function createdMessage({ signal }: Surroundings, client: Client, location: string): Promise<string> {
  const model = await client.model({ signal })
  const mixin = model.byLocation(location)
  const option = templateOptions.find(({ family }) =>
    model.templates(family).some((template) => template === mixin),
  )?.option
  if (mixin === undefined || option === undefined) return `The action created ${location}.`
  return `The action created ${readableName(mixin)}. To use it: occi compute create NAME --${option} ${shellWord(mixin.term)} …`
}

/** The option of `occi compute create` for each family of templates. */
const templateOptions = [
  { family: 'os_tpl', option: 'os' },
  { family: 'resource_tpl', option: 'size' },
] as const

/** Whether the user's word for an action, a term or an identifier, names the action `id`. */
function isAction(id: TypeId, word: string): boolean {
  return id === word || termOf(id) === word
}

/** The actions of a kind and of all mixins that apply to it. */
export function actionsFor(kind: TypeId, model: Model): readonly TypeId[] {
  const mixins = model.mixins.filter((mixin) => mixin.actions.length > 0 && model.applies(mixin, kind))
  return model.actionsOf(
    kind,
    mixins.map(({ id }) => id),
  )
}

/**
 * Throws ConflictError if the entity does not offer the action in its state. An entity that lists no action of its kind
 * or mixins passes the check, since some servers list none.
 */
async function requireOffered(
  name: string,
  entity: Entity,
  action: string,
  client: Client,
  { signal }: Surroundings,
): Promise<void> {
  const model = await client.model({ signal })
  const ownActions = model.actionsOf(entity.kind, entity.mixins)
  const offered = entity.actions.map(({ id }) => id).filter((id) => ownActions.includes(id))
  const requested = ownActions.find((id) => isAction(id, action))
  if (requested === undefined || offered.length === 0 || offered.includes(requested)) return
  const state = stateOf(entity, model)
  const when = state === undefined ? 'now' : `while it is ${state}`
  throw new ConflictError(`${name} does not offer "${termOf(requested)}" ${when}`, {
    hint: `It offers ${offered.map(termOf).join(', ')}. Nothing was sent; --no-validate sends the action anyway.`,
    facts: { offered: offered.map(termOf), ...omitUndefined({ state }) },
  })
}

/**
 * Lists the collection. Returns the locations of all entities, and the entities to skip, which are in the state `goal`
 * already and offer other actions, but not this one.
 */
async function listForAction(
  noun: Noun,
  action: string,
  goal: string,
  client: Client,
  { signal }: Surroundings,
): Promise<{ readonly locations: readonly string[]; readonly skipped: ReadonlyMap<string, Entity> }> {
  const locations: string[] = []
  const skipped = new Map<string, Entity>()
  const model = await client.model({ signal })
  try {
    for await (const entity of client.list(noun.kind, { signal })) {
      const { location } = entity
      if (location === undefined) continue
      locations.push(location)
      const offered = entity.actions.map(({ id }) => id)
      const isOffered = offered.some((id) => isAction(id, action))
      if (stateOf(entity, model) === goal && offered.length > 0 && !isOffered) skipped.set(location, entity)
    }
  } catch (error) {
    if (!isIncompleteListing(error)) throw error
    locations.push(...error.errors.map(({ target }) => target))
  }
  return { locations, skipped }
}

/**
 * Triggers the action on all entities with one request to the collection (GFD.223 §5.4.2). The provider executes that
 * request for all entities or refuses it. If some are already in the goal state, one request is sent to each of the
 * others, since a server may stop at the first entity that does not offer the action.
 */
async function triggerAll(
  noun: Noun,
  action: string,
  context: CommandContext,
  attributes: Awaited<ReturnType<typeof actionAttributes>>,
  { state, goal }: { readonly state: string | undefined; readonly goal: string },
): Promise<Output | undefined> {
  requireOnlyAll(context)
  requireYesForAll(context, `An action on all ${noun.many}`, withoutPrompt)
  const client = await context.client()
  const term = termOf(action)
  const listing = await listForAction(noun, action, goal, client, context)
  const { skipped } = listing
  const locations = listing.locations.filter((location) => !skipped.has(location))
  for (const entity of skipped.values()) {
    await context.warn(`${entity.title ?? entity.location} is ${goal} already; ${term} was not sent to it`)
  }
  if (locations.length > 0 && needsConfirmation(context)) {
    await context.progress.stop()
    await context.prompts.confirmTyped(
      { message: `This triggers ${term} on ${locations.length} ${noun.many}.`, withoutPrompt },
      String(locations.length),
    )
  }
  const { signal } = context
  const failed = new Set<string>()
  if (skipped.size > 0) {
    await runForEach(context, locations, term, async (location) => {
      failed.add(location)
      await client.trigger(location, action, attributes, { signal, readBack: false })
      failed.delete(location)
      return locationRecord(location)
    })
  } else if (locations.length > 0) {
    await client.triggerAll(noun.kind, action, attributes, { signal })
  }
  const triggered = locations.filter((location) => !failed.has(location))
  const records =
    state === undefined
      ? triggered.map((location) => locationRecord(location))
      : await runForEach(context, triggered, waitPhase, async (location) => {
          const details = { after: term }
          const entity = await waitFor(context, client, location, location, { for: 'state', state }, details)
          return entity === undefined ? locationRecord(location) : entityRecord(entity)
        })
  const { length: count } = triggered
  context.inform(`Triggered ${term} on ${count} ${count === 1 ? noun.one : noun.many}.`)
  return changeOutput(context, records, { single: false })
}

const withoutPrompt = 'Use --yes to trigger it without confirmation.'

function stateOfRecord(record: OutputRecord): unknown {
  return record.data['state']
}

/** The attributes of the action from --attribute and from `parameters`; undefined if there are none. */
async function actionAttributes(
  noun: Noun,
  action: string,
  context: CommandContext,
  parameters: readonly OptionDeclaration[],
) {
  const assignments: Assignment[] = context.options.all('attribute').map((text) => parseAssignment(text))
  for (const { name } of parameters) {
    const text = context.options.text(name)
    if (text !== undefined) assignments.push({ name, text })
  }
  if (assignments.length === 0) return undefined
  const model = await (await context.client()).model({ signal: context.signal })
  const id = actionsFor(kindOf(noun, model).id, model).find((candidate) => isAction(candidate, action))
  const definition = id === undefined ? undefined : model.action(id)
  return toAttributes(assignments, definition?.attributes ?? new Map())
}

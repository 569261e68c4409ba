/** `occi stack status` shows the resources of a stack, and `occi stack output` its outputs. */
import { alternatives } from '../../../basics/nearest.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { type Entity, stateOf, suggest } from '../../../model/index.js'
import {
  attributeOf,
  existingName,
  fill,
  noSuchValue,
  type PlanEntry,
  plan,
  readState,
  resourcesIn,
  type Stack,
  type StackEnvironment,
  type StateRecords,
  type Template,
  valuesFrom,
} from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { Output, OutputRecord } from '../../output/types.js'
import { fileOption, stateOption, variableOptions, withObservedStack, withStack } from './open.js'
import { resourceColumns } from './show.js'

export const stackStatus: CommandDeclaration = {
  path: ['stack', 'status'],
  summary: 'Show the resources of a stack, their states, and what was changed by hand',
  description:
    'DRIFT lists the values that differ from the file. A resource that does not exist has the state "missing".',
  arguments: [],
  options: [fileOption, stateOption, ...variableOptions],
  examples: [
    { title: 'Show all resources', command: 'occi stack status' },
    { title: 'Print their URLs', command: 'occi stack status -o url' },
  ],
  run: (context) =>
    withObservedStack(context, { values: 'needed' }, (_, { desired, actual }) => ({
      shape: 'list',
      records: plan(desired, actual).entries.map((entry) =>
        statusRecord(
          entry,
          entry.found === undefined ? undefined : stateOf(entry.found.entity, modelFor(actual.model, entry)),
        ),
      ),
      columns: resourceColumns,
    })),
}

function modelFor<T>(model: (site: string) => T, { site, wanted }: PlanEntry): T | undefined {
  return wanted === undefined ? undefined : model(site)
}

function statusRecord(entry: PlanEntry, state: string | undefined): OutputRecord {
  const { address, word, title, url, site, action, changes, found, adopt, wanted } = entry
  const drift = action === 'create' ? [] : changes.map(({ name }) => name)
  if (wanted === undefined) drift.push('not in the file')
  if (adopt === true) drift.push('not in the state')
  const missing = found === undefined && wanted !== undefined
  return {
    name: address,
    ...(url === undefined ? {} : { url }),
    data: {
      resource: address,
      kind: word,
      title: found?.entity.title ?? title,
      state: missing ? 'missing' : (state ?? null),
      drift,
      context: site === '' ? null : site,
      url: url ?? null,
    },
  }
}

export const stackOutput: CommandDeclaration = {
  path: ['stack', 'output'],
  summary: 'Print the outputs of a stack, or one of them',
  arguments: [{ name: 'NAME', description: 'an output of the file; default: all', required: false }],
  options: [fileOption, stateOption, ...variableOptions],
  examples: [
    { title: 'Use one value in a script', command: 'ADDRESS=$(occi stack output address)' },
    { title: 'Print all as JSON', command: 'occi stack output -o json' },
  ],
  run: (context) =>
    withStack(context, { values: 'needed' }, async ({ stack, environment, stateFile }) => {
      const name = context.word('NAME')
      const chosen = name === undefined ? [...stack.outputs] : [[name, outputNamed(stack, name)] as const]
      const records = await readState(stateFile, stack.name)
      const entities = await entitiesOf(
        stack,
        chosen.map(([, template]) => template),
        records,
        environment,
      )
      const values = valuesFrom({
        ...environment.values,
        missing: 'error',
        entity: (address) => entities.get(address),
      })
      const data: Record<string, string> = {}
      for (const [key, template] of chosen) data[key] = fill(template, values) ?? ''
      return name === undefined ? allOutputs(data) : oneOutput(name, data)
    }),
}

function outputNamed(stack: Stack, name: string): Template {
  const found = stack.outputs.get(name)
  if (found !== undefined) return found
  const names = [...stack.outputs.keys()]
  const near = suggest(name, names)
  throw new UsageError(`${stack.file} has no output "${name}"`, {
    at: 'NAME',
    hint: near.length > 0 ? `Did you mean ${alternatives(near)}?` : `Outputs: ${names.join(', ') || 'none'}.`,
  })
}

function allOutputs(data: Readonly<Record<string, string>>): Output {
  return {
    shape: 'one',
    records: [{ data }],
    columns: Object.keys(data).map((key) => ({ key, heading: key, value: ({ data: all }) => all[key] })),
  }
}

function oneOutput(name: string, data: Readonly<Record<string, string>>): Output {
  return {
    shape: 'one',
    records: [{ data, name: data[name] ?? '' }],
    columns: [{ key: name, heading: name, value: ({ data: all }) => all[name] }],
    pipeFormat: 'value',
    terminalFormat: 'value',
  }
}

/** Reads the resources that the outputs refer to, with one request for each. Throws NotFoundError. */
async function entitiesOf(
  stack: Stack,
  templates: readonly Template[],
  records: StateRecords,
  environment: StackEnvironment,
) {
  const found = new Map<
    string,
    {
      readonly entity: Entity
      readonly model: Awaited<ReturnType<Awaited<ReturnType<StackEnvironment['client']>>['model']>>
    }
  >()
  for (const { resource, index, attribute } of templates.flatMap(resourcesIn)) {
    const address = index === undefined ? resource : `${resource}[${index}]`
    if (found.has(address)) continue
    const declared = stack.resources.get(resource)
    const record = records.get(address)
    const client = await environment.client(record?.site ?? declared?.site ?? '')
    const model = await client.model()
    if (record?.url === undefined && declared?.existing !== true) {
      throw new NotFoundError(`${address} does not exist yet, so it has no ${attribute}.`, {
        hint: 'Create it: occi stack apply',
        at: address,
      })
    }
    const location = record?.url ?? (await existingLocation(client, declared))
    const entity = await client.describe(location)
    if (attributeOf(entity, attribute, model) === undefined) throw noSuchValue(address, entity, attribute)
    found.set(address, { entity, model })
  }
  return found
}

/** The location of a resource with `existing: true`, which is found by its name. */
async function existingLocation(
  client: Awaited<ReturnType<StackEnvironment['client']>>,
  declared: NonNullable<ReturnType<Stack['resources']['get']>> | undefined,
): Promise<string> {
  if (declared === undefined) return ''
  return (await client.find(existingName(declared), declared.declaration.kind)).location
}

/** `occi stack status` shows the resources of a stack, and `occi stack output` its outputs. */
import { alternatives } from '../../../basics/nearest.js'
import type { Client } from '../../../client/index.js'
import { NotFoundError, UsageError } from '../../../errors/errors.js'
import { type Entity, type Model, stateOf, suggest } from '../../../model/index.js'
import {
  attributeOf,
  existingName,
  fill,
  noSuchValueError,
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
    'DRIFT lists the values that differ from the file. A resource of the file that does not exist has the state "missing".',
  arguments: [],
  options: [fileOption, stateOption, ...variableOptions],
  examples: [
    { title: 'Show all resources', command: 'occi stack status' },
    { title: 'Print their URLs', command: 'occi stack status -o url' },
  ],
  run: (context) =>
    withObservedStack(context, { variables: 'required' }, (_, { desired, actual }) => ({
      shape: 'list',
      records: plan(desired, actual).entries.map((entry) => {
        const { found, wanted, site } = entry
        // The model is only read at the sites that the file names.
        const model = wanted === undefined ? undefined : actual.model(site)
        return statusRecord(entry, found === undefined ? undefined : stateOf(found.entity, model))
      }),
      columns: resourceColumns,
    })),
}

function statusRecord(entry: PlanEntry, state: string | undefined): OutputRecord {
  const { address, word, title, url, site, action, changes, found, adopt, wanted } = entry
  const drift = action === 'create' ? [] : changes.map(({ name }) => name)
  if (wanted === undefined) drift.push('not in the file')
  if (adopt === true) drift.push('not in the state')
  const isMissing = found === undefined && wanted !== undefined
  return {
    name: address,
    ...(url === undefined ? {} : { url }),
    data: {
      resource: address,
      kind: word,
      title: found?.entity.title ?? title,
      state: isMissing ? 'missing' : (state ?? null),
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
    withStack(context, { variables: 'required' }, async ({ stack, environment, stateFile }) => {
      const name = context.word('NAME')
      const outputs = name === undefined ? [...stack.outputs] : [[name, outputNamed(stack, name)] as const]
      const records = await readState(stateFile, stack.name)
      const entities = await entitiesOf(
        stack,
        outputs.map(([, template]) => template),
        records,
        environment,
      )
      const values = valuesFrom({
        ...environment.values,
        missing: 'error',
        entity: (address) => entities.get(address),
      })
      const data: Record<string, string> = {}
      for (const [key, template] of outputs) data[key] = fill(template, values) ?? ''
      return name === undefined ? allOutputs(data) : oneOutput(name, data)
    }),
}

function outputNamed(stack: Stack, name: string): Template {
  const output = stack.outputs.get(name)
  if (output !== undefined) return output
  const names = [...stack.outputs.keys()]
  const similar = suggest(name, names)
  throw new UsageError(`${stack.file} has no output "${name}"`, {
    at: 'NAME',
    hint:
      similar.length > 0
        ? `Did you mean ${alternatives(similar)}?`
        : `Outputs: ${names.join(', ') || 'none'}.`,
  })
}

function allOutputs(data: Readonly<Record<string, string>>): Output {
  return {
    shape: 'one',
    records: [{ data }],
    columns: Object.keys(data).map((key) => ({
      key,
      heading: key,
      value: ({ data: values }) => values[key],
    })),
  }
}

function oneOutput(name: string, data: Readonly<Record<string, string>>): Output {
  return {
    shape: 'one',
    records: [{ data, name: data[name] ?? '' }],
    columns: [{ key: name, heading: name, value: ({ data: values }) => values[name] }],
    pipeFormat: 'value',
    terminalFormat: 'value',
  }
}

interface EntityWithModel {
  readonly entity: Entity
  readonly model: Model
}

/** Reads the resources that the templates refer to, by address, with one request for each. Throws NotFoundError. */
async function entitiesOf(
  stack: Stack,
  templates: readonly Template[],
  records: StateRecords,
  environment: StackEnvironment,
): Promise<ReadonlyMap<string, EntityWithModel>> {
  const entities = new Map<string, EntityWithModel>()
  for (const { resource, index, attribute } of templates.flatMap(resourcesIn)) {
    const address = index === undefined ? resource : `${resource}[${index}]`
    if (entities.has(address)) continue
    const stackResource = stack.resources.get(resource)
    const record = records.get(address)
    const client = await environment.client(record?.site ?? stackResource?.site ?? '')
    const model = await client.model()
    if (record?.url === undefined && stackResource?.existing !== true) {
      throw new NotFoundError(`${address} does not exist yet, so it has no ${attribute}.`, {
        hint: 'Create it: occi stack apply',
        at: address,
      })
    }
    const location = record?.url ?? (await existingLocation(client, stackResource))
    const entity = await client.describe(location)
    if (attributeOf(entity, attribute, model) === undefined)
      throw noSuchValueError(address, entity, attribute)
    entities.set(address, { entity, model })
  }
  return entities
}

/** The location of a resource with `existing: true`, which is found by its name. */
async function existingLocation(
  client: Client,
  resource: ReturnType<Stack['resources']['get']>,
): Promise<string> {
  if (resource === undefined) return ''
  return (await client.find(existingName(resource), resource.declaration.kind)).location
}

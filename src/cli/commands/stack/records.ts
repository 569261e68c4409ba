/** `occi stack import` and `occi stack forget`: add resources to the state and remove them, without changing them. */
import { alternatives } from '../../../basics/nearest.js'
import { ConflictError, UsageError } from '../../../errors/errors.js'
import { suggest } from '../../../model/index.js'
import { instancesOf, resourceOf, type Stack, withState } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import { fileOption, lockOption, stackCommand, stateOption, variableOptions, withStack } from './open.js'

export const importResource: CommandDeclaration = {
  path: ['stack', 'import'],
  summary: 'Add an existing resource to the stack',
  description:
    'From then on apply changes it, and destroy deletes it. The command itself changes nothing at the provider.',
  arguments: [
    { name: 'RESOURCE', description: 'its name in the file: web, or web[0] with "count"' },
    {
      name: 'NAME',
      description: 'the existing resource: id, title, path or URL',
      completion: { of: 'entity' },
    },
  ],
  options: [fileOption, stateOption, ...variableOptions, lockOption],
  examples: [
    { title: 'Import a volume by its title', command: 'occi stack import data data-old' },
    { title: 'Import one of several machines', command: 'occi stack import "web[0]" web-1' },
  ],
  run: (context) =>
    withStack(context, { variables: 'optional' }, async ({ stack, environment, stateFile, lockTimeout }) => {
      const address = context.word('RESOURCE') ?? ''
      const instance = instancesOf(stack).find((each) => each.address === address)
      if (instance === undefined) throw noResourceError(stack, address)
      if (instance.resource.existing) {
        throw new UsageError(`${address} has "existing: true" in the file, so it cannot be imported`, {
          hint: 'Such a resource is looked up by its name and never changed. Remove "existing" to import it.',
          at: 'RESOURCE',
        })
      }
      const site = instance.resource.site ?? ''
      const client = await environment.client(site)
      const target = await client.find(context.word('NAME') ?? '', instance.resource.declaration.kind)
      const { location } = target
      const entity = target.entity ?? (await client.describe(location, { signal: context.signal }))
      const ends =
        entity.type === 'link' && entity.source !== undefined && entity.target !== undefined
          ? [entity.source.location, entity.target.location]
          : undefined
      await withState(stateFile, stack.name, lockTimeout, async (store) => {
        const [owner] =
          [...store.records].find(
            ([recordedAddress, { url }]) => url === location && recordedAddress !== address,
          ) ?? []
        if (owner !== undefined) {
          throw new ConflictError(`${location} belongs to the stack already, as ${owner}`, {
            hint: `To remove it from the stack: occi stack forget ${owner}`,
            at: 'NAME',
          })
        }
        await store.set(address, {
          site,
          kind: entity.kind,
          title: entity.title ?? '',
          url: location,
          needs: instance.needs,
          ...(ends === undefined ? {} : { ends }),
        })
      })
      context.inform(`Imported ${location} as ${address}.\nNext: ${stackCommand(context, 'plan')}`)
      return undefined
    }),
}

export const forgetResource: CommandDeclaration = {
  path: ['stack', 'forget'],
  summary: 'Remove a resource from the state without deleting it',
  arguments: [
    {
      name: 'RESOURCE',
      description: 'its name in the state: web (all of its machines with "count"), or web[0]',
    },
  ],
  options: [fileOption, stateOption, ...variableOptions, lockOption],
  examples: [
    { title: 'Keep a volume when the stack is destroyed', command: 'occi stack forget data' },
    { title: 'Forget one of several machines', command: 'occi stack forget "web[1]"' },
  ],
  run: (context) =>
    withStack(context, { variables: 'optional' }, async ({ stack, stateFile, lockTimeout }) => {
      const name = context.word('RESOURCE') ?? ''
      await withState(stateFile, stack.name, lockTimeout, async (store) => {
        const addresses = [...store.records.keys()].filter(
          (address) => address === name || resourceOf(address) === name,
        )
        if (addresses.length === 0) {
          const similar = suggest(name, store.records.keys())
          throw new UsageError(`The state of "${stack.name}" has no resource "${name}"`, {
            at: 'RESOURCE',
            hint:
              similar.length > 0
                ? `Did you mean ${alternatives(similar)}?`
                : '"occi stack status" lists them.',
          })
        }
        for (const address of addresses) await store.set(address, undefined)
        context.inform(`Removed ${addresses.join(', ')} from the state; nothing was deleted.`)
      })
      return undefined
    }),
}

function noResourceError(stack: Stack, address: string): UsageError {
  const addresses = instancesOf(stack).map((instance) => instance.address)
  return new UsageError(`${stack.file} has no resource "${address}"`, {
    at: 'RESOURCE',
    hint: addressHint(address, addresses),
  })
}

function addressHint(address: string, addresses: readonly string[]): string {
  const instances = addresses.filter((candidate) => candidate.startsWith(`${address}[`))
  if (instances.length > 0) return `It has ${instances.length} instances. Name one: ${instances[0]} …`
  const similar = suggest(address, addresses)
  if (similar.length > 0) return `Did you mean ${alternatives(similar)}?`
  return `Resources: ${addresses.slice(0, 20).join(', ')}.`
}

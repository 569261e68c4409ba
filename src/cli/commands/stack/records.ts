/** `occi stack import` and `occi stack forget`: change what the state has, and nothing at the provider. */
import { alternatives } from '../../../basics/nearest.js'
import { ConflictError, UsageError } from '../../../errors/errors.js'
import { suggest } from '../../../model/index.js'
import { instancesOf, resourceOf, type Stack, withState } from '../../../stack/index.js'
import type { CommandDeclaration } from '../../command.js'
import { fileOption, lockOption, stateOption, variableOptions, withStack } from './open.js'

export const importResource: CommandDeclaration = {
  path: ['stack', 'import'],
  summary: 'Take something that is there as a resource of the stack',
  description:
    'From then on apply changes it, and destroy deletes it. Nothing is changed at the provider now.',
  arguments: [
    { name: 'RESOURCE', description: 'its name in the file; one of several is web[0]' },
    {
      name: 'NAME',
      description: 'what is there: id, title, path or URL',
      completion: { of: 'entity' },
    },
  ],
  options: [fileOption, stateOption, ...variableOptions, lockOption],
  examples: [
    { title: 'A volume by its title', command: 'occi stack import data data-old' },
    { title: 'One of several machines', command: 'occi stack import "web[0]" web-1' },
  ],
  run: (context) =>
    withStack(context, { values: 'not needed' }, async ({ stack, world, stateFile, patience }) => {
      const address = context.word('RESOURCE') ?? ''
      const instance = instancesOf(stack).find((one) => one.address === address)
      if (instance === undefined) throw noResource(stack, address)
      if (instance.resource.existing) {
        throw new UsageError(`${address} is existing: it is found by its name and never changed`, {
          at: 'RESOURCE',
        })
      }
      const site = instance.resource.site ?? ''
      const client = await world.client(site)
      const found = await client.find(context.word('NAME') ?? '', instance.resource.declaration.kind)
      const entity = found.entity ?? (await client.describe(found.location, { signal: context.signal }))
      const ends =
        entity.type === 'link' && entity.source !== undefined && entity.target !== undefined
          ? [entity.source.location, entity.target.location]
          : undefined
      await withState(stateFile, stack.name, patience, async (store) => {
        const owner = [...store.records].find(
          ([other, { url }]) => url === found.location && other !== address,
        )
        if (owner !== undefined) {
          throw new ConflictError(`${found.location} is ${owner[0]} already`, {
            hint: `occi stack forget ${owner[0]}`,
            at: 'NAME',
          })
        }
        await store.set(address, {
          site,
          kind: entity.kind,
          title: entity.title ?? '',
          url: found.location,
          needs: instance.needs,
          ...(ends === undefined ? {} : { ends }),
        })
      })
      context.inform(`${address} is ${found.location} now.\nNext: occi stack plan`)
      return undefined
    }),
}

export const forgetResource: CommandDeclaration = {
  path: ['stack', 'forget'],
  summary: 'Take a resource out of the state; it stays where it is',
  arguments: [{ name: 'RESOURCE', description: 'its name in the state; all of several, or one: web[0]' }],
  options: [fileOption, stateOption, ...variableOptions, lockOption],
  examples: [
    { title: 'A volume that is to outlive the stack', command: 'occi stack forget data' },
    { title: 'One of several machines', command: 'occi stack forget "web[1]"' },
  ],
  run: (context) =>
    withStack(context, { values: 'not needed' }, async ({ stack, stateFile, patience }) => {
      const name = context.word('RESOURCE') ?? ''
      await withState(stateFile, stack.name, patience, async (store) => {
        const chosen = [...store.records.keys()].filter(
          (address) => address === name || resourceOf(address) === name,
        )
        if (chosen.length === 0) {
          const near = suggest(name, store.records.keys())
          throw new UsageError(`The state of "${stack.name}" has no resource "${name}"`, {
            at: 'RESOURCE',
            hint: near.length > 0 ? `Did you mean ${alternatives(near)}?` : '"occi stack status" lists them.',
          })
        }
        for (const address of chosen) await store.set(address, undefined)
        context.inform(`Forgot ${chosen.join(', ')}; nothing was deleted.`)
      })
      return undefined
    }),
}

function noResource(stack: Stack, address: string): UsageError {
  const names = instancesOf(stack).map((one) => one.address)
  const near = suggest(address, names)
  const several = names.filter((name) => name.startsWith(`${address}[`))
  return new UsageError(`${stack.file} has no resource "${address}"`, {
    at: 'RESOURCE',
    hint:
      several.length > 0
        ? `There are ${several.length}: ${several[0]} …`
        : near.length > 0
          ? `Did you mean ${alternatives(near)}?`
          : `Resources: ${names.slice(0, 20).join(', ')}.`,
  })
}
